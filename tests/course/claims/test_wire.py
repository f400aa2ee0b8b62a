"""The claims of the first lesson: each where it holds, and with its premise broken."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from judged import fails, says_nothing

from nslabkit.course import claims
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.companions import eventually
from nslabkit.course.verdict import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable


def test_c18_would_hold_if_the_command_were_accepted() -> None:
    chapter.namespaces_made()
    accepted = chapter.HOST.run("ip netns add another", quiet=True)
    assert claims.C18.check(second=accepted).outcome is Outcome.HOLDS
    assert not claims.C18.check(second=accepted)


def test_c18_is_not_shown_by_a_refusal_of_another_kind() -> None:
    chapter.namespaces_made()
    says_nothing(claims.C18.check(second=chapter.HOST.run("ip netns add a/b", quiet=True)))


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
    fails(claims.C20.check())


def test_c20_fails_if_the_route_had_been_there_before() -> None:
    chapter.addressed()
    fails(claims.C20.check(before_up=["172.16.0.0/24"]))


def test_c31_fails_while_something_keeps_the_namespace_alive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def impatiently(condition: Callable[[], bool]) -> bool:
        return eventually(condition, 0.3)

    monkeypatch.setattr("nslabkit.course.claims.wire.eventually", impatiently)
    chapter.wired()
    with Path("/run/netns/netns1").open():
        ip("netns delete netns1")
        fails(claims.C31.check())
