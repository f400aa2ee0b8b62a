"""Is a second look, which visits only what the kernel has told of, the same as a whole one?"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from clean_machine import PATIENCE
from kernel_shell import sh

from nslabkit.live.following import Follower
from nslabkit.live.snapshot import contents
from nslabkit.netlink import dumps

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def follower() -> Iterator[Follower]:
    made = Follower()
    yield made
    made.close()


def test_after_each_command_it_holds_what_a_whole_reading_finds(follower: Follower) -> None:
    follower.contents()
    for command in (
        "ip netns add netns1",
        "ip netns add netns2",
        "ip link add veth1 netns netns1 type veth peer name veth2 netns netns2",
        "ip -n netns1 addr add 172.16.0.1/24 dev veth1",
        "ip -n netns2 addr add 172.16.0.2/24 dev veth2",
        "ip -n netns1 link set veth1 up; ip -n netns2 link set veth2 up",
        "ip netns exec netns1 ping -c 1 -W 5 172.16.0.2 >/dev/null",
        "ip -n netns1 route add 10.0.0.0/8 via 172.16.0.2",
        "ip -n netns1 neigh add 172.16.0.9 lladdr 02:00:00:00:00:09 dev veth1",
        "ip netns exec netns2 nft add table ip filter",
        "ip netns exec netns2 nft 'add chain ip filter input; add rule ip filter input accept'",
        "ip -n netns1 link set veth1 down",
        "ip -n netns2 link set veth2 name moved netns netns1",
        "ip netns del netns2",
        "ip -n netns1 link del moved",
        "ip netns del netns1",
    ):
        sh(command)
        found, whole = follower.contents(), contents()
        if found != whole:  # the kernel may have gone on meanwhile (a carrier, an address's check)
            found, whole = follower.contents(), contents()
        assert found == whole, command


def test_what_nothing_was_told_of_is_not_read_again(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    sh("ip netns add netns1; ip -n netns1 link set lo up; ip netns add netns2")
    follower.contents()
    follower.contents()
    visits: list[tuple[str | None, frozenset[str]]] = []
    really = dumps.dump

    def dump(path: str | None, parts: frozenset[str]) -> dumps.Dump:
        visits.append((path, parts))
        return really(path, parts)

    monkeypatch.setattr(dumps, "dump", dump)
    follower.contents()
    assert not [parts for _path, parts in visits if parts != {"neighbours"}]
    visits.clear()
    sh("ip -n netns1 addr add 10.0.0.1/32 dev lo")
    follower.contents()
    assert {path for path, parts in visits if parts != {"neighbours"}} == {"/run/netns/netns1"}
    sh("ip netns del netns1; ip netns del netns2")


def test_without_a_new_neighbour_no_namespace_is_visited(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its link is up, so there may be neighbours; a counter tells that none came."""
    sh(
        "ip netns add netns1; ip link add veth1 type veth peer name veth2 netns netns1;"
        "ip addr add 172.16.0.1/24 dev veth1; ip link set veth1 up; ip -n netns1 link set veth2 up"
    )
    visits: list[str | None] = []
    really = dumps.dump

    def dump(path: str | None, parts: frozenset[str]) -> dumps.Dump:
        visits.append(path)
        return really(path, parts)

    monkeypatch.setattr(dumps, "dump", dump)
    deadline = time.monotonic() + PATIENCE
    while follower.contents() and visits:  # IPv6 goes on for a while by itself
        assert time.monotonic() < deadline
        visits.clear()
        time.sleep(0.05)
    # Nobody has that address: the kernel asks for it, and sends no notice of INCOMPLETE.
    sh("ping -c 1 -W 1 172.16.0.9 >/dev/null || true")
    (host,) = (content for name, content in follower.contents().values() if not name)
    assert [one.address for one in host.neighbours] == ["172.16.0.9"]
    # An entry may change without a notice: as long as there is one, it is read each time.
    visits.clear()
    follower.contents()
    assert None in visits
    sh("ip link del veth1; ip netns del netns1")


def test_the_counter_is_that_of_ip_ntable(follower: Follower) -> None:
    follower.contents()
    assert follower._ears is not None
    before = follower._ears.neighbours_made()
    sh("ip link add veth1 type veth peer name veth2; ip link set veth1 up; ip link set veth2 up")
    sh("ip neigh add 172.16.0.9 lladdr 02:00:00:00:00:09 dev veth1")
    assert follower._ears.neighbours_made() > before
    sh("ip link del veth1")
