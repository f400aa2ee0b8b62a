"""The tasks of “Inside ping”: the ttl at the start, a stack that keeps quiet, a modest socket."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence
from nslabkit.course.tasks.task import Task
from nslabkit.net import namespaces, neighbours
from nslabkit.show.lab_recording import capture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.capture import Packet

_NEAR, _FAR, _THERE = "netns1", "netns2", "172.16.0.2"
_TTL = "7"
# Exit status 0: connected; 3: refused; 4: no answer.
_CONNECT = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], 9), 1).close()
except ConnectionRefusedError:
    sys.exit(3)
except OSError:
    sys.exit(4)
"""
_REFUSED = 3
_MODEST = """
import socket
socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_ICMP).close()
"""


def _absent() -> CheckResult | None:
    name = evidence.first_missing(_NEAR, _FAR)
    return evidence.no_namespace(name) if name else None


def _none_arrives() -> CheckResult:
    text = _("no ping of `{near}` arrives in `{far}`.")
    return missing(text.format(near=_NEAR, far=_FAR))


def _judge_ttl() -> CheckResult:
    wanted = int(own("ping.1", _TTL))
    absent = _absent()
    if absent is not None:
        return absent
    ttl = _arriving_ttl()
    if ttl is None:
        return _none_arrives()
    if ttl != wanted:
        text = _("the ping arrives in `{far}` with ttl {ttl}, not {wanted}.")
        return missing(text.format(far=_FAR, ttl=ttl, wanted=wanted))
    return right(_("the ping arrives with ttl {ttl}.").format(ttl=ttl))


def _arriving_ttl() -> int | None:
    """Return the ttl with which an echo request arrives, None if none does."""
    with capture(_FAR, events=False, progress=False) as heard:
        evidence.answers(_THERE, _NEAR, 2)
    asked = [packet.dissection.header("IPv4") for packet in heard.packets if _comes(packet)]
    return next((header["ttl"] for header in asked if header is not None), None)


def _comes(packet: Packet) -> bool:
    """Return whether this is an echo request that the far side gets from somebody else."""
    asks = packet.kind == "ICMP echo request" and packet.destination == _THERE
    return asks and not packet.outgoing and packet.source != _THERE


def _hints_ttl() -> tuple[str, str, str]:
    if evidence.first_missing(_NEAR, _FAR):
        first = evidence.which_is_missing()
    elif _arriving_ttl() is None:
        first = _("First a ping must arrive. Look at both ends of the wire: `ip -n {far} link`.")
        first = first.format(far=_FAR)
    else:
        first = _("Who writes the ttl into the request? Look at `{near}`, not at `{far}`.")
        first = first.format(near=_NEAR, far=_FAR)
    return (
        first,
        _("Compare with “The answer” in the lesson before: which setting changed its ttl?"),
        _("`ip netns exec NAMESPACE sysctl -w net.ipv4.ip_default_ttl=NUMBER`."),
    )


def _judge_quiet() -> CheckResult:
    absent = _absent()
    if absent is not None:
        return absent
    with capture(_FAR, events=False, progress=False) as heard:
        answered = evidence.answers(_THERE, _NEAR, 1, "-c 3 -i 0.2")
    if answered:
        return missing(_("`{name}` still answers pings.").format(name=_FAR))
    namespaces.namespace(_NEAR).run(["ip", "neigh", "flush", "all"], quiet=True)
    status = namespaces.namespace(_NEAR).run([sys.executable, "-c", _CONNECT, _THERE], quiet=True)
    table = neighbours.neighbours(_NEAR)
    if not any(entry.address == _THERE and entry.mac for entry in table):
        text = _("`{name}` does not answer ARP requests for {address} any more either.")
        return missing(text.format(name=_FAR, address=_THERE))
    if status.returncode != _REFUSED:
        text = _("`{name}` answers ARP, but does not refuse a TCP connection at once.")
        return missing(text.format(name=_FAR))
    return _judge_silence(heard.packets)


def _judge_silence(heard: Sequence[Packet]) -> CheckResult:
    """Judge whose silence it is, by what the far side's links have heard of the pings."""
    if any(packet.kind == "ICMP echo reply" and packet.outgoing for packet in heard):
        text = _("`{far}` still answers pings; it is `{near}` that does not take the answers in.")
        return missing(text.format(near=_NEAR, far=_FAR))
    if not any(map(_comes, heard)):
        return _none_arrives()
    return right(_("`{name}` answers no ping, but ARP, and refuses TCP.").format(name=_FAR))


def _hints_quiet() -> tuple[str, str, str]:
    if evidence.first_missing(_NEAR, _FAR):
        first = evidence.which_is_missing()
    elif evidence.answers(_THERE, _NEAR, 1):
        first = _("It still answers. What distinguishes a ping from all else that it gets?")
    else:
        first = _(
            "No answer comes. Is it `netns2` that is quiet, and about nothing but pings? "
            "Look at `ip -n netns1 neigh`, try TCP."
        )
    return (
        first,
        _("Compare: a link that is down hears nothing; a filter or a setting can be choosy."),
        _("`sysctl net.ipv4 | grep echo` in `netns2`, or `nft … icmp type echo-request drop`."),
    )


def _judge_modest() -> CheckResult:
    absent = _absent()
    if absent is not None:
        return absent
    if not _may_have_modest_socket(_NEAR):
        text = _("in `{name}`, the socket `SOCK_DGRAM` for ICMP is still refused.")
        return missing(text.format(name=_NEAR))
    if _may_have_modest_socket(_FAR):
        text = _("it is allowed in `{name}`, too; there it was to be refused as ever.")
        return missing(text.format(name=_FAR))
    return right(_("`ping` gets the modest socket in `netns1`, and only there."))


def _may_have_modest_socket(name: str) -> bool:
    done = namespaces.namespace(name).run([sys.executable, "-c", _MODEST], quiet=True)
    return done.returncode == 0


def _hints_modest() -> tuple[str, str, str]:
    if evidence.first_missing(_NEAR, _FAR):
        first = evidence.which_is_missing()
    else:
        first = _("Look at `ip netns exec netns1 sysctl net.ipv4.ping_group_range`: two numbers.")
    return (
        first,
        _("Compare with `id -g`: does this group lie between the first number and the second?"),
        _('`ip netns exec NAMESPACE sysctl -w net.ipv4.ping_group_range="FIRST LAST"`.'),
    )


TASKS = {
    "ping.1": Task(_judge_ttl, _hints_ttl),
    "ping.2": Task(_judge_quiet, _hints_quiet),
    "ping.3": Task(_judge_modest, _hints_modest),
}
