"""Veth pairs: both ends made at once, each where it belongs (``veth(4)``)."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from nslabkit import netlink
from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.net.link_names import is_there, link_name, taken
from nslabkit.net.namespace import ip_command, place, resolve
from nslabkit.netlink import requests
from nslabkit.netlink.refusals import Meaning, refusal

if TYPE_CHECKING:
    from nslabkit.net.namespace import Namespace, NamespaceLike


def add_veth(
    name: str,
    peer: str,
    *,
    namespace: NamespaceLike = None,
    peer_namespace: NamespaceLike = None,
) -> None:
    """Create a veth pair, each end where it belongs; afterwards both exist, or neither.

    ``ip -n NS link add NAME type veth peer name PEER netns NS2``

    Parameters
    ----------
    name, peer : str
        The names of the two ends, 1 to 15 bytes each.
    namespace, peer_namespace : NamespaceLike
        Where each end goes; None is the kernel's own namespace.

    Raises
    ------
    AlreadyExistsError
        One of the names is already taken there.
    NotFoundError
        One of the namespaces does not exist.

    Examples
    --------
    >>> import nslabkit as lab
    >>> with lab.Lab():
    ...     blue = lab.namespaces.add("blue")
    ...     lab.links.add_veth("wire", "wire-peer", peer_namespace=blue)
    ...     lab.links.peer("wire").namespace.name
    'blue'
    """
    here, there = resolve(namespace), resolve(peer_namespace)
    tried = _veth_command(here, there, name, peer)
    ends = link_name(name, tried), link_name(peer, tried)
    try:
        with netlink.opened(there.path) as far:
            request = requests.add_veth(*ends, far)
            netlink.inside(place(here), lambda conversation: conversation.change(request))
    except OSError as error:
        which = _one_taken(name, here, peer, there) if error.errno == errno.EEXIST else None
        raise refusal(error, tried, {errno.EEXIST: which} if which else None) from None


def _veth_command(here: Namespace, there: Namespace, name: str, peer: str) -> str:
    target = "" if there == here else f" netns {there.name or there.path}"
    return ip_command(here, f"link add {name} type veth peer name {peer}{target}")


def _one_taken(name: str, here: Namespace, peer: str, there: Namespace) -> Meaning:
    if here.inode == there.inode and name == peer:
        return Meaning(
            InvalidValueError,
            _("Both ends would be called {link} in the same namespace.").format(link=name),
            _("Give the other end a name of its own, such as {link}.").format(
                link=f"{name[:10]}-peer"
            ),
        )
    return taken(name, here) if is_there(os.fsencode(name), here) else taken(peer, there)
