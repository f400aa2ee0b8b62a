"""What the commands say where they cannot go on: four parts, before anything is made."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from nslabkit.base.errors import NoPrivilegeError, NotFoundError, NslabError
from nslabkit.workshop import certificates, doors, new_workshop, workshop_folders, workshop_state
from nslabkit.workshop.new_workshop import Wishes
from nslabkit.workshop.workshop_state import Places, Workshop, WorkshopSettings

if TYPE_CHECKING:
    from pathlib import Path


def refused(folder: Path, **wishes: object) -> NslabError:
    with pytest.raises(NslabError) as caught:
        new_workshop.load_or_make(folder, Wishes(language="en", **wishes), print)  # type: ignore[arg-type]
    for label in ("Tried:", "Kernel:", "Reason:", "Fix:"):
        assert label in str(caught.value)
    assert not folder.exists()
    return caught.value


def test_only_root_makes_accounts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NoPrivilegeError, match="sudo nslabkit workshop start"):
        workshop_state.need_root("nslabkit workshop start")


def test_wishes_that_contradict_each_other(tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    assert "belong together" in str(refused(folder, certificate=tmp_path / "a.pem"))
    assert "one seat" in str(refused(folder, names=("Ada",), learners=3))
    assert "is empty" in str(refused(folder, names=()))
    assert "no address" in str(refused(folder, address="localhost"))


BAD = [("Ada", "ADA"), ("Ada", "Ａｄａ"), ("",), ("x" * 41,), ("Instructor",)]


@pytest.mark.parametrize("names", BAD)
def test_a_list_of_names_is_looked_at_first(tmp_path: Path, names: tuple[str, ...]) -> None:
    refused(tmp_path / "ws", names=names)


def test_a_seat_without_a_name_is_refused_where_names_say_who_comes_in(tmp_path: Path) -> None:
    held = Workshop(Places(tmp_path), WorkshopSettings("en", "host", "", 8443, https=True), [])
    with pytest.raises(NslabError, match="a seat needs a name"):
        new_workshop.add_seats(held, (), 2, print)


def test_there_must_be_a_workshop(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nslabkit workshop start"):
        workshop_state.load(tmp_path, "nslabkit workshop status")
    (tmp_path / "workshop.json").write_text('{"settings": 1}')
    with pytest.raises(NslabError, match="cannot be understood"):
        workshop_state.load(tmp_path, "nslabkit workshop status")


def test_the_folder_must_be_new(tmp_path: Path) -> None:
    with pytest.raises(NslabError, match="does not exist yet"):
        workshop_folders.new_folder(tmp_path, 0o700)


def test_learners_must_reach_the_kit(tmp_path: Path) -> None:
    kit = tmp_path / "root" / "kit"
    kit.mkdir(parents=True)
    kit.parent.chmod(0o700)
    with pytest.raises(NslabError, match="closed to them"):
        workshop_folders.reachable(kit, "nslabkit workshop start")


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = WorkshopSettings("en", "host", "127.0.0.1", taken.getsockname()[1], https=False)
        with pytest.raises(NslabError, match="ss -tlnp"):
            doors.port_is_free(Workshop(Places(tmp_path), settings), "nslabkit workshop start")


def test_a_certificate_that_does_not_fit_its_key(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    certificate, key = certificates.make(tmp_path / "a", "class.example")
    _other, other_key = certificates.make(tmp_path / "b", "192.0.2.1")
    certificates.check(certificate, key, "start")
    assert certificates.fingerprint(certificate).count(":") == 31
    assert key.stat().st_mode & 0o777 == 0o600
    for wrong in (other_key, tmp_path / "none"):
        with pytest.raises(NslabError, match="--certificate fullchain"):
            certificates.check(certificate, wrong, "start")


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    seat = workshop_state.Seat("learner01", 1234, "小明", "WXYZ-2345")
    settings = WorkshopSettings("zh", "host", "", 8443, https=True, idle=90)
    saved = Workshop(Places(tmp_path), settings, [seat], None, "group", [1, 2])
    workshop_state.save(saved)
    assert workshop_state.load(tmp_path, "status") == saved
    assert saved.places.state.stat().st_mode & 0o777 == 0o600
    assert saved.settings.link == "https://host:8443/"
