"""``nslabkit course``: the tasks of the lessons, for programs that grade."""

from __future__ import annotations

from pathlib import Path

import click

from nslabkit.base.language import translate as _

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group(short_help="Write the lessons' tasks as a course for nbgrader.")
def course() -> None:
    """Write the lessons' tasks as a course for a program that grades.

    Example:
      nslabkit course nbgrader ~/netns-course
      cd ~/netns-course && nbgrader generate_assignment 01_one_wire

    Exit codes: 0 done; 1 it failed, and the text says why; 2 wrong usage.
    """


@course.command()
@click.argument("directory", metavar="DIR", type=_FOLDER)
@click.option("--lang", type=click.Choice(["en", "zh"]), help="Of the tasks [default: yours].")
@click.option("--variants", is_flag=True, help="Names, addresses and faults differ by learner.")
def nbgrader(directory: Path, lang: str | None, *, variants: bool) -> None:
    """Write a course for nbgrader to DIR, with an assignment for each lesson that has tasks.

    A course that is there is not overwritten.  docs/nbgrader says how to grade with it.

    Example:
      nslabkit course nbgrader ~/netns-course --lang zh --variants
    """
    from nslabkit.course import assignments, lessons

    language = lang or lessons.default_language()
    written = assignments.write(directory.absolute(), language, varied=variants)
    for name, points in written.points.items():
        click.echo(_("{name}: {points} points").format(name=name, points=points))
    click.echo(_("Written to {folder}").format(folder=written.folder))
    if variants:
        click.echo(
            _("Each learner needs their word: nslabkit course variant {folder} NAME…").format(
                folder=written.folder
            )
        )


@course.command()
@click.argument("directory", metavar="DIR", type=_FOLDER)
@click.argument("learners", metavar="NAME...", nargs=-1, required=True)
def variant(directory: Path, learners: tuple[str, ...]) -> None:
    """Print the word that gives each learner of the course in DIR their own values.

    NAME is what nbgrader calls the learner.  The learner starts with it: nslabkit lab --variant

    Example:
      nslabkit course variant ~/netns-course ada ming
    """
    from nslabkit.base.errors import NotFoundError
    from nslabkit.course import assignments

    for learner in learners:
        word = assignments.learners_variant(directory.absolute(), learner)
        if not word:
            raise NotFoundError(
                f"nslabkit course variant {directory}",
                _("In this course all learners have the same values."),
                _("Write another one with the option --variants."),
            )
        click.echo(f"{learner} {word}")
