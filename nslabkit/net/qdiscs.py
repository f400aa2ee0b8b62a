"""Qdiscs: in what order, how fast and with what losses packets leave by a link (``tc qdisc``)."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import AlreadyExistsError, NotFoundError, NotSupportedError
from nslabkit.base.language import translate as _
from nslabkit.base.table import Table
from nslabkit.net import typed_values
from nslabkit.net.changing import change
from nslabkit.net.link_names import link_name, missing_link
from nslabkit.net.namespace import NamespaceLike, place, resolve, tc_command
from nslabkit.netlink import qdisc_json, qdisc_requests
from nslabkit.netlink.refusals import Meaning, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.net.namespace import Namespace
    from nslabkit.netlink import Conversation
    from nslabkit.netlink.requests import Request

__all__ = ["Qdisc", "add_tbf", "qdiscs", "remove", "replace_tbf"]

_COUNTERS = ("bytes", "packets", "drops", "overlimits", "requeues", "backlog", "qlen")
_MOST = 2**32 - 1  # what the kernel's fields hold: bytes, and bytes a second


@dataclass(frozen=True)
class Qdisc:
    """A qdisc as the kernel described it when it was asked.

    Attributes
    ----------
    kind : str
        ``noqueue``, ``tbf``, ``htb``, …
    handle : str
        Its number, ``8001:``; ``0:`` where the kernel chose the qdisc itself.
    parent : str
        ``root``, or the class it is in: ``1:20``.
    options : dict
        How it is set.  Of `tbf`: ``rate`` in bit/s, ``burst`` and ``limit`` in bytes, as
        `add_tbf` takes them (the kernel tells a `burst` wrong that takes more than 274 s to
        send).  Empty for kinds that no lesson needs.
    bytes, packets : int
        What has left by it so far.
    drops : int
        Packets thrown away so far.
    overlimits : int
        How often the rate held the next packet back.
    requeues : int
        How often the driver gave a packet back.
    backlog, qlen : int
        Bytes and packets that wait now.
    json : dict
        Its entry in ``tc -s -j qdisc show dev LINK``, where ``rate`` is in bytes a second.
    """

    kind: str
    handle: str
    parent: str
    options: dict[str, Any]
    bytes: int
    packets: int
    drops: int
    overlimits: int
    requeues: int
    backlog: int
    qlen: int
    json: dict[str, Any] = field(repr=False, compare=False)


def qdiscs(link: str, namespace: NamespaceLike = None) -> Table[Qdisc]:
    """Return the qdiscs of a link, with what passed them: ``tc -s qdisc show dev LINK``.

    Raises
    ------
    NotFoundError
        There is no such link, or no such namespace.

    Examples
    --------
    >>> import nslabkit as lab
    >>> [(qdisc.kind, qdisc.parent) for qdisc in lab.qdiscs.qdiscs("lo")]
    [('noqueue', 'root')]
    """
    where = resolve(namespace)
    tried = tc_command(where, f"-s qdisc show dev {link}")
    encoded = link_name(link, tried)
    try:
        answers = qdisc_json.read(place(where), encoded)
    except OSError as error:
        raise refusal(error, tried, {errno.ENODEV: missing_link(link, where)}) from None
    rows = [_row(answer) for answer in answers]
    columns: dict[str, Callable[[Qdisc], str]] = {
        _("qdisc"): lambda row: f"{row.kind} {row.handle}",
        _("parent"): lambda row: row.parent,
        _("options"): lambda row: " ".join(f"{key} {row.options[key]}" for key in row.options),
        _("sent, bytes"): lambda row: str(row.bytes),
        _("sent, packets"): lambda row: str(row.packets),
        _("dropped"): lambda row: str(row.drops),
        _("over the limit"): lambda row: str(row.overlimits),
        _("waiting, bytes"): lambda row: str(row.backlog),
        _("waiting, packets"): lambda row: str(row.qlen),
    }
    json = [row.json for row in rows]
    return Table(_("Qdiscs of {link}").format(link=link), rows, columns, json)


def add_tbf(
    link: str, *, rate: int, burst: int, limit: int, namespace: NamespaceLike = None
) -> None:
    """Let a link send no faster than `rate`.  A qdisc of another kind gives way to it.

    ``tc qdisc add dev LINK root tbf rate RATEbit burst BURST limit LIMIT`` (``tc-tbf(8)``)

    Parameters
    ----------
    link : str
        The link; what leaves by it is held back, not what arrives.
    rate : int
        Bits a second, 8 to 34359738360; the kernel counts whole bytes a second.
    burst : int
        Bytes that may leave at once, 1 to 4294967295.  A packet that is longer is dropped.
    limit : int
        Bytes that may wait, 1 to 4294967295.
    namespace : NamespaceLike
        Where the link is.

    Raises
    ------
    AlreadyExistsError
        The link has a ``tbf`` already.
    InvalidValueError
        A number is out of range, or text such as ``"1mbit"``.
    NotFoundError
        There is no such link, or no such namespace.
    NotSupportedError
        This kernel has no ``tbf``.

    Examples
    --------
    >>> import nslabkit as lab
    >>> with lab.Lab():
    ...     lab.links.add_veth("near", "far")
    ...     lab.qdiscs.add_tbf("near", rate=1_000_000, burst=5_000, limit=10_000)
    ...     lab.qdiscs.qdiscs("near")[0].options
    {'rate': 1000000, 'burst': 5000, 'limit': 10000}
    """
    _tbf("add", qdisc_requests.add_tbf, link, (rate, burst, limit), namespace)


def replace_tbf(
    link: str, *, rate: int, burst: int, limit: int, namespace: NamespaceLike = None
) -> None:
    """Let a link send no faster than `rate`, whatever qdisc it has: ``tc qdisc replace …``.

    A ``tbf`` that is there is changed: what waits in it stays, and its counters go on.

    Parameters
    ----------
    link, rate, burst, limit, namespace
        As for `add_tbf`.

    Raises
    ------
    InvalidValueError, NotFoundError, NotSupportedError
        As for `add_tbf`.
    """
    _tbf("replace", qdisc_requests.replace_tbf, link, (rate, burst, limit), namespace)


def remove(link: str, *, namespace: NamespaceLike = None) -> None:
    """Take away the qdisc that a link was given: ``tc qdisc del dev LINK root``.

    What waits in it is lost; the kernel puts its own choice in its place.

    Raises
    ------
    NotFoundError
        Nobody has given the link a qdisc, or there is no such link, or no such namespace.
    """
    where = resolve(namespace)
    tried = tc_command(where, f"qdisc del dev {link} root")
    none = Meaning(
        NotFoundError,
        _("{link} has only the qdisc that the kernel chose, and that cannot be removed.").format(
            link=link
        ),
        _("`{command}` shows it; its handle is 0:.").format(command=_show(link, where)),
    )
    _change(link, where, tried, qdisc_requests.remove_root, {errno.ENOENT: none})


def _tbf(
    verb: str,
    request: Callable[[int, int, int, int], Request],
    link: str,
    settings: tuple[int, int, int],
    namespace: NamespaceLike,
) -> None:
    rate, burst, limit = settings
    where = resolve(namespace)
    words = f"root tbf rate {rate}bit burst {burst} limit {limit}"
    tried = tc_command(where, f"qdisc {verb} dev {link} {words}")
    units = _(
        "`rate` counts bits a second, `burst` and `limit` bytes, without a unit: {example}."
    ).format(example="rate=1_000_000, burst=5_000, limit=10_000")
    typed_values.in_range(rate, (8, 8 * _MOST), "`rate`", tried, units)
    typed_values.in_range(burst, (1, _MOST), "`burst`", tried, units)
    typed_values.in_range(limit, (1, _MOST), "`limit`", tried, units)
    taken = Meaning(
        AlreadyExistsError,
        _("{link} already has a qdisc of this kind, {kind}.").format(link=link, kind="tbf"),
        _("`{command}` shows it; `replace` instead of `add` changes it.").format(
            command=_show(link, where)
        ),
    )
    absent = Meaning(
        NotSupportedError,
        _("This machine's kernel has no qdisc {kind} (the module {module}).").format(
            kind="tbf", module="sch_tbf"
        ),
        _("`nslabkit doctor` shows what this kernel can do and what to ask for."),
    )
    meanings = {errno.EEXIST: taken, errno.ENOENT: absent}
    _change(link, where, tried, lambda index: request(index, rate // 8, burst, limit), meanings)


def _change(
    link: str,
    where: Namespace,
    tried: str,
    request: Callable[[int], Request],
    meanings: dict[int, Meaning],
) -> None:
    encoded = link_name(link, tried)

    def ask(conversation: Conversation) -> None:
        conversation.change(request(conversation.index(encoded)))

    change(where, tried, ask, lambda: {errno.ENODEV: missing_link(link, where)} | meanings)


def _show(link: str, where: Namespace) -> str:
    return tc_command(where, f"qdisc show dev {link}")


def _row(answer: qdisc_json.QdiscAnswer) -> Qdisc:
    entry = answer.json
    parent = "root" if "root" in entry else entry.get("parent", "")
    counters: dict[str, Any] = {name: entry.get(name, 0) for name in _COUNTERS}
    return Qdisc(entry["kind"], entry["handle"], parent, answer.settings, json=entry, **counters)
