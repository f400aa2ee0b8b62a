"""Which pages has the site of one language, and where does each of its links lead?

The documents of ``docs/`` and the lessons are laid out as Sphinx reads them.  A link to what the
site has stays in the site; one to another file of the repository leads to the repository; one that
leads nowhere ends the build.
"""

from __future__ import annotations

import importlib
import inspect
import os
import re
import shutil
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import nslabkit
from nslabkit.cli import main as nslabkit_command
from nslabkit.cli.help_words import spoken, tree

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
# Documents that are no pages: the paper has a form of its own, the site's sources are not read.
NO_PAGES = {"paper.md"}
_LINK = re.compile(
    r"(?P<before>\]\(|(?:href|src)=\")(?P<path>[^)\s\"#]*)(?P<anchor>#[^)\s\"]*)?(?=[)\"])"
)
_CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)


@dataclass
class Site:
    """The sources of the site in one language.

    Attributes
    ----------
    language : str
        ``"en"`` or ``"zh"``.
    source : Path
        The folder that Sphinx will read.
    places : dict of Path to str
        File of the repository -> its page, as Sphinx finds it.
    """

    language: str
    source: Path
    places: dict[Path, str] = field(default_factory=dict)

    def lay_out(self, lessons: list[Path]) -> None:
        """Say where everything goes; then write the documents and the reference."""
        shutil.rmtree(self.source, ignore_errors=True)
        documents = [path for path in sorted(DOCS.rglob("*.md")) if self._is_page(path)]
        for path in documents:
            self.places[path] = _page_of(path)
        for path in sorted((DOCS / "images").iterdir()):
            self.places[path] = path.relative_to(ROOT).as_posix()
        for path in lessons:
            self.places[path] = f"lessons/{path.name}"
        self.places[ROOT / "README.md"] = self.places[ROOT / "README.zh.md"] = "index.md"
        for path in DOCS.glob("*.md"):  # of twins, the other leads to the page in this language
            if _page_of(path) in self.places.values():
                self.places.setdefault(path, _page_of(path))
        for path in sorted((DOCS / "images").iterdir()):
            self._put(self.places[path], path.read_bytes())
        for path in documents:
            self.write(self.places[path], self.linked(path.read_text(encoding="utf-8"), path))
        self._own_pages()
        self.write("reference/api.md", api())
        self.write("reference/commands.md", commands(self.language))

    def _is_page(self, path: Path) -> bool:
        if path.name in NO_PAGES or DOCS / "site" in path.parents:
            return False
        language = re.search(r"\.(en|zh)\.md$", path.name)
        if language is None:  # in English, unless there is a twin in Chinese
            return self.language == "en" or not path.with_suffix(".zh.md").exists()
        return language[1] == self.language

    def _own_pages(self) -> None:
        """Write the pages that lead to the others, and what the theme leaves untranslated."""
        shutil.copytree(DOCS / "site" / "locale", self.source / "locale")
        folder = DOCS / "site" / "pages" / self.language
        for path in sorted(folder.rglob("*.md")):
            text = path.read_text(encoding="utf-8")
            self.write(path.relative_to(folder).as_posix(), text)

    def write(self, page: str, text: str) -> None:
        """Write one page's source."""
        self._put(page, text.encode())

    def _put(self, page: str, content: bytes) -> None:
        path = self.source / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def linked(self, text: str, place: Path, *, built: bool = False) -> str:
        """Return a text whose links lead where the site has them.

        Parameters
        ----------
        text : str
            Markdown, or HTML.
        place : Path
            The file of the repository that the text is from.
        built : bool
            Whether Sphinx no longer turns the sources' names into pages' names: in HTML.
        """
        kept: list[str] = []

        def keep(code: re.Match[str]) -> str:
            kept.append(code[0])
            return f"\0{len(kept) - 1}\0"

        text = _CODE.sub(keep, text) if not built else text
        text = _LINK.sub(lambda link: self._to(link, place, built=built), text)
        return re.sub(r"\0(\d+)\0", lambda number: kept[int(number[1])], text)

    def _to(self, link: re.Match[str], place: Path, *, built: bool) -> str:
        path, anchor = link["path"], link["anchor"] or ""
        if not path or re.match(r"[a-z]+:|/", path):
            return link[0]
        target = Path(os.path.normpath(place.parent / path))
        built = built or not link["before"].startswith("]")
        if target not in self.places:
            if not target.exists():
                raise SystemExit(f"{place.relative_to(ROOT)}: no such file: {path}")
            kind = "tree" if target.is_dir() else "blob"
            where = target.relative_to(ROOT).as_posix()
            return f"{link['before']}{repository()}/{kind}/main/{where}{anchor}"
        page = self.places[target]
        cell = re.match(r"#cell-id=([\w-]+)", anchor)
        if cell:
            anchor = f"#{cell_target(target.stem, cell[1])}"
            if not built:
                return f"{link['before']}{anchor}"
        here = Path(self.places[place]).parent
        relative = Path(os.path.relpath(page, here)).as_posix()
        if built:
            relative = re.sub(r"\.(md|ipynb)$", ".html", relative)
        return f"{link['before']}{relative}{anchor}"


def _page_of(document: Path) -> str:
    """Return the page of a document, the same for its twin in the other language."""
    return re.sub(r"\.(en|zh)\.md$", ".md", document.relative_to(ROOT).as_posix())


def cell_target(lesson: str, cell: str) -> str:
    """Return the anchor of a lesson's cell, one for the whole site."""
    return f"at-{lesson}-{cell}".lower().replace("_", "-")


def repository() -> str:
    """Return the address of the repository."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["urls"]["Repository"])


def api() -> str:
    """Return the reference of the public names, which the docstrings fill."""
    parts = [
        "# The package\n\n`import nslabkit as lab` makes these names available as `lab.NAME`.\n"
    ]
    for title, kinds in (
        ("Functions and objects", ("function", "class", "data")),
        ("Modules", ("module",)),
        ("Errors", ("exception",)),
    ):
        parts.append(f"## {title}\n")
        for name, kind, where in public_names():
            if kind in kinds:
                parts.append(f"### lab.{name}\n\n```{{eval-rst}}\n{_directive(kind, where)}\n```\n")
    return "\n".join(parts)


def public_names() -> list[tuple[str, str, str]]:
    """Return each public name, what kind of thing it is, and where it is defined."""
    found = []
    for name in nslabkit.__all__:
        module, attribute = nslabkit._WHERE[name]  # noqa: SLF001 - the one list of them
        where = f"nslabkit.{module}"
        value: Any = importlib.import_module(where)
        if attribute is None:
            found.append((name, "module", where))
            continue
        value = getattr(value, attribute)
        if inspect.isclass(value):
            kind = "exception" if issubclass(value, Exception) else "class"
            where = value.__module__
        elif inspect.isroutine(value):
            kind, where = "function", value.__module__
        else:
            kind = "data"
        found.append((name, kind, f"{where}.{attribute}"))
    return found


def _directive(kind: str, where: str) -> str:
    if kind == "module":
        names = ", ".join(_own_names(where))
        return f".. automodule:: {where}\n   :members: {names}"
    option = {"class": "\n   :members:", "data": "\n   :no-value:"}.get(kind, "")
    return f".. auto{kind}:: {where}{option}"


def _own_names(where: str) -> list[str]:
    """Return a module's public names, without those that have a section of their own."""
    module: Any = importlib.import_module(where)
    values = {name: getattr(module, name) for name in module.__all__}
    elsewhere = [getattr(nslabkit, name) for name in nslabkit.__all__]
    return [name for name, value in values.items() if not any(value is one for one in elsewhere)]


def commands(language: str) -> str:
    """Return the reference of the command, as its ``--help`` says it in a language."""
    parts = [{"en": "# The command `nslabkit`\n", "zh": "# `nslabkit` 命令\n"}[language]]
    with mock.patch.dict(os.environ, NSLAB_LANG=language):
        for name, command in tree("nslabkit", spoken(nslabkit_command)):
            with command.context_class(command, info_name=name) as context:
                text = command.get_help(context)
            level = "#" * (1 + len(name.split())) if " " in name else "##"
            parts.append(f"{level} {name}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)
