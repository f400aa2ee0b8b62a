"""Can the course be read without running it?  Builds the site in ``build/site``, in two languages.

Every lesson is executed in its sandbox kernel, then Sphinx makes the pages, and every link, anchor
and picture is looked at; what leads nowhere ends the build with status 1.

usage: tools/docs_site.py [--lang en|zh] [--lessons PATTERN] [--out DIR]
"""

from __future__ import annotations

import argparse
import html
import os
import shutil
import subprocess
import sys
import urllib.parse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parent))
import docs_check
import docs_lessons
import docs_pages
from docs_lessons import Source
from docs_pages import ROOT, Site

from nslabkit.base import palette
from nslabkit.base.markup import with_code

LANGUAGES = ("en", "zh")
NAMES = {"en": "English", "zh": "中文"}
WAYS = {
    "en": (
        "Open it in Binder",
        "Open it in your own JupyterLab, once `nslabkit lab` runs",
        "Notebook",
    ),
    "zh": ("在 Binder 里打开", "在自己的 JupyterLab 里打开（先运行 `nslabkit lab`）", "笔记本文件"),
}
# Where the first page has a player, too: the first recording of a lesson.
PLAYER = "<!-- player -->"
FONTS = "--jp-ui-font-family: var(--pst-font-family-base); --jp-code-font-family: monospace;"


def main(arguments: list[str] | None = None) -> int:
    """Build the site and return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lang", choices=LANGUAGES, help="only this language")
    parser.add_argument(
        "--lessons",
        default="*",
        help="execute only lessons whose names match; the others have no outputs",
    )
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "site")
    options = parser.parse_args(arguments)
    languages = (options.lang,) if options.lang else LANGUAGES
    out: Path = options.out.resolve()
    sources = [
        Source(path, language)
        for language in languages
        for path in sorted((ROOT / "notebooks" / language).glob("*.ipynb"))
    ]
    wanted = [one.path.match(f"{options.lessons}.ipynb") for one in sources]
    with ProcessPoolExecutor(max_workers=max(2, (os.cpu_count() or 2) // 2)) as processes:
        kept = out / "executed"
        notebooks = list(processes.map(read, sources, wanted, [kept] * len(sources)))
    for language in languages:
        lessons = [
            (source, notebook)
            for source, notebook in zip(sources, notebooks, strict=True)
            if source.language == language
        ]
        build(language, lessons, out)
    (out / "html" / "index.html").write_text(first_page(), encoding="utf-8")
    found = docs_check.problems(out / "html", whole=not options.lang)
    print("\n".join(found) if found else f"built: {out / 'html' / 'index.html'}")
    return 1 if found else 0


def read(source: Source, execute: bool, kept: Path) -> Any:  # noqa: ANN401, FBT001 - nbformat's nodes have no type; for `map`
    """Return a lesson's notebook, with outputs if it is to be executed."""
    if execute:
        return docs_lessons.executed(source, kept)
    return nbformat.read(source.path, as_version=4)  # type: ignore[no-untyped-call]


def build(language: str, lessons: list[tuple[Source, Any]], out: Path) -> None:
    """Lay out the sources of one language and let Sphinx make the pages."""
    site = Site(language, out / "source" / language)
    site.lay_out([source.path for source, _notebook in lessons])
    static = out / "static" / language
    shutil.rmtree(static, ignore_errors=True)
    (static / "notebooks").mkdir(parents=True)
    player = ""
    linked_cells = _linked_cells([notebook for _source, notebook in lessons])
    for source, executed in lessons:
        notebook, stories = docs_lessons.page(source, executed)
        _link(site, source, notebook, linked_cells)
        notebook.cells.insert(1, _ways(source))
        text = nbformat.writes(notebook, version=4)  # type: ignore[no-untyped-call]
        site.write(f"lessons/{source.path.name}", text)
        shutil.copy(source.path, static / "notebooks")
        if stories and not player:
            player = docs_lessons.player(source, stories[0])
    index = site.source / "index.md"
    index.write_text(index.read_text("utf-8").replace(PLAYER, player), encoding="utf-8")
    _assets(static)
    target = out / "html" / language
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "sphinx", "--builder", "html", "--quiet"),
            *("--fail-on-warning", "--conf-dir", ROOT / "docs" / "site"),
            *("--doctree-dir", out / "doctrees" / language, site.source, target),
        ],
        env=os.environ | {"NSLAB_SITE_LANG": language, "NSLAB_SITE_STATIC": str(static)},
        check=True,
    )
    (target / "_static" / "webpack-macros.html").unlink(missing_ok=True)  # the theme's, no page


def _linked_cells(notebooks: list[Any]) -> set[str]:
    """Return the ids of cells that a lesson links to."""
    text = "".join(cell.source for notebook in notebooks for cell in notebook.cells)
    text += "".join(
        output.data["text/html"]
        for notebook in notebooks
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    )
    return {part.partition(")")[0].partition('"')[0] for part in text.split("#cell-id=")[1:]}


def _link(site: Site, source: Source, notebook: Any, linked_cells: set[str]) -> None:  # noqa: ANN401 - nbformat's nodes have no type
    """Let a lesson's links lead to where the site has what they name."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = site.linked(cell.source, source.path)
            if cell.id in linked_cells:
                target = docs_pages.cell_target(source.path.stem, cell.id)
                cell.source = f"({target})=\n{cell.source}"
        for output in cell.get("outputs", ()):
            if "text/html" in output.get("data", {}):
                text = site.linked(output.data["text/html"], source.path, built=True)
                output.data["text/html"] = text


def _ways(source: Source) -> Any:  # noqa: ANN401 - see above
    """Return the cell that leads from a page to the notebook that runs."""
    language, name = source.language, source.path.name
    opening = f"nslabkit/open/{language}/{name}"
    account = docs_pages.repository().split("/")[3]
    binder = f"https://mybinder.org/v2/gh/{account}/nslabkit/HEAD?urlpath="
    addresses = (
        binder + urllib.parse.quote(opening, safe=""),
        f"http://127.0.0.1:8888/{opening}",
        f"../_static/notebooks/{name}",
    )
    links = "".join(
        f'<a href="{html.escape(address)}">{with_code(words)}</a>'
        for address, words in zip(addresses, WAYS[language], strict=True)
    )
    text = f'<div class="site-ways">{links}</div>'
    return nbformat.v4.new_markdown_cell(text)  # type: ignore[no-untyped-call]


def _assets(static: Path) -> None:
    """Write what the pages take from the kit: colours, and the player's script and style."""
    scrubber = ROOT / "nslabkit" / "show" / "scrubber"
    page = {"light": palette.PAGE, "dark": palette.PAGE}
    colours = [palette.css("html", 'html[data-theme="dark"]', page)]
    for theme, ink in palette.INKS.items():
        colours.append(
            f'html[data-theme="{theme}"] {{ --jp-ui-font-color1: {ink.ink}; '
            f"--jp-ui-font-color2: {ink.faint}; --jp-layout-color1: {ink.paper}; "
            f"--jp-layout-color2: {ink.shade}; --jp-border-color2: {ink.grid}; {FONTS} }}\n"
        )
    (static / "palette.css").write_text("".join(colours), encoding="utf-8")
    shutil.copy(scrubber / "scrubber.css", static / "widgets.css")
    (static / "widgets.js").write_text(
        plain_script("scrubber", (scrubber / "scrubber.js").read_text("utf-8")), encoding="utf-8"
    )


def plain_script(name: str, module: str) -> str:
    """Return a widget's module as a plain script: a page opened as a file loads no module."""
    ending = "export default { render };\n"
    if not module.endswith(ending):
        raise SystemExit(f"{name}: the module does not end in: {ending}")
    body = module.removesuffix(ending)
    return (
        f"window.nslabWidgets = window.nslabWidgets || {{}};\n"
        f"(() => {{\n{body}window.nslabWidgets.{name} = {{ render }};\n}})();\n"
    )


def first_page() -> str:
    """Return the page that asks for the language."""
    links = "".join(
        f'<li><a href="{code}/index.html" lang="{code}" hreflang="{code}">{name}</a></li>'
        for code, name in NAMES.items()
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>nslabkit</title>'
        '<meta name="viewport" content="width=device-width">'
        "<style>:root{color-scheme:light dark;background:Canvas;color:CanvasText}"
        "a{color:CanvasText}body{font:1.3rem sans-serif;margin:3rem auto;"
        "max-width:30rem;padding:0 1rem}li{margin:1rem 0}</style>"
        "<main><h1>nslabkit</h1><p>Linux network namespaces made visible. "
        f'<span lang="zh">看得见的 Linux 网络命名空间。</span></p><ul>{links}</ul></main></html>\n'
    )


if __name__ == "__main__":
    sys.exit(main())
