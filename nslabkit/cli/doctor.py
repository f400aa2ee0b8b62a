"""``nslabkit doctor``: can this machine run the lessons?"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import click

from nslabkit.base.language import translate as _


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for scripts.")
@click.option(
    "--report",
    "report",
    metavar="[FILE]",
    is_flag=False,
    flag_value="nslabkit-report.txt",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a file for a bug report, with no names or addresses "
    "(nslabkit-report.txt if no FILE is given).",
)
@click.option(
    "--apparmor",
    is_flag=True,
    help="Print a shell script that lets this installation make sandboxes where AppArmor "
    "restricts user namespaces (Ubuntu); nothing is changed or tried.",
)
def doctor(*, as_json: bool, report: Path | None, apparmor: bool) -> None:
    """Check this machine by trying what the lessons do, and say what helps.

    The exit code is 0 if the first lesson can run, else 1.  NO_COLOR=1 switches colours off.

    Example:
      nslabkit doctor
      nslabkit doctor --json
      nslabkit doctor --report
      nslabkit doctor --apparmor
    """
    if apparmor:
        from nslabkit.doctor import apparmor_profile

        click.echo(apparmor_profile.script(), nl=False)
        return
    from nslabkit.doctor import doctor as examine
    from nslabkit.doctor import rendering
    from nslabkit.doctor import report as writing

    diagnosis = examine()
    if as_json:
        click.echo(json.dumps(diagnosis.json, ensure_ascii=False, indent=2))
    else:
        width = shutil.get_terminal_size().columns
        click.echo(
            rendering.text(diagnosis.checks, diagnosis.notes, width=width, colours=_colours()),
            color=_colours(),
        )
    if report is not None:
        writing.write(diagnosis, report)
        said = _("Written to {file}. Read it before you send it.").format(file=report)
        click.echo(said, err=as_json)
    sys.exit(0 if diagnosis.can_run else 1)


def _colours() -> bool:
    """Whether the reader sees colours and wants them (https://no-color.org)."""
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return wanted and sys.stdout.isatty()
