"""Does switching an offload change what really passes the wire?"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

import nslabkit as lab
from nslabkit.base.errors import InvalidValueError, NotFoundError, NotSupportedError
from nslabkit.course.claims import chapter
from nslabkit.net import offloads
from nslabkit.net.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def wire() -> Iterator[None]:
    with Lab():
        chapter.addressed()
        yield


def _is_on(name: str) -> bool:
    return next(row.on for row in offloads.offloads("veth1", "netns1") if row.name == name)


def _sent_checksum() -> bytes:
    """Return the checksum of a datagram as it leaves ``veth1``."""
    one = lab.namespaces.namespace("netns1")
    with lab.capture("netns1/veth1", filter="udp") as recording, one.socket() as sender:
        sender.sendto(b"hello", ("172.16.0.2", 9))
    return recording.packets[0].data[40:42]


def test_a_veth_says_that_it_does_the_work() -> None:
    found = {row.name: row.on for row in offloads.offloads("veth1", "netns1")}
    assert found["tx"]
    assert found["tso"]
    assert "tso" in repr(offloads.offloads("veth1", "netns1"))


@pytest.mark.parametrize("name", ["tx", "tso", "gro"])
def test_a_switch_stays_where_it_is_put(name: str) -> None:
    for on in (False, True):
        offloads.switch(name, "veth1", on=on, namespace="netns1")
        assert _is_on(name) is on


def test_the_other_end_has_switches_of_its_own() -> None:
    offloads.switch("tx", "veth1", on=False, namespace="netns1")
    assert next(row.on for row in offloads.offloads("veth1-peer", "netns2") if row.name == "tx")


def test_without_it_the_kernel_finishes_the_checksum() -> None:
    addresses = b"".join(socket.inet_aton(one) for one in ("172.16.0.1", "172.16.0.2"))
    half = sum(int.from_bytes(addresses[at : at + 2]) for at in range(0, 8, 2)) + 17 + 13
    unfinished = (half & 0xFFFF) + (half >> 16)
    lab.namespaces.namespace("netns1").run("ping -c 1 172.16.0.2", check=True, quiet=True)
    assert int.from_bytes(_sent_checksum()) == unfinished
    offloads.switch("tx", "veth1", on=False, namespace="netns1")
    assert int.from_bytes(_sent_checksum()) != unfinished


def test_errors_say_what_is_wrong() -> None:
    with pytest.raises(InvalidValueError, match="tso"):
        offloads.switch("turbo", "veth1", on=True, namespace="netns1")
    with pytest.raises(NotFoundError, match="veth9"):
        offloads.offloads("veth9", "netns1")
    with pytest.raises(NotFoundError, match="netns9"):
        offloads.offloads("veth1", "netns9")
    with pytest.raises(NotSupportedError, match="lo"):
        offloads.switch("tx", "lo", on=False)


def test_a_socket_stays_where_it_was_made() -> None:
    one, two = lab.namespaces.namespace("netns1"), lab.namespaces.namespace("netns2")
    with one.socket() as sender, two.socket() as receiver:
        receiver.bind(("172.16.0.2", 5000))
        receiver.settimeout(5)
        sender.sendto(b"hello", ("172.16.0.2", 5000))
        data, (source, _port) = receiver.recvfrom(10)
    assert (data, source) == (b"hello", "172.16.0.1")
    with pytest.raises(NotFoundError, match="netns9"):
        lab.namespaces.namespace("netns9")
    with pytest.raises(NotSupportedError, match="kind"):
        one.socket(kind=77)
