"""Offloads: work on frames that the kernel leaves to a link's driver, as ``ethtool -k`` lists it.

A network card can add up checksums and cut long segments by itself.  Where a driver says that it
does, the kernel hands over unfinished frames.  iproute2 neither shows nor changes this; the
program ``ethtool`` does, by the system call that is used here (``SIOCETHTOOL``, linux/ethtool.h).
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError, NotSupportedError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.base.table import Table
from nslabkit.net.link_names import link_name, missing_link
from nslabkit.net.namespace import HOST, Namespace, NamespaceLike, resolve
from nslabkit.netlink.refusals import Meaning, refusal

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Offload", "offloads", "switch"]

_SIOCETHTOOL = 0x8946
# Name as ``ethtool -K`` takes it -> the number that reads it; the next number sets it.
_READING = {"rx": 0x14, "tx": 0x16, "sg": 0x18, "tso": 0x1E, "gso": 0x23, "gro": 0x2B}


@dataclass(frozen=True)
class Offload:
    """One kind of work, and whether the link's driver says that it does it.

    Attributes
    ----------
    name : str
        As ``ethtool -K`` calls it: ``rx`` and ``tx`` (checksums), ``sg`` (frames in pieces),
        ``tso`` (cutting TCP segments), ``gso`` (the same, as late as can be, by the kernel),
        ``gro`` (joining what arrives).
    on : bool
        Whether it is switched on.
    """

    name: str
    on: bool


class _Value(ctypes.Structure):
    """``struct ethtool_value``: what to do, and with which value."""

    _fields_ = (("command", ctypes.c_uint32), ("data", ctypes.c_uint32))


class _Request(ctypes.Structure):
    """``struct ifreq`` as far as it is used: a link's name, and where the value is."""

    _fields_ = (("name", ctypes.c_char * 16), ("value", ctypes.POINTER(_Value)))


def offloads(link: str, namespace: NamespaceLike = None) -> Table[Offload]:
    """Return what a link's driver takes off the kernel's hands: ``ethtool -k LINK``.

    Raises
    ------
    NotFoundError
        There is no such link, or no such namespace.
    NotSupportedError
        The link's driver does not say.
    """
    where = resolve(namespace)
    tried = _command(where, f"ethtool -k {link}")

    def read(number: int) -> bool:
        return bool(_ask(where, link, tried, number))

    rows = [Offload(name, read(number)) for name, number in _READING.items()]
    columns: dict[str, Callable[[Offload], str]] = {
        _("offload"): lambda row: row.name,
        _("state"): lambda row: "on" if row.on else "off",
    }
    json = [{"name": row.name, "on": row.on} for row in rows]
    return Table(_("Offloads of {link}").format(link=link), rows, columns, json)


def switch(offload: str, link: str, *, on: bool, namespace: NamespaceLike = None) -> None:
    """Switch an offload of a link on or off: ``ethtool -K LINK OFFLOAD on``.

    Parameters
    ----------
    offload : str
        ``rx``, ``tx``, ``sg``, ``tso``, ``gso`` or ``gro``; see `Offload`.
    link : str
        The link.
    on : bool
        The new state.
    namespace : NamespaceLike
        Where the link is.

    Raises
    ------
    InvalidValueError
        There is no such offload.
    NotFoundError
        There is no such link, or no such namespace.
    NotSupportedError
        The link's driver cannot change it.
    """
    where = resolve(namespace)
    tried = _command(where, f"ethtool -K {link} {offload} {'on' if on else 'off'}")
    if offload not in _READING:
        raise InvalidValueError(
            tried,
            _("There is no offload called {name}.").format(name=offload),
            _("There are: {names}.").format(names=enumeration(_READING)),
        )
    _ask(where, link, tried, _READING[offload] + 1, int(on))


def _ask(where: Namespace, link: str, tried: str, number: int, value: int = 0) -> int:
    """Ask a link's driver in the manner of ethtool, and return the value that it leaves."""
    asked = _Value(number, value)
    request = _Request(link_name(link, tried), ctypes.pointer(asked))
    with where.socket() as any_socket:
        try:
            fcntl.ioctl(any_socket, _SIOCETHTOOL, request)
        except OSError as error:
            meanings = {errno.ENODEV: missing_link(link, where), errno.EOPNOTSUPP: _fixed(link)}
            raise refusal(error, tried, meanings) from None
    return int(asked.data)


def _fixed(link: str) -> Meaning:
    return Meaning(
        NotSupportedError,
        _("The driver of {link} does not let this be read or changed.").format(link=link),
        _("`ip -d link show {link}` says what kind of link it is.").format(link=link),
    )


def _command(where: Namespace, words: str) -> str:
    return words if where == HOST else f"ip netns exec {where.name or where.path} {words}"
