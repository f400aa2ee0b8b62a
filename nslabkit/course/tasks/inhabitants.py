"""Which network namespaces do processes live in, and does each of them have a name?"""

from __future__ import annotations

from nslabkit.base import processes
from nslabkit.base.errors import NslabError
from nslabkit.net import namespaces
from nslabkit.net.namespaces import HOST


def inode(name: str) -> int | None:
    """Return the number of a namespace, None for a name with nothing behind it."""
    try:
        return namespaces.namespace(name).inode
    except NslabError:
        return None


def one_of_each_namespace() -> dict[int, int]:
    """Return namespace -> one of its processes, for all but the host that a process is in."""
    homes: dict[int, int] = {}
    for process in processes.running():
        where = processes.network(process.pid)
        if where is not None and where != HOST.inode:
            homes[where] = process.pid
    return homes


def nameless() -> int | None:
    """Return a process that lives in a namespace without a name, None if there is none."""
    named = {inode(name) for name in namespaces.names()}
    homes = one_of_each_namespace()
    return next((pid for where, pid in homes.items() if where not in named), None)
