"""Each fault shows its symptom, the check tells it from a whole network, and it can be mended."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from nslabkit.base.errors import InvalidValueError
from nslabkit.course import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS = range(1, 7)

# What a learner would type for each fault, in the order of nslabkit.course.faults.
REPAIRS = (
    "ip -n client route add default via 10.1.0.1",
    "ip -n server link set eth0 up && ip -n server route add default via 10.2.0.1",
    "ip netns exec router sysctl -w net.ipv4.ip_forward=1",
    "ip -n server route add default via 10.2.0.1",
    (
        f"setsid -f ip netns exec server {sys.executable} -m http.server -b 10.2.0.2 8080"
        " </dev/null >/dev/null 2>&1; "
        "until ip netns exec server ss -Hltn src 10.2.0.2 | grep -q 8080; do :; done"
    ),
    "ip netns exec server nft flush ruleset",
)
SYMPTOMS = (
    "Network is unreachable",
    "Destination Host Unreachable",
    "100% packet loss",
    "100% packet loss",
    "0% packet loss",
    "0% packet loss",
)


@pytest.fixture(autouse=True)
def cleared() -> Iterator[None]:
    yield
    faults.clear()


def _sh(command: str) -> str:
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_six_numbers_in_a_row_give_all_six_faults() -> None:
    for first in (1, 7, 25):
        assert {faults._kind(number) for number in range(first, first + 6)} == set(range(6))


def test_the_number_does_not_tell_the_fault() -> None:
    assert [faults._kind(number) for number in NUMBERS] != list(range(6))


@pytest.mark.parametrize("number", NUMBERS)
def test_a_fault_is_seen_and_can_be_mended(number: int) -> None:
    faults.build(number)
    kind = faults._kind(number)
    found = faults.mended(number)
    assert not found, found
    ping = _sh("ip netns exec client ping -c 1 -W 4 10.2.0.2")
    assert SYMPTOMS[kind] in ping
    _sh(REPAIRS[kind])
    assert faults.mended(number), faults.mended(number)


def test_the_service_fails_in_two_ways() -> None:
    said = {}
    for number in NUMBERS:
        if faults._kind(number) in (4, 5):
            faults.build(number)
            said[faults._kind(number)] = faults.mended(number).sentence
    assert "refused" in said[4]
    assert "timed out" in said[5]


def test_building_again_replaces_the_network() -> None:
    faults.build(1)
    faults.build(2)
    assert sorted(_sh("ip netns").split("\n")[0].split()) != []
    listening = _sh("ip netns exec server ss -Hltn")
    assert listening.count("8080") == 1


def test_clearing_ends_the_service_and_is_repeatable() -> None:
    faults.build(1)
    faults.clear()
    faults.clear()
    assert _sh("ip netns") == ""


def test_the_check_is_kind_without_a_network() -> None:
    assert "lab.faults.build(3)" in faults.mended(3).sentence
    assert not faults.mended("three")


@pytest.mark.parametrize("number", [0, -1, "1", 1.5, True, None])
def test_other_numbers_are_explained(number: object) -> None:
    with pytest.raises(InvalidValueError, match="whole number"):
        faults.build(number)


@pytest.mark.parametrize("number", NUMBERS)
def test_each_fault_has_three_hints(number: int) -> None:
    assert len({faults.hint(number, step) for step in (1, 2, 3)}) == 3
    assert repr(faults.hint(number, 1)) == faults.hint(number, 1)
    with pytest.raises(InvalidValueError, match="hints 1, 2 and 3"):
        faults.hint(number, 4)
