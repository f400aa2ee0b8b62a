"""Does the picture show what ``ip -j`` says, and can it be read by everybody?"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from kernel_shell import sh, wait_for

import nslabkit as lab

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")


def _parsed() -> ET.Element:
    return ET.fromstring(lab.picture()._repr_svg_())  # noqa: S314 - our own text


def _state(box: str, port: str) -> str:
    found = {one.name: one for one in lab.picture().boxes}
    return {one.name: one for one in found[box].ports}[port].state


def test_the_host_alone() -> None:
    picture = lab.picture()
    assert [box.name for box in picture.boxes] == ["host"]
    assert picture.wires == ()
    assert _parsed().find(f"{SVG}title").text == "The host alone: no other namespace has a name."


@pytest.mark.usefixtures("pair")
def test_one_wire_with_its_addresses() -> None:
    picture = lab.picture()
    assert [box.name for box in picture.boxes] == ["host", "netns1", "netns2"]
    assert picture.boxes[1].ports[1].addresses == ("172.16.0.1/24",)
    assert [set(wire.ends) for wire in picture.wires] == [{(1, "veth1"), (2, "veth1-peer")}]
    assert "A wire joins veth1 in netns1 and veth1-peer in netns2." in picture.description


@pytest.mark.usefixtures("pair")
def test_up_down_and_no_carrier_differ_in_words_and_shape() -> None:
    wait_for(lambda: _state("netns1", "veth1") == "up")
    live = lab.picture()._repr_svg_()
    sh("ip -n netns2 link set veth1-peer down")
    wait_for(lambda: _state("netns1", "veth1") == "no carrier")
    assert _state("netns2", "veth1-peer") == "down"
    dead = lab.picture()._repr_svg_()
    assert "up, no carrier" in dead
    assert "up, no carrier" not in live
    assert dead.count("stroke-dasharray") == live.count("stroke-dasharray") + 1


def test_a_wire_inside_the_host_and_a_bridge() -> None:
    sh(
        "ip link add br0 type bridge; ip link add veth1 type veth peer name veth1-peer;"
        "ip link set veth1 master br0"
    )
    picture = lab.picture()
    names = [port.name for port in picture.boxes[0].ports]
    assert names.index("veth1") == names.index("br0") + 1
    assert [{name for _box, name in wire.ends} for wire in picture.wires] == [
        {"veth1", "veth1-peer"}
    ]


def test_twelve_namespaces_with_long_names_in_an_order_that_stays() -> None:
    for number in range(12, 0, -1):
        sh(
            f"ip netns add netns{number}; ip link add v{number} type veth "
            f"peer name eth0 netns netns{number}"
        )
    long = "a-name-of-some-length-" * 10
    sh(f"ip netns add {long}")
    first, second = lab.picture(), lab.picture()
    assert first == second
    assert first._repr_svg_() == second._repr_svg_()
    assert [box.name for box in first.boxes[2:]] == [f"netns{n}" for n in range(1, 13)]
    assert len(first.wires) == 12
    texts = [element.text or "" for element in _parsed().iter(f"{SVG}text")]
    assert max(map(len, texts)) <= 34
    assert any(title.text == long for title in _parsed().iter(f"{SVG}title"))


@pytest.mark.usefixtures("pair")
def test_text_is_large_enough_and_has_an_alternative() -> None:
    root = _parsed()
    assert root.get("role") == "img"
    assert "veth1" in root.get("aria-label", "")
    assert "172.16.0.1/24" in root.find(f"{SVG}desc").text
    sizes = [float(element.get("font-size", "0")) for element in root.iter(f"{SVG}text")]
    assert min(sizes) >= 11


@pytest.mark.usefixtures("pair")
def test_follows_jupyterlabs_theme() -> None:
    svg = lab.picture()._repr_svg_()
    assert svg in lab.picture()._repr_html_()
    fills = re.findall(r"<text [^>]*fill:([^;\"]+)", svg)
    assert fills
    assert all(fill.startswith("var(--jp-") for fill in fills)


def test_a_name_with_nothing_behind_it_is_left_out() -> None:
    sh("ip netns add netns1; touch /run/netns/broken")
    try:
        assert [box.name for box in lab.picture().boxes] == ["host", "netns1"]
    finally:
        sh("rm /run/netns/broken")


def test_names_cannot_break_the_markup() -> None:
    sh("ip netns add 'a<b>&c'")
    assert [box.name for box in lab.picture().boxes] == ["host", "a<b>&c"]
    assert any(element.text == "a<b>&c" for element in _parsed().iter(f"{SVG}text"))


def test_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    assert lab.picture().boxes[0].name == "主机"
    assert _parsed().get("lang") == "zh-CN"


def test_a_tunnel_is_no_wire_and_says_its_network() -> None:
    for number in (1, 2, 3):
        sh(f"ip netns add host{number}")
        network = 42 if number < 3 else 43
        sh(f"ip -n host{number} link add vx type vxlan id {network} dstport 4789")
    picture = lab.picture()
    assert picture.wires == ()
    assert [(set(tunnel.ends), tunnel.kind) for tunnel in picture.tunnels] == [
        ({(1, "vx"), (2, "vx")}, "VXLAN 42")
    ]
    assert "vx (down) VXLAN 42" in picture.description
    assert "vx in host1 and vx in host2 belong to one network, VXLAN 42." in picture.description
    assert "wires: 0" in picture.title
    drawn = picture._repr_svg_()
    assert drawn.count('stroke-dasharray="0.1 6"') == 1
    assert ">VXLAN 43<" in drawn
