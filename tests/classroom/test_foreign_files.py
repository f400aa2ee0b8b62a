"""What an account finds in the place of its row, put there by another."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from other_account import PYTHON, as_account, environment

from nslabkit.classroom import register

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

JOIN = "import sys\nfrom nslabkit import classroom\nclassroom.join(sys.argv[1])"


def test_a_squatted_name_is_an_error_for_its_owner_and_a_note_for_the_instructor(
    class_folder: Path, new_account: Callable[[], str]
) -> None:
    squatter, victim = new_account(), new_account()
    file = class_folder / f"{victim}.json"
    subprocess.run(["touch", str(file)], user=squatter, group=squatter, extra_groups=[], check=True)
    tried = subprocess.run(
        as_account(victim, PYTHON, "-c", JOIN, str(class_folder)),
        env=environment(HOME="/", NSLAB_LANG="en"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode == 1
    assert "its name is taken by somebody else's file" in tried.stderr
    found = register.read(class_folder)
    assert found.rows == ()
    assert found.notes == (f"{victim}.json belongs to {squatter}: left out.",)
