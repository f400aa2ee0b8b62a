"""A new workshop from what the instructor wishes, or the one that is there."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError, NslabError
from nslabkit.base.language import translate as _
from nslabkit.workshop import (
    certificates,
    doors,
    hub_client,
    names_book,
    workshop_folders,
    workshop_state,
)
from nslabkit.workshop.workshop_state import Places, Workshop, WorkshopSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from nslabkit.workshop.workshop_state import Seat

    Tell = Callable[[str], None]

__all__ = ["Wishes", "add_seats", "load_or_make", "seat_learners"]

_TRIED = "nslabkit workshop start"
_SEATS = 30


@dataclass(frozen=True)
class Wishes:
    """The options of ``nslabkit workshop start``; None or empty where nothing was wished."""

    language: str
    names: tuple[str, ...] | None = None
    learners: int | None = None
    host: str | None = None
    port: int | None = None
    address: str = ""
    certificate: Path | None = None
    key: Path | None = None
    https: bool = True
    idle: int = 180


def load_or_make(
    folder: Path, wishes: Wishes, tell: Tell
) -> tuple[Workshop, list[tuple[str, str]]]:
    """Return the workshop in `folder`, a new one where none is there, and its seats still to make.

    A seat to make is a name and its one-time password, both empty for whoever comes.

    Raises
    ------
    InvalidValueError
        The wishes contradict one another.
    """
    _consistent(wishes)
    names = _checked(wishes.names or ())
    if Places(folder).state.exists():
        held = workshop_state.load(folder, _TRIED)
        tell(_("Opening the workshop in {folder}, as it was made.").format(folder=folder))
    else:
        settings = _settings(wishes)
        _make_folders(Places(folder), tell)
        if settings.https:
            _certify(settings, wishes, Places(folder))
        held = Workshop(Places(folder), settings)
        workshop_state.save(held)
    if names:
        seated = {seat.name for seat in held.seats}
        return held, [(name, doors.class_code()) for name in names if name not in seated]
    count = (wishes.learners or (0 if held.seats else _SEATS)) - len(held.seats)
    return held, [("", "")] * max(0, count)


def seat_learners(held: Workshop, wanted: Sequence[tuple[str, str]], tell: Tell) -> None:
    """Make the seats that a workshop still lacks, and choose one map of users for all.

    Raises
    ------
    NslabError
        An account cannot be made.
    """
    doors.add(held, wanted, tell)
    if not held.settings.uid_map and held.seats:
        held.settings.uid_map = doors.choose_map(held.seats[0])
        workshop_state.save(held)


def add_seats(held: Workshop, names: Sequence[str], count: int, tell: Tell) -> list[Seat]:
    """Add seats to a workshop, open or not, and return them.

    Raises
    ------
    NslabError
        A name is taken, an account cannot be made, or seats without names are wanted where a list
        of names says who comes in: nobody could take them.
    """
    if count and not held.settings.code:
        raise InvalidValueError(
            f"nslabkit workshop add --learners {count}",
            _("This workshop lets in who is on its list of names; a seat needs a name."),
            _('Name who comes: nslabkit workshop add "Ada L."'),
        )
    names = _checked(names, [seat.name for seat in held.seats])
    for name in names:
        if names_book.plain(name) in names_book.names(held.places.names):
            raise _twice(name)
    wanted = [(name, doors.class_code()) for name in names]
    made = doors.add(held, [*wanted, *[("", "")] * count], tell)
    if hub_client.answers(held):
        hub_client.add_users(held, [seat.account for seat in made])
    return made


def _settings(wishes: Wishes) -> WorkshopSettings:
    return WorkshopSettings(
        language=wishes.language,
        host=wishes.host or wishes.address or socket.gethostname(),
        address=wishes.address,
        port=wishes.port or (443 if wishes.https else 80),
        https=wishes.https,
        code="" if wishes.names else doors.class_code(),
        idle=wishes.idle,
        notice=min(20, wishes.idle // 2),
    )


def _consistent(wishes: Wishes) -> None:
    if bool(wishes.certificate) != bool(wishes.key):
        raise InvalidValueError(
            _TRIED,
            _("A certificate and its key belong together."),
            _("Name two files in PEM form: --certificate fullchain.pem --key privkey.pem"),
        )
    if wishes.names is not None and not wishes.names:
        raise InvalidValueError(
            f"{_TRIED} --names",
            _("The list of names is empty."),
            _("Write one name in each line; or leave out --names for a class code."),
        )
    if wishes.names and wishes.learners:
        raise InvalidValueError(
            f"{_TRIED} --names --learners",
            _("With a list of names, each name has one seat."),
            _("Leave out --learners; more seats come later by: nslabkit workshop add"),
        )
    if wishes.address:
        try:
            ipaddress.ip_address(wishes.address)
        except ValueError as error:
            raise InvalidValueError(
                f"{_TRIED} --ip {wishes.address}",
                _("This is no address: {error}").format(error=error),
                _("See this machine's: ip addr; or leave out --ip to listen on all"),
            ) from error


def _checked(names: Sequence[str], present: Sequence[str] = ()) -> list[str]:
    """Return the names, each once and short enough.

    Raises
    ------
    NslabError
        One is not.
    """
    seen = {names_book.plain(name) for name in present if name}
    for name in names:
        key = names_book.plain(name)
        if key in seen:
            raise _twice(name)
        seen.add(key)
        if (
            not key
            or len(name) > names_book.LONGEST
            or not name.isprintable()
            or key == workshop_state.INSTRUCTOR
        ):
            raise InvalidValueError(
                f"nslabkit workshop add {name[:60]!r}",
                _("A name has 1 to 40 letters, and “instructor” is taken."),
                _("Correct this line of the list."),
            )
    return list(names)


def _twice(name: str) -> NslabError:
    return InvalidValueError(
        f"nslabkit workshop add {name}",
        _("Two learners would have the same name: {name}").format(name=name),
        _("Tell them apart, for instance by a number: {name} 2").format(name=name),
    )


def _make_folders(places: Places, tell: Tell) -> None:
    workshop_folders.new_folder(places.folder, 0o711)
    workshop_folders.new_folder(places.hub, 0o700)
    tell(_("Made the folder {folder}").format(folder=places.folder))


def _certify(settings: WorkshopSettings, wishes: Wishes, places: Places) -> None:
    if wishes.certificate and wishes.key:
        certificates.check(wishes.certificate, wishes.key, _TRIED)
        settings.certificate = str(wishes.certificate.absolute())
        settings.key = str(wishes.key.absolute())
        return
    made = certificates.make(places.hub / "tls", settings.host)
    settings.certificate, settings.key = (str(path) for path in made)
