"""Does the difference between two snapshots say what was done, and nothing else?"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kernel_shell import ip, sh, wait_for
from other_account import powerless

import nslabkit as lab
from nslabkit.live.difference import difference
from nslabkit.live.snapshot import contents, without_wires
from nslabkit.netlink import sockets

if TYPE_CHECKING:
    from nslabkit.live.difference import Difference

PATIENCE = 120.0
# With an address of its own, or it would take the least of its ports' each time.
SWITCH = "ip link add sw0 address 02:00:00:00:00:99 type bridge"


def after(command: str) -> Difference:
    """Return what a command of a learner's shell changes."""
    before = lab.snapshot()
    sh(command)
    return lab.snapshot() - before


def build() -> None:
    sh("ip netns add netns1; ip netns add netns2")
    sh("ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2")
    sh("ip -n netns1 addr add 172.16.0.1/24 dev veth1; ip -n netns1 link set veth1 up")
    sh("ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer; ip -n netns2 link set veth1-peer up")


@pytest.mark.parametrize(
    ("prepare", "command", "line"),
    [
        ("true", "ip netns add netns1", "+ netns1"),
        ("ip netns add netns1", "ip netns del netns1", "− netns1"),
        ("ip netns add one", "ip netns add two; ip netns del one", "− one · + two"),
        (
            "true",
            "ip link add veth1 type veth peer name veth1-peer",
            "host: + veth1 ⟷ veth1-peer",
        ),
        (
            "ip netns add netns1; ip link add veth1 type veth peer name veth1-peer",
            "ip link set veth1 netns netns1",
            "veth1: host → netns1",
        ),
        (
            "ip netns add netns1; ip link add veth1 type veth peer name veth1-peer",
            "ip link set veth1 netns netns1 name eth0",
            "veth1: host → netns1 (eth0)",
        ),
        (
            "ip link add v type veth peer name w",
            "ip addr add 172.16.0.1/24 dev v",
            "host: + 172.16.0.1/24",
        ),
        (
            "ip link add v type veth peer name w; ip addr add 172.16.0.1/24 dev v",
            "ip link set v up",
            "host: v up, no carrier · + route 172.16.0.0/24 dev v",
        ),
        (
            (
                "ip link add v type veth peer name w; ip addr add 172.16.0.1/24 dev v;"
                "ip link set v up; ip link set w up"
            ),
            "ip link set v down",
            "host: w up, no carrier · v down · − route 172.16.0.0/24 dev v",
        ),
        (
            (
                "ip link add v type veth peer name w; ip link set v up; ip link set w up;"
                "ip addr add 172.16.0.1/24 dev v"
            ),
            "ip route add default via 172.16.0.9",
            "host: + route default via 172.16.0.9 dev v",
        ),
        (
            "ip link add v type veth peer name w; ip link set v up",
            "ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v",
            "host: neighbour 10.0.0.9 PERMANENT",
        ),
        (
            (
                "ip link add v type veth peer name w; ip link set v up;"
                "ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v"
            ),
            "ip neigh del 10.0.0.9 dev v",
            "host: − neighbour 10.0.0.9",
        ),
        (
            f"{SWITCH}; ip link add v type veth peer name w",
            "ip link set v master sw0",
            "host: v → sw0",
        ),
        (
            f"{SWITCH}; ip link add v type veth peer name w; ip link set v master sw0",
            "ip link set v nomaster; ip link set dev w mtu 1400; ip link set dev v name x",
            "host: w mtu 1400 · v → x · x − sw0",
        ),
        ("ip link add v type veth peer name w", "ip link del v", "host: − w · − v"),
        (
            "ip netns add netns1",
            "ip -n netns1 link set lo up",
            "netns1: lo up · + 127.0.0.1/8 · + ::1/128",
        ),
        (
            "ip netns add netns1",
            (
                "ip netns exec netns1 nft "
                "'add table inet t; add chain inet t c; add rule inet t c accept'"
            ),
            "netns1: firewall rules 0 → 1",
        ),
        (  # by a command, though time may change the state alike
            (
                "ip link add v type veth peer name w; ip link set w up; ip link set v up; "
                "ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v nud reachable"
            ),
            "ip neigh replace 10.0.0.9 lladdr 02:00:00:00:00:0a dev v nud stale",
            "host: neighbour 10.0.0.9 STALE MAC 02:00:00:00:00:0a",
        ),
        ("true", "true", "nothing changed"),
        ("ip link add v type veth peer name w", "ip link; ip addr; ip netns", "nothing changed"),
    ],
)
def test_one_command_one_line(prepare: str, command: str, line: str) -> None:
    sh(prepare)
    found = after(command)
    assert repr(found) == line
    assert bool(found) is (line != "nothing changed")


def test_a_move_takes_the_address_away_and_says_so() -> None:
    sh("ip netns add netns1; ip link add v type veth peer name w")
    sh("ip addr add 172.16.0.1/24 dev v; ip link set v up")
    found = after("ip link set v netns netns1")
    assert found[0].text == "v: host → netns1"
    assert (found[0].before, found[0].after) == ("host", "netns1")
    assert "− 172.16.0.1/24" in repr(found)
    assert "v down" in repr(found)


def test_a_ping_teaches_both_sides() -> None:
    build()
    found = after("ip netns exec netns1 ping -c 1 172.16.0.2")
    assert {(one.kind, one.where) for one in found} == {
        ("neighbour", "netns1"),
        ("neighbour", "netns2"),
    }
    assert "neighbour 172.16.0.2 REACHABLE" in repr(found)
    assert not any(one.by_time for one in found)


def test_what_time_alone_made_is_labelled() -> None:
    sh("ip link add v type veth peer name w; ip link set v up; ip link set w up")
    sh("ip addr add 10.0.0.1/24 dev v")
    # Longer than an entry counts as in use, or it would be asked for instead.
    sh("sysctl -qw net.ipv4.neigh.v.base_reachable_time_ms=4000")
    sh("sysctl -qw net.ipv4.neigh.v.delay_first_probe_time=1")
    sh("ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v nud reachable")
    before = lab.snapshot()
    wait_for(lambda: ip("neigh show 10.0.0.9 dev v")[0]["state"] == ["STALE"], PATIENCE)
    (change,) = lab.snapshot() - before
    assert (change.before, change.after) == ("REACHABLE", "STALE")
    assert change.by_time
    assert "by time alone" in repr(lab.snapshot() - before)


def test_a_namespace_that_goes_takes_all_along_in_silence() -> None:
    build()
    sh("ip netns exec netns1 ping -c 1 172.16.0.2")
    before = lab.snapshot()
    sh("ip netns del netns1")
    wait_for(lambda: len(ip("-n netns2 link")) == 1, PATIENCE)
    assert repr(lab.snapshot() - before) == "− netns1 · netns2: − veth1-peer"


def test_a_snapshot_tells_where_wires_lead() -> None:
    build()
    found = {space["name"]: space for space in lab.snapshot().namespaces}
    near, far = found["netns1"]["links"][1], found["netns2"]["links"][1]
    assert near["peer"] == {"namespace": found["netns2"]["key"], "index": far["index"]}
    assert far["peer"] == {"namespace": found["netns1"]["key"], "index": near["index"]}
    assert repr(lab.snapshot()) == "host: lo; netns1: lo, veth1; netns2: lo, veth1-peer"


def test_taking_one_holds_nothing() -> None:
    build()
    kept = lab.snapshot()
    sh("ip netns del netns1")
    wait_for(lambda: len(ip("-n netns2 link")) == 1, PATIENCE)
    assert len(kept.namespaces) == 3


def test_many_changes_are_counted_and_all_are_in_the_table() -> None:
    found = after("for i in $(seq 12); do ip addr add 10.0.0.$i/32 dev lo; done")
    assert "and 2 more" in repr(found)
    assert found.table.count("<tr>") == 13
    assert [one["what"] for one in found.json] == [f"10.0.0.{i + 1}/32 dev lo" for i in range(12)]
    assert found[:2] == (found[0], found[1])


def test_names_are_text_in_the_table() -> None:
    before = lab.snapshot()
    subprocess.run(["ip", "netns", "add", "<img onerror=alert(1)>"], check=True)
    page = (lab.snapshot() - before)._repr_html_()
    assert "<img" not in page
    assert "&lt;img" in page


def test_a_namespace_may_be_called_anew() -> None:
    sh("ip netns add one")
    before = lab.snapshot()
    sh("touch /run/netns/two; mount --bind /run/netns/one /run/netns/two; ip netns del one")
    assert repr(lab.snapshot() - before) == "one → two"


def test_an_inode_that_is_used_again_is_no_new_name() -> None:
    build()
    before = contents()
    sh("ip netns del netns1; ip netns del netns2")
    build()
    after = contents()
    names = {"": "", "netns1": "netns2", "netns2": "netns1"}
    inodes = {names[name]: inode for inode, (name, _content) in before.items()}
    swapped = {inodes[name]: (name, content) for name, content in after.values()}
    line = difference(without_wires(before), without_wires(swapped)).line
    assert line.startswith("− netns1 · − netns2 · + netns1 · + netns2")
    assert "→" not in line


def test_a_kernel_without_cookies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "_NETNS_COOKIE", 9999)
    sh("ip netns add one")
    assert repr(after("ip netns del one; ip netns add two")) in {"− one · + two", "one → two"}
    inode = str(Path("/run/netns/two").stat().st_ino)
    assert [space["key"] for space in lab.snapshot().namespaces if space["name"]] == [inode]


def test_something_else_is_no_snapshot() -> None:
    with pytest.raises(TypeError):
        lab.snapshot() - 1  # type: ignore[operator]


def test_without_the_right_it_says_so() -> None:
    sh("ip netns add one")
    code = (
        "import nslabkit as lab\n"
        "try: lab.snapshot()\n"
        "except lab.NoPrivilegeError as error: print(error.errno_name)"
    )
    command, variables = powerless(code)
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "EPERM", done.stderr
