"""Taps: the links of some namespaces, made ready for recording."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from nslabkit.capture.tap import packet_socket
from nslabkit.capture.tap.filters import compiled
from nslabkit.capture.tap.received import Received
from nslabkit.capture.tap.ring import BLOCK, Ring
from nslabkit.net.link_names import missing_link
from nslabkit.net.namespace import Namespace, place
from nslabkit.netlink.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nslabkit.capture.tap.filters import Program
    from nslabkit.capture.tap.packet_socket import Wire
    from nslabkit.capture.tap.ring import Tap

_RING = 8 << 20  # bytes of a link's ring
_RINGS = 128 << 20  # bytes of all rings together, where there are many links
_SMALLEST_RING = 8 * BLOCK
_AT_ONCE = 16


def tap_links(
    where: Mapping[Namespace, list[str] | None], expression: str | None, snaplen: int
) -> list[Tap]:
    """Return a tap for each link, none of which has begun.

    Parameters
    ----------
    where : mapping
        Namespaces, each with the names of its links, None for all.
    expression : str or None
        The filter.
    snaplen : int
        How many bytes of a frame to keep.

    Raises
    ------
    NslabError
        A namespace or link is not there, the process may not, or the filter is wrong.
    """
    wires: list[tuple[Namespace, Wire]] = []
    taps: list[Tap] = []
    try:
        for namespace, names in where.items():
            wires += [(namespace, wire) for wire in _wires(namespace, names)]
        programs = [
            compiled(expression, link_type=wire.link_type, snaplen=snaplen)
            for _namespace, wire in wires
        ]
        size = min(_RING, max(_SMALLEST_RING, _RINGS // len(wires) // BLOCK * BLOCK))
        # In each call the kernel waits until all processors know what it did: so all together.
        with ThreadPoolExecutor(min(_AT_ONCE, len(wires))) as threads:
            made = [
                threads.submit(_tap, number, *pair, program, size)
                for number, (pair, program) in enumerate(zip(wires, programs, strict=True))
            ]
        taps += [future.result() for future in made]
        for tap in taps:
            tap.every = where[tap.namespace] is None
    except BaseException:
        close(taps)
        for _namespace, wire in wires:
            wire.socket.close()
        raise
    return taps


def close(taps: Sequence[Tap]) -> None:
    """Close taps together: each close waits for the kernel, as making them does."""
    still = [tap for tap in taps if not tap.closed]
    if still:
        with ThreadPoolExecutor(min(_AT_ONCE, len(still))) as threads:
            list(threads.map(lambda tap: tap.close(), still))


def _wires(namespace: Namespace, names: list[str] | None) -> list[Wire]:
    try:
        wires = packet_socket.open_wires(place(namespace), names)
    except OSError as error:
        raise refusal(error, f"tcpdump -i {names[0] if names else 'any'}") from None
    missing = set(names or ()) - {wire.name for wire in wires}
    if missing:  # removed since it was looked for
        for wire in wires:
            wire.socket.close()
        raise missing_link(missing.pop(), namespace).error("tcpdump -D")
    return wires


def _tap(number: int, namespace: Namespace, wire: Wire, program: Program, size: int) -> Tap:
    try:
        return Ring(number, namespace, wire, program, size)
    except OSError:  # no memory, or a kernel that has no rings
        return Received(number, namespace, wire, program)
