"""Is what the kit tells of qdiscs what ``tc -s -j`` tells, and does what it sets take effect?"""

from __future__ import annotations

import errno
import json
import struct
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from kernel_shell import sh, wait_for

import nslabkit as lab
from nslabkit.netlink import qdisc_json, qdisc_requests
from nslabkit.netlink.requests import attribute

if TYPE_CHECKING:
    import socket

_SLOW = {"rate": 80, "burst": 2_000, "limit": 5_000}  # ten bytes a second: its queue stands still
_TARGET = ("172.16.0.2", 5000)


def tc(link: str, namespace: str | None = None) -> Any:  # noqa: ANN401 - whatever JSON tc prints
    """Return what ``tc -s -j`` prints: the oracle of these tests."""
    where = f"-n {namespace} " if namespace else ""
    return json.loads(sh(f"tc {where}-s -j qdisc show dev {link}"))


def agree(link: str, namespace: str | None = None) -> bool:
    """Compare; a stray frame between the two readings may make them differ for once."""
    return bool(lab.qdiscs.qdiscs(link, namespace).json == tc(link, namespace))


@pytest.fixture
def wire() -> None:
    lab.links.add_veth("near", "far")
    lab.links.up("near")
    lab.links.up("far")


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize(
    "words",
    [
        "root tbf rate 1mbit burst 5kb limit 10kb",
        "root tbf rate 1mbit burst 5kb latency 50ms peakrate 2mbit mtu 1540",
        "root tbf rate 40gbit burst 5000160 limit 10kb",  # more bytes a second than 32 bits hold
        "root pfifo",
        "root handle 7: pfifo limit 9",
        "root bfifo",
        "root pfifo_fast",
        "root handle 1: htb default 20",
        "root handle 2: htb r2q 7",
        "ingress",
        "clsact",
    ],
)
def test_each_kind_is_what_tc_prints(words: str) -> None:
    added = subprocess.run(
        ["tc", "qdisc", "add", "dev", "near", *words.split()],
        capture_output=True,
        text=True,
        check=False,
    )
    lacks_it = "kind is unknown" in added.stderr  # this kernel: then nothing has changed
    assert added.returncode == 0 or lacks_it, added.stderr
    wait_for(lambda: agree("near"), 20)
    assert agree("lo")  # noqueue, and nothing of another link's
    kind = next(word for word in words.split() if word not in {"root", "handle", "7:", "1:", "2:"})
    assert (kind in [qdisc.kind for qdisc in lab.qdiscs.qdiscs("near")]) != lacks_it


@pytest.mark.usefixtures("wire")
def test_a_qdisc_in_a_class_names_it() -> None:
    sh("tc qdisc add dev near root handle 1: htb default 20")
    sh("tc class add dev near parent 1: classid 1:20 htb rate 1mbit")
    sh("tc qdisc add dev near parent 1:20 handle 20: pfifo limit 5")
    wait_for(lambda: agree("near"), 20)
    root, leaf = lab.qdiscs.qdiscs("near")
    assert (root.kind, root.handle, root.parent) == ("htb", "1:", "root")
    assert (leaf.kind, leaf.handle, leaf.parent, leaf.options) == (
        "pfifo",
        "20:",
        "1:20",
        {"limit": 5},
    )


def held_back(sender: socket.socket, count: int = 10) -> lab.qdiscs.Qdisc:
    """Send datagrams until the queue of ``veth1`` is full; return what the kernel says of it."""
    for number in range(count):
        sender.sendto(bytes([number]) * 1000, _TARGET)
    wait_for(lambda: agree("veth1", "netns1"), 20)
    return lab.qdiscs.qdiscs("veth1", "netns1")[0]


def test_what_waits_and_what_is_dropped(pair: tuple[lab.Namespace, lab.Namespace]) -> None:
    one, _two = pair
    one.run("ping -c 1 172.16.0.2", check=True, quiet=True)
    lab.qdiscs.add_tbf("veth1", **_SLOW, namespace=one)
    with one.socket() as sender:
        full = held_back(sender)
    assert full.drops > 0
    assert full.overlimits > 0
    assert full.qlen >= 3
    assert 3 * 1042 <= full.backlog <= _SLOW["limit"]
    table = lab.qdiscs.qdiscs("veth1", "netns1")
    assert "rate 80 burst 2000 limit 5000" in repr(table)
    assert str(full.backlog) in table._repr_html_()


def test_a_change_keeps_what_waits_and_a_removal_does_not(
    pair: tuple[lab.Namespace, lab.Namespace],
) -> None:
    one, two = pair
    one.run("ping -c 1 172.16.0.2", check=True, quiet=True)
    lab.qdiscs.add_tbf("veth1", **_SLOW, namespace=one)
    with one.socket() as sender, two.socket() as receiver:
        receiver.bind(_TARGET)
        receiver.settimeout(20)
        before = held_back(sender)
        lab.qdiscs.replace_tbf("veth1", **{**_SLOW, "rate": 160}, namespace=one)
        after = lab.qdiscs.qdiscs("veth1", one)[0]
        assert after.handle == before.handle
        assert after.options["rate"] == 160
        assert after.qlen >= before.qlen
        assert after.drops >= before.drops
        lab.qdiscs.remove("veth1", namespace=one)
        sender.sendto(b"last", _TARGET)
        arrived = [receiver.recv(2000)]
        while arrived[-1] != b"last":
            arrived.append(receiver.recv(2000))
    assert [row.kind for row in lab.qdiscs.qdiscs("veth1", one)] == ["noqueue"]
    assert len(arrived) <= 3  # the burst, and the last one: what waited never came


def test_a_packet_longer_than_the_burst_is_dropped(
    pair: tuple[lab.Namespace, lab.Namespace],
) -> None:
    one, _two = pair
    lab.qdiscs.add_tbf("veth1", rate=1_000_000, burst=500, limit=10_000, namespace=one)
    assert one.run("ping -c 1 -s 100 -W 20 172.16.0.2", quiet=True).returncode == 0
    before = lab.qdiscs.qdiscs("veth1", one)[0].drops
    assert one.run("ping -c 1 -s 1000 -W 1 172.16.0.2", quiet=True).returncode != 0
    assert lab.qdiscs.qdiscs("veth1", one)[0].drops > before


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize(
    ("rate", "burst", "limit"),
    [
        (1_000_000, 5_120, 10_240),
        (1_100_000, 5_000, 1),
        (8, 274, 1_000),
        (99_999_992, 4_321, 2**32 - 1),
        (2_000_000, 5_003, 204_800),
    ],
)
def test_what_is_set_is_read_again(rate: int, burst: int, limit: int) -> None:
    lab.qdiscs.add_tbf("near", rate=rate, burst=burst, limit=limit)
    assert lab.qdiscs.qdiscs("near")[0].options == {"rate": rate, "burst": burst, "limit": limit}
    (entry,) = tc("near")
    assert entry["kind"] == "tbf"
    assert entry["options"]["rate"] == rate // 8
    # tc before 6.15 rounds to microseconds.
    assert burst - rate / 8e6 - 1 <= entry["options"]["burst"] <= burst


@pytest.mark.usefixtures("wire")
def test_a_burst_that_lasts_too_long_is_told_wrong_by_tc_too() -> None:
    lab.qdiscs.add_tbf("near", rate=8, burst=1_000, limit=1_000)
    assert tc("near")[0]["options"]["burst"] < 274
    assert lab.qdiscs.qdiscs("near")[0].options["burst"] < 274


@pytest.mark.usefixtures("wire")
def test_the_command_that_an_error_names_does_the_same() -> None:
    settings = {"rate": 1_000_000, "burst": 5_120, "limit": 10_240}
    lab.qdiscs.add_tbf("near", **settings)
    ours = tc("near")[0]["options"]
    with pytest.raises(lab.AlreadyExistsError, match="already has a qdisc of this kind") as caught:
        lab.qdiscs.add_tbf("near", **settings)
    assert caught.value.errno == errno.EEXIST
    lab.qdiscs.remove("near")
    with pytest.raises(lab.NotFoundError, match="the kernel chose") as none:
        lab.qdiscs.remove("near")
    assert none.value.errno == errno.ENOENT
    sh(caught.value.tried)
    assert tc("near")[0]["options"] == ours
    sh(none.value.tried)
    sh("tc qdisc add dev near root tbf rate 1mbit burst 5kb limit 10kb")
    assert tc("near")[0]["options"] == ours


@pytest.mark.usefixtures("wire")
def test_another_kind_is_replaced() -> None:
    for change in (lab.qdiscs.add_tbf, lab.qdiscs.replace_tbf):
        sh("tc qdisc replace dev near root handle 1: htb default 20")
        change("near", **_SLOW)
        assert [entry["kind"] for entry in tc("near")] == ["tbf"]
    lab.qdiscs.remove("near")
    lab.qdiscs.replace_tbf("near", **_SLOW)  # where there is none, one is added
    assert [entry["kind"] for entry in tc("near")] == ["tbf"]


@pytest.mark.usefixtures("wire")
def test_a_kernel_without_tbf(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qdisc_requests, "_TBF", b"nosuchkind\0")
    with pytest.raises(lab.NotSupportedError, match="sch_tbf") as caught:
        lab.qdiscs.add_tbf("near", **_SLOW)
    assert caught.value.errno == errno.ENOENT
    assert "kind is unknown" in str(caught.value)
    assert [entry["kind"] for entry in tc("near")] == ["noqueue"]


@pytest.mark.usefixtures("wire")
@pytest.mark.parametrize(
    ("changed", "kind", "number", "words"),
    [
        ({"rate": "1mbit"}, lab.InvalidValueError, None, "without a unit"),
        ({"rate": 7}, lab.InvalidValueError, None, "`rate` must be a whole number from 8 to"),
        ({"rate": 8 * 2**32}, lab.InvalidValueError, None, "`rate`"),
        ({"burst": "5kb"}, lab.InvalidValueError, None, "`burst`"),
        ({"burst": 0}, lab.InvalidValueError, None, "`burst`"),
        ({"limit": 0}, lab.InvalidValueError, None, "`limit`"),
        ({"limit": 2**32}, lab.InvalidValueError, None, "`limit`"),
        ({"limit": 1.5}, lab.InvalidValueError, None, "`limit`"),
        ({"link": "eth9"}, lab.NotFoundError, errno.ENODEV, "called eth9"),
        ({"link": "x" * 16}, lab.InvalidValueError, None, "16 bytes long"),
        ({"namespace": "gone"}, lab.NotFoundError, errno.ENOENT, "gone"),
    ],
)
def test_errors_teach(
    changed: dict[str, Any], kind: type[lab.NslabError], number: int | None, words: str
) -> None:
    for verb, change in (("add", lab.qdiscs.add_tbf), ("replace", lab.qdiscs.replace_tbf)):
        with pytest.raises(lab.NslabError) as caught:
            change(**{"link": "near", **_SLOW, **changed})
        error = caught.value
        assert type(error) is kind
        assert error.errno == number
        assert words in str(error)
        assert f"qdisc {verb} dev" in error.tried
        assert error.fix
    assert [entry["kind"] for entry in tc("near")] == ["noqueue"]


def test_a_link_that_is_not_there_has_no_qdiscs() -> None:
    blue = lab.namespaces.add("blue")
    for ask in (lab.qdiscs.qdiscs, lambda name, where: lab.qdiscs.remove(name, namespace=where)):
        with pytest.raises(lab.NotFoundError, match="eth9") as caught:
            ask("eth9", blue)
        assert caught.value.errno == errno.ENODEV
        assert caught.value.tried.startswith("tc -n blue ")
    with pytest.raises(lab.NotFoundError, match="gone"):
        lab.qdiscs.qdiscs("lo", "gone")


def message(*attributes: bytes) -> bytes:
    """Write what the kernel would say of a qdisc that is busier than a test can make it."""
    body = qdisc_requests.MESSAGE.pack(0, 3, 1 << 16, qdisc_requests.ROOT, 2)
    return bytes(16) + body + b"".join(attributes)


def test_more_packets_than_32_bits_hold() -> None:
    many = 2**32 + 5
    sent = attribute(1, struct.pack("=QII", 2**40, many & 0xFFFFFFFF, 0))
    statistics = attribute(7, sent + attribute(8, struct.pack("=Q", many)))
    found = qdisc_json.answer(message(attribute(1, b"pfifo\0"), statistics))
    assert (found.link, found.json["bytes"], found.json["packets"]) == (3, 2**40, many)


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        bytes(30),
        message(),
        message(attribute(1, b"pfifo\0"), attribute(2, b"\1\0")),
        message(attribute(1, b"tbf\0"), attribute(2, attribute(1, bytes(36)))),
        message(attribute(1, b"htb\0"), attribute(2, attribute(2, bytes(8)))),
    ],
)
def test_an_answer_that_makes_no_sense(broken: bytes) -> None:
    with pytest.raises(OSError, match="message") as caught:
        qdisc_json.answer(broken)
    assert caught.value.errno == errno.EBADMSG
