"""Does the rate add up to what passed, and are drops on it?"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from kernel_shell import sh
from pictures import outside, overlaps, sizes, texts

import nslabkit as lab
from nslabkit.base.errors import InvalidValueError
from nslabkit.capture import FRAME, Interface, Recording
from nslabkit.show.figures.rate import _row, _step

if TYPE_CHECKING:
    from nslabkit.base.commands import Result


def _counted(namespace: str, link: str) -> int:
    """What the kernel counts on a link, both ways: the oracle."""
    (row,) = json.loads(sh(f"ip -n {namespace} -s -j link show {link}"))
    return int(row["stats64"]["rx"]["packets"] + row["stats64"]["tx"]["packets"])


def test_the_curves_add_up_to_what_the_kernel_counts(
    pair: tuple[lab.Namespace, lab.Namespace],
) -> None:
    one, two = pair
    for name in ("netns1", "netns2"):  # no frames of its own accord meanwhile
        sh(f"ip netns exec {name} sysctl -qw net.ipv6.conf.all.disable_ipv6=1")
    before = _counted("netns1", "veth1")
    with lab.capture(one, two) as recording:
        one.run("ping -i 0.002 -c 300 172.16.0.2", check=True, quiet=True)
    passed = _counted("netns1", "veth1") - before
    place = next(number for number, link in enumerate(recording.interfaces) if link.name == "veth1")
    times = recording.frames["time"]
    step = _step(int(times.max() - times.min()))
    count = int(times.max() - times.min()) // step + 1
    row = _row(recording, place, int(times.min()), step, count)
    assert row.frames == passed
    drawn = (row.sent[0].sum() + row.received[0].sum()) * step / 1e9
    assert drawn == pytest.approx(passed)
    assert (row.sent[1].sum() + row.received[1].sum()) * step / 1e9 == pytest.approx(row.size)
    figure = lab.figures.rate(recording)
    assert f"netns1/veth1: {passed:,} frames" in figure.description
    assert "nothing was lost" in figure.title
    assert outside(figure) == []
    assert overlaps(figure) == []
    assert min(sizes(figure)) >= 11


def test_drops_are_on_the_figure(two_pings: tuple[Recording, Result]) -> None:
    whole = two_pings[0]
    links = [
        dataclasses.replace(one, dropped=7 * (one.name == "veth1")) for one in whole.interfaces
    ]
    figure = lab.figures.rate(Recording(links, whole.frames.copy(), whole.data))
    assert "the kernel dropped 7" in figure.title
    assert any("✘ 7 dropped by the kernel" in text for text in texts(figure))
    assert overlaps(figure) == []


@pytest.mark.parametrize("span", [0, 1, 999, 10**6, 10**9, 3600 * 10**9])
def test_steps_are_round_and_not_too_many(span: int) -> None:
    step = _step(span)
    assert step >= 1000
    assert str(step).strip("0") in {"1", "2", "5"}
    assert span // step + 1 <= 122


def test_one_frame_and_none() -> None:
    frames = np.zeros(1, FRAME)
    frames["time"], frames["length"] = 5, 42
    figure = lab.figures.rate(Recording([Interface(0, "", "veth1")], frames, b""))
    assert "host/veth1: 1 frames, 42 bytes" in figure.description
    assert figure.svg()
    with pytest.raises(InvalidValueError, match="no frame"):
        lab.figures.rate(Recording())


def test_only_the_busiest_of_many_links() -> None:
    frames = np.zeros(40, FRAME)
    frames["time"] = np.arange(40) * 1000
    frames["interface"] = np.arange(40) % 20
    links = [Interface(number, "", f"veth{number}") for number in range(20)]
    figure = lab.figures.rate(Recording(links, frames, b""))
    assert "Only the 12 busiest links are drawn." in figure.description
