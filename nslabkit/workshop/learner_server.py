"""A learner's server: Jupyter's, as JupyterHub wants it, without what no lesson uses.

``python -m nslabkit.workshop.learner_server`` stands for ``jupyterhub-singleuser``.  Where the
process comes from the template (`nslabkit.workshop.server_template`) all is imported already.
"""

from __future__ import annotations

import importlib
import os
import sys

from nslabkit.base.left_out import leave_out

_NEEDED = (
    "ipykernel.kernelspec",
    "jupyter_server.services.contents.largefilemanager",
    "jupyter_server.services.kernels.handlers",
    "jupyter_server.services.sessions.handlers",
    "jupyter_server_terminals",
    "jupyterhub.singleuser",
    "jupyterlab.labapp",
    "nbformat.sign",
    "nslabkit.jupyter.hosted",
    "nslabkit.jupyter.provisioner",
    "nslabkit.workshop.learner_extension",
)


def load() -> None:
    """Import all that a learner's server needs."""
    leave_out()
    for name in _NEEDED:
        importlib.import_module(name)


def serve(arguments: list[str]) -> None:
    """Put lessons and settings into the learner's folder, and serve them; ends with the process."""
    load()
    from jupyterhub.singleuser import main as singleuser

    from nslabkit.jupyter import hosted

    hosted.main(arguments)  # where it cannot write it has said so; what is there is served
    sys.argv = ["jupyterhub-singleuser", *arguments, *_own_folders()]
    sys.exit(singleuser())


def _own_folders() -> list[str]:
    """Name the learner's folders of settings: JupyterLab noted root's when it was loaded."""
    from jupyterlab import commands

    settings = commands.get_user_settings_dir()
    workspaces = commands.get_workspaces_dir()
    return [f"--LabApp.user_settings_dir={settings}", f"--LabApp.workspaces_dir={workspaces}"]


def main() -> None:
    """Serve, as a process of its own."""
    os.umask(0o077)
    serve(sys.argv[1:])


if __name__ == "__main__":
    main()
