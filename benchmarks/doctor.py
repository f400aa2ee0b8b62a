"""How many seconds does `nslabkit doctor` take, from the shell to its last line?"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

_RUNS = 7
_COMMAND = [sys.executable, "-c", "from nslabkit.cli import main; main()", "doctor", "--json"]


def main() -> None:
    """Print the median and the slowest of some runs."""
    seconds = []
    for _run in range(_RUNS):
        start = time.perf_counter()
        subprocess.run(_COMMAND, stdout=subprocess.DEVNULL, check=True)
        seconds.append(time.perf_counter() - start)
    middle = statistics.median(seconds)
    print(f"nslabkit doctor: median {middle:.2f} s, slowest {max(seconds):.2f} s")


if __name__ == "__main__":
    main()
