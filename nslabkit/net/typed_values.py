"""Addresses, networks and numbers as typed by the learner, checked, with a hint for a fault."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, TypeAlias

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.net.namespace import ip_command

if TYPE_CHECKING:
    from nslabkit.net.namespace import Namespace

Interface: TypeAlias = ipaddress.IPv4Interface | ipaddress.IPv6Interface
Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def interface_address(text: str, where: Namespace, link: str, verb: str) -> Interface:
    """Return the address with its prefix length that `text` stands for."""
    if isinstance(text, str) and "/" in text:
        try:
            return ipaddress.ip_interface(text)
        except ValueError:
            pass
    tried = ip_command(where, f"addr {verb} {text} dev {link}")
    host, slash, _prefix = str(text).partition("/")
    alone = is_address(host)
    if alone and not slash:
        raise InvalidValueError(
            tried,
            _("The prefix length is missing: which part of {address} names the network?").format(
                address=host
            ),
            _("Write it after a slash: {example}.").format(
                example=f"{host}/{64 if ':' in host else 24}"
            ),
        )
    if alone:
        raise InvalidValueError(
            tried,
            _("The prefix length must be from 0 to {most}.").format(
                most=128 if ":" in host else 32
            ),
            _("Write, for example, {example}.").format(
                example=f"{host}/{64 if ':' in host else 24}"
            ),
        )
    raise InvalidValueError(tried, _malformed(text), _example())


def address(text: str, tried: str) -> Address:
    """Return the address, without prefix length, that `text` stands for."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise InvalidValueError(tried, _malformed(text), _example()) from None


def network(text: str, tried: str) -> Network | None:
    """Return the network of a route's destination; None for ``default``."""
    if text == "default":
        return None
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        pass
    try:
        meant = ipaddress.ip_interface(text).network
    except ValueError:
        raise InvalidValueError(
            tried,
            _("{text} is not a network.").format(text=text),
            _("Write it as 172.16.0.0/24, fd00::/64 or default."),
        ) from None
    raise InvalidValueError(
        tried,
        _("{text} names a host inside a network: bits are set after the prefix.").format(text=text),
        _("The network is {network}.").format(network=meant),
    )


def in_range(value: int, limits: tuple[int, int], what: str, tried: str, hint: str) -> None:
    """Refuse what is no whole number from the first to the second of `limits`; `what` names it."""
    least, most = limits
    if isinstance(value, int) and least <= value <= most:
        return
    text = _("{what} must be a whole number from {least} to {most}.")
    raise InvalidValueError(tried, text.format(what=what, least=least, most=most), hint)


def is_address(text: str) -> bool:
    """Return whether this is an IPv4 or IPv6 address, without a prefix length."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _malformed(text: str) -> str:
    return _("{text} is not an IPv4 or IPv6 address.").format(text=text)


def _example() -> str:
    return _("Four numbers from 0 to 255, as in 172.16.0.1/24; for IPv6 as in fd00::1/64.")
