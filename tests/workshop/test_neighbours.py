"""Everything of one learner's that another, with an account on the machine, can try to reach."""

from __future__ import annotations

import json
import os
import pwd
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from neighbour_attempts import REFUSED
from other_account import PLACE, PYTHON, as_account, environment

from nslabkit.base import processes

if TYPE_CHECKING:
    from conftest import Held
    from hub_visitor import HubVisitor

_LISTENS = "00010000"  # a flag of /proc/net/unix: __SO_ACCEPTCON
LESSON = "nslabkit-lessons/en/01_one_wire.ipynb"


@pytest.fixture(scope="module")
def ming(held: Held) -> HubVisitor:
    """The neighbour: a lesson is open, a network stands, a check has passed, a hand is up."""
    visitor = held.visitor("小明")
    visitor.open_lesson(LESSON)
    visitor.run(
        "import nslabkit as lab\n!ip netns add netns1\nlab.check.namespace_exists('netns1')"
    )
    visitor.get(f"user/{visitor.account}/nslabkit/workshop/state", {"hand": True})
    return visitor


@pytest.fixture(scope="module")
def ada(held: Held) -> HubVisitor:
    visitor = held.visitor("Ada")
    visitor.open_lesson(LESSON)
    return visitor


def of(held: Held, visitor: HubVisitor) -> dict[str, Any]:
    """Return where root sees a learner: processes, and the sockets and ports of those."""
    held.command("collect")
    pids = _family(pwd.getpwnam(visitor.account).pw_uid)
    inodes = {inode for pid in pids for inode in _sockets(pid)}
    return {
        "account": visitor.account,
        "home": pwd.getpwnam(visitor.account).pw_dir,
        "folder": str(held.folder),
        "lesson": LESSON,
        "pids": sorted(pids),
        "sockets": _unix(pids, inodes),
        "ports": _tcp(inodes),
    }


def _family(uid: int) -> set[int]:
    """Return an account's processes and their descendants, which may have a sub-uid."""
    everybody = {one.pid for one in processes.running()}
    family = {pid for pid in everybody if _uid(pid) == uid}
    while more := {pid for pid in everybody if _parent(pid) in family} - family:
        family |= more
    return family


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # ended meanwhile
        return 0


def _uid(pid: int) -> int:
    try:
        return Path(f"/proc/{pid}").stat().st_uid
    except OSError:
        return -1


def _sockets(pid: int) -> set[str]:
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        kind = re.fullmatch(r"socket:\[(\d+)\]", str(entry.readlink()))
        found |= {kind[1]} if kind else set()
    return found


def _unix(pids: set[int], inodes: set[str]) -> list[str]:
    """Return the paths that these sockets listen at; an abstract one begins with ``@``.

    A path leads to a socket from every network namespace; which sockets there are is told by
    their own namespace alone.
    """
    lines = {line for pid in pids for line in _lines(pid, "unix")}
    rows = [line.split() for line in lines]
    return sorted(row[7] for row in rows if row[3] == _LISTENS and row[6] in inodes and row[7:])


def _lines(pid: int, table: str) -> list[str]:
    try:
        return Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    except OSError:  # ended meanwhile
        return []


def _tcp(inodes: set[str]) -> list[int]:
    rows = [line.split() for line in _lines(os.getpid(), "tcp")]
    return sorted(
        {int(row[1].partition(":")[2], 16) for row in rows if row[3] == "0A" and row[9] in inodes}
    )


def test_a_neighbour_with_an_account_gets_nothing(
    held: Held, ada: HubVisitor, ming: HubVisitor
) -> None:
    there = of(held, ming)
    assert len(there["pids"]) >= 3  # the server, the machine's first process, the kernel
    assert there["sockets"]
    assert there["ports"]
    assert not [path for path in there["sockets"] if path.startswith("@")], "open to everybody"
    came = tried_by(ada.account, there)
    reached = {name: what for name, what in came.items() if not what.startswith(REFUSED)}
    assert reached == {}
    # The same attempts do reach what is one's own: it is not they that fail.
    own = tried_by(ming.account, there)
    assert set(own) == set(came)
    mine = {name for name, what in own.items() if what.startswith("got: ")}
    assert {"home: list", "home: lesson", "progress: read"} <= mine
    assert {f"socket {path}" for path in there["sockets"]} <= mine
    for kind in ("environ", "ns/net", "signal", "open files"):
        assert {f"{pid}: {kind}" for pid in there["pids"]} & mine, kind


def tried_by(account: str, there: dict[str, Any]) -> dict[str, str]:
    """Return what came of each attempt by an account."""
    code = f"{PLACE}/tests/support/neighbour_attempts.py"
    done = subprocess.run(
        as_account(account, PYTHON, code, json.dumps(there), all_groups=True),
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    came: dict[str, str] = json.loads(done.stdout)
    return came


def test_the_hub_shows_a_neighbour_nothing(ada: HubVisitor, ming: HubVisitor) -> None:
    for page in ("", "lab", "api/contents", "api/kernels", "nslabkit/workshop/state"):
        status, address, _text = ada.get(f"user/{ming.account}/{page}")
        assert status in {403, 404}, (page, status, address)
    for page in (f"hub/api/users/{ming.account}", "hub/admin", "services/class/"):
        assert ada.get(page)[0] in {403, 404}, page


def test_nothing_secret_is_in_what_everybody_may_read(
    held: Held, ada: HubVisitor, ming: HubVisitor
) -> None:
    """Command lines are for everybody: ``ps`` shows them."""
    secrets = [held.state["settings"][name] for name in ("variants", "api_token", "proxy_token")]
    environments = [_variables(pid) for pid in of(held, ming)["pids"]]
    named = ("JUPYTERHUB_API_TOKEN", "NSLAB_VARIANT")
    secrets += {one[name] for one in environments for name in named if name in one}
    assert len(secrets) > 3
    for one in processes.running():
        line = _read(one.pid, "cmdline")
        assert not [secret for secret in secrets if secret.encode() in line], one
    assert ming.account not in ada.run("!ps ax -o user,args; ls /proc/*/root 2>/dev/null")


def _variables(pid: int) -> dict[str, str]:
    pairs = _read(pid, "environ").decode(errors="replace").split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


def _read(pid: int, name: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{name}").read_bytes()
    except OSError:  # ended meanwhile
        return b""
