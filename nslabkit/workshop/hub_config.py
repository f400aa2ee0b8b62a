"""JupyterHub's configuration for a workshop, made from the workshop's settings.

``start`` writes a ``jupyterhub_config.py`` of two lines that calls `configure`.
https://jupyterhub.readthedocs.io/en/stable/reference/config-reference.html
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.classroom import class_folder
from nslabkit.workshop import idle_end, raised_hands, shared_progress
from nslabkit.workshop.workshop_state import load

if TYPE_CHECKING:
    from nslabkit.workshop.workshop_state import Workshop

__all__ = ["HELPER", "VIEW", "configure", "environment"]

HELPER = "nslabkit-workshop"
"""What the hub calls the command line, which asks it by a token of its own."""
VIEW = "class"
"""What the hub calls the class view; it is in the view's address."""
_PATIENCE = 180  # seconds for a server on a machine where thirty start at once


def configure(c: Any, folder: str) -> None:  # noqa: ANN401 - traitlets' configuration object
    """Fill in JupyterHub's configuration for the workshop in `folder`."""
    workshop = load(Path(folder), "nslabkit workshop start")
    _place(c, workshop)
    _people(c, workshop)
    _servers(c, workshop)
    _services(c, workshop)


def _place(c: Any, workshop: Workshop) -> None:  # noqa: ANN401 - as above
    settings, places = workshop.settings, workshop.places
    scheme = "https" if settings.https else "http"
    c.JupyterHub.bind_url = f"{scheme}://{settings.address}:{settings.port}"
    c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{settings.hub_port}"
    c.JupyterHub.db_url = f"sqlite:///{places.hub}/jupyterhub.sqlite"
    c.JupyterHub.cookie_secret_file = str(places.hub / "cookie_secret")
    c.JupyterHub.pid_file = ""
    # Hub and proxy end and begin each for itself; the learners' servers go on meanwhile.
    c.JupyterHub.cleanup_servers = False
    c.ConfigurableHTTPProxy.should_start = False
    c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{settings.proxy_port}"
    c.ConfigurableHTTPProxy.auth_token = settings.proxy_token
    c.JupyterHub.proxy_check_interval = 5
    c.JupyterHub.template_paths = [str(Path(__file__).with_name("templates"))]
    c.JupyterHub.template_vars = {"nslab": _words(workshop)}
    c.JupyterHub.log_level = "INFO"


def _people(c: Any, workshop: Workshop) -> None:  # noqa: ANN401 - as above
    c.JupyterHub.authenticator_class = "nslabkit.workshop.hub_authenticator.WorkshopAuthenticator"
    c.WorkshopAuthenticator.folder = str(workshop.places.folder)
    c.Authenticator.allow_all = True  # whom to let in is the authenticator's own question
    c.Authenticator.request_otp = True
    if workshop.instructor is not None:
        c.Authenticator.admin_users = {workshop.instructor.account}


def _servers(c: Any, workshop: Workshop) -> None:  # noqa: ANN401 - as above
    c.JupyterHub.spawner_class = "nslabkit.workshop.hub_spawner.WorkshopSpawner"
    c.WorkshopSpawner.folder = str(workshop.places.folder)
    c.Spawner.cmd = [sys.executable, "-m", "nslabkit.workshop.learner_server"]
    c.Spawner.default_url = f"/nslabkit/open/{workshop.settings.language}"
    c.Spawner.start_timeout = c.Spawner.http_timeout = _PATIENCE
    c.Spawner.environment = environment(workshop)
    c.JupyterHub.concurrent_spawn_limit = 0
    c.JupyterHub.allow_named_servers = False


def _services(c: Any, workshop: Workshop) -> None:  # noqa: ANN401 - as above
    c.JupyterHub.services = [{"name": HELPER, "api_token": workshop.settings.api_token}]
    c.JupyterHub.load_roles = [
        {
            "name": HELPER,
            "scopes": ["admin:users", "admin:servers", "read:hub"],
            "services": [HELPER],
        },
    ]


def environment(workshop: Workshop) -> dict[str, str]:
    """Return what every learner's server finds in its environment, the same for all."""
    settings, places = workshop.settings, workshop.places
    found = {
        "NSLAB_LANG": "zh_CN" if settings.language == "zh" else "en",
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        class_folder.ENVIRONMENT: str(places.rows),
        raised_hands.FOLDER: str(places.folder / "hands"),
        shared_progress.FOLDER: str(places.folder / "progress"),
        idle_end.AFTER: str(settings.idle),
        idle_end.NOTICE: str(settings.notice),
    }
    if settings.uid_map:
        found["NSLAB_UIDMAP"] = settings.uid_map
    return found


def _words(workshop: Workshop) -> dict[str, str]:
    """Return the words of the sign-in page."""
    listed = not workshop.settings.code
    return {
        "lang": "zh-CN" if workshop.settings.language == "zh" else "en",
        "title": _("Join the workshop"),
        "name": _("Your name"),
        "code": _("One-time password from your slip of paper") if listed else _("Class code"),
        "code_hint": _("Only the first time."),
        "password": _("A password of your own"),
        "password_hint": _(
            "The first time, make one up (6 characters or more) and remember it: from then on it "
            "opens your place, and nobody takes your name."
        ),
        "go": _("Join"),
        "insecure": _("This page is not encrypted: others on the network can read what you type."),
        "notice": _(
            "The instructor sees your name, which checks and tasks you passed and when, your "
            "tries, opened hints and answers to the questions, and a raised hand; nothing of what "
            "you type in cells."
        ),
    }
