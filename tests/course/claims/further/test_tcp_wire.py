"""The claims about TCP, with each of their premises broken."""

from __future__ import annotations

import numpy as np
import pytest
from judged import fails, keeping, says_nothing
from made_by_hand import ONE, into, out, recording, tcp

from nslabkit.course import claims
from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.companions import eventually
from nslabkit.course.claims.further import talking, tcp_ends, tcp_wire
from nslabkit.course.claims.further.segments import port_of
from nslabkit.course.verdict import Outcome
from nslabkit.net import namespaces
from nslabkit.net.lab import Lab
from nslabkit.net.namespaces import HOST
from nslabkit.show.lab_recording import LabRecording

SYN, ACK = 0x02, 0x10
HERE, THERE = ("172.16.0.1", 40000), ("172.16.0.2", 80)
ALL = ["B11", "B12", "B13", "B14", "B15"]


def not_heard(port: str) -> str:
    """Return what lets nft drop the segments that come from or go to a port."""
    return (
        "add table ip unheard; add chain ip unheard c { type filter hook input priority 0; }; "
        f"add rule ip unheard c tcp {port} drop"
    )


@pytest.fixture(scope="module")
def seen() -> dict[str, dict[str, object]]:
    """What each experiment saw; made once, as one of them takes seconds."""
    found = {}
    for name, experiment in (
        ("B11", tcp_wire._hello),
        ("B12", tcp_wire._three_walls),
        ("B13", tcp_wire._deaf_for_a_while),
        ("B15", tcp_ends._power_cut),
    ):
        with Lab():
            found[name] = dict(experiment())
    return found


@pytest.mark.parametrize("name", ALL)
def test_an_empty_recording_shows_nothing(name: str) -> None:
    (claim,) = claims.claims([name])
    assert claim.check(capture=LabRecording()).outcome is Outcome.UNKNOWN


def test_b11_fails_where_the_connection_was_refused(seen: dict[str, dict[str, object]]) -> None:
    fails(claims.B11.check(capture=seen["B12"]["capture"]), "TCP SYN, TCP RST")


def test_b11_fails_without_data(seen: dict[str, dict[str, object]]) -> None:
    without = keeping(seen["B11"]["capture"], lambda packet: packet.kind != "TCP data")
    fails(claims.B11.check(capture=without), "No data")


def test_b11_fails_where_the_first_byte_is_another() -> None:
    later = recording(
        out(0, ONE, tcp(HERE, THERE, (5000, 0), SYN)),
        into(1, ONE, tcp(THERE, HERE, (9000, 5001), SYN | ACK)),
        out(2, ONE, tcp(HERE, THERE, (5001, 9001), ACK)),
        out(3, ONE, tcp(HERE, THERE, (5006, 9001), ACK, b"abc")),
    )
    fails(claims.B11.check(capture=later), "number 6")


def test_b12_fails_where_somebody_listens(seen: dict[str, dict[str, object]]) -> None:
    taken = seen["B12"]["capture"]
    fails(claims.B12.check(capture=taken, closed=8003, rejected=8001), "8003", "unreachable")
    fails(claims.B12.check(capture=taken, dropped=8001, closed=8001), "8001", "RST")
    fails(claims.B12.check(capture=taken, rejected=8001), "8001", "TCP RST")


def test_b12_fails_where_the_dropped_was_sent_once(seen: dict[str, dict[str, object]]) -> None:
    taken = seen["B12"]["capture"]
    assert isinstance(taken, LabRecording)
    early = taken.packets[0].time + 500_000_000
    once = keeping(taken, lambda packet: packet.time < early)
    fails(claims.B12.check(capture=once), "only once")


def test_b12_says_nothing_of_a_port_that_was_not_tried(
    seen: dict[str, dict[str, object]],
) -> None:
    says_nothing(claims.B12.check(capture=seen["B12"]["capture"], closed=9999))


def test_b13_fails_where_nothing_was_lost(seen: dict[str, dict[str, object]]) -> None:
    fails(claims.B13.check(capture=seen["B11"]["capture"]), "Nothing had to be sent again")


def test_b13_fails_after_too_few_sendings(seen: dict[str, dict[str, object]]) -> None:
    taken = seen["B13"]["capture"]
    assert isinstance(taken, LabRecording)
    repeats = [p for p in taken.packets if p.kind == "TCP data" and p.outgoing][2:]
    few = keeping(taken, lambda packet: packet.number < repeats[0].number)
    fails(claims.B13.check(capture=few), "2 times only")


def test_b13_fails_where_the_pauses_do_not_grow(seen: dict[str, dict[str, object]]) -> None:
    taken = seen["B13"]["capture"]
    assert isinstance(taken, LabRecording)
    frames = taken.frames.copy()
    begin = int(frames["time"][0])
    frames["time"] = begin + np.arange(len(frames), dtype=np.uint64) * 1_000_000
    even = LabRecording(taken.interfaces, frames, taken.data)
    fails(claims.B13.check(capture=even), "do not grow")


def test_b13_fails_without_an_acknowledgement(seen: dict[str, dict[str, object]]) -> None:
    taken = seen["B13"]["capture"]
    silent = keeping(taken, lambda packet: packet.source == "10.12.0.1")
    fails(claims.B13.check(capture=silent), "never was acknowledged")


def ended(*, by_the_server: bool, unheard: bool = False) -> LabRecording:
    """Close a connection, the server first or the host, and return what passed.

    With `unheard`, an older connection repeats its FIN meanwhile.
    """
    with talking.recorded() as taken:
        if unheard:
            with talking.connected() as older:
                text = not_heard(f"sport {older.getsockname()[1]}")
                namespaces.namespace(talking.NAME).run(["nft", text], check=True, quiet=True)
        with talking.connected() as talk:
            if by_the_server:
                talk.sendall(b"bye\n")
                talk.recv(100)
        assert talking.gone(None, f"state fin-wait-2 dport = :{talking.PORT}")
        assert talking.gone(talking.NAME, f"state last-ack sport = :{talking.PORT}")
    return taken


@pytest.mark.parametrize("by_the_server", [True, False])
def test_b14_holds_whoever_is_first(*, by_the_server: bool) -> None:
    talking.built()
    with talking.served():
        verdict = claims.B14.check(capture=ended(by_the_server=by_the_server))
    assert verdict.outcome is Outcome.HOLDS, verdict
    first = "10.12.0.2" if by_the_server else "10.12.0.1"
    assert verdict.sentence.startswith(first)


def test_b14_is_not_misled_by_an_older_connection() -> None:
    talking.built()
    with talking.served():
        verdict = claims.B14.check(capture=ended(by_the_server=True, unheard=True))
    assert verdict.outcome is Outcome.HOLDS, verdict


def restarted() -> None:
    """Build the network anew: the kernel in the server has forgotten all."""
    ip("link del wire")
    ip(f"netns del {talking.NAME}")
    talking.built()


def test_b14_fails_where_the_first_forgets() -> None:
    talking.built()
    with talking.served():
        taken = ended(by_the_server=True)
    restarted()
    fails(claims.B14.check(capture=taken), "10.12.0.2 closed first, and now has: -")


def test_b14_fails_where_the_last_word_was_not_heard() -> None:
    talking.built()
    with talking.served(), talking.recorded() as taken:
        with talking.connected() as talk:
            talk.sendall(b"bye\n")
            talk.recv(100)
            talking.stopped_listening()
        there = f"sport = :{talking.PORT} dst 10.12.0.1"
        assert eventually(lambda: talking.sockets(talking.NAME, there) == ["FIN-WAIT-2"])
    fails(claims.B14.check(capture=taken), "10.12.0.2 closed first", "FIN-WAIT-2")


def test_b14_fails_where_both_close_at_once() -> None:
    """Each has sent its FIN before it has received the other's: both keep TIME-WAIT."""
    talking.built()
    with talking.served(), talking.recorded() as taken:
        with talking.connected() as talk:
            port = talk.getsockname()[1]
            HOST.run(["nft", not_heard("sport 8000")], check=True, quiet=True)
            talk.sendall(b"bye\n")
            closing = f"sport = :{talking.PORT} dport = :{port}"
            assert eventually(lambda: talking.sockets(talking.NAME, closing) == ["FIN-WAIT-1"])
        assert eventually(lambda: talking.sockets(talking.NAME, closing) == ["CLOSING"])
        HOST.run(["nft", "delete", "table", "ip", "unheard"], check=True, quiet=True)
        assert eventually(lambda: talking.sockets(talking.NAME, closing) == ["TIME-WAIT"], 60)
        here = f"sport = :{port} dport = :{talking.PORT}"
        assert eventually(lambda: talking.sockets(None, here) == ["TIME-WAIT"], 60)
    fails(claims.B14.check(capture=taken), "10.12.0.1 closed last, and still has: TIME-WAIT")


def test_b14_says_nothing_after_a_minute() -> None:
    talking.built()
    with talking.served():
        taken = ended(by_the_server=True)
    frames = taken.frames.copy()
    frames["time"] -= np.uint64(70 * 10**9)
    restarted()
    old = LabRecording(taken.interfaces, frames, taken.data)
    says_nothing(claims.B14.check(capture=old), "minute")


def test_b15_fails_where_nobody_believed(seen: dict[str, dict[str, object]]) -> None:
    believed = str(seen["B15"]["believed"]).replace("ESTAB", "CLOSE-WAIT")
    fails(claims.B15.check(believed=believed, capture=seen["B15"]["capture"]), "CLOSE-WAIT")


def test_b15_fails_where_another_connection_was_believed_in(
    seen: dict[str, dict[str, object]],
) -> None:
    believed = "ESTAB 0 0 10.12.0.1:1 10.12.0.2:8000"
    fails(claims.B15.check(believed=believed, capture=seen["B15"]["capture"]), "did not believe")


def test_b15_fails_where_the_other_end_lives(seen: dict[str, dict[str, object]]) -> None:
    alive = seen["B11"]["capture"]
    assert isinstance(alive, LabRecording)
    port = port_of(alive.packets[0], "source")
    believed = f"ESTAB 0 0 10.12.0.1:{port} 10.12.0.2:8000"
    fails(claims.B15.check(believed=believed, capture=alive), "SYN-ACK")


def test_b15_says_nothing_without_what_was_believed(seen: dict[str, dict[str, object]]) -> None:
    says_nothing(claims.B15.check(capture=seen["B15"]["capture"]))
