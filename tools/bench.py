"""How fast is it?  Runs every benchmark in ``benchmarks/``, each in its own process.

usage: tools/bench.py [NAME…]
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = {"in_sandbox", "ping_flood"}  # what several of them use, and no benchmark itself


def main() -> int:
    """Run the benchmarks that were named, or all, and return the exit status."""
    named = sys.argv[1:]
    status = 0
    for path in sorted((ROOT / "benchmarks").glob("*.py")):
        if path.stem in SHARED or (named and path.stem not in named):
            continue
        print(f"\n== {path.stem}", flush=True)
        status |= subprocess.run([sys.executable, path], cwd=ROOT, check=False).returncode
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
