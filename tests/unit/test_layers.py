"""Do imports point down only, and does `import nslabkit` load nearly nothing?"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "nslabkit"

# A module may import from its own layer (where that makes no circle) and from those below.
# `commands` stands below `namespaces`: it runs what it is given and knows no namespace, so that
# `Namespace.run` may use it.
LAYERS = (
    {"language"},
    {"errors"},
    {"_netlink", "_names", "_processes", "commands", "table", "sandbox", "uml"},
    {"_refusals"},
    {"namespaces"},
    {"_linkjson", "_addressjson", "_routejson", "_linknames", "_values"},
    {"links"},
    {"addresses", "routes", "neighbours", "bridges"},
    {"lab"},
)
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}
ABOVE = len(LAYERS)  # figures, checks, lessons: whatever is not named above
TOP = ABOVE + 1  # the command line; nothing imports it

HEAVY = ("pyroute2", "scapy", "matplotlib", "ipywidgets", "IPython", "jupyter_client")


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def height(module: str) -> int:
    return TOP if module == "cli" else HEIGHT.get(module, ABOVE)


def imported(path: Path) -> set[str]:
    """Return the modules of the package that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module == "nslabkit":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("nslabkit."):
            found.add(str(node.module).split(".")[1])
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
            found |= {name.split(".")[1] for name in names if name.startswith("nslabkit.")}
    return found


FILES = [path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_import_points_up(path: Path) -> None:
    here = module_of(path)
    up = {name for name in imported(path) if height(name) > height(here)}
    assert not up, f"{here} imports {up}, which stand above it"


def test_only_netlink_speaks_netlink() -> None:
    words = ("AF_NETLINK", "import pyroute2", "from pyroute2")
    speakers = {
        module_of(path) for path in FILES if any(word in path.read_text("utf-8") for word in words)
    }
    assert "_netlink" in speakers
    # The doctor tries things in a process of its own that must not depend on what it examines.
    assert speakers <= {"_netlink", "doctor", "sandbox"}, speakers


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, nslabkit; print([m for m in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert "'nslabkit'" in loaded
    assert not [name for name in HEAVY if f"'{name}'" in loaded]


def test_nothing_heavy_is_loaded_until_something_is_read() -> None:
    code = (
        "import sys, nslabkit as lab; lab.namespaces, lab.links, lab.addresses, lab.routes,"
        "lab.neighbours, lab.bridges, lab.Lab; lab.namespaces.names(); print(list(sys.modules))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert "'nslabkit.routes'" in loaded
    assert not [name for name in HEAVY if f"'{name}'" in loaded]
