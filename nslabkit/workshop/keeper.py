"""The keeper: keeps the proxy, the template, the hub and the class view running.

A process of its own that ``start`` leaves behind.  What ends by itself, or by ``kill -9``, it
starts again; the learners' servers go on meanwhile, for they are nobody's children.  SIGTERM ends
all four.  Where systemd runs, it is the service ``nslabkit-workshop``, so that it comes back when
the machine starts.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base import processes
from nslabkit.machine.system_calls import die_with_parent, drain
from nslabkit.workshop import hub_config, hub_packages
from nslabkit.workshop.workshop_state import Places, load

if TYPE_CHECKING:
    from nslabkit.workshop.workshop_state import Workshop

_KEPT = ("PATH", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "TZ")
_AGAIN = 1.0  # seconds from an end to the next start
_PATIENCE = 8.0  # seconds to end


class _Child:
    """One program that is to run always."""

    def __init__(
        self,
        command: list[str],
        environment: dict[str, str],
        log: Path,
        **more: Any,  # noqa: ANN401 - as `subprocess.Popen` takes it
    ) -> None:
        self._command = command
        self._environment = environment
        self._log = log
        self._more = {"cwd": "/", **more}
        self.process: subprocess.Popen[bytes] | None = None
        self.next = 0.0

    def start(self) -> None:
        """Start it, with what it says added to its log."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command,
                env={**_plain(), **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._more,
                preexec_fn=_with_us,  # noqa: PLW1509 - the keeper has one thread
            )

    def look(self) -> None:
        """Start it if it does not run, but not at once after it ended."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is not None:
            self.process, self.next = None, now + _AGAIN
        if self.process is None and now >= self.next:
            self.start()


def _plain() -> dict[str, str]:
    """Return what programs need of the environment of whoever typed ``start``, and no more.

    A learner's server is a fork, so what the template was started with can be read in it.
    """
    return {name: value for name, value in os.environ.items() if name in _KEPT}


def _with_us() -> None:
    die_with_parent(signal.SIGTERM)


def main(folder: str) -> None:
    """Keep the four running until SIGTERM."""
    places = Places(Path(folder))
    lock = os.open(places.keeper, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(0)  # another keeps them already
    _write_down(lock)
    woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake)
    ending: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: ending.append(received))
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)  # wakes us
    children = _children(load(places.folder, "nslabkit workshop start"))
    while not ending:
        for child in children:
            child.look()
        waits = [child.next for child in children if child.process is None]
        pause = max(0.05, min(waits) - time.monotonic()) if waits else None
        select.select([woken], [], [], pause)
        drain(woken)
    _end(children)


def _write_down(lock: int) -> None:
    """Write down which process this is: `doors.stop` must find it, whoever started it."""
    own = processes.of(os.getpid())
    assert own is not None
    os.ftruncate(lock, 0)
    os.write(lock, f"{own.pid} {own.started}\n".encode())


def _children(workshop: Workshop) -> list[_Child]:
    places, settings = workshop.places, workshop.settings
    language = {"NSLAB_LANG": "zh_CN" if settings.language == "zh" else "en"}
    python = [sys.executable, "-m"]
    proxy = [
        *hub_packages.proxy_command(places.proxy),
        *("--ip", settings.address, "--port", str(settings.port)),
        *("--api-ip", "127.0.0.1", "--api-port", str(settings.proxy_port)),
        *("--default-target", f"http://127.0.0.1:{settings.hub_port}"),
        *("--error-target", f"http://127.0.0.1:{settings.hub_port}/hub/error"),
    ]
    if settings.https:
        proxy += ["--ssl-key", settings.key, "--ssl-cert", settings.certificate]
    log = places.hub
    view = [*python, "nslabkit.workshop.class_view", str(places.folder), str(settings.view_port)]
    assert workshop.instructor is not None  # made before
    instructor: dict[str, Any] = {
        "user": workshop.instructor.uid,
        "group": pwd.getpwnam(workshop.instructor.account).pw_gid,
        "extra_groups": [workshop.group],
    }
    return [
        _Child(proxy, {"CONFIGPROXY_AUTH_TOKEN": settings.proxy_token}, log / "proxy.log"),
        _Child(
            [*python, "nslabkit.workshop.server_template", str(places.folder)],
            language,
            log / "template.log",
        ),
        _Child(
            [*python, "jupyterhub", "--config", str(places.hub / "jupyterhub_config.py")],
            language,
            log / "hub.log",
            cwd=log,  # of its database it says no more than the name
        ),
        _Child(
            view,
            {**language, **hub_config.view_environment(workshop)},
            log / "class-view.log",
            **instructor,
        ),
    ]


def _end(children: list[_Child]) -> None:
    left = [child.process for child in children if child.process is not None]
    for process in left:
        process.terminate()
    deadline = time.monotonic() + _PATIENCE
    for process in left:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main(sys.argv[1])
