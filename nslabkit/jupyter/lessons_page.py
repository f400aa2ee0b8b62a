"""The page "Start a lesson over", for learners who know no terminal.

JupyterLab started by the kit has a menu "Lesson" whose entry opens a page of our own, served
beside JupyterLab: one button per lesson.  The page does what ``nslabkit start-over`` does.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from nslabkit.base.errors import NslabError
from nslabkit.base.language import current
from nslabkit.base.language import translate as _
from nslabkit.course import delivering, lessons

if TYPE_CHECKING:
    from pathlib import Path

_PATH = "nslabkit/course/lessons"
_STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 42em; margin: 2em auto; padding: 0 1em; }
li { margin: .5em 0; }
button { font: inherit; padding: .2em .8em; }
"""


def menu(
    base_url: str = "/", languages: tuple[str, ...] = (), *, tab: bool = False
) -> dict[str, Any]:
    """Return the menu "Lesson" for JupyterLab's main menu, as its settings describe menus.

    https://jupyterlab.readthedocs.io/en/stable/extension/extension_points.html#settings-defined-menu

    Parameters
    ----------
    base_url : str
        Where the server's addresses begin: a JupyterHub gives each user's its own.
    languages : tuple of str
        What the menu is labelled in, where it is written before a learner has chosen; the
        current language by default.
    tab : bool
        Open it in a tab of the browser: the frame inside JupyterLab gets no cookie, by which alone
        a JupyterHub knows its users.
    """
    spoken = languages or (current(),)
    return {
        "id": "jp-mainmenu-nslabkit",
        "label": " · ".join(_("Lesson", language) for language in spoken),
        "rank": 90,
        "items": [
            {
                "command": "help:open",
                "rank": 1,
                "args": {
                    "text": " · ".join(_("Start a lesson over…", language) for language in spoken),
                    "url": url_path_join(base_url, _PATH),
                    "newBrowserTab": tab,
                },
            }
        ],
    }


def add_to(application: web.Application, directory: Path) -> None:
    """Serve the page from Jupyter Server's web application, behind its login.

    It speaks the language that the server's process has at the time, and shows its lessons.
    """
    path = url_path_join(application.settings["base_url"], _PATH)
    application.add_handlers(".*$", [(path, _Page, {"directory": directory})])


class _Page(JupyterHandler):
    """The list of lessons, and what a button's press does."""

    def initialize(self, directory: Path) -> None:
        self._directory = directory
        self._language = lessons.default_language()

    @web.authenticated
    def get(self) -> None:
        self._show("")

    @web.authenticated
    def post(self) -> None:
        try:
            kept, fresh = delivering.start_over(
                self.get_body_argument("lesson"), self._directory, self._language
            )
        except NslabError as error:
            self._show(str(error))
            return
        self._show(said(kept, fresh))

    def _show(self, message: str) -> None:
        # JupyterLab shows the page in a frame without an origin, so no cookie comes with what it
        # sends: the token, which whoever sees the page has given already, goes in the address.
        # In a tab the cookie comes, and with it the form's own proof that the page sent it.
        token = escape(quote(self.identity_provider.token))
        proof = self.xsrf_form_html()
        rows = "".join(
            f'<li><form method="post" action="?token={token}">{proof}'
            f'<button name="lesson" value="{escape(lesson.stem)}">{escape(_("Start over"))}: '
            f"{escape(lesson.stem)}</button></form></li>"
            for lesson in lessons.available(self._language)
        )
        note = f'<p role="status">{escape(message)}</p>' if message else ""
        self.set_header("Content-Type", "text/html; charset=UTF-8")
        self.finish(
            f'<!doctype html><html lang="{self._language}"><meta charset="utf-8">'
            f"<title>{escape(_('Start a lesson over'))}</title><style>{_STYLE}</style>"
            f"<h1>{escape(_('Start a lesson over'))}</h1>"
            f"<p>{escape(_('Close the lesson first. Your copy is kept beside the fresh one.'))}</p>"
            f"{note}<ul>{rows}</ul></html>"
        )


def said(kept: Path | None, fresh: Path) -> str:
    """Return what to tell the learner after a lesson was started over."""
    if kept is None:
        return _("{fresh} is fresh.").format(fresh=fresh.name)
    return _("{fresh} is fresh. Your copy is now {kept}.").format(fresh=fresh.name, kept=kept.name)
