"""Hostile input, led by what it covers: atheris on one target of `targets.py`.

usage: python tests/fuzz/cover.py TARGET [SECONDS]

New inputs that reach further are added to tests/fuzz/corpus/TARGET; what fails is written there as
crash-… and is a test from then on.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import atheris

LONGEST = 1.0  # seconds of the processor
CORPUS = Path(__file__).with_name("corpus")


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

    def within_a_second(data: bytes) -> None:
        begin = time.thread_time()
        target(data)
        assert time.thread_time() - begin < LONGEST

    options = [
        f"-max_total_time={seconds}",
        "-timeout=20",  # on a busy machine; `LONGEST` counts what is used
        "-rss_limit_mb=400",  # 200 beside what the imports take
        "-max_len=4096",
        f"-artifact_prefix={folder}/",
    ]
    atheris.Setup([sys.argv[0], *options, str(folder)], within_a_second)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
