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

_Values = dict[str, dict[str, Any]]

HELPER = "nslabkit-workshop"
"""What the hub calls the command line, which asks it by a token of its own."""
VIEW = "class"
"""What the hub calls the class view; it is in the view's address."""
_PATIENCE = 180  # seconds for a server on a machine where thirty start at once


def configure(c: Any, folder: str) -> None:  # noqa: ANN401 - traitlets' configuration object
    """Fill in JupyterHub's configuration for the workshop in `folder`."""
    workshop = load(Path(folder), "nslabkit workshop start")
    for part in (_place(workshop), _people(workshop), _servers(workshop), _services(workshop)):
        for name, values in part.items():
            c[name].update(values)


def _place(workshop: Workshop) -> _Values:
    settings, places = workshop.settings, workshop.places
    scheme = "https" if settings.https else "http"
    return {
        "JupyterHub": {
            "bind_url": f"{scheme}://{settings.address}:{settings.port}",
            "hub_bind_url": f"http://127.0.0.1:{settings.hub_port}",
            # In the hub's own corner, where the keeper starts it: an address has no `?` in a path.
            "db_url": "sqlite:///jupyterhub.sqlite",
            "cookie_secret_file": str(places.hub / "cookie_secret"),
            # Hub and proxy end and begin each for itself; the learners' servers go on meanwhile.
            "cleanup_servers": False,
            # By this the routes of a proxy that began anew are put back, too.
            "last_activity_interval": 10,
            "template_paths": [str(Path(__file__).with_name("templates"))],
            "template_vars": {"nslab": _words(workshop)},
        },
        "ConfigurableHTTPProxy": {
            "should_start": False,
            "api_url": f"http://127.0.0.1:{settings.proxy_port}",
            "auth_token": settings.proxy_token,
        },
    }


def _people(workshop: Workshop) -> _Values:
    admins = {workshop.instructor.account} if workshop.instructor else set()
    return {
        "JupyterHub": {
            "authenticator_class": "nslabkit.workshop.hub_authenticator.WorkshopAuthenticator"
        },
        "WorkshopAuthenticator": {
            "folder": str(workshop.places.folder),
            "allow_all": True,  # whom to let in is the authenticator's own question
            "request_otp": True,
            "admin_users": admins,
        },
    }


def _servers(workshop: Workshop) -> _Values:
    return {
        "JupyterHub": {
            "spawner_class": "nslabkit.workshop.hub_spawner.WorkshopSpawner",
            "concurrent_spawn_limit": 0,
            "allow_named_servers": False,
        },
        "WorkshopSpawner": {
            "folder": str(workshop.places.folder),
            "cmd": [sys.executable, "-m", "nslabkit.workshop.learner_server"],
            "default_url": f"/nslabkit/open/{workshop.settings.language}",
            "start_timeout": _PATIENCE,
            "http_timeout": _PATIENCE,
            "environment": environment(workshop),
        },
    }


def _services(workshop: Workshop) -> _Values:
    settings = workshop.settings
    view = {
        "name": VIEW,
        "url": f"http://127.0.0.1:{settings.view_port}",
        "api_token": settings.view_token,
        "oauth_no_confirm": True,
    }
    helper = {
        "name": HELPER,
        "scopes": ["admin:users", "admin:servers", "read:hub"],
        "services": [HELPER],
    }
    return {
        "JupyterHub": {
            "services": [{"name": HELPER, "api_token": settings.api_token}, view],
            "load_roles": [helper],
        }
    }


def environment(workshop: Workshop) -> dict[str, str]:
    """Return what every learner's server finds in its environment, the same for all."""
    settings, places = workshop.settings, workshop.places
    found = {
        "NSLAB_LANG": "zh_CN" if settings.language == "zh" else "en",
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
        **folders(places.folder),
        **idle(settings.idle, settings.notice),
    }
    if settings.uid_map:
        found["NSLAB_UIDMAP"] = settings.uid_map
    return found


def folders(folder: Path) -> dict[str, str]:
    """Return the variables that name the parts of the workshop's folder for learners' servers."""
    return {
        class_folder.ENVIRONMENT: str(folder / "class"),
        raised_hands.FOLDER: str(folder / "hands"),
        shared_progress.FOLDER: str(folder / "progress"),
    }


def idle(after: int, notice: int) -> dict[str, str]:
    """Return the variables that say when an idle notebook ends, in minutes."""
    return {idle_end.AFTER: str(after), idle_end.NOTICE: str(notice)}


def view_environment(workshop: Workshop) -> dict[str, str]:
    """Return what the class view must know of the hub, whose service it is."""
    settings = workshop.settings
    return {
        "JUPYTERHUB_SERVICE_NAME": VIEW,
        "JUPYTERHUB_SERVICE_PREFIX": f"/services/{VIEW}/",
        "JUPYTERHUB_API_URL": f"http://127.0.0.1:{settings.hub_port}/hub/api",
        "JUPYTERHUB_API_TOKEN": settings.view_token,
        "JUPYTERHUB_CLIENT_ID": f"service-{VIEW}",
        "JUPYTERHUB_BASE_URL": "/",
        "JUPYTERHUB_OAUTH_ACCESS_SCOPES": f'["access:services!service={VIEW}"]',
    }


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
            "you type in cells. Administrators of this machine can open every file on it."
        ),
    }
