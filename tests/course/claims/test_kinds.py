"""Claims C01, C02 and C04: each where it holds, and with its premise broken."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from nslabkit.base.errors import NotFoundError
from nslabkit.course import claims
from nslabkit.course.claims import namespace_kinds
from nslabkit.course.claims.companions import running
from nslabkit.course.claims.insiders import child, settled, sleeping, with_host_name
from nslabkit.course.claims.membership import (
    CHAPTER_KINDS,
    elsewhere,
    names,
    numbers,
    pids_inside,
    same_file,
)
from nslabkit.course.verdict import Outcome
from nslabkit.net import namespaces
from nslabkit.net.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator

# Some kernels have no time namespaces, as on machines without a generic clock page.
TIME = "--time " if "time" in numbers() else ""
ALL = f"--mount --uts --ipc --pid --net --user --map-root-user --cgroup {TIME}--mount-proc"
SHARED = [("--ipc", "ipc"), *([("--time", "time")] if TIME else [])]


@pytest.fixture(autouse=True)
def clean_machine() -> Iterator[None]:
    with Lab():
        yield


@pytest.mark.parametrize("name", ["C01", "C02", "C04"])
def test_turns_out_as_the_lessons_say(name: str) -> None:
    claim = getattr(claims, name)
    verdict = claim.run()
    assert verdict, verdict
    assert verdict.outcome is claim.expected
    assert verdict.evidence


@pytest.mark.parametrize("name", ["C01", "C02", "C04"])
def test_an_untouched_machine_shows_nothing(name: str) -> None:
    verdict = getattr(claims, name).check()
    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.sentence


def test_c01_holds_for_what_a_lesson_left_running() -> None:
    with with_host_name("box"):
        assert claims.C01.check()


def test_c01_fails_in_one_namespace() -> None:
    verdict = claims.C01.check(pid=os.getpid())
    assert verdict.outcome is Outcome.FAILS
    assert "one namespace" in verdict.sentence


def test_c01_fails_where_nobody_changed_the_name() -> None:
    with sleeping("--uts"):
        assert claims.C01.check().outcome is Outcome.FAILS


def test_c02_finds_the_process_that_is_in_a_namespace_of_every_kind() -> None:
    with sleeping("--user --map-root-user"), sleeping(ALL):
        verdict = claims.C02.check()
    assert verdict.outcome is Outcome.OUTDATED
    assert len(verdict.evidence) == 1 + len(numbers())


@pytest.mark.parametrize(("option", "kind"), SHARED)
def test_c02_fails_where_a_kind_is_shared(option: str, kind: str) -> None:
    with sleeping(ALL.replace(option, "")):
        verdict = claims.C02.check()
    assert verdict.outcome is Outcome.FAILS
    assert f": {kind};" in verdict.sentence


def test_c02_fails_where_an_experiment_shows_no_difference() -> None:
    seen = claims.C02.experiment()
    silent = {**seen["answers"], "ipc": ("ipcs -q | grep -c 0x", "0", "0")}
    verdict = claims.C02.check(theirs=seen["theirs"], answers=silent)
    assert verdict.outcome is Outcome.FAILS
    assert "ipc" in verdict.sentence


def test_each_small_experiment_of_c02_gives_two_answers() -> None:
    answers = claims.C02.experiment()["answers"]
    assert set(answers) == set(numbers())
    for _question, here, there in answers.values():
        assert here != there
        assert here
        assert there


def test_c02_would_hold_on_a_kernel_of_the_chapters_time(monkeypatch: pytest.MonkeyPatch) -> None:
    def six(pid: int | str = "self") -> dict[str, int]:
        return {kind: number for kind, number in numbers(pid).items() if kind in CHAPTER_KINDS}

    monkeypatch.setattr(namespace_kinds, "numbers", six)
    with sleeping(ALL):
        verdict = claims.C02.check()
    assert verdict.outcome is Outcome.HOLDS
    assert not verdict  # and that is not what the lesson expects


def test_c04_holds_for_what_a_lesson_left_running() -> None:
    namespaces.add("netns1")
    with sleeping(ALL):
        assert claims.C04.check()


def test_c04_asks_for_a_network_namespace() -> None:
    with sleeping("--pid --mount-proc"):
        verdict = claims.C04.check()
    assert verdict.outcome is Outcome.UNKNOWN
    assert "ip netns add" in verdict.sentence


def test_c04_fails_in_our_own_pid_namespace() -> None:
    namespaces.add("netns1")
    verdict = claims.C04.check(pid=os.getpid())
    assert verdict.outcome is Outcome.FAILS
    assert "only one number" in verdict.sentence


def test_c04_fails_while_proc_is_the_old_one() -> None:
    namespaces.add("netns1")
    with sleeping("--pid"):
        verdict = claims.C04.check()
    assert verdict.outcome is Outcome.FAILS
    assert "/proc" in verdict.sentence


def test_c04_fails_where_members_do_not_see_the_change() -> None:
    namespaces.add("netns1")
    with sleeping("--pid --mount-proc"):
        verdict = claims.C04.check(told=("changed", "lab"))
    assert verdict.outcome is Outcome.FAILS
    assert "changed" in verdict.sentence


def test_c04_fails_where_a_namespace_hides_processes_as_well() -> None:
    with sleeping("--pid --mount-proc --net") as pid:
        verdict = claims.C04.check(network=pid)
    assert verdict.outcome is Outcome.FAILS
    assert "process" in verdict.sentence


def test_c04_fails_where_a_namespace_hides_files_as_well() -> None:
    script = "mount -t tmpfs none /etc; exec sleep 60"
    command = ["unshare", "--net", "--mount", "--fork", "--kill-child", "sh", "-c", script]
    with (
        sleeping("--pid --mount-proc") as inside,
        running(command, lambda pid: settled(pid, "sleep")) as parent,
    ):
        verdict = claims.C04.check(pid=inside, network=child(parent))
    assert verdict.outcome is Outcome.FAILS
    assert "files" in verdict.sentence


@pytest.mark.parametrize("ask", [numbers, names, pids_inside, same_file])
def test_a_process_that_is_gone_is_named(ask: object) -> None:
    with pytest.raises(NotFoundError) as caught:
        ask(4194303)  # type: ignore[operator]  # above any number that the kernel gives out
    assert "4194303" in str(caught.value)


def test_elsewhere_says_in_which_kinds_nobody_is() -> None:
    with pytest.raises(NotFoundError, match="uts"):
        elsewhere("uts")
