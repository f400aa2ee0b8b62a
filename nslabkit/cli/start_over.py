"""``nslabkit start-over``: a fresh copy of a lesson, with the old one kept."""

from __future__ import annotations

from pathlib import Path

import click

from nslabkit.base.language import translate as _


@click.command("start-over")
@click.argument("lesson", metavar="LESSON")
@click.argument("directory", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--lang", type=click.Choice(["en", "zh"]), help="The lesson's language.")
def start_over(lesson: str, directory: Path | None, lang: str | None) -> None:
    """Put a fresh copy of LESSON into DIR; yours is kept under a dated name.

    LESSON is its number, part of its name, or its file.  DIR is the folder of your lessons:
    ./nslabkit-lessons, or the one you are in.  The menu Lesson in JupyterLab does the same.

    Example:
      nslabkit start-over 1
      nslabkit start-over zh/01_one_wire.ipynb ~/netns
    """
    from nslabkit.course import delivering, lessons

    folder = lessons.learners_folder(directory)
    kept, fresh = delivering.start_over(lesson, folder, lang)
    if kept is not None:
        click.echo(_("Your copy: {path}").format(path=kept))
    click.echo(_("Fresh lesson: {path}").format(path=fresh))
    click.echo(_("If it is open in JupyterLab: File, then Reload Notebook from Disk."))
