"""Capture filters in libpcap's language, compiled by tcpdump and run by the kernel.

A filter is written in libpcap's language (`pcap-filter(7)`) and compiled by ``tcpdump -ddd``; the
kernel then runs the program on each frame before it is kept.
"""

from __future__ import annotations

import functools
import re
import socket
import struct
import subprocess
from fcntl import ioctl
from typing import TypeAlias

from nslabkit import netlink
from nslabkit.base import commands
from nslabkit.base.errors import InvalidValueError, NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.capture.tap.packet_socket import keep
from nslabkit.frames.interface import ETHERNET
from nslabkit.netlink.refusals import refusal

Program: TypeAlias = "tuple[tuple[int, int, int, int], ...]"

_SET_FLAGS, _UP = 0x8914, 1  # SIOCSIFFLAGS, IFF_UP
_LINK_TYPES = {ETHERNET: "EN10MB"}  # tcpdump's names; the other that we know is RAW


def compiled(expression: str | None, *, link_type: int, snaplen: int) -> Program:
    """Return the kernel's program for a filter; without a filter, the one that keeps all.

    Parameters
    ----------
    expression : str or None
        The filter, as for tcpdump.
    link_type : int
        What the link's frames begin with.
    snaplen : int
        How many bytes of a frame to keep.

    Raises
    ------
    InvalidValueError
        The expression cannot be understood.
    NotFoundError
        There is no tcpdump.
    """
    if expression is None or not expression.strip():
        return tuple(keep(snaplen))
    # The kernel takes a VLAN tag out of the frame: only for a link that is there does tcpdump
    # compile `vlan` so that it looks where the kernel keeps the tag.
    on_link = link_type == ETHERNET and re.search(r"\bvlan\b", expression) is not None
    return _program(expression, _LINK_TYPES.get(link_type, "RAW"), snaplen, on_link=on_link)


@functools.lru_cache(maxsize=64)
def _program(expression: str, link_type: str, snaplen: int, *, on_link: bool) -> Program:
    source = ["-i", "lo"] if on_link else ["-y", link_type]
    command = ["tcpdump", "-ddd", "-s", str(snaplen), *source, "--", expression]
    tried = f"tcpdump -d {source[0]} {source[1]} {expression!r}"

    def run() -> subprocess.CompletedProcess[str]:
        if on_link:
            _set_loopback_up()
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            stdin=subprocess.DEVNULL,
            env=commands.environment(tried),
        )

    try:
        # A child stands where its parent's thread does: here in a namespace that then goes.
        done = netlink.in_new_namespace(run) if on_link else run()
    except FileNotFoundError:
        raise NotFoundError(
            tried,
            _("Filters are compiled by tcpdump, and this machine has no tcpdump."),
            _("Install it (`make system`, or apt install tcpdump), or record without a filter."),
        ) from None
    except OSError as error:
        raise refusal(error, tried) from None
    if done.returncode != 0:
        raise _refused(expression, tried, done)
    lines = done.stdout.split("\n")
    return tuple(tuple(map(int, line.split())) for line in lines[1 : int(lines[0]) + 1])  # type: ignore[misc]


def _set_loopback_up() -> None:
    """Set lo up in the namespace of the calling thread."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", _UP))


def _refused(
    expression: str, tried: str, done: subprocess.CompletedProcess[str]
) -> InvalidValueError:
    said = done.stderr.strip().removeprefix("tcpdump: ") or str(done.returncode)
    if "syntax error" in said:
        reason = _("{filter} is not a valid filter expression.").format(filter=expression)
    elif "unknown host" in said or "unknown network" in said:
        reason = _("A name in the filter is not an address that this machine knows.")
    elif "expression rejects all packets" in said:
        reason = _("No frame can ever match this filter: its conditions contradict each other.")
    else:
        reason = _("tcpdump does not accept this filter.")
    return InvalidValueError(
        tried,
        reason,
        _('Write, for example, filter="icmp or arp"; `man pcap-filter` describes the language.'),
        said=f"tcpdump: {said}",
    )
