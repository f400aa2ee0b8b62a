"""``nslabkit grade``: submitted notebooks replayed, and their tasks judged."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nslabkit.base.language import CHOICES, enumeration
from nslabkit.base.language import translate as _
from nslabkit.cli.ps import table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.grading.replay_pool import Graded
    from nslabkit.grading.submissions import Submission


@click.command(short_help="Replay submitted notebooks and judge their tasks.")
@click.argument(
    "folders",
    metavar="FOLDER...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
)
@click.option("--lesson", "wanted", multiple=True, help="Only this one: a number or a name.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the grades go [default: grades-DATE here].",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=1),
    default=300,
    show_default=True,
    help="How long one notebook may take.",
)
@click.option("--jobs", type=click.IntRange(1, 64), help="Replays side by side [default: as fit].")
@click.option("--lang", type=click.Choice(["en", "zh"]), help="Of the sentences [default: yours].")
@click.option("--account", help="Whose rights the replays have [default: one made for it].")
@click.option("--as-me", is_flag=True, help="Without root: with your own rights. Read the guide.")
def grade(  # noqa: PLR0913 - click's: an option each
    folders: tuple[Path, ...],
    *,
    wanted: tuple[str, ...],
    out: Path | None,
    seconds: float,
    jobs: int | None,
    lang: str | None,
    account: str | None,
    as_me: bool,
) -> None:
    """Replay each submitted notebook in a sandbox and judge its tasks from beside it.

    FOLDER is a learner's folder, or one that holds several, as "nslabkit workshop collect" writes
    it.  Learners' code runs: as root, under an account that is made for it and holds nothing
    else.  What passes again is "replayed"; what only the learner's own record shows is marked.

    Example:
      sudo nslabkit grade /var/lib/nslabkit-workshop/collected/2026-03-02-170000
      nslabkit grade --as-me --lesson 1 my-own-submission

    Exit codes: 0 graded, whatever the grades are; 1 it failed, and the text says why; 2 wrong
    usage.
    """
    from nslabkit.grading import grade_files, replay_pool, submissions
    from nslabkit.grading.grading_account import grading_account

    # Ended by a service manager or a closed terminal, the account is removed, too.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    if lang:
        os.environ["NSLAB_LANG"] = CHOICES[lang == "zh"]
    label = dt.datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
    target = (out or Path(f"grades-{label}")).absolute()
    found = submissions.find(folders)
    lessons = _lessons(wanted, found)
    many = sum(one.lesson in lessons for each in found for one in each.notebooks)
    with (
        grading_account(account, as_me=as_me) as whose,
        click.progressbar(length=many, file=sys.stderr, show_pos=True) as bar,
    ):
        grade_files.refuse_unwritable(target)
        graded = replay_pool.grade(
            found,
            lessons,
            account=whose,
            seconds=seconds,
            jobs=jobs or replay_pool.usual_jobs(),
            hidden=[target, *(place for each in found for place in each.places)],
            progress=lambda: bar.update(1),
        )
    paths = grade_files.write(graded, target, new=out is None)
    _show(graded)
    click.echo(_("Written: {paths}").format(paths=enumeration(map(str, paths))))


def _lessons(wanted: Sequence[str], found: Sequence[Submission]) -> list[str]:
    """Return the lessons to grade: those that are wanted, or all that anybody handed in."""
    from nslabkit.base.errors import InvalidValueError, NotFoundError
    from nslabkit.course import lessons, questions

    if wanted:
        names = list(dict.fromkeys(path.stem for one in wanted for path in lessons.meant(one)))
        for name in names:
            if not questions.tasks(name):
                raise InvalidValueError(
                    f"nslabkit grade --lesson {name}",
                    _("This lesson has no tasks."),
                    _("Name one of: {names}").format(names=enumeration(questions.with_tasks())),
                )
        return names
    handed = {one.lesson for each in found for one in each.notebooks}
    known = {record.lesson for each in found for record in each.records}
    names = [name for name in questions.with_tasks() if name in handed | known]
    if not names:
        raise NotFoundError(
            "nslabkit grade",
            _("Nobody handed in a lesson that has tasks."),
            _("Name the folders with the learners' notebooks; a copy keeps its lesson's name."),
        )
    return names


def _show(graded: Graded) -> None:
    from nslabkit.grading import grade_files

    for line in table(grade_files.by_learner(graded)):
        click.echo(line)
    look = grade_files.to_look_at(graded)
    if look:
        click.echo(f"\n{_('Look at these by hand:')}")
        for line in look:
            click.echo(f"  {line}")
        click.echo()
