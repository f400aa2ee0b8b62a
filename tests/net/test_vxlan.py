"""Is a VXLAN link what ``ip -d`` says, and the table of MAC addresses what ``bridge`` says?"""

from __future__ import annotations

import errno
import json
from typing import Any

import pytest
from kernel_shell import ip, sh

import nslabkit as lab


def bridge(words: str) -> Any:  # noqa: ANN401 - whatever JSON bridge prints
    return json.loads(sh(f"bridge -j {words}") or "[]")


def settings(name: str) -> dict[str, Any]:
    (entry,) = ip(f"-d link show {name}")
    assert entry["linkinfo"]["info_kind"] == "vxlan"
    data: dict[str, Any] = entry["linkinfo"]["info_data"]
    return data | {"mtu": entry["mtu"]}


@pytest.fixture
def lower() -> None:
    lab.links.add_veth("lower", "far")
    lab.addresses.add("192.0.2.1/24", "lower")
    lab.addresses.add("2001:db8::1/64", "lower")
    lab.links.up("lower")
    lab.links.up("far")


@pytest.mark.usefixtures("lower")
def test_it_is_what_ip_makes() -> None:
    lab.links.add_vxlan("ours", identity=42, local="192.0.2.1", remote="192.0.2.2", link="lower")
    ours = settings("ours")
    lab.links.remove("ours")
    sh("ip link add its type vxlan id 42 local 192.0.2.1 remote 192.0.2.2 dev lower dstport 4789")
    assert ours == settings("its")
    assert ours["mtu"] == 1450


@pytest.mark.usefixtures("lower")
def test_ipv6_takes_twenty_bytes_more() -> None:
    six = {"local": "2001:db8::1", "remote": "2001:db8::2"}
    lab.links.add_vxlan("ours", identity=1, link="lower", port=8472, learning=False, **six)
    ours = settings("ours")
    lab.links.remove("ours")
    sh(
        "ip link add its type vxlan id 1 local 2001:db8::1 remote 2001:db8::2 dev lower "
        "dstport 8472 nolearning"
    )
    assert ours == settings("its")
    assert (ours["mtu"], ours["learning"]) == (1430, False)


def test_without_a_link_and_without_ends() -> None:
    blue = lab.namespaces.add("blue")
    lab.links.add_vxlan("vx", identity=2**24 - 1, namespace=blue)
    (entry,) = ip("-n blue -d link show vx")
    assert entry["linkinfo"]["info_data"]["id"] == 2**24 - 1
    assert entry["mtu"] == 1500
    assert list(lab.bridges.fdb(blue, "vx")) == []


@pytest.mark.parametrize(
    ("given", "kind", "number", "words"),
    [
        ({"identity": 2**24}, lab.InvalidValueError, None, "from 0 to 16777215"),
        ({"identity": -1}, lab.InvalidValueError, None, "from 0 to 16777215"),
        ({"identity": 1, "port": 0}, lab.InvalidValueError, None, "from 1 to 65535"),
        ({"identity": 1, "remote": "host2"}, lab.InvalidValueError, None, "host2 is not an IPv4"),
        (
            {"identity": 1, "local": "192.0.2.1", "remote": "fd00::1"},
            lab.InvalidValueError,
            None,
            "One of the two addresses is IPv4",
        ),
        ({"identity": 1, "link": "eth9"}, lab.NotFoundError, errno.ENODEV, "called eth9"),
        ({"identity": 1, "namespace": "gone"}, lab.NotFoundError, errno.ENOENT, "gone"),
    ],
)
def test_errors_teach(
    given: dict[str, Any], kind: type[lab.NslabError], number: int | None, words: str
) -> None:
    with pytest.raises(lab.NslabError) as caught:
        lab.links.add_vxlan("vx", **given)
    error = caught.value
    assert type(error) is kind
    assert error.errno == number
    assert words in str(error)
    assert "type vxlan id" in error.tried
    assert error.fix
    assert [one.name for one in lab.links.links()] == ["lo"]


def test_a_name_or_a_network_that_is_taken() -> None:
    lab.links.add_vxlan("vx", identity=42)
    for name, words in (("vx", "already has a link called vx"), ("other", "of network 42")):
        with pytest.raises(lab.AlreadyExistsError, match=words):
            lab.links.add_vxlan(name, identity=42)
    lab.links.add_vxlan("other", identity=42, port=8472)  # another port is another tunnel


@pytest.mark.usefixtures("lower")
def test_the_table_is_what_bridge_prints() -> None:
    lab.bridges.add("br0")
    lab.links.add_vxlan("vx", identity=42, local="192.0.2.1", remote="192.0.2.2", link="lower")
    lab.bridges.attach("vx", "br0")
    for entry in (
        "02:00:00:00:00:02 dev vx dst 192.0.2.7 port 8472 vni 9 via lower",
        "02:00:00:00:00:03 dev vx master static",
        "02:00:00:00:00:04 dev vx master static sticky",
        "02:00:00:00:00:05 dev vx dst 192.0.2.9 extern_learn",
        "02:00:00:00:00:06 dev vx dst 192.0.2.9 router",
    ):
        sh(f"bridge fdb add {entry}")
    sh("bridge fdb append 00:00:00:00:00:00 dev vx dst 192.0.2.3")
    found = lab.bridges.fdb()
    assert found.json == bridge("fdb")
    assert lab.bridges.fdb(link="vx").json == bridge("fdb show dev vx")
    flooded = [row.dst for row in found if row.mac == "00:00:00:00:00:00"]
    assert flooded == ["192.0.2.2", "192.0.2.3"]
    assert {row.bridge for row in found if row.mac == "02:00:00:00:00:03"} == {"br0"}


def test_a_link_that_is_not_there_has_no_table() -> None:
    with pytest.raises(lab.NotFoundError) as caught:
        lab.bridges.fdb(link="vx")
    assert caught.value.tried == "bridge fdb show dev vx"
    assert caught.value.errno == errno.ENODEV
