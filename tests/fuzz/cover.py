"""Hostile input, led by what it covers: atheris on one target of `targets.py`.

usage: python tests/fuzz/cover.py TARGET [SECONDS]

New inputs that reach further are added to tests/fuzz/corpus/TARGET; what fails is written there as
crash-… and is a test from then on.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path

import atheris

LONGEST = 1.0  # seconds of the processor
MOST = 200 << 10  # KiB that one input may take
PAGE = resource.getpagesize() >> 10  # KiB
CORPUS = Path(__file__).with_name("corpus")


def resident() -> int:
    """Return how much memory this process has now, in KiB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


def peak() -> int:
    """Return how much memory this process had at most, in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main() -> None:
    """Run until the time is over or something fails."""
    name, seconds = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "600"
    sys.path.insert(0, str(Path(__file__).parent))
    with atheris.instrument_imports(include=["nslabkit"]):
        from targets import TARGETS

        target = TARGETS[name]
        for data in (b"", *(file.read_bytes() for file in sorted((CORPUS / name).iterdir()))):
            target(data)  # what is loaded with the first use is loaded, and instrumented, here
    folder = CORPUS / name

    def within_bounds(data: bytes) -> None:
        begin, here, highest = time.thread_time(), resident(), peak()
        target(data)
        assert time.thread_time() - begin < LONGEST
        assert peak() == highest or peak() - here < MOST

    options = [
        f"-max_total_time={seconds}",
        "-timeout=20",  # on a busy machine; `LONGEST` counts what is used
        "-rss_limit_mb=0",  # what the fuzzer itself keeps grows by 3 KiB an input
        "-max_len=4096",
        f"-artifact_prefix={folder}/",
    ]
    atheris.Setup([sys.argv[0], *options, str(folder)], within_bounds)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
