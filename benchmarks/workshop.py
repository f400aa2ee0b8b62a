"""How does a room of thirty fare behind one hub: the first ping, a cell's round trip, the memory?

Opens a real workshop with its learners' servers started ahead, then lets all learners sign in,
open lesson 1 and ping in the same second, the same names in every notebook.  Before that, one
learner does the same alone.  As root:

    .venv/bin/python benchmarks/workshop.py [--learners 30] [--no-ahead] [--rounds 8]
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from hub_visitor import HubVisitor  # noqa: E402

from nslabkit.workshop import unix_accounts  # noqa: E402

PACE = 4.0  # seconds between two cells of one learner
NETWORK = (
    "!ip netns add netns1 && ip link add veth0 type veth peer name veth1 netns netns1\n"
    "!ip addr add 172.16.0.1/24 dev veth0 && ip link set veth0 up\n"
    "!ip -n netns1 addr add 172.16.0.2/24 dev veth1 && ip -n netns1 link set veth1 up\n"
    "!ping -c 1 172.16.0.2"
)


def workshop(folder: Path, *words: str) -> None:
    """Run a subcommand of `nslabkit workshop`."""
    program = [str(ROOT / ".venv/bin/nslabkit"), "workshop", words[0], "--folder", str(folder)]
    subprocess.run([*program, *words[1:]], check=True, stdout=subprocess.DEVNULL)


def memory(uids: set[int]) -> dict[int, int]:
    """Return the proportional share of memory of each account, in KiB (``proc_pid_smaps(5)``)."""
    found = dict.fromkeys(uids, 0)
    for folder in Path("/proc").iterdir():
        try:
            owner = unix_accounts.owner(int(folder.name)) if folder.name.isdigit() else None
            if owner in found:
                lines = (folder / "smaps_rollup").read_text().splitlines()
                found[owner] += next(
                    int(line.split()[1]) for line in lines if line.startswith("Pss:")
                )
        except (OSError, StopIteration):
            continue
    return found


def first_ping(visitor: HubVisitor, name: str, code: str, begun: float) -> tuple[float, float]:
    """Sign in, open lesson 1 and ping; return the seconds to the kernel and to the answer."""
    visitor.sign_in(name, code, "a password")
    visitor.open_lesson("nslabkit-lessons/en/01_one_wire.ipynb")
    kernel = time.monotonic() - begun
    said = visitor.run(NETWORK)
    assert "1 received" in said, said
    return kernel, time.monotonic() - begun


def round_trips(visitor: HubVisitor, rounds: int, delay: float) -> list[float]:
    """Return the seconds that a cell took, at a human pace."""
    time.sleep(delay)
    found = []
    for _number in range(rounds):
        begun = time.monotonic()
        assert "netns1" in visitor.run("!ip netns")
        found.append(time.monotonic() - begun)
        time.sleep(PACE)
    return found


def told(label: str, values: list[float], unit: str = "s", scale: float = 1.0) -> None:
    """Print what was measured, in one line."""
    ordered = sorted(value * scale for value in values)
    most = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    print(
        f"  {label}: median {statistics.median(ordered):.1f}, 95% {most:.1f}, "
        f"last {ordered[-1]:.1f} {unit}"
    )


def together(
    visitors: list[HubVisitor], state: dict[str, Any], names: list[str], rounds: int
) -> None:
    """Let all visitors come in the same second, and print how they fared."""
    code = state["settings"]["code"]
    gate = threading.Barrier(len(visitors))

    def come(number: int) -> tuple[float, float]:
        gate.wait()
        return first_ping(visitors[number], names[number], code, time.monotonic())

    with ThreadPoolExecutor(len(visitors)) as threads:
        times = list(threads.map(come, range(len(visitors))))
        told("notebook's kernel ready", [kernel for kernel, _ping in times])
        told("first answered ping", [ping for _kernel, ping in times])
        trips = threads.map(
            lambda number: round_trips(visitors[number], rounds, PACE * number / len(visitors)),
            range(len(visitors)),
        )
        told("a cell's round trip", [one for found in trips for one in found], "ms", 1000)
    seats = {seat["account"]: seat["uid"] for seat in state["seats"]}
    used = memory({seats[visitor.account] for visitor in visitors})
    told(
        "memory each (Pss of server and notebook)",
        [float(one) for one in used.values()],
        "MB",
        1.024e-3,
    )


def main() -> None:
    """Measure, and remove what was made."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--no-ahead", action="store_true")
    chosen = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("Accounts are made for the learners: run this as root.")
    folder = Path("/var/tmp") / f"nslab-bench-{secrets.token_hex(3)}"  # noqa: S108 - root's own name
    port = 8700 + secrets.randbelow(200)
    options = ["--ip", "127.0.0.1", "--port", str(port), "--learners", str(chosen.learners + 1)]
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    try:
        begun = time.monotonic()
        workshop(folder, "start", *options, *(["--no-ahead"] if chosen.no_ahead else []))
        print(
            f"`workshop start --learners {chosen.learners + 1}`: {time.monotonic() - begun:.1f} s"
        )
        state = json.loads((folder / "workshop.json").read_text())
        link = f"https://127.0.0.1:{port}/"
        print("one learner alone:")
        alone = HubVisitor(link)
        together([alone], state, ["first"], chosen.rounds)
        print(f"{chosen.learners} more in the same second:")
        visitors = [HubVisitor(link) for _number in range(chosen.learners)]
        together(
            visitors, state, [f"learner {one}" for one in range(chosen.learners)], chosen.rounds
        )
        for visitor in (alone, *visitors):
            visitor.close()
        print(f"load {os.getloadavg()[0]:.1f}")
    finally:
        if (folder / "workshop.json").exists():
            workshop(folder, "remove", "--yes")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
