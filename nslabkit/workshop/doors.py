"""Opening and closing: what ``start``, ``add``, ``stop`` and ``remove`` do, step by step.

What was made is written down before the next thing is made, and an account says for which workshop
it is, so that a start that was cut short is taken up by the next one, or undone by ``remove``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

from nslabkit.base import files, processes
from nslabkit.base.errors import InvalidValueError, NslabError, OutOfResourcesError
from nslabkit.base.language import translate as _
from nslabkit.workshop import (
    hub_client,
    hub_packages,
    learners_files,
    names_book,
    service_unit,
    unix_accounts,
    workshop_folders,
    workshop_state,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nslabkit.workshop.workshop_state import Seat, Workshop

    Tell = Callable[[str], None]

_TRIED = "nslabkit workshop start"
_GROUP = "nslabkit-workshop"
_ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that looks like another on a board
_PATIENCE = 15.0
_MOST = 300  # learners on one machine


def class_code() -> str:
    """Return a code for the board: eight characters, in two groups."""
    text = "".join(secrets.choice(_ALPHABET) for _count in range(8))
    return f"{text[:4]}-{text[4:]}"


def prepare(workshop: Workshop, tell: Tell) -> None:
    """Make the folder and its parts; what is there stays.

    Raises
    ------
    NslabError
        A part cannot be made, or somebody else listens where the link leads.
    """
    places = workshop.places
    if not keeper_runs(workshop):
        port_is_free(workshop, _TRIED)
    hub_packages.ensure_proxy(places.proxy, tell)
    if not workshop.group:
        workshop.group = unix_accounts.free_group(_GROUP)
        workshop_state.save(workshop)
    unix_accounts.ensure_group(workshop.group)
    workshop_folders.make_shared(places.folder, workshop.group)
    workshop_folders.write_settings(places.folder)
    configuration = (
        "from nslabkit.workshop.hub_config import configure\n\n"
        f"configure(c, {str(places.folder)!r})\n"
    )
    files.replace_file(places.hub / "jupyterhub_config.py", configuration.encode(), 0o600)
    _choose_ports(workshop)
    if workshop.instructor is None:
        [account] = unix_accounts.free_names("nslab-teacher", 1)
        workshop.instructor = unix_accounts.make(account, _mark(workshop), [workshop.group])
        learners_files.deliver(workshop, workshop.instructor)
        workshop_state.save(workshop)


def add(workshop: Workshop, wanted: Iterable[tuple[str, str]], tell: Tell) -> list[Seat]:
    """Make a seat for each pair of name and one-time password, both empty for whoever comes.

    Raises
    ------
    NslabError
        An account cannot be made; those before it are there.
    """
    made = []
    wanted = list(wanted)
    if len(workshop.seats) + len(wanted) > _MOST:
        raise OutOfResourcesError(
            "nslabkit workshop add",
            _("One machine holds at most {most} learners.").format(most=_MOST),
            _("docs/workshop says how a larger class is held."),
        )
    for seat in _unknown(workshop):  # of a command that was killed before it wrote them down
        unix_accounts.remove(seat)
    taken = [seat.account for seat in workshop.everybody()]
    names = unix_accounts.free_names("learner", len(wanted), taken)
    for account, (name, once) in zip(names, wanted, strict=True):
        seat = unix_accounts.make(account, _mark(workshop))
        made.append(dataclasses.replace(seat, name=name, once=once))
        workshop.seats.append(made[-1])
        try:
            learners_files.deliver(workshop, seat)
            workshop_state.save(workshop)
        except NslabError:  # such as a full disk
            unix_accounts.remove(seat)
            raise
    if made:
        span = f"{made[0].account} … {made[-1].account}" if len(made) > 1 else made[0].account
        tell(_("Made {count} accounts, without sudo: {span}").format(count=len(made), span=span))
    return made


def _mark(workshop: Workshop) -> str:
    """Return the comment of this workshop's accounts, which nobody else's have."""
    secret = workshop.settings.api_token.encode()
    return f"nslabkit workshop {hashlib.sha256(secret).hexdigest()[:16]}"


def _unknown(workshop: Workshop) -> list[Seat]:
    """Return the accounts made for this workshop that are nobody's seat."""
    known = {seat.uid for seat in workshop.everybody()}
    found = (seat for seat, _more in unix_accounts.marked(_mark(workshop)))
    return [seat for seat in found if seat.uid not in known]


def choose_map(seat: Seat) -> str:
    """Return the map of users that works for an account here: one for all, so all screens agree.

    ``auto``, in which a notebook's root is called root, needs ``newuidmap``, which a process with
    ``NoNewPrivileges`` cannot use; ``self`` needs nothing.  Empty where no sandbox can be made:
    then each notebook gets a kernel of its own (docs/uml.md).
    """

    def works(kind: str) -> bool:
        def attempt() -> int:
            os.environ["NSLAB_UIDMAP"] = kind
            command = [sys.executable, "-m", "nslabkit.machine.sandbox", "--", "true"]
            return subprocess.run(command, capture_output=True, check=False).returncode

        return bool(unix_accounts.as_account(seat.account, attempt) == 0)

    return next((kind for kind in ("auto", "self") if works(kind)), "")


def open_doors(workshop: Workshop, tell: Tell, *, ahead: bool) -> list[str]:
    """Start the keeper, wait for the hub, and start servers ahead; return those that did not.

    Raises
    ------
    NslabError
        The hub does not come up.
    """
    if not keeper_runs(workshop):
        service_unit.start(workshop)
    hub_client.wait(workshop, _TRIED)
    accounts = [seat.account for seat in workshop.everybody()]
    hub_client.add_users(workshop, accounts)
    if not ahead:
        return []
    tell(_("Starting the learners' servers, so that nobody waits for theirs …"))
    return hub_client.start_servers(workshop, [seat.account for seat in workshop.seats])


def keeper_runs(workshop: Workshop) -> bool:
    """Whether the process is there that keeps the hub running."""
    return _keeper(workshop) is not None


def _keeper(workshop: Workshop) -> processes.Process | None:
    """Return the keeper, as it wrote itself down; systemd may have started it once more."""
    try:
        pid, started = workshop.places.keeper.read_text(encoding="ascii").split()
    except (FileNotFoundError, ValueError):  # not started yet, or just being started
        return None
    found = processes.of(int(pid))
    return found if found is not None and found.started == int(started) else None


def stop(workshop: Workshop) -> None:
    """End the hub, the proxy and all learners' servers; files and accounts stay."""
    service_unit.stop(workshop)
    keeper = _keeper(workshop)
    if keeper is not None:
        processes.end([keeper], _PATIENCE)
    unix_accounts.end_processes(workshop.everybody())


def made(workshop: Workshop) -> list[str]:
    """Return what ``remove`` will remove, a line each."""
    lines = []
    for seat in [*workshop.everybody(), *_unknown(workshop)]:
        entry = unix_accounts.of_account(seat)
        if entry is not None:
            lines.append(
                _("account {name} with {home}").format(name=seat.account, home=entry.pw_dir)
            )
    if workshop.group:
        lines.append(_("group {name}").format(name=workshop.group))
    lines += service_unit.made(workshop)
    lines.append(
        _("folder {folder}, with what was collected").format(folder=workshop.places.folder)
    )
    return lines


def remove(workshop: Workshop) -> None:
    """Undo all that was made, in an order that can be taken up again.

    Raises
    ------
    NslabError
        A part cannot be removed; what is left is still written down.
    """
    stop(workshop)
    service_unit.remove(workshop)
    for seat in [*workshop.everybody(), *_unknown(workshop)]:
        unix_accounts.remove(seat)
    workshop.seats, workshop.instructor = [], None
    with contextlib.suppress(OutOfResourcesError):  # a full disk is a reason to remove it
        workshop_state.save(workshop)
    if workshop.group:
        subprocess.run(["groupdel", workshop.group], check=False, capture_output=True)
    for part in workshop.places.folder.iterdir():
        if part.is_dir():
            shutil.rmtree(part)
    shutil.rmtree(workshop.places.folder)  # what was written down, at the very last


def new_password(workshop: Workshop, account: str) -> str:
    """Give a seat's learner a one-time password, by which they choose a new one; return it.

    The old one opens nothing from then on.
    """
    once = class_code()
    file = workshop.places.names
    with files.locked(file.with_suffix(".lock"), _PATIENCE):
        book = names_book.names(file)
        [at] = [at for at, seat in enumerate(workshop.seats) if seat.account == account]
        name = workshop.seats[at].name
        for key, entry in list(book.items()):
            if entry["account"] == account:
                name = entry["name"]
                del book[key]
        workshop.seats[at] = dataclasses.replace(
            workshop.seats[at], name=name or account, once=once
        )
        workshop_state.save(workshop)
        names_book.write(workshop, book)
    return once


def port_is_free(workshop: Workshop, tried: str) -> None:
    """See to it that nobody listens where the link leads.

    Raises
    ------
    InvalidValueError
        Somebody does, or the address is not this machine's.
    """
    settings = workshop.settings
    family = socket.AF_INET6 if ":" in settings.address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.address, settings.port))
        except OSError as error:
            raise InvalidValueError(
                tried,
                _(
                    "The port {port} of {address} is taken, or the address is not this machine's."
                ).format(port=settings.port, address=settings.address or "*"),
                _("See who has it: ss -tlnp; or choose another: --port 8443"),
                errno=error.errno,
            ) from error


def _choose_ports(workshop: Workshop) -> None:
    """Give hub, proxy and class view a port each on this machine, once."""
    settings = workshop.settings
    if settings.hub_port:
        return
    with socket.socket() as one, socket.socket() as two, socket.socket() as three:
        for probe in (one, two, three):
            probe.bind(("127.0.0.1", 0))
        free = [probe.getsockname()[1] for probe in (one, two, three)]
    settings.hub_port, settings.proxy_port, settings.view_port = free
    workshop_state.save(workshop)
