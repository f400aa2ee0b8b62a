"""Claims C01, C02 and C04: each where it holds, and with its premise broken."""

from __future__ import annotations

import os

import pytest
from judged import fails, says_nothing

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

# Some kernels have no time namespaces, as on machines without a generic clock page.
TIME = "--time " if "time" in numbers() else ""
ALL = f"--mount --uts --ipc --pid --net --user --map-root-user --cgroup {TIME}--mount-proc"
SHARED = [("--ipc", "ipc"), *([("--time", "time")] if TIME else [])]


def test_c01_holds_for_what_a_lesson_left_running() -> None:
    with with_host_name("box"):
        assert claims.C01.check()


def test_c01_looks_at_the_one_whose_name_was_changed() -> None:
    with sleeping("--uts"), with_host_name("box"):
        assert claims.C01.check()


def test_c01_fails_in_one_namespace() -> None:
    fails(claims.C01.check(pid=os.getpid()), "one namespace")


def test_c01_fails_where_nobody_changed_the_name() -> None:
    with sleeping("--uts"):
        fails(claims.C01.check())


def test_c02_finds_the_process_that_is_in_a_namespace_of_every_kind() -> None:
    with sleeping("--user --map-root-user"), sleeping(ALL):
        verdict = claims.C02.check()
    assert verdict.outcome is Outcome.OUTDATED
    assert len(verdict.evidence) == 1 + len(numbers())


@pytest.mark.parametrize(("option", "kind"), SHARED)
def test_c02_fails_where_a_kind_is_shared(option: str, kind: str) -> None:
    with sleeping(ALL.replace(option, "")):
        fails(claims.C02.check(), f": {kind};")


def test_c02_fails_where_an_experiment_shows_no_difference() -> None:
    seen = claims.C02.experiment()
    silent = {**seen["answers"], "ipc": ("ipcs -q | grep -c 0x", "0", "0")}
    fails(claims.C02.check(theirs=seen["theirs"], answers=silent), "ipc")


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


def test_c04_looks_at_the_one_with_a_proc_of_its_own() -> None:
    namespaces.add("netns1")
    with sleeping("--pid"), sleeping("--pid --mount-proc"):
        assert claims.C04.check()


def test_c04_asks_for_a_network_namespace() -> None:
    with sleeping("--pid --mount-proc"):
        says_nothing(claims.C04.check(), "ip netns add")


def test_c04_fails_in_our_own_pid_namespace() -> None:
    namespaces.add("netns1")
    fails(claims.C04.check(pid=os.getpid()), "only one number")


def test_c04_fails_while_proc_is_the_old_one() -> None:
    namespaces.add("netns1")
    with sleeping("--pid"):
        fails(claims.C04.check(), "/proc")


def test_c04_fails_where_members_do_not_see_the_change() -> None:
    namespaces.add("netns1")
    with sleeping("--pid --mount-proc"):
        fails(claims.C04.check(told=("changed", "lab")), "changed")


def test_c04_fails_where_a_namespace_hides_processes_as_well() -> None:
    with sleeping("--pid --mount-proc --net") as pid:
        fails(claims.C04.check(network=pid), "process")


def test_c04_fails_where_a_namespace_hides_files_as_well() -> None:
    script = "mount -t tmpfs none /etc; exec sleep 60"
    command = ["unshare", "--net", "--mount", "--fork", "--kill-child", "sh", "-c", script]
    with (
        sleeping("--pid --mount-proc") as inside,
        running(command, lambda pid: settled(pid, "sleep")) as parent,
    ):
        fails(claims.C04.check(pid=inside, network=child(parent)), "files")


@pytest.mark.parametrize("ask", [numbers, names, pids_inside, same_file])
def test_a_process_that_is_gone_is_named(ask: object) -> None:
    with pytest.raises(NotFoundError) as caught:
        ask(4194303)  # type: ignore[operator]  # above any number that the kernel gives out
    assert "4194303" in str(caught.value)


def test_elsewhere_says_in_which_kinds_nobody_is() -> None:
    with pytest.raises(NotFoundError, match="uts"):
        elsewhere("uts")
