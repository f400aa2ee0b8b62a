"""How a namespace lives (C12 to C15): each claim where it holds, and with its premise broken."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from judged import fails, says_nothing
from kernel_shell import sh

from nslabkit.base.errors import NotFoundError, NslabError
from nslabkit.course import claims
from nslabkit.course.claims import keepers
from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.companions import eventually, is_program, running
from nslabkit.course.verdict import Outcome
from nslabkit.net import namespaces

if TYPE_CHECKING:
    from collections.abc import Iterator

SLEEP = ["ip", "netns", "exec", "netns1", "sleep", "60"]


# C12: the subcommands


@pytest.fixture
def all_but_nothing() -> Iterator[str]:
    """Do all that C12 asks for, and say what the observer would have written."""
    ip("netns add netns1")
    ip("netns set netns1 auto")
    with running(SLEEP, is_program("sleep")) as pid:
        ip(f"netns attach nickname {pid}")
        yield "add netns1\nadd short\ndelete short\nadd nickname\n"


def test_c12_takes_what_a_cell_keeps(all_but_nothing: str) -> None:
    assert claims.C12.check(log=all_but_nothing.splitlines())


def test_c12_fails_without_the_observers_log(all_but_nothing: str) -> None:
    assert all_but_nothing
    fails(claims.C12.check(), "add netns1")


def test_c12_fails_where_nothing_was_removed(all_but_nothing: str) -> None:
    log = all_but_nothing.replace("delete short\n", "")
    fails(claims.C12.check(log=log), "no name that was removed")


def test_c12_fails_where_what_was_removed_is_back(all_but_nothing: str) -> None:
    ip("netns add short")
    fails(claims.C12.check(log=all_but_nothing), "no name that was removed")


def test_c12_fails_with_one_name_only(all_but_nothing: str) -> None:
    ip("netns del nickname")
    fails(claims.C12.check(log=all_but_nothing), "only one name")


def test_c12_fails_with_nobody_inside() -> None:
    ip("netns add netns1")
    fails(claims.C12.check(log="add netns1\ndelete short"), "shows no process")


def test_c12_fails_without_an_id() -> None:
    ip("netns add netns1")
    with running(SLEEP, is_program("sleep")) as pid:
        ip(f"netns attach nickname {pid}")
        fails(claims.C12.check(log="add netns1\ndelete short"), "has no id")


# C13: the mount point


@pytest.fixture
def unnamed() -> Iterator[int]:
    with running(["unshare", "--net", "sleep", "60"], is_program("sleep")) as pid:
        yield pid


def test_c13_takes_what_a_cell_keeps(unnamed: int) -> None:
    ip("netns add netns1")
    before = ip("netns list").splitlines()
    sh(f"touch /run/netns/handmade; mount --bind /proc/{unnamed}/ns/net /run/netns/handmade")
    assert claims.C13.check(before=before, pid=f"{unnamed}\n")


def test_c13_fails_where_no_such_mount_is(unnamed: int) -> None:
    ip("netns add netns1")
    sh("umount /run/netns/netns1")
    fails(claims.C13.check(before="netns1", pid=unnamed), "mounted on /run/netns/netns1")


@pytest.mark.parametrize("pid", [None, [], ["cat: /run/handmade.pid: No such file"], "two\nlines"])
def test_c13_asks_for_evidence_that_is_none(pid: object) -> None:
    ip("netns add netns1")
    says_nothing(claims.C13.check(before=["netns1"], pid=pid), "evidence is missing")


def test_c13_fails_where_only_the_file_was_made(unnamed: int) -> None:
    ip("netns add netns1")
    Path("/run/netns/handmade").touch()
    fails(claims.C13.check(before="netns1", pid=unnamed), "/run/netns/handmade is not")


def test_c13_fails_where_another_namespace_was_mounted(unnamed: int) -> None:
    ip("netns add netns1")
    sh("touch /run/netns/handmade; mount --bind /proc/self/ns/net /run/netns/handmade")
    fails(claims.C13.check(before="netns1", pid=unnamed), "/run/netns/handmade is not")


def test_c13_fails_where_the_kernel_had_listed_it(unnamed: int) -> None:
    ip("netns add netns1")
    sh(f"touch /run/netns/handmade; mount --bind /proc/{unnamed}/ns/net /run/netns/handmade")
    verdict = claims.C13.check(before="handmade\nnetns1", pid=unnamed)
    fails(verdict, "before it was mounted")


# C14: the keepers


ALL = ("name", "process", "file", "socket")


THERE, GONE = ["wire@if2  DOWN  02:00:00:00:00:01"], ['Device "wire" does not exist.']


def test_c14_fails_where_it_died_or_lived_on() -> None:
    kept, lost = dict.fromkeys(ALL, THERE), dict.fromkeys(ALL, GONE)
    assert claims.C14.check(kept=kept, lost=lost)
    for keeper in ALL:
        fails(claims.C14.check(kept={**kept, keeper: GONE}, lost=lost), "did not survive")
        fails(claims.C14.check(kept=kept, lost={**lost, keeper: THERE}), "survived after")


def test_c14_names_what_was_not_tried() -> None:
    verdict = claims.C14.check(kept={"name": THERE}, lost={"name": GONE})
    assert verdict.outcome is Outcome.UNKNOWN
    assert "a process, and no name" in verdict.sentence
    assert "a name, and no process" not in verdict.sentence


def test_c14s_experiment_sees_a_namespace_die_without_its_keeper(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A process that is not inside keeps nothing: the experiment must notice."""
    outside = {
        **keepers._keepers(),
        "process": lambda: running(["sleep", "60"], is_program("sleep")),
    }
    monkeypatch.setattr(keepers, "_keepers", lambda: outside)
    fails(claims.C14.run(), "a process, and no name")


def test_c14s_experiment_sees_a_namespace_live_on() -> None:
    """A second keeper, an open file, makes the loss of the first one come to nothing."""
    seen = keepers._remove_each_keeper()
    assert claims.C14.check(**seen)
    namespaces.add("kept")
    ip("link add wire type veth peer name inside netns kept")
    with Path("/run/netns/kept").open("rb"):
        ip("netns del kept")
        assert not eventually(lambda: not keepers._is_there("wire"), patience=0.3)
        lost = {**seen["lost"], "name": ip("-br link show wire")}
        fails(claims.C14.check(kept=seen["kept"], lost=lost), "survived after")
    assert eventually(lambda: not keepers._is_there("wire"))


# C15: what is in a new one


def test_c15_names_the_devices_for_tunnels_that_some_kernels_add() -> None:
    ip("netns add netns1")
    ip("-n netns1 link add sit0 type bridge")  # what such a kernel shows, by name
    verdict = claims.C15.check()
    assert verdict.outcome is Outcome.HOLDS
    assert "sit0" in verdict.sentence


# Programs that experiments keep running


def test_a_program_that_ends_is_said_so() -> None:
    with pytest.raises(NslabError) as caught, running(["false"], lambda _pid: False):
        pass
    assert caught.value.tried == "false"


def test_a_program_that_is_missing_is_said_so() -> None:
    with (
        pytest.raises(NotFoundError, match="no-such-program"),
        running(["no-such-program"], lambda _pid: True),
    ):
        pass


def test_a_program_is_stopped_whatever_happens() -> None:
    with pytest.raises(RuntimeError), running(["sleep", "60"], is_program("sleep")) as pid:
        raise RuntimeError
    assert not Path(f"/proc/{pid}").exists()
