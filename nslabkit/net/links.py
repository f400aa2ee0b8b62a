"""Links, as ``ip link`` says it: made, listed, moved, set up and removed."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit import netlink
from nslabkit.base.errors import InvalidValueError, NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.base.table import Table
from nslabkit.net.changing import change
from nslabkit.net.link_names import is_there, link_name, missing_link, moved_already, taken
from nslabkit.net.namespace import (
    HOST,
    Namespace,
    NamespaceLike,
    caption,
    ip_command,
    place,
    resolve,
)
from nslabkit.net.namespaces import names
from nslabkit.net.veth_pairs import add_veth
from nslabkit.net.vxlan_links import add_vxlan
from nslabkit.netlink import link_json, requests
from nslabkit.netlink.refusals import Meaning, refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "Link",
    "add",
    "add_veth",
    "add_vxlan",
    "down",
    "link",
    "links",
    "move",
    "peer",
    "remove",
    "up",
]


@dataclass(frozen=True)
class Link:
    """A link as the kernel described it when it was asked.

    Attributes
    ----------
    name : str
        Its name, ``ifname`` of ``ip -j link``.
    namespace : Namespace
        Where it is.
    index : int
        Its number in that namespace.
    up : bool
        Whether it was set up (the flag ``UP``).
    carrier : bool
        Whether it is connected, too (``LOWER_UP``).
    json : dict
        What ``ip -j link show NAME`` prints.
    """

    name: str
    namespace: Namespace
    index: int
    up: bool
    carrier: bool
    json: dict[str, Any] = field(repr=False, compare=False)


def add(name: str, *, kind: str, namespace: NamespaceLike = None) -> None:
    """Create a link of a kind that needs no settings: ``ip link add NAME type KIND``.

    Parameters
    ----------
    name : str
        1 to 15 bytes, no space, ``/`` or ``:``.
    kind : str
        As ``ip-link(8)`` lists them: ``bridge``, ``dummy``, …
    namespace : NamespaceLike
        Where.

    Raises
    ------
    AlreadyExistsError
        A link of that name already exists.
    NotSupportedError
        This kernel has no such kind (a module is missing).
    """
    where = resolve(namespace)
    tried = ip_command(where, f"link add {name} type {kind}")
    request = requests.link_of_kind(link_name(name, tried), kind.encode())
    change(where, tried, request, lambda: {errno.EEXIST: taken(name, where)})


def move(name: str, *, namespace: NamespaceLike = None, to: NamespaceLike) -> None:
    """Move a link to another namespace: ``ip link set NAME netns TO``.

    The link goes down and loses its addresses and routes; its MAC address stays.

    Parameters
    ----------
    name : str
        The link.
    namespace : NamespaceLike
        Where it is now.
    to : NamespaceLike
        Where it goes.

    Raises
    ------
    AlreadyExistsError
        It is already there, or another link there has its name.
    NotFoundError
        There is no such link, or no such namespace.
    """
    here, there = resolve(namespace), resolve(to)
    tried = ip_command(here, f"link set {name} netns {there.name or there.path}")
    encoded = link_name(name, tried)
    same = here.inode == there.inode
    try:
        with netlink.opened(there.path) as target:
            request = requests.get_link(encoded) if same else requests.move_link(encoded, target)
            netlink.inside(
                place(here),
                lambda conversation: (
                    conversation.index(encoded) if same else conversation.change(request)
                ),
            )
    except OSError as error:
        missing = missing_link(name, here)
        if error.errno == errno.ENODEV and is_there(encoded, there):
            missing = moved_already(name, there)
        meanings = {errno.ENODEV: missing, errno.EEXIST: taken(name, there)}
        raise refusal(error, tried, meanings) from None
    if same:
        raise moved_already(name, there).error(tried)


def up(name: str, *, namespace: NamespaceLike = None) -> None:
    """Set a link up: ``ip link set NAME up``.

    Raises
    ------
    NotFoundError
        There is no such link.
    """
    _set(name, namespace, up=True)


def down(name: str, *, namespace: NamespaceLike = None) -> None:
    """Set a link down: ``ip link set NAME down``.  Its IPv6 addresses and its routes go.

    Raises
    ------
    NotFoundError
        There is no such link.
    """
    _set(name, namespace, up=False)


def remove(name: str, *, namespace: NamespaceLike = None) -> None:
    """Remove a link: ``ip link del NAME``.  The other end of a veth pair goes with it.

    Raises
    ------
    NotFoundError
        There is no such link.
    """
    where = resolve(namespace)
    tried = ip_command(where, f"link del {name}")
    request = requests.remove_link(link_name(name, tried))
    change(where, tried, request, lambda: _not_removed(name, where))


def _not_removed(name: str, where: Namespace) -> dict[int, Meaning]:
    kept = Meaning(
        InvalidValueError,
        _("The kernel keeps {link} in each namespace: it cannot be removed.").format(link=name),
        _("Set it down instead: `ip link set {link} down`.").format(link=name),
    )
    return {errno.ENODEV: missing_link(name, where), errno.EOPNOTSUPP: kept}


def links(namespace: NamespaceLike = None) -> Table[Link]:
    """Return the links of a namespace: ``ip link``, ``ip -j link``.

    Examples
    --------
    >>> import nslabkit as lab
    >>> [link.name for link in lab.links.links()]
    ['lo']
    """
    where = resolve(namespace)
    entries = link_json.read(place(where), ip_command(where, "link"))
    rows = [_row(entry, where) for entry in entries]
    return Table(
        caption(where, _("Links"), _("Links in {namespace}")),
        rows,
        {
            _("name"): lambda row: row.name,
            _("flags"): lambda row: ",".join(row.json["flags"]),
            _("state"): lambda row: row.json["operstate"],
            _("MAC address"): lambda row: row.json.get("address", ""),
            _("MTU"): lambda row: str(row.json["mtu"]),
        },
        entries,
    )


def link(name: str, namespace: NamespaceLike = None) -> Link:
    """Return one link: ``ip link show NAME``.

    Raises
    ------
    NotFoundError
        There is no such link.
    """
    where = resolve(namespace)
    tried = ip_command(where, f"link show {name}")
    link_name(name, tried)
    for found in links(where):
        if name in {found.name, *found.json.get("altnames", [])}:
            return found
    raise missing_link(name, where).error(tried, errno.ENODEV)


def peer(name: str, namespace: NamespaceLike = None) -> Link:
    """Return the other end of a veth pair, wherever it is.

    ``ip link show NAME`` prints the peer's index after the ``@`` and the id of its namespace
    as ``link-netnsid``.  The id is relative to the namespace that asks: here each namespace
    that can be seen is asked for until one has it.

    Raises
    ------
    NotFoundError
        The link has no peer, or the peer's namespace cannot be seen from here: it has no name,
        and no process of ours is in it.
    """
    near = link(name, namespace)
    tried = ip_command(near.namespace, f"-d link show {name}")
    index, identity = link_json.other_end(place(near.namespace), near.index)
    if index is None:
        raise NotFoundError(
            tried,
            _("{link} has no other end: it is not part of a veth pair.").format(link=name),
            _("Only veth links come in pairs: `ip link show type veth`."),
        )
    candidates = (near.namespace,) if identity is None else _visible()
    for where in candidates:
        if identity is not None and not _is_known_as(where, identity, near.namespace):
            continue
        for found in links(where):
            if found.index == index:
                return found
    raise NotFoundError(
        tried,
        _("The other end of {link} is in a namespace with no name visible here.").format(link=name),
        _("`ip -j link show {link}` gives its index there and the namespace's id.").format(
            link=name
        ),
    )


def _row(entry: dict[str, Any], where: Namespace) -> Link:
    flags = entry["flags"]
    return Link(entry["ifname"], where, entry["ifindex"], "UP" in flags, "LOWER_UP" in flags, entry)


def _set(name: str, namespace: NamespaceLike, *, up: bool) -> None:
    where = resolve(namespace)
    tried = ip_command(where, f"link set {name} {'up' if up else 'down'}")
    request = requests.set_up(link_name(name, tried), up=up)
    change(where, tried, request, lambda: {errno.ENODEV: missing_link(name, where)})


def _visible() -> Iterator[Namespace]:
    """Yield each namespace that can be seen: own, named, then those of processes."""
    yield HOST
    for name in names():
        yield resolve(name)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            yield resolve(int(entry.name))


def _is_known_as(where: Namespace, identity: int, looker: Namespace) -> bool:
    try:
        return link_json.identity(place(looker), where.path) == identity
    except OSError:
        return False
