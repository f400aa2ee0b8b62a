"""Is every field of the real output explained, and nothing but readers run?"""

from __future__ import annotations

import json
import subprocess

import pytest
from kernel_shell import sh

import nslabkit as lab
from nslabkit.base.errors import CommandError, InvalidValueError


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")


def _fields(explanation: object) -> dict[str, str]:
    return {field.text: field.meaning for field in explanation.fields}


@pytest.mark.usefixtures("pair")
def test_every_field_of_ip_addr() -> None:
    explanation = lab.explain("ip addr show veth1", namespace="netns1")
    asked = "ip -n netns1 -j link show veth1"
    link = json.loads(subprocess.check_output(asked.split()))[0]
    fields = _fields(explanation)
    assert f"number {link['link_index']} in its own" in fields[f"@if{link['link_index']}"]
    assert "at random" in fields[f"link/ether {link['address']}"]
    assert "IPv4" in fields["inet 172.16.0.1/24"]
    assert "LOWER_UP" in fields["<BROADCAST,MULTICAST,UP,LOWER_UP>"]
    named = fields.get("link-netns netns2") or fields[f"link-netnsid {link['link_netnsid']}"]
    assert "other end" in named
    # What is left when the explained fields are taken away is repetition and punctuation.
    rest = explanation.text
    for field in reversed(explanation.fields):
        rest = rest[: field.start] + rest[field.end :]
    repeated = {":", "veth1", "proto", "kernel_ll"} | {
        word for field in fields for word in field.split()
    }
    assert set(rest.split()) <= repeated


@pytest.mark.usefixtures("pair")
def test_a_link_that_is_off_and_one_without_carrier() -> None:
    sh("ip -n netns2 link set veth1-peer down")
    off = _fields(lab.explain("ip link show veth1-peer", namespace="netns2"))
    assert "no UP: it is off" in off["<BROADCAST,MULTICAST>"]
    alone = _fields(lab.explain("ip link show veth1", namespace="netns1"))
    assert any("no signal" in meaning for meaning in alone.values())


def test_the_other_end_in_the_same_namespace() -> None:
    sh("ip link add veth1 type veth peer name veth1-peer")
    assert "in this same namespace" in _fields(lab.explain("ip link"))["@veth1-peer"]


@pytest.mark.usefixtures("pair")
def test_a_route() -> None:
    fields = _fields(lab.explain("ip route get 172.16.0.2", namespace="netns1"))
    assert list(fields)[:3] == ["172.16.0.2", "dev veth1", "src 172.16.0.1"]
    own = _fields(lab.explain("ip route get 172.16.0.1", namespace="netns1"))
    assert own["local"] == "the destination is this namespace itself"


@pytest.mark.usefixtures("pair")
def test_shows_without_hovering_and_with() -> None:
    explanation = lab.explain("ip addr", namespace="netns1")
    html = explanation._repr_html_()
    assert '<th scope="row"' in html
    assert "<caption " in html
    assert html.count("<sup") == len(explanation.fields) == html.count("<tr>")
    assert "(1) 1: the link's number" in repr(explanation)
    assert repr(explanation).startswith("$ ip netns exec netns1 ip addr\n")


@pytest.mark.parametrize(
    "command",
    [
        "ip link add veth1 type veth",
        "ip netns add x",
        "ip addr flush dev lo",
        "ip addr show lo; ip netns add x",
        "rm -rf x",
        "",
        "ip 'addr",
        None,
        7,
        "ip route add default dev lo",
        "ip -j addr",
    ],
)
def test_runs_nothing_else(command: str) -> None:
    with pytest.raises((InvalidValueError, CommandError)):
        lab.explain(command)
    assert subprocess.check_output(["ip", "netns"]) == b""


def test_a_command_that_fails_says_what_ip_said() -> None:
    with pytest.raises(CommandError, match="does not exist"):
        lab.explain("ip addr show veth9")


def test_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    assert "序号" in lab.explain("ip link").fields[0].meaning
