"""Do the chapter's commands, and the others that lessons use, run in cells as they are written?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from chapter import ANSWERED, CHAPTER, PING

if TYPE_CHECKING:
    from conftest import Start

# command -> what it prints, under every uid map
OTHERS = {
    "ping -c 1 127.0.0.1": r"1 received",
    "cp $(command -v ping) ./bare-ping && ./bare-ping -c 1 127.0.0.1": (r"1 received"),
    "nft add table inet t && nft list tables": r"table inet t",
    "sysctl -w net.ipv4.ip_forward=1": r"net\.ipv4\.ip_forward = 1",
    "sysctl -w net.ipv4.conf.lo.forwarding=1": r"forwarding = 1",
    "(sleep 0.5; ping -c 1 127.0.0.1 >/dev/null) & timeout 10 tcpdump -n -c 1 -i lo icmp": (
        r"ICMP echo request"
    ),
    "nginx 2>/dev/null; while [ $(pgrep -c nginx) -lt 2 ]; do sleep 0.05; done; ps -C nginx": (
        r"nginx\s[^$]*nginx"
    ),
    "lsns -t net": r"nslab-init",
    "unshare --net ip -br link": r"^lo\s+DOWN",
    "touch name; unshare --net sh -c 'mount --bind /proc/self/ns/net name; echo bound'": r"bound",
    "ip netns exec one ls /sys/class/net": r"^lo\s*$",
    "ip -n one link set lo up && ip netns exec one ping -c 1 127.0.0.1": r"1 received",
    "sudo ip netns list": r"one",
    "ls /sys/class/net": r"^lo\s*$",
    "hostname other && hostname": r"other",
}


def _cell(way: str, command: str) -> str:
    return f"!{command}" if way == "!" else f"%%bash\n{command} 2>&1\ntrue"


@pytest.mark.parametrize("way", ["!", "%%bash"])
def test_the_chapter_verbatim(start: Start, uid_map: str, way: str) -> None:
    kernel = start(uid_map)
    for command, expected in CHAPTER:
        printed = kernel.run(_cell(way, command)).replace("\r", "").strip()
        assert re.search(expected, printed), (command, printed)
    request = kernel.client.execute(_cell(way, PING))
    seen = ""
    while not re.search(ANSWERED, seen):
        message = kernel.client.get_iopub_msg(timeout=120)
        if message["msg_type"] == "stream":
            seen += message["content"]["text"]
    kernel.manager.interrupt_kernel()
    while message["content"].get("execution_state") != "idle" or (
        message["parent_header"].get("msg_id") != request
    ):
        message = kernel.client.get_iopub_msg(timeout=120)
        if message["msg_type"] == "stream":
            seen += message["content"]["text"]
    assert "56(84) bytes of data" in seen
    if way == "!":
        assert "0% packet loss" in seen  # ping's statistics, as in a terminal


def test_other_commands_of_the_lessons(start: Start, uid_map: str) -> None:
    kernel = start(uid_map)
    kernel.run("!ip netns add one")
    for command, expected in OTHERS.items():
        printed = kernel.run(f"%%bash\n{command}\n").strip()
        assert re.search(expected, printed), (command, printed)
