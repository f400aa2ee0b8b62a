"""How much is captured, at which cost, and how soon: ours beside tcpdump, dumpcap and scapy?

usage: python benchmarks/capture.py [--seconds S] [--rates R,R,…] [--methods WORD,…]

Two namespaces and a veth pair, both ends captured, in a sandbox of its own.  Each row is one run
of one method; the load is UDP datagrams of 64 bytes at a steady rate, or a flood of pings.  CPU
is that of the capturing process alone, without the sender's and without the kernel's interrupts.
The methods that write files write all frames; the bytes on the disk are given.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import ping_flood
from in_sandbox import in_sandbox

RATES = (1_000, 5_000, 10_000, 50_000)
FLOOD = 50_000
ENDS = (("netns1", "veth1"), ("netns2", "veth1-peer"))
FILTER = "udp port 5005 or icmp"

# Sends datagrams at a rate; says how many.
SENDER = """
import socket, sys, time
rate, seconds = int(sys.argv[1]), float(sys.argv[2])
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
out.connect(("172.16.0.2", 5005))
data, sent, begun = bytes(64), 0, time.perf_counter()
while (now := time.perf_counter() - begun) < seconds:
    while sent < rate * now:
        out.send(data)
        sent += 1
    time.sleep(0.001)
print(sent)
"""
# Takes what comes and throws it away: an unanswered port would send ICMP back.
SINK = """
import socket
sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sink.bind(("172.16.0.2", 5005))
print("ready", flush=True)
while True:
    sink.recv(100)
"""

# Each captures until its standard input ends, and says what it got as JSON on its last line.
OURS = """
import json, resource, sys, time
import nslabkit as lab
lab.capture
begun = time.perf_counter()
to = None if sys.argv[1] == "memory" else sys.argv[1] + "/ours.pcapng"
capture = lab.capture(
    "netns1/veth1", "netns2/veth1-peer", filter=sys.argv[2], to=to, limit=2000, events=False
)
capture.start()
ready = time.perf_counter() - begun
print(json.dumps({"ready": ready}), flush=True)
before = resource.getrusage(resource.RUSAGE_SELF)
sys.stdin.read()
capture._loop.stop()
after = resource.getrusage(resource.RUSAGE_SELF)
recording = capture.stop()
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
print(json.dumps({"frames": len(recording), "dropped": recording.dropped, "cpu": cpu}))
"""
SCAPY = """
import json, os, resource, sys, threading, time
begun = time.perf_counter()
from scapy.sendrecv import AsyncSniffer
from scapy.layers import inet
sniffer = AsyncSniffer(iface=sys.argv[3], store=True)
started = threading.Event()
sniffer.kwargs["started_callback"] = started.set
sniffer.start()
started.wait()
print(json.dumps({"ready": time.perf_counter() - begun}), flush=True)
before = resource.getrusage(resource.RUSAGE_SELF)
sys.stdin.read()
sniffer.stop()
after = resource.getrusage(resource.RUSAGE_SELF)
cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
wanted = [one for one in sniffer.results if one.haslayer(inet.ICMP) or one.haslayer(inet.UDP)]
print(json.dumps({"frames": len(wanted), "dropped": 0, "cpu": cpu}))
"""


class Run:
    """Some capturing processes that run beside a load."""

    def __init__(self, commands: list[list[str]], folder: Path) -> None:
        self.folder = folder
        self.begun = time.perf_counter()
        self.processes = [
            subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for command in commands
        ]
        self.ready = 0.0


def inside(end: tuple[str, str], command: list[str]) -> list[str]:
    """Return a command that runs in an end's namespace."""
    return ["ip", "netns", "exec", end[0], *command]


class Python(Run):
    """Ours and scapy: a program that says when it is ready."""

    def wait(self) -> None:
        """Wait until all are ready."""
        said = [json.loads(one.stdout.readline()) for one in self.processes if one.stdout]
        self.ready = max(one["ready"] for one in said)

    def end(self) -> dict[str, Any]:
        """End them and return what they got."""
        for one in self.processes:
            assert one.stdin is not None
            one.stdin.close()
        rows = []
        for one in self.processes:
            assert one.stdout is not None
            rows.append(json.loads(one.stdout.read().splitlines()[-1]))
            one.wait()
        return {name: sum(row[name] for row in rows) for name in ("frames", "dropped", "cpu")}


class Program(Run):
    """tcpdump and dumpcap: ready when they say that they listen, one process for each link."""

    def wait(self) -> None:
        """Wait until all say that they listen."""
        for one in self.processes:
            assert one.stderr is not None
            while "listening on" not in (line := one.stderr.readline()) and "File:" not in line:
                assert line, "it ended"
        self.ready = time.perf_counter() - self.begun

    def end(self) -> dict[str, Any]:
        """End them and return what they wrote."""
        time.sleep(1.5)  # libpcap hands a block over after a second; it is still theirs to read
        cpu = 0.0
        for one in self.processes:
            one.terminate()
            _pid, _status, usage = os.wait4(one.pid, 0)
            one.returncode = 0
            cpu += usage.ru_utime + usage.ru_stime
        import nslabkit as lab

        files = [path for path in self.folder.iterdir() if path.suffix.startswith(".pcap")]
        return {"frames": sum(len(lab.open_capture(f)) for f in files), "dropped": 0, "cpu": cpu}


def at_each_end(program: str, folder: Path) -> list[list[str]]:
    """Return a command line for each end; the link and the folder stand in it as in a format."""
    commands = []
    for end in ENDS:
        words = [word.format(link=end[1], folder=folder) for word in program.split()]
        commands.append(inside(end, [*words, FILTER]))
    return commands


def methods(folder: Path) -> dict[str, tuple[type[Run], list[list[str]]]]:
    """Return the methods that there are on this machine."""
    python = [sys.executable, "-c"]
    scapy = [inside(end, [*python, SCAPY, "", FILTER, end[1]]) for end in ENDS]
    tcpdump = "tcpdump -Z root -i {link} -B 8192 -w {folder}/{link}.pcap"
    dumpcap = "dumpcap -q -i {link} -B 8 -w {folder}/{link}.pcapng -f"
    there: dict[str, tuple[type[Run], list[list[str]]]] = {
        "ours, in memory": (Python, [[*python, OURS, "memory", FILTER]]),
        "ours, to a file": (Python, [[*python, OURS, str(folder), FILTER]]),
        "tcpdump": (Program, at_each_end(tcpdump, folder)),
        "scapy, defaults": (Python, scapy),
    }
    if shutil.which("dumpcap"):
        there["dumpcap"] = (Program, at_each_end(dumpcap, folder))
    return there


def load(rate: int, seconds: float) -> int:
    """Put the load on the wire, and return how many frames the two ends saw of it."""
    if not rate:
        command = ping_flood.command(FLOOD, "172.16.0.2")
        subprocess.run(inside(ENDS[0], command), check=True, capture_output=True)
        return 4 * FLOOD
    sender = [sys.executable, "-c", SENDER, str(rate), str(seconds)]
    done = subprocess.run(inside(ENDS[0], sender), check=True, capture_output=True, text=True)
    return 2 * int(done.stdout)


def measure(seconds: float, rates: list[int], words: list[str]) -> None:
    """Print a row for each rate and method."""
    import nslabkit as lab

    one, two = lab.namespaces.add("netns1"), lab.namespaces.add("netns2")
    lab.links.add_veth("veth1", "veth1-peer", namespace=one, peer_namespace=two)
    lab.addresses.add("172.16.0.1/24", "veth1", namespace=one)
    lab.addresses.add("172.16.0.2/24", "veth1-peer", namespace=two)
    lab.links.up("veth1", namespace=one)
    lab.links.up("veth1-peer", namespace=two)
    one.run("ping -q -c 1 172.16.0.2", check=True, quiet=True)
    sink = subprocess.Popen(inside(ENDS[1], [sys.executable, "-c", SINK]), stdout=subprocess.PIPE)
    assert sink.stdout is not None
    sink.stdout.readline()
    head = ("load", "method", "captured", "dropped", "CPU s", "ready ms", "MB on disk")
    print("{:>10}  {:16} {:>9} {:>8} {:>7} {:>9} {:>11}".format(*head))
    for rate in rates:
        for name in methods(Path()):
            if words and not any(word in name for word in words):
                continue
            with tempfile.TemporaryDirectory() as folder:
                kind, commands = methods(Path(folder))[name]
                run: Any = kind(commands, Path(folder))
                run.wait()
                sent = load(rate, seconds)
                got = run.end()
                size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
            label = f"{rate:,}/s" if rate else "ping flood"
            print(
                f"{label:>10}  {name:16} {100 * got['frames'] / sent:8.2f}% {got['dropped']:8} "
                f"{got['cpu']:7.3f} {run.ready * 1000:9.1f} {size:11.1f}",
                flush=True,
            )
    sink.kill()
    sink.wait()
    sink.stdout.close()


def ready(rounds: int) -> None:
    """Print how long it takes from the call to ready, and from armed to ready."""
    import nslabkit as lab

    whole, armed = [], []
    for _round in range(rounds):
        begun = time.perf_counter()
        capture = lab.capture("netns1/veth1", "netns2/veth1-peer")
        capture.start()
        whole.append((time.perf_counter() - begun) * 1000)
        capture.stop()
        capture = lab.capture().arm()
        begun = time.perf_counter()
        capture.start()
        armed.append((time.perf_counter() - begun) * 1000)
        capture.stop()
    print(
        f"from the call to ready, two links: median {statistics.median(whole):.1f} ms, "
        f"slowest {max(whole):.1f}; from armed to ready, five links: median "
        f"{statistics.median(armed):.3f} ms, slowest {max(armed):.3f} ({rounds} rounds)"
    )


def main() -> None:
    """Start a sandbox, and measure in it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each rate is held")
    parser.add_argument(
        "--rates", default=",".join(map(str, (*RATES, 0))), help="0 is a ping flood"
    )
    parser.add_argument("--methods", default="", help="only those with one of these words")
    chosen = parser.parse_args()
    in_sandbox()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    Path("/run/netns").mkdir(parents=True, exist_ok=True)
    rates = [int(word) for word in chosen.rates.split(",")]
    measure(chosen.seconds, rates, list(filter(None, chosen.methods.split(","))))
    ready(50)


if __name__ == "__main__":
    main()
