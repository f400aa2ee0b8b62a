"""The chapter's wire with one fault: ``netns1`` 172.16.0.1 and ``netns2`` 172.16.0.2, one broken.

For the end of the first lessons; a task judges the repair (`nslabkit.course.tasks.wire_fault`).
"""

from __future__ import annotations

import re

from nslabkit.base.errors import NslabError
from nslabkit.course.faults.fault_numbers import place_of
from nslabkit.net import links, namespaces
from nslabkit.net.namespaces import HOST

_NEAR, _FAR = "netns1", "netns2"
_CALL = "lab.faults.wire"
_ENDS = ("veth1", "veth1-peer")

_WHOLE = (
    "link set veth1-peer netns netns2",
    "-n netns1 addr add 172.16.0.1/24 dev veth1",
    "-n netns2 addr add 172.16.0.2/24 dev veth1-peer",
    "-n netns1 link set veth1 up",
    "-n netns2 link set veth1-peer up",
)
# Each has another line in place of one above, or leaves it out.
_FAULTS: tuple[dict[int, str | None], ...] = (
    {3: None},
    {4: None},
    {1: "-n netns1 addr add 172.16.0.1/32 dev veth1"},
    {2: "-n netns1 addr add 172.16.0.2/24 dev veth1"},
    {2: "-n netns2 addr add 172.16.1.2/24 dev veth1-peer"},
    {0: None, 2: None, 4: None},  # the end stayed on the host, so the lines on it came to nothing
)
# What mends each, …
_ADDRESS_AGAIN = "ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer"
_MENDS = (
    ("ip -n netns1 link set veth1 up",),
    ("ip -n netns2 link set veth1-peer up",),
    ("ip -n netns1 addr add 172.16.0.1/24 dev veth1",),
    ("ip -n netns1 addr del 172.16.0.2/24 dev veth1", _ADDRESS_AGAIN),
    (_ADDRESS_AGAIN,),
    (
        "ip link set veth1-peer netns netns2",
        _ADDRESS_AGAIN,
        "ip -n netns2 link set veth1-peer up",
    ),
)
# … and its layer, as `nslabkit.course.faults.fault_layers` names it.
_LAYERS = ("wire", "wire", "route", "route", "route", "wire")
# Those that leave the ping without an answer.  Where a lesson says that it is answered, it is the
# same fault for everybody.
_SILENT = (0, 1, 2, 4, 5)
# The wire says its own number, and whether its layer has been named, as the alias of this link.
_TOLD_BY = ("lo", _NEAR)
_SAYS = re.compile(r"wire (\d+)(, layer named)?")


def wire(number: int) -> None:
    """Build the chapter's two namespaces and their wire with the fault of this number.

    What the names ``netns1`` and ``netns2`` had before is replaced.

    Parameters
    ----------
    number : int
        Any number from 1 on; the same number is the same fault for everybody, unless the class
        gives each learner a variant.

    Raises
    ------
    InvalidValueError
        It is not such a number.
    """
    changes = _FAULTS[_place(number)]
    clear_wire()
    for name in (_NEAR, _FAR):
        _ip(f"netns add {name}")
        _ip(f"-n {name} link set lo up")
    _ip("link add veth1 netns netns1 type veth peer name veth1-peer")
    for place, line in enumerate(_WHOLE):
        command = changes.get(place, line)
        if command is not None:
            _ip(command)
    _tell(f"wire {number}")


def layer_of(number: int) -> str:
    """Return the layer of the fault of this number."""
    return _LAYERS[_place(number)]


def mend_of(number: int) -> tuple[str, ...]:
    """Return the commands that mend the fault of this number."""
    return _MENDS[_place(number)]


def _place(number: int) -> int:
    return place_of(number, len(_FAULTS), _CALL, _SILENT)


def standing_wire() -> int | None:
    """Return the number of the wire that stands, None if there is none."""
    says = _says()
    return int(says[1]) if says else None


def name_wire_layer(number: int) -> None:
    """Note that the layer of this wire's fault has been named; building it anew forgets that."""
    if standing_wire() == number:
        _tell(f"wire {number}, layer named")


def wire_layer_is_named() -> bool:
    """Return whether the layer of the fault of the wire that stands has been named."""
    says = _says()
    return bool(says and says[2])


def _says() -> re.Match[str] | None:
    try:
        alias = links.link(*_TOLD_BY).json.get("ifalias", "")
    except NslabError:  # no wire, or a wreck of one
        return None
    return _SAYS.fullmatch(alias)


def _tell(text: str) -> None:
    command = ["ip", "-n", _NEAR, "link", "set", "lo", "alias", text]
    HOST.run(command, check=True, quiet=True)


def clear_wire() -> None:
    """Remove the two namespaces, what runs in them, and their wire; without them do nothing."""
    for name in (_NEAR, _FAR):
        if name in namespaces.names():
            for pid in namespaces.pids(name):
                HOST.run(["kill", "-9", str(pid)], quiet=True)
            namespaces.remove(name)
    for end in _ENDS:  # it may have been left on the host
        HOST.run(["ip", "link", "del", end], quiet=True)


def _ip(command: str) -> None:
    HOST.run(["ip", *command.split()], check=True, quiet=True)
