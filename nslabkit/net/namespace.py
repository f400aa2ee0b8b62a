"""One network namespace: the object, and what stands for one (a name, a process, a path)."""

from __future__ import annotations

import errno
import os
import shlex
import socket as sockets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from nslabkit import netlink
from nslabkit.base import commands
from nslabkit.base.errors import InvalidValueError, NotSupportedError
from nslabkit.base.language import translate as _
from nslabkit.netlink import FOLDER
from nslabkit.netlink.refusals import Meaning, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from socket import socket as Socket  # noqa: N812 - a method of that name is in its way

_LONGEST = 255  # bytes of a file name, NAME_MAX of limits.h
_OWN = "/proc/self/ns/net"


@dataclass(frozen=True)
class Namespace:
    """A network namespace, identified by what the kernel is asked with: a name or a path.

    It keeps nothing in the kernel alive: ``ip netns del`` in a shell removes the namespace even
    while such an object exists, and whatever it is asked afterwards says so.

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
            Raise if the command ends with a status other than 0.
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

    def socket(self, kind: int = sockets.SOCK_DGRAM, family: int = sockets.AF_INET) -> Socket:
        """Return a new socket of this namespace: ``socket(2)``, called by a thread that is in it.

        A socket stays in the namespace in which it was made, wherever the program is
        (``network_namespaces(7)``).  So one program can hold both ends of a wire.

        Parameters
        ----------
        kind : int
            ``socket.SOCK_DGRAM`` for UDP, ``socket.SOCK_STREAM`` for TCP, ``socket.SOCK_RAW``.
        family : int
            ``socket.AF_INET``, ``socket.AF_INET6``, ``socket.AF_PACKET``.

        Returns
        -------
        socket.socket
            Close it: until then it keeps the namespace alive, even without a name.

        Raises
        ------
        NotFoundError
            The namespace is gone.
        NoPrivilegeError
            Only root of the namespace may have a socket of this kind.
        NotSupportedError
            The kernel has no such kind or family.

        Examples
        --------
        >>> import nslabkit as lab
        >>> with lab.HOST.socket() as mine:
        ...     mine.getsockname()
        ('0.0.0.0', 0)
        """
        try:
            return netlink.inside(place(self), lambda _talk: sockets.socket(family, kind))
        except OSError as error:
            raise refusal(error, f"socket({family}, {kind})", _no_such_socket()) from None


def _no_such_socket() -> dict[int, Meaning]:
    absent = Meaning(
        NotSupportedError,
        _("This kernel has no socket of that kind in that family."),
        _("UDP is `socket.SOCK_DGRAM` of `socket.AF_INET`, TCP is `socket.SOCK_STREAM`."),
    )
    numbers = (errno.EAFNOSUPPORT, errno.EPROTONOSUPPORT, errno.ESOCKTNOSUPPORT, errno.EINVAL)
    return dict.fromkeys(numbers, absent)


HOST = Namespace(None, _OWN)
"""The network namespace that the caller itself is in: a notebook's machine, or a script's."""

NamespaceLike: TypeAlias = Namespace | str | int | None


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
            _("Give a namespace by name, object, process id or path, not by {kind}.").format(
                kind=type(ref).__name__
            ),
            _('For example: namespace="netns1", or lab.HOST for the notebook\'s own.'),
        )
    if ref.startswith("/"):
        return _by_path(ref)
    return Namespace(ref, named_path(ref, "exec"))


def ip_command(where: Namespace, words: str) -> str:
    """Return the ``ip`` command that does `words` in a namespace, for an error to show."""
    return _command("ip", where, words)


def bridge_command(where: Namespace, words: str) -> str:
    """Return the ``bridge`` command that does `words` in a namespace, for an error to show."""
    return _command("bridge", where, words)


def tc_command(where: Namespace, words: str) -> str:
    """Return the ``tc`` command that does `words` in a namespace, for an error to show."""
    return _command("tc", where, words)


def _command(program: str, where: Namespace, words: str) -> str:
    if where == HOST:
        command = f"{program} {words}"
    elif where.name is not None:
        command = f"{program} -n {shlex.quote(where.name)} {words}"
    else:
        command = f"nsenter --net={where.path} {program} {words}"
    return _on_one_line(command)


def place(where: Namespace) -> str | None:
    """Return the path to enter for a namespace; None where the process is in it already."""
    return None if where == HOST else where.path


def caption(where: Namespace, here: str, elsewhere: str) -> str:
    """Return a table's caption: `here` for the host, else `elsewhere` with the namespace in it."""
    return here if where == HOST else elsewhere.format(namespace=where.name or where.path)


def typed(verb: str, name: str) -> str:
    """Return the ``ip netns`` command for a namespace of that name, for an error to show."""
    return _on_one_line(f"ip netns {verb} {shlex.quote(name)}")


def named_path(name: str, verb: str) -> str:
    """Return where the namespace `name` is mounted, if a file can have that name at all."""
    if not isinstance(name, str):
        raise InvalidValueError(
            f"ip netns {verb} {name!r}",
            _("A name must be text, not {kind}.").format(kind=type(name).__name__),
            _('Put it in quotes: "netns1".'),
        )
    if not name or "/" in name or "\0" in name or name in {".", ".."}:
        raise InvalidValueError(
            typed(verb, name),
            _(
                "The name becomes a file in /run/netns: it cannot be empty, `.` or "
                "`..`, nor contain a `/` or a NUL byte."
            ),
            _("Choose a short word, such as netns1."),
        )
    if name.startswith("-") and verb == "add":
        raise InvalidValueError(
            typed(verb, name),
            _("`ip netns` takes a name that begins with `-` for an option, and cannot remove it."),
            _("Choose a short word, such as netns1."),
        )
    length = len(os.fsencode(name))
    if length > _LONGEST:
        raise InvalidValueError(
            typed(verb, name),
            _("The name is {length} bytes long; a file name can have at most {most}.").format(
                length=length, most=_LONGEST
            ),
            _("Choose a short word, such as netns1."),
        )
    return f"{FOLDER}/{name}"


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


def _on_one_line(command: str) -> str:
    """Write what cannot be printed, such as a newline in a name, as Python writes it."""
    if command.isprintable():
        return command
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in command)
