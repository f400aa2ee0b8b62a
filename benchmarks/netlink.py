"""What does the chapter's topology cost, side by side with its peers?

usage, in a sandbox of its own:
    python benchmarks/netlink.py [--rounds N] [--hosts N]

Two namespaces, a veth pair, two addresses, both ends up.  Every method makes one topology a
round, in an order that is shuffled anew each round; the removal is not measured, but waited for
before the next method starts.  Each line gives the median and its ratio to the C program.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from in_sandbox import in_sandbox

import nslabkit as lab

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).parent
C_PROGRAM = "C, raw netlink"
KIT = "nslabkit, seven public calls"
BATCH = "ip -batch, three processes"
AIMS = ((C_PROGRAM, 1.8), (BATCH, 0.25))  # the kit takes at most so many times their time

BATCH_HERE = "netns add bench1\nnetns add bench2\n"
BATCH_HERE += "link add veth1 netns bench1 type veth peer name veth1-peer netns bench2\n"
BATCH_ENDS = {
    "bench1": "addr add 172.16.0.1/24 dev veth1\nlink set veth1 up\n",
    "bench2": "addr add 172.16.0.2/24 dev veth1-peer\nlink set veth1-peer up\n",
}
TEXTBOOK = """
ip netns add bench1
ip netns add bench2
ip link add veth1 type veth peer name veth1-peer
ip link set veth1 netns bench1
ip link set veth1-peer netns bench2
ip netns exec bench1 ip addr add 172.16.0.1/24 dev veth1
ip netns exec bench1 ip link set dev veth1 up
ip netns exec bench2 ip addr add 172.16.0.2/24 dev veth1-peer
ip netns exec bench2 ip link set dev veth1-peer up
"""


def kit() -> None:
    """Make the topology through the kit."""
    one, two = lab.namespaces.add("bench1"), lab.namespaces.add("bench2")
    lab.links.add_veth("veth1", "veth1-peer", namespace=one, peer_namespace=two)
    lab.addresses.add("172.16.0.1/24", "veth1", namespace=one)
    lab.addresses.add("172.16.0.2/24", "veth1-peer", namespace=two)
    lab.links.up("veth1", namespace=one)
    lab.links.up("veth1-peer", namespace=two)


def textbook() -> None:
    """Make it as the chapter does: one process a line, the ends moved afterwards."""
    for line in TEXTBOOK.strip().splitlines():
        subprocess.run(line.split(), check=True)


def batch() -> None:
    """Make it with as few ``ip`` processes as possible, the ends placed directly."""
    subprocess.run(["ip", "-batch", "-"], input=BATCH_HERE, text=True, check=True)
    for name, lines in BATCH_ENDS.items():
        subprocess.run(["ip", "-n", name, "-batch", "-"], input=lines, text=True, check=True)


def pyroute2() -> None:
    """As its documentation shows it: ``NetNS`` objects, one process each."""
    from pyroute2 import IPRoute, NetNS, netns

    for name in ("bench1", "bench2"):
        netns.create(name)
    with IPRoute() as here:
        here.link("add", ifname="veth1", kind="veth", peer={"ifname": "veth1-peer"})
        for link, name in (("veth1", "bench1"), ("veth1-peer", "bench2")):
            here.link("set", index=here.link_lookup(ifname=link)[0], net_ns_fd=name)
    ends = (("bench1", "veth1", "172.16.0.1"), ("bench2", "veth1-peer", "172.16.0.2"))
    for name, link, address in ends:
        with NetNS(name) as there:
            index = there.link_lookup(ifname=link)[0]
            there.addr("add", index=index, address=address, prefixlen=24)
            there.link("set", index=index, state="up")


def clear() -> None:
    """Remove the topology.  The kernel frees it a moment later; `settle` waits for that."""
    for name in ("bench1", "bench2"):
        subprocess.run(["ip", "netns", "del", name], check=True)


def settle() -> None:
    """Wait until the kernel has freed what was removed: a witness went last in its queue.

    A veth pair whose far end is in a removed namespace goes when the kernel comes to it; the
    queue is worked off in order (``net/core/net_namespace.c``, ``cleanup_net``).
    """
    lab.namespaces.add("witness")
    lab.links.add_veth("bench-witness", "far", peer_namespace="witness")
    lab.namespaces.remove("witness")
    deadline = time.monotonic() + 5
    while any(name == "bench-witness" for _index, name in socket.if_nameindex()):
        assert time.monotonic() < deadline, "the kernel did not remove the topology"
        time.sleep(0.002)


def timed(make: Callable[[], None]) -> float:
    """Return the milliseconds that `make` took."""
    start = time.perf_counter()
    make()
    return (time.perf_counter() - start) * 1000


def compiled(folder: str) -> Callable[[], float] | None:
    """Return the C program as a method that measures itself; None without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        print("C, raw netlink: no C compiler here (Debian: apt-get install gcc libc6-dev)")
        return None
    program = f"{folder}/raw_netlink"
    command = [compiler, "-O2", "-o", program, str(HERE / "raw_netlink.c")]
    subprocess.run(command, check=True)

    def run() -> float:
        done = subprocess.run([program, "1", "bench"], capture_output=True, text=True, check=True)
        return float(done.stdout)

    return run


def measure(rounds: int) -> dict[str, list[float]]:
    """Return each method's milliseconds, one figure a round."""
    with tempfile.TemporaryDirectory(prefix="nslab-bench-") as folder:
        own_clock = compiled(folder)
        methods: dict[str, Callable[[], float]] = {
            name: lambda make=make: timed(make)  # type: ignore[misc]
            for name, make in (
                (KIT, kit),
                (BATCH, batch),
                ("nine ip processes, as in the chapter", textbook),
                ("pyroute2 as its documentation shows", pyroute2),
            )
        }
        found: dict[str, list[float]] = {name: [] for name in methods}
        if own_clock is not None:
            methods[C_PROGRAM], found[C_PROGRAM] = own_clock, []
        for number in range(rounds + 1):  # the first round loads what is loaded once
            for name in random.sample(list(methods), len(methods)):
                took = methods[name]()
                if name != C_PROGRAM:  # that one removes its topology itself
                    clear()
                settle()
                if number:
                    found[name].append(took)
    return found


def report(found: dict[str, list[float]]) -> bool:
    """Print the medians and ratios; return whether the aims are reached."""
    medians = {name: statistics.median(figures) for name, figures in found.items()}
    base = medians.get(C_PROGRAM)
    print(f"{'method':<40}{'ms':>8}{'x C':>8}")
    for name, median in sorted(medians.items(), key=lambda pair: -pair[1]):
        ratio = f"{median / base:8.2f}" if base else ""
        print(f"{name:<40}{median:8.2f}{ratio}")
    reached = True
    for name, most in AIMS:
        if name in medians:
            ratio = medians[KIT] / medians[name]
            reached = reached and ratio <= most
            verdict = "reached" if ratio <= most else "MISSED"
            print(f"aim: at most {most} x {name}: {ratio:.2f} ({verdict})")
    return reached


def hosts_by_kit(count: int) -> None:
    """Join `count` namespaces by a bridge, through the kit."""
    lab.bridges.add("br0")
    lab.links.up("br0")
    for number in range(count):
        far = lab.namespaces.add(f"host{number}")
        lab.links.add_veth(f"port{number}", "eth0", peer_namespace=far)
        lab.bridges.attach(f"port{number}", "br0")
        lab.addresses.add(f"10.0.{number // 250}.{number % 250 + 1}/16", "eth0", namespace=far)
        lab.links.up("eth0", namespace=far)
        lab.links.up(f"port{number}")


MININET = """
import sys, time
from mininet.net import Mininet
from mininet.topo import SingleSwitchTopo
from mininet.nodelib import LinuxBridge
start = time.perf_counter()
net = Mininet(SingleSwitchTopo(int(sys.argv[1])), switch=LinuxBridge, controller=None)
net.build(); net.start()
built = time.perf_counter()
net.stop()
print(built - start, time.perf_counter() - built)
"""
NEST = """
import sys, time
from nest.topology import Node, Switch, connect
start = time.perf_counter()
switch = Switch("s1")
for number in range(int(sys.argv[1])):
    node = Node(f"h{number}")
    near, _far = connect(node, switch)
    near.set_address(f"10.0.{number // 250}.{number % 250 + 1}/16")
print(time.perf_counter() - start, float("nan"))
"""


def many_hosts(count: int) -> None:
    """Print what hosts on one bridge cost, ms a host, with the kit and the peers that are here."""
    print(f"\n{count} hosts on a bridge, ms a host{'build':>16}{'down':>8}")
    start = time.perf_counter()
    with lab.Lab():
        hosts_by_kit(count)
        built = time.perf_counter()
    line("nslabkit", built - start, time.perf_counter() - built, count)
    peers = (
        ("Mininet", "/usr/bin/python3", MININET, "Debian: apt-get install mininet bridge-utils"),
        (
            "NEST",
            os.environ.get("NEST_PYTHON", ""),
            NEST,
            "python3 -m venv nest && nest/bin/pip install nest; NEST_PYTHON=nest/bin/python",
        ),
    )
    for name, python, code, how in peers:
        done = None
        if python and Path(python).exists():
            command = [python, "-c", code, str(count)]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done is not None and done.returncode == 0:
            build, down = map(float, done.stdout.split()[-2:])
            line(name, build, down, count)
        else:
            why = done.stderr.strip().splitlines()[-1] if done is not None and done.stderr else ""
            print(f"{name}: not measured. {why} It would need: {how}")


def line(name: str, build: float, down: float, count: int) -> None:
    """Print one row of the second table; times are in seconds."""
    print(f"{name:<32}{build * 1000 / count:16.2f}{down * 1000 / count:8.2f}")


def main() -> int:
    """Measure, print, and return 1 where an aim is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--hosts", type=int, default=50)
    options = parser.parse_args()
    in_sandbox()
    reached = report(measure(options.rounds))
    many_hosts(options.hosts)
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
