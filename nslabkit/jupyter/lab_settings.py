"""JupyterLab's settings for learners: what differs from the defaults.

It asks no questions of its own, shows only the two kernels of the kit, and has a menu "Lesson".
Written as files that JupyterLab reads when it starts; what a learner sets in its menus wins.
https://jupyterlab.readthedocs.io/en/stable/user/directories.html#overrides-json
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nslabkit.base.files import replace_file

if TYPE_CHECKING:
    from pathlib import Path

LOCALE = "@jupyterlab/translation-extension:plugin"
"""Name of JupyterLab's setting that chooses the language of its menus."""

SERVER: dict[str, dict[str, Any]] = {
    "LabApp": {
        "extension_manager": "readonly",
        # The live picture puts commands into new cells through it (frontend/topology/cells.js).
        "expose_app_in_browser": True,
    }
}
"""Settings of the server, by class and name."""

# The language servers' part would look for programs with npm, where that is installed; both
# extensions are for those who write software, and lessons start sooner without them.
_UNNEEDED = {"jupyter_lsp": False, "jupyterlab_jupytext": False}
_HIDDEN = {"@jupyterlab/lsp-extension": True, "jupyterlab-jupytext": True}


def kernels(language: str) -> dict[str, dict[str, Any]]:
    """Return the server's settings about kernels; a new notebook gets the one of `language`."""
    return {
        # Learners choose between the two languages, not between kernels with and without a lab.
        "KernelSpecManager": {
            "ensure_native_kernel": False,
            "allowed_kernelspecs": ["nslab", "nslab-zh"],
        },
        "MultiKernelManager": {
            "default_kernel_name": "nslab-zh" if language == "zh" else "nslab",
        },
    }


def write(
    config: Path,
    locale: str,
    menu: dict[str, Any],
    server: dict[str, dict[str, Any]] | None = None,
) -> None:
    """Write the defaults into a folder of Jupyter's configuration.

    Parameters
    ----------
    config : Path
        The folder; made if missing.
    locale : str
        The language of JupyterLab's menus: ``default``, ``en`` or ``zh_CN``.
    menu : dict
        The menu "Lesson" (`nslabkit.jupyter.lessons_page.menu`).
    server : dict, optional
        Settings of the server by class and name, in addition.

    Raises
    ------
    OSError
        The folder cannot be written.
    """
    overrides: dict[str, Any] = {
        "@jupyterlab/apputils-extension:notification": {
            "fetchNews": "false",
            "checkForUpdates": False,
        },
        LOCALE: {"locale": locale},
        # A notebook that is opened again shows its widgets as they were, until its cells are run.
        "@jupyter-widgets/jupyterlab-manager:plugin": {"saveState": True},
        # A lesson's own menu: it leads to the page of `nslabkit.jupyter.lessons_page`.
        "@jupyterlab/mainmenu-extension:plugin": {"menus": [menu]},
    }
    settings = {name: dict(values) for name, values in (server or {}).items()}
    extensions = settings.setdefault("ServerApp", {}).get("jpserver_extensions", {})
    settings["ServerApp"]["jpserver_extensions"] = {**_UNNEEDED, **extensions}
    _write_json(config / "labconfig" / "default_setting_overrides.json", overrides)
    _write_json(config / "labconfig" / "page_config.json", {"disabledExtensions": _HIDDEN})
    _write_json(config / "jupyter_server_config.json", settings)


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False)
    replace_file(path, text.encode())
