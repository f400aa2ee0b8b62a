from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nslabkit import classroom
from nslabkit.base.accounts import own_account
from nslabkit.base.errors import InvalidValueError, NoPrivilegeError, NotFoundError
from nslabkit.classroom.class_folder import faults
from nslabkit.course import seat
from nslabkit.course.standing import begin, now

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_made_by_the_guide_is_right(class_folder: Path) -> None:
    assert faults(class_folder) == []


@pytest.mark.parametrize(
    ("mode", "what"),
    [
        (0o1773, "setgid is missing"),
        (0o2773, "sticky is missing"),
        (0o3753, "group: rwx"),
        (0o3772, "Participants cannot put files in"),
        (0o3777, "Everybody could list"),
        (0o3373, "Its owner cannot use it"),
    ],
)
def test_each_wrong_mode_is_named_with_its_remedy(class_folder: Path, mode: int, what: str) -> None:
    class_folder.chmod(mode)
    (fault,) = faults(class_folder)
    assert what in fault.what
    assert fault.fix == f"chmod 3773 {class_folder}"
    with pytest.raises(InvalidValueError) as caught:
        classroom.join(class_folder)
    assert fault.fix in str(caught.value)


def test_a_folder_that_cannot_be_reached_is_named(class_folder: Path) -> None:
    class_folder.parent.chmod(0o750)
    (fault,) = faults(class_folder)
    assert fault.fix == f"chmod o+x {class_folder.parent}"


def test_a_folder_that_anybody_may_exchange_is_named(class_folder: Path) -> None:
    class_folder.parent.chmod(0o777)
    (fault,) = faults(class_folder)
    assert fault.fix == f"chmod o-w {class_folder.parent}"


def test_a_place_that_sandboxes_do_not_share_is_named() -> None:
    assert "sandbox has a folder of its own" in faults("/run")[0].what


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        classroom.join(tmp_path / "none")


def test_joining_puts_a_row_and_says_who_reads_it(class_folder: Path) -> None:
    membership = classroom.join(class_folder)
    assert membership.environment == {
        "NSLAB_CLASS": str(class_folder),
        "NSLAB_PARTICIPANT": own_account(),
    }
    assert membership.readers
    for word in (membership.participant, *membership.readers, f"rm {class_folder}"):
        assert word in membership.notice
    assert [path.name for path in class_folder.iterdir()] == [f"{own_account()}.json"]


def test_joining_again_keeps_the_row(class_folder: Path) -> None:
    classroom.join(class_folder)
    file = class_folder / f"{own_account()}.json"
    file.write_text("as it is")
    classroom.join(class_folder)
    assert file.read_text() == "as it is"


def test_a_link_in_the_rows_place_is_replaced_and_not_followed(
    class_folder: Path, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    target.write_text("untouched")
    file = class_folder / f"{own_account()}.json"
    file.symlink_to(target)
    seat.write(str(class_folder), begin(None, now()))
    assert file.is_file()
    assert not file.is_symlink()
    assert target.read_text() == "untouched"


def test_a_folder_in_the_rows_place_is_an_error_in_four_parts(
    class_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (class_folder / f"{own_account()}.json").mkdir()
    monkeypatch.setattr(seat, "exists", lambda _folder: False)
    with pytest.raises(NoPrivilegeError) as caught:
        classroom.join(class_folder)
    assert caught.value.errno_name == "EISDIR"
    assert "Fix: Tell the instructor" in str(caught.value)
    assert [path.name for path in class_folder.iterdir()] == [f"{own_account()}.json"]
