"""How long does `import nslabkit` take beyond Python's own start?

usage: python benchmarks/import_time.py [--rounds N]

Both are started alternately; the difference of the medians counts, and must stay below 0.1 s.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

MOST = 0.1  # seconds
USE = "import nslabkit as lab; lab.namespaces, lab.links, lab.addresses, lab.routes, lab.Lab"


def seconds(code: str) -> float:
    """Return how long a fresh Python takes for `code`."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def main() -> int:
    """Measure, print, and return 1 where the aim is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    codes = {
        "python": "pass",
        "import nslabkit": "import nslabkit",
        "and its core modules": USE,
        "and a first reading (pyroute2)": f"{USE}; lab.links.links()",
    }
    found: dict[str, list[float]] = {name: [] for name in codes}
    for number in range(rounds + 1):
        for name, code in codes.items():
            took = seconds(code)
            if number:  # the first round fills the caches
                found[name].append(took)
    medians = {name: statistics.median(figures) for name, figures in found.items()}
    for name, median in medians.items():
        print(f"{name:<32}{median:8.3f} s   beyond Python {median - medians['python']:8.3f} s")
    extra = medians["import nslabkit"] - medians["python"]
    print(f"aim: import below {MOST} s: {extra:.3f} ({'reached' if extra < MOST else 'MISSED'})")
    return 0 if extra < MOST else 1


if __name__ == "__main__":
    sys.exit(main())
