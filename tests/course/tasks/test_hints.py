"""The first hint of a task: does it speak of the state that is there?"""

from __future__ import annotations

import pytest
from task_cases import do
from test_tasks import CASES

import nslabkit as lab
from nslabkit.course.tasks.task import task

TWO_NAMES = """
ip netns add left; ip netns exec left sleep infinity >/dev/null 2>&1 &
touch /run/netns/right; mount --bind /run/netns/left /run/netns/right
timeout 5 sh -c 'until ip netns pids left | grep -q .; do :; done'
"""
LOST_NAME = """
ip netns add lost; ip netns exec lost sleep infinity >/dev/null 2>&1 &
timeout 5 sh -c 'until ip netns pids lost | grep -q .; do :; done' 2>/dev/null
ip netns del lost; kill $(ip netns pids netns1)
timeout 5 sh -c 'while ip netns pids netns1 | grep -q .; do :; done'
"""
RIGHT_MAC = "$(ip netns exec netns2 cat /sys/class/net/veth1-peer/address)"
# Task, what was done, and words of the first hint.
STATES = (
    ("1.1", "ip netns add solo; ip -n solo link add more type bridge", "one too many"),
    ("2.1", TWO_NAMES, "ip netns pids left"),
    ("3.1", "ip -n netns2 addr add 172.16.0.7/24 dev veth1-peer", "ip -n netns2 addr"),
    (
        "3.4",
        f"ip -n netns1 neigh replace 172.16.0.2 dev veth1 lladdr {RIGHT_MAC} nud permanent",
        "ip -n netns2 link",
    ),
    ("ping.1", "ip -n netns2 link set veth1-peer down", "must arrive"),
    ("4.1", CASES["4.1"].wrong[3], "`master`"),  # all on one bridge
    ("4.2", "ip -n a2 route add blackhole 10.2.0.2", "ip -n a2 route"),
    ("4.2", "ip netns del a1", "4.1"),
    ("4.3", "sysctl -qw net.ipv4.ip_forward=0", "4.1"),
    ("5.1", LOST_NAME, "no name"),
    ("5.2", "ip netns add netns3", "lsns"),
    ("7.1", "ip netns add outside; ip addr add 203.0.113.9/32 dev lo", "host itself"),
    ("7.3", "nsenter --target $(cat /run/box.pid) --uts hostname second", "The box"),
)


@pytest.mark.parametrize(
    ("name", "way", "words"), STATES, ids=[f"{name} {words}" for name, _way, words in STATES]
)
def test_it_speaks_of_what_is_there(
    name: str, way: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")
    try:
        do(CASES[name].before)
        do(way)
        assert words in task(name).hints_now()[0]
    finally:
        lab.empty()
