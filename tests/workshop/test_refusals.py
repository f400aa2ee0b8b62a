"""What the commands say where they cannot go on: four parts, before anything is made."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import NoReturn

import pytest

from nslabkit.base import files
from nslabkit.base.errors import NoPrivilegeError, NotFoundError, NslabError
from nslabkit.cli.workshop import workshop
from nslabkit.course import variants
from nslabkit.workshop import (
    certificates,
    doors,
    hub_packages,
    new_workshop,
    workshop_folders,
    workshop_state,
)
from nslabkit.workshop.new_workshop import Wishes
from nslabkit.workshop.workshop_state import Places, Workshop, WorkshopSettings


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
    files = {"certificate": tmp_path / "a.pem", "key": tmp_path / "b.pem"}
    assert "Leave out one" in str(refused(folder, https=False, **files))


NO_HOSTS = ["https://lab.example.org/", "lab.example.org:8443", "my lab", "lab/path", "[::1]"]


@pytest.mark.parametrize("host", NO_HOSTS)
def test_a_link_is_made_of_a_name_alone(tmp_path: Path, host: str) -> None:
    assert "Leave out https://" in str(refused(tmp_path / "ws", host=host))


ODD = ["x" * 41, "Instructor", "learner07", "Nslab-Teacher01", "a\u200bb"]
BAD = [
    ("Ada", "ADA"),
    ("Ada", "Ａｄａ"),
    ("张 三", "张\u3000三"),
    ("",),
    *((name,) for name in ODD),
]


@pytest.mark.parametrize("names", BAD)
def test_a_list_of_names_is_looked_at_first(tmp_path: Path, names: tuple[str, ...]) -> None:
    refused(tmp_path / "ws", names=names)


def listed(file: Path) -> tuple[str, ...] | None:
    options = {"names": file, "language": "en", "no_https": True}
    return new_workshop.wished(options).names


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_list_is_read_as_editors_save_it(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "list.txt").write_bytes("小明\r\n\r\n张\u3000三\r\n  \r\n".encode(encoding))
    wishes = Wishes("en", names=listed(tmp_path / "list.txt"), https=False)
    _held, seats = new_workshop.load_or_make(tmp_path / "ws", wishes, print)
    assert [name for name, _once in seats] == ["小明", "张 三"]


@pytest.mark.parametrize(("text", "encoding"), [("小明", "gbk"), ("André", "latin-1")])
def test_a_list_in_another_encoding_is_explained(tmp_path: Path, text: str, encoding: str) -> None:
    (tmp_path / "list.txt").write_text(text, encoding)
    with pytest.raises(NslabError, match="iconv -f") as caught:
        listed(tmp_path / "list.txt")
    assert "can't decode byte" in str(caught.value)


def test_a_list_that_is_given_again_gives_nobody_a_second_seat(tmp_path: Path) -> None:
    seats = [workshop_state.Seat("learner01", 1, "Ada", "WXYZ-2345")]
    settings = WorkshopSettings("en", "host", "", 80, https=False)
    workshop_state.save(Workshop(Places(tmp_path), settings, seats))
    wishes = Wishes("en", names=("ada", "Bob"))
    _held, wanted = new_workshop.load_or_make(tmp_path, wishes, print)
    assert [name for name, _once in wanted] == ["Bob"]


def test_a_seat_without_a_name_is_refused_where_names_say_who_comes_in(tmp_path: Path) -> None:
    held = Workshop(Places(tmp_path), WorkshopSettings("en", "host", "", 8443, https=False), [])
    with pytest.raises(NslabError, match="a seat needs a name"):
        new_workshop.add_seats(held, (), 2, print)
    workshop_state.save(held)
    with pytest.raises(NslabError, match="a seat needs a name"):
        new_workshop.load_or_make(tmp_path, Wishes("en", learners=2), print)
    assert new_workshop.load_or_make(tmp_path, Wishes("en"), print)[1] == []


def test_a_proxy_of_which_npm_left_half_is_not_taken_for_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = hub_packages._PROGRAM
    half = f"mkdir -p {Path(program).parent} && echo 'import \"./gone.js\"' >{program}"
    monkeypatch.setattr(hub_packages, "_npm", lambda: ["sh", "-c", half])
    for _again in range(2):
        with pytest.raises(NslabError, match="could not be installed") as caught:
            hub_packages.ensure_proxy(tmp_path / "proxy", print)
        assert "Error" in str(caught.value)


def full(*_words: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "replace_file", full)
    assert "The disk is full" in str(refused(tmp_path / "ws", https=False))


def test_who_reads_no_further_can_start_again(tmp_path: Path) -> None:
    def closed(_line: str) -> NoReturn:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    wishes = Wishes(language="en", https=False)
    with pytest.raises(BrokenPipeError):
        new_workshop.load_or_make(tmp_path / "ws", wishes, closed)
    new_workshop.load_or_make(tmp_path / "ws", wishes, print)


def test_a_full_disk_is_told_by_each_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(workshop_state, "load", full)
    for name in ("status", "collect", "deliver"):
        with pytest.raises(NslabError, match="The disk is full"):
            workshop.main([name, "--folder", str(tmp_path)], standalone_mode=False)


def test_a_full_disk_does_not_keep_a_workshop_from_being_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = Workshop(Places(tmp_path / "ws"), WorkshopSettings("en", "host", "", 80, https=False))
    held.places.hub.mkdir(parents=True)
    monkeypatch.setattr(files, "replace_file", full)
    doors.remove(held)
    assert not held.places.folder.exists()


def test_there_must_be_a_workshop(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="nslabkit workshop start"):
        workshop_state.load(tmp_path, "nslabkit workshop status")
    (tmp_path / "workshop.json").write_text('{"settings": 1}')
    with pytest.raises(NslabError, match="cannot be understood"):
        workshop_state.load(tmp_path, "nslabkit workshop status")


def test_the_folder_must_be_new(tmp_path: Path) -> None:
    with pytest.raises(NslabError, match="does not exist yet"):
        workshop_folders.new_folder(tmp_path, 0o700)


@pytest.mark.parametrize("name", ["a:b", "a\\b", 'a"b', "a$b", "a\nb", "a\udcff", "长" * 33])
def test_a_folder_in_which_a_program_could_not_work(name: str) -> None:
    with pytest.raises(NslabError, match="Name another"):
        workshop_folders.name_fits(Path("/srv", name), "nslabkit workshop start")
    workshop_folders.name_fits(Path("/srv/课 50%?#'"), "nslabkit workshop start")


def test_learners_must_reach_the_workshop(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir(mode=0o700)
    with pytest.raises(NslabError, match=f"{tmp_path}/root is closed to them"):
        workshop_folders.folder_reachable(tmp_path / "root" / "ws", "nslabkit workshop start")
    below = Path("/etc/passwd/ws")
    workshop_folders.folder_reachable(below, "nslabkit workshop start")  # no chmod helps there
    with pytest.raises(NslabError, match="does not exist yet"):
        workshop_folders.new_folder(below, 0o700)


def test_two_commands_do_not_change_a_workshop_at_once() -> None:
    with (
        workshop_state.alone("nslabkit workshop start"),
        pytest.raises(NslabError, match="just now"),
        workshop_state.alone("nslabkit workshop add"),
    ):
        pass
    with workshop_state.alone("nslabkit workshop add"):
        pass


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
            doors.prepare(Workshop(Places(tmp_path), settings), print)
    assert not list(tmp_path.iterdir())


def test_a_certificate_that_does_not_fit_its_key(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    certificate, key = certificates.make(tmp_path / "a", "class.example")
    _other, other_key = certificates.make(tmp_path / "b", "192.0.2.1")
    certificates.check(certificate, key, "class.example", "start")
    assert certificates.fingerprint(certificate).count(":") == 31
    assert key.stat().st_mode & 0o777 == 0o600
    for wrong in (other_key, tmp_path / "none"):
        found = str(refused(tmp_path / "ws", certificate=certificate, key=wrong))
        assert "--certificate fullchain" in found
        assert str(wrong) in found


def test_a_certificate_that_browsers_would_warn_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "_DAYS", 0)
    old = dict(zip(("certificate", "key"), certificates.make(tmp_path, "old.test"), strict=True))
    assert "valid only from" in str(refused(tmp_path / "ws", host="old.test", **old))
    monkeypatch.undo()
    pair = certificates.make(tmp_path, "*.lab.test")
    certificates.check(*pair, "One.Lab.test", "start")
    certificates.check(*pair, "127.0.0.1", "start")
    new = dict(zip(("certificate", "key"), pair, strict=True))
    for host in ("lab.test", "a.b.lab.test", "192.0.2.1"):
        assert "--host MACHINE.lab.test" in str(refused(tmp_path / "ws", host=host, **new))


def test_a_certificate_of_our_own_is_kept_until_it_no_longer_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "_DAYS", 0)
    old, _key = certificates.make(tmp_path, "lab.test")
    first = old.read_bytes()
    monkeypatch.undo()
    second = certificates.current(tmp_path, "lab.test")[0].read_bytes()
    assert second != first
    assert certificates.current(tmp_path, "lab.test")[0].read_bytes() == second
    assert certificates.current(tmp_path, "new.test")[0].read_bytes() != second


def test_a_closed_workshop_takes_another_place(tmp_path: Path) -> None:
    made, _seats = new_workshop.load_or_make(tmp_path / "ws", Wishes("en", https=False), print)
    assert made.settings.port == 80
    wishes = Wishes("en", host="lab.test", port=8080, address="127.0.0.1")
    new_workshop.load_or_make(tmp_path / "ws", wishes, print)
    settings = workshop_state.load(tmp_path / "ws", "status").settings
    assert (settings.link, settings.address) == ("http://lab.test:8080/", "127.0.0.1")


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    seat = workshop_state.Seat("learner01", 1234, "小明", "WXYZ-2345")
    settings = WorkshopSettings("zh", "host", "", 8443, https=True, idle=90)
    saved = Workshop(Places(tmp_path), settings, [seat], None, "group")
    workshop_state.save(saved)
    assert workshop_state.load(tmp_path, "status") == saved
    assert saved.places.state.stat().st_mode & 0o777 == 0o600
    assert saved.settings.link == "https://host:8443/"


def test_each_learner_has_a_variant_and_the_instructor_what_is_printed(tmp_path: Path) -> None:
    ada, ming, teacher = (
        workshop_state.Seat(account, 1234)
        for account in ("learner01", "learner02", "nslab-teacher")
    )
    settings = WorkshopSettings("en", "host", "", 8443, https=True, variants="a secret")
    held = Workshop(Places(tmp_path), settings, [ada, ming], teacher)
    assert held.variant_of("learner01") == variants.seed_of("a secret", "learner01")
    assert held.variant_of("learner01") != held.variant_of("learner02")
    assert held.variant_of("nslab-teacher") == held.variant_of("somebody") == ""
    settings.variants = ""
    assert held.variant_of("learner01") == ""


@pytest.mark.parametrize("same", [True, False])
def test_a_new_class_has_a_secret_unless_all_are_to_have_the_same(
    tmp_path: Path, *, same: bool
) -> None:
    wishes = Wishes("en", https=False, same_tasks=same)
    made, _seats = new_workshop.load_or_make(tmp_path / "held", wishes, lambda _line: None)
    assert (made.settings.variants == "") is same
