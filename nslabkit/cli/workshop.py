"""``nslabkit workshop``: a room of learners on this machine, by browser alone."""

from __future__ import annotations

import functools
import os
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nslabkit.base.language import translate as _
from nslabkit.workshop.workshop_state import FOLDER

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.workshop.workshop_state import Seat, Workshop


_CHANGING = {"start", "stop", "add", "new-password", "remove"}


@click.group(short_help="Hold a workshop: thirty learners on this machine, by browser.")
def workshop() -> None:
    """Hold a workshop on this machine: everybody joins by a link, nothing else is handed out.

    Its accounts, its JupyterHub and its files are made by "start", as root, in one folder,
    and undone by "remove".

    Example:
      nslabkit workshop start --learners 30
      nslabkit workshop status
      nslabkit workshop remove

    Exit codes: 0 done; 1 it failed, and the text says why; 2 wrong usage.
    """


def _command(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make a subcommand that has the option ``--folder`` and is root's."""
    name = function.__name__.rstrip("_").replace("_", "-")

    @functools.wraps(function)
    def as_root(**arguments: Any) -> Any:  # noqa: ANN401 - click's
        from urllib.error import URLError

        from nslabkit.base import files
        from nslabkit.workshop import hub_client
        from nslabkit.workshop.workshop_state import alone, need_root

        tried = f"nslabkit workshop {name}"
        need_root(tried)
        with alone(tried) if name in _CHANGING else nullcontext():
            try:
                return function(**arguments)
            except BrokenPipeError:  # nobody reads any more: click ends quietly
                raise
            except (URLError, ConnectionError, TimeoutError) as error:
                raise hub_client.silent(tried, error) from error
            except OSError as error:  # a full disk, mostly
                place = Path(error.filename or arguments["folder"])
                raise files.not_written(place, error) from error

    command: Callable[..., Any] = workshop.command(name=name)(as_root)
    return _folder(command)


_folder = click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=FOLDER,
    show_default=True,
    help="The workshop's folder.",
)
_yes = click.option("--yes", is_flag=True, help="Do not ask.")


def _load(folder: Path, name: str) -> Workshop:
    from nslabkit.workshop import workshop_state

    return workshop_state.load(folder.absolute(), f"nslabkit workshop {name}")


@_command
@click.option(
    "--learners", type=click.IntRange(1, 300), help="How many seats [default: 30, or the names']."
)
@click.option(
    "--names",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with a name in each line: only they come in, by one-time passwords.",
)
@click.option(
    "--lang", "language", type=click.Choice(["en", "zh"]), help="Of all screens [default: yours]."
)
@click.option("--host", help="This machine's name in the link [default: its own].")
@click.option(
    "--port", type=click.IntRange(1, 65535), help="TCP port [default: 443, or 80 without https]."
)
@click.option("--ip", "address", default="", help="Address to listen on [default: all].")
@click.option("--certificate", type=click.Path(path_type=Path), help="For https, in PEM form.")
@click.option("--key", type=click.Path(path_type=Path), help="The certificate's key.")
@click.option("--no-https", is_flag=True, help="Only for a network where nobody listens.")
@click.option(
    "--idle",
    type=click.IntRange(0),
    default=180,
    show_default=True,
    help="Minutes after which an idle notebook ends, said beforehand; 0 for never.",
)
@click.option("--same-tasks", is_flag=True, help="Tasks with the same values for all learners.")
@click.option("--no-ahead", is_flag=True, help="Start a learner's server when they come.")
def start(folder: Path, *, no_ahead: bool, **options: Any) -> None:  # noqa: ANN401 - click's
    """Make the workshop, or open one again that was stopped, and print the link for the board.

    It says what it installs and makes.  Once made, a workshop keeps its options, except
    --host, --port, --ip and the certificate: others are taken while the workshop is closed.

    Example:
      nslabkit workshop start --learners 30 --lang zh
      nslabkit workshop start --names list.txt --certificate all.pem --key key.pem
    """
    from nslabkit.workshop import (
        doors,
        hub_packages,
        new_workshop,
        workshop_board,
        workshop_folders,
    )

    tell = click.echo
    os.umask(0o022)  # learners read what is installed and written, whoever calls us
    workshop_folders.kit_reachable("nslabkit workshop start")
    workshop_folders.name_fits(folder.absolute(), "nslabkit workshop start")
    workshop_folders.folder_reachable(folder.absolute(), "nslabkit workshop start")
    hub_packages.ensure_hub(tell)
    wishes = new_workshop.wished(options)
    held, wanted = new_workshop.load_or_make(folder.absolute(), wishes, tell)
    doors.prepare(held, tell)
    new_workshop.seat_learners(held, wanted, tell)
    late = doors.open_doors(held, tell, ahead=not no_ahead)
    for account in late:
        click.echo(
            _("The server of {account} did not start ahead; why: {log}").format(
                account=account, log=held.places.hub / f"{account}.log"
            ),
            err=True,
        )
    for line in workshop_board.board(held):
        click.echo(line)


@_command
def status(folder: Path) -> None:
    """Show whether the workshop is open, and for each seat who has it and what runs.

    Example:
      nslabkit workshop status
    """
    from nslabkit.workshop import workshop_board

    for line in workshop_board.status(_load(folder, "status")):
        click.echo(line)


@_command
@_yes
def stop(folder: Path, *, yes: bool) -> None:
    """End the hub and everybody's servers; accounts, files and progress stay.

    The networks in open notebooks are gone with them.

    Example:
      nslabkit workshop stop
    """
    from nslabkit.workshop import doors

    held = _load(folder, "stop")
    if not yes:
        click.confirm(_("The networks in all open notebooks will be gone. Stop?"), abort=True)
    doors.stop(held)
    click.echo(_("Stopped. All files are kept: nslabkit workshop start opens it again."))


@_command
@click.option("--learners", type=click.IntRange(1, 300), help="How many seats more.")
@click.argument("names", metavar="[NAME]...", nargs=-1)
def add(folder: Path, learners: int | None, names: tuple[str, ...]) -> None:
    """Add a seat for each NAME, with a one-time password, or seats for whoever comes.

    Example:
      nslabkit workshop add --learners 2
      nslabkit workshop add 小明 "Ada L."
    """
    from nslabkit.workshop import new_workshop, workshop_board

    held = _load(folder, "add")
    made = new_workshop.add_seats(held, names, learners or int(not names), click.echo)
    for line in workshop_board.slips(held, made):
        click.echo(line)


@_command
@click.argument("learner", metavar="LEARNER")
@click.argument("lesson", metavar="LESSON")
def reset(folder: Path, learner: str, lesson: str) -> None:
    """Give LEARNER a fresh copy of LESSON; theirs is kept beside it under a dated name.

    LEARNER is an account or the name that was chosen; LESSON is a number or a name.

    Example:
      nslabkit workshop reset learner07 4
    """
    from nslabkit.jupyter.lessons_page import said
    from nslabkit.workshop import learners_files

    held = _load(folder, "reset")
    seat = _seat(held, learner, "reset")
    kept, fresh = learners_files.reset(held, seat, lesson)
    click.echo(said(Path(kept) if kept else None, Path(fresh)))


@_command
@click.argument("learner", metavar="LEARNER")
def restart(folder: Path, learner: str) -> None:
    """End the server of LEARNER, with all notebooks open in it, and start a new one.

    For a page that no longer answers.  Files and progress stay; the networks are gone.

    Example:
      nslabkit workshop restart 小明
    """
    from nslabkit.workshop import hub_client

    held = _load(folder, "restart")
    seat = _seat(held, learner, "restart")
    hub_client.restart_server(held, seat.account, f"nslabkit workshop restart {learner}")
    click.echo(
        _("The server of {account} runs again: reload the page.").format(account=seat.account)
    )


@_command
def deliver(folder: Path) -> None:
    """Put newer lessons into all learners' folders; what they changed is never overwritten.

    A newer copy of a changed lesson is put beside it.

    Example:
      nslabkit workshop deliver
    """
    from nslabkit.base.errors import NslabError
    from nslabkit.workshop import learners_files, workshop_board

    held = _load(folder, "deliver")
    failed = False
    for seat in held.everybody():
        try:
            found = learners_files.deliver(held, seat)
        except NslabError as error:  # the others get theirs all the same
            click.echo(f"{seat.account}\n{error}", err=True)
            failed = True
            continue
        click.echo(workshop_board.delivered(seat, found))
    if failed:
        raise SystemExit(1)


@_command
def collect(folder: Path) -> None:
    """Copy what the learners changed, and their progress, into the workshop's folder.

    Example:
      nslabkit workshop collect
    """
    from nslabkit.workshop import learners_files

    target, trouble = learners_files.collect(_load(folder, "collect"))
    for line in trouble:
        click.echo(_("not collected: {line}").format(line=line), err=True)
    click.echo(_("Collected in {folder}").format(folder=target))
    if trouble:
        raise SystemExit(1)


@_command
@click.argument("learner", metavar="LEARNER")
def new_password(folder: Path, learner: str) -> None:
    """Give LEARNER a one-time password, by which they choose a new one of their own.

    Example:
      nslabkit workshop new-password 小明
    """
    from nslabkit.workshop import doors, workshop_board

    held = _load(folder, "new-password")
    seat = _seat(held, learner, "new-password")
    doors.new_password(held, seat.account)
    [changed] = [one for one in held.seats if one.account == seat.account]
    for line in workshop_board.slips(held, [changed]):
        click.echo(line)


@_command
@_yes
def remove(folder: Path, *, yes: bool) -> None:
    """Undo all that was made: list it, ask, and remove accounts, homes, processes, folder.

    Example:
      nslabkit workshop collect
      nslabkit workshop remove
    """
    from nslabkit.workshop import doors

    held = _load(folder, "remove")
    click.echo(_("This will be removed, and what runs there ended:"))
    for line in doors.made(held):
        click.echo(f"  {line}")
    if not yes:
        click.confirm(_("Remove it all, the learners' work too?"), abort=True)
    doors.remove(held)
    click.echo(_("Removed."))


def _seat(held: Workshop, learner: str, name: str) -> Seat:
    from nslabkit.base.errors import NotFoundError
    from nslabkit.workshop import names_book

    account = names_book.account_of(held, learner)
    for seat in held.seats:
        if seat.account == account:
            return seat
    raise NotFoundError(
        f"nslabkit workshop {name} {learner}",
        _("Nobody in the workshop has this name or account."),
        _("See who there is: nslabkit workshop status"),
    )
