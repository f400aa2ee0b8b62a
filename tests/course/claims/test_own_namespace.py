"""What a namespace has to itself (C05 to C09): each claim as it is, and with a premise broken."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nslabkit.course import claims
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.companions import is_program, running
from nslabkit.course.verdict import Outcome, Verdict
from nslabkit.net import namespaces
from nslabkit.net.lab import Lab
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("C05", "C06", "C07", "C08", "C09")
SLEEP = ["ip", "netns", "exec", "netns1", "sleep", "60"]


@pytest.fixture(autouse=True)
def clean_machine() -> Iterator[None]:
    with Lab():
        yield


def sh(command: str) -> str:
    return subprocess.run(
        ["/bin/sh", "-c", command], check=True, capture_output=True, text=True
    ).stdout


def fails(verdict: Verdict, words: str) -> bool:
    assert verdict.outcome is Outcome.FAILS, verdict
    assert not verdict
    assert words in verdict.sentence, verdict
    return True


@pytest.mark.parametrize("name", NAMES)
def test_holds_on_this_kernel(name: str) -> None:
    (claim,) = claims.claims([name])
    verdict = claim.run()
    assert verdict.outcome is Outcome.HOLDS, verdict
    assert verdict.evidence
    assert all(item.label and item.value for item in verdict.evidence)
    assert "{" not in verdict.sentence


@pytest.mark.parametrize("name", NAMES)
def test_an_untouched_machine_shows_nothing_in_one_sentence(name: str) -> None:
    (claim,) = claims.claims([name])
    verdict = claim.check()
    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.sentence
    assert "\n" not in verdict.sentence


@pytest.mark.parametrize("name", NAMES)
def test_leaves_the_machine_as_it_was(name: str) -> None:
    before = (ip("-j link"), ip("netns"), sorted(Path("/run/netns").iterdir()))
    (claim,) = claims.claims([name])
    claim.run()
    assert (ip("-j link"), ip("netns"), sorted(Path("/run/netns").iterdir())) == before


def test_says_it_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    for claim in claims.claims(NAMES):
        assert re.search("[\u4e00-\u9fff]", claim.summary()), claim.id
        assert re.search("[\u4e00-\u9fff]", claim.run().sentence), claim.id


# C05: what the firewall lets in


def guard(where: str, verdict: str = "drop") -> None:
    sh(
        f"ip netns exec {where} nft 'add table inet guard; "
        "add chain inet guard input { type filter hook input priority 0; }; "
        f"add rule inet guard input icmp type echo-request {verdict}'"
    )


def test_c05_fails_without_a_rule() -> None:
    chapter.addressed()
    assert fails(claims.C05.check(), "netns2 has no rule")


def test_c05_fails_where_the_rule_lets_pings_in() -> None:
    chapter.addressed()
    guard("netns2", "accept")
    assert fails(claims.C05.check(), "netns2 has no rule")


def test_c05_fails_where_the_rule_is_in_both() -> None:
    chapter.addressed()
    guard("netns1")
    guard("netns2")
    assert fails(claims.C05.check(), "in netns1, too")


def test_c05_blames_no_rule_for_a_wire_that_is_down() -> None:
    chapter.addressed()
    guard("netns2")
    ip("-n netns1 link set veth1 down")
    assert fails(claims.C05.check(), "the rule is not to blame")


def test_c05_fails_where_the_ping_never_meets_the_rule() -> None:
    chapter.addressed()
    sh(
        "ip netns exec netns2 nft 'add table inet guard; add chain inet guard unused; "
        "add rule inet guard unused icmp type echo-request drop'"
    )
    assert fails(claims.C05.check(), "despite the rule")


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


def test_c06_is_not_there_before_the_move(before_the_move: str) -> None:
    assert claims.C06.check(before=before_the_move).outcome is Outcome.UNKNOWN


def test_c06_fails_where_an_impostor_took_the_name(before_the_move: str) -> None:
    ip("-n netns1 link add veth1 type veth peer name other")
    assert fails(claims.C06.check(before=before_the_move), "a different MAC address")


def test_c06_fails_where_a_twin_stayed_behind(before_the_move: str) -> None:
    ip("link set veth1 netns netns1")
    mac = re.search(r'"address":"([^"]+)"', before_the_move)
    assert mac
    ip(f"link set veth1-peer address {mac[1]}")
    assert fails(claims.C06.check(before=before_the_move), "host, netns1")


def test_c06_fails_once_it_is_up_again(before_the_move: str) -> None:
    ip("link set veth1 netns netns1")
    ip("-n netns1 link set veth1 up")
    assert fails(claims.C06.check(before=before_the_move), "is up after the move")


def test_c06_fails_once_it_has_an_address_again(before_the_move: str) -> None:
    ip("link set veth1 netns netns1")
    ip("-n netns1 addr add 172.16.0.1/24 dev veth1")
    assert fails(claims.C06.check(before=before_the_move), "172.16.0.1")


def test_c06_proves_nothing_about_a_link_that_had_nothing_to_lose() -> None:
    ip("netns add netns1")
    ip("link add veth1 type veth peer name veth1-peer")
    before = ip("-j addr show veth1")
    ip("link set veth1 netns netns1")
    assert fails(claims.C06.check(before=before), "nothing to lose")


@pytest.mark.parametrize(
    "before", ["", 'Device "veth1" does not exist.', "5", "[5]", "[]", ["[{}]"]]
)
def test_c06_asks_for_evidence_that_is_none(before: object) -> None:
    verdict = claims.C06.check(before=before)
    assert verdict.outcome is Outcome.UNKNOWN
    assert "before = !ip -j addr show veth1" in verdict.sentence


# C07: which way it goes


def test_c07_is_not_there_without_a_route() -> None:
    chapter.addressed()
    verdict = claims.C07.check()
    assert verdict.outcome is Outcome.UNKNOWN
    assert "203.0.113.7" in verdict.sentence


def test_c07_fails_where_both_names_are_one_namespace() -> None:
    chapter.addressed()
    ip("-n netns1 route add 203.0.113.0/24 via 172.16.0.2")
    with running(SLEEP, is_program("sleep")) as pid:
        ip(f"netns attach twin {pid}")
        assert claims.C07.check(other="twin").outcome is Outcome.FAILS


# C08: who has learnt whom


def test_c08_fails_before_anybody_asked() -> None:
    chapter.addressed()
    assert fails(claims.C08.check(), "has not learnt")


def test_c08_fails_where_a_third_one_knows_it_too() -> None:
    chapter.addressed()
    sh("ip netns exec netns1 ping -c1 -W2 172.16.0.2")
    assert claims.C08.check()
    ip("link add meeting type bridge")
    ip("neigh add 172.16.0.2 lladdr 02:00:00:00:00:01 dev meeting")
    assert fails(claims.C08.check(), "in host, too")


def test_c08_fails_where_nobody_answered() -> None:
    chapter.addressed()
    ip("-n netns2 addr flush dev veth1-peer")
    sh("ip netns exec netns1 ping -c1 -W0.2 172.16.0.2 || true")
    assert fails(claims.C08.check(), "has not learnt")


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


def test_c09_fails_where_the_setting_is_the_same_everywhere() -> None:
    chapter.addressed()
    assert fails(claims.C09.check(), "is the same in netns1 and on the host")


def test_c09_fails_where_the_setting_was_changed_in_both() -> None:
    chapter.addressed()
    for name in ("netns1", "netns2"):
        sh(f"ip netns exec {name} sysctl -qw net.ipv4.ip_local_port_range='40000 40009'")
    assert fails(claims.C09.check(), "has changed in netns2, too")


def test_c09_fails_without_listeners_and_with_one_on_the_host() -> None:
    chapter.addressed()
    sh("ip netns exec netns1 sysctl -qw net.ipv4.ip_local_port_range='40000 40009'")
    assert fails(claims.C09.check(), "seen: -")
    with running(listening(), opened):
        assert fails(claims.C09.check(), "seen: host")


def test_c09_fails_where_the_processes_share_the_hosts_stack() -> None:
    """Two names of one namespace give one answer to everything."""
    chapter.addressed()
    sh("ip netns exec netns1 sysctl -qw net.ipv4.ip_local_port_range='40000 40009'")
    with running(listening("ip netns exec netns1"), opened) as pid:
        ip("netns del netns2")
        ip(f"netns attach netns2 {pid}")
        assert fails(claims.C09.check(), "has changed in netns2, too")


def test_c09_fails_where_a_file_is_not_shared() -> None:
    from nslabkit.course.claims.stack import stack

    chapter.addressed()
    sh("ip netns exec netns1 sysctl -qw net.ipv4.ip_local_port_range='40000 40009'")
    private = (
        "unshare --mount sh -c "
        "'mount -t tmpfs tmpfs /etc && touch /etc/passwd && stat -c %d:%i /etc/passwd'"
    )
    with (
        running(listening("ip netns exec netns1"), opened),
        running(listening("ip netns exec netns2"), opened),
    ):
        seen = {name: stack(namespaces.namespace(name)) for name in ("netns1", "netns2")}
        seen["host"] = stack(HOST)
        now = time.time()
    assert claims.C09.check(stacks=seen, now=now)
    assert fails(claims.C09.check(stacks=seen, now=now + 3600), "clocks")
    other = {**seen["netns1"].__dict__, "file": sh(private).strip()}
    seen["netns1"] = type(seen["netns1"])(**other)
    assert fails(claims.C09.check(stacks=seen, now=now), "Files or processors differ")
