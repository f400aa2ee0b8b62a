"""Routes: list, look up, add and remove them."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import AlreadyExistsError, InvalidValueError, NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.base.table import Table
from nslabkit.net import typed_values
from nslabkit.net.changing import change
from nslabkit.net.link_names import link_name, missing_link
from nslabkit.net.namespace import NamespaceLike, caption, ip_command, place, resolve
from nslabkit.netlink import requests, route_json
from nslabkit.netlink.refusals import Meaning, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit import netlink
    from nslabkit.net.namespace import Namespace

__all__ = ["Route", "add", "lookup", "remove", "routes"]

_TABLES = {"main": 254, "local": 255, "all": 0}
_FAMILIES = {4: requests.AF_INET, 6: requests.AF_INET6}


@dataclass(frozen=True)
class Route:
    """One line of a routing table, or the answer of a look-up.

    Attributes
    ----------
    destination : str
        The network it is for, or ``default``.
    via : str or None
        The next hop's address; None where the destination is on the link.
    link : str or None
        The link by which packets leave.
    source : str or None
        The source address that they get.
    json : dict
        Its entry in ``ip -j route``.
    """

    destination: str
    via: str | None
    link: str | None
    source: str | None
    json: dict[str, Any] = field(repr=False, compare=False)


def add(
    destination: str,
    *,
    via: str | None = None,
    link: str | None = None,
    namespace: NamespaceLike = None,
) -> None:
    """Add a route: ``ip route add DESTINATION via VIA dev LINK``.

    Parameters
    ----------
    destination : str
        A network (``172.16.1.0/24``), one address, or ``"default"``.
    via : str, optional
        The next hop's address; it must itself be directly reachable by a link.
    link : str, optional
        The link by which packets leave; at least one of `via` and `link` is needed.
    namespace : NamespaceLike
        Where.

    Raises
    ------
    AlreadyExistsError
        There is already a route to that destination.
    InvalidValueError
        Malformed, or a next hop that is not on any link.
    NotFoundError
        There is no such link.
    """
    if via is None and link is None:
        raise InvalidValueError(
            _command(resolve(namespace), "add", destination, via, link),
            _("A route says which way packets leave: by which link, or via which next hop."),
            _('For example add("10.0.0.0/8", via="172.16.0.2"), or with link="veth1".'),
        )
    _change("add", requests.add_route, destination, via, link, namespace)


def remove(
    destination: str,
    *,
    via: str | None = None,
    link: str | None = None,
    namespace: NamespaceLike = None,
) -> None:
    """Remove a route: ``ip route del DESTINATION``; `via` and `link` say which one.

    Raises
    ------
    NotFoundError
        There is no such route.
    """
    _change("del", requests.remove_route, destination, via, link, namespace)


def routes(
    namespace: NamespaceLike = None, *, family: int | None = None, table: str = "main"
) -> Table[Route]:
    """Return the routes of a namespace: ``ip route``, ``ip -j route``.

    Parameters
    ----------
    namespace : NamespaceLike
        Where.
    family : int, optional
        4 or 6: ``ip route`` or ``ip -6 route``.  Without it, as with ``ip route``: 4, and both
        for the table ``"all"``.
    table : str
        ``"main"``, ``"local"`` (the namespace's own addresses) or ``"all"``:
        ``ip route show table TABLE``.

    Raises
    ------
    InvalidValueError
        No such family or table.
    NotFoundError
        There is no such namespace.
    """
    where = resolve(namespace)
    version = "-6 " if family == 6 else ""  # noqa: PLR2004 - the IP version
    shown = "" if table == "main" else f" show table {table}"
    tried = ip_command(where, f"{version}route{shown}")
    if (family is not None and family not in _FAMILIES) or table not in _TABLES:
        raise InvalidValueError(
            tried,
            _("The family is 4 or 6, the table main, local or all."),
            _('For example routes(family=6), routes(table="local").'),
        )
    asked = _FAMILIES[family or 4] if family or table != "all" else requests.AF_UNSPEC
    entries = route_json.read(place(where), asked, _TABLES[table], tried)
    return Table(
        caption(where, _("Routes"), _("Routes in {namespace}")),
        [_row(entry) for entry in entries],
        {
            _("destination"): lambda row: row.destination,
            _("via"): lambda row: row.via or "",
            _("link"): lambda row: row.link or "",
            _("source"): lambda row: row.source or "",
        },
        entries,
    )


def lookup(destination: str, namespace: NamespaceLike = None) -> Route:
    """Return the route that a packet to an address would take: ``ip route get DESTINATION``.

    Raises
    ------
    InvalidValueError
        That is not an address.
    NotFoundError
        No route leads there: ``Network is unreachable``.

    Examples
    --------
    >>> import nslabkit as lab
    >>> with lab.Lab():
    ...     one = lab.namespaces.add("netns1")
    ...     lab.addresses.add("10.1.0.1/24", "lo", namespace=one)
    ...     lab.links.up("lo", namespace=one)
    ...     lab.routes.lookup("10.1.0.1", namespace=one).link
    'lo'
    """
    where = resolve(namespace)
    tried = ip_command(where, f"route get {destination}")
    address = typed_values.address(destination, tried)
    family = _FAMILIES[address.version]
    try:
        entry = route_json.get(place(where), family, address.packed)
    except OSError as error:
        unreachable = Meaning(
            NotFoundError,
            _("No route of this namespace leads to {address}.").format(address=destination),
            _(
                "Look at the routes with `{command}`; a link that is down leads to no neighbour."
            ).format(command=ip_command(where, "route")),
        )
        meanings = {errno.ENETUNREACH: unreachable, errno.EHOSTUNREACH: unreachable}
        raise refusal(error, tried, meanings) from None
    return _row(entry)


def _row(entry: dict[str, Any]) -> Route:
    return Route(entry["dst"], entry.get("gateway"), entry.get("dev"), entry.get("prefsrc"), entry)


def _change(  # noqa: PLR0913, PLR0917 - the arguments of a route, as the public functions have them
    verb: str,
    request: Callable[[int, bytes | None, int, bytes | None, int | None], requests.Request],
    destination: str,
    via: str | None,
    link: str | None,
    namespace: NamespaceLike,
) -> None:
    where = resolve(namespace)
    tried = _command(where, verb, destination, via, link)
    network = typed_values.network(destination, tried)
    gateway = None if via is None else typed_values.address(via, tried)
    name = None if link is None else link_name(link, tried)
    version = network.version if network else gateway.version if gateway else 4
    target = None if network is None else network.network_address.packed
    prefix = 0 if network is None else network.prefixlen
    if prefix == 0:
        target = None

    def ask(conversation: netlink.Conversation) -> None:
        index = None if name is None else conversation.index(name)
        hop = None if gateway is None else gateway.packed
        conversation.change(request(_FAMILIES[version], target, prefix, hop, index))

    change(where, tried, ask, lambda: _meanings(destination, via, link, where))


def _meanings(
    destination: str, via: str | None, link: str | None, where: Namespace
) -> dict[int, Meaning]:
    table = ip_command(where, "route")
    no_hop = Meaning(
        InvalidValueError,
        _("The next hop {via} is not on any link that is up.").format(via=via),
        _("Give a link an address in the next hop's network and set it up: `ip addr`."),
    )
    return {
        errno.EEXIST: Meaning(
            AlreadyExistsError,
            _("There is already a route to {destination}.").format(destination=destination),
            _("Look at it with `{command}`; remove it before adding another.").format(
                command=table
            ),
        ),
        errno.ESRCH: Meaning(
            NotFoundError,
            _("There is no such route to {destination}.").format(destination=destination),
            _("See what exists: `{command}`.").format(command=table),
        ),
        errno.ENODEV: missing_link(link or "?", where),
        errno.ENETUNREACH: no_hop,
        errno.EHOSTUNREACH: no_hop,
        errno.EINVAL: no_hop,
        errno.ENETDOWN: Meaning(
            InvalidValueError,
            _("{link} is down: a route needs a link that is up.").format(link=link),
            _("Set it up: `{command}`.").format(command=ip_command(where, f"link set {link} up")),
        ),
    }


def _command(
    where: Namespace, verb: str, destination: str, via: str | None, link: str | None
) -> str:
    words = f"route {verb} {destination}"
    if via is not None:
        words += f" via {via}"
    if link is not None:
        words += f" dev {link}"
    return ip_command(where, words)
