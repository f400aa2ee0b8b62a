"""Recordings of tcpdump: what passed an end of a wire, for the claims about a ping."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.capture.file.opening import read_file
from nslabkit.course.claims.companions import running
from nslabkit.frames.protocol_numbers import ECHO_REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from nslabkit.capture import Packet

BROADCAST = "ff:ff:ff:ff:ff:ff"
REQUEST, REPLY = 1, 2  # operations of ARP (RFC 826)
_FILE_HEAD = 24  # bytes that tcpdump writes when it listens


def frames(path: str | Path) -> list[Packet]:
    """Read the frames from a file of ``tcpdump -w``; one half-written at the end is left out.

    Raises
    ------
    NotFoundError
        There is no such file.
    InvalidValueError
        It is no recording.
    """
    try:
        return list(read_file(path).packets)
    except NotFoundError as error:
        raise NotFoundError(
            error.tried,
            _("There is no such recording."),
            _("Run the lesson's cell that starts tcpdump, then the ping after it."),
            errno=error.errno,
        ) from None


def arps(
    seen: Iterable[Packet], operation: int, *, sender: str = "", target: str = ""
) -> list[Packet]:
    """Return the questions or answers of ARP by a sender, for a target."""
    return [
        packet
        for packet in seen
        if (arp := packet.dissection.header("ARP")) is not None
        and not packet.dissection.malformed
        and arp["operation"] == operation
        and sender in {"", arp["sender IP"]}
        and target in {"", arp["target IP"]}
    ]


def echoes(seen: Iterable[Packet], kind: int = ECHO_REQUEST) -> list[Packet]:
    """Return the frames that carry an echo request, or another type of ICMP message."""
    return [
        packet
        for packet in seen
        if (icmp := packet.dissection.header("ICMP")) is not None and icmp["type"] == kind
    ]


@contextlib.contextmanager
def tapped(**ends: str) -> Iterator[dict[str, Path]]:
    """Record ARP and ICMP on ends of wires while the block runs.

    Parameters
    ----------
    **ends
        Namespace and the link in it, as in ``netns1="veth1"``.

    Yields
    ------
    dict
        For each namespace the file that fills; it is gone after the block.

    Raises
    ------
    NotFoundError
        There is no tcpdump.
    NslabError
        It did not get as far as listening.
    """
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        files = {}
        for name, link in ends.items():
            file = files[name] = Path(folder, f"{name}.pcap")
            command = (
                f"ip netns exec {name} tcpdump -i {link} -U --immediate-mode "
                f"--time-stamp-precision=nano -w {file} arp or icmp"
            )
            # Its head is written when tcpdump listens (-U).
            stack.enter_context(running(command.split(), _filled(file)))
        yield files


def _filled(file: Path) -> Callable[[int], bool]:
    """Return a condition for `running`: whether tcpdump has written the file's head."""
    return lambda _pid: file.stat().st_size >= _FILE_HEAD
