"""How does a lesson become a page that can be read without running it?

The lesson is executed in its own kernel, in a sandbox; then everything that needed the kernel
behind it becomes HTML that does not: a question answers when it is clicked, a task unfolds its
hints and its solution, and the widget's own script plays a recording from the frames it holds.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from nslabkit.base.markup import with_code
from nslabkit.course import execution

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 240  # seconds for one cell, on a busy machine
WIDGET = "application/vnd.jupyter.widget-view+json"
STATE = "application/vnd.jupyter.widget-state+json"
WORDS = {
    "en": {
        "hint": "Hint {number}",
        "solution": "A solution",
        "form": "Here is a form, which needs the notebook. It begins as:",
        "right": "✔ Right.",
        "wrong": "→ No.",
        "guess": "Guess: click an answer",
        "player": "A recording to step through",
    },
    "zh": {
        "hint": "提示 {number}",
        "solution": "一种做法",
        "form": "这里是一张表单，要在笔记本里才能用。它一开始是这样：",
        "right": "✔ 对。",
        "wrong": "→ 不对。",
        "guess": "先猜一猜：点一个答案",
        "player": "可以一帧一帧播放的抓包记录",
    },
}
_PREDICT = re.compile(r'^lab\.predict\("([^"]+)"\)', re.MULTILINE)
_COMPARE = re.compile(r'^lab\.compare\("([^"]+)"\)', re.MULTILINE)
_RECALL = re.compile(r"^lab\.recall\(([^)]*)\)", re.MULTILINE)
_HINTS = "for _site in range(4):\n    display(lab.hint({task!r}))"
_NAMES = "print(*(one.name for one in lab.recall({lesson}).questions), sep='\\n')"


@dataclass(frozen=True)
class Source:
    """One lesson in one language: its notebook, and what it asks."""

    path: Path
    language: str

    @property
    def words(self) -> dict[str, str]:
        """The page's own words."""
        return WORDS[self.language]


def executed(source: Source, kept: Path) -> Any:  # noqa: ANN401 - nbformat's nodes have no type
    """Return the notebook with its outputs; as kept from before if nothing has changed since.

    Parameters
    ----------
    source : Source
        Which lesson.
    kept : Path
        A folder for what was executed.
    """
    done = kept / f"{source.language}-{source.path.stem}-{_fingerprint(source)}.ipynb"
    if not done.exists():
        notebook = nbformat.read(source.path, as_version=4)  # type: ignore[no-untyped-call]
        _add_cells(notebook)
        outcome = execution.execute_cells(notebook, source.path.stem, TIMEOUT, lambda: None)
        if not outcome.passed:
            raise SystemExit(f"{source.language}/{source.path.name}: {outcome.problem}")
        kept.mkdir(parents=True, exist_ok=True)
        part = done.with_suffix(".part")
        nbformat.write(notebook, part)  # type: ignore[no-untyped-call]
        part.rename(done)
    return nbformat.read(done, as_version=4)  # type: ignore[no-untyped-call]


def _fingerprint(source: Source) -> str:
    """Return what a lesson's outputs depend on, in one word: the lesson, the kit and its words."""
    parts = [source.path, Path(__file__)]
    parts += sorted((ROOT / "nslabkit").rglob("*.py")) + sorted((ROOT / "nslabkit").rglob("*.mo"))
    parts += sorted((ROOT / "notebooks" / "questions").glob("*.toml"))
    digest = hashlib.sha256()
    for path in parts:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _add_cells(notebook: Any) -> None:  # noqa: ANN401 - see above
    """Add the cells that ask the kit, in the state that the lesson is in, for what a page folds."""
    cells = []
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type != "code":
            continue
        task, recall = cell.metadata.get("task"), _RECALL.search(cell.source)
        if task and re.fullmatch(r"#[^\n]*", cell.source.strip()):
            cells.append(_asking(_HINTS.format(task=task), "hints"))
        if recall:
            cells.append(_asking(_NAMES.format(lesson=recall[1]), "recall"))
    notebook.cells = cells


def _asking(code: str, what: str) -> Any:  # noqa: ANN401 - see above
    return nbformat.v4.new_code_cell(code, metadata={"site": what})  # type: ignore[no-untyped-call]


def page(source: Source, notebook: Any) -> tuple[Any, list[dict[str, Any]]]:  # noqa: ANN401 - see above
    """Return an executed notebook as one that no kernel stands behind, and its recordings."""
    widgets = notebook.metadata.pop("widgets", {}).get(STATE, {}).get("state", {})
    questions = _questions(source)
    stories: list[dict[str, Any]] = []
    cells: list[Any] = []
    for cell in notebook.cells:
        what = cell.metadata.get("site")
        if what == "hints":
            cells[-1].outputs = [_html(_folded(source, cell))]
        elif what == "recall":
            names = "".join(one.text for one in cell.outputs).split("\n")
            asked = [questions[name] for name in names if name in questions]
            cells[-1].outputs = [_html("".join(_question(source, one) for one in asked))]
        else:
            if cell.cell_type == "code":
                _without_kernel(source, cell, widgets, questions, stories)
            cells.append(cell)
    notebook.cells = cells
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    return notebook, stories


def _questions(source: Source) -> dict[str, Any]:
    """Return all questions of the course by name: a lesson recalls earlier ones' too."""
    found = {}
    for path in sorted((source.path.parent.parent / "questions").glob("*.toml")):
        for one in tomllib.loads(path.read_text(encoding="utf-8")).get("question", ()):
            found[one["name"]] = one
    return found


def _without_kernel(
    source: Source,
    cell: Any,  # noqa: ANN401 - see above
    widgets: dict[str, Any],
    questions: dict[str, Any],
    stories: list[dict[str, Any]],
) -> None:
    """Replace a code cell's outputs that need a kernel."""
    cell.metadata.pop("execution", None)
    guess, compare = _PREDICT.search(cell.source), _COMPARE.search(cell.source)
    if guess:
        cell.outputs = [_html(_question(source, questions[guess[1]]))]
    elif compare:
        cell.outputs = [_html(_answers(source, questions[compare[1]]))]
    for place, output in enumerate(cell.outputs):
        view = output.get("data", {}).get(WIDGET)
        if view is None:
            continue
        state = widgets.get(view["model_id"], {}).get("state", {})
        if "story" in state:
            stories.append(state["story"])
            cell.outputs[place] = _html(player(source, state["story"]))
        elif "text/html" in output.data:
            cell.outputs[place] = _html(output.data["text/html"])
        else:
            text = html.escape(output.data["text/plain"])
            cell.outputs[place] = _html(f"<p>{source.words['form']}</p><pre>{text}</pre>")


def _html(text: str) -> Any:  # noqa: ANN401 - see above
    data = {"text/html": text, "text/plain": ""}
    return nbformat.v4.new_output("display_data", data)  # type: ignore[no-untyped-call]


def _question(source: Source, asked: dict[str, Any]) -> str:
    """Return a question whose answers unfold why they are right or wrong; it needs no script."""
    name = f"guess-{hashlib.sha256(asked['name'].encode()).hexdigest()[:10]}"
    answers = []
    for option in asked["option"]:
        mark = source.words["right" if option.get("right") else "wrong"]
        why = with_code(option["why"][source.language])
        answers.append(
            f'<details name="{name}"><summary>{with_code(option[source.language])}</summary>'
            f"<p>{mark} {why}</p></details>"
        )
    return (
        f'<div class="site-guess" role="group" aria-label="{source.words["guess"]}">'
        f"<p>{with_code(asked['ask'][source.language])}</p>{''.join(answers)}</div>"
    )


def _answers(source: Source, asked: dict[str, Any]) -> str:
    """Return what the experiment has shown about each answer."""
    items = "".join(
        f"<li>{'✔' if one.get('right') else '·'} <b>{with_code(one[source.language])}</b>: "
        f"{with_code(one['why'][source.language])}</li>"
        for one in asked["option"]
    )
    return f'<ul class="site-answers">{items}</ul>'


def _folded(source: Source, cell: Any) -> str:  # noqa: ANN401 - see above
    """Return the hints of a task, each in a fold of its own, and its solution."""
    shown = [one.data["text/html"] for one in cell.outputs if "text/html" in one.get("data", {})]
    if not shown:
        raise SystemExit(f"{source.language}/{source.path.name}: a task without hints")
    *hints, solution = shown
    titles = [source.words["hint"].format(number=number) for number in range(1, len(hints) + 1)]
    folds = zip([*titles, source.words["solution"]], [*hints, solution], strict=True)
    text = "".join(f"<details><summary>{name}</summary>{what}</details>" for name, what in folds)
    return f'<div class="site-hints">{text}</div>'


def player(source: Source, story: dict[str, Any]) -> str:
    """Return a place in which the widget's own script plays a recording, with its frames."""
    # "<" as an escape: nothing within can end the element.
    frames = json.dumps(story, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<div class="site-player" data-widget="scrubber" role="region" '
        f'aria-label="{source.words["player"]}">'
        f'<script type="application/json">{frames}</script></div>'
    )
