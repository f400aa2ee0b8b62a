"""How does a room of thirty fare behind one hub: the first ping, a cell's round trip, the memory?

Opens a real workshop with its learners' servers started ahead, then lets all learners sign in,
open lesson 1 and ping in the same second, the same names in every notebook.  Before that, one
learner does the same alone.  As root:

    .venv/bin/python benchmarks/workshop.py [--learners 30] [--no-ahead] [--rounds 8]
        [--browser] [--rough]

With ``--browser``, one learner more does the same in a real Chromium beside the others.  With
``--rough``, one learner more takes all that a notebook can take, one thing after the other, while
the others go on; their round trips are shown for each.
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
from typing import TYPE_CHECKING, Any

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from chromium import started  # noqa: E402
from hub_visitor import HubVisitor  # noqa: E402
from lab_page import LONGEST, in_front, ready  # noqa: E402

from nslabkit.workshop import unix_accounts  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Page

PACE = 4.0  # seconds between two cells of one learner
NETWORK = (
    "!ip netns add netns1 && ip link add veth0 type veth peer name veth1 netns netns1\n"
    "!ip addr add 172.16.0.1/24 dev veth0 && ip link set veth0 up\n"
    "!ip -n netns1 addr add 172.16.0.2/24 dev veth1 && ip -n netns1 link set veth1 up\n"
    "!ping -c 1 172.16.0.2"
)


# What a rough neighbour does in one cell each; each ends by itself.
ROUGH = {
    "two endless loops": """%%bash
timeout 20 sh -c 'while :; do :; done' &
timeout 20 sh -c 'while :; do :; done'
""",
    "processes without end": """
import os, signal, time
made = []
try:
    while True:
        made.append(os.fork())
        if not made[-1]:
            signal.pause()
except OSError as error:
    print(len(made), error)
time.sleep(10)
for pid in made:
    os.kill(pid, signal.SIGKILL)
for pid in made:
    os.waitpid(pid, 0)
""",
    "memory without end": """
taken = []
try:
    while True:
        taken.append(bytearray(1 << 27))
except MemoryError:
    print(len(taken) * 128, "MiB, then MemoryError")
del taken
""",
    "a full file system in memory": """%%bash
dd if=/dev/zero of=/dev/shm/x bs=1M 2>&1 | tail -n 1
rm /dev/shm/x
""",
    "links without end": """%%bash
for i in $(seq 1000); do ip link add v$i type veth peer name w$i || break; done
ip -br link | wc -l
""",
    "namespaces without end": """
!for i in $(seq 1000); do ip netns add n$i || break; done; ip netns | wc -l
""",
    "a flooded wire": """
!timeout 15 ping -q -f 172.16.0.2 | tail -n 2
""",
    "100 MB of output": "for _ in range(1000): print('x' * 100_000)",
}


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


def in_browser(link: str, code: str, rounds: int) -> None:
    """Do the same as the others in Chromium, and print how long it took."""
    begun = time.monotonic()
    with sync_playwright() as playwright, started(playwright) as browser:
        page = browser.new_context(ignore_https_errors=True).new_page()
        page.goto(link)
        page.fill("#username_input", "browser")
        page.fill("#password_input", "a password")
        page.fill("#otp_input", code)
        page.click("#login_submit")
        page.wait_for_url("**/lab/**", timeout=LONGEST)
        shown = time.monotonic() - begun
        account = page.url.split("/user/")[1].split("/")[0]
        page.goto(f"{link}user/{account}/lab/tree/nslabkit-lessons/en/01_one_wire.ipynb?reset")
        ready(page, "en")
        opened = time.monotonic() - begun
        typed(page, NETWORK, "1 received")
        print(
            f"  browser: JupyterLab {shown:.1f}, lesson open {opened:.1f}, "
            f"first answered ping {time.monotonic() - begun:.1f} s"
        )
        trips = []
        for number in range(rounds):
            before = time.monotonic()
            typed(page, f"!ip netns; echo answer {number + 1}", f"answer {number + 1}")
            trips.append(time.monotonic() - before)
            time.sleep(PACE)
        told("browser: a cell, from the key to the output", trips, "ms", 1000)


def typed(page: Page, code: str, awaited: str) -> None:
    """Put `code` into the lesson's first cell, run it, and wait for what it prints."""
    cell = in_front(page).locator(".jp-CodeCell").first
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    cell.locator(".jp-OutputArea-output", has_text=awaited).first.wait_for(timeout=LONGEST)


def roughly(neighbour: HubVisitor, visitors: list[HubVisitor]) -> None:
    """Let one take all that it can, and print how the others fare meanwhile."""
    with ThreadPoolExecutor(len(visitors) + 1) as threads:
        for name, code in ROUGH.items():
            begun = time.monotonic()
            done = threads.submit(neighbour.run, code)
            trips = []
            while not trips or not done.done():
                delays = [PACE * number / len(visitors) for number in range(len(visitors))]
                found = threads.map(round_trips, visitors, [1] * len(visitors), delays)
                trips += [one for each in found for one in each]
            said = done.result().strip().splitlines() or ["-"]
            told(f"{name} ({said[-1][:60]}; {time.monotonic() - begun:.0f} s)", trips, "ms", 1000)


def main() -> None:
    """Measure, and remove what was made."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--learners", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--no-ahead", action="store_true")
    parser.add_argument("--browser", action="store_true")
    parser.add_argument("--rough", action="store_true")
    chosen = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("Accounts are made for the learners: run this as root.")
    folder = Path("/var/tmp") / f"nslab-bench-{secrets.token_hex(3)}"  # noqa: S108 - root's own name
    port = 8700 + secrets.randbelow(200)
    options = ["--ip", "127.0.0.1", "--port", str(port), "--learners", str(chosen.learners + 3)]
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    try:
        begun = time.monotonic()
        workshop(folder, "start", *options, *(["--no-ahead"] if chosen.no_ahead else []))
        print(
            f"`workshop start --learners {chosen.learners + 3}`: {time.monotonic() - begun:.1f} s"
        )
        state = json.loads((folder / "workshop.json").read_text())
        link = f"https://127.0.0.1:{port}/"
        print("one learner alone:")
        alone = HubVisitor(link)
        together([alone], state, ["first"], chosen.rounds)
        print(f"{chosen.learners} more in the same second:")
        visitors = [HubVisitor(link) for _number in range(chosen.learners)]
        names = [f"learner {one}" for one in range(chosen.learners)]
        code = state["settings"]["code"]
        with ThreadPoolExecutor(1) as beside:
            if chosen.browser:
                seen = beside.submit(in_browser, link, code, chosen.rounds)
            together(visitors, state, names, chosen.rounds)
            if chosen.browser:
                seen.result()
        if chosen.rough:
            print("one more, who takes all that a notebook can take; the others' round trips:")
            roughly(alone, visitors)
        for visitor in (alone, *visitors):
            visitor.close()
        print(f"load {os.getloadavg()[0]:.1f}")
    finally:
        if (folder / "workshop.json").exists():
            workshop(folder, "remove", "--yes")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
