"""Commands run from a cell: their output as it comes, and how they ended.

Output is shown as it comes: in a notebook's cell, a terminal or a script.  It goes through
``sys.stdout`` and ``sys.stderr``, which in a notebook lead to the cell; a child's inherited
file descriptors would lead to the server's log.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import selectors
import shlex
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from nslabkit.base import own_machine
from nslabkit.base.errors import CommandError, InvalidValueError, NotFoundError
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TextIO

_SBIN = (
    "/usr/local/sbin",
    "/usr/sbin",
    "/sbin",
)  # where ip, nft and tcpdump are; often not on PATH
_NOT_FOUND = 127  # how a shell says that there is no such command (POSIX, 2.8.2)
# A shell that is interrupted together with its command would die of that; so it ends with the
# command's own status instead, which is 0 for a ping that was answered.
_KEEP_STATUS = "trap 'exit $?' INT; "
_CHUNK = 65536  # bytes
_PIPE = 1 << 20  # bytes that a pipe holds at most (pipe(7), pipe-max-size)
_PATIENCE = 2.0  # seconds that a command has after an interrupt before it is ended


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it wrote.

    Attributes
    ----------
    command : str
        What was run, as a learner types it.
    returncode : int
        Its exit status; negative: ended by that signal.
    stdout, stderr : str
        What it wrote, decoded as UTF-8.
    interrupted : bool
        Whether it was interrupted, by the learner or by the timeout.
    """

    command: str
    returncode: int
    stdout: str
    stderr: str
    interrupted: bool

    def __repr__(self) -> str:
        """Return one line; the output was shown when it came."""
        line = _("{command}: exit status {status}").format(
            command=self.command, status=self.returncode
        )
        return f"<{line}, {_('interrupted')}>" if self.interrupted else f"<{line}>"


def run(
    command: str | Sequence[str],
    *,
    prefix: Sequence[str] = (),
    check: bool = False,
    timeout: float | None = None,
    quiet: bool = False,
) -> Result:
    """Run a command, show its output as it comes, and return how it ended.

    Parameters
    ----------
    command : str or list of str
        A string goes through ``/bin/sh -c``; a list is run as it is.
    prefix : list of str
        What to put before it, such as ``["ip", "netns", "exec", "netns1"]``.
    check, timeout, quiet
        As for `nslabkit.net.namespaces.Namespace.run`.

    Raises
    ------
    NotFoundError
        There is no such command.
    InvalidValueError
        There is nothing to run.
    CommandError
        With `check`: the status was not 0.
    SandboxError
        As for `environment`.
    """
    shell = isinstance(command, str)
    if isinstance(command, str):
        words, typed = ["/bin/sh", "-c", command], command
        started = [*prefix, "/bin/sh", "-c", _KEEP_STATUS + command]
    else:
        words = [str(word) for word in command]
        typed = shlex.join(words)
        started = [*prefix, *words]
    started_with = environment(typed)
    _check_command(words, prefix, typed, started_with["PATH"])
    process = subprocess.Popen(
        started,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=started_with,
        process_group=0,  # an interrupt reaches it through us, once
    )
    with process:
        watch = _Watch(process, timeout=timeout, quiet=quiet)
        try:
            watch.until_it_ends()
        except BaseException:  # the output could not be shown: leave nothing running
            watch.end(signal.SIGKILL)
            raise
    result = Result(typed, process.returncode, *watch.written(), interrupted=watch.interrupted)
    tried = shlex.join([*prefix, *words]) if prefix else typed
    if shell and result.returncode == _NOT_FOUND:
        raise _no_such_command(tried, typed.split()[0], result.stderr.strip())
    if check and result.returncode != 0:
        raise CommandError(
            tried,
            _("The command ended with status {status}.").format(status=result.returncode),
            _("Read its output above; its manual page explains the status."),
            said=result.stderr.strip() or result.stdout.strip() or None,
        )
    return result


class _Watch:
    def __init__(
        self, process: subprocess.Popen[bytes], *, timeout: float | None, quiet: bool
    ) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self.interrupted = False
        self._process = process
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._signals = iter((signal.SIGINT, signal.SIGTERM))
        self._streams = (
            _Stream(process.stdout, None if quiet else sys.stdout),
            _Stream(process.stderr, None if quiet else sys.stderr),
        )

    def written(self) -> tuple[str, str]:
        out, err = self._streams
        return "".join(out.parts), "".join(err.parts)

    def until_it_ends(self) -> None:
        ended = os.pidfd_open(self._process.pid)
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(ended, selectors.EVENT_READ)
                for stream in self._streams:
                    selector.register(stream.pipe, selectors.EVENT_READ, stream)
                while not self._step(selector):
                    pass
        finally:
            os.close(ended)
        for stream in self._streams:
            stream.finish()

    def _step(self, selector: selectors.BaseSelector) -> bool:
        """Wait for one event; return whether the process has ended."""
        try:
            events = selector.select(self._time_left())
            for key, _mask in events:
                if key.data is not None and not key.data.read():
                    selector.unregister(key.fileobj)
        except KeyboardInterrupt:
            self._interrupt()
            return False
        if self._deadline is not None and time.monotonic() >= self._deadline:
            self._interrupt()
        return any(key.data is None for key, _mask in events)

    def _time_left(self) -> float | None:
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def _interrupt(self) -> None:
        """Send the next stronger signal; what does not mind an interrupt is ended in the end."""
        self.interrupted = True
        self._deadline = time.monotonic() + _PATIENCE
        self.end(next(self._signals, signal.SIGKILL))

    def end(self, number: int) -> None:
        """Send a signal to the command and what it started; it may have ended just now."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


class _Stream:
    """One of a process's two outputs: where it is read, shown and kept."""

    def __init__(self, pipe: IO[bytes], screen: TextIO | None) -> None:
        self.pipe = pipe
        self.parts: list[str] = []
        self._screen = screen
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        os.set_blocking(pipe.fileno(), False)

    def read(self) -> bool:
        """Read what is there; return whether more may come."""
        try:
            data = os.read(self.pipe.fileno(), _CHUNK)
        except BlockingIOError:
            return True
        self._show(self._decoder.decode(data))
        return bool(data)

    def finish(self) -> None:
        """Read what is left; what a command in the background writes on is not waited for."""
        for _chunk in range(_PIPE // _CHUNK + 1):
            try:
                data = os.read(self.pipe.fileno(), _CHUNK)
            except BlockingIOError:
                break
            self._show(self._decoder.decode(data))
            if not data:
                break
        self._show(self._decoder.decode(b"", final=True))

    def _show(self, text: str) -> None:
        if not text:
            return
        self.parts.append(text)
        if self._screen is not None:
            self._screen.write(text)
            self._screen.flush()


def environment(tried: str) -> dict[str, str]:
    """Return this process's variables, with the folders of ``ip`` and tcpdump on the path.

    Raises
    ------
    SandboxError
        `tried`, the command to be run with them, would run on the real machine although the
        kernel calls itself "Network lab".
    """
    own_machine.refuse_outside(tried)
    return {**os.environ, "PATH": _path()}


def _path() -> str:
    parts = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join([*parts, *(folder for folder in _SBIN if folder not in parts)])


def _check_command(words: list[str], prefix: Sequence[str], typed: str, path: str) -> None:
    if not words or not typed.strip():
        raise InvalidValueError(
            shlex.join(prefix) or '""',
            _("There is nothing to run."),
            _('Write a command, for example run("ip addr").'),
        )
    for word in (prefix[0] if prefix else words[0], words[0]):
        if shutil.which(word, path=path) is None:
            raise _no_such_command(shlex.join([*prefix, *words]), word, None)


def _no_such_command(tried: str, word: str, said: str | None) -> NotFoundError:
    return NotFoundError(
        tried,
        _("There is no command called {word} on this machine.").format(word=word),
        _("Check the spelling; `nslabkit doctor` names the programs that are missing."),
        said=said,
    )
