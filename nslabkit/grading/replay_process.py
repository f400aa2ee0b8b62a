"""The process of a replay: started in a room of its own, heard line by line, ended as a whole."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import signal
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from nslabkit.base.language import translate as _
from nslabkit.grading import closed_room, replay_kernel, replaying
from nslabkit.machine.system_calls import StageError, die_with_parent, unshare

if TYPE_CHECKING:
    import pwd
    from collections.abc import Sequence

    from nslabkit.grading.replaying import Order

_MORE = 30.0  # seconds beside the notebook's own: starting, judging, building records again
_RECORD = 20.0  # seconds for each record that is built again
_LONGEST = 1 << 22  # bytes that one replay may tell
_DATA = 1 << 30  # bytes of data that each of its processes may have


@dataclass
class ReplayProcess:
    """A replay that runs; it has a lifetime to hold: call `end`.

    Attributes
    ----------
    pid : int
        The process outside of the room; whatever is in the room ends with it.
    pipe : int
        Where it is heard.
    deadline : float
        When it is ended, in seconds of `time.monotonic`.
    begun : float
        When it was started.
    folder : str
        What is to be removed afterwards; empty for nothing.
    found : list of dict
        What it has told so far.
    """

    pid: int
    pipe: int
    deadline: float
    begun: float
    folder: str = ""
    found: list[dict[str, Any]] = field(default_factory=list)
    _text: bytes = b""
    _heard: int = 0

    def hear(self) -> bool:
        """Take what it tells now; return whether more may come."""
        part = os.read(self.pipe, 1 << 16)
        self._heard += len(part)
        *lines, self._text = (self._text + part).split(b"\n")
        for one in lines:
            with contextlib.suppress(ValueError):
                self.found.append(json.loads(one))
        more = bool(part) and self._heard < _LONGEST
        if not more and not any("over" in one for one in self.found):
            self.found.append({"remark": _("the replay ended early; was its memory used up?")})
        return more

    def end(self) -> None:
        """End it with all that it started, and remove what it wrote."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.pipe)
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def start(order: Order, account: pwd.struct_passwd | None, hidden: Sequence[Path]) -> ReplayProcess:
    """Start a replay.

    Parameters
    ----------
    order : Order
        What is to be replayed.
    account : pwd.struct_passwd or None
        Under whom, in a closed room: only root can.  None: under this process's own account,
        without a room.
    hidden : sequence of Path
        What the room hides.
    """
    folder = "" if account else tempfile.mkdtemp(prefix="nslabkit-grade-")
    heard, said = os.pipe()
    begun = time.monotonic()
    pid = os.fork()
    if pid == 0:
        os.close(heard)
        _be(order, account, hidden, folder, said)
    os.close(said)
    spare = _MORE + _RECORD * len(order.recorded)
    return ReplayProcess(pid, heard, begun + order.seconds + spare, begun, folder)


def _be(
    order: Order,
    account: pwd.struct_passwd | None,
    hidden: Sequence[Path],
    folder: str,
    said: int,
) -> NoReturn:
    """Be the process outside of the room, and start the one inside; never returns."""
    status = 1
    try:
        die_with_parent(signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who grades ends us
        os.setsid()
        if account is None:
            _work(order, Path(folder), said)
            os._exit(0)
        unshare("mnt")
        unshare("ipc")
        unshare("pid")  # in force for children
        inside = os.fork()
        if inside == 0:
            _be_inside(order, account, hidden, said)
        os.close(said)
        status = os.waitstatus_to_exitcode(os.waitpid(inside, 0)[1])
    except (StageError, OSError) as error:
        _say(said, {"remark": _("no room could be made for it: {error}").format(error=error)})
    except Exception as error:  # noqa: BLE001 - told: nobody sees a traceback of ours
        _say(said, _unforeseen(error))
    finally:
        os._exit(status & 0xFF)


def _be_inside(
    order: Order, account: pwd.struct_passwd, hidden: Sequence[Path], said: int
) -> NoReturn:
    """Be process 1 of the room; never returns."""
    status = 1
    try:
        closed_room.close(hidden)
        closed_room.become_nobody_else(account)
        die_with_parent(signal.SIGKILL)  # asked now: a change of user forgets it
        _work(order, closed_room.WORK, said)
        status = 0
    except (StageError, OSError) as error:
        _say(said, {"remark": _("no room could be made for it: {error}").format(error=error)})
    except Exception as error:  # noqa: BLE001 - as above
        _say(said, _unforeseen(error))
    finally:
        os._exit(status)


def _work(order: Order, work: Path, said: int) -> None:
    language = os.environ.get("NSLAB_LANG")
    environment = replay_kernel.plain_environment(work)
    os.environ.clear()
    os.environ.update(environment)
    if language:
        os.environ["NSLAB_LANG"] = language
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    # The kernel may send a message without end.
    resource.setrlimit(resource.RLIMIT_DATA, (_DATA, _DATA))
    replaying.replay(order, work, lambda found: _say(said, found))
    _say(said, {"over": True})


def _unforeseen(error: Exception) -> dict[str, Any]:
    text = _("the replay met an error of the kit's own, please report it: {error}")
    return {"remark": text.format(error=f"{type(error).__name__}: {error}"), "over": True}


def _say(pipe: int, found: dict[str, Any]) -> None:
    text = json.dumps(found).encode() + b"\n"  # in ASCII: a name may be no text at all
    with contextlib.suppress(BrokenPipeError):
        os.write(pipe, text)
