"""Settings of a network namespace that change where packets go: ``sysctl net.ipv4…``."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit import netlink
from nslabkit.net.namespace import place, resolve

if TYPE_CHECKING:
    from nslabkit.net.namespace import NamespaceLike

TOLD = (
    "net.ipv4.ip_forward",
    "net.ipv4.ip_default_ttl",
    "net.ipv4.icmp_echo_ignore_all",
    "net.ipv4.ping_group_range",
    "net.ipv4.conf.all.proxy_arp",
    "net.ipv4.conf.all.rp_filter",
)
"""The settings that the lessons and their tasks change."""


def settings(namespace: NamespaceLike = None) -> dict[str, str]:
    """Return the settings of a namespace: ``sysctl NAME`` for each of `TOLD`.

    Parameters
    ----------
    namespace : str, int, Namespace or None
        Which one; None is the host.

    Returns
    -------
    dict of str to str
        Those that this kernel has.

    Raises
    ------
    EnterError
        The namespace is not there.
    """

    def visit(_talk: netlink.Conversation) -> dict[str, str]:
        found = {}
        for name in TOLD:
            with contextlib.suppress(OSError):
                # What /proc/sys/net shows belongs to the namespace of the thread that opens it.
                text = Path("/proc/sys", *name.split(".")).read_text(encoding="ascii")
                found[name] = " ".join(text.split())
        return found

    return netlink.inside(place(resolve(namespace)), visit)
