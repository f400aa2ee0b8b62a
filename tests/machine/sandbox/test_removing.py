"""Two who tidy up the same folder at once: nothing is left, and neither complains."""

from __future__ import annotations

import contextlib
import os
import threading
from typing import TYPE_CHECKING

import pytest

from nslabkit.machine import leaving, socket_folder
from nslabkit.machine.leaving import remove_all

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_two_at_once_leave_nothing(tmp_path: Path) -> None:
    failures: list[OSError] = []

    def tidy(folder: str, start: threading.Barrier) -> None:
        start.wait()
        try:
            remove_all(folder)
        except OSError as error:
            failures.append(error)

    for number in range(50):
        folder = tmp_path / str(number)
        (folder / "inner").mkdir(parents=True)
        for name in range(20):
            (folder / f"k-{name}").touch()
            (folder / "inner" / f"k-{name}").touch()
        start = threading.Barrier(2)
        both = [threading.Thread(target=tidy, args=(str(folder), start)) for _one in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
    assert failures == []
    assert list(tmp_path.iterdir()) == []


class Killed(BaseException):
    """As ``kill -9``: nothing is done after it."""


@pytest.mark.parametrize("steps", range(7))
def test_who_is_killed_while_tidying_leaves_what_the_next_start_removes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    monkeypatch.setenv("NSLAB_TMP", str(tmp_path))
    made = socket_folder.make()
    (made.path / "s").mkdir()
    for name in ("s/k-1", "kernel.json", "connection"):
        (made.path / name).touch()
    done: list[str] = []
    really = leaving._if_possible

    def until_killed(remove: Callable[[str], None], path: str) -> None:
        if len(done) == steps:
            raise Killed
        done.append(path)
        really(remove, path)

    monkeypatch.setattr(leaving, "_if_possible", until_killed)
    with contextlib.suppress(Killed):
        remove_all(made.name)
    monkeypatch.setattr(leaving, "_if_possible", really)
    os.close(made.lock)
    if made.path.exists():
        socket_folder.remove_leftovers()
        assert made.path.exists(), "too young to be judged"
        os.utime(made.path, (1, 1))
    socket_folder.remove_leftovers()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_that_name_that_holds_something_else_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_TMP", str(tmp_path))
    (tmp_path / "nsl-notes").mkdir()
    (tmp_path / "nsl-notes" / "of mine").touch()
    os.utime(tmp_path / "nsl-notes", (1, 1))
    socket_folder.remove_leftovers()
    assert (tmp_path / "nsl-notes" / "of mine").exists()


def test_a_folder_that_is_gone_is_no_hindrance(tmp_path: Path) -> None:
    remove_all(str(tmp_path / "none"))


def test_a_link_is_removed_and_not_followed(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").touch()
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(kept)
    remove_all(str(folder))
    assert not folder.exists()
    (tmp_path / "itself").symlink_to(kept)
    remove_all(str(tmp_path / "itself"))
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (kept / "file").exists()


def test_what_cannot_be_removed_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a file of somebody else in a folder of sticky bits."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "foreign").touch()

    def refuse(path: str) -> None:
        raise PermissionError(1, "Operation not permitted", path)

    monkeypatch.setattr("os.unlink", refuse)
    remove_all(str(tmp_path / "folder"))
    assert (tmp_path / "folder" / "foreign").exists()
