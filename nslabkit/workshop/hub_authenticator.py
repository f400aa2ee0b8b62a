"""JupyterHub's sign-in for a workshop: a name, the code from the board, a password of one's own.

https://jupyterhub.readthedocs.io/en/stable/reference/authenticators.html
The form's one-time field (``otp``) takes the class code, or the one-time password of a list.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import defaultdict
from pathlib import Path
from typing import Any

from jupyterhub.auth import Authenticator
from jupyterhub.handlers.login import LoginHandler
from traitlets import Unicode

from nslabkit.base.language import translate as _
from nslabkit.workshop import names_book
from nslabkit.workshop.workshop_state import INSTRUCTOR, load

_PAUSE = 1.0  # seconds after a wrong try, in which nobody else is asked by that name


class WorkshopAuthenticator(Authenticator):
    """Let in whom `nslabkit.workshop.names_book` lets in, and the instructor."""

    folder = Unicode(config=True, help="The workshop's folder.")

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - traitlets' signature
        super().__init__(**kwargs)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def authenticate(self, handler: Any, data: dict[str, str]) -> str | None:  # noqa: ANN401 - JupyterHub's signature
        """Return the account of whoever signs in, or None: JupyterHub then shows the form again."""
        workshop = load(Path(self.folder), "sign-in")
        name, password = data.get("username", ""), data.get("password", "")
        key = names_book.plain(name)
        async with self._turns[key]:  # one guess at a time, whoever makes it
            try:
                if key == INSTRUCTOR and workshop.instructor is not None:
                    return self._instructor(password)
                sign_in = names_book.sign_in
                return await asyncio.to_thread(
                    sign_in, workshop, name, data.get("otp", ""), password
                )
            except names_book.Refusal as refusal:
                self.log.warning("not let in: %s", refusal)
                handler.nslab_refusal = str(refusal)
                await asyncio.sleep(_PAUSE)
                return None
            finally:
                self._forget(key)

    def get_handlers(self, app: Any) -> list[tuple[str, type[LoginHandler]]]:  # noqa: ANN401, ARG002 - as above
        """Return the sign-in that says why somebody was not let in."""
        return [("/login", _SignIn)]

    def _instructor(self, password: str) -> str:
        workshop = load(Path(self.folder), "sign-in")
        assert workshop.instructor is not None
        wanted = workshop.settings.instructor_password
        if not hmac.compare_digest(password.encode(), wanted.encode()):
            raise names_book.Refusal("password")
        return workshop.instructor.account

    def _forget(self, key: str) -> None:
        """Keep no lock for a name that nobody waits for: names are made up by who asks."""
        turn = self._turns.get(key)
        if turn is not None and not getattr(turn, "_waiters", None):
            del self._turns[key]


class _SignIn(LoginHandler):
    """JupyterHub's own sign-in, which says why somebody was not let in."""

    nslab_refusal = ""

    def _render(
        self,
        login_error: str | None = None,
        username: str | None = None,
        **kwargs: Any,  # noqa: ANN401 - JupyterHub's signature
    ) -> Any:  # noqa: ANN401 - as above
        if login_error and self.nslab_refusal:
            login_error = said(self.nslab_refusal)
        return super()._render(login_error=login_error, username=username, **kwargs)


def said(refusal: str) -> str:
    """Return what to tell somebody who was not let in."""
    texts = {
        "name": _(
            "Please choose another name: 1 to 40 letters, not the instructor's, and not like an "
            "account's (learner01)."
        ),
        "code": _("The code is not right. Copy it once more; capitals and dashes do not matter."),
        "password": _(
            "This name is taken, and this is not its password. Is it yours? Then type the password "
            "that you made up when you first came; the instructor can give you a new one. If not, "
            "choose another name."
        ),
        "short": _("Your password is too short: make up one of 6 characters or more."),
        "full": _("All seats are taken. The instructor adds more: nslabkit workshop add"),
    }
    return texts[refusal]
