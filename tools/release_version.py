"""Do a tag, the package, the citation and the changelog name the same version?

usage: tools/release_version.py TAG

Runs with the bare system Python, before anything is installed.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def problems(tag: str, root: Path = ROOT) -> list[str]:
    """Return which files name another version than the tag."""
    version = tag.removeprefix("v")
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = re.search(r"^version: (\S+)$", _text(root, "CITATION.cff"), re.MULTILINE)
    found = []
    if tag != f"v{project['version']}":
        found.append(f"pyproject.toml names {project['version']}, the tag is {tag}")
    if cited is None or cited[1] != version:
        found.append(f"CITATION.cff names {cited[1] if cited else 'no version'}, the tag is {tag}")
    if not re.search(rf"^## {re.escape(version)}\b", _text(root, "CHANGELOG.md"), re.MULTILINE):
        found.append(f"CHANGELOG.md has no section for {version}")
    return found


def _text(root: Path, name: str) -> str:
    return (root / name).read_text(encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and the tag
        sys.exit(__doc__)
    FOUND = problems(sys.argv[1])
    print("\n".join(FOUND), end="\n" if FOUND else "")
    sys.exit(1 if FOUND else 0)
