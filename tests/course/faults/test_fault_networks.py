"""Each fault is the only one of its network, is mended by its reference, and is named nowhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import repairs

from nslabkit.base.errors import CommandError, InvalidValueError, NotSupportedError
from nslabkit.course import faults
from nslabkit.course.faults import fault_catalogue, fault_layers, fault_network
from nslabkit.course.faults.fault_catalogue import LEVELS, numbered
from nslabkit.course.faults.fault_judging import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

MANY = sum(map(len, LEVELS))
NUMBERS = range(1, MANY + 1)
# Words of commands that would tell a fault to whoever looks into files and command lines.
TELLING = (
    "blackhole", "dport", "10.1.0.9", "10.2.0.20", "127.0.0.1", "neigh", "mtu", "arp off",
    "ip_forward", "default_ttl", "rp_filter", "taken", "loopback", "02:00:00:00:02:02", "pref 100",
)  # fmt: skip


@pytest.fixture(autouse=True)
def cleared(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NSLAB_LANG", "en")
    yield
    faults.clear()


def _sh(command: str) -> str:
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _repair(command: str) -> None:
    before, serving, _after = command.partition("; SERVE")
    _sh(before)
    if serving:
        faults.serve()


def _reference(number: int) -> str:
    level, place = numbered(number)
    return repairs.REPAIRS[level][place]


def _named(number: int) -> None:
    level, place = numbered(number)
    assert faults.layer(number, LEVELS[level][place].layer)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(100_000)
    except OSError:  # it has ended meanwhile, or is a namespace
        return b""


def _number_of(level: int, place: int) -> int:
    return next(number for number in NUMBERS if numbered(number) == (level, place))


def test_there_are_enough_in_three_levels_and_each_has_its_repair() -> None:
    assert MANY >= 18
    assert [len(level) for level in LEVELS] == [len(level) for level in repairs.REPAIRS]


def test_the_numbers_in_a_row_give_all_faults_and_do_not_tell_them() -> None:
    everyone = {(level, place) for level in range(3) for place in range(len(LEVELS[level]))}
    orders = []
    for first in (1, 1 + MANY, 1 + 5 * MANY):
        row = [numbered(number) for number in range(first, first + MANY)]
        assert set(row) == everyone
        assert [level for level, _place in row] == sorted(level for level, _place in row)
        orders.append(row)
    assert orders[0] != orders[1]
    assert orders[0] != sorted(orders[0])


@pytest.mark.parametrize("published", [False, True])
def test_without_a_fault_the_network_is_whole(published: bool) -> None:  # noqa: FBT001
    fault_network.build_with(None, published=published)
    found = whole(published=published)
    assert found, found


@pytest.mark.parametrize("number", NUMBERS)
def test_a_fault_is_seen_and_its_reference_mends_it(number: int) -> None:
    faults.build(number)
    broken = whole(published=numbered(number)[0] == 2)
    assert not broken, broken
    _named(number)
    assert not faults.mended(number)
    _repair(_reference(number))
    found = faults.mended(number)
    assert found, found


@pytest.mark.parametrize(
    "number",
    # Some of each level at once; all of them where there is much time.
    [pytest.param(one, marks=[pytest.mark.long] if one % 4 else []) for one in NUMBERS],
)
def test_a_wrong_repair_is_refused(number: int) -> None:
    level, place = numbered(number)
    other = repairs.REPAIRS[level][place - 1]
    for wrong in (*repairs.WRONG, other):
        faults.build(number)
        _named(number)
        if other is wrong and "SERVE" in wrong:
            continue
        _repair(wrong)
        found = faults.mended(number)
        assert not found, (wrong, found)
        assert "\n" not in found.sentence


@pytest.mark.parametrize(("level", "place", "half"), repairs.HALF)
def test_half_a_repair_is_refused(level: int, place: int, half: str) -> None:
    number = _number_of(level, place)
    faults.build(number)
    _named(number)
    assert not _sh(half)
    found = faults.mended(number)
    assert not found, found
    assert "\n" not in found.sentence


@pytest.mark.parametrize(("level", "place", "other"), repairs.OTHERWISE)
def test_a_repair_of_another_kind_counts(level: int, place: int, other: str) -> None:
    number = _number_of(level, place)
    faults.build(number)
    _named(number)
    assert not _sh(other)
    found = faults.mended(number)
    assert found, found


@pytest.mark.parametrize(
    "number",
    [pytest.param(one, marks=[pytest.mark.journey] if one % 4 else []) for one in NUMBERS],
)
def test_nothing_names_a_fault(number: int) -> None:
    faults.build(number)
    pids = [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    others = [entry for entry in pids if entry.name != str(os.getpid())]
    parts = [_bytes(entry / file) for entry in others for file in ("cmdline", "comm")]
    for folder in ("/run", "/etc/netns"):
        paths = [path for path in Path(folder).rglob("*") if path.is_file()]
        parts += [str(path).encode() + b"\n" + _bytes(path) for path in paths]
    text = b"\n".join(parts).decode(errors="replace").replace("tests/course/faults", "")
    for word in TELLING:
        assert word not in text, word
    ping = _sh("ip netns exec client ping -c 1 -W 1 10.2.0.2")
    for word in TELLING:
        assert word not in ping, ping


def test_the_layer_is_named_before_the_repair_counts() -> None:
    number = _number_of(1, 1)
    faults.build(number)
    _repair(_reference(number))
    assert f"lab.faults.layer({number})" in faults.mended(number).sentence
    wrong = faults.layer(number, "wire")
    assert not wrong
    assert "If it were" in repr(wrong)
    assert not faults.mended(number)
    assert faults.layer(number, "far")  # as good as "route" for forwarding
    assert faults.mended(number)
    faults.build(number)
    _repair(_reference(number))
    assert not faults.mended(number)


def test_the_layers_are_buttons_and_calls() -> None:
    faults.build(1)
    question = faults.layer(1)
    bundle = question._repr_mimebundle_()
    assert 'lab.faults.layer(1, "neighbour")' in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert len(question.question.options) == len(fault_layers.LAYERS)


def test_a_layer_of_another_network_or_name_is_explained() -> None:
    with pytest.raises(InvalidValueError, match="has not been built"):
        faults.layer(1, "wire")
    faults.build(2)
    with pytest.raises(InvalidValueError, match="layers are"):
        faults.layer(2, "cable")
    with pytest.raises(InvalidValueError, match="has not been built"):
        faults.layer(1)


def test_a_network_is_not_mended_by_the_number_of_another() -> None:
    faults.build(1)
    _named(1)
    _repair(_reference(1))
    assert "lab.faults.build(2)" in faults.mended(2).sentence
    assert faults.mended(1)


def test_what_a_machine_cannot_do_is_said_without_naming_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lacking = fault_catalogue.Fault("far", after="ip netns exec router nft 'add nonsense'")
    monkeypatch.setattr(fault_network, "LEVELS", tuple([lacking] * 8 for _level in LEVELS))
    with pytest.raises(NotSupportedError, match="lacks a program") as caught:
        faults.build(1)
    assert "nft" not in "".join(map(str, (caught.value.tried, caught.value, caught.value.said)))
    assert _sh("ip netns") == ""


def test_a_taken_port_says_so_to_the_service() -> None:
    faults.build(_number_of(1, 6))
    with pytest.raises(CommandError, match="already in use"):
        faults.serve()


def test_a_page_of_the_learners_own_counts_too() -> None:
    number = _number_of(0, 5)
    faults.build(number)
    _named(number)
    _sh(repairs.END_SERVICE)
    server = f"ip netns exec server {sys.executable} -m http.server 8080"
    _sh(
        f"setsid -f {server} </dev/null >/dev/null 2>&1; "
        "until ip netns exec server ss -Hltn | grep -q 8080; do :; done"
    )
    assert faults.mended(number), faults.mended(number)


def test_building_again_replaces_the_network_and_its_service() -> None:
    faults.build(1)
    faults.build(2)
    assert _sh("ip netns exec server ss -Hltn").count("8080") == 1


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
