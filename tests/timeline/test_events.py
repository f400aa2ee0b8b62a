"""Is everything heard that ``ip monitor`` hears, and is nothing held or kept silent?"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kernel_shell import ip, link_names, sh, wait_for

import nslabkit as lab
from nslabkit.capture.events import Clock, EventLog, Observation, event_log
from nslabkit.capture.events.neighbour_tables import Read, Tables

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 120.0

Pair = tuple[lab.Namespace, lab.Namespace]


def states(log: EventLog, namespace: str, address: str) -> list[str]:
    return [
        ",".join(one.detail["state"])
        for one in log.observations
        if (one.namespace, one.detail.get("dst")) == (namespace, address)
    ]


def until(log: EventLog, wanted: Callable[[Observation], bool]) -> None:
    wait_for(lambda: any(map(wanted, log.observations)), PATIENCE)


@pytest.mark.usefixtures("pair")
def test_what_a_ping_teaches() -> None:
    before = time.time_ns()
    with EventLog(["netns1", "netns2"]) as log:
        sh("ip netns exec netns1 ping -c 1 172.16.0.2")
        until(log, lambda one: one.namespace == "netns1" and one.kind == "neighbour")
        until(log, lambda one: one.namespace == "netns2" and one.kind == "neighbour")
        expected = {name: ip(f"-n {name} neigh")[0] for name in ("netns1", "netns2")}
    found = {one.namespace: one for one in log.observations if one.clock is Clock.RECEIVED}
    assert set(found) == {"netns1", "netns2"}
    for name, state in (("netns1", "REACHABLE"), ("netns2", "STALE")):
        one, said = found[name], expected[name]
        assert (one.detail["dst"], one.detail["lladdr"]) == (said["dst"], said["lladdr"])
        assert (one.link, one.detail["state"]) == (said["dev"], [state])
        assert before <= one.time <= time.time_ns()
    assert log.notes == ()
    assert log.buffer > 0


@pytest.mark.usefixtures("pair")
def test_links_addresses_and_routes_as_ip_names_them() -> None:
    with EventLog(["netns1"]) as log:
        sh(
            "ip -n netns1 addr add 10.1.0.1/24 dev veth1; ip -n netns1 route add 10.2.0.0/16 "
            "via 10.1.0.9; ip -n netns1 route del 10.2.0.0/16; ip -n netns1 link set veth1 mtu 1400"
        )
        until(log, lambda one: one.kind == "link")
    found = [(one.kind, one.change, one.link) for one in log.observations]
    assert ("address", "new", "veth1") in found
    assert ("route", "gone", "veth1") in found
    assert ("link", "new", "veth1") in found
    route = next(one for one in log.observations if one.detail.get("dst") == "10.2.0.0/16")
    assert (route.detail["gateway"], route.detail["dev"]) == ("10.1.0.9", "veth1")
    link = next(one for one in log.observations if one.kind == "link")
    assert (link.detail["was"]["mtu"], link.detail["mtu"]) == (1500, 1400)


def test_other_namespaces_are_not_heard() -> None:
    sh("ip netns add netns1; ip netns add other")
    with EventLog(["netns1", lab.HOST]) as log:
        sh("ip -n other link set lo up; ip -n netns1 link set lo up")
        sh("ip link set lo down; ip link set lo up")
        until(log, lambda one: one.namespace == "netns1" and one.kind == "link")
        until(log, lambda one: one.namespace == "" and one.kind == "link")
    assert {one.namespace for one in log.observations} == {"netns1", ""}
    # The learner's own namespace knows no ids that come from listening.
    assert "id" not in sh("ip netns")


@pytest.mark.usefixtures("pair")
def test_incomplete_and_delay_are_read_where_they_last() -> None:
    # Nobody has 172.16.0.9: INCOMPLETE for a second.  netns2 answers: DELAY for five.
    with EventLog(["netns1", "netns2"]) as log:
        sh("ip netns exec netns1 ping -c 1 172.16.0.2")
        known = {"STALE", "DELAY"}
        wait_for(lambda: set(states(log, "netns2", "172.16.0.1")) == known, PATIENCE)
        sh("ip netns exec netns1 ping -c 1 -W 1 172.16.0.9 || true")
        wait_for(lambda: "INCOMPLETE" in states(log, "netns1", "172.16.0.9"), PATIENCE)
    read = [one for one in log.observations if one.clock is Clock.READ]
    assert {tuple(one.detail["state"]) for one in read} == {("INCOMPLETE",), ("DELAY",)}
    for one in read:
        assert one.change == "read"
        assert one.detail["begun"] <= one.time


@pytest.mark.usefixtures("pair")
def test_what_stood_there_is_the_beginning() -> None:
    sh("ip -n netns1 neigh add 172.16.0.7 lladdr 02:00:00:00:00:07 dev veth1")
    with EventLog(["netns1", "netns2"]) as log:
        pass
    assert [(one.clock, one.detail["state"]) for one in log.observations] == [
        (Clock.READ, ["PERMANENT"])
    ]


@pytest.mark.usefixtures("pair")
def test_a_bridge_learns() -> None:
    sh(
        "ip netns add switch; ip -n switch link add br0 type bridge; ip -n switch link set br0 up;"
        "ip -n netns2 link set veth1-peer netns switch; "
        "ip -n switch link set veth1-peer master br0 up"
    )
    wait_for(
        lambda: (
            ip("-n switch -d link show veth1-peer")[0]["linkinfo"]["info_slave_data"]["state"]
            == "forwarding"
        ),
        PATIENCE,
    )
    mac = ip("-n netns1 link show veth1")[0]["address"]
    with EventLog(["switch"]) as log:
        sh("ip netns exec netns1 ping -c 1 -W 0.1 172.16.0.2 || true")
        until(log, lambda one: one.kind == "fdb" and one.detail["mac"] == mac)
    learnt = next(one for one in log.observations if one.kind == "fdb")
    assert (learnt.link, learnt.change) == ("veth1-peer", "new")


def test_the_same_states_as_ip_monitor(pair: Pair) -> None:
    asked = "172.16.0.2"
    monitor = subprocess.Popen(
        ["ip", "-n", "netns1", "-ts", "monitor", "neigh"],
        stdout=subprocess.PIPE,
    )
    try:
        assert monitor.stdout is not None
        # It listens when what happens is told: until then make something happen.
        os.set_blocking(monitor.stdout.fileno(), False)
        heard = b""

        def listens() -> bool:
            nonlocal heard
            sh("ip -n netns1 neigh replace 172.16.0.99 lladdr 02:00:00:00:00:99 dev veth1")
            sh("ip -n netns1 neigh del 172.16.0.99 dev veth1")
            heard += monitor.stdout.read() or b""
            return b"172.16.0.99" in heard

        wait_for(listens, PATIENCE)
        with EventLog(list(pair)) as log:
            sh(f"ip netns exec netns1 ping -c 1 {asked}")
            sh("ip -n netns1 neigh flush dev veth1")
            wait_for(lambda: len(states(log, "netns1", asked)) >= 3, PATIENCE)

        def all_told() -> bool:
            nonlocal heard
            heard += monitor.stdout.read() or b""
            return heard.count(f"{asked} dev".encode()) >= 3

        wait_for(all_told, PATIENCE)
    finally:
        monitor.terminate()
        monitor.wait()
        monitor.stdout.close()
    lines = [line for line in heard.decode().splitlines() if f"{asked} dev" in line]
    ours = [
        (one.change, one.detail["state"][0])
        for one in log.observations
        if (one.namespace, one.detail.get("dst"), one.clock) == ("netns1", asked, Clock.RECEIVED)
    ]
    assert ours == [("gone" if "eleted" in line else "new", line.split()[-1]) for line in lines]


def test_events_that_were_lost_are_said(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The thread is held up while far more comes than a small buffer takes."""
    monkeypatch.setattr("nslabkit.netlink.listener._WANTED", 4096)
    may_go_on, is_held = threading.Event(), threading.Event()
    read = Tables.read

    def held_up(self: Tables, *, lost: bool = False) -> list[Read]:
        is_held.set()
        assert may_go_on.wait(PATIENCE)
        return read(self, lost=lost)

    log = EventLog(list(pair))
    log.prepare()
    log.start()
    try:
        monkeypatch.setattr(Tables, "read", held_up)
        assert is_held.wait(PATIENCE)
        file = tmp_path / "many"
        file.write_text(
            "".join(
                f"neigh replace 172.16.0.{host} lladdr 02:00:00:00:00:{host:02x} dev veth1\n"
                for _again in range(10)
                for host in range(10, 250)
            )
        )
        sh(f"ip -n netns1 -batch {file}")
        may_go_on.set()
        until(log, lambda one: one.kind == "lost")
    finally:
        may_go_on.set()
        log.stop()
    assert "Events were lost" in log.notes[0]
    assert str(log.buffer) in log.notes[0]
    known = {
        one.detail["dst"]
        for one in log.observations
        if one.kind == "neighbour" and one.namespace == "netns1"
    }
    # What was lost was read from the table instead.
    assert known >= {entry["dst"] for entry in ip("-n netns1 neigh")}


def test_a_deleted_namespace_goes_at_once(pair: Pair) -> None:
    with EventLog(list(pair)) as log:
        sh("ip netns del netns1")
        # Its link's other end goes only when the namespace itself has gone.
        wait_for(lambda: link_names("netns2") == ["lo"], PATIENCE)
        until(log, lambda one: one.kind == "namespace")
        sh("ip netns add netns1; ip -n netns1 link set lo up")
    gone = [(one.namespace, one.kind, one.change) for one in log.observations]
    assert ("netns1", "namespace", "gone") in gone
    assert ("netns2", "link", "gone") in gone
    # The new one is another namespace, although it has the name: it was not asked for.
    last = max(place for place, one in enumerate(gone) if one[1] == "namespace")
    assert not [one for one in gone[last:] if one[:2] == ("netns1", "link")]


def test_a_prepared_log_holds_nothing_either(pair: Pair) -> None:
    log = EventLog(list(pair))
    log.prepare()
    try:
        sh("ip netns del netns1")
        wait_for(lambda: link_names("netns2") == ["lo"], PATIENCE)
    finally:
        log.stop()
    log.stop()  # twice does no harm
    assert log.observations == ()


def test_a_missing_namespace_is_named() -> None:
    with pytest.raises(lab.NotFoundError, match="nowhere"), EventLog(["nowhere"]):
        pass


def test_nothing_is_left_of_a_log_that_could_not_begin(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_self: Tables, *, lost: bool = False) -> list[Read]:  # noqa: ARG001 - as the real one
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Tables, "read", refused)
    before = set(Path("/proc/self/fd").iterdir())
    with pytest.raises(lab.NoPrivilegeError), EventLog(list(pair)):
        pass
    assert len(set(Path("/proc/self/fd").iterdir())) == len(before)


@pytest.mark.parametrize(
    ("error", "told"),
    [(OSError(105, "No buffer space"), lab.OutOfResourcesError), (ValueError("x"), ValueError)],
)
def test_a_thread_that_failed_is_not_silent(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, error: Exception, told: type[Exception]
) -> None:
    log = EventLog(list(pair))
    log.prepare()
    log.start()

    def fails(_self: Tables, *, lost: bool = False) -> list[Read]:  # noqa: ARG001 - as the real one
        raise error

    monkeypatch.setattr(Tables, "read", fails)
    wait_for(lambda: not log._thread.is_alive(), PATIENCE)
    with pytest.raises(told):
        log.stop()
    log.stop()  # said once


def test_more_than_can_be_kept_is_said(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "_MOST", 5)
    with EventLog(list(pair)) as log:
        for host in range(10, 20):
            sh(f"ip -n netns1 neigh add 172.16.0.{host} lladdr 02:00:00:00:00:01 dev veth1")
        wait_for(lambda: bool(log.notes), PATIENCE)
    assert 0 < len(log.observations) <= 5
    assert "first 5 events" in log.notes[0]
