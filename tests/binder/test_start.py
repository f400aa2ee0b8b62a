"""Does `binder/start` put the lessons in place and then start exactly what it was given?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from nslabkit.course import lessons

START = Path(__file__).parents[2] / "binder/start"
# Prints its arguments and what the environment says, one line of JSON.
TELL = (
    "import json, os, sys; print(json.dumps([sys.argv[1:], os.environ['NSLAB_LESSONS'],"
    "os.environ['JUPYTER_CONFIG_PATH']]))"
)
STARTED = (sys.executable, "-c", TELL)


def start(home: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run it with an empty home folder, and the kit's Python first on the path."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "NSLAB_", "XDG_"))
    }
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return subprocess.run(
        [START, *command],
        env={**kept, "HOME": str(home), "PATH": path, "NSLAB_LANG": "en", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def settings(folder: Path) -> dict[str, dict[str, list[dict[str, str]]]]:
    file = folder / ".nslabkit/config/labconfig/default_setting_overrides.json"
    read: dict[str, dict[str, list[dict[str, str]]]] = json.loads(file.read_text())
    return read


def test_it_starts_what_it_was_given_word_for_word(tmp_path: Path) -> None:
    words = ["--ip=0.0.0.0", "two words", "", "$HOME", "--NotebookApp.allow_origin=*", "'"]
    done = start(tmp_path, *STARTED, *words)
    assert done.returncode == 0, done.stderr
    arguments, folder, config = json.loads(done.stdout)
    assert arguments == words
    assert folder == str(tmp_path / "nslabkit-lessons")
    assert config == f"{folder}/.nslabkit/config"


def test_its_status_is_that_of_the_command(tmp_path: Path) -> None:
    assert start(tmp_path, "sh", "-c", "exit 7").returncode == 7


def test_the_lessons_of_both_languages_are_there_and_trusted(tmp_path: Path) -> None:
    done = start(tmp_path, "true")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    store = tmp_path / ".local/share/jupyter"
    notary = NotebookNotary(data_dir=str(store))
    try:
        for language in lessons.FOLDERS:
            originals = lessons.available(language)
            for original in originals:
                copy = tmp_path / "nslabkit-lessons" / language / original.name
                assert copy.read_bytes() == original.read_bytes()
                assert notary.check_signature(nbformat.read(copy, as_version=4))
    finally:
        notary.store.close()


def test_a_lesson_that_the_learner_changed_stays(tmp_path: Path) -> None:
    start(tmp_path, "true")
    lesson = tmp_path / "nslabkit-lessons/zh/01_one_wire.ipynb"
    lesson.write_text("mine")
    assert start(tmp_path, "true").returncode == 0
    assert lesson.read_text() == "mine"


@pytest.mark.parametrize(
    ("argument", "environment", "address"),
    [
        ("--NotebookApp.base_url=/user/a/", {}, "/user/a/nslabkit/course/lessons"),
        ("--ServerApp.base_url=/user/b/", {}, "/user/b/nslabkit/course/lessons"),
        ("", {"JUPYTERHUB_SERVICE_PREFIX": "/user/c/"}, "/user/c/nslabkit/course/lessons"),
        ("", {}, "/nslabkit/course/lessons"),
    ],
)
def test_the_menu_knows_where_the_servers_addresses_begin(
    tmp_path: Path, argument: str, environment: dict[str, str], address: str
) -> None:
    start(tmp_path, "true", argument, **environment)
    assert f'"{address}"' in json.dumps(settings(tmp_path / "nslabkit-lessons"))


def test_another_folder_and_another_configuration(tmp_path: Path) -> None:
    folder = tmp_path / "a course"
    done = start(
        tmp_path, *STARTED, NSLAB_LESSONS=str(folder), JUPYTER_CONFIG_PATH="/somewhere/else"
    )
    _arguments, named, config = json.loads(done.stdout)
    assert named == str(folder)
    assert config == f"{folder}/.nslabkit/config:/somewhere/else"
    assert (folder / "en/00_start.ipynb").is_file()


def test_where_nothing_can_be_written_it_says_why_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    done = start(tmp_path, "echo", "started", NSLAB_LESSONS=str(tmp_path / "file"))
    assert done.stdout == "started\n"
    assert done.returncode == 0
    assert "Your lessons cannot be written to this folder." in done.stderr
    assert "Traceback" not in done.stderr
