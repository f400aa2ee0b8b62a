"""How does another account run the kit, where the project may lie in a home that it cannot enter?

The command starts as root in a mount namespace of its own, where the project is mounted in a
folder that everybody can enter, and then becomes the other account.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = "/mnt"  # hidden in that mount namespace only
PYTHON = f"{PLACE}/{Path(sys.executable).relative_to(ROOT)}"
_STEPS = """
mount --bind "$1" "$2" && cd "$3" && shift 3 && exec "$@"
"""


def as_account(account: str, *command: str, cwd: str = "/", all_groups: bool = False) -> list[str]:
    """Return the command line by which root runs `command` as `account`; `PYTHON` is the kit's."""
    groups = ["--init-groups"] if all_groups else ["--clear-groups"]
    return in_reach(
        "setpriv", "--reuid", account, "--regid", account, *groups, "--", *command, cwd=cwd
    )


def in_reach(*command: str, cwd: str = "/") -> list[str]:
    """Return the command line that runs `command` where the project is mounted at `PLACE`."""
    apart = ["unshare", "--mount", "--propagation", "private", "--"]
    return [*apart, "sh", "-c", _STEPS, "sh", str(ROOT), PLACE, cwd, *command]


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which Python finds the kit in the place where it is mounted."""
    own = {"PATH": os.environ["PATH"], "PYTHONPATH": PLACE, "PYTHONDONTWRITEBYTECODE": "1"}
    return own | more


def powerless(code: str) -> tuple[list[str], dict[str, str]]:
    """Return command line and environment by which the kit's Python runs `code` without a right.

    As root it becomes nobody; who is no root (the uid map `self`) only drops the capabilities.
    """
    bare = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--ambient-caps=-all"]
    if os.geteuid() != 0:
        return [*bare, sys.executable, "-c", code], dict(os.environ)
    nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"]
    return in_reach(*bare, *nobody, PYTHON, "-c", code), {**os.environ, **environment()}
