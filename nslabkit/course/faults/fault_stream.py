"""A TCP stream with one fault: ``server`` is reached, and yet no answer comes.

For the end of the lesson about TCP; a task judges the repair (`nslabkit.course.tasks.tcp_tasks`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nslabkit.base.errors import NslabError
from nslabkit.course.faults.fault_numbers import place_of
from nslabkit.net import links, namespaces
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from nslabkit.net.namespace import Namespace

_NAME = "server"
_CALL = "lab.faults.stream"
_TABLE = "riddle"
_CHAIN = "add table ip {table}; add chain ip {table} c {{ type filter hook {hook} priority 0; }}; "
_RULE = "add rule ip {table} c {rule}"
# Name of a fault -> the hook and the rule of the firewall; None: the program is stopped.
FAULTS: dict[str, tuple[str, str] | None] = {
    "asleep": None,
    "deaf": ("input", "tcp dport 8000 tcp flags & (syn | ack) == ack drop"),
    "mute": ("output", "tcp sport 8000 tcp flags & (syn | ack) == (syn | ack) drop"),
}
_SAYS = re.compile(r"stream (\d+)")


def stream(number: int) -> None:
    """Break what leads to a program in ``server``: port 8000 no longer answers.

    The network and the program stay; a fault of before is undone first.

    Parameters
    ----------
    number : int
        Any number from 1 on; the same number is the same fault for everybody, unless the class
        gives each learner a variant.

    Raises
    ------
    InvalidValueError
        It is not such a number.
    NotFoundError
        There is no namespace ``server``.
    """
    place = _place(number)
    where = namespaces.namespace(_NAME)
    _mend(where)
    fault = list(FAULTS.values())[place]
    if fault is None:
        _signal("STOP")
    else:
        hook, rule = fault
        text = _CHAIN.format(table=_TABLE, hook=hook) + _RULE.format(table=_TABLE, rule=rule)
        where.run(["nft", text], check=True, quiet=True)
    alias = ["ip", "link", "set", "lo", "alias", f"stream {number}"]
    where.run(alias, check=True, quiet=True)


def stream_mend(number: int) -> str:
    """Return the command that mends the fault of this number."""
    if list(FAULTS.values())[_place(number)] is None:
        return f"kill -CONT $(ip netns pids {_NAME})"
    return f"ip netns exec {_NAME} nft delete table ip {_TABLE}"


def _place(number: int) -> int:
    return place_of(number, len(FAULTS), _CALL, range(len(FAULTS)))


def stream_fault() -> int | None:
    """Return the number of the fault that was built last into ``server``, None if there is none."""
    try:
        says = _SAYS.fullmatch(links.link("lo", _NAME).json.get("ifalias", ""))
    except NslabError:  # no such namespace
        return None
    return int(says[1]) if says else None


def _mend(where: Namespace) -> None:
    where.run(["nft", "delete", "table", "ip", _TABLE], quiet=True)  # there may be none
    _signal("CONT")


def _signal(name: str) -> None:
    for pid in namespaces.pids(_NAME):
        HOST.run(["kill", f"-{name}", str(pid)], quiet=True)
