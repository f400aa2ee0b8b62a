from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from other_account import PYTHON, as_account, environment

from nslabkit.base.accounts import account, own_account
from nslabkit.base.errors import NoPrivilegeError, NotFoundError
from nslabkit.classroom import register
from nslabkit.course import seat
from nslabkit.course.standing import begin, now

if TYPE_CHECKING:
    from pathlib import Path

ME = account(os.geteuid())


def test_my_row_is_read(class_folder: Path) -> None:
    seat.write(str(class_folder), begin("01_one_wire", now()))
    found = register.read(class_folder)
    ((row,), notes) = found.rows, found.notes
    assert (row.participant, row.remark, notes) == (ME, "", ())
    assert row.standing is not None
    assert row.standing.lesson == "01_one_wire"


def test_the_account_of_a_sandboxs_root_is_found_by_the_map(tmp_path: Path) -> None:
    sandbox = tmp_path / "uid_map"
    sandbox.write_text(f"{os.geteuid()} 0 1\n{os.geteuid() + 1} 100000 65536\n")
    assert own_account(sandbox) == "root"


def write(folder: Path, content: bytes) -> None:
    (folder / f"{ME}.json").write_bytes(content)


@pytest.mark.parametrize(
    ("content", "remark"),
    [
        (b"x" * 5_000, "too large"),
        (b"x" * 50_000_000, "too large"),
        (b"{", "malformed"),
        (b"[" * 4096, "malformed"),
        (b"\xff\xfe", "malformed"),
        (b"null", "malformed"),
        (b'{"participant": "x"}', "malformed"),
    ],
)
def test_a_bad_file_is_a_marked_row(class_folder: Path, content: bytes, remark: str) -> None:
    write(class_folder, content)
    (row,) = register.read(class_folder).rows
    assert row.participant == ME
    assert row.standing is None
    assert remark in row.remark


def test_an_empty_file_is_somebody_who_has_not_begun(class_folder: Path) -> None:
    write(class_folder, b"")
    (row,) = register.read(class_folder).rows
    assert (row.standing, row.remark) == (None, "")


@pytest.mark.parametrize("name", ["somebody", "\x1b[2J", 3, None])
def test_the_owner_counts_and_not_what_the_file_says(class_folder: Path, name: object) -> None:
    value = {**begin("l", now()).as_json(), "participant": name}
    write(class_folder, json.dumps(value).encode())
    (row,) = register.read(class_folder).rows
    assert row.participant == ME
    assert "the file says it is" in row.remark
    assert row.remark.isprintable()


def test_a_file_by_another_name_is_left_out_with_a_note(class_folder: Path) -> None:
    (class_folder / "some\x1b[2Jbody.json").write_text("{}")
    found = register.read(class_folder)
    assert found.rows == ()
    assert found.notes == (f"some?[2Jbody.json belongs to {ME}: left out.",)


def test_a_name_that_is_no_utf8_is_only_a_note(class_folder: Path) -> None:
    (class_folder / os.fsdecode(b"\xff.json")).write_text("{}")
    (note,) = register.read(class_folder).notes
    assert note.isprintable()


def test_a_link_is_not_followed(class_folder: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.json"
    secret.write_text(json.dumps({**begin("secret", now()).as_json(), "participant": ME}))
    (class_folder / f"{ME}.json").symlink_to(secret)
    found = register.read(class_folder)
    assert found.rows == ()
    assert found.notes == (f"{ME}.json is not a plain file; {ME} put it there.",)


def test_a_file_exchanged_for_a_link_is_not_followed(
    class_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The link comes between our look at the file and our opening it."""
    write(class_folder, b"{}")
    target = tmp_path / "secret"
    target.write_text("secret")
    file = class_folder / f"{ME}.json"
    real = os.open

    def exchange(path: object, *arguments: object, **named: object) -> int:
        if path == file.name:
            file.unlink()
            file.symlink_to(target)
        return real(path, *arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("os.open", exchange)
    (row,) = register.read(class_folder).rows
    assert row.remark == "cannot be read: Too many levels of symbolic links"


@pytest.mark.timeout(20)
def test_a_pipe_is_not_waited_for(class_folder: Path) -> None:
    os.mkfifo(class_folder / f"{ME}.json")
    found = register.read(class_folder)
    assert found.rows == ()
    assert "not a plain file" in found.notes[0]


def test_a_flood_of_files_hides_nobody(class_folder: Path) -> None:
    for number in range(6_000):
        (class_folder / f".{number}").touch()
    for number in range(300):
        (class_folder / f"file{number}").touch()
    seat.write(str(class_folder), begin(None, now()))
    found = register.read(class_folder)
    assert [row.participant for row in found.rows] == [own_account()]
    assert f"{own_account()} put 297 more files there: left out." in found.notes
    assert len(found.notes) == 4


def test_whatever_cannot_be_looked_at_is_a_note(
    class_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a file system that a participant mounted there for themselves (FUSE) answers others."""
    seat.write(str(class_folder), begin(None, now()))
    (class_folder / "mounted").mkdir()
    really = os.stat

    def as_fuse_does(path: object, **named: object) -> os.stat_result:
        if path == "mounted":
            raise PermissionError(13, os.strerror(13))
        return really(path, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("os.stat", as_fuse_does)
    found = register.read(class_folder)
    assert len(found.rows) == 1
    assert found.notes == ("mounted cannot be looked at: Permission denied",)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="There is no such folder"):
        register.read(tmp_path / "none")


CLOSED = "from nslabkit.classroom import register; import sys; register.read(sys.argv[1])"


def test_who_is_not_in_the_group_is_told_so(class_folder: Path) -> None:
    class_folder.chmod(0o000)
    if os.geteuid() == 0:
        ended = subprocess.run(
            as_account("65534", PYTHON, "-c", CLOSED, str(class_folder)),
            env=environment(NSLAB_LANG="en"),
            capture_output=True,
            text=True,
            check=False,
        )
        said = ended.stderr
    else:
        with pytest.raises(NoPrivilegeError) as caught:
            register.read(class_folder)
        said = str(caught.value)
    class_folder.chmod(0o3773)
    assert "Only the members of the group" in said
    assert "usermod --append --groups" in said
