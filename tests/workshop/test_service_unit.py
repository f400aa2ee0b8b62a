"""What does systemd read of a workshop?"""

from __future__ import annotations

from pathlib import Path

from nslabkit.workshop import service_unit


def test_a_folder_of_any_name_is_one_word() -> None:
    said = service_unit.text(Path("/srv/my 100% class"))
    assert said.count('nslabkit.workshop.keeper "/srv/my 100%% class"\n') == 1
    assert "workshop in /srv/my 100%% class\n" in said
