"""Remarks on a recording: what its reader should know, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.capture.tap.packet_socket import wire_names
from nslabkit.capture.tap.received import Received
from nslabkit.frames.rows import UNFINISHED_CHECKSUM
from nslabkit.net.namespace import place
from nslabkit.netlink import EnterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.base.errors import NslabError
    from nslabkit.capture.tap.keeping import Keeper
    from nslabkit.capture.tap.ring import Tap
    from nslabkit.frames.interface import Interface
    from nslabkit.frames.rows import Array

_COARSE = 50  # ns; a wire's crossing takes some hundred
_ENOUGH = 12  # frames: by chance, their times would hardly ever have so much in common
_HEADER = 18  # bytes of Ethernet's header with a VLAN tag
MEGABYTE = 1_000_000


def interrupted() -> str:
    """Say that the recording was interrupted."""
    return _("The recording was interrupted; it holds everything before that.")


def given_up(namespace: str) -> str:
    """Say that a namespace lost its name, or its process, meanwhile."""
    return _("{namespace} was removed during the recording; its frames end there.").format(
        namespace=namespace
    )


def without_events(error: NslabError) -> str:
    """Say why nothing but frames is recorded."""
    return _("Only frames were recorded, no events with them: {reason}").format(reason=error.reason)


def of_trouble(error: OSError) -> str:
    """Say why the file could not be written on."""
    return _("The recording stopped: its file could not be written ({reason}).").format(
        reason=error.strerror
    )


def of_limit(keeper: Keeper, limit: int, *, reached: bool) -> list[str]:
    """Say that the limit was reached."""
    if not reached:
        return []
    return [
        _("The recording stopped after {megabytes} MB, with {packets} packets: its limit.").format(
            megabytes=f"{limit / MEGABYTE:g}", packets=f"{keeper.count:,}"
        )
    ]


def of_step(by: int) -> str:
    """Say that the clock was set."""
    seconds = f"{abs(by) / 1e9:.6f}"
    text = (
        _("Somebody set the machine's clock forward by {seconds} s during the recording.")
        if by > 0
        else _("Somebody set the machine's clock back by {seconds} s during the recording.")
    )
    return (
        text.format(seconds=seconds) + " " + _("The frames are in the order in which they arrived.")
    )


def of_links(taps: Sequence[Tap], *, full: bool) -> list[str]:
    """Say what was lost on which link, if not for the limit, and which links came and went."""
    said = []
    for tap in taps:
        where = tap.interface.where
        if tap.dropped:
            said.append(
                _("On {link} the kernel dropped {dropped} of {received} frames.").format(
                    link=where, dropped=f"{tap.dropped:,}", received=f"{tap.received:,}"
                )
            )
        missing = tap.received - tap.dropped - tap.taken
        if missing > 0 and not full:
            said.append(
                _("On {link} the kernel counted {missing} frames that did not arrive here.").format(
                    link=where, missing=f"{missing:,}"
                )
            )
        if tap.gone:
            said.append(
                _("{link} was removed or moved away; its frames end there.").format(link=where)
            )
    unringed = [tap.interface.where for tap in taps if isinstance(tap, Received)]
    if unringed:
        said.append(
            _("The kernel provided no ring for {links}: frames were received one by one.").format(
                links=enumeration(unringed)
            )
        )
    return said + _came(taps)


def _came(taps: Sequence[Tap]) -> list[str]:
    """Say which links are there now and were not when the recording was armed."""
    recorded: dict[str | None, set[str]] = {}
    places = {}
    for tap in taps:
        if tap.every and not tap.closed:
            path = place(tap.namespace)
            recorded.setdefault(path, set()).add(tap.wire.name)
            places[path] = tap
    came = []
    for path, names in recorded.items():
        try:
            new = [name for name in wire_names(path) if name not in names]
        except EnterError:  # gone just now
            continue
        namespace = places[path].interface.namespace
        came += [f"{namespace}/{name}" if namespace else name for name in new]
    if not came:
        return []
    return [
        _("{links} appeared during the recording: what passed there is not in it.").format(
            links=enumeration(came)
        )
    ]


def of_clock(frames: Array) -> list[str]:
    """Say how fine the clock is, where its steps are coarse; told by the times themselves.

    A kernel's clock is as fine as its clock source: that of User-mode Linux counts in units of
    256 ns (``TIMER_MULTIPLIER`` in ``arch/um/kernel/time.c``).
    """
    if len(frames) < _ENOUGH:
        return []
    step = int(np.gcd.reduce(np.diff(frames["time"].astype(np.int64))))
    if step < _COARSE:
        return []
    return [
        _(
            "This kernel's clock moves in steps of {step} ns: shorter times cannot be told apart, "
            "and frames may have the same time."
        ).format(step=step)
    ]


def of_frames(frames: Array, interfaces: Sequence[Interface]) -> list[str]:
    """Explain what in the frames puzzles a reader who knows the rules."""
    said = []
    most = [interface.mtu + _HEADER if interface.mtu else 1 << 32 for interface in interfaces]
    for interface in interfaces:
        lengths = frames["length"][frames["interface"] == interface.number]
        large = int((lengths > most[interface.number]).sum())
        if large:
            said.append(
                _(
                    "Frames on {link} larger than its MTU of {mtu}: {count}. The "
                    "kernel passes several packets through as one and leaves splitting "
                    "them to the network card (GSO); a veth has none."
                ).format(count=f"{large:,}", link=interface.where, mtu=interface.mtu)
            )
    unfinished = int((frames["flags"] & UNFINISHED_CHECKSUM != 0).sum())
    if unfinished:
        said.append(
            _(
                "Frames with an unfinished checksum: {count}. The kernel leaves it to the network "
                "card, and a veth has none; Wireshark may call it wrong."
            ).format(count=f"{unfinished:,}")
        )
    return said
