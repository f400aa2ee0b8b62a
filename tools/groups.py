"""Which packages does a dependency group of pyproject.toml name?

Prints them one a line, for ``pip install -r``: the pip of Debian 12 cannot read groups (PEP 735)
itself.  Runs with the bare system Python, before anything is installed.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent / "pyproject.toml"


def requirements(group: str, groups: dict[str, list[str | dict[str, str]]]) -> list[str]:
    """Return the requirements of `group`, those of the groups that it includes in their place."""
    found: list[str] = []
    for entry in groups[group]:
        if isinstance(entry, str):
            found.append(entry)
        else:
            found += requirements(entry["include-group"], groups)
    return found


if __name__ == "__main__":
    GROUPS = tomllib.loads(PROJECT.read_text())["dependency-groups"]
    print("\n".join(requirements(sys.argv[1], GROUPS)))
