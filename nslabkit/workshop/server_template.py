"""The template: a process that has imported a learner's server, and forks it for each learner.

Thirty servers that import the same modules at the same time take the machine a minute and a half;
forked they start at once, and share the pages of what was imported.  The process is root's.  It
listens on a unix socket in the hub's own folder, which root alone can enter, and does one thing:
make a process, become the learner, serve.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.machine.system_calls import set_process_name
from nslabkit.workshop import learner_server, unix_accounts
from nslabkit.workshop.workshop_state import Places

if TYPE_CHECKING:
    from types import FrameType

_LARGEST = 1 << 20  # bytes of a request: an environment and some arguments
_PATIENCE = 10.0


def ask(
    door: Path, account: str, arguments: list[str], environment: dict[str, str], log: Path
) -> int:
    """Have a server forked, and return its process id.

    Raises
    ------
    OSError
        There is no template at `door`, or it could not fork.
    """
    request = {
        "account": account,
        "arguments": arguments,
        "environment": environment,
        "log": str(log),
    }
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(_PATIENCE)
        line.connect(str(door))
        line.sendall(json.dumps(request).encode())
        line.shutdown(socket.SHUT_WR)
        answer = json.loads(_all(line) or b"{}")
    if "pid" not in answer:
        raise OSError(answer.get("trouble", "no answer"))
    return int(answer["pid"])


def main(folder: str) -> None:
    """Import, listen, and fork until SIGTERM."""
    door = Places(Path(folder)).door
    learner_server.load()
    gc.collect()
    gc.freeze()  # what is here now stays; collecting it would copy every page
    door.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(door))
        door.chmod(0o600)
        listening.listen(64)
        signal.signal(signal.SIGTERM, _end)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a server ended
        while True:
            line, _address = listening.accept()
            with line:
                _serve_one(line, listening)


def _serve_one(line: socket.socket, listening: socket.socket) -> None:
    """Answer one request with a process id, or with why there is none."""
    try:
        line.settimeout(_PATIENCE)
        request = json.loads(_all(line))
        pid = os.fork()
        if pid == 0:
            listening.close()
            line.close()
            _become_server(request)
        answer: dict[str, Any] = {"pid": pid}
    except (OSError, ValueError) as error:
        answer = {"trouble": str(error)}
    with contextlib.suppress(OSError):  # the hub was ended meanwhile
        line.sendall(json.dumps(answer).encode())


def _become_server(request: dict[str, Any]) -> None:
    """Be the learner's server from here on; never returns."""
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        set_process_name("nslab-server")
        _log_to(request["log"])
        os.environ.clear()
        os.environ.update(request["environment"])
        unix_accounts.become(request["account"])
        gc.unfreeze()
        gc.freeze()
        learner_server.serve(request["arguments"])
        status = 0
    except SystemExit as ending:
        status = ending.code if isinstance(ending.code, int) else 1
    except BaseException:  # noqa: BLE001 - nothing may return into the template's loop
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _log_to(path: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
    os.close(nothing)


def _all(line: socket.socket) -> bytes:
    parts = bytearray()
    while part := line.recv(65536):
        parts += part
        if len(parts) > _LARGEST:
            raise ValueError("too much")
    return bytes(parts)


def _end(number: int, frame: FrameType | None) -> None:
    del number, frame
    sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1])
