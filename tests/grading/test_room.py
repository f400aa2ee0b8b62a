"""What may a replayed cell reach, where root grades?  Nothing of anybody else's."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path

import pytest
from grading_desk import CHECK, LESSON, SOLO, Result, grade, hand_in

# Builds what the task asks for only where the sentence holds: so a pass is the proof.
_ONLY_IF = """
import os, pathlib, subprocess
def holds():
    {what}
if holds():
    subprocess.run("ip netns add solo; ip -n solo link set lo up", shell=True, check=True)
"""


def _only_if(what: str) -> str:
    return _ONLY_IF.format(what=what).strip()


def _writable(*places: str) -> str:
    return f"""
    done = []
    for place in {places!r}:
        try:
            pathlib.Path(place, "nslab-probe").write_text("x")
            done.append(place)
        except OSError:
            pass
    return not done""".strip()


@pytest.fixture(scope="module")
def rooms(place: Path) -> Result:
    folder, out = place / "rooms", place / "rooms-out"
    out.mkdir()
    (out / "grades.csv").write_text("of the last time", "utf-8")
    teacher = Path("/home/nslab-teacher-probe")
    teacher.mkdir(mode=0o755)
    (teacher / "exam.txt").write_text("answers", "utf-8")
    place.chmod(0o755)  # so that only the room hides what is in it
    other = hand_in(folder, "neighbour", SOLO, CHECK) / "en" / f"{LESSON}.ipynb"
    unseen = [str(other), str(out / "grades.csv"), str(teacher / "exam.txt"), "/root/.profile"]
    hand_in(folder, "sees", _only_if(f"return not any(map(os.path.exists, {unseen!r}))"), CHECK)
    hand_in(folder, "still-sees", _only_if("return os.path.exists('/etc/hostname')"), CHECK)
    shared = ("/", "/var/tmp", "/etc", "/usr", str(place), "/dev", "/home")  # noqa: S108 - tried
    hand_in(folder, "writes", _only_if(_writable(*shared)), CHECK)
    home = "pathlib.Path.home().joinpath('x').write_text('x'); return True"
    hand_in(folder, "writes-home", _only_if(home), CHECK)
    full = """
    try:
        with open("big", "wb") as file:
            for _ in range(1024): file.write(bytes(1 << 20))
    except OSError as error:
        os.truncate("big", 0)
        return error.errno == 28""".strip()
    hand_in(folder, "fills", _only_if(full), CHECK)
    apart = "return not [one for one in os.listdir('/proc') if one.isdigit() and int(one) > 500]"
    hand_in(folder, "processes", _only_if(apart), CHECK)
    links = "return os.listdir('/sys/class/net') == ['lo']"
    hand_in(folder, "network", _only_if(links), CHECK)
    nobody = "return not [v for v in os.environ if 'TEACHER' in v]"
    hand_in(folder, "environment", _only_if(nobody), CHECK)
    os.environ["TEACHERS_TOKEN"] = "secret"  # noqa: S105 - a name to look for
    try:
        return grade(out, folder, "--lesson", LESSON)
    finally:
        del os.environ["TEACHERS_TOKEN"]
        (teacher / "exam.txt").unlink()
        teacher.rmdir()


@pytest.mark.parametrize(
    "name",
    [
        "neighbour",
        "sees",
        "still-sees",
        "writes",
        "writes-home",
        "fills",
        "processes",
        "network",
        "environment",
    ],
)
def test_a_cell_reaches_nothing_of_others(rooms: Result, name: str) -> None:
    assert rooms.status == 0, rooms.errors
    assert rooms.status_of(name) == "replayed", rooms.row(name)


def test_a_given_account_is_taken_and_stays(tmp_path: Path) -> None:
    name = "nslab-grade-given"
    subprocess.run(["useradd", "--create-home", name], check=True)
    try:
        inside = "return os.stat('.').st_uid == 0"  # root inside is the account outside
        hand_in(tmp_path / "in", "one", _only_if(inside), CHECK)
        found = grade(tmp_path / "out", tmp_path / "in", "--account", name, "--lesson", LESSON)
        assert found.status_of("one") == "replayed", found.errors
        assert Path(pwd.getpwnam(name).pw_dir).is_dir()
    finally:
        subprocess.run(["userdel", "--remove", name], check=True)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--as-me",), "You are root"),
        (("--account", "root"), "This account is root's"),
        (("--account", "nobody-at-all"), "There is no account nobody-at-all"),
    ],
)
def test_root_is_never_lent(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    hand_in(tmp_path / "in", "one", SOLO, CHECK)
    found = grade(tmp_path / "out", tmp_path / "in", *words)
    assert found.status == 1
    assert sentence in found.errors
    assert not (tmp_path / "out").exists()
