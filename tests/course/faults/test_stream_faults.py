"""The stream with one fault: each breaks the answer in its own way, and can be undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import nslabkit as lab
from nslabkit.base.errors import InvalidValueError, NotFoundError
from nslabkit.course.claims.further import talking
from nslabkit.course.faults.fault_numbers import place_of
from nslabkit.course.faults.fault_stream import FAULTS, stream_fault
from nslabkit.course.tasks import connecting
from nslabkit.net.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS = range(1, len(FAULTS) + 1)
# Name of a fault -> what becomes of a connection, and what undoes it.
SHOWS = {
    "asleep": ("open", "kill -CONT $(ip netns pids server)"),
    "deaf": ("open", "ip netns exec server nft delete table ip riddle"),
    "mute": ("silent", "ip netns exec server nft delete table ip riddle"),
}


@pytest.fixture(autouse=True)
def _talking() -> Iterator[None]:
    with Lab():
        talking.built()
        with talking.served():
            yield
            lab.HOST.run("kill -CONT $(ip netns pids server)", quiet=True)


def answer() -> bytes | None:
    return connecting.answer(talking.ADDRESS, talking.PORT, b"hi\n")


def test_as_many_numbers_give_all_faults() -> None:
    places = {place_of(number, len(FAULTS), "lab.faults.stream") for number in NUMBERS}
    assert places == set(range(len(FAULTS)))
    assert SHOWS.keys() == FAULTS.keys()


@pytest.mark.parametrize("number", NUMBERS)
def test_a_fault_shows_and_can_be_undone(number: int) -> None:
    name = list(FAULTS)[place_of(number, len(FAULTS), "lab.faults.stream")]
    outcome, repair = SHOWS[name]
    assert answer() == b"you said hi\n"
    assert stream_fault() is None
    lab.faults.stream(number)
    assert stream_fault() == number
    assert answer() is None
    assert connecting.outcome(talking.ADDRESS, talking.PORT) == outcome
    lab.HOST.run(repair, check=True, quiet=True)
    assert answer() == b"you said hi\n"


def test_another_fault_takes_the_place_of_the_first() -> None:
    for number in NUMBERS:
        lab.faults.stream(number)
        assert answer() is None
    assert stream_fault() == NUMBERS[-1]


@pytest.mark.parametrize("number", [0, -1, 1.5, True])
def test_what_is_no_number_is_refused(number: int) -> None:
    with pytest.raises(InvalidValueError, match="whole number"):
        lab.faults.stream(number)


def test_without_a_server_nothing_can_be_broken() -> None:
    lab.HOST.run("kill $(ip netns pids server); ip netns del server", quiet=True)
    with pytest.raises(NotFoundError):
        lab.faults.stream(1)
    assert stream_fault() is None
