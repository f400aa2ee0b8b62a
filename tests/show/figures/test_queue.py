"""Does the figure of a queue show how long packets waited, as the kernel's own queue says?"""

from __future__ import annotations

import json
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from kernel_shell import sh
from made_by_hand import crossing, echo, into, out, recording, udp
from pictures import outside, overlaps, sizes, texts

import nslabkit as lab
from nslabkit.base.errors import InvalidValueError
from nslabkit.course.claims.further import narrow_network
from nslabkit.show.figures.queue_waits import waits

if TYPE_CHECKING:
    from nslabkit.show.lab_recording import LabRecording

WEST, EAST = "router/west", "router/east"


def forwarded(*rows: tuple[float, float, bytes]) -> LabRecording:
    """Return packets that came at a time and left at a later one, in microseconds."""
    seen = [into(came, WEST, data) for came, _left, data in rows]
    seen += [out(left, EAST, data) for _came, left, data in rows]
    return recording(*sorted(seen), links=(WEST, EAST))


def aged(data: bytes) -> bytes:
    """Return a packet behind a router: in another frame, with a smaller time to live."""
    return data[6:12] + data[:6] + data[12:22] + bytes([data[22] - 1]) + data[23:]


def test_a_packet_is_known_again_behind_the_router() -> None:
    ask = echo(8, "172.16.0.1", "172.16.0.2", seq=1)
    other = udp("172.16.0.1", 4000, "172.16.0.2", 9, b"x" * 400)
    taken = recording(
        into(0, WEST, other),
        into(100, WEST, ask),
        out(2000, EAST, aged(other)),
        out(3100, EAST, aged(ask)),
    )
    first, second = waits(taken, EAST)
    assert (first.end - first.begin, first.size, first.echo) == (2_000_000, len(other), False)
    assert (second.end - second.begin, second.size, second.echo) == (3_000_000, len(ask), True)
    figure = lab.figures.queue(taken, EAST)
    assert f"up to {len(other) + len(ask)} bytes" in figure.title
    assert "3.00 ms" in figure.title
    assert "Echo requests among them: 1" in figure.description


def test_what_does_not_pass_through_does_not_count() -> None:
    ask = echo(8, "172.16.0.1", "172.16.0.2")
    lost = udp("172.16.0.1", 4001, "172.16.0.2", 9)
    own = udp("172.16.0.2", 53, "172.16.0.1", 4002)
    elsewhere = crossing(50, "client/eth0", "other/eth0", ask)
    taken = recording(
        *elsewhere,
        into(60, WEST, ask),
        into(61, WEST, lost),
        out(70, EAST, own),
        out(80, EAST, ask),
    )
    assert len(waits(taken, EAST)) == 1


@pytest.mark.parametrize(("link", "word"), [("router/north", "router/east"), (WEST, "came")])
def test_what_cannot_be_drawn(link: str, word: str) -> None:
    taken = forwarded((0, 100, echo(8, "172.16.0.1", "172.16.0.2")))
    with pytest.raises(InvalidValueError) as caught:
        lab.figures.queue(taken, link)
    assert word in f"{caught.value.reason} {caught.value.fix}"


def _held() -> int:
    """Return how many bytes wait, as the kernel says: the oracle."""
    (row, *_more) = json.loads(sh("tc -n router -s -j qdisc show dev east"))
    return int(row["backlog"])


def test_it_agrees_with_the_kernels_own_queue() -> None:
    narrow_network.built()
    narrow_network.tc("qdisc add dev east root tbf rate 2mbit burst 5kb limit 100kb")
    moments = []
    with narrow_network.counted(), narrow_network.recorded() as taken:
        command = ["ip", "netns", "exec", "client", "python3", "-c", narrow_network._CLIENT]
        with subprocess.Popen([*command, "300000", "60"], stdout=subprocess.DEVNULL) as client:
            while client.poll() is None:
                before = time.time_ns()
                moments.append((before, _held(), time.time_ns()))
    found = waits(taken, EAST)
    assert len(found) > 100
    checked = 0
    for before, held, after in moments:
        counts = [
            sum(wait.size for wait in found if wait.begin < moment < wait.end)
            for moment in range(before, after, max((after - before) // 20, 1))
        ]
        if min(counts) > 20_000:  # in the midst of it
            checked += 1
            assert min(counts) - 5000 <= held <= max(counts) + 5000
    assert checked
    figure = lab.figures.queue(taken, EAST)
    assert overlaps(figure) == []
    assert outside(figure) == []
    assert min(sizes(figure)) >= 11
    assert any("waited, ms" in text for text in texts(figure))


def test_in_chinese_it_fits_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    rows = [
        (n * 100.0, n * 100.0 + 5000, udp("172.16.0.1", 4000 + n, "172.16.0.2", 9))
        for n in range(9)
    ]
    figure = lab.figures.queue(
        forwarded(*rows, (950, 6000, echo(8, "172.16.0.1", "172.16.0.2"))), EAST
    )
    assert overlaps(figure) == []
    assert outside(figure) == []
    assert "回显请求" in figure.description
