"""Asking the hub, on this machine, as the workshop's own service.

https://jupyterhub.readthedocs.io/en/stable/reference/rest-api.html
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import NotSupportedError
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nslabkit.base.errors import NslabError
    from nslabkit.workshop.workshop_state import Workshop

_PATIENCE = 60.0
_LOOK = 0.2
_AT_ONCE = 4  # servers that are started at the same time
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever http_proxy says


def ask(workshop: Workshop, path: str, *, method: str = "GET", body: Any = None) -> Any:  # noqa: ANN401 - JSON
    """Return what the hub answers.

    Raises
    ------
    OSError
        It does not, or refuses it (`urllib.error.HTTPError`).
    """
    request = urllib.request.Request(
        f"http://127.0.0.1:{workshop.settings.hub_port}/hub/api/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"token {workshop.settings.api_token}"},
    )
    with _DIRECT.open(request, timeout=_PATIENCE) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def answers(workshop: Workshop) -> bool:
    """Whether the hub does."""
    try:
        ask(workshop, "")
    except (OSError, ValueError):
        return False
    return True


def silent(tried: str, error: OSError) -> NslabError:
    """Return the error to raise where the hub does not answer, or refuses what was asked."""
    return NotSupportedError(
        tried,
        _("JupyterHub does not answer: {line}").format(line=error),
        _("Open the workshop: nslabkit workshop start"),
    )


def wait(workshop: Workshop, tried: str) -> None:
    """Wait until the hub answers.

    Raises
    ------
    NotSupportedError
        It does not within a minute.
    """
    if not _until(lambda: answers(workshop)):
        log = workshop.places.hub / "hub.log"
        raise NotSupportedError(
            tried,
            _("JupyterHub does not answer: {line}").format(line=_last(log)),
            _("The whole story is in {log}").format(log=log),
        )


def _until(holds: Callable[[], bool], patience: float = _PATIENCE) -> bool:
    """Wait until it does; return whether it came to that."""
    deadline = time.monotonic() + patience
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(_LOOK)
    return True


def _last(log: Any) -> str:  # noqa: ANN401 - a path
    try:
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    except OSError:
        return "-"
    return lines[-1].strip() if lines else "-"


def users(workshop: Workshop) -> dict[str, dict[str, Any]]:
    """Return the hub's users by name: their servers, and when they were active last."""
    return {one["name"]: one for one in ask(workshop, "users?limit=1000")}


def add_users(workshop: Workshop, accounts: Iterable[str]) -> None:
    """Tell the hub of accounts that it does not know yet."""
    known = users(workshop)
    fresh = [account for account in accounts if account not in known]
    if fresh:
        ask(workshop, "users", method="POST", body={"usernames": fresh})


def start_servers(workshop: Workshop, accounts: Iterable[str]) -> list[str]:
    """Start servers ahead of who will come, and return those that did not start."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        failed = threads.map(lambda account: _start(workshop, account), accounts)
        return [account for account in failed if account]


def _start(workshop: Workshop, account: str) -> str:
    try:
        ask(workshop, f"users/{account}/server", method="POST")
        started = _until(lambda: bool(ask(workshop, f"users/{account}")["server"]), 3 * _PATIENCE)
    except urllib.error.HTTPError as error:
        return "" if error.code == 400 and b"running" in error.read() else account  # noqa: PLR2004
    except OSError:
        return account
    return "" if started else account


def _busy(user: dict[str, Any]) -> bool:
    """Whether an account's server runs, or is about to start or to end."""
    return bool(user["server"] or user["pending"])


def restart_server(workshop: Workshop, account: str, tried: str) -> None:
    """End an account's server, with its notebooks' networks, and start it again.

    Raises
    ------
    NotSupportedError
        The hub does not answer, or the server does not start.
    """
    log = workshop.places.hub / f"{account}.log"
    try:
        ask(workshop, f"users/{account}/server", method="DELETE")
        ended = _until(lambda: not _busy(ask(workshop, f"users/{account}")))
        failed = not ended or bool(_start(workshop, account))
    except OSError as error:
        raise silent(tried, error) from error
    if failed:
        raise NotSupportedError(
            tried,
            _("The server of {account} does not start.").format(account=account),
            _("The whole story is in {log}").format(log=log),
        )
