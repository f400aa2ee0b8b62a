"""A file is old or new, never half: killed writers, full disks, folders that cannot be written."""

from __future__ import annotations

import json
import os
import random
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nslabkit.base import files
from nslabkit.base.errors import NoPrivilegeError, OutOfResourcesError

NSLABKIT = str(Path(sys.executable).with_name("nslabkit"))
WRITE_FOR_EVER = """
import itertools, sys
from pathlib import Path
from nslabkit.base.files import replace_file
print("begins", flush=True)
for number in itertools.count():
    replace_file(Path(sys.argv[1]), (f"{number % 10}" * 200_000).encode())
"""


def whole(path: Path) -> bool:
    content = path.read_bytes()
    return len(content) == 200_000 and len(set(content)) == 1


def test_a_killed_writer_leaves_old_or_new_and_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(b"0" * 200_000)
    for _ in range(8):
        command = [sys.executable, "-c", WRITE_FOR_EVER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"begins\n"
            time.sleep(random.uniform(0, 0.03))  # noqa: S311 - when the kill comes is by chance
            writer.kill()
        assert whole(path)
    # Killed between two system calls it may leave a name; the next writer removes an old one.
    for left in tmp_path.glob(".nslabkit-*"):
        os.utime(left, (0, 0))
    files.replace_file(path, b"new")
    assert [found.name for found in tmp_path.iterdir()] == ["kept.json"]


def test_what_another_writer_makes_at_this_moment_stays(tmp_path: Path) -> None:
    (tmp_path / ".nslabkit-other").write_text("half")
    files.replace_file(tmp_path / "a", b"new")
    assert {found.name for found in tmp_path.iterdir()} == {"a", ".nslabkit-other"}


def test_two_writers_at_once_leave_one_of_both(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(b"0" * 200_000)
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITE_FOR_EVER, str(path)], stdout=-3)
        for _ in range(2)
    ]
    deadline = time.monotonic() + 1.5
    while time.monotonic() < deadline:
        assert whole(path)
    for writer in writers:
        assert writer.poll() is None, "a writer failed"
        writer.kill()
        writer.wait()
    assert whole(path)


def test_content_and_name_reach_the_disk_in_this_order(tmp_path: Path) -> None:
    """``strace`` is the oracle: the file's fsync, the rename, the folder's fsync."""
    log = tmp_path / "log"
    code = "import sys, pathlib; from nslabkit.base.files import replace_file; "
    code += "replace_file(pathlib.Path(sys.argv[1]), b'new')"
    calls = "trace=fsync,rename,renameat,renameat2"
    subprocess.run(
        ["strace", "-o", log, "-e", calls, sys.executable, "-c", code, tmp_path / "a"], check=True
    )
    assert [line.partition("(")[0] for line in log.read_text().splitlines() if "(" in line] == [
        "fsync",
        "renameat",
        "fsync",
    ]


def test_where_files_must_have_a_name_it_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = os.open

    def as_nfs_does(path: str, flags: int, *rest: int, **named: int) -> int:
        if flags & os.O_TMPFILE == os.O_TMPFILE:
            raise OSError(95, os.strerror(95))
        return really(path, flags, *rest, **named)

    monkeypatch.setattr("os.open", as_nfs_does)
    files.replace_file(tmp_path / "a", b"new")
    with pytest.raises(ZeroDivisionError), files.replacing(tmp_path / "a") as file:
        file.write(b"half" * (1 // 0))
    assert (tmp_path / "a").read_bytes() == b"new"
    assert [found.name for found in tmp_path.iterdir()] == ["a"]


def test_where_a_nameless_file_gets_no_name_it_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_a_sandbox_does(*_arguments: object, **_named: object) -> None:
        raise OSError(1, os.strerror(1))

    monkeypatch.setattr("os.link", as_a_sandbox_does)
    content = b"new" * 100_000
    files.replace_file(tmp_path / "a", content, 0o640)
    assert (tmp_path / "a").read_bytes() == content
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640
    assert [found.name for found in tmp_path.iterdir()] == ["a"]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("other")
    (tmp_path / "a").symlink_to("other")
    files.replace_file(tmp_path / "a", b"new")
    assert (tmp_path / "other").read_text() == "other"
    assert not (tmp_path / "a").is_symlink()


def test_modes(tmp_path: Path) -> None:
    mask = os.umask(0o022)
    try:
        files.replace_file(tmp_path / "a", b"")
        files.replace_file(tmp_path / "b", b"", 0o600)
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "b").stat().st_mode) == 0o600


ON_A_SMALL_DISK = """
set -e
mount -t tmpfs -o size=256k,mode=755 none "$1"
printf old > "$1/a.json"
[ "$2" != full ] || head -c 240k /dev/zero > "$1/filling"
[ "$2" != read-only ] || { mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; }
"$3" -c '
import json, pathlib, sys
from nslabkit.base import files
path = pathlib.Path(sys.argv[1]) / "a.json"
try:
    files.replace_file(path, b"new" * 20_000)
except OSError as error:
    told = files.not_written(path, error)
    names = sorted(found.name for found in path.parent.iterdir())
    print(json.dumps([type(told).__name__, str(told), path.read_text(), names]))
' "$1"
"""


@pytest.mark.parametrize(
    ("disk", "kind", "words"),
    [
        ("full", OutOfResourcesError, "The disk is full"),
        ("read-only", NoPrivilegeError, "cannot be written"),
    ],
)
def test_a_disk_that_takes_nothing_keeps_the_old_and_says_so(
    tmp_path: Path, disk: str, kind: type, words: str
) -> None:
    inside = ["sh", "-c", ON_A_SMALL_DISK, "sh", str(tmp_path), disk, sys.executable]
    done = subprocess.run(
        [NSLABKIT, "sandbox", "--", *inside],
        env=os.environ | {"NSLAB_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    name, said, content, names = json.loads(done.stdout)
    assert (name, content) == (kind.__name__, "old")
    assert words in said
    assert "is as it was before" in said
    assert [found for found in names if found != "filling"] == ["a.json"]


def test_what_is_set_aside_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "progress.json"
    for content in (b"1", b"2", b"3"):
        path.write_bytes(content)
        kept = files.set_aside(path, "unreadable")
        files.replace_file(path, b"anew")
        assert kept.read_bytes() == content
    assert sorted(found.name for found in tmp_path.iterdir()) == [
        "progress.json",
        "progress.unreadable-2.json",
        "progress.unreadable-3.json",
        "progress.unreadable.json",
    ]


def test_a_new_folder_is_never_one_that_is_there(tmp_path: Path) -> None:
    made = [files.new_folder(tmp_path, "2026-03-02-170000") for _ in range(3)]
    assert [folder.name.removeprefix("2026-03-02-170000") for folder in made] == ["", "-2", "-3"]
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in made} == {0o700}


def test_without_second_names_a_copy_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_fat_does(*_arguments: object, **_named: object) -> None:
        raise OSError(1, os.strerror(1))

    monkeypatch.setattr("os.link", as_fat_does)
    (tmp_path / "a.json").write_text("mine")
    (tmp_path / "a.old.json").write_text("older")
    assert files.set_aside(tmp_path / "a.json", "old").name == "a.old-2.json"
    assert (tmp_path / "a.old-2.json").read_text() == "mine"
    assert (tmp_path / "a.old.json").read_text() == "older"


def test_a_private_folder_is_made_and_an_open_one_is_closed(tmp_path: Path) -> None:
    files.keep_private(tmp_path / "new/.nslabkit")
    assert stat.S_IMODE((tmp_path / "new/.nslabkit").stat().st_mode) == 0o700
    (tmp_path / "old").mkdir(mode=0o755)
    files.keep_private(tmp_path / "old")
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o700
