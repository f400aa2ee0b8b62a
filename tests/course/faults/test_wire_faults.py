"""The wire with one fault: its reference repair passes the task, anything less does not."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

import nslabkit as lab
from nslabkit.base.errors import InvalidValueError
from nslabkit.course.faults import fault_wire
from nslabkit.course.faults.fault_layers import LAYERS
from nslabkit.course.faults.fault_numbers import place_of
from nslabkit.course.tasks.wire_fault import wire_fault

if TYPE_CHECKING:
    from collections.abc import Iterator

# What undoes each fault, in the order of `fault_wire`.
REPAIRS = tuple("; ".join(commands) for commands in fault_wire._MENDS)
MANY = len(REPAIRS)
NUMBERS = range(1, MANY + 1)
# It is answered, but from elsewhere or another way; or it is not answered at all.
WRONG = (
    "ip addr add 172.16.0.2/24 dev lo",
    "ip -n netns2 link set lo down",
    "ip -n netns2 addr add 172.16.0.2/32 dev lo; ip -n netns1 link set veth1 down",
    (
        "ip link add a netns netns1 type veth peer name b netns netns2;"
        "ip -n netns1 addr add 10.0.0.1/24 dev a; ip -n netns1 link set a up;"
        "ip -n netns2 link set b up"
    ),
    "ip -n netns1 addr add 172.16.0.2/32 dev lo",
)


@pytest.fixture(autouse=True)
def cleared() -> Iterator[None]:
    yield
    lab.faults.clear_wire()
    subprocess.run(["ip", "addr", "flush", "dev", "lo", "scope", "global"], check=True)


def _sh(command: str) -> str:
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _fault(number: int) -> int:
    return place_of(number, MANY, "lab.faults.wire")


def _wire(number: int) -> None:
    """Build a wire with a fault and name its layer."""
    lab.faults.wire(number)
    assert lab.faults.wire_layer(number, fault_wire.layer_of(number))


def test_the_numbers_give_all_of_them_and_do_not_tell_which() -> None:
    assert len(fault_wire._FAULTS) == MANY
    for first in (1, 1 + MANY):
        assert {_fault(number) for number in range(first, first + MANY)} == set(range(MANY))
    assert [_fault(number) for number in NUMBERS] != list(range(MANY))


@pytest.mark.parametrize("number", NUMBERS)
def test_its_reference_mends_it_and_nothing_else_is_wrong(number: int) -> None:
    _wire(number)
    broken = wire_fault(number).judge()
    assert not broken, broken
    assert len(set(wire_fault(number).hints_now())) == 3
    assert not _sh(REPAIRS[_fault(number)])
    found = wire_fault(number).judge()
    assert found, found


@pytest.mark.parametrize("wrong", WRONG)
def test_another_repair_is_refused(wrong: str) -> None:
    number = next(number for number in NUMBERS if _fault(number) == 4)
    _wire(number)
    _sh(wrong)
    found = wire_fault(number).judge()
    assert not found, found


@pytest.mark.parametrize("number", NUMBERS)
def test_the_repair_of_its_neighbour_in_the_list_is_refused(number: int) -> None:
    _wire(number)
    _sh(REPAIRS[(_fault(number) + 1) % 4])
    found = wire_fault(number).judge()
    assert not found, found


def test_a_second_name_of_the_namespace_does_not_matter() -> None:
    _wire(1)
    assert not _sh(REPAIRS[_fault(1)])
    name = "/run/netns/also"
    assert not _sh(f"touch {name}; mount --bind /run/netns/netns1 {name}")
    found = wire_fault(1).judge()
    assert not _sh("ip netns del also")
    assert found, found


def test_a_wire_of_another_number_does_not_count() -> None:
    _wire(1)
    assert not _sh(REPAIRS[_fault(1)])
    assert wire_fault(1).judge()
    assert "lab.faults.wire(2)" in wire_fault(2).judge().sentence


@pytest.mark.parametrize("number", NUMBERS)
def test_undoing_it_leaves_nothing(number: int) -> None:
    lab.faults.wire(number)
    lab.faults.clear_wire()
    lab.faults.clear_wire()
    assert _sh("ip netns") == ""
    assert "veth1" not in _sh("ip link")


@pytest.mark.parametrize("number", NUMBERS)
def test_the_layer_is_named_before_the_repair_counts(number: int) -> None:
    lab.faults.wire(number)
    assert not _sh(REPAIRS[_fault(number)])
    assert f"lab.faults.wire_layer({number})" in wire_fault(number).judge().sentence
    for name in set(LAYERS) - {fault_wire.layer_of(number)}:
        said = lab.faults.wire_layer(number, name)
        assert not said
        assert len(said.sentence) > 40
    assert not wire_fault(number).judge()
    assert lab.faults.wire_layer(number, fault_wire.layer_of(number))
    assert wire_fault(number).judge()
    lab.faults.wire(number)
    assert not _sh(REPAIRS[_fault(number)])
    assert not wire_fault(number).judge(), "building it anew forgets that it was named"


def test_the_layers_are_buttons_and_another_wire_is_explained() -> None:
    with pytest.raises(InvalidValueError, match="This wire has not been built"):
        lab.faults.wire_layer(1)
    lab.faults.wire(1)
    bundle = lab.faults.wire_layer(1)._repr_mimebundle_()
    assert 'lab.faults.wire_layer(1, "neighbour")' in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    with pytest.raises(InvalidValueError, match="The layers are"):
        lab.faults.wire_layer(1, "cable")


@pytest.mark.parametrize("number", NUMBERS)
def test_nothing_that_runs_or_lies_about_names_the_fault(number: int) -> None:
    lab.faults.wire(number)
    told = [_sh("cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '"), _sh("ls -R /run")]
    told += [
        _sh("ip netns exec netns1 ping -c 1 -W 1 172.16.0.2"),
        _sh("ip -n netns1 link show lo"),
    ]
    for word in ("172.16.1.2", "172.16.0.1/32", "veth1-peer", "layer"):
        assert not [text for text in told if word in text], word


def test_other_numbers_are_explained() -> None:
    with pytest.raises(InvalidValueError, match="whole number"):
        lab.faults.wire(0)
