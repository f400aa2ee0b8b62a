"""How do the lessons' sources become the notebooks that people open?

``notebooks/source/NN_name.py`` (py:percent) holds both languages side by side: a markdown cell
tagged ``lang="en"`` stands beside its twin ``lang="zh"``; code cells are shared.  From it come
``notebooks/en/NN_name.ipynb`` and ``notebooks/zh/NN_name.ipynb``, without outputs.

An empty cell ``# %% task="1.1"`` is where a learner does task 1.1: it is opened with the goal as
its only line, in the notebook's language; the cell of the same task with its check says "not yet".
`lesson_questions` checks ``notebooks/questions``: guesses, recall, tasks, what one can do;
`lesson_problems` checks the sources.

A lesson with cells tagged ``solution`` is opened as an exercise, without them; the whole of it
goes to ``solutions/`` beside it.  What a left-out cell builds stays known to `lab.catch_up`.

A link ``(05_two_nginx.ipynb#C11)`` leads to the experiment of claim C11 in that lesson: it becomes
a link to the cell with the heading above the first cell that has ``claim="C11"``.  JupyterLab finds
a cell by ``#cell-id=…`` in every language, but a heading only if it is written in ASCII.

``<!-- glossary -->`` becomes the table of `glossary`, ``<!-- two servers -->`` the drawing of
`start_picture`, and a link behind ``<!-- button -->`` looks like a button.

`lesson_minutes` measures how long each lesson takes; one that states another time is a problem.

``python tools/notebooks.py`` writes them, ``--check`` only says what is wrong.  Both print how long
the lessons take, and how long they say that they do.
"""

from __future__ import annotations

import argparse
import functools
import re
import sys
from pathlib import Path
from typing import Any

import nbformat

sys.path.insert(0, str(Path(__file__).resolve().parent))
import glossary
import lesson_minutes
import lesson_questions
import start_picture
from lesson_cells import LANGUAGES, cells_of, experiments, is_solution, of_language
from lesson_problems import problems

_V4: Any = nbformat.v4  # nbformat has no types
ROOT = Path(__file__).resolve().parent.parent
_KERNELS = {"en": ("nslab", "Network lab"), "zh": ("nslab-zh", "网络实验")}
_CLAIM_LINK = re.compile(r"(?<=\]\()(\w+\.ipynb)#([BC]\d\d)(?=\))")
_BUTTON = re.compile(r"<!-- button -->\[([^\]]+)\]\(([^)]+)\)")


def has_solution(source: Path) -> bool:
    """Return whether a source has cells that an exercise leaves out."""
    return any(is_solution(cell) for cell in cells_of(source))


def build(source: Path, language: str, *, solution: bool = False) -> str:
    """Return the notebook of one language as the text of its file.

    Parameters
    ----------
    source : Path
        The lesson's source.
    language : str
        ``"en"`` or ``"zh"``.
    solution : bool
        Whether the cells tagged ``solution`` are in it.
    """
    kernel, name = _KERNELS[language]
    notebook = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    notebook.metadata = {
        "kernelspec": {"display_name": name, "language": "python", "name": kernel},
        "language_info": {"name": "python"},
    }
    for cell, name in of_language(source, language, solution=solution):
        notebook.cells.append(_cell(cell, name, source, language))
        _as_task(notebook.cells[-1], source, language, solution=solution)
        notebook.cells[-1].metadata.update(_step(source, cell))
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook, version=4)) + "\n"  # type: ignore[no-untyped-call]


def _step(source: Path, cell: Any) -> dict[str, str]:  # noqa: ANN401 - nbformat has no types for cells
    """Return the name by which `lab.catch_up` knows a numbered section: "1.5".

    Only where the lesson's cells say what they build.  A source may name a step itself, where its
    sections are not numbered, or where another lesson has the same number.
    """
    heading = re.search(r"^## (\d+)\. ", cell.source, re.MULTILINE)
    lesson = re.match(r"\d+", source.stem)
    if "step" in cell.metadata:
        return {}
    if cell.cell_type != "markdown" or not heading or not lesson:
        return {}
    if not _builds_anything(source):
        return {}
    return {"step": f"{int(lesson[0])}.{heading[1]}"}


@functools.cache
def _builds_anything(source: Path) -> bool:
    """Return whether a lesson's cells say what they build; read once for all of its headings."""
    return any("build" in cell.metadata for cell in cells_of(source))


def _as_task(made: Any, source: Path, language: str, *, solution: bool) -> None:  # noqa: ANN401 - nbformat has no types for cells
    """Put a task's goal into the cell where it is done; its check says "not yet" until then."""
    task = made.metadata.get("task")
    if task is None or is_solution(made):
        return
    if not made.source.strip():
        made.source = f"# {lesson_questions.goal(source, task, language)}"
    elif not solution:
        made.metadata["tags"] = [*made.metadata.get("tags", []), "not-yet"]


def _cell(cell: Any, name: str, source: Path, language: str) -> Any:  # noqa: ANN401 - nbformat has no types for cells
    new = nbformat.v4.new_code_cell if cell.cell_type == "code" else nbformat.v4.new_markdown_cell
    metadata = {key: value for key, value in cell.metadata.items() if key != "lang"}
    text = cell.source
    if cell.cell_type == "markdown":
        text = _CLAIM_LINK.sub(lambda link: _to_experiment(link, source, language), text)
        text = _filled_in(text, language)
    made = new(text, metadata=metadata)  # type: ignore[no-untyped-call]
    made.id = name
    return made


def _filled_in(text: str, language: str) -> str:
    """Return a text with what stands elsewhere put in: the glossary, the drawing, a button."""
    if glossary.PLACE in text:
        text = text.replace(glossary.PLACE, glossary.table(language))
    if start_picture.PLACE in text:
        text = text.replace(start_picture.PLACE, start_picture.two_servers(language))
    return _BUTTON.sub(lambda link: start_picture.button(*link.groups()), text)


def _to_experiment(link: re.Match[str], source: Path, language: str) -> str:
    """Return the address of a claim's experiment; `problems` has seen that there is one."""
    lesson, claim = link.groups()
    places = experiments(source.with_name(lesson).with_suffix(".py"), language)
    return f"{lesson}#cell-id={places[claim]}" if claim in places else link[0]


def main(arguments: list[str] | None = None) -> int:
    """Write the notebooks, or with --check say what is wrong; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--check", action="store_true", help="write nothing, only say what is wrong"
    )
    parser.add_argument("--folder", type=Path, default=ROOT / "notebooks")
    options = parser.parse_args(arguments)
    _builds_anything.cache_clear()
    experiments.cache_clear()  # a test calls this several times, with changed sources
    sources = sorted((options.folder / "source").glob("*.py"))
    found = [problem for source in sources for problem in problems(source)]
    found += lesson_questions.crowded(sources)
    wanted = {path: text for source in sources for path, text in _files(options.folder, source)}
    found += _apply(options.folder, wanted, only_check=options.check)
    _print_minutes(sources)
    for line in found:
        print(line, file=sys.stderr)
    return 1 if found else 0


def _print_minutes(sources: list[Path]) -> None:
    """Print for each lesson the minutes that it takes, and those that it states."""
    for source in sources:
        if lesson_minutes.stated(source, LANGUAGES[0]) is None:
            continue
        times = [
            f"{language} {lesson_minutes.measured(source, language):.0f} of "
            f"{lesson_minutes.stated(source, language)}"
            for language in LANGUAGES
        ]
        print(f"{source.stem}: minutes measured of those stated: {', '.join(times)}")


def _files(folder: Path, source: Path) -> list[tuple[Path, str]]:
    """Return where the notebooks of a source go, and what is in them."""
    name = f"{source.stem}.ipynb"
    files = [(folder / language / name, build(source, language)) for language in LANGUAGES]
    if has_solution(source):
        files += [
            (folder / language / "solutions" / name, build(source, language, solution=True))
            for language in LANGUAGES
        ]
    return files


def _apply(folder: Path, wanted: dict[Path, str], *, only_check: bool) -> list[str]:
    """Make the folders hold what is `wanted`; when only checking, return the differences."""
    there = {
        path
        for language in LANGUAGES
        for path in (folder / language).rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    }
    differences = []
    for path, text in wanted.items():
        name = path.relative_to(folder)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            differences.append(f"{name} is not up to date: make notebooks")
            if not only_check:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
    for path in sorted(there - set(wanted)):
        differences.append(f"{path.relative_to(folder)} has no source: make notebooks")
        if not only_check:
            path.unlink()
    return differences if only_check else []


if __name__ == "__main__":
    sys.exit(main())
