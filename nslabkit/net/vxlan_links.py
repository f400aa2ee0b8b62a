"""VXLAN links: frames of one network, carried between hosts in UDP (RFC 7348)."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from nslabkit.base.errors import AlreadyExistsError, InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.net import typed_values
from nslabkit.net.changing import change
from nslabkit.net.link_names import is_there, link_name, missing_link, taken
from nslabkit.net.namespace import NamespaceLike, ip_command, resolve
from nslabkit.netlink import KernelRefusedError
from nslabkit.netlink.refusals import Meaning, refusal
from nslabkit.netlink.vxlan_requests import VxlanSettings
from nslabkit.netlink.vxlan_requests import add_vxlan as add_request

if TYPE_CHECKING:
    from nslabkit.net.namespace import Namespace
    from nslabkit.netlink import Conversation

_LARGEST = 2**24 - 1  # the number of the network has 24 bits (RFC 7348, section 5)
_PORT = 4789  # IANA's; Linux itself takes 8472 where none is named


def add_vxlan(  # noqa: PLR0913 - what `ip link add` asks, too
    name: str,
    *,
    identity: int,
    local: str | None = None,
    remote: str | None = None,
    link: str | None = None,
    port: int = _PORT,
    learning: bool = True,
    namespace: NamespaceLike = None,
) -> None:
    """Create a VXLAN link, still down.

    ``ip link add NAME type vxlan id IDENTITY local LOCAL remote REMOTE dev LINK dstport PORT``

    Parameters
    ----------
    name : str
        1 to 15 bytes, no space, ``/`` or ``:``.
    identity : int
        The number of the network, 0 to 16777215; both ends need the same.
    local : str, optional
        This host's address, from which its frames come.
    remote : str, optional
        Where a frame goes if the link does not know where its receiver is: the address of
        another host.  Without it, such frames are dropped until an entry of ``bridge fdb`` says
        where they go.
    link : str, optional
        The link by which they leave (``dev``).  With it the MTU becomes 50 bytes (for IPv6
        addresses 70) smaller than that link's.
    port : int
        UDP port of the other hosts (``dstport``), 1 to 65535.
    learning : bool
        Whether to note from which host each MAC address comes; ``nolearning`` otherwise.
    namespace : NamespaceLike
        Where.

    Raises
    ------
    AlreadyExistsError
        A link of that name already exists, or a VXLAN link of that number and port.
    InvalidValueError
        A number is out of range, an address is none, or the two are of different families.
    NotFoundError
        There is no such `link`, or no such namespace.
    NotSupportedError
        This kernel has no VXLAN.

    Examples
    --------
    >>> import nslabkit as lab
    >>> with lab.Lab():
    ...     lab.links.add_vxlan("vx", identity=42, local="192.0.2.1", remote="192.0.2.2")
    ...     lab.HOST.run("ip -d link show vx", quiet=True).stdout.count("vxlan id 42")
    1
    """
    where = resolve(namespace)
    words = [f"link add {name} type vxlan id {identity}"]
    words += [f"{word} {value}" for word, value in (("local", local), ("remote", remote)) if value]
    words += [f"dev {link}"] if link is not None else []
    words += [f"dstport {port}"] + ([] if learning else ["nolearning"])
    tried = ip_command(where, " ".join(words))
    encoded = link_name(name, tried)
    example = _("For example: {example}").format(example="identity=42, port=4789")
    number = _("The number of a VXLAN network")
    typed_values.in_range(identity, (0, _LARGEST), number, tried, example)
    typed_values.in_range(port, (1, 0xFFFF), _("A port"), tried, example)
    near, far = _packed(local, tried), _packed(remote, tried)
    _of_one_family(near, far, tried)
    lower = None if link is None else link_name(link, tried)

    def make(conversation: Conversation) -> None:
        index = None
        if lower is not None:
            try:
                index = conversation.index(lower)
            except KernelRefusedError as error:
                missing = missing_link(str(link), where)
                raise refusal(error, tried, {errno.ENODEV: missing}) from None
        settings = VxlanSettings(identity, port, near, far, index, learning)
        conversation.change(add_request(encoded, settings))

    change(where, tried, make, lambda: {errno.EEXIST: _exists(name, encoded, identity, where)})


def _packed(address: str | None, tried: str) -> bytes | None:
    return None if address is None else typed_values.address(address, tried).packed


def _of_one_family(near: bytes | None, far: bytes | None, tried: str) -> None:
    if near is not None and far is not None and len(near) != len(far):
        raise InvalidValueError(
            tried,
            _("One of the two addresses is IPv4, the other IPv6: no packet can have both."),
            _("Give the addresses of the two hosts on the network that joins them."),
        )


def _exists(name: str, encoded: bytes, identity: int, where: Namespace) -> Meaning:
    if is_there(encoded, where):
        return taken(name, where)
    return Meaning(
        AlreadyExistsError,
        _("There is already a VXLAN link of network {identity} on the same port.").format(
            identity=identity
        ),
        _("`{command}` shows it; take another number, or remove it.").format(
            command=ip_command(where, "-d link show type vxlan")
        ),
    )
