"""Cleaning up a topology, whoever built it.

By the difference: what is there after the block and was not there before it.  So what a shell
made counts as much as what the kit made, and nothing has to be registered.
"""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base import processes
from nslabkit.base.errors import NotFoundError, NslabError, OutOfResourcesError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.net import addresses, links, namespaces, routes
from nslabkit.net.namespace import HOST, Namespace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Self

_PATIENCE = 5.0  # seconds for the kernel's own removals, which come a moment later
_POLITE = 1.0  # seconds that a process has to end by itself
_POLL = 0.005  # seconds between two looks; the kernel sends no event that says "all is gone"


@dataclass(frozen=True)
class _Inside:
    """What one namespace holds: names and keys to remove by, nothing of the kernel's."""

    links: frozenset[tuple[int, str]]
    addresses: frozenset[tuple[str, str]]
    routes: frozenset[tuple[int, str, str | None, str | None]]


@dataclass(frozen=True)
class _Snapshot:
    names: dict[str, int]
    inside: dict[Namespace, _Inside]
    processes: frozenset[processes.Process]


class Lab:
    """A block that leaves the network as it was before.

    On exit it removes what was created inside: namespaces with a name, together with the
    processes that were started inside the block and run in them; links, addresses and routes in
    the kernel's own namespace and in the named namespaces that were there before.  It does so
    when the block raised, too, and waits until the kernel has done it.

    What existed before and was changed or removed inside (a link set up, an address taken
    away) is not restored.  Blocks may be nested.

    Raises
    ------
    OutOfResourcesError
        On exit, when something could not be removed in 5 seconds.

    Examples
    --------
    >>> import nslabkit as lab
    >>> with lab.Lab():
    ...     one = lab.namespaces.add("netns1")
    ...     done = lab.namespaces.HOST.run("ip netns add netns2", check=True)
    ...     sorted(lab.namespaces.names())
    ['netns1', 'netns2']
    >>> lab.namespaces.names()
    []
    """

    def __init__(self) -> None:
        self._before: list[_Snapshot] = []

    def __enter__(self) -> Self:
        """Remember what is there."""
        self._before.append(_snapshot())
        return self

    def __exit__(self, *_raised: object) -> None:
        """Remove what came to be since then."""
        self.clear()
        self._before.pop()

    def clear(self) -> None:
        """Remove now what was created inside the block; calling it twice does no harm."""
        if not self._before:
            return
        before = self._before[-1]
        _remove_namespaces(before)
        for where in before.inside:
            _clear_namespace(where, before)
        _wait_until_as_before(before)


def _snapshot() -> _Snapshot:
    names = _names()
    places = [HOST, *(namespaces.resolve(name) for name in names)]
    inside = {}
    for where in places:
        with contextlib.suppress(NotFoundError):  # removed while we looked
            inside[where] = _look_inside(where)
    return _Snapshot(names, inside, frozenset(processes.running()))


def _names() -> dict[str, int]:
    """Return each name with the inode of its namespace: a name may be used for another later."""
    found = {}
    for name in namespaces.names():
        with contextlib.suppress(NotFoundError):
            found[name] = namespaces.resolve(name).inode
    return found


def _look_inside(where: Namespace) -> _Inside:
    return _Inside(
        frozenset((link.index, link.name) for link in links.links(where)),
        frozenset((one.address, one.link) for one in addresses.addresses(where)),
        frozenset(_route_keys(where)),
    )


def _route_keys(where: Namespace) -> Iterable[tuple[int, str, str | None, str | None]]:
    for family in (4, 6):
        for route in routes.routes(where, family=family):
            yield family, route.destination, route.via, route.link


def _remove_namespaces(before: _Snapshot) -> None:
    for name, inode in _names().items():
        if before.names.get(name) == inode:
            continue
        _end_processes(inode, before)
        with contextlib.suppress(NotFoundError):  # somebody else was quicker
            namespaces.remove(name)


def _end_processes(inode: int, before: _Snapshot) -> None:
    """End what was started inside the block and runs in a namespace that goes."""
    started = [
        process
        for process in processes.running() - before.processes
        if process.pid != os.getpid() and processes.network(process.pid) == inode
    ]
    processes.end(started, _POLITE)


def _clear_namespace(where: Namespace, before: _Snapshot) -> None:
    """Remove links, addresses and routes that came to be in a namespace that stays."""
    was = before.inside[where]
    try:
        now = _look_inside(where)
    except NotFoundError:  # removed inside the block: nothing of it is left
        return
    for _index, name in now.links - was.links:
        _quietly(lambda name=name: links.remove(name, namespace=where))  # type: ignore[misc]
    there = {name for _index, name in was.links}
    for address, link in now.addresses - was.addresses:
        if link in there:
            _quietly(
                lambda a=address, li=link: addresses.remove(a, li, namespace=where)  # type: ignore[misc]
            )
    for _family, destination, via, device in now.routes - was.routes:
        _quietly(
            lambda d=destination, v=via, li=device: routes.remove(  # type: ignore[misc]
                d, via=v, link=li, namespace=where
            )
        )


def _quietly(remove: Callable[[], Any]) -> None:
    """Remove something that may have gone already: a veth's peer, a route with its link."""
    with contextlib.suppress(NotFoundError):
        remove()


def _wait_until_as_before(before: _Snapshot) -> None:
    """Wait for what the kernel removes a moment later: the peers of links that went."""
    left = still_there(lambda: _left(before))
    if left:
        raise OutOfResourcesError(
            "lab.Lab()",
            _("This was still there after {seconds} seconds: {left}.").format(
                seconds=_PATIENCE, left=enumeration(left)
            ),
            _("Something may keep it, such as a process: `lsns -t net` shows which."),
        )


def still_there(look: Callable[[], list[str]]) -> list[str]:
    """Look until nothing is left of what goes a moment later; return what stays nevertheless."""
    deadline = time.monotonic() + _PATIENCE
    while left := look():
        if time.monotonic() > deadline:
            break
        time.sleep(_POLL)
    return left


def _left(before: _Snapshot) -> list[str]:
    left = [name for name, inode in _names().items() if before.names.get(name) != inode]
    for where, was in before.inside.items():
        try:
            now = frozenset((link.index, link.name) for link in links.links(where))
        except NslabError:  # the namespace itself went inside the block
            continue
        left += [name for _index, name in now - was.links]
    return left
