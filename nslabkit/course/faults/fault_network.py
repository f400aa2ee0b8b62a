"""A network of ``lab.faults``: client, router, server, and one fault chosen by number.

Three namespaces in a row: ``client`` 10.1.0.2, ``router`` 10.1.0.1 and 10.2.0.1, ``server``
10.2.0.2, which answers on TCP port 8080.  Two learners who share a number have the same fault; the
number itself does not tell which.
"""

from __future__ import annotations

import re

from nslabkit.base.errors import NotSupportedError, NslabError
from nslabkit.base.language import translate as _
from nslabkit.course.faults.fault_catalogue import LEVELS, PUBLISHED, WHOLE, Fault, numbered
from nslabkit.course.faults.fault_service import start_service
from nslabkit.net import links, namespaces
from nslabkit.net.namespaces import HOST

NAMES = ("client", "router", "server")
_PUBLISHING = 2  # the level, counted from 0, from which on the router publishes the page

# The network says its own number, and whether its layer has been named: so every program that looks
# at it knows, and it goes when the network goes.  ``ip link`` shows it as the alias of this link.
_TOLD_BY = ("lo", "router")
_NUMBER = re.compile(r"network (\d+)(, layer named)?")


def build(number: int) -> None:
    """Build the network with the fault of this number; it replaces the previous one.

    The numbers 1 to 7 are the first level, 8 to 14 the second, 15 to 23 the third; then it begins
    again in another order.

    Parameters
    ----------
    number : int
        Any whole number from 1 up.

    Raises
    ------
    InvalidValueError
        It is not such a number.
    NotSupportedError
        This machine lacks a program or a part of the kernel that this network needs.
    """
    level, place = numbered(number)
    clear()
    try:
        build_with(LEVELS[level][place], published=level >= _PUBLISHING)
    except NslabError as error:
        clear()
        raise NotSupportedError(
            f"lab.faults.build({number})",
            _("This machine lacks a program or a part of the kernel that this network needs."),
            _("Take the next number; `nslabkit doctor` shows what this machine can do."),
            errno=error.errno,
        ) from None  # the command that failed would name the fault
    _run(f"ip -n router link set lo alias 'network {number}'")


def build_with(fault: Fault | None, *, published: bool) -> None:
    """Build the network with a fault, or whole; the names must be free."""
    fault = fault or Fault("")
    for name in NAMES:
        _run(f"ip netns add {name}")
        _run(f"ip -n {name} link set lo up")
    for line, whole in WHOLE.items():
        command = fault.changes.get(line, whole)
        if command is not None:
            _run(command)
    if published and fault.published:
        _run(PUBLISHED)
    start_service(fault.service)
    if fault.after is not None:
        _run(fault.after)


def clear() -> None:
    """Remove the network and end its service; does nothing if there is none."""
    for name in NAMES:
        if name not in namespaces.names():
            continue
        for pid in namespaces.pids(name):
            HOST.run(["kill", "-9", str(pid)], quiet=True)
        namespaces.remove(name)


def standing() -> int | None:
    """Return the number of the network that stands, None if there is none."""
    says = _says()
    return int(says[1]) if says else None


def name_layer(number: int) -> None:
    """Note that the layer of this network's fault has been named; building it anew forgets that."""
    if standing() == number:
        _run(f"ip -n router link set lo alias 'network {number}, layer named'")


def layer_is_named() -> bool:
    """Return whether the layer of the fault of the network that stands has been named."""
    says = _says()
    return bool(says and says[2])


def _says() -> re.Match[str] | None:
    try:
        alias = links.link(*_TOLD_BY).json.get("ifalias", "")
    except NslabError:  # no network, or a wreck of one
        return None
    return _NUMBER.fullmatch(alias)


def _run(command: str) -> None:
    HOST.run(command, check=True, quiet=True)
