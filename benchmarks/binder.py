"""What does a visitor of Binder wait for, and how much memory does it take?

Runs the image as ``binder/emulate.sh`` does, so as root, with Podman and runc.

    .venv/bin/python benchmarks/binder.py [--image NAME] [--memory 1g] [--rounds 3] [--lessons]

With --lessons every lesson of both languages and all claims run as well (some minutes), the claims
also in a sandbox of this machine, to compare the verdicts.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/support"))

from image_container import NAME, Container, available, running  # noqa: E402 - its folder is above

NSLABKIT = str(Path(sys.executable).with_name("nslabkit"))
# Runs in the container; prints the seconds that each step took, as JSON.
TIMED = """
import json, statistics, time
from jupyter_client.manager import KernelManager
def timed(code):
    begun = time.monotonic()
    reply = client.execute_interactive(code, output_hook=lambda message: None, timeout=120)
    assert reply["content"]["status"] == "ok", reply
    return time.monotonic() - begun
begun = time.monotonic()
manager = KernelManager(kernel_name="nslab")
manager.start_kernel()
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=120)
seconds = {"kernel ready": time.monotonic() - begun}
seconds["first answered ping"] = timed("!ping -c 1 127.0.0.1")
seconds["kernel's start to the first answered ping"] = time.monotonic() - begun
seconds["1+1"] = statistics.median(timed("1 + 1") for _ in range(9))
seconds["!true"] = statistics.median(timed("!true") for _ in range(5))
client.stop_channels()
manager.shutdown_kernel(now=True)
print(json.dumps(seconds))
"""


def kernel_times(image: str, memory: str, rounds: int) -> dict[str, float]:
    """Return medians of what starts and answers how fast, a new container for each round."""
    found: dict[str, list[float]] = {}
    for _round in range(rounds):
        with running(image=image, memory=memory) as container:
            seen = {"container's start to JupyterLab's answer": container.seconds}
            seen |= json.loads(container.run("python3", "-", text=TIMED))
        for name, value in seen.items():
            found.setdefault(name, []).append(value)
    return {name: statistics.median(values) for name, values in found.items()}


@contextlib.contextmanager
def most_memory(container: Container) -> Iterator[list[tuple[float, float]]]:
    """Note what a container holds, five times a second, while this is open."""
    seen = [container.memory()]
    over = threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            seen.append(container.memory())

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def visit(image: str, memory: str, language: str) -> dict[str, float]:
    """Return how long a visitor with a browser waits, and the memory in all meanwhile."""
    with (
        running(image=image, memory=memory) as container,
        tempfile.TemporaryDirectory() as folder,
    ):
        idle, _with_files = container.memory()
        program = str(ROOT / "tests/support/image_visitor.py")
        with most_memory(container) as held:
            said = container.beside(
                sys.executable, program, str(container.pid), language, f"{folder}/page.png"
            )
        figures: dict[str, float] = json.loads(said)
        working, total = (max(values) for values in zip(*held, strict=True))
        return figures | {
            "memory, JupyterLab alone": idle,
            "memory, at most": working,
            "memory, at most, with the files it has read": total,
        }


def lessons(image: str, memory: str, language: str) -> bool:
    """Run every lesson without a browser, print how it went, and say whether all passed."""
    with running("sleep", "infinity", image=image, memory=memory) as container:
        with most_memory(container) as held:
            said = container.run("nslabkit", "run", "--lang", language, "--json", timeout=1800)
        outcomes = json.loads(said)
    for one in outcomes:
        print(f"  {language} {one['lesson']:24} {one['seconds']:6.1f} s  {one['checks']} checks")
    passed = sum(one["passed"] for one in outcomes)
    print(f"  {language}: {passed} of {len(outcomes)} passed, at most {max(held)[0]:.0f} MiB")
    return passed == len(outcomes)


def claims(image: str, memory: str) -> bool:
    """Run the claims in the image and in a sandbox, and say whether the verdicts are the same."""
    with running("sleep", "infinity", image=image, memory=memory) as container:
        inside = json.loads(container.run("nslabkit", "claims", "--json", timeout=1800))
    outside = subprocess.run(
        [NSLABKIT, "claims", "--json"],
        env=os.environ | {"NSLAB_BACKEND": "sandbox"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    ).stdout
    verdicts = [
        {one["subject"]: one["outcome"] for one in read} for read in (inside, json.loads(outside))
    ]
    differing = [name for name, value in verdicts[0].items() if verdicts[1].get(name) != value]
    print(f"  claims: {len(verdicts[0])} run, verdicts that differ from a sandbox's: {differing}")
    return not differing and len(verdicts[0]) == len(verdicts[1])


def size(image: str) -> float:
    """Return the image's size in MB."""
    said = subprocess.run(
        ["podman", "image", "inspect", "--format", "{{.Size}}", image],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return int(said) / 1e6


def show(figures: dict[str, float]) -> None:
    """Print figures with their units."""
    for name, value in figures.items():
        measured = f"{value:8.0f} MiB" if name.startswith("memory") else f"{value:8.3f} s"
        print(f"  {name:44} {measured}")


def main() -> int:
    """Measure and print; the status is 1 if a lesson failed or a verdict differs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--image", default=NAME)
    parser.add_argument("--memory", default="1g")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--lessons", action="store_true", help="all lessons and claims too")
    chosen = parser.parse_args()
    if not available(chosen.image):
        print("left out: it needs root, Podman, runc and an image: binder/build.sh builds one")
        return 0
    load = os.getloadavg()[0]
    print(f"{chosen.image}: {size(chosen.image):.0f} MB, run with {chosen.memory} of memory")
    print(f"{time.strftime('%H:%M')}, load {load:.1f} on {os.cpu_count()} processors")
    print(f"without a browser, medians of {chosen.rounds}:")
    show(kernel_times(chosen.image, chosen.memory, chosen.rounds))
    for language in ("en", "zh"):
        print(f"a visitor's first lesson in Chromium, {language}:")
        show(visit(chosen.image, chosen.memory, language))
    if not chosen.lessons:
        return 0
    print("without a browser:")
    good = [lessons(chosen.image, chosen.memory, language) for language in ("en", "zh")]
    good.append(claims(chosen.image, chosen.memory))
    print(f"load now {os.getloadavg()[0]:.1f}")
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
