"""JupyterLab for learners: quiet, on their lesson, and ended by one Ctrl+C.

The server runs in this process.  All that it keeps (settings, log, run-time files) is in the
private corner of the learner's folder: no configuration of the user is read or changed.  What it
says goes into a log file; the terminal shows the address and real errors.
"""

from __future__ import annotations

import contextlib
import getpass
import logging
import os
import secrets
import shutil
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import quote

from nslabkit.base.errors import InvalidValueError, NotSupportedError
from nslabkit.base.language import translate as _
from nslabkit.course import lessons
from nslabkit.jupyter import lab_settings, lessons_page
from nslabkit.jupyter.port_choice import FIRST_PORT, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from jupyter_server.serverapp import ServerApp

_LONGEST_SOCKET = 107  # bytes of a path, unix(7)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True)
class Options:
    """What to serve, and where.

    Parameters
    ----------
    directory : Path
        The learner's folder.
    lesson : Path
        The file to open first, inside `directory`.
    language : str
        ``"en"`` or ``"zh"``.
    ip : str
        Address to listen on.
    port : int or None
        TCP port; None for the first free one from 8888 on.
    browser : bool
        Whether to open the browser.
    socket : bool
        Listen on a unix socket that only this account can open, instead of `ip` and `port`.
    """

    directory: Path
    lesson: Path
    language: str
    ip: str = "127.0.0.1"
    port: int | None = None
    browser: bool = False
    socket: bool = False

    @property
    def socket_path(self) -> Path | None:
        """Where the unix socket lies, if one is wanted: in the private corner, which is 0700."""
        return lessons.private_folder(self.directory) / "lab.sock" if self.socket else None


def serve(options: Options) -> None:
    """Run JupyterLab until Ctrl+C or SIGTERM; the kernels end with it.

    Raises
    ------
    NotSupportedError
        The server does not start; the log file says more.
    """
    private = lessons.private_folder(options.directory)
    locale = "zh_CN" if options.language == "zh" else "default"
    _set_environment(private, options.language)
    lab_settings.write(private / "config", locale, lessons_page.menu())
    log = private / "server.log"
    # Beside a unix socket the port is that of the tunnel, on another machine.
    wanted = options.port or (FIRST_PORT if options.socket else None)
    with free_port(options.ip, wanted) as port, _output_moved_to(log) as console:
        _run(options, port, log, console)


def _run(options: Options, port: int, log: Path, console: TextIO) -> None:
    try:
        app = _start(options, port)
        _show_errors(app, console)
        _end_on_signals(app, console)
        app.io_loop.add_callback(_announce, app, options, log, console)
        app.start()
    except SystemExit as error:
        if error.code:
            raise NotSupportedError(
                "jupyter lab",
                _("JupyterLab did not start: {line}").format(line=_last_line(log)),
                _("The whole story is in {log}").format(log=log),
            ) from error
    print(
        _("JupyterLab has ended, and with it the kernels of all notebooks."),
        file=console,
        flush=True,
    )


def _set_environment(private: Path, language: str) -> None:
    """Keep the user's own Jupyter out of it, and let terminals speak the lesson's language."""
    os.environ.update(
        JUPYTER_CONFIG_DIR=str(private / "config"),
        JUPYTER_DATA_DIR=str(private / "data"),
        IPYTHONDIR=str(private / "ipython"),
        NSLAB_LANG="zh_CN" if language == "zh" else "en",
        NSLAB_LESSONS=str(private.parent.resolve()),  # where checks note what passed
    )
    for name in ("JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_PATH", "JUPYTER_TOKEN"):
        os.environ.pop(name, None)
    # Messages advise the kit's own command; of a clone's folder nobody's shell knows.
    if shutil.which("nslabkit") is None:
        folders = (os.environ.get("PATH", os.defpath), str(Path(sys.executable).parent))
        os.environ["PATH"] = os.pathsep.join(folders)


@contextlib.contextmanager
def _output_moved_to(log: Path) -> Iterator[TextIO]:
    """Send our output, and that of kernels to come, to the log; yield the learner's terminal."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1), os.dup(2)
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
    try:
        with os.fdopen(os.dup(saved[0]), "w", encoding="utf-8", errors="replace") as console:
            yield console
    finally:
        for number, original in enumerate(saved, start=1):
            os.dup2(original, number)
            os.close(original)


def _start(options: Options, port: int) -> ServerApp:
    from jupyterlab.labapp import LabApp

    lesson = options.lesson.relative_to(options.directory)
    command = str(Path(sys.executable).with_name("nslabkit"))
    settings: dict[str, Any] = {
        **_place(options, port),
        # A browser sends its cookies to every port of this machine, and who takes the port of a
        # server that has ended may keep them: each start has a secret and a cookie of its own.
        "ServerApp.cookie_secret": secrets.token_hex(32),
        "IdentityProvider.cookie_name": f"nslabkit-{secrets.token_hex(8)}",
        "ServerApp.root_dir": str(options.directory),
        "ServerApp.open_browser": options.browser,
        "ServerApp.allow_root": True,
        "ServerApp.terminado_settings": {"shell_command": [command, "enter", "--terminal"]},
        "LabApp.default_url": f"/lab/tree/{quote(str(lesson))}",
        "LabApp.user_settings_dir": os.environ["JUPYTER_CONFIG_DIR"] + "/user-settings",
        "LabApp.workspaces_dir": os.environ["JUPYTER_CONFIG_DIR"] + "/workspaces",
    }
    for name, values in (lab_settings.SERVER | lab_settings.kernels(options.language)).items():
        settings |= {f"{name}.{key}": value for key, value in values.items()}
    app: ServerApp = LabApp.initialize_server(  # type: ignore[no-untyped-call]
        argv=[f"--{name}={value}" for name, value in settings.items()]
    )
    lessons_page.add_to(app.web_app, options.directory)
    return app


def _place(options: Options, port: int) -> dict[str, Any]:
    path = options.socket_path
    if path is None:
        return {
            "ServerApp.ip": options.ip,
            "ServerApp.port": port,
            "ServerApp.port_retries": 0,
        }
    if len(os.fsencode(path)) > _LONGEST_SOCKET:
        raise InvalidValueError(
            f"nslabkit lab --socket {options.directory}",
            _("The path of a unix socket has at most {most} bytes: {path} is longer.").format(
                most=_LONGEST_SOCKET, path=path
            ),
            _("Name a folder with a shorter path: nslabkit lab ~/lessons --socket"),
        )
    return {"ServerApp.sock": str(path), "ServerApp.sock_mode": "0600"}


def _show_errors(app: ServerApp, console: TextIO) -> None:
    """Repeat errors in the terminal, one line each; their tracebacks are in the log."""
    handler = logging.StreamHandler(console)
    handler.setLevel(logging.ERROR)
    # The server's own announcements are "critical" to it; ours stands in their place.
    handler.addFilter(lambda record: record.levelno == logging.ERROR)
    handler.setFormatter(_OneLine())
    for name in ("ServerApp", "LabApp"):
        logging.getLogger(name).addHandler(handler)
    app.log.debug("errors are shown in the terminal too")


class _OneLine(logging.Formatter):
    """The first line of a record, and of the exception that belongs to it."""

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage().strip().partition("\n")[0]
        if record.exc_info and record.exc_info[1] is not None:
            text = f"{text}: {record.exc_info[1]}"
        return _("error: {text}").format(text=text)


def _end_on_signals(app: ServerApp, console: TextIO) -> None:
    """End at the first Ctrl+C, without a question."""

    def say_and_stop() -> None:
        print("\n" + _("Ending JupyterLab…"), file=console, flush=True)
        app.stop()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        # A second Ctrl+C does not wait for the kernels; they end when this process is gone.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        # Said and done by the loop: here we may be in the midst of another line to the terminal.
        app.io_loop.add_callback_from_signal(say_and_stop)

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)


def _announce(app: ServerApp, options: Options, log: Path, console: TextIO) -> None:
    """Say where to look, now that the server answers."""
    host = f"[{options.ip}]" if ":" in options.ip else options.ip
    if options.socket or options.ip in ("0.0.0.0", "::"):  # noqa: S104 - a comparison; binding there is the user's choice
        host = socket.gethostname()
    lesson = quote(str(options.lesson.relative_to(options.directory)))
    token = app.identity_provider.token
    port = app.port or options.port or FIRST_PORT  # beside a socket, the one of the tunnel
    lines = [
        "",
        _("JupyterLab is ready. Open this address in a browser on this machine:"),
        "",
        f"    http://{host}:{port}/lab/tree/{lesson}?token={token}",
        "",
        _("Lessons: {folder}").format(folder=options.lesson.parent),
        _("Server's log: {log}").format(log=log),
        _("Press Ctrl+C here to end it."),
    ]
    if options.socket_path is not None:
        lines[1] = _("JupyterLab is ready. On your own computer, type and leave running:")
        forward = f"ssh -N -L {port}:{options.socket_path} {getpass.getuser()}@{host}"
        lines[2:3] = ["", f"    {forward}", "", _("Then open this address in its browser:"), ""]
        lines = [line.replace(f"http://{host}:", "http://localhost:") for line in lines]
    elif options.ip not in _LOOPBACK:
        lines[1] = _("JupyterLab is ready. Open this address in a browser:")
        lines.insert(
            1,
            _(
                "Warning: everyone who can reach {ip} and knows the address below can "
                "run commands as you."
            ).format(ip=options.ip),
        )
    print("\n".join(lines), file=console, flush=True)


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else ""
