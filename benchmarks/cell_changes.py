"""What does it cost each cell to be told what it changed?

usage, in a sandbox of its own:
    python benchmarks/cell_changes.py [--rounds N] [--namespaces N]

An IPython shell runs an empty cell and one that changes an address, in turn with and without
the line below cells, with namespaces each joined to the host by a wire.  Medians, in ms.
Exit status 1 if a cell takes more than 5 ms longer with it than without.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import statistics
import sys
import time

from in_sandbox import in_sandbox
from IPython.core.interactiveshell import InteractiveShell

import nslabkit as lab

LIMIT = 5.0  # ms; the aim is 3
CELLS = {
    "an empty cell": "pass",
    "a cell that changes an address": (
        "lab.addresses.add('10.99.0.1/32', 'lo') if not flip else "
        "lab.addresses.remove('10.99.0.1/32', 'lo'); flip = not flip"
    ),
}


def build(count: int) -> None:
    """Make `count` namespaces, each with a wire to the host and addresses on both ends."""
    for number in range(count):
        name, link = f"bench{number}", f"benchv{number}"
        lab.namespaces.add(name)
        lab.links.add_veth(link, "veth0", peer_namespace=name)
        lab.addresses.add(f"10.98.{number}.1/24", link)
        lab.addresses.add(f"10.98.{number}.2/24", "veth0", namespace=name)
        lab.links.up(link)
        lab.links.up("veth0", namespace=name)


def once(shell: InteractiveShell, cell: str) -> float:
    """Return how long a cell took, in ms."""
    begin = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        shell.run_cell(cell)
    return (time.perf_counter() - begin) * 1000


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--namespaces", type=int, default=10)
    options = parser.parse_args()
    in_sandbox()
    shell = InteractiveShell.instance()
    shell.user_ns.update(lab=lab, flip=False)
    shell.run_line_magic("load_ext", "nslabkit")
    taken: dict[tuple[str, str], list[float]] = {}
    try:
        with lab.Lab():
            build(options.namespaces)
            for number in range(2 * options.rounds + 2):
                for turn in ("off", "on") if number % 2 else ("on", "off"):
                    with contextlib.redirect_stdout(io.StringIO()):
                        shell.run_line_magic("nslab", f"changes {turn}")
                        shell.run_cell("pass")  # the first cell reads everything
                    for name, cell in CELLS.items():
                        time_taken = once(shell, cell)
                        if number > 1:  # the first rounds load what is needed
                            taken.setdefault((name, turn), []).append(time_taken)
    except lab.NoPrivilegeError as error:
        print(error)
        return 1
    print(f"medians of {2 * options.rounds}, {options.namespaces} namespaces, ms")
    print(f"{'':<34}{'without':>10}{'with':>10}{'more':>10}")
    worst = 0.0
    for name in CELLS:
        without, with_it = (statistics.median(taken[name, turn]) for turn in ("off", "on"))
        worst = max(worst, with_it - without)
        print(f"{name:<34}{without:>10.2f}{with_it:>10.2f}{with_it - without:>10.2f}")
    print(f"a cell may take {LIMIT} ms longer")
    return 0 if worst <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
