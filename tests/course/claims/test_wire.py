"""The claims of the first lesson: each where it holds, and with its premise broken."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nslabkit.course import claims
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.companions import eventually
from nslabkit.course.verdict import Outcome
from nslabkit.net.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def clean_machine() -> Iterator[None]:
    with Lab():
        yield


@pytest.mark.parametrize("name", ["C16", "C17", "C18", "C19", "C20", "C21", "C22", "C31", "C32"])
def test_turns_out_as_the_lessons_say(name: str) -> None:
    (claim,) = claims.claims([name])
    verdict = claim.run()
    assert verdict, verdict
    assert verdict.outcome is claim.expected
    assert verdict.evidence


@pytest.mark.parametrize("name", ["C16", "C17", "C18", "C19", "C20", "C21", "C22", "C32"])
def test_an_untouched_machine_shows_nothing(name: str) -> None:
    (claim,) = claims.claims([name])
    verdict = claim.check()
    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.sentence


def test_c16_fails_where_a_wire_joins_them() -> None:
    chapter.addressed()
    assert claims.C16.check().outcome is Outcome.FAILS


def test_c16_proves_nothing_without_a_carrier() -> None:
    chapter.addressed()
    ip("-n netns2 link set veth1-peer down")
    verdict = claims.C16.check()
    assert verdict.outcome is Outcome.FAILS
    assert "carrier" in verdict.sentence


def test_c16_proves_nothing_about_an_address_that_nobody_has() -> None:
    chapter.addressed()
    ip("-n netns2 addr flush dev veth1-peer")
    verdict = claims.C16.check()
    assert verdict.outcome is Outcome.FAILS
    assert "does not exist" in verdict.sentence


def test_c17_says_nothing_about_a_pair_that_joins_nothing() -> None:
    chapter.wired()
    assert claims.C17.check().outcome is Outcome.UNKNOWN


def test_c18_would_hold_if_the_command_were_accepted() -> None:
    chapter.namespaces_made()
    accepted = chapter.HOST.run("ip netns add another", quiet=True)
    assert claims.C18.check(second=accepted).outcome is Outcome.HOLDS
    assert not claims.C18.check(second=accepted)


def test_c19_fails_once_an_end_is_up() -> None:
    chapter.wired()
    ip("-n netns1 link set veth1 up")
    assert claims.C19.check().outcome is Outcome.FAILS


@pytest.mark.parametrize(
    "breaking",
    [
        "-n netns1 addr del 172.16.0.1/24 dev veth1",
        "-n netns2 link set veth1-peer down",
        "-n netns1 route del 172.16.0.0/24",
    ],
)
def test_c20_fails_when_a_piece_is_missing(breaking: str) -> None:
    chapter.addressed()
    assert claims.C20.check()
    ip(breaking)
    assert claims.C20.check().outcome is Outcome.FAILS


def test_c20_fails_if_the_route_had_been_there_before() -> None:
    chapter.addressed()
    assert claims.C20.check(before_up=["172.16.0.0/24"]).outcome is Outcome.FAILS


def test_c21_fails_for_a_pair_in_one_namespace() -> None:
    ip("netns add netns1")
    ip("-n netns1 link add veth1 type veth peer name veth1-peer")
    assert claims.C21.check().outcome is Outcome.FAILS


@pytest.mark.parametrize(
    "breaking",
    [
        "ip -n netns2 link set veth1-peer down",
        "ip netns exec netns2 sysctl -w net.ipv4.ip_default_ttl=42",
    ],
)
def test_c22_fails_without_an_answer_or_with_another_ttl(breaking: str) -> None:
    chapter.addressed()
    chapter.HOST.run(breaking, quiet=True, check=True)
    assert claims.C22.check().outcome is Outcome.FAILS


def test_c31_fails_while_something_keeps_the_namespace_alive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def impatiently(condition: Callable[[], bool]) -> bool:
        return eventually(condition, 0.3)

    monkeypatch.setattr("nslabkit.course.claims.wire.eventually", impatiently)
    chapter.wired()
    with Path("/run/netns/netns1").open():
        ip("netns delete netns1")
        assert claims.C31.check().outcome is Outcome.FAILS


def test_c31_says_nothing_before_the_deletion() -> None:
    chapter.wired()
    assert claims.C31.check().outcome is Outcome.UNKNOWN


def test_c32_fails_once_lo_is_up() -> None:
    chapter.addressed()
    ip("-n netns1 link set lo up")
    assert claims.C32.check().outcome is Outcome.FAILS
