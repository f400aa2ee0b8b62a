"""Does the kit hear what the kernel tells, from where it says, and hold nothing by it?"""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

import pytest
from kernel_shell import ip, sh, wait_for

from nslabkit.netlink import EnterError, requests
from nslabkit.netlink.decoding import decode
from nslabkit.netlink.listener import EVERYTHING, Everywhere, Group, Listener
from nslabkit.netlink.notices import Lost, Notice

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE = 120.0


def heard(listener: Listener, wanted: Callable[[Notice], bool]) -> Notice:
    """Read until a notice comes that is wanted."""
    deadline = time.monotonic() + PATIENCE
    while listener.wait(deadline - time.monotonic()):
        for notice in listener.read():
            if isinstance(notice, Notice) and wanted(notice):
                return notice
    raise AssertionError("it was not heard in time")


def link_of(notice: Notice) -> str:
    return str(decode("link", [notice.message])[0].get("IFLA_IFNAME"))


def about(name: str) -> Callable[[Notice], bool]:
    return lambda notice: notice.kind == requests.NEWLINK and link_of(notice) == name


def test_one_namespace_is_heard_and_no_other() -> None:
    sh("ip netns add one; ip netns add two")
    with Listener(path="/run/netns/one") as listener:
        assert listener.read() == []
        before = time.time_ns()
        sh("ip -n two link add elsewhere type veth peer name elsewhere2")
        sh("ip -n one link add here type veth peer name here2")
        notice = heard(listener, about("here"))
        assert before <= notice.time <= time.time_ns()
        assert notice.namespace is None
        assert not [one for one in listener.read() if about("elsewhere")(one)]


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("addr add 172.16.0.1/24 dev here", requests.NEWADDR),
        ("addr add fd00::1/64 dev here", requests.NEWADDR),
        ("neigh add 172.16.0.9 lladdr 02:00:00:00:00:09 dev here", requests.NEWNEIGH),
        ("route add 10.9.0.0/16 dev lo", requests.NEWROUTE),
        ("link del here", requests.DELLINK),
    ],
)
def test_each_kind_of_change_is_heard(command: str, kind: int) -> None:
    sh("ip netns add one; ip -n one link add here type veth peer name here2")
    sh("ip -n one link set lo up; ip -n one link set here up")
    with Everywhere() as listener:
        number = listener.know("/run/netns/one")
        sh(f"ip -n one {command}")
        notice = heard(listener, lambda one: one.kind == kind)
        assert notice.namespace == number


def test_every_namespace_is_heard_and_told_apart() -> None:
    sh("ip netns add one; ip netns add two")
    with Everywhere() as listener:
        numbers = {name: listener.know(f"/run/netns/{name}") for name in ("one", "two")}
        host = listener.know(None)
        assert len({*numbers.values(), host}) == 3
        assert listener.know("/run/netns/two") == numbers["two"]
        sh("ip -n two link add there type bridge")
        assert heard(listener, about("there")).namespace == numbers["two"]
        sh("ip link add mine type bridge")
        assert heard(listener, about("mine")).namespace == host


def test_the_learners_list_shows_no_id() -> None:
    sh("ip netns add one")
    with Everywhere() as listener:
        listener.know("/run/netns/one")
        assert ip("netns") == [{"name": "one"}]
        assert sh("ip netns list-id") == ""
        assert sh("ip -n one netns list-id") == ""


def test_it_holds_no_namespace() -> None:
    sh("ip netns add one; ip link add here type veth peer name there netns one")
    with Everywhere((*EVERYTHING, Group.NAMESPACE_ID)) as listener:
        number = listener.know("/run/netns/one")
        sh("ip netns del one")
        gone = heard(listener, lambda one: one.kind == requests.DELNSID)
        assert requests.nsid_in(gone.message) == number
        wait_for(lambda: [link["ifname"] for link in ip("link")] == ["lo"], PATIENCE)


def test_losing_notices_is_reported_and_it_goes_on(tmp_path: Path) -> None:
    sh("ip netns add one")
    with Everywhere() as listener:
        listener.know("/run/netns/one")
        assert listener.buffer >= 1 << 16
        # Each address makes two notices, and each of them takes some hundred bytes.
        lines = [
            f"addr add 10.1.{number // 250}.{number % 250 + 1}/32 dev lo"
            for number in range(listener.buffer // 800)
        ]
        batch = tmp_path / "batch"
        batch.write_text("\n".join(lines))
        sh(f"ip -n one -batch {batch}")
        found = listener.read()
        while more := listener.read():
            found += more
        assert any(isinstance(one, Lost) for one in found)
        sh("ip -n one link add after type bridge")
        assert heard(listener, about("after"))


def test_a_namespace_that_is_not_there_is_refused() -> None:
    with pytest.raises(EnterError):
        Listener(path="/run/netns/nowhere")
    with Everywhere() as listener, pytest.raises(EnterError):
        listener.know("/run/netns/nowhere")


def test_a_group_that_is_not_there_leaves_no_socket_open() -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        Listener((4000,), protocol=socket.NETLINK_ROUTE)


def test_closing_twice_does_no_harm() -> None:
    listener = Everywhere()
    listener.close()
    listener.close()
