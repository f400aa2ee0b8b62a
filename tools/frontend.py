"""Are the widgets' modules what their sources say?  Writes each as the one file that is shipped.

``frontend/NAME/*.js`` are plain ES modules, which a browser or a test loads as they are.  A widget
must be one file (anywidget reads it as text), so this joins them: each source becomes a function
that returns what it exports.  Nothing is renamed or shortened.

usage: tools/frontend.py [--check]
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Folder of sources -> the file that is shipped; `view.js` is where each begins.
BUNDLES = {"topology": "nslabkit/show/topology/topology.js"}
ENTRY = "view"

IMPORT = re.compile(r'^import \{ ([^}]*) \} from "\./(\w+)\.js";\n', re.MULTILINE)
EXPORT = re.compile(r"^export (?:async )?(?:function|const|let) (\w+)", re.MULTILINE)
DEFAULT = re.compile(r"^export default (.+);\n", re.MULTILINE)
HEADER = "// Made by `make frontend` from frontend/{name}/*.js, which are to be edited instead.\n\n"


def joined(folder: Path) -> str:
    """Return the module that does what the sources in `folder` do."""
    parts = [HEADER.format(name=folder.name)]
    for name in in_order(folder, ENTRY, []):
        source = (folder / f"{name}.js").read_text(encoding="utf-8")
        exported = [*EXPORT.findall(source)]
        default = DEFAULT.search(source)
        body = IMPORT.sub(lambda one: f"const {{ {one[1]} }} = {one[2]}_js;\n", source)
        body = DEFAULT.sub("", body)
        body = re.sub(r"^export (?=async |function|const|let)", "", body, flags=re.MULTILINE)
        if re.search(r"^(import|export) ", body, re.MULTILINE):
            raise SystemExit(f"{folder.name}/{name}.js: an import or export in an unsupported form")
        names = ", ".join([*exported, *([f"default: {default[1]}"] if default else [])])
        parts.append(f"const {name}_js = (() => {{\n{body}return {{ {names} }};\n}})();\n\n")
    parts.append(f"export default {ENTRY}_js.default;\n")
    return "".join(parts)


def in_order(folder: Path, name: str, found: list[str]) -> list[str]:
    """Return the sources that `name` needs and itself, each after those that it imports."""
    source = (folder / f"{name}.js").read_text(encoding="utf-8")
    for _names, other in IMPORT.findall(source):
        if other not in found:
            in_order(folder, other, found)
    found.append(name)
    return found


def main() -> int:
    """Write the modules, or with ``--check`` say which are out of date; return the exit status."""
    check = "--check" in sys.argv[1:]
    stale = []
    for name, target in BUNDLES.items():
        text, path = joined(ROOT / "frontend" / name), ROOT / target
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(target)
        if not check:
            path.write_text(text, encoding="utf-8")
            print(f"written: {target}")
    if check and stale:
        print(f"out of date: {', '.join(stale)}; `make frontend` writes it")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
