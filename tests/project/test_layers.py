"""The import graph: packages in their order, no arrow against it, no circle of files."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "nslabkit"

# From the ground up; `docs/architecture.md` draws it.  A package imports from itself and from
# what stands below it; packages of one line know nothing of each other, except the pairs below.
LAYERS = (
    {"base"},
    {"netlink", "machine"},
    {"net"},
    {"frames", "live"},
    {"capture"},
    {"timeline"},
    {"show"},
    {"course"},
    {"jupyter", "classroom", "doctor"},
    {"workshop"},
    {"grading"},
    {"cli"},
)
# The doctor examines the kernelspecs, with the module that installs them.
NEIGHBOURS = {("doctor", "jupyter")}
# The machine starts before every notebook: beside itself it knows these modules only.
BELOW_THE_MACHINE = {"base/errors.py", "base/language.py", "base/own_machine.py"}
# Imports against the direction, each with its reason; never more than three.
EXCEPTIONS: dict[tuple[str, str], str] = {}

HEAVY = ("pyroute2", "scapy", "matplotlib", "ipywidgets", "IPython", "jupyter_client")
HEIGHT = {name: height for height, layer in enumerate(LAYERS) for name in layer}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def file_of(dotted: str) -> str | None:
    """Return the file of a module below the package, None if there is no such module."""
    path = PACKAGE.joinpath(*dotted.split(".")[1:])
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return str(candidate.relative_to(PACKAGE))
    return None


def imported(tree: ast.AST) -> set[str]:
    """Return the files that a module imports: anywhere in it, for its types alone, too."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "the kit's imports name the whole path"
            # `from package import name`: a module of that name, or what the package itself has.
            names = [
                name if file_of(name := f"{node.module}.{alias.name}") else str(node.module)
                for alias in node.names
            ]
        else:
            continue
        found |= {name for name in names if name.split(".")[0] == "nslabkit"}
    files = {file_of(name) for name in found}
    assert None not in files, found
    return {file for file in files if file}


GRAPH = {
    str(path.relative_to(PACKAGE)): imported(ast.parse(path.read_text("utf-8"))) for path in FILES
}


def package_of(file: str) -> str:
    return file.split("/", maxsplit=1)[0]


def may_import(here: str, there: str) -> bool:
    one, other = package_of(here), package_of(there)
    if one == other or (one, other) in NEIGHBOURS:
        return True
    if one == "machine":
        return there in BELOW_THE_MACHINE
    return HEIGHT[other] < HEIGHT[one]


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return each set of files that import one another in a loop (Tarjan's algorithm)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    path: list[str] = []
    found = []

    def visit(node: str) -> None:
        number[node] = lowest[node] = len(number)
        path.append(node)
        for other in graph.get(node, ()):
            if other not in number:
                visit(other)
                lowest[node] = min(lowest[node], lowest[other])
            elif other in path:
                lowest[node] = min(lowest[node], number[other])
        if lowest[node] == number[node]:
            circle = path[path.index(node) :]
            del path[path.index(node) :]
            if len(circle) > 1 or node in graph.get(node, ()):
                found.append(sorted(circle))

    for node in graph:
        if node not in number:
            visit(node)
    return found


def test_the_root_holds_packages_only() -> None:
    tracked = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "nslabkit"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    at_the_root = {file.split("/")[1] for file in tracked}
    assert at_the_root == {"__init__.py", "py.typed", *HEIGHT}


@pytest.mark.parametrize("file", sorted(GRAPH))
def test_imports_keep_the_direction(file: str) -> None:
    against = {
        other
        for other in GRAPH[file]
        if not may_import(file, other) and (file, other) not in EXCEPTIONS
    }
    assert not against, f"{file} imports {against}, which it must not know"


def test_no_files_import_each_other_in_a_circle() -> None:
    assert circles(GRAPH) == []


def test_a_circle_is_seen() -> None:
    one, two = {"a": {"b"}, "b": {"c"}, "c": set[str]()}, {"a": {"b"}, "b": {"c"}, "c": {"b"}}
    assert circles(one) == []
    assert circles(two) == [["b", "c"]]


def test_every_exception_is_still_needed() -> None:
    assert len(EXCEPTIONS) <= 3
    for file, other in EXCEPTIONS:
        assert other in GRAPH[file]


def test_a_file_name_says_which_subject_it_has() -> None:
    names = [Path(file).name for file in GRAPH if package_of(file) != "cli"]  # named as typed
    twice = {name for name in names if names.count(name) > 1} - {"__init__.py"}
    assert not twice


def classes_of_one_name(modules: dict[str, ast.Module]) -> dict[str, list[str]]:
    """Return each public class that several files define, with these files."""
    homes: dict[str, list[str]] = {}
    for file, tree in modules.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(file)
    return {name: files for name, files in homes.items() if len(files) > 1}


def test_a_class_name_says_which_subject_it_has() -> None:
    trees = {str(path.relative_to(PACKAGE)): ast.parse(path.read_text("utf-8")) for path in FILES}
    assert not classes_of_one_name(trees)


def test_two_classes_of_one_name_are_seen() -> None:
    here, there = ast.parse("class Wire: ...\nclass _Own: ..."), ast.parse("class Wire(int): ...")
    assert classes_of_one_name({"a.py": here, "b.py": there}) == {"Wire": ["a.py", "b.py"]}
    assert not classes_of_one_name({"a.py": here, "b.py": ast.parse("class _Own: ...")})


def test_the_machine_needs_the_standard_library_only() -> None:
    """`nslabkit/machine/__init__.py` says why."""
    foreign = set()
    for path in sorted((PACKAGE / "machine").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                foreign |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                foreign.add(str(node.module).split(".")[0])
    assert foreign - sys.stdlib_module_names == {"nslabkit"}


def test_only_netlink_speaks_netlink() -> None:
    words = ("AF_NETLINK", "import pyroute2", "from pyroute2")
    speakers = {
        package_of(str(path.relative_to(PACKAGE)))
        for path in FILES
        if any(word in path.read_text("utf-8") for word in words)
    }
    assert "netlink" in speakers
    # The doctor tries things in a process of its own that must not depend on what it examines.
    assert speakers <= {"netlink", "doctor"}, speakers


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
    assert "'nslabkit.net.routes'" in loaded
    assert not [name for name in HEAVY if f"'{name}'" in loaded]
