"""A learner's variant: as printed without a seed; with one its own, sensible, always the same."""

from __future__ import annotations

import ipaddress
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from nslabkit.base.errors import InvalidValueError
from nslabkit.course import lessons, own_values, questions, variants

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Seeded = Callable[[str], None]

LESSONS = [path.stem for path in sorted(lessons.questions_folder().glob("*.toml"))]
TASKS = [task for lesson in LESSONS for task in questions.tasks(lesson)]
SEEDS = [variants.seed_of("a secret", f"learner{number}") for number in range(200)]


@pytest.fixture
def seeded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seeded]:
    """Return what gives this process a seed."""

    def give(seed: str) -> None:
        monkeypatch.setenv(variants.VARIANT, seed)
        variants.seed.cache_clear()

    monkeypatch.setenv("NSLAB_LANG", "en")
    monkeypatch.delenv(variants.VARIANT, raising=False)
    variants.seed.cache_clear()
    yield give
    variants.seed.cache_clear()


def test_a_seed_is_a_short_word_made_of_secret_and_learner() -> None:
    assert variants.seed_of("a secret", "learner1") == SEEDS[1]
    assert len(set(SEEDS)) == len(SEEDS)
    assert all(len(seed) == 8 and seed.isalnum() for seed in SEEDS)
    assert variants.seed_of("another", "learner1") != SEEDS[1]
    assert variants.new_secret() != variants.new_secret()


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("lesson", LESSONS)
def test_without_a_seed_everything_is_as_printed(lesson: str) -> None:
    path = lessons.find(lesson, "en")
    assert own_values.notebook(path) == path.read_bytes()
    for task in questions.tasks(lesson):
        assert own_values.values(task) == {}
        assert own_values.goal(task) == questions.goal(task)
        assert own_values.own_code(task, "ip netns add netns3") == "ip netns add netns3"
    assert variants.drawn(lesson, questions.varied(lesson)) == {
        one: one for one in questions.varied(lesson)
    }


@pytest.mark.parametrize("lesson", [lesson for lesson in LESSONS if questions.varied(lesson)])
def test_each_learner_has_sensible_values_of_their_own(lesson: str, seeded: Seeded) -> None:
    kinds = questions.varied(lesson)
    seen = set()
    for seed in SEEDS:
        seeded(seed)
        own = variants.drawn(lesson, kinds)
        assert own == variants.drawn(lesson, kinds), "drawn again, it is another"
        assert len({*own, *own.values()}) == 2 * len(own), "two of one learner's are the same"
        for printed, kind in kinds.items():
            _sensible(own[printed], kind)
        seen.add(tuple(own.values()))
    assert len(seen) > len(SEEDS) / 6  # the narrowest choice is one of 56


def _sensible(value: str, kind: str) -> None:
    if kind == "name":
        assert value.isidentifier()
        assert len(value) <= 15  # a link's name may have so many (IFNAMSIZ)
    elif kind in {"network", "host"}:
        address = ipaddress.ip_address(f"{value}1" if kind == "network" else value)
        assert address.is_private
        if kind == "network":  # where the course has its own
            assert address not in ipaddress.ip_network("10.0.0.0/12")
            assert address not in ipaddress.ip_network("fd00::/20")
    elif kind == "mac":
        assert len(bytes.fromhex(value.replace(":", ""))) == 6
        assert int(value[:2], 16) & 3 == 2  # locally administered, and no group
    elif kind == "port":
        assert 1024 < int(value) < 32768  # below those that a kernel takes for itself
    else:
        assert 1 < int(value) < 64


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("task", TASKS)
def test_a_goal_shows_what_is_the_learners_own(
    task: str, language: str, seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_LANG", language)
    seeded("one")
    goal = own_values.goal(task)
    assert own_values.own(task, questions.goal(task)) == goal
    for printed, value in own_values.values(task).items():
        assert value in goal
        assert own_values.own(task, printed) == value
    seeded("another")
    assert (own_values.goal(task) == goal) == (not own_values.values(task))


def test_each_free_value_stands_in_a_goal_in_both_languages(
    seeded: Seeded, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeded("one")
    for language in ("en", "zh_CN"):
        monkeypatch.setenv("NSLAB_LANG", language)
        for lesson in LESSONS:
            shown = {one for task in questions.tasks(lesson) for one in own_values.values(task)}
            assert shown == set(questions.varied(lesson)), lesson


def test_only_the_whole_value_is_another_one(seeded: Seeded) -> None:
    seeded("one")
    third, near = own_values.own("1.2", "netns3"), own_values.own("1.2", "10.0.3.")
    assert own_values.own("1.2", "netns3 is `netns3`, not `netns33`") == (
        f"netns3 is `{third}`, not `netns33`"
    )
    assert own_values.own_code("1.2", "add 10.0.3.2/24 110.0.3.1 netns3 my-netns3") == (
        f"add {near}2/24 110.0.3.1 {third} my-netns3"
    )


def test_bytes_of_an_address_are_found_however_they_are_written(seeded: Seeded) -> None:
    seeded("one")
    mac, host = own_values.values("9.1")["02:00:00:00:00:77"], own_values.own("9.1", "172.16.0.77")
    code = 'bytes.fromhex("02 00 00 00 00 77") + bytes([172, 16, 0, 77])'
    assert own_values.own_code("9.1", code) == (
        f'bytes.fromhex("{mac.replace(":", " ")}") + bytes([{host.replace(".", ", ")}])'
    )


def test_a_mac_address_follows_the_address_that_is_made_from_it(seeded: Seeded) -> None:
    printed = "fe80::5054:ff:fe12:3456"
    assert own_values.own_code("14.2", f"{printed} 52:54:00:12:34:56") == (
        f"{printed} 52:54:00:12:34:56"
    )
    for seed in SEEDS:
        seeded(seed)
        address, mac = own_values.own_code("14.2", f"{printed} 52:54:00:12:34:56").split()
        assert str(ipaddress.ip_address(address)) == address  # as the kernel prints it
        first, second = mac[9:11], mac[12:].replace(":", "")
        assert (address, mac[:9]) == (f"fe80::5054:ff:fe{first}:{second}", "52:54:00:")


def test_a_network_goes_on_in_an_address(seeded: Seeded) -> None:
    seeded("one")
    own = own_values.own("14.1", "fd00:7::")
    assert own_values.own_code("14.1", "fd00:7::1/64 fd00:7::/64") == f"{own}1/64 {own}/64"
    assert variants.shown(own) == f"{own}/64"


def test_a_learners_notebook_has_their_goals_and_is_else_the_same(seeded: Seeded) -> None:
    path = lessons.find("1", "zh")
    seeded("one")
    fresh, printed = (json.loads(text) for text in (own_values.notebook(path), path.read_bytes()))
    changed = [
        mine["metadata"]["task"]
        for mine, theirs in zip(fresh["cells"], printed["cells"], strict=True)
        if mine != theirs
    ]
    assert changed == ["1.1", "1.2"]
    assert own_values.own("1.1", "solo") in own_values.notebook(path).decode()
    assert fresh["metadata"] == printed["metadata"]


def test_no_cell_gives_itself_another_seed(seeded: Seeded) -> None:
    """What a notebook's kernel has read before its first cell, a cell does not change."""
    seeded("one")
    code = (
        "import os; from IPython.testing.globalipapp import start_ipython; shell = start_ipython();"
        "shell.run_line_magic('load_ext', 'nslabkit.jupyter.kernel_extension');"
        f"os.environ['{variants.VARIANT}'] = 'another';"
        "from nslabkit.course import variants; print('seed', variants.seed())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=False
    )
    assert "seed one" in done.stdout, done.stdout + done.stderr


def test_a_task_that_is_not_there_is_explained() -> None:
    with pytest.raises(InvalidValueError, match="The tasks are"):
        own_values.goal("1.99")
