"""``nslabkit class``: who in my class is stuck?"""

from __future__ import annotations

import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

import click

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nslabkit.classroom.attention import Line

    Look = Callable[[], tuple[Sequence[Line], Sequence[str]]]

# The terminal's second screen, without a cursor, so that the shell's history stays as it was.
_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
_HOME, _REST_OF_LINE, _REST_OF_SCREEN = "\x1b[H", "\x1b[K", "\x1b[J"
_PIPE_COLUMNS = 80


@click.command(name="class", short_help="Show who in a class is stuck.")
# Who may not read DIR gets our explanation of why, not click's.
@click.argument("directory", metavar="DIR", type=click.Path(readable=False))
@click.option("--check", is_flag=True, help="Only say whether DIR is set up correctly.")
@click.option("--web", is_flag=True, help="Show the table as a web page, on 127.0.0.1 only.")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="The page's port [default: a free one]."
)
@click.option(
    "--stuck-after",
    type=click.FloatRange(min=0),
    default=8,
    show_default=True,
    help="Minutes without a new check after which somebody counts as stuck, or quiet.",
)
@click.option(
    "--every",
    type=click.FloatRange(min=0.2),
    default=2,
    show_default=True,
    help="Seconds between updates.",
)
def class_(  # noqa: PLR0913 - one parameter for each option
    directory: str, *, check: bool, web: bool, port: int | None, stuck_after: float, every: float
) -> None:
    """Show who in a class is stuck: participant, lesson, last check passed, minutes since.

    In a terminal, the table is live until Ctrl+C; in a pipe, it is printed once.

    Participants join with "nslabkit lab --class DIR".  A participant is stuck after trying a check
    without passing a new one for 8 minutes, and quiet after trying nothing for as long.

    An administrator makes DIR once, and adds the instructor to its group:
      groupadd nslab-class
      usermod --append --groups nslab-class INSTRUCTOR     (then log in again)
      mkdir /srv/nslab-class
      chown root:nslab-class /srv/nslab-class
      chmod 3773 /srv/nslab-class
      nslabkit class /srv/nslab-class --check

    Mode 3773 means: every account may put its own file in, but only the group may
    list and read them (setgid gives each file to the group; its mode is 0640).  No
    participant can read, replace or remove another's file (sticky).  A row belongs
    to the account that owns the file, whatever the file says.

    Example:
      nslabkit class /srv/nslab-class
      nslabkit class /srv/nslab-class --web --port 9100 --stuck-after 5

    Exit codes: 0 done; 1 DIR cannot be read, or --check found something wrong;
    2 wrong usage.
    """
    if check:
        sys.exit(_check(directory))
    look = _looker(directory, stuck_after)
    look()  # what is wrong is said before anything is drawn
    if web:
        _serve(look, port or 0, every)
    elif sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb":
        _watch(look, every)
    else:
        _print_once(look)


def _check(directory: str) -> int:
    from nslabkit.classroom.class_folder import faults, readers, resolved

    problems = faults(directory)
    for fault in problems:
        click.echo(_("wrong: {what}").format(what=fault.what))
        click.echo(_("  to fix it, as administrator: {fix}").format(fix=fault.fix))
    if not problems:
        folder = resolved(directory)
        click.echo(
            _(
                "{folder} is set up correctly. Besides root, its rows can be read by: {readers}"
            ).format(folder=folder, readers=enumeration(readers(folder)))
        )
    return 1 if problems else 0


def _looker(directory: str, stuck_after: float) -> Look:
    from nslabkit.classroom import register
    from nslabkit.classroom.attention import lines
    from nslabkit.course.lesson_ends import last_checks
    from nslabkit.course.standing import now

    ends = last_checks()

    def look() -> tuple[Sequence[Line], Sequence[str]]:
        found = register.read(directory)
        return lines(found, now(), stuck_after, ends), found.notes

    return look


def _print_once(look: Look) -> None:
    from nslabkit.classroom.class_terminal import table

    lines, notes = look()
    for line in table(lines, notes, columns=_PIPE_COLUMNS, rows=None, colour=False):
        click.echo(line)


def _watch(look: Look, every: float) -> None:
    """Redraw until Ctrl+C, then leave the last table in the shell's own screen."""
    sys.stdout.write(_ENTER)
    try:
        while True:
            text = (_REST_OF_LINE + "\n").join(_screen(look, fit=True))
            sys.stdout.write(_HOME + text + _REST_OF_LINE + _REST_OF_SCREEN)
            sys.stdout.flush()
            time.sleep(every)
    except KeyboardInterrupt:
        pass  # the way to end it
    finally:
        sys.stdout.write(_LEAVE)
        sys.stdout.flush()
    click.echo("\n".join(_screen(look, fit=False)))


def _screen(look: Look, *, fit: bool) -> list[str]:
    from nslabkit.classroom.class_terminal import cut, table

    lines, notes = look()
    size = shutil.get_terminal_size()
    drawn = table(
        lines,
        notes,
        columns=size.columns,
        rows=size.lines - 1 if fit else None,
        colour="NO_COLOR" not in os.environ,
    )
    if fit:
        ending = _("{time}, Ctrl+C ends").format(time=time.strftime("%H:%M:%S"))
        drawn.append(cut(ending, size.columns))
    return drawn


def _serve(look: Look, port: int, every: float) -> None:
    from nslabkit.classroom.class_page import ClassServer

    with ClassServer(look, port, every) as server:
        # No browser is started for the instructor: its command line, with the token in it,
        # would be readable by every participant (ps).
        click.echo(_("Open this address in a browser on this machine; Ctrl+C ends it:"))
        click.echo(f"\n    {server.address}\n")
        click.echo(
            _("First, on your own computer: ssh -L {port}:127.0.0.1:{port} THIS-MACHINE").format(
                port=server.server_port
            )
        )
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo()
