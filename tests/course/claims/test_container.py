"""Claims C03 and C10: each where it holds, and with its premise broken."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from judged import fails

from nslabkit.base.errors import NotFoundError
from nslabkit.course import claims
from nslabkit.course.claims import box
from nslabkit.course.claims.companions import eventually
from nslabkit.course.claims.membership import pids_inside
from nslabkit.course.verdict import Outcome
from nslabkit.net import addresses, routes
from nslabkit.net.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator

BARE = "hostname box; exec sleep 60"  # keeps our root file system


@pytest.fixture(autouse=True)
def clean_machine() -> Iterator[None]:
    with Lab():
        yield
    assert not list(Path("/run").glob("box-*"))


def test_the_container_sees_its_own_files_and_processes_alone() -> None:
    with box.container() as pid:
        assert pids_inside(pid) == [1]
        root = Path(f"/proc/{pid}/root")
        assert not list((root / "old").iterdir())  # where our files hung for a moment
        folders = {path.name for path in root.iterdir()}
        mounts = Path(f"/proc/{pid}/mounts").read_text().splitlines()
    assert folders <= {"bin", "dev", "old", "proc", "tmp", "usr", "lib", "lib64"}
    assert [line.split()[1] for line in mounts] == ["/", "/dev/null", "/proc"]


def test_c03_holds_without_busybox(monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr(
        box.shutil, "which", lambda name, **more: None if name == "busybox" else which(name, **more)
    )
    assert claims.C03.run()


def test_a_missing_program_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box.shutil, "which", lambda _name: None)
    with pytest.raises(NotFoundError, match="command -v sh"), box.container():
        pass
    assert claims.C03.run().outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("option", "kind"), [("--net", "net"), ("--ipc", "ipc"), ("--user --map-root-user", "user")]
)
def test_c03_fails_where_a_kind_is_shared(option: str, kind: str) -> None:
    with box.container(box.ALL_KINDS.replace(option, "")):
        fails(claims.C03.check(), f": {kind}.")


def test_c03_fails_with_our_root_file_system() -> None:
    with box.container(box.ALL_KINDS + " --mount-proc", BARE):
        fails(claims.C03.check(), "file system")


def test_c03_fails_with_our_host_name() -> None:
    start = box.START.replace("hostname box\n", "")
    with box.container(start=start):
        fails(claims.C03.check(), "host name")


def test_c03_fails_for_a_process_that_is_not_the_first() -> None:
    start = box.START.replace("exec sleep 60", "sleep 60 & exec sleep 61")
    with box.container(start=start) as pid:
        assert eventually(lambda: len(pids_inside(pid)) > 1)
        second = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]
        fails(claims.C03.check(pid=int(second)), "first")


def test_c10_holds_for_what_a_lesson_left_running() -> None:
    with box.container() as pid:
        box.connect(pid)
        assert claims.C10.check()


def test_c10_fails_in_our_network_namespace() -> None:
    with box.container(box.ALL_KINDS.replace("--net ", "")):
        fails(claims.C10.check(), "our own network namespace")


def test_c10_fails_without_an_address() -> None:
    with box.container():
        assert "address" in claims.C10.check().sentence
        fails(claims.C10.check())


def test_c10_fails_without_a_way_out() -> None:
    with box.container() as pid:
        box.connect(pid)
        routes.remove("default", namespace=pid)
        assert addresses.addresses(pid)
        fails(claims.C10.check(), "default route")
