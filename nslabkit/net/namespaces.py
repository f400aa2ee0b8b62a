"""Network namespaces, as ``ip netns`` says it: made, listed, found and removed."""

from __future__ import annotations

import errno
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nslabkit import netlink
from nslabkit.base import processes
from nslabkit.base.errors import AlreadyExistsError, InvalidValueError, NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.base.table import Table
from nslabkit.net.namespace import HOST, Namespace, NamespaceLike, named_path, resolve, typed
from nslabkit.netlink import FOLDER, requests
from nslabkit.netlink.refusals import Meaning, names_there, refusal

__all__ = [
    "HOST",
    "Namespace",
    "NamespaceLike",
    "NamespaceRow",
    "add",
    "identify",
    "names",
    "namespace",
    "namespaces",
    "pids",
    "remove",
    "resolve",
]


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
        A namespace of that name already exists.
    InvalidValueError
        A name that no file can have.
    NoPrivilegeError
        The process may not do this: it is neither root nor in a sandbox.
    OutOfResourcesError
        No file descriptors, no memory, or the limit on namespaces is reached.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.namespaces.add("blue")
    Namespace(name='blue', path='/run/netns/blue')
    >>> lab.namespaces.remove("blue")
    """
    path = named_path(name, "add")
    try:
        netlink.create(path)
    except OSError as error:
        taken = Meaning(
            AlreadyExistsError,
            _("A network namespace called {name} already exists.").format(name=name),
            _("Continue with it, or remove it first: `ip netns del {name}`.").format(
                name=shlex.quote(name)
            ),
        )
        raise refusal(error, typed("add", name), {errno.EEXIST: taken}) from None
    return Namespace(name, path)


def remove(name: str | Namespace) -> None:
    """Take a namespace's name away: ``ip netns del NAME``.

    The namespace itself, and its links with their peers, go once no process is left in it;
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
                _("This namespace has no name to remove."),
                _("It goes away by itself when its last process ends."),
            )
        name = name.name
    path = named_path(name, "del")
    try:
        netlink.destroy(path)
    except OSError as error:
        missing = Meaning(
            NotFoundError,
            _("There is no network namespace called {name}. There are: {names}.").format(
                name=name, names=names_there()
            ),
            _("Check its spelling with `ip netns`; perhaps it was already removed."),
        )
        raise refusal(error, typed("del", name), {errno.ENOENT: missing}) from None


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
        There is no such namespace.
    """
    found = resolve(ref)
    found.inode  # noqa: B018 - asks whether it is there
    return found


def pids(ref: NamespaceLike) -> list[int]:
    """Return the processes that are in a namespace: ``ip netns pids NAME``.

    Only those whose namespace this process may inspect (``ptrace(2)``, access mode checks).
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
