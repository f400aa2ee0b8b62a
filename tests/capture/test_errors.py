"""Does each mistake get an error of the right kind, in four parts, and leave nothing behind?"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from kernel_shell import sh

import nslabkit as lab
from nslabkit.capture.tap import filters, places, tapping

if TYPE_CHECKING:
    from collections.abc import Callable

Pair = tuple[lab.Namespace, lab.Namespace]


def refused(call: Callable[[], object], kind: type[lab.NslabError]) -> lab.NslabError:
    with pytest.raises(lab.NslabError) as caught:
        call()
    error = caught.value
    assert type(error) is kind, error
    assert [line.split(":")[0] for line in str(error).splitlines()[:4]] == [
        "Tried",
        "Kernel",
        "Reason",
        "Fix",
    ]
    assert all((error.tried, error.said, error.reason, error.fix))
    assert error.__suppress_context__ or error.__context__ is None
    return error


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("icmp nonsense", "is not a valid filter expression"),
        ("icmp and", "is not a valid filter expression"),
        ("host no.such.name.invalid", "is not an address that this machine knows"),
        ("arp and icmp and port 80", "does not accept"),
        ("vlan vlan vlan (", "is not a valid filter"),
        ("port 70000", "does not accept"),
        ("-i eth0", "is not a valid filter"),
    ],
)
def test_a_filter_that_cannot_be_understood(pair: Pair, expression: str, said: str) -> None:
    error = refused(lab.capture(*pair, filter=expression).arm, lab.InvalidValueError)
    assert said in error.reason or "contradict" in error.reason
    assert error.said.startswith("tcpdump: ")
    assert error.tried.startswith("tcpdump -d ")


def test_no_tcpdump_on_this_machine(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nslabkit.base.commands._SBIN", ())
    monkeypatch.setenv("PATH", "/nowhere")
    filters._program.cache_clear()
    error = refused(lab.capture(*pair, filter="udp port 53").arm, lab.NotFoundError)
    assert "tcpdump" in error.reason
    with lab.capture(*pair) as recording:  # without a filter nobody needs it
        pass
    assert len(recording.interfaces) == 4


def test_places_that_are_not_there(pair: Pair) -> None:
    del pair
    for where in ("netns3", "netns1/veth9", "netns3/veth1", "veth9", 4_000_000, "/run/netns/x"):
        refused(lab.capture(where).arm, lab.NotFoundError)  # type: ignore[arg-type]
    refused(lab.capture("netns1/").arm, lab.InvalidValueError)
    refused(lab.capture(3.5).arm, lab.InvalidValueError)  # type: ignore[arg-type]


def test_numbers_that_cannot_be() -> None:
    refused(lambda: lab.capture(limit=0.5), lab.InvalidValueError)
    refused(lambda: lab.capture(limit=-1), lab.InvalidValueError)
    refused(lambda: lab.capture(snaplen=0), lab.InvalidValueError)
    refused(lambda: lab.capture(snaplen=300_000), lab.InvalidValueError)


def test_a_link_that_goes_while_it_is_armed(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    one, _two = pair
    chosen = places.chosen

    def then_it_goes(where: object) -> object:
        found = chosen(where)  # type: ignore[arg-type]
        sh("ip -n netns1 link del veth1")
        return found

    monkeypatch.setattr(places, "chosen", then_it_goes)
    error = refused(lab.capture("netns1/veth1").arm, lab.NotFoundError)
    assert "veth1" in error.reason
    del one


def test_each_way_to_say_where(pair: Pair) -> None:
    one, two = pair
    sh("ip link add here type veth peer name there")
    link = lab.links.link("veth1", one)
    for where, expected in (
        (
            (),
            ["here", "lo", "netns1/lo", "netns1/veth1", "netns2/lo", "netns2/veth1-peer", "there"],
        ),
        ((None,), ["here", "lo", "there"]),
        ((lab.HOST,), ["here", "lo", "there"]),
        (("here",), ["here"]),
        (("netns1",), ["netns1/lo", "netns1/veth1"]),
        ((link,), ["netns1/veth1"]),
        ((link, "netns1/lo"), ["netns1/lo", "netns1/veth1"]),
        ((link, one), ["netns1/lo", "netns1/veth1"]),
        ((two, "netns1/veth1"), ["netns1/veth1", "netns2/lo", "netns2/veth1-peer"]),
        (("/run/netns/netns1",), ["netns1/lo", "netns1/veth1"]),
        (
            (os.getpid(),),
            [f"/proc/{os.getpid()}/ns/net/{name}" for name in ("here", "lo", "there")],
        ),
    ):
        capture = lab.capture(*where).arm()  # type: ignore[arg-type]
        recording = capture.stop()
        assert sorted(one.where for one in recording.interfaces) == expected


def test_a_ring_that_is_refused_half_way_leaves_nothing(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("not foreseen")

    monkeypatch.setattr(tapping, "_tap", broken)
    with pytest.raises(RuntimeError, match="not foreseen"):
        lab.capture(*pair).arm()
