"""What a learner's server does for a workshop: ends what is idle, raises a hand, shares progress.

A server extension; its page's part is in ``labextension``.
https://jupyter-server.readthedocs.io/en/latest/developers/extensions.html
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from jupyter_server.base.handlers import APIHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.ioloop import PeriodicCallback

from nslabkit.base.language import translate as _
from nslabkit.workshop import raised_hands, shared_progress
from nslabkit.workshop.idle_end import IdleEnd

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

_NAME = "nslabkit.workshop.learner_extension"
_LOOK = 10_000  # milliseconds between two looks at what is idle, at most
_SHARE = 3_000  # milliseconds between two looks at the learner's progress


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": _NAME}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    watch = _Watch(app)
    pattern = url_path_join(app.base_url, "nslabkit/workshop/state")
    app.web_app.add_handlers(".*$", [(pattern, _State, {"watch": watch})])  # type: ignore[no-untyped-call]
    # Often enough that what ends does so in its time.
    PeriodicCallback(watch.look, min(_LOOK, watch.idle.after * 1000 / 6) or _LOOK).start()
    share = shared_progress.Sharing()
    if share.wanted:
        share.share()
        PeriodicCallback(share.share, _SHARE).start()


class _Watch:
    """Looks at the server's kernels and ends those whose time is over."""

    def __init__(self, app: ServerApp) -> None:
        self._app = app
        self.idle = IdleEnd()

    async def endings(self) -> list[Any]:
        kernels = self._app.kernel_manager.list_kernels()  # type: ignore[no-untyped-call]
        sessions = await self._app.session_manager.list_sessions()
        names = {one["kernel"]["id"]: one["path"] for one in sessions if one.get("kernel")}
        return self.idle.endings(kernels, names)

    async def look(self) -> None:
        now = dt.datetime.now(dt.UTC)
        for ending in self.idle.due(await self.endings(), now):
            self._app.log.info("ended, idle: %s", ending.name)
            with contextlib.suppress(web.HTTPError, KeyError):  # it has ended just now
                await self._app.kernel_manager.shutdown_kernel(ending.kernel)  # type: ignore[no-untyped-call]


class _State(APIHandler):
    """What the page asks for every few seconds, and what its buttons change."""

    def initialize(self, watch: _Watch) -> None:
        self._watch = watch

    @web.authenticated
    async def get(self) -> None:
        await self._answer()

    @web.authenticated
    async def post(self) -> None:
        change = self.get_json_body() or {}
        if change.get("keep"):
            self._watch.idle.keep(dt.datetime.now(dt.UTC))
        if "hand" in change:
            try:
                raised_hands.lift() if change["hand"] else raised_hands.lower()
            except OSError as error:
                self.log.warning("the hand cannot be raised: %s", error)
        await self._answer()

    async def _answer(self) -> None:
        endings = await self._watch.endings()
        self.finish(
            json.dumps(
                {
                    "hand": raised_hands.is_up(),
                    "notice": self._watch.idle.notice(endings, dt.datetime.now(dt.UTC)),
                    "words": {
                        "up": _("☝ Hand up"),
                        "down": _("☝ Hand down"),
                        "title": _("Ask the instructor to come; only the instructor sees it."),
                        "keep": _("Keep them"),
                    },
                }
            )
        )
