"""`nslabkit lab` says one address, which answers, and ends at one Ctrl+C."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import urllib.error
import urllib.parse
import urllib.request
from typing import TYPE_CHECKING

import pytest
from lab_server import ADDRESS, NSLABKIT, PATIENCE, ask, running, until_its_end, until_ready

from nslabkit.jupyter import server

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("language", "lesson"),
    [("en", "Lesson"), pytest.param("zh", "课程", marks=pytest.mark.long)],
)
def test_it_opens_the_first_lesson(tmp_path: Path, language: str, lesson: str) -> None:
    with running(str(tmp_path), "--lang", language) as process:
        said = until_ready(process)
        [address] = ADDRESS.findall(said)
        assert b"jupyter-config-data" in ask(address, urllib.parse.urlsplit(address).path)
        opened = urllib.parse.unquote(urllib.parse.urlsplit(address).path).removeprefix(
            "/lab/tree/"
        )
        assert opened.startswith(f"{language}/0")
        kernels = json.loads(ask(address, "/api/kernelspecs"))
        assert set(kernels["kernelspecs"]) == {"nslab", "nslab-zh"}
        assert kernels["default"] == ("nslab-zh" if language == "zh" else "nslab")
        settings = json.loads(
            ask(address, "/lab/api/settings/@jupyterlab/mainmenu-extension:plugin")
        )
        assert settings["schema"]["jupyter.lab.menus"]
        assert lesson in json.dumps(settings, ensure_ascii=False)

        process.send_signal(signal.SIGINT)
        rest = until_its_end(process)
        assert process.returncode == 0
        assert len(rest.strip().splitlines()) <= 6, rest
    assert "Traceback" not in said + rest


def test_what_it_starts_finds_the_command_that_messages_advise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also of a clone, whose programs no shell knows."""
    monkeypatch.setattr(os, "environ", {"PATH": "/usr/bin:/bin"})
    server._set_environment(tmp_path, "en")
    assert shutil.which("nslabkit") == NSLABKIT


def test_the_page_starts_a_lesson_over(tmp_path: Path) -> None:
    with running(str(tmp_path), "--lang", "en") as process:
        [address] = ADDRESS.findall(until_ready(process))
        [lesson, *_others] = sorted((tmp_path / "en").glob("*.ipynb"))
        original = lesson.read_bytes()
        lesson.write_bytes(b"mine")
        page = ask(address, "/nslabkit/course/lessons").decode()
        assert lesson.stem in page
        parts = urllib.parse.urlsplit(address)
        token = urllib.parse.parse_qs(parts.query)["token"][0]
        # A token in the header needs no _xsrf field.
        request = urllib.request.Request(
            f"http://{parts.netloc}/nslabkit/course/lessons",
            data=urllib.parse.urlencode({"lesson": lesson.stem}).encode(),
            headers={"Authorization": f"token {token}"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - as above
            assert lesson.name in answer.read().decode()
        assert lesson.read_bytes() == original
        kept = [path for path in (tmp_path / "en").iterdir() if path.read_bytes() == b"mine"]
        assert len(kept) == 1


def test_a_stranger_without_the_token_gets_nothing(tmp_path: Path) -> None:
    with running(str(tmp_path), "--lang", "en") as process:
        [address] = ADDRESS.findall(until_ready(process))
        netloc = urllib.parse.urlsplit(address).netloc
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(f"http://{netloc}/api/contents", timeout=PATIENCE)
        caught.value.close()
        assert caught.value.code == 403


def test_a_class_that_starts_at_once_gets_a_port_each(tmp_path: Path) -> None:
    with contextlib.ExitStack() as learners:
        processes = [
            learners.enter_context(running(str(tmp_path / name), "--lang", "en"))
            for name in ("one", "two", "three")
        ]
        addresses = [ADDRESS.findall(until_ready(process))[0] for process in processes]
    assert len({urllib.parse.urlsplit(address).port for address in addresses}) == len(processes)


def test_a_port_in_use_is_said_in_four_parts(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with running(str(tmp_path), "--lang", "en", "--port", str(port)) as process:
            said = until_its_end(process)
            assert process.returncode == 1
    assert str(port) in said
    assert "Fix:" in said
    assert "Traceback" not in said


def test_the_users_own_jupyter_is_left_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / ".jupyter").mkdir(parents=True)
    config = home / ".jupyter" / "jupyter_server_config.py"
    config.write_text("c.ServerApp.port = 1\nc.IdentityProvider.token = 'mine'\n")
    with running(str(home / "lessons"), "--lang", "en", HOME=str(home)) as process:
        [address] = ADDRESS.findall(until_ready(process))
        ask(address, "/api/status")
        process.send_signal(signal.SIGTERM)
        until_its_end(process)
        assert process.returncode == 0
    assert "token=mine" not in address
    found = {str(path.relative_to(home)).partition("/")[0] for path in home.rglob("*")}
    assert found == {".jupyter", "lessons"}
    assert [path.name for path in (home / ".jupyter").iterdir()] == [config.name]
