"""What a namespace has to itself (C06 to C09): each claim as it is, and with a premise broken."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from judged import fails, says_nothing
from kernel_shell import sh

from nslabkit.course import claims
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.companions import is_program, running
from nslabkit.net import namespaces
from nslabkit.net.namespaces import HOST

SLEEP = ["ip", "netns", "exec", "netns1", "sleep", "60"]


# C06: where an interface is


@pytest.fixture
def before_the_move() -> str:
    ip("netns add netns1")
    ip("link add veth1 type veth peer name veth1-peer")
    ip("addr add 172.16.0.1/24 dev veth1")
    ip("link set veth1 up")
    return ip("-j addr show veth1")


def test_c06_takes_what_a_cell_keeps(before_the_move: str) -> None:
    ip("link set veth1 netns netns1")
    assert claims.C06.check(before=before_the_move.splitlines())


def test_c06_counts_a_namespace_with_two_names_once(before_the_move: str) -> None:
    sh("touch /run/netns/also; mount --bind /run/netns/netns1 /run/netns/also")
    ip("link set veth1 netns netns1")
    assert claims.C06.check(before=before_the_move)


def test_c06_is_not_there_before_the_move(before_the_move: str) -> None:
    says_nothing(claims.C06.check(before=before_the_move))


def test_c06_fails_where_an_impostor_took_the_name(before_the_move: str) -> None:
    ip("-n netns1 link add veth1 type veth peer name other")
    fails(claims.C06.check(before=before_the_move), "a different MAC address")


def test_c06_fails_where_a_twin_stayed_behind(before_the_move: str) -> None:
    ip("link set veth1 netns netns1")
    mac = re.search(r'"address":"([^"]+)"', before_the_move)
    assert mac
    ip(f"link set veth1-peer address {mac[1]}")
    fails(claims.C06.check(before=before_the_move), "host, netns1")


def test_c06_fails_once_it_is_up_again(before_the_move: str) -> None:
    ip("link set veth1 netns netns1")
    ip("-n netns1 link set veth1 up")
    fails(claims.C06.check(before=before_the_move), "is up after the move")


def test_c06_fails_once_it_has_an_address_again(before_the_move: str) -> None:
    ip("link set veth1 netns netns1")
    ip("-n netns1 addr add 172.16.0.1/24 dev veth1")
    fails(claims.C06.check(before=before_the_move), "172.16.0.1")


def test_c06_proves_nothing_about_a_link_that_had_nothing_to_lose() -> None:
    ip("netns add netns1")
    ip("link add veth1 type veth peer name veth1-peer")
    before = ip("-j addr show veth1")
    ip("link set veth1 netns netns1")
    fails(claims.C06.check(before=before), "nothing to lose")


@pytest.mark.parametrize(
    "before", ["", 'Device "veth1" does not exist.', "5", "[5]", "[]", ["[{}]"]]
)
def test_c06_asks_for_evidence_that_is_none(before: object) -> None:
    says_nothing(claims.C06.check(before=before), "before = !ip -j addr show veth1")


# C07: which way it goes


def test_c07_fails_where_both_names_are_one_namespace() -> None:
    chapter.addressed()
    ip("-n netns1 route add 203.0.113.0/24 via 172.16.0.2")
    with running(SLEEP, is_program("sleep")) as pid:
        ip(f"netns attach twin {pid}")
        fails(claims.C07.check(other="twin"))


# C08: who has learnt whom


def test_c08_fails_where_a_third_one_knows_it_too() -> None:
    chapter.addressed()
    sh("ip netns exec netns1 ping -c1 -W2 172.16.0.2")
    sh("touch /run/netns/also; mount --bind /run/netns/netns1 /run/netns/also")
    assert claims.C08.check()
    ip("link add meeting type bridge")
    ip("neigh add 172.16.0.2 lladdr 02:00:00:00:00:01 dev meeting")
    fails(claims.C08.check(), "in host, too")


# C09: the stack

LISTEN = (
    "import signal, socket\n"
    "doors = [socket.socket(), socket.socket(socket.AF_UNIX)]\n"
    "doors[0].bind(('', 8080))\n"
    "doors[1].bind('\\0meeting')\n"
    "for door in doors: door.listen()\n"
    "signal.pause()"
)


def listening(prefix: str = "") -> list[str]:
    return [*prefix.split(), "python3", "-I", "-S", "-c", LISTEN]


def opened(pid: int) -> bool:
    return "@meeting" in Path(f"/proc/{pid}/net/unix").read_text()


def test_c09_fails_without_listeners_and_with_one_on_the_host() -> None:
    chapter.addressed()
    sh("ip netns exec netns1 sysctl -qw net.ipv4.ip_local_port_range='40000 40009'")
    fails(claims.C09.check(), "seen: -")
    with running(listening(), opened):
        fails(claims.C09.check(), "seen: host")


def test_c09_fails_where_the_processes_share_the_hosts_stack() -> None:
    """Two names of one namespace give one answer to everything."""
    chapter.addressed()
    sh("ip netns exec netns1 sysctl -qw net.ipv4.ip_local_port_range='40000 40009'")
    with running(listening("ip netns exec netns1"), opened) as pid:
        ip("netns del netns2")
        ip(f"netns attach netns2 {pid}")
        fails(claims.C09.check(), "has changed in netns2, too")


def test_c09_fails_where_a_file_is_not_shared() -> None:
    from nslabkit.course.claims.stack import stack

    chapter.addressed()
    sh("ip netns exec netns1 sysctl -qw net.ipv4.ip_local_port_range='40000 40009'")
    private = (
        "unshare --mount sh -c "
        "'mount -t tmpfs tmpfs /etc && touch /etc/os-release && stat -c %d:%i /etc/os-release'"
    )
    with (
        running(listening("ip netns exec netns1"), opened),
        running(listening("ip netns exec netns2"), opened),
    ):
        seen = {name: stack(namespaces.namespace(name)) for name in ("netns1", "netns2")}
        seen["host"] = stack(HOST)
        now = time.time()
    assert claims.C09.check(stacks=seen, now=now)
    fails(claims.C09.check(stacks=seen, now=now + 3600), "clocks")
    other = {**seen["netns1"].__dict__, "file": sh(private).strip()}
    seen["netns1"] = type(seen["netns1"])(**other)
    fails(claims.C09.check(stacks=seen, now=now), "Files or processors differ")
