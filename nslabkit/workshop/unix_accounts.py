"""The learners' accounts: ordinary ones without sudo, each with a home that nobody else enters.

What is done in a learner's home is done as that learner: root would follow the links that they
put there.
"""

from __future__ import annotations

import grp
import json
import os
import pwd
import re
import secrets
import select
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base import processes
from nslabkit.base.errors import InvalidValueError, NslabError
from nslabkit.base.language import translate as _
from nslabkit.machine.sandbox.id_maps import next_free_range, sub_id_ranges
from nslabkit.workshop.workshop_state import Seat

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_PATIENCE = 5.0  # seconds for a learner's processes to end by themselves
_LOOK = 0.05
_LONGEST = 120.0  # seconds for what is done as a learner
_PART = 1 << 20


def free_names(prefix: str, count: int, taken: Iterable[str] = ()) -> list[str]:
    """Return `count` names of accounts that do not exist: learner01, learner02, …

    A name of which a home is left is not taken: what is in it is somebody else's.
    """
    names: list[str] = []
    used, homes = set(taken), _homes()
    number = 0
    while len(names) < count:
        number += 1
        name = f"{prefix}{number:02}"
        if name not in used and not _exists(name) and not os.path.lexists(homes / name):
            names.append(name)
    return names


def make(account: str, mark: str, groups: Iterable[str] = ()) -> Seat:
    """Make an account that nobody can log in to by a password, with a home of mode 0700.

    Parameters
    ----------
    account : str
        Its name.
    mark : str
        Its comment, by which `marked` finds it should we be killed before we write it down.
    groups : iterable of str
        Which it is in besides its own.

    Raises
    ------
    NslabError
        ``useradd`` refuses it.
    """
    more = ["--groups", ",".join(groups)] if groups else []
    new = ["useradd", "--create-home", "--user-group", "--shell", "/bin/bash", "--comment", mark]
    _run([*new, *more, account])
    entry = pwd.getpwnam(account)
    os.chmod(entry.pw_dir, 0o700)  # noqa: PTH101 - a home's path is text in pwd
    give_sub_ids(account)
    return Seat(account, entry.pw_uid)


def marked(mark: str) -> list[tuple[Seat, str]]:
    """Return the accounts whose comment begins so, and the rest of it."""
    return [
        (Seat(entry.pw_name, entry.pw_uid), entry.pw_gecos.removeprefix(mark))
        for entry in pwd.getpwall()
        if entry.pw_gecos.startswith(mark)
    ]


def of_account(seat: Seat) -> pwd.struct_passwd | None:
    """Return the account of a seat; None where it is gone, or where its name is another's now."""
    try:
        entry = pwd.getpwnam(seat.account)
    except KeyError:
        return None
    return entry if entry.pw_uid == seat.uid else None


def remove(seat: Seat) -> None:
    """End what the account runs and remove it with its home.

    Raises
    ------
    NslabError
        ``userdel`` refuses it.
    """
    if of_account(seat) is None:
        return
    end_processes([seat])
    _run(["userdel", "--remove", seat.account])


def end_processes(seats: Iterable[Seat]) -> None:
    """End all processes of these accounts, those in their notebooks' machines included.

    In a notebook's machine a process may have one of the account's sub-ids for its number, but
    each ends with its machine's first process, which has the account's own.
    """
    uids = {seat.uid for seat in seats if of_account(seat) is not None}
    deadline = time.monotonic() + 4 * _PATIENCE
    while (left := _owned(uids)) and time.monotonic() < deadline:
        processes.end(left, _PATIENCE)
        time.sleep(_LOOK)


def owner(pid: int) -> int | None:
    """Return the uid of a process as this machine counts it; None where it has ended."""
    try:
        return Path(f"/proc/{pid}").stat().st_uid
    except OSError:
        return None


def _owned(uids: set[int]) -> list[processes.Process]:
    return [process for process in processes.running() if owner(process.pid) in uids]


def become(account: str) -> None:
    """Make this process the account's, with its groups and home; for a process just forked."""
    entry = pwd.getpwnam(account)
    os.initgroups(account, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)
    os.umask(0o077)
    os.chdir(entry.pw_dir)
    os.environ.update(HOME=entry.pw_dir, USER=account, LOGNAME=account, SHELL=entry.pw_shell)


def as_account(account: str, function: Callable[[], Any]) -> Any:  # noqa: ANN401 - what `function` returns, by JSON
    """Call `function` in a process of the account, and return what it returns (as JSON can).

    Raises
    ------
    NslabError
        As `function` raised it, or that its process ended without a word, or did not end.
    """
    heard, said = os.pipe()
    pid = os.fork()
    if pid == 0:
        _answer(account, function, said)
    os.close(said)
    text = _heard(heard)
    if text is None:
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    if text is None:
        raise NslabError(
            f"su {account}",
            _("What was done as {account} did not end within {seconds} seconds.").format(
                account=account, seconds=round(_LONGEST)
            ),
            _("Look whether they stopped it, or have very many files: ps -u {account}").format(
                account=account
            ),
        )
    answer = json.loads(text or b"{}")
    if "value" in answer:
        return answer["value"]
    raise NslabError(
        answer.get("tried", f"su {account}"),
        answer.get("reason", _("What was done as {account} failed.").format(account=account)),
        answer.get("fix", _("Look at {account}'s home: ls -la ~{account}").format(account=account)),
        said=answer.get("said"),
    )


def _heard(pipe: int) -> bytes | None:
    """Return all that comes through a pipe; None if it has no end within two minutes."""
    deadline = time.monotonic() + _LONGEST
    said = bytearray()
    try:
        while select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            part = os.read(pipe, _PART)
            if not part:
                return bytes(said)
            said += part
    finally:
        os.close(pipe)
    return None


def _answer(account: str, function: Callable[[], Any], said: int) -> None:
    """Do the forked process's part; never returns."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        become(account)
        answer: dict[str, Any] = {"value": function()}
        status = 0
    except NslabError as error:
        answer = {part: getattr(error, part) for part in ("tried", "reason", "fix", "said")}
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent has to hear of it
        answer = {"said": f"{type(error).__name__}: {error}"}
    try:
        os.write(said, json.dumps(answer).encode())
    finally:
        os._exit(status)


def give_sub_ids(account: str) -> None:
    """See to it that ``newuidmap`` has numbers for the account, as ``useradd`` mostly does."""
    if sub_id_ranges(pwd.getpwnam(account).pw_uid) is None:
        span = next_free_range()
        _run(["usermod", "--add-subuids", span, "--add-subgids", span, account])


def free_group(prefix: str) -> str:
    """Return a name of no group yet: this one, or nearly so where that is taken."""
    existing = {entry.gr_name for entry in grp.getgrall()}
    name = prefix
    while name in existing:
        name = f"{prefix}-{secrets.token_hex(2)}"
    return name


def ensure_group(name: str) -> None:
    """Make a group, unless it is there.

    Raises
    ------
    NslabError
        ``groupadd`` refuses it.
    """
    _run(["groupadd", "--system", "--force", name])


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _homes() -> Path:
    """Return the folder in which ``useradd`` makes homes."""
    said = subprocess.run(["useradd", "-D"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"^HOME=(.+)$", said, re.MULTILINE)
    return Path(found[1] if found else "/home")


def _run(command: list[str]) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise InvalidValueError(
            " ".join(command),
            _("There is no command called {word} on this machine.").format(word=command[0]),
            _("Install it: apt install passwd"),
            errno=error.errno,
        ) from error
    except subprocess.CalledProcessError as error:
        raise NslabError(
            " ".join(command),
            _("The command ended with status {status}.").format(status=error.returncode),
            _("See which accounts and groups there are: getent passwd; getent group"),
            said=error.stderr.strip() or None,
        ) from error
