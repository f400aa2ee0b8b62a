"""Does each check agree where the step is done, and say what is missing where it is not?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from kernel_shell import sh

import nslabkit as lab
from nslabkit.course import checks
from nslabkit.course.verdict import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

check = lab.check

CHAPTER = """
ip netns add netns1; ip netns add netns2
ip link add veth1 type veth peer name veth1-peer
ip link set veth1 netns netns1; ip link set veth1-peer netns netns2
ip -n netns1 addr add 172.16.0.1/24 dev veth1; ip -n netns1 link set veth1 up
ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer; ip -n netns2 link set veth1-peer up
"""

# what is built before, what breaks it, the check, and a piece of the sentence then
CASES = {
    "namespace_exists": (
        CHAPTER,
        "ip netns del netns1",
        lambda: check.namespace_exists("netns1"),
        "Type: !ip netns add netns1",
    ),
    "namespace_exists, mount gone": (
        CHAPTER,
        "umount /run/netns/netns1",
        lambda: check.namespace_exists("netns1"),
        "no network namespace is mounted on it",
    ),
    "name_mounted": (
        CHAPTER,
        "umount /run/netns/netns1",
        lambda: check.name_mounted("netns1"),
        "Type: !ip netns add netns1",
    ),
    "only_lo": (
        # Some kernels put it there themselves.
        "ip netns add netns1; ip -n netns1 link add sit0 type bridge",
        "ip -n netns1 link add br0 type bridge",
        lambda: check.only_lo("netns1"),
        "br0",
    ),
    "only_lo, lo up": (
        "ip netns add netns1",
        "ip -n netns1 link set lo up",
        lambda: check.only_lo("netns1"),
        "ip link set lo down",
    ),
    "wire, still in the host": (
        CHAPTER,
        "ip -n netns1 link set veth1 netns 1",
        lambda: check.wire("veth1", "netns1", "veth1-peer", "netns2"),
        "Type: !ip link set veth1 netns netns1",
    ),
    "wire, wrong side": (
        CHAPTER,
        "ip -n netns1 link set veth1 netns netns2",
        lambda: check.wire("veth1", "netns1", "veth1-peer", "netns2"),
        "is in netns2, not in netns1",
    ),
    "wire, none": (
        CHAPTER,
        "ip -n netns1 link del veth1",
        lambda: check.wire("veth1", "netns1", "veth1-peer", "netns2"),
        "Type: !ip link add veth1 type veth peer name veth1-peer",
    ),
    "wire, two wires": (
        CHAPTER,
        (
            "ip -n netns2 link set veth1-peer name old;"
            "ip -n netns2 link add veth1-peer type veth peer name other"
        ),
        lambda: check.wire("veth1", "netns1", "veth1-peer", "netns2"),
        "is old in netns2, not veth1-peer in netns2",
    ),
    "wire, of the same name elsewhere": (
        CHAPTER,
        (
            "ip -n netns2 link set veth1-peer netns 1;"
            "ip -n netns2 link add veth1-peer type veth peer name other"
        ),
        lambda: check.wire("veth1", "netns1", "veth1-peer", "netns2"),
        "is veth1-peer in the host, not veth1-peer in netns2",
    ),
    "address": (
        CHAPTER,
        "ip -n netns1 addr flush dev veth1",
        lambda: check.address("172.16.0.1/24", "veth1", "netns1"),
        "ip addr add 172.16.0.1/24 dev veth1",
    ),
    "address, other prefix": (
        CHAPTER,
        "ip -n netns1 addr flush dev veth1; ip -n netns1 addr add 172.16.0.1/16 dev veth1",
        lambda: check.address("172.16.0.1/24", "veth1", "netns1"),
        "addr del 172.16.0.1/16",
    ),
    "link_up": (
        CHAPTER,
        "ip -n netns1 link set veth1 down",
        lambda: check.link_up("veth1", "netns1"),
        "ip link set dev veth1 up",
    ),
    "link_up, other end": (
        CHAPTER,
        "ip -n netns2 link set veth1-peer down",
        lambda: check.link_up("veth1", "netns1"),
        "NO-CARRIER",
    ),
    "route": (
        CHAPTER,
        "ip -n netns1 addr flush dev veth1",
        lambda: check.route("172.16.0.2", "veth1", "netns1"),
        "No route",
    ),
    "route, by another link": (
        CHAPTER,
        (
            "ip -n netns1 link add br0 type bridge; ip -n netns1 link set br0 up;"
            "ip -n netns1 route add 172.16.0.2 dev br0"
        ),
        lambda: check.route("172.16.0.2", "veth1", "netns1"),
        "by br0, not by veth1",
    ),
    "reach": (
        CHAPTER,
        "ip -n netns2 link set veth1-peer down",
        lambda: check.reach("172.16.0.2", "netns1"),
        "no answer from 172.16.0.2",
    ),
    "reach, from the host": (
        "ip addr add 192.0.2.7/32 dev lo",
        "ip addr del 192.0.2.7/32 dev lo",
        lambda: check.reach("192.0.2.7"),
        "Look at addresses and links: !ip addr",
    ),
    "empty": ("true", "ip netns add netns1", check.empty, "Type: !ip netns del netns1"),
    "empty, a link": (
        "ip link add sit0 type bridge",  # some kernels put it there themselves
        "ip link add veth1 type veth peer name veth1-peer",
        check.empty,
        "Type: !ip link del veth1",
    ),
}


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")


@pytest.mark.parametrize("name", CASES)
def test_holds_until_the_premise_is_broken(name: str) -> None:
    build, spoil, ask, said = CASES[name]
    sh(build)
    before = ask()
    assert before, before
    assert before.outcome is Outcome.HOLDS
    assert repr(before).startswith("✔ Right: ")
    sh(spoil)
    after = ask()
    assert not after
    assert after.outcome is Outcome.FAILS
    assert repr(after).startswith("✘ Not yet: ")
    assert said in after.sentence, after
    assert "\n" not in repr(after)
    assert after._repr_mimebundle_()[1]["nslabkit"]["check"] is False
    assert "✘ Not yet" in after._repr_html_()


ALL = [getattr(checks, name) for name in checks.__all__ if name not in ("CheckResult", "kindly")]
ODD = ((), (None,), (3,), ("",), ("a/b",), (["x"],), ("-x", "y", "z", "w", "v"), (b"\xff",))


@pytest.mark.parametrize("ask", ALL, ids=lambda ask: ask.__name__)
def test_never_raises(ask: Callable[..., checks.CheckResult]) -> None:
    for odd in ODD:
        answer = ask(*odd)
        if odd or ask is not check.empty:
            assert not answer, (odd, answer)
        assert answer.sentence
        assert "\n" not in repr(answer)


# Of recordings: tests/show/figures has them; of the lessons' tasks: tests/course/tasks.
ELSEWHERE = {"recorded", "field", "task"}


def test_every_check_is_tested() -> None:
    asked = {name.partition(",")[0] for name in CASES}
    assert {ask.__name__ for ask in ALL} == asked | ELSEWHERE


def test_speaks_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    assert repr(check.namespace_exists("netns1")).startswith("✘ 还没好：还没有命名空间 netns1。")
