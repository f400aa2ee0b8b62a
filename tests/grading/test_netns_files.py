"""Which of the notebook's files does the judge take?  Two, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.grading import netns_files

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_only_names_and_addresses_are_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "visitor"
    folder.mkdir()
    for name in ("hosts", "ld.so.cache", "ld.so.preload", "nsswitch.conf"):
        (folder / name).write_bytes(b"x")
    (folder / "resolv.conf").symlink_to("/etc/passwd")
    monkeypatch.setattr(netns_files, "_FOLDER", tmp_path)
    assert netns_files.read() == {"netns/visitor/hosts": b"x"}


def test_without_the_folder_there_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(netns_files, "_FOLDER", tmp_path / "netns")
    assert netns_files.read() == {}
