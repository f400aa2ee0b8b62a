"""The range that the remedy for missing sub-uids names: does nobody have it yet?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.machine.kernel_settings import read
from nslabkit.machine.sandbox.id_maps import next_free_range
from nslabkit.machine.sandbox.sandbox_diagnosis import diagnose
from nslabkit.machine.system_calls import StageError

if TYPE_CHECKING:
    from pathlib import Path


def test_the_next_free_range_follows_the_last_one(tmp_path: Path) -> None:
    users, groups = tmp_path / "subuid", tmp_path / "subgid"
    assert next_free_range((str(users), str(groups))) == "100000-165535"
    users.write_text("ann:100000:65536\nbob:300000:65536\nbroken line\n")
    groups.write_text("ann:100000:65536\nbob:400000:65536\n")
    assert next_free_range((str(users), str(groups))) == "465536-531071"


def test_the_remedy_names_it() -> None:
    fix = diagnose(StageError("map-auto", 0, "sub-ids"), read()).fix
    assert f"--add-subuids {next_free_range()} " in fix
