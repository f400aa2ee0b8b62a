"""Which network namespaces are there, and how are they made and removed?"""

from __future__ import annotations

import errno
import os
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from nslabkit import netlink
from nslabkit.base import commands, processes
from nslabkit.base.errors import AlreadyExistsError, InvalidValueError, NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.base.table import Table
from nslabkit.netlink import FOLDER, requests
from nslabkit.netlink.refusals import Meaning, names_there, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "HOST",
    "Namespace",
    "NamespaceLike",
    "NamespaceRow",
    "add",
    "identify",
    "ip_command",
    "names",
    "namespace",
    "namespaces",
    "pids",
    "remove",
    "resolve",
]

_LONGEST = 255  # bytes of a file name, NAME_MAX of limits.h
_OWN = "/proc/self/ns/net"


@dataclass(frozen=True)
class Namespace:
    """A network namespace, by what one asks the kernel with: a name or a path.

    It holds nothing of the kernel's: ``ip netns del`` in a shell removes the namespace although
    such an object is there, and what is asked of it afterwards says so.

    Attributes
    ----------
    name : str or None
        The name that ``ip netns`` shows; None where it is reached by a path only.
    path : str
        Where it can be opened: ``/run/netns/NAME``, ``/proc/PID/ns/net``.
    """

    name: str | None
    path: str

    @property
    def inode(self) -> int:
        """The number that identifies it while it lives, as ``ls -Li PATH`` shows it.

        Raises
        ------
        NotFoundError
            It is gone.
        """
        try:
            return Path(self.path).stat().st_ino
        except OSError as error:
            entering = netlink.EnterError(error.errno, error.strerror, self.path)
            raise refusal(entering, f"stat -Lc %i {self.path}") from None

    def run(
        self,
        command: str | Sequence[str],
        *,
        check: bool = False,
        timeout: float | None = None,
        quiet: bool = False,
    ) -> commands.Result:
        """Run a command in this namespace, as ``ip netns exec NAME COMMAND`` does.

        Parameters
        ----------
        command : str or list of str
            A string goes through ``/bin/sh -c``; a list is run as it is.
        check : bool
            Raise where the command ends with a status other than 0.
        timeout : float, optional
            Seconds after which the command is interrupted, as if by a learner.
        quiet : bool
            Show nothing, only return what the command wrote.

        Returns
        -------
        Result
            With ``.returncode``, ``.stdout``, ``.stderr``, ``.interrupted``.  What the command
            writes is shown as it comes.  An interrupt goes to the command (ping then prints
            its statistics) and the result is returned.

        Raises
        ------
        NotFoundError
            There is no such command, or the namespace is gone.
        CommandError
            With `check`: the status was not 0.

        Examples
        --------
        >>> import nslabkit as lab
        >>> lab.namespaces.HOST.run("echo hello").returncode
        hello
        0
        """
        if self != HOST:
            self.inode  # noqa: B018 - asks whether it is there, before a program says it worse
        return commands.run(
            command, prefix=_prefix(self), check=check, timeout=timeout, quiet=quiet
        )


HOST = Namespace(None, _OWN)

NamespaceLike: TypeAlias = "Namespace | str | int | None"


@dataclass(frozen=True)
class NamespaceRow:
    """One line of ``ip netns``: a name, and the id it has for the namespace that asks."""

    name: str
    id: int | None


def add(name: str) -> Namespace:
    """Create a network namespace and give it a name: ``ip netns add NAME``.

    Parameters
    ----------
    name : str
        What a file name may be: 1 to 255 bytes, no ``/`` and no NUL byte, not ``.`` or ``..``.

    Raises
    ------
    AlreadyExistsError
        There is one of that name.
    InvalidValueError
        A name that no file can have.
    NoPrivilegeError
        The process may not: it is neither root nor in a sandbox.
    OutOfResourcesError
        No file descriptors, no memory, or the limit on namespaces is reached.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.namespaces.add("blue")
    Namespace(name='blue', path='/run/netns/blue')
    >>> lab.namespaces.remove("blue")
    """
    path = _named_path(name, "add")
    try:
        netlink.create(path)
    except OSError as error:
        taken = Meaning(
            AlreadyExistsError,
            _("A network namespace called {name} is there already.").format(name=name),
            _("Go on with it, or remove it first: `ip netns del {name}`.").format(
                name=shlex.quote(name)
            ),
        )
        raise refusal(error, _typed("add", name), {errno.EEXIST: taken}) from None
    return Namespace(name, path)


def remove(name: str | Namespace) -> None:
    """Take a namespace's name away: ``ip netns del NAME``.

    The namespace itself, and its links with their peers, go when no process is in it any more;
    the kernel does that a moment later.

    Raises
    ------
    NotFoundError
        No namespace has that name.
    NoPrivilegeError
        The process may not.
    """
    if isinstance(name, Namespace):
        if name.name is None:
            raise InvalidValueError(
                f"ip netns del {name.path}",
                _("This namespace has no name that could be removed."),
                _("It goes by itself when its last process ends."),
            )
        name = name.name
    path = _named_path(name, "del")
    try:
        netlink.destroy(path)
    except OSError as error:
        missing = Meaning(
            NotFoundError,
            _("There is no network namespace called {name}. There are: {names}.").format(
                name=name, names=names_there()
            ),
            _("Look with `ip netns` how it is spelt; perhaps it was removed before."),
        )
        raise refusal(error, _typed("del", name), {errno.ENOENT: missing}) from None


def names() -> list[str]:
    """Return the names that ``ip netns`` lists, in its order.

    Examples
    --------
    >>> import nslabkit as lab
    >>> red = lab.namespaces.add("red")
    >>> lab.namespaces.names()
    ['red']
    >>> lab.namespaces.remove(red)
    """
    try:
        return [entry.name for entry in Path(FOLDER).iterdir()]
    except FileNotFoundError:  # nobody has made a name since the machine started
        return []


def namespaces() -> Table[NamespaceRow]:
    """Return the named namespaces with their ids: ``ip netns``, ``ip -j netns``.

    An id is relative to the namespace that asks, here the kernel's own; most have none until
    a link leads there (``ip-netns(8)``, "set" and "list-id").
    """

    def ask(conversation: netlink.Conversation) -> list[tuple[str, bytes | None]]:
        return [(name, _nsid_answer(conversation, name)) for name in names()]

    try:
        answers = netlink.inside(None, ask)
    except OSError as error:
        raise refusal(error, "ip netns") from None
    rows = [NamespaceRow(name, _nsid(answer)) for name, answer in answers]
    return Table(
        _("Network namespaces"),
        rows,
        {
            _("name"): lambda row: row.name,
            _("id"): lambda row: "" if row.id is None else str(row.id),
        },
        [_json(row) for row in rows],
    )


def namespace(ref: NamespaceLike) -> Namespace:
    """Return the namespace that `ref` stands for, after asking whether it is there.

    Parameters
    ----------
    ref : None, str, int or Namespace
        None: the kernel's own; a name; a process id; a path such as ``/proc/123/ns/net``.

    Raises
    ------
    NotFoundError
        It leads nowhere.
    """
    found = resolve(ref)
    found.inode  # noqa: B018 - asks whether it is there
    return found


def pids(ref: NamespaceLike) -> list[int]:
    """Return the processes that are in a namespace: ``ip netns pids NAME``.

    Only those whose namespace this process may look at (``ptrace(2)``, access mode checks).
    """
    inode = resolve(ref).inode
    return sorted(one.pid for one in processes.running() if processes.network(one.pid) == inode)


def identify(pid: int | None = None) -> str | None:
    """Return the name of the namespace that a process is in: ``ip netns identify PID``.

    Parameters
    ----------
    pid : int, optional
        A process id; None is this process.

    Returns
    -------
    str or None
        None where its namespace has no name.
    """
    inode = HOST.inode if pid is None else resolve(pid).inode
    for name in names():
        try:
            if Path(FOLDER, name).stat().st_ino == inode:
                return name
        except OSError:  # removed while we looked
            continue
    return None


def resolve(ref: NamespaceLike) -> Namespace:
    """Return the namespace that `ref` stands for, without asking whether it is there."""
    if ref is None:
        return HOST
    if isinstance(ref, Namespace):
        return ref
    if isinstance(ref, int) and not isinstance(ref, bool):
        return Namespace(None, f"/proc/{ref}/ns/net")
    if not isinstance(ref, str):
        raise InvalidValueError(
            f"ip -n {ref!r}",
            _("A namespace is given by name, object, process id or path, not by {kind}.").format(
                kind=type(ref).__name__
            ),
            _('For example: namespace="netns1", or lab.HOST for the notebook\'s own.'),
        )
    if ref.startswith("/"):
        return _by_path(ref)
    return Namespace(ref, _named_path(ref, "exec"))


def ip_command(where: Namespace, words: str) -> str:
    """Return the ``ip`` command that does `words` in a namespace, for an error to show."""
    if where == HOST:
        command = f"ip {words}"
    elif where.name is not None:
        command = f"ip -n {shlex.quote(where.name)} {words}"
    else:
        command = f"nsenter --net={where.path} ip {words}"
    return _on_one_line(command)


def place(where: Namespace) -> str | None:
    """Return the path to enter for a namespace; None where the process is in it already."""
    return None if where == HOST else where.path


def _by_path(path: str) -> Namespace:
    folder, name = os.path.split(path)
    if folder in {FOLDER, "/var" + FOLDER} and name:
        return Namespace(name, f"{FOLDER}/{name}")
    return Namespace(None, path)


def _prefix(where: Namespace) -> list[str]:
    if where == HOST:
        return []
    if where.name is not None:
        return ["ip", "netns", "exec", where.name]
    return ["nsenter", f"--net={where.path}", "--"]


def _typed(verb: str, name: str) -> str:
    return _on_one_line(f"ip netns {verb} {shlex.quote(name)}")


def _on_one_line(command: str) -> str:
    """Write what cannot be printed, such as a newline in a name, as Python writes it."""
    if command.isprintable():
        return command
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in command)


def _named_path(name: str, verb: str) -> str:
    """Return where the namespace `name` is mounted, if a file can have that name at all."""
    if not isinstance(name, str):
        raise InvalidValueError(
            f"ip netns {verb} {name!r}",
            _("A name is text, not {kind}.").format(kind=type(name).__name__),
            _('Put it in quotes: "netns1".'),
        )
    if not name or "/" in name or "\0" in name or name in {".", ".."}:
        raise InvalidValueError(
            _typed(verb, name),
            _(
                "The name becomes a file in /run/netns: it cannot be empty, `.` or `..`, "
                "nor hold a `/` or a NUL byte."
            ),
            _("Choose a short word, such as netns1."),
        )
    if name.startswith("-") and verb == "add":
        raise InvalidValueError(
            _typed(verb, name),
            _("`ip netns` takes a name that begins with `-` for an option, and cannot remove it."),
            _("Choose a short word, such as netns1."),
        )
    length = len(os.fsencode(name))
    if length > _LONGEST:
        raise InvalidValueError(
            _typed(verb, name),
            _("The name has {length} bytes; a file name has at most {most}.").format(
                length=length, most=_LONGEST
            ),
            _("Choose a short word, such as netns1."),
        )
    return f"{FOLDER}/{name}"


def _nsid_answer(conversation: netlink.Conversation, name: str) -> bytes | None:
    try:
        with netlink.opened(f"{FOLDER}/{name}") as descriptor:
            return conversation.read(requests.get_nsid(descriptor))
    except (netlink.EnterError, netlink.KernelRefusedError):
        return None  # removed meanwhile, or a file on which nothing is mounted: it has no id


def _nsid(answer: bytes | None) -> int | None:
    if answer is None:
        return None
    from nslabkit.netlink.decoding import decode

    number = decode("nsid", [answer])[0].get("NETNSA_NSID")
    return None if number is None or not 0 <= number < 1 << 31 else number


def _json(row: NamespaceRow) -> dict[str, Any]:
    return {"name": row.name} if row.id is None else {"name": row.name, "id": row.id}
