"""Which Linux of its own does a test start, and how is a command really refused something?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from nslabkit.machine.uml.building import build

ROOT = Path(__file__).parents[2]
_REFUSE = ROOT / "tests" / "machine" / "sandbox" / "refuse.py"


def built_kernel() -> Path:
    """The kernel, built once per checkout and kept in build/ as long as its recipe is the same."""
    recipe = b"".join((ROOT / "binder/uml" / name).read_bytes() for name in ("build.sh", "config"))
    kernel, made_from = ROOT / "build/linux.uml", ROOT / "build/linux.uml.recipe"
    if not kernel.exists() or not made_from.exists() or made_from.read_bytes() != recipe:
        build(kernel)
        made_from.write_bytes(recipe)
    return kernel


def forbidding_user_namespaces() -> list[str]:
    """The words that run a command where nobody may make user namespaces."""
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces; exec "$@"'
    return ["unshare", "--user", "--map-root-user", "sh", "-c", forbid, "sh"]


def refusing(*calls: str) -> list[str]:
    """The words that run a command under a seccomp filter, as a container's default one."""
    return [sys.executable, str(_REFUSE), ",".join(calls)]


def showing(text: str, path: str) -> list[str]:
    """The words that run a command that reads `text` in `path`."""
    script = 'echo "$0" > shown; mount --bind shown "$1"; shift; exec "$@"'
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, text, path]


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, with variables in addition."""
    return subprocess.run(
        command,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
