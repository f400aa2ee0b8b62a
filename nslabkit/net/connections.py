"""Tracked connections of a namespace (conntrack).

A firewall with a memory, and address translation (NAT) above all, must know which packets belong
together.  The kernel notes for each connection how a packet of the asking side looks, and how a
packet of the answering side will look; where addresses are translated the two differ.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import NotSupportedError
from nslabkit.base.language import translate as _
from nslabkit.base.table import Table
from nslabkit.net.namespace import HOST, NamespaceLike, caption, place, resolve
from nslabkit.netlink import EnterError
from nslabkit.netlink.conntrack import tracked
from nslabkit.netlink.refusals import Meaning, refusal

if TYPE_CHECKING:
    from nslabkit.netlink.decoding import Answer

__all__ = ["Connection", "connections"]

# Numbers of protocols as IANA assigns them, under the names of /proc/net/nf_conntrack.
_PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", 132: "sctp"}
_PORTS = {"CTA_PROTO_SRC_PORT": "sport", "CTA_PROTO_DST_PORT": "dport"}
_ENDS = (("src", "sport"), ("dst", "dport"))
_NUMBERS = _PORTS | {"CTA_PROTO_ICMP_ID": "id", "CTA_PROTO_ICMPV6_ID": "id"}


@dataclass(frozen=True)
class Connection:
    """One connection as the kernel remembers it.

    Attributes
    ----------
    protocol : str
        ``icmp``, ``tcp``, ``udp``, …, or the protocol's number.
    source, destination : str
        Where the first packet came from and went to, as the asking side wrote it.
    answer_source, answer_destination : str
        Where the kernel expects the answer to come from and go to.
    json : dict
        ``protocol``, and under ``original`` and ``reply`` the addresses ``src`` and ``dst`` with
        ports (``sport``, ``dport``) or the ``id`` of a ping.
    """

    protocol: str
    source: str
    destination: str
    answer_source: str
    answer_destination: str
    json: dict[str, Any] = field(repr=False, compare=False)

    @property
    def translated(self) -> bool:
        """Whether the answer is expected from or at an address other than the question names."""
        return (self.source, self.destination) != (self.answer_destination, self.answer_source)


def connections(namespace: NamespaceLike = None) -> Table[Connection]:
    """Return the connections that a namespace tracks: ``conntrack -L`` (``conntrack(8)``).

    The same is in ``/proc/net/nf_conntrack``, where the kernel has that file and lets this user
    read it.  A namespace tracks nothing unless one of its rules asks for it.

    Raises
    ------
    NotFoundError
        There is no such namespace.
    NotSupportedError
        This kernel does not track connections.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.connections.connections()
    Tracked connections: -
    """
    where = resolve(namespace)
    tried = "conntrack -L" if where == HOST else f"ip netns exec {where.name} conntrack -L"
    try:
        rows = [_connection(answer) for answer in tracked(place(where))]
    except EnterError as error:
        raise refusal(error, tried) from None
    except OSError as error:
        raise refusal(error, tried, _without_tracking()) from None
    return Table(
        caption(where, _("Tracked connections"), _("Tracked connections in {namespace}")),
        rows,
        {
            _("protocol"): lambda row: row.protocol,
            _("packets go"): lambda row: _way(row.json["original"]),
            _("answers come"): lambda row: _way(row.json["reply"]),
        },
        [row.json for row in rows],
    )


def _way(direction: dict[str, Any]) -> str:
    """Return where packets of one direction come from and go to, with the ports if there are."""
    ends = ((direction[end], direction.get(port)) for end, port in _ENDS)
    return " → ".join(
        address if port is None else _with_port(address, port) for address, port in ends
    )


def _with_port(address: str, port: int) -> str:
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def _without_tracking() -> dict[int, Meaning]:
    missing = Meaning(
        NotSupportedError,
        _("This kernel does not track connections, or does not report them."),
        _("The administrator can try `modprobe nf_conntrack_netlink`."),
    )
    return dict.fromkeys((errno.EINVAL, errno.EPROTONOSUPPORT, errno.EOPNOTSUPP), missing)


def _connection(answer: Answer) -> Connection:
    original, reply = (_direction(answer[f"CTA_TUPLE_{which}"]) for which in ("ORIG", "REPLY"))
    number = answer["CTA_TUPLE_ORIG"]["CTA_TUPLE_PROTO"]["CTA_PROTO_NUM"]
    protocol = _PROTOCOLS.get(number, str(number))
    return Connection(
        protocol,
        original["src"],
        original["dst"],
        reply["src"],
        reply["dst"],
        {"protocol": protocol, "original": original, "reply": reply},
    )


def _direction(tuple_: Answer) -> dict[str, Any]:
    addresses = {name[-3:].lower(): value for name, value in tuple_["CTA_TUPLE_IP"].items()}
    proto = tuple_["CTA_TUPLE_PROTO"]
    numbers = {_NUMBERS[name]: value for name, value in proto.items() if name in _NUMBERS}
    return {"src": addresses["src"], "dst": addresses["dst"], **numbers}
