"""How does a test start `nslabkit lab`, learn its address, and ask it?"""

from __future__ import annotations

import contextlib
import json
import os
import re
import select
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NSLABKIT = str(Path(sys.executable).with_name("nslabkit"))
ADDRESS = re.compile(r"http://\S+")
PATIENCE = 300  # seconds: several servers may start at once on a busy machine


@contextlib.contextmanager
def running(
    *arguments: str, prefix: tuple[str, ...] = (), **environment: str
) -> Iterator[subprocess.Popen[bytes]]:
    """Start `nslabkit lab`, after the command `prefix`, and end it however the test goes."""
    process = subprocess.Popen(
        [*prefix, NSLABKIT, "lab", "--no-browser", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
        env=os.environ | environment,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def until_ready(process: subprocess.Popen[bytes]) -> str:
    """Return what was said up to the line after the address."""
    assert process.stdout is not None
    said = b""
    deadline = time.monotonic() + PATIENCE
    while not ADDRESS.search(said.decode()) or not said.endswith(b"\n"):
        ready, _w, _x = select.select([process.stdout], [], [], deadline - time.monotonic())
        assert ready, f"no address within {PATIENCE} s, only: {said.decode()}"
        piece = os.read(process.stdout.fileno(), 4096)
        assert piece, f"it ended and said: {said.decode()}"
        said += piece
    return said.decode()


def until_its_end(process: subprocess.Popen[bytes]) -> str:
    """Return what it still says, and wait for it."""
    said, _nothing = process.communicate(timeout=PATIENCE)
    return said.decode()


def end_all(address: str) -> None:
    """End all notebooks' kernels, and all terminals."""
    for terminal in json.loads(ask(address, "/api/terminals")):
        ask(address, f"/api/terminals/{terminal['name']}", "DELETE")
    for session in json.loads(ask(address, "/api/sessions")):
        ask(address, f"/api/sessions/{session['id']}", "DELETE")


def ask(address: str, path: str, method: str = "GET") -> bytes:
    parts = urllib.parse.urlsplit(address)
    token = urllib.parse.parse_qs(parts.query)["token"][0]
    request = urllib.request.Request(
        f"http://{parts.netloc}{path}",
        method=method,
        headers={"Authorization": f"token {token}"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - as above
        content: bytes = answer.read()
    return content
