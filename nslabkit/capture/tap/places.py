"""The places to capture: which links a learner means by the arguments of `capture`."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, TypeAlias

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.capture.tap.packet_socket import wire_names
from nslabkit.net import links, namespaces
from nslabkit.net.link_names import missing_link
from nslabkit.net.namespace import HOST, Namespace, ip_command, place, resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

Where: TypeAlias = "Namespace | links.Link | str | int | None"


def chosen(where: Sequence[Where]) -> dict[Namespace, list[str] | None]:
    """Return the namespaces, each with the names of its links, or None for all of them.

    Parameters
    ----------
    where : list
        Namespaces (object, name, process id, path, None for the kernel's own), links (as
        `nslabkit.net.links.link` returns them, or ``"netns1/veth1"``), or the name of a link in the
        kernel's own namespace.  Nothing: the kernel's own and all that have a name.

    Raises
    ------
    NotFoundError
        There is no such link or namespace.
    """
    if not where:
        return dict.fromkeys([HOST, *(resolve(name) for name in sorted(namespaces.names()))])
    places: dict[Namespace, list[str] | None] = {}
    for spot in where:
        namespace, link = _one(spot)
        if link is None:
            places[namespace] = None
        elif places.setdefault(namespace, []) is not None:
            listed = places[namespace]
            assert listed is not None
            listed.append(link)
    return places


def _one(where: Where) -> tuple[Namespace, str | None]:
    if isinstance(where, links.Link):
        return where.namespace, _link(where.name, where.namespace)
    if isinstance(where, str) and not where.startswith("/"):
        first, slash, second = where.partition("/")
        if slash:
            namespace = namespaces.namespace(first) if first else HOST
            return namespace, _link(second, namespace)
        if where not in namespaces.names() and where in _there(HOST):
            return HOST, where
    return namespaces.namespace(where), None


def _there(namespace: Namespace) -> list[str]:
    with contextlib.suppress(OSError):
        return wire_names(place(namespace))
    return []


def _link(name: str, namespace: Namespace) -> str:
    if not name:
        raise InvalidValueError(
            f"tcpdump -i {name!r}",
            _("There is no link name after the slash."),
            _('Write it as "netns1/veth1", or just the namespace for all of its links.'),
        )
    if name not in _there(namespace):
        raise missing_link(name, namespace).error(ip_command(namespace, f"link show {name}"))
    return name
