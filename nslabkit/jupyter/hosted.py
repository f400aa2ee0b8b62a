"""Hosted lessons: a JupyterLab that somebody else starts (Binder, a JupyterHub).

There, a command that is not ours starts it, for one learner.  Before it does, ``binder/start``
calls this module as a program: it puts the lessons of both languages into the learner's folder,
marks them as trusted, and writes JupyterLab's settings beside them.  Loaded by the server as an
extension (https://jupyter-server.readthedocs.io/en/latest/developers/extensions.html), it adds the
page that starts a lesson over, and the address ``nslabkit/open/zh/00_start.ipynb``, which makes
JupyterLab speak the lesson's language and opens it.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from nslabkit.base.errors import NslabError
from nslabkit.base.files import replace_file
from nslabkit.base.language import CHOICES
from nslabkit.base.language import translate as _
from nslabkit.course import delivering, lessons
from nslabkit.jupyter import lab_settings, lessons_page

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jupyter_server.serverapp import ServerApp

_NAME = "nslabkit.jupyter.hosted"  # of this module, also where it runs as a program
_OPEN = "nslabkit/open"
_LOCALES = dict(zip(lessons.FOLDERS, CHOICES, strict=True))
_SETTING = "{}.jupyterlab-settings"


def folder() -> Path:
    """Return the learner's folder: what ``NSLAB_LESSONS`` names, or the default one at home."""
    named = os.environ.get("NSLAB_LESSONS")
    return Path(named) if named else Path.home() / lessons.DEFAULT_FOLDER


def base_url(command: Sequence[str]) -> str:
    """Return where the addresses of the server that `command` starts begin.

    BinderHub says it as an argument, JupyterHub in the environment.
    """
    for argument in command:
        name, _equals, value = argument.partition("=")
        if name in ("--ServerApp.base_url", "--NotebookApp.base_url"):
            return value
    return os.environ.get("JUPYTERHUB_SERVICE_PREFIX", "/")


def prepare(directory: Path, address: str = "/") -> None:
    """Put lessons and settings into the learner's folder; theirs are never overwritten.

    Parameters
    ----------
    directory : Path
        The learner's folder; made if missing.
    address : str
        Where the server's addresses begin.

    Raises
    ------
    NoPrivilegeError
        The folder cannot be written.
    """
    fresh: list[Path] = []
    for language in lessons.FOLDERS:
        deliveries = delivering.deliver(directory, language)
        fresh += [one.path for one in deliveries if one.state in ("new", "renewed", "beside")]
    _trust(fresh)
    language = lessons.default_language()
    terminal = [str(Path(sys.executable).with_name("nslabkit")), "enter", "--terminal"]
    settings = {
        **lab_settings.SERVER,
        **lab_settings.kernels(language),
        "ServerApp": {
            "jpserver_extensions": {_NAME: True},
            "terminado_settings": {"shell_command": terminal},
        },
    }
    # For whoever comes without the address of a lesson.
    settings["LabApp"] = {**settings["LabApp"], "default_url": f"/{_OPEN}/{language}"}
    menu = lessons_page.menu(address, CHOICES, tab=True)
    locale = "zh_CN" if language == "zh" else "default"
    lab_settings.write(lessons.private_folder(directory) / "config", locale, menu, settings)


def _trust(paths: Iterable[Path]) -> None:
    """Do what ``jupyter trust`` does: what the lessons show may then run in the browser."""
    if not paths:
        return
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()  # type: ignore[no-untyped-call]
    for path in paths:
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
        notary.sign(notebook)  # type: ignore[no-untyped-call]
    notary.store.close()


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": _NAME}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    # A cookie that somebody collected from an earlier server opens nothing here.
    app.web_app.settings["cookie_secret"] = secrets.token_bytes(32)
    lessons_page.add_to(app.web_app, folder())
    pattern = url_path_join(app.base_url, _OPEN, r"(en|zh)(?:/([^/]*))?")
    arguments = {"root": Path(app.root_dir), "directory": folder()}
    handlers = [(pattern, _Open, arguments)]
    app.web_app.add_handlers(".*$", handlers)  # type: ignore[no-untyped-call]


class _Open(JupyterHandler):
    """A lesson by its address, in its language."""

    def initialize(self, root: Path, directory: Path) -> None:
        self._root = root
        self._directory = directory

    @web.authenticated
    def get(self, language: str, lesson: str | None) -> None:
        self._open(language, lesson, may_change=self._comes_from_the_learner())

    @web.authenticated
    def post(self, language: str, lesson: str | None) -> None:
        self._open(language, lesson, may_change=True)  # it has our page's proof (`_ask`)

    def _comes_from_the_learner(self) -> bool:
        """Whether the address has the token, or was typed: a link on a foreign page has neither."""
        site = self.request.headers.get("Sec-Fetch-Site")
        return self.token_authenticated or site in ("same-origin", "none")

    def _open(self, language: str, lesson: str | None, *, may_change: bool) -> None:
        try:
            notebook = lessons.find(lesson or "0", language)
        except NslabError as error:
            self._refuse(str(error))
            return
        path = self._directory / language / notebook.name
        if not path.is_relative_to(self._root):
            text = _("{path} is outside of {root}, which this server shows.")
            self._refuse(text.format(path=path, root=self._root))
            return
        if _LOCALES[language] != os.environ.get("NSLAB_LANG"):
            if not may_change:
                self._ask(language, notebook.stem)
                return
            speak(language)
        address = url_path_join(self.base_url, "lab/tree", quote(str(path.relative_to(self._root))))
        # A token in the address stays in it: the page that follows may ask for it, too.
        query = self.request.query
        self.redirect(f"{address}?{query}" if query else address, status=303)

    def _ask(self, language: str, lesson: str) -> None:
        """Let a button change the language: a link on any page may lead here."""
        locale = _LOCALES[language]
        title = escape(_("Open {lesson}", locale).format(lesson=lesson))
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.finish(
            f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title>'
            f'<form method="post">{self.xsrf_form_html()}<button>{title}</button></form></html>'
        )

    def _refuse(self, text: str) -> None:
        self.set_status(404)
        self.set_header("Content-Type", "text/plain; charset=UTF-8")
        self.finish(text)


def speak(language: str) -> None:
    """Have JupyterLab, the kit's own page and new terminals speak `language`, ``en`` or ``zh``."""
    from jupyterlab.commands import get_user_settings_dir

    os.environ["NSLAB_LANG"] = _LOCALES[language]
    plugin, _colon, name = lab_settings.LOCALE.partition(":")
    settings = Path(get_user_settings_dir())  # type: ignore[no-untyped-call]
    setting = settings / plugin / _SETTING.format(name)
    setting.parent.mkdir(parents=True, exist_ok=True)
    replace_file(setting, json.dumps({"locale": _LOCALES[language]}).encode())


def main(command: Sequence[str]) -> int:
    """Prepare the learner's folder for the server that `command` is about to start."""
    try:
        prepare(folder(), base_url(command))
    except NslabError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
