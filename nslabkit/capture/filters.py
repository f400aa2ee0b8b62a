"""Which frames does a filter let through?

A filter is written in libpcap's language (`pcap-filter(7)`) and compiled by ``tcpdump -ddd``; the
kernel then runs the program on each frame before it is kept.
"""

from __future__ import annotations

import functools
import subprocess
from typing import TypeAlias

from nslabkit import _netlink, commands
from nslabkit.capture.interface import ETHERNET
from nslabkit.capture.packet_socket import keep
from nslabkit.errors import CommandError, InvalidValueError, NotFoundError
from nslabkit.language import translate as _

__all__ = ["Program", "compiled"]

Program: TypeAlias = "tuple[tuple[int, int, int, int], ...]"

_LINK_TYPES = {ETHERNET: "EN10MB"}  # tcpdump's names; the other that we know is RAW


def compiled(
    expression: str | None, *, link_type: int, snaplen: int, path: str | None, link: str
) -> Program:
    """Return the kernel's program for a filter; without a filter, the one that keeps all.

    Parameters
    ----------
    expression : str or None
        The filter, as for tcpdump.
    link_type : int
        What the link's frames begin with.
    snaplen : int
        How many bytes of a frame to keep.
    path : str or None
        The link's namespace.
    link : str
        Its name: where the kernel has taken a VLAN tag out of the frame, ``vlan`` can only be
        compiled for the link itself.

    Raises
    ------
    InvalidValueError
        The expression cannot be understood.
    NotFoundError
        There is no tcpdump.
    """
    if expression is None or not expression.strip():
        return tuple(keep(snaplen))
    if "vlan" in expression.split():
        return _program(expression, ("-i", link), snaplen, path)
    return _program(expression, ("-y", _LINK_TYPES.get(link_type, "RAW")), snaplen, None)


@functools.lru_cache(maxsize=64)
def _program(expression: str, source: tuple[str, str], snaplen: int, path: str | None) -> Program:
    command = ["tcpdump", "-ddd", "-s", str(snaplen), *source, "--", expression]
    tried = f"tcpdump -d {source[0]} {source[1]} {expression!r}"

    def run(_conversation: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            stdin=subprocess.DEVNULL,
            env=commands.environment(),
        )

    try:
        # In the link's namespace where it matters; a child stands where its parent's thread does.
        done = run(None) if path is None else _netlink.inside(path, run)
    except FileNotFoundError:
        raise NotFoundError(
            tried,
            _("A filter is compiled by tcpdump, and this machine has no tcpdump."),
            _("Install it (`make system`, or apt install tcpdump), or record without a filter."),
        ) from None
    if done.returncode != 0:
        raise _refused(expression, tried, done)
    lines = done.stdout.split("\n")
    return tuple(tuple(map(int, line.split())) for line in lines[1 : int(lines[0]) + 1])  # type: ignore[misc]


def _refused(
    expression: str, tried: str, done: subprocess.CompletedProcess[str]
) -> InvalidValueError | CommandError:
    said = done.stderr.strip().removeprefix("tcpdump: ") or str(done.returncode)
    if "syntax error" in said:
        reason = _("{filter} is no sentence of the filter's language.").format(filter=expression)
    elif "unknown host" in said or "unknown network" in said:
        reason = _("A name in the filter is no address that this machine knows.")
    elif "expression rejects all packets" in said:
        reason = _("No frame can ever fit this filter: its conditions contradict each other.")
    else:
        reason = _("tcpdump does not take this filter.")
    return InvalidValueError(
        tried,
        reason,
        _('Write, for example, filter="icmp or arp"; `man pcap-filter` has the language.'),
        said=f"tcpdump: {said}",
    )
