"""JupyterHub's spawner for a workshop: servers forked from the template, as their learners.

Where the template does not answer, a server is started as JupyterHub's own spawner does it: later,
but it starts.  https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html
"""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
from pathlib import Path
from typing import Any

from jupyterhub.spawner import LocalProcessSpawner
from jupyterhub.utils import random_port
from traitlets import Integer, Unicode

from nslabkit.base import processes
from nslabkit.course import variants
from nslabkit.workshop import server_template, workshop_state
from nslabkit.workshop.workshop_state import Places


class WorkshopSpawner(LocalProcessSpawner):
    """Start a learner's server by a fork of the template."""

    folder = Unicode(config=True, help="The workshop's folder.")
    started = Integer(0, help="When the process started, in clock ticks: a pid is used again.")

    async def start(self) -> tuple[str, int]:
        """Fork the server, and return where it will listen."""
        if self.port == 0:
            self.port = random_port()
        log = Places(Path(self.folder)).hub / f"{self.user.name}.log"
        try:
            self.pid = server_template.ask(
                Places(Path(self.folder)).door,
                self.user.name,
                self.get_args(),
                self.get_env(),
                log,
            )
        except OSError as error:
            self.log.warning("no template (%s): the server imports for itself", error)
            self.pid = 0
            where: tuple[str, int] = await super().start()
            return where
        found = processes.of(self.pid)
        self.started = found.started if found else 0
        return self.ip or "127.0.0.1", self.port

    async def poll(self) -> int | None:
        """Return None while the server runs, else its status; 0 where nobody knows it."""
        if self.proc is not None or not self.started:
            status: int | None = await super().poll()
            return status
        found = processes.of(self.pid) if self.pid else None
        if found is not None and found.started == self.started:
            return None
        self.clear_state()
        return 0

    async def stop(self, now: bool = False) -> None:  # noqa: FBT001, FBT002 - JupyterHub's signature
        """End the server; one interrupt is all that it needs."""
        if await self.poll() is None:
            await super().stop(now=now)
        self.started = 0

    async def _signal(self, sig: int) -> bool:
        """Signal the server, and not another process that has its number by now."""
        if self.started:
            found = processes.of(self.pid)
            if found is None or found.started != self.started:
                return False
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM if sig == signal.SIGINT else sig)
            return True
        return False

    def get_state(self) -> dict[str, Any]:
        """Return what a hub that starts anew must know."""
        state: dict[str, Any] = super().get_state()
        return {**state, "started": self.started}

    def load_state(self, state: dict[str, Any]) -> None:
        """Take up what an earlier hub knew."""
        super().load_state(state)
        self.started = state.get("started", 0)

    def clear_state(self) -> None:
        """Forget a server that has ended."""
        super().clear_state()
        self.started = 0

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Add the learner's own: home, lessons, Jupyter's settings for learners, their variant."""
        env = super().user_env(env)
        home = pwd.getpwnam(self.user.name).pw_dir
        lessons = f"{home}/nslabkit-lessons"
        env["NSLAB_LESSONS"] = lessons
        env["NSLAB_PARTICIPANT"] = self.user.name
        env["JUPYTER_CONFIG_PATH"] = f"{lessons}/.nslabkit/config:{self.folder}/settings"
        workshop = workshop_state.load(Path(self.folder), "nslabkit workshop start")
        env[variants.VARIANT] = workshop.variant_of(self.user.name)
        env["JUPYTERHUB_SINGLEUSER_EXTENSION"] = "1"
        return env
