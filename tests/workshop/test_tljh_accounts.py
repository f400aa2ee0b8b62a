"""What TLJH's plugin does when a user is made, and what that user's server finds then."""

from __future__ import annotations

import grp
import json
import os
import secrets
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from traitlets.config import Config

from nslabkit.workshop import tljh_plugin, unix_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.workshop.workshop_state import Seat


@pytest.fixture
def seat() -> Iterator[Seat]:
    made = unix_accounts.make(f"jupyter-{secrets.token_hex(3)}", "a test")
    yield made
    unix_accounts.remove(made)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seat: Seat) -> Path:
    """What TLJH's installer has made; the account's own group stands for that of TLJH's admins."""
    monkeypatch.setattr(tljh_plugin, "FOLDER", tmp_path / "workshop")
    monkeypatch.setattr(tljh_plugin, "ADMINS", seat.account)
    tljh_plugin.tljh_post_install()
    tljh_plugin.tljh_post_install()  # an upgrade of TLJH runs it again
    return tmp_path / "workshop"


def test_only_admins_look_into_what_learners_share(folder: Path, seat: Seat) -> None:
    for name in ("class", "hands", "progress"):
        seen = (folder / name).stat()
        assert stat.S_IMODE(seen.st_mode) == 0o3773
        assert seen.st_gid == grp.getgrnam(seat.account).gr_gid
    settings = json.loads((folder / "settings" / "jupyter_server_config.json").read_text())
    [labextensions] = settings["LabApp"]["extra_labextensions_path"]
    assert (Path(labextensions) / "nslabkit-workshop" / "package.json").is_file()


def test_a_new_user_has_lessons_and_a_name(folder: Path, seat: Seat) -> None:
    tljh_plugin.tljh_new_user_create(seat.account)
    home = Path(f"~{seat.account}").expanduser()
    lesson = home / "nslabkit-lessons" / "en" / "01_one_wire.ipynb"
    assert lesson.stat().st_uid == seat.uid
    plain = seat.account.removeprefix("jupyter-")
    assert json.loads((folder / "roster.json").read_text()) == {seat.account: plain}
    menus = home / "nslabkit-lessons/.nslabkit/config/labconfig/default_setting_overrides.json"
    assert f"/user/{plain}/nslabkit" in menus.read_text()
    c = Config()
    c.Spawner.environment = {}
    tljh_plugin.tljh_custom_jupyterhub_config(c)
    user = SimpleNamespace(name=plain)
    spawner = SimpleNamespace(username_template=seat.account, user=user)
    environment = {
        name: value(spawner) if callable(value) else value
        for name, value in c.Spawner.environment.items()
    }
    assert environment["NSLAB_LESSONS"] == str(home / "nslabkit-lessons")
    for part in environment["JUPYTER_CONFIG_PATH"].split(os.pathsep):
        assert (Path(part) / "jupyter_server_config.json").is_file(), part
