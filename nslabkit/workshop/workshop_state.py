"""What does the workshop's folder hold, and what was made on this machine for it?

Everything is in one folder that only root can enter, but for the parts that learners use; the
file ``workshop.json`` names what lies outside of it, so that ``remove`` can undo exactly that.
"""

from __future__ import annotations

import contextlib
import dataclasses
import fcntl
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base import files
from nslabkit.base.errors import InvalidValueError, NoPrivilegeError, NotFoundError, NslabError
from nslabkit.base.language import translate as _
from nslabkit.course import variants

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path("/var/lib/nslabkit-workshop")
"""Where a workshop is unless another folder is named."""

INSTRUCTOR = "instructor"
"""What the instructor calls themselves at the sign-in, unless another name is given."""

_STATE = "workshop.json"


@dataclass(frozen=True)
class Seat:
    """One account of this machine that was made for the workshop.

    Attributes
    ----------
    account : str
        Its name; the hub's name of its user, too.
    uid : int
        Its number: another account that got the name later is not ours.
    name : str
        Who it is for, from a list of names; empty where the first who comes takes it.
    once : str
        The one-time password that belongs to `name`; empty without a list.
    """

    account: str
    uid: int
    name: str = ""
    once: str = ""


@dataclass
class WorkshopSettings:
    """How the workshop is held.

    Attributes
    ----------
    language : str
        ``en`` or ``zh``: of the sign-in, the lessons that open, and the class view.
    host, address, port : str, str, int
        The name in the link, where to listen, and the port.
    https : bool
        Whether the link is https.
    certificate, key : str
        Files in PEM form; empty without https.
    code : str
        The class code; empty where there is a list of names.
    idle, notice : int
        Minutes without a cell after which a notebook ends, and how long before that is said.
    uid_map : str
        The sandbox's map of users, one for all (`nslabkit.machine.sandbox.id_maps`).
    instructor_password : str
        The instructor's, made by ``start``.
    variants : str
        The class's secret, of which each learner gets a variant of the tasks
        (`nslabkit.course.variants`); empty where all have the values that the course prints.
    hub_port, proxy_port : int
        Where hub and proxy hear each other, on 127.0.0.1.
    """

    language: str
    host: str
    address: str
    port: int
    https: bool
    certificate: str = ""
    key: str = ""
    code: str = ""
    idle: int = 180
    notice: int = 20
    uid_map: str = ""
    instructor_password: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    variants: str = ""
    hub_port: int = 0
    proxy_port: int = 0
    view_port: int = 0
    proxy_token: str = field(default_factory=lambda: secrets.token_hex(32))
    api_token: str = field(default_factory=lambda: secrets.token_hex(32))
    view_token: str = field(default_factory=lambda: secrets.token_hex(32))

    @property
    def link(self) -> str:
        """What to write on the board."""
        usual = 443 if self.https else 80
        port = "" if self.port == usual else f":{self.port}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.https else 'http'}://{host}{port}/"


@dataclass(frozen=True)
class Places:
    """The parts of the workshop's folder."""

    folder: Path

    @property
    def hub(self) -> Path:
        """The hub's own corner, for root alone: its database, its log, who took which seat."""
        return self.folder / "hub"

    @property
    def proxy(self) -> Path:
        """Where the proxy is installed."""
        return self.folder / "proxy"

    @property
    def rows(self) -> Path:
        """The class folder: a row for each learner, which only the instructor's group reads."""
        return self.folder / "class"

    @property
    def collected(self) -> Path:
        """What ``collect`` brought in."""
        return self.folder / "collected"

    @property
    def names(self) -> Path:
        """Who took which seat, with their secrets' digests."""
        return self.hub / "names.json"

    @property
    def tls(self) -> Path:
        """The certificate of the workshop's own making, with its key."""
        return self.hub / "tls"

    @property
    def keeper(self) -> Path:
        """Locked by the keeper, which writes its process id and start time into it."""
        return self.hub / "keeper.lock"

    @property
    def door(self) -> Path:
        """The socket of the process from which learners' servers are forked."""
        return self.hub / "template.sock"

    @property
    def state(self) -> Path:
        """What ``start`` has made."""
        return self.folder / _STATE


@dataclass
class Workshop:
    """A workshop as it was made.

    Attributes
    ----------
    places : Places
        Its folder.
    settings : WorkshopSettings
        How it is held.
    seats : list of Seat
        The learners' accounts.
    instructor : Seat or None
        The instructor's account.
    group : str
        The group that was made for the class view; empty before.
    """

    places: Places
    settings: WorkshopSettings
    seats: list[Seat] = field(default_factory=list)
    instructor: Seat | None = None
    group: str = ""

    def variant_of(self, account: str) -> str:
        """Return the seed of a learner's variant; empty for the instructor, or if all have one."""
        learners = {seat.account for seat in self.seats}
        secret = self.settings.variants if account in learners else ""
        return variants.seed_of(secret, account) if secret else ""

    def everybody(self) -> list[Seat]:
        """Return all accounts, the instructor's first."""
        return [*([self.instructor] if self.instructor else []), *self.seats]


def need_root(tried: str) -> None:
    """See to it that this is root.

    Raises
    ------
    NoPrivilegeError
        It is somebody else.
    """
    if os.geteuid() != 0:
        raise NoPrivilegeError(
            tried,
            _("Accounts for the learners are made, and that only root may do."),
            _("As administrator: sudo {command}").format(command=tried),
        )


@contextlib.contextmanager
def alone(tried: str) -> Iterator[None]:
    """Let no other command change accounts and workshops of this machine meanwhile.

    The lock is on the kit's own folder: no file is needed, and it ends with the process.

    Raises
    ------
    NslabError
        Another one does just now.
    """
    handle = os.open(Path(__file__).parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NslabError(
                tried,
                _("Another command is changing a workshop on this machine just now."),
                _("Wait until it has ended, then try again; see it: pgrep -af workshop"),
                errno=error.errno,
            ) from error
        yield
    finally:
        os.close(handle)


def load(folder: Path, tried: str) -> Workshop:
    """Return the workshop in `folder`.

    Raises
    ------
    NotFoundError
        There is none.
    InvalidValueError
        Its file cannot be understood.
    """
    places = Places(folder)
    try:
        said = json.loads(places.state.read_text(encoding="utf-8"))
        return _decoded(places, said)
    except FileNotFoundError as error:
        raise NotFoundError(
            tried,
            _("There is no workshop in {folder}.").format(folder=folder),
            _("Make one: nslabkit workshop start; or name its folder: --folder DIR"),
            errno=error.errno,
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidValueError(
            tried,
            _("{file} cannot be understood: {error}").format(file=places.state, error=error),
            _("Put back the file from a copy; the accounts and folders that it names stay."),
        ) from error


def _decoded(places: Places, said: dict[str, Any]) -> Workshop:
    instructor = said["instructor"]
    return Workshop(
        places,
        WorkshopSettings(**said["settings"]),
        [Seat(**one) for one in said["seats"]],
        Seat(**instructor) if instructor else None,
        said["group"],
    )


def save(workshop: Workshop) -> None:
    """Write down what was made, before the next thing is made."""
    said = {
        "settings": dataclasses.asdict(workshop.settings),
        "seats": [dataclasses.asdict(seat) for seat in workshop.seats],
        "instructor": dataclasses.asdict(workshop.instructor) if workshop.instructor else None,
        "group": workshop.group,
    }
    text = json.dumps(said, ensure_ascii=False, indent=1)
    try:
        files.replace_file(workshop.places.state, text.encode(), 0o600)
    except OSError as error:
        raise files.not_written(workshop.places.state, error) from error
