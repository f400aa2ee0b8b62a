"""Does a server that somebody else starts open the lessons in their language?

Started through `binder/start` with BinderHub's arguments: an address that begins with the user's
name, and a token.
"""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nslabkit.course import lessons
from nslabkit.jupyter import hosted, lab_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

START = Path(__file__).parents[2] / "binder/start"
PATIENCE = 120.0  # seconds
BASE = "/user/visitor/"
TOKEN = "secret"  # noqa: S105 - of a server that lives as long as this test


class Visitor:
    """A browser as far as addresses and cookies go."""

    def __init__(self, port: int, home: Path) -> None:
        self.port = port
        self.home = home
        self._address = f"http://127.0.0.1:{port}{BASE}"
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def get(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Return status, the address in the end, and the page."""
        data = urllib.parse.urlencode(form).encode() if form else None
        request = urllib.request.Request(self._address + path, data=data)  # noqa: S310 - http, above
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.geturl(), answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.geturl(), error.read().decode()

    def setting(self, plugin: str) -> dict[str, Any]:
        status, _address, text = self.get(f"lab/api/settings/{plugin}")
        assert status == 200
        read: dict[str, Any] = json.loads(text)
        return read


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def started(port: int, folder: Path) -> subprocess.Popen[bytes] | None:
    """Start a server on this port; None if somebody else took the port in this moment."""
    command = [
        *("jupyter-lab", "--ip=127.0.0.1", f"--port={port}", "--no-browser", "--allow-root"),
        f"--NotebookApp.base_url={BASE}",
        f"--NotebookApp.token={TOKEN}",
        "--NotebookApp.trust_xheaders=True",
        "--ServerApp.port_retries=0",  # or it would take another without a word to us
    ]
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("JUPYTER", "NSLAB_", "XDG_"))
    }
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    home, log = folder / "home", folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [START, *command],
            cwd=home,
            env={**kept, "HOME": str(home), "PATH": path, "NSLAB_LANG": "en"},
            stdout=file,
            stderr=file,
        )
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None:
        with contextlib.suppress(urllib.error.URLError):
            if Visitor(port, home).get("api")[0] == 200:
                return process
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    assert "already in use" in log.read_text(), log.read_text()
    return None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """Run a server, and give its port and its learner's home folder."""
    folder = tmp_path_factory.mktemp("hosted")
    (folder / "home").mkdir()
    process = None
    while process is None:
        port = free_port()
        process = started(port, folder)
    with process:
        try:
            yield port, folder / "home"
        finally:
            process.kill()
    assert "Traceback" not in (folder / "log").read_text()


@pytest.fixture
def visitor(server: tuple[int, Path]) -> Visitor:
    """Somebody whom the server has not seen before."""
    return Visitor(*server)


def test_a_badge_opens_its_lesson_in_its_language(visitor: Visitor) -> None:
    for language, locale in (("zh", "zh_CN"), ("en", "en")):
        status, address, page = visitor.get(
            f"nslabkit/open/{language}/00_start.ipynb?token={TOKEN}"
        )
        assert status == 200
        assert f"{BASE}lab/tree/nslabkit-lessons/{language}/00_start.ipynb" in address
        assert "jupyter-config-data" in page
        translation = visitor.setting("@jupyterlab/translation-extension:plugin")
        assert translation["settings"]["locale"] == locale
    assert visitor.get("nslabkit/open/en")[1].endswith("/en/00_start.ipynb")
    # Who comes without the address of a lesson, as from `docker run`, sees the start page.
    assert visitor.get("")[1].endswith("/en/00_start.ipynb")
    assert visitor.get("nslabkit/open/en/3")[1].endswith("/en/03_arp_and_answer.ipynb")


def test_a_link_on_a_foreign_page_does_not_change_the_language(visitor: Visitor) -> None:
    visitor.get(f"nslabkit/open/en?token={TOKEN}")
    plugin = "@jupyterlab/translation-extension:plugin"
    status, address, page = visitor.get("nslabkit/open/zh/01_one_wire.ipynb")
    assert (status, address.rpartition("/")[2]) == (200, "01_one_wire.ipynb")
    assert "<button>打开 01_one_wire</button>" in page
    assert visitor.setting(plugin)["settings"]["locale"] == "en"
    assert visitor.get("nslabkit/open/zh/01_one_wire.ipynb", {"a": "b"})[0] == 403
    assert visitor.setting(plugin)["settings"]["locale"] == "en"
    proof = re.findall(r'name="_xsrf" value="([^"]+)"', page)[0]
    address = visitor.get("nslabkit/open/zh/01_one_wire.ipynb", {"_xsrf": proof})[1]
    assert "lab/tree/nslabkit-lessons/zh/01_one_wire.ipynb" in address
    assert visitor.setting(plugin)["settings"]["locale"] == "zh_CN"
    visitor.get(f"nslabkit/open/en?token={TOKEN}")


@pytest.mark.parametrize(("language", "locale"), [("zh_CN", "zh_CN"), ("en", "default")])
def test_the_menus_speak_the_servers_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, locale: str
) -> None:
    monkeypatch.setenv("NSLAB_LANG", language)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))  # signatures of the lessons
    hosted.prepare(tmp_path / "lessons")
    config = lessons.private_folder(tmp_path / "lessons") / "config" / "labconfig"
    settings = json.loads((config / "default_setting_overrides.json").read_text("utf-8"))
    assert settings[lab_settings.LOCALE] == {"locale": locale}


def test_jupyterlab_is_set_up_for_learners(visitor: Visitor) -> None:
    visitor.get(f"lab?token={TOKEN}")
    kernels = json.loads(visitor.get("api/kernelspecs")[2])
    assert set(kernels["kernelspecs"]) == {"nslab", "nslab-zh"}
    menus = json.dumps(visitor.setting("@jupyterlab/mainmenu-extension:plugin"))
    assert f"{BASE}nslabkit/course/lessons" in menus
    page = visitor.get("lab")[2]
    assert '"exposeAppInBrowser": true' in page


def test_a_lesson_is_started_over_in_a_tab_that_has_only_the_cookie(visitor: Visitor) -> None:
    visitor.get(f"nslabkit/open/zh?token={TOKEN}")
    lesson = visitor.home / "nslabkit-lessons/zh/01_one_wire.ipynb"
    original = lesson.read_bytes()
    lesson.write_text("mine")
    page = visitor.get("nslabkit/course/lessons")[2]
    assert "重做" in page
    proof = re.findall(r'name="_xsrf" value="([^"]+)"', page)[0]
    form = {"lesson": "01_one_wire"}
    assert visitor.get("nslabkit/course/lessons", form)[0] == 403
    assert visitor.get("nslabkit/course/lessons", form | {"_xsrf": proof})[0] == 200
    assert lesson.read_bytes() == original


def test_a_stranger_opens_nothing(visitor: Visitor) -> None:
    setting = visitor.home / ".jupyter/lab/user-settings/@jupyterlab/translation-extension"
    known = Visitor(visitor.port, visitor.home)
    known.get(f"nslabkit/open/en?token={TOKEN}")
    [chosen] = setting.iterdir()
    status, address, _page = visitor.get("nslabkit/open/zh")
    assert "lab/tree" not in urllib.parse.urlsplit(address).path
    assert (status == 403) or "login" in address
    assert json.loads(chosen.read_text()) == {"locale": "en"}


def test_a_wrong_lesson_is_named_with_the_right_ones(visitor: Visitor) -> None:
    status, _address, page = visitor.get(f"nslabkit/open/en/nothing%25s?token={TOKEN}")
    assert status == 404
    assert "No lesson is called" in page
    assert "01_one_wire" in page
