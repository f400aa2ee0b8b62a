"""The kit on The Littlest JupyterHub: the same lessons, class view and notice, by TLJH's hooks.

TLJH (2.x, with JupyterHub 5) finds this module by the entry point ``tljh`` once the kit is in its
hub's environment: ``--plugin nslabkit``.  https://tljh.jupyter.org/en/latest/contributing/plugins.html

What the learners' environment gets is named by ``NSLABKIT_SPEC`` while TLJH's installer runs: this
version by default, or a wheel's file, or an address.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import pwd
import sys
from pathlib import Path
from typing import Any

import pluggy

from nslabkit.course import lessons
from nslabkit.workshop import (
    hub_config,
    learners_files,
    unix_accounts,
    workshop_folders,
    workshop_state,
)

hookimpl = pluggy.HookimplMarker("tljh")

FOLDER = workshop_state.FOLDER
ADMINS = "jupyterhub-admins"  # TLJH's own group
_PREFIX = "jupyter-"  # before the name of each of TLJH's accounts
_IDLE, _NOTICE = 180, 20  # minutes
_CULL = 4 * 60 * 60  # seconds; TLJH's own 600 would end a server during a short break
_VIEW_PORT = 15005  # beside 15001, where TLJH's hub listens
_PACKAGES = Path(workshop_folders.__file__).parents[1] / "doctor" / "system-packages.txt"


@hookimpl
def tljh_extra_apt_packages() -> list[str]:
    """Return Debian's packages that lessons need."""
    rows = (line.split("|") for line in _PACKAGES.read_text(encoding="utf-8").splitlines())
    return sorted({row[2] for row in rows if row[0] == "lab"})


@hookimpl
def tljh_extra_user_pip_packages() -> list[str]:
    """Return the kit, for the environment in which the learners' servers run."""
    version = importlib.metadata.version("nslabkit")
    return [os.environ.get("NSLABKIT_SPEC") or f"nslabkit=={version}"]


@hookimpl
def tljh_config_post_install(config: dict[str, Any]) -> None:
    """Let a lunch break be survived, unless the administrator has set that already."""
    config.setdefault("services", {}).setdefault("cull", {}).setdefault("timeout", _CULL)


@hookimpl
def tljh_post_install() -> None:
    """Make the folder where learners' rows, hands and progress are, for TLJH's admins to read."""
    FOLDER.mkdir(mode=0o711, parents=True, exist_ok=True)
    FOLDER.chmod(0o711)
    workshop_folders.make_shared(FOLDER, ADMINS)
    workshop_folders.write_settings(FOLDER)


@hookimpl
def tljh_new_user_create(username: str) -> None:
    """Give a new account sub-uids and its lessons, and the class view its name."""
    unix_accounts.give_sub_ids(username)
    learners_files.put_lessons(username, f"/user/{_plain(username)}/", lessons.default_language())
    file = FOLDER / "roster.json"
    roster = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    workshop_folders.write_roster(FOLDER, {**roster, username: _plain(username)}, ADMINS)


@hookimpl
def tljh_custom_jupyterhub_config(c: Any) -> None:  # noqa: ANN401 - traitlets' configuration object
    """Give every server what `nslabkit lab` gives, and the hub its class view.

    TLJH turns ``NoNewPrivileges`` on for learners and off for admins; under it ``newuidmap`` does
    not work.  So the map is ``self`` for all, and the instructor's screen shows what theirs show.
    """
    language = lessons.default_language()
    environment: dict[str, Any] = {
        **hub_config.folders(FOLDER),
        **hub_config.idle(_IDLE, _NOTICE),
        "NSLAB_LANG": "zh_CN" if language == "zh" else "en",
        "NSLAB_UIDMAP": "self",
        "NSLAB_LESSONS": _lessons,
        "NSLAB_PARTICIPANT": _account,
        "JUPYTER_CONFIG_PATH": lambda spawner: (
            f"{_lessons(spawner)}/.nslabkit/config:{FOLDER}/settings"
        ),
    }
    c.Spawner.environment.update(environment)
    c.Spawner.update({"default_url": f"/nslabkit/open/{language}"})
    services = list(c.JupyterHub.get("services", []))
    c.JupyterHub.update({"services": [*services, _view()]})


def _account(spawner: Any) -> str:  # noqa: ANN401 - TLJH's spawner
    """Return the account that TLJH has made for the spawner's user."""
    template: str = spawner.username_template
    return template.format(USERNAME=spawner.user.name)


def _lessons(spawner: Any) -> str:  # noqa: ANN401 - as above
    return str(Path(pwd.getpwnam(_account(spawner)).pw_dir) / lessons.DEFAULT_FOLDER)


def _plain(account: str) -> str:
    return account.removeprefix(_PREFIX)


def _view() -> dict[str, Any]:
    """Return the class view as a service that TLJH's hub starts; it may read what admins may."""
    identity = ("--reuid=nobody", f"--regid={ADMINS}", "--clear-groups")
    module = ("-m", "nslabkit.workshop.class_view", str(FOLDER), str(_VIEW_PORT))
    return {
        "name": hub_config.VIEW,
        "url": f"http://127.0.0.1:{_VIEW_PORT}",
        "command": ["setpriv", *identity, "--", sys.executable, *module],
        "oauth_no_confirm": True,
    }
