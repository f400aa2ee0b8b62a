"""The tasks of lesson 12: three ports that behave differently, a broken stream, a sign of life."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.faults.fault_stream import stream_fault, stream_mend
from nslabkit.course.own_values import own
from nslabkit.course.tasks import connecting, evidence, published
from nslabkit.course.tasks.task import Task

if TYPE_CHECKING:
    from collections.abc import Container

_NAME, _ADDRESS, _PORT = "server", "10.12.0.2", 8000
_OPEN, _SILENT, _REFUSED = "9001", "9002", "9003"
_SOON, _ASKED = 10.0, 0.5  # seconds: between two questions at most; until one has been asked


def _does(outcome: connecting.Outcome, port: int) -> str:
    """Return what a port does, for the middle of a sentence."""
    text = {
        "open": _("port {port} accepts the connection"),
        "refused": _("port {port} refuses the connection"),
        "silent": _("port {port} keeps silent"),
        "unreachable": _("the host is told that port {port} cannot be reached"),
    }[outcome]
    return text.format(port=port)


def _port(printed: str) -> int:
    """Return which port a learner has where the course prints this one."""
    return int(own("12.1", printed))


def _unready() -> CheckResult | None:
    """Return what is wrong with the two ends of the wire, None if nothing is."""
    if not evidence.exists(_NAME):
        return evidence.no_namespace(_NAME)
    if evidence.has_address(_ADDRESS, None):
        text = _("the host itself has the address {address}: who answers, then?")
        return missing(text.format(address=_ADDRESS))
    if not evidence.has_address(_ADDRESS, _NAME):
        return evidence.no_address(_ADDRESS, _NAME)
    if not evidence.answers(_ADDRESS, None):
        return missing(
            _("the host gets no answer to a ping of {address}.").format(address=_ADDRESS)
        )
    return None


def _judge_ports() -> CheckResult:
    unready = _unready()
    if unready is not None:
        return unready
    asked: dict[str, connecting.Outcome] = {_OPEN: "open", _SILENT: "silent", _REFUSED: "refused"}
    for printed, wanted in asked.items():
        port = _port(printed)
        found = connecting.outcome(_ADDRESS, port)
        if found != wanted:
            text = _("{found}; what is asked for: {wanted}.")
            return missing(text.format(found=_does(found, port), wanted=_does(wanted, port)))
    if not published.listens(_NAME, _port(_REFUSED)):
        text = _("port 9003 refuses because no program in `server` listens there.")
        return missing(own("12.1", text))
    return right(_("one port accepts, one keeps silent, and one refuses in spite of its program."))


def _hints_ports() -> tuple[str, str, str]:
    if _unready() is not None:
        first = evidence.build_again()
    elif connecting.outcome(_ADDRESS, _port(_OPEN)) != "open":
        first = _("Begin with 9001: a program in `{name}` must listen there (`ss -ltn`).")
    elif connecting.outcome(_ADDRESS, _port(_SILENT)) != "silent":
        first = _("Now 9002: whoever is silent has received the SYN, and has dropped it.")
    elif not published.listens(_NAME, _port(_REFUSED)):
        first = _("9003 refuses by itself. But a program is to listen there, and still refuse you.")
    else:
        first = _("A program listens on 9003 of `{name}`. At which address does it listen?")
    return (
        own("12.1", first.format(name=_NAME)),
        _("Compare with section 3: which of its three ports needed a firewall rule?"),
        own(
            "12.1",
            _(
                "`python3 -m http.server 9003 --bind 127.0.0.1` hears only its own namespace, if "
                "its `lo` is up; `reject with tcp reset` is a rule that refuses."
            ),
        ),
    )


def _judge_stream() -> CheckResult:
    unready = _unready()
    if unready is not None:
        return unready
    if stream_fault() is None:
        return missing(_("nothing is broken yet. Type: lab.faults.stream(1)"))
    said = connecting.answer(_ADDRESS, _PORT, b"hi\n")
    if said is None:
        return missing(_("port {port} does not answer in two seconds.").format(port=_PORT))
    if said != b"you said hi\n" or not published.ends_in(
        _NAME, _PORT, address=_ADDRESS, published=_PORT, near=None
    ):
        return missing(_("port {port} answers, but it is another program.").format(port=_PORT))
    return right(_("port {port} answers again.").format(port=_PORT))


def _hints_stream() -> tuple[str, str, str]:
    if _unready() is not None or stream_fault() is None:
        first = _("Build the network again (`lab.catch_up()`), then break it: the cell above.")
    elif connecting.outcome(_ADDRESS, _PORT) == "open":
        first = _("The connection opens. Send a line and record it: is the line acknowledged?")
    else:
        first = _(
            "The connection does not open. Record a try at both ends: which frame is missing?"
        )
    return (
        first,
        _("Compare with the ladder of a good connection: what is sent again, and by which side?"),
        _(
            "`ip netns exec server nft list ruleset` shows what is dropped; in `ps`, the state `T` "
            "is a program that was stopped, and `kill -CONT` lets it go on."
        ),
    )


def _solution_stream() -> str:
    return f"!{stream_mend(1)}"


def _judge_life() -> CheckResult:
    unready = _unready()
    if unready is not None:
        return unready
    found = _asking()
    if isinstance(found, dict):
        # A late timer is short at its end, too, and only the first question may come early.
        time.sleep(max(found.values()) + _ASKED)
        found = _asking(found)
    if isinstance(found, CheckResult):
        return found
    text = _("in {seconds:.1f} s the kernel asks again whether the other end is still there.")
    return right(text.format(seconds=min(found.values())))


def _asking(among: Container[str] | None = None) -> dict[str, float] | CheckResult:
    """Return in how many seconds which connections are asked for a sign of life, if soon.

    `among` are those that count; None: all.
    """
    held = connecting.keepalives(_ADDRESS, _PORT)
    waits = {end: wait for end, wait in held.items() if among is None or end in among}
    if not waits:
        text = _("the host holds no connection to port {port} of {address}.")
        return missing(text.format(port=_PORT, address=_ADDRESS))
    known = {end: wait for end, wait in waits.items() if wait is not None}
    if not known:
        return missing(_("no connection to port {port} has a keepalive timer.").format(port=_PORT))
    soon = {end: wait for end, wait in known.items() if wait <= _SOON}
    if not soon:
        text = _("the kernel asks for a sign of life only after {seconds:,.0f} s.")
        return missing(text.format(seconds=min(known.values())))
    return soon


def _hints_life() -> tuple[str, str, str]:
    waits = {} if _unready() is not None else connecting.keepalives(_ADDRESS, _PORT)
    if not waits:
        first = _("Open a connection to port {port} first, and keep it open.").format(port=_PORT)
    elif all(wait is None for wait in waits.values()):
        first = _("The connection is there: `ss -to` shows no timer. A program must ask for it.")
    else:
        first = _(
            "There is a timer: see `ss -to`. By default the kernel asks after 2 hours, and then "
            "every 75 seconds."
        )
    return (
        first,
        _("Compare `sysctl -ar tcp_keepalive` with what one socket can be told."),
        _(
            "The options of a socket are `SO_KEEPALIVE`, `TCP_KEEPIDLE` and `TCP_KEEPINTVL` "
            "(seconds, `man 7 tcp`); in Python: `talk.setsockopt(…)`."
        ),
    )


TASKS = {
    "12.1": Task(_judge_ports, _hints_ports),
    "12.2": Task(_judge_stream, _hints_stream, _solution_stream),
    "12.3": Task(_judge_life, _hints_life),
}
