"""A new workshop from what the instructor wishes, or the one that is there."""

from __future__ import annotations

import codecs
import re
import shutil
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import InvalidValueError, NslabError
from nslabkit.base.language import translate as _
from nslabkit.course import lessons, variants
from nslabkit.net.typed_values import is_address
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

    from nslabkit.workshop.workshop_state import Seat

    Tell = Callable[[str], None]

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
    same_tasks: bool = False


def wished(options: dict[str, Any]) -> Wishes:
    """Return the wishes from the options as they were typed; ``names`` is still a file."""
    file = options.pop("names")
    names = None
    if file is not None:
        names = tuple(line for line in _text(file).splitlines() if line.strip())
    language = options.pop("language") or lessons.default_language()
    https = not options.pop("no_https")
    return Wishes(language=language, names=names, https=https, **options)


def _text(file: Path) -> str:
    """Return what is in a list of names, as editors and spreadsheets save it.

    Raises
    ------
    InvalidValueError
        It is neither UTF-8 nor UTF-16.
    """
    content = file.read_bytes()
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidValueError(
            f"{_TRIED} --names {file}",
            _("The list of names is not in UTF-8; some editors and spreadsheets save otherwise."),
            _(
                "Save it as UTF-8, or: iconv -f WINDOWS-1252 -t UTF-8 {file} >names.txt, and look "
                "whether the names are right"
            ).format(file=file),
            said=str(error),
        ) from error


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
    _link_is_sound(wishes)
    names = _checked(wishes.names or (), tried=f"{_TRIED} --names")
    if Places(folder).state.exists():
        held = workshop_state.load(folder, _TRIED)
        tell(_("Opening the workshop in {folder}, as it was made.").format(folder=folder))
        _change_link(held, wishes)
    else:
        held = Workshop(Places(folder), _settings(wishes))
        _check_certificate(held)
        _make_folders(held.places)
        try:
            _certify(held)
            workshop_state.save(held)
        except BaseException:  # such as a full disk, or Ctrl+C: the next try finds nothing
            shutil.rmtree(folder)
            raise
        tell(_("Made the folder {folder}").format(folder=folder))
    if names:
        seated = {names_book.plain(seat.name) for seat in held.seats}
        seated |= names_book.names(held.places.names).keys()
        new = [name for name in names if names_book.plain(name) not in seated]
        return held, [(name, doors.class_code()) for name in new]
    if wishes.learners:
        _lets_anybody_in(held, f"{_TRIED} --learners {wishes.learners}")
    usual = _SEATS if held.settings.code and not held.seats else 0
    count = (wishes.learners or usual) - len(held.seats)
    return held, [("", "")] * max(0, count)


def _change_link(held: Workshop, wishes: Wishes) -> None:
    """Take another name, port or address for the link, or another certificate, where wished.

    Raises
    ------
    InvalidValueError
        The workshop is open: its proxy has those that it was started with.
    """
    settings = held.settings
    wished = {
        "host": wishes.host,
        "port": wishes.port,
        "address": wishes.address,
        "certificate": _full(wishes.certificate),
        "key": _full(wishes.key),
    }
    new = {name: value for name, value in wished.items() if value}
    if doors.keeper_runs(held):
        if all(getattr(settings, name) == value for name, value in new.items()):
            return
        raise InvalidValueError(
            _TRIED,
            _("The workshop is open at {link}.").format(link=settings.link),
            _("Close it first, then start it with what is new: nslabkit workshop stop"),
        )
    for name, value in new.items():
        setattr(settings, name, value)
    _check_certificate(held)
    _certify(held)
    workshop_state.save(held)


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
    tried = "nslabkit workshop add"
    if count:
        _lets_anybody_in(held, f"{tried} --learners {count}")
    names = _checked(names, [seat.name for seat in held.seats], tried=tried)
    for name in names:
        if names_book.plain(name) in names_book.names(held.places.names):
            raise _twice(name, tried)
    wanted = [(name, doors.class_code()) for name in names]
    made = doors.add(held, [*wanted, *[("", "")] * count], tell)
    if hub_client.answers(held):
        hub_client.add_users(held, [seat.account for seat in made])
    return made


def _lets_anybody_in(held: Workshop, tried: str) -> None:
    if not held.settings.code:
        raise InvalidValueError(
            tried,
            _("This workshop lets in who is on its list of names; a seat needs a name."),
            _('Name who comes: nslabkit workshop add "Ada L."'),
        )


def _settings(wishes: Wishes) -> WorkshopSettings:
    return WorkshopSettings(
        language=wishes.language,
        host=wishes.host or wishes.address or socket.gethostname(),
        address=wishes.address,
        port=wishes.port or (443 if wishes.https else 80),
        https=wishes.https,
        certificate=_full(wishes.certificate),
        key=_full(wishes.key),
        code="" if wishes.names else doors.class_code(),
        idle=wishes.idle,
        notice=min(20, wishes.idle // 2),
        variants="" if wishes.same_tasks else variants.new_secret(),
    )


def _full(path: Path | None) -> str:
    return str(path.absolute()) if path else ""


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
    if wishes.certificate and not wishes.https:
        raise InvalidValueError(
            f"{_TRIED} --no-https --certificate",
            _("Without https no certificate is shown to anybody."),
            _("Leave out one of the two."),
        )


def _link_is_sound(wishes: Wishes) -> None:
    host = wishes.host or ""
    if re.search(r"[\s/@?#\[\]:]", host) and not is_address(host):
        raise InvalidValueError(
            f"{_TRIED} --host {host}",
            _("The link would not work: this is not a machine's name or address alone."),
            _("Leave out https://, port and path: --host lab.example.org --port 8443"),
        )
    if wishes.address and not is_address(wishes.address):
        raise InvalidValueError(
            f"{_TRIED} --ip {wishes.address}",
            _("This is no address: {address}").format(address=wishes.address),
            _("See this machine's: ip addr; or leave out --ip to listen on all"),
        )


def _checked(names: Sequence[str], present: Sequence[str] = (), *, tried: str) -> list[str]:
    """Return the names, tidied, each once and one that a learner can have.

    Raises
    ------
    NslabError
        One is not.
    """
    seen = {names_book.plain(name) for name in present if name}
    names = [names_book.tidy(name) for name in names]
    for name in names:
        key = names_book.plain(name)
        if key in seen:
            raise _twice(name, tried)
        seen.add(key)
        if not names_book.fits(name):
            raise InvalidValueError(
                f"{tried} {name[:60]!r}",
                _(
                    "A name has 1 to 40 letters, none of them invisible; “instructor” and names "
                    "like an account's (learner01) are taken."
                ),
                _("Correct this name."),
            )
    return names


def _twice(name: str, tried: str) -> NslabError:
    return InvalidValueError(
        f"{tried} {name}",
        _("Two learners would have the same name: {name}").format(name=name),
        _("Tell them apart, for instance by a number: {name} 2").format(name=name),
    )


def _make_folders(places: Places) -> None:
    workshop_folders.new_folder(places.folder, 0o711)
    workshop_folders.new_folder(places.hub, 0o700)


def _is_given(held: Workshop) -> bool:
    """Whether the certificate is somebody's, and not of our own making."""
    certificate = held.settings.certificate
    return bool(certificate) and held.places.tls not in Path(certificate).parents


def _check_certificate(held: Workshop) -> None:
    """Look whether a certificate that somebody gave can be shown, before anything is made."""
    settings = held.settings
    if settings.https and _is_given(held):
        pair = Path(settings.certificate), Path(settings.key)
        certificates.check(*pair, settings.host, _TRIED)


def _certify(held: Workshop) -> None:
    """Have a certificate of our own where none was given: an old one may have expired."""
    settings = held.settings
    if settings.https and not _is_given(held):
        made = certificates.current(held.places.tls, settings.host)
        settings.certificate, settings.key = (str(path) for path in made)
