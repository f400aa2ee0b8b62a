"""``nslabkit run``: the lessons executed without a browser."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from nslabkit.course.execution import LessonRun


@click.command()
@click.argument("lessons", metavar="[LESSON]...", nargs=-1)
@click.option(
    "--lang",
    type=click.Choice(["en", "zh"]),
    help="Which lessons [default: the system's language].",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=120,
    show_default=True,
    help="Seconds that a cell may take.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def run(lessons: tuple[str, ...], lang: str | None, timeout: float, *, as_json: bool) -> None:
    """Execute each LESSON (a number, a name or a file; all by default) and print a summary.

    A number that two lessons have, such as 3, means both.
    Every lesson runs in its own sandbox and folder; none of your files is changed.
    The exit status is 0 only if every cell ran and every check agreed.

    Example:
      nslabkit run
      nslabkit run 1 --lang zh --timeout 30
    """
    from nslabkit.course import execution

    paths = _paths(lessons, lang)
    outcomes = []
    # The bar goes to stderr, so that `--json` can be piped.
    with click.progressbar(
        length=sum(_code_cells(path) for path in paths), file=sys.stderr, show_pos=True
    ) as bar:
        for path in paths:
            bar.label = path.stem
            outcomes.append(execution.execute(path, timeout, lambda: bar.update(1)))
    if as_json:
        click.echo(json.dumps([_as_json(outcome) for outcome in outcomes], ensure_ascii=False))
    else:
        _print_summary(outcomes)
    if not all(outcome.passed for outcome in outcomes):
        sys.exit(1)


def _paths(wanted: tuple[str, ...], language: str | None) -> list[Path]:
    from nslabkit.course import lessons

    if not wanted:
        return lessons.available(language)
    return [
        path
        for lesson in wanted
        for path in ([Path(lesson)] if Path(lesson).is_file() else lessons.meant(lesson, language))
    ]


def _code_cells(path: Path) -> int:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return sum(cell["cell_type"] == "code" and bool(cell["source"]) for cell in cells)


def _as_json(outcome: LessonRun) -> dict[str, object]:
    return {**dataclasses.asdict(outcome), "passed": outcome.passed}


def _print_summary(outcomes: list[LessonRun]) -> None:
    width = max(len(outcome.lesson) for outcome in outcomes)
    head = (_("lesson"), _("cells"), _("checks"), _("seconds"), _("result"))
    click.echo(f"{head[0]:{width}}  {head[1]:>6}  {head[2]:>6}  {head[3]:>7}  {head[4]}")
    for outcome in outcomes:
        verdict = _("ok") if outcome.passed else _("failed: {problem}")
        click.echo(
            f"{outcome.lesson:{width}}  {outcome.cells:6}  {outcome.checks:6}  "
            f"{outcome.seconds:7.1f}  {verdict.format(problem=outcome.problem)}"
        )
