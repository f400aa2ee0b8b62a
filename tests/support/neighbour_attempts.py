"""What a learner tries who wants something of a neighbour's; run as the learner, prints JSON.

Standard library only.  The first argument says, as JSON, where root has seen the neighbour: home,
processes, sockets, ports, and the workshop's folder.  Each attempt is refused, with the kernel's or
the server's word, or what it got is told.
"""

from __future__ import annotations

import ctypes
import errno
import http.client
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

REFUSED = "refused: "
_NOT_OURS = {errno.EACCES, errno.EPERM}
_ATTACH, _DETACH = 16, 17  # ptrace(2)
_OF_A_PROCESS = ("environ", "mem", "maps", "auxv", "io")
_KINDS = ("net", "mnt", "pid", "user", "uts", "ipc", "cgroup", "time")
_libc = ctypes.CDLL(None, use_errno=True)


def outcome(attempt: Callable[[], object]) -> str:
    """Return what came of an attempt: only a refusal counts as one, not that nothing is there."""
    try:
        got = attempt()
    except OSError as error:
        word = errno.errorcode.get(error.errno or 0, str(error))
        return f"{REFUSED}{word}" if error.errno in _NOT_OURS else f"missed: {word}"
    return f"got: {str(got)[:200]}"


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return result


def _setns(pid: int, kind: str) -> int:
    handle = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
    return _checked(_libc.setns(handle, 0))


def _nsenter(pid: int) -> str:
    command = ["nsenter", "-t", str(pid), "-U", "-n", "--preserve-credentials", "ip", "link"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and ("Permission denied" in done.stderr or "not permitted" in done.stderr):
        raise PermissionError(errno.EPERM, done.stderr)
    return done.stdout + done.stderr


def _ptrace(pid: int) -> int:
    got = _checked(_libc.ptrace(_ATTACH, pid, None, None))
    os.waitpid(pid, 0)
    _libc.ptrace(_DETACH, pid, None, None)
    return got


def _list(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


def _page(port: int, path: str) -> str:
    """Ask a server without a token: refused is 403, or a way to the sign-in."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        line.request("GET", path)
        answer = line.getresponse()
        leads_to = answer.getheader("Location", "")
    finally:
        line.close()
    to_sign_in = answer.status == http.HTTPStatus.FOUND and "/hub/api/oauth2/authorize" in leads_to
    if answer.status in {401, 403} or to_sign_in:
        raise PermissionError(errno.EACCES, str(answer.status))
    return f"{answer.status} {leads_to}"


def _connect(path: str) -> str:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(10)
        line.connect(path)
    return path


def _replace(path: Path) -> str:
    own = path.with_name(f".{os.getuid()}.tmp")
    own.write_text("{}")
    try:
        own.replace(path)
    finally:
        own.unlink(missing_ok=True)
    return str(path)


def attempts(of: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """Return each thing to try, by a name that says whose it is."""
    home, folder, account = Path(of["home"]), Path(of["folder"]), of["account"]
    tried: dict[str, Callable[[], object]] = {
        "home: list": lambda: _list(home),
        "home: lesson": (home / of["lesson"]).read_text,
        "home: progress": (home / "nslabkit-lessons/.nslabkit/progress.json").read_text,
        "home: write": lambda: (home / "mine").write_text("x"),
        "folder: settings and secret": (folder / "workshop.json").read_text,
        "folder: hub": lambda: _list(folder / "hub"),
        "folder: submissions": lambda: _list(folder / "collected"),
        "template": lambda: _connect(str(folder / "hub" / "template.sock")),
    }
    for part in ("class", "progress", "hands"):
        row = folder / part / (account if part == "hands" else f"{account}.json")
        tried |= {
            f"{part}: list": lambda row=row: _list(row.parent),
            f"{part}: read": lambda row=row: row.read_text(),
            f"{part}: replace": lambda row=row: _replace(row),
            f"{part}: remove": lambda row=row: row.unlink(),
        }
    for path in of["sockets"]:
        tried[f"socket {path}"] = lambda path=path: _connect(path)
    for port in of["ports"]:
        for page in ("api/contents", "api/kernels", "lab", "api/terminals"):
            address = f"/user/{account}/{page}"
            tried[f"port {port} {page}"] = lambda port=port, address=address: _page(port, address)
    for pid in of["pids"]:
        tried |= _of_process(pid)
    return tried


def _of_process(pid: int) -> dict[str, Callable[[], object]]:
    place = Path(f"/proc/{pid}")
    tried: dict[str, Callable[[], object]] = {
        f"{pid}: nsenter": lambda: _nsenter(pid),
        f"{pid}: ptrace": lambda: _ptrace(pid),
        f"{pid}: signal": lambda: os.kill(pid, 0),
        f"{pid}: root": lambda: _list(place / "root"),
        f"{pid}: cwd": (place / "cwd").readlink,
        f"{pid}: exe": (place / "exe").readlink,
        f"{pid}: open files": lambda: _list(place / "fd"),
    }
    for kind in _KINDS:
        tried[f"{pid}: ns/{kind}"] = (place / "ns" / kind).readlink
        tried[f"{pid}: setns {kind}"] = lambda kind=kind: _setns(pid, kind)
    for name in _OF_A_PROCESS:
        tried[f"{pid}: {name}"] = (place / name).read_bytes
    return tried


if __name__ == "__main__":
    found = {name: outcome(one) for name, one in attempts(json.loads(sys.argv[1])).items()}
    sys.stdout.write(json.dumps(found))
