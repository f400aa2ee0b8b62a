"""Waiting in a lesson: until a command that the learner could type says what is awaited.

What runs in the background, a recorder or a server, needs a moment.  A fixed pause is too long on
one machine and too short on the next; so the cells ask, again and again, and say what they asked.
"""

from __future__ import annotations

import html
import time
from dataclasses import dataclass

from nslabkit.base.errors import InvalidValueError, NotFoundError, NslabError
from nslabkit.base.language import translate as _
from nslabkit.net.namespaces import HOST

_PAUSE = 0.05  # seconds between two questions
_NO_COMMAND = 127  # the shell's status for a command that is not there
_LONGEST = 600.0
_SHOWN = 200  # characters of what a command printed


@dataclass(frozen=True)
class Waited:
    """That something came about.

    Attributes
    ----------
    command : str
        What was asked.
    lines : tuple of str
        What it printed that was waited for; nothing where something was to go.
    seconds : float
        How long it took.
    """

    command: str
    lines: tuple[str, ...]
    seconds: float

    def __repr__(self) -> str:
        """Return the command and how long it took, and below it what it printed."""
        if not self.lines:
            text = _("after {seconds:.1f} s, `{command}` no longer prints it.")
        else:
            text = _("after {seconds:.1f} s, `{command}` prints:")
        head = text.format(seconds=self.seconds, command=self.command)
        return "\n".join([f"✔ {head}", *(f"    {_printable(line)}" for line in self.lines)])

    def _repr_html_(self) -> str:
        return f'<pre style="margin:0">{html.escape(repr(self))}</pre>'


def wait_for(
    command: str, text: str = "", *, lines: int = 1, gone: bool = False, seconds: float = 10.0
) -> Waited:
    """Run a command again and again until it prints what is awaited.

    Parameters
    ----------
    command : str
        For ``/bin/sh -c``, such as ``"ip netns pids netns1"``.  It should only look.
    text : str
        What a line of its output must contain; any line will do without it.
    lines : int
        How many such lines there must be.
    gone : bool
        Wait until there is no such line any more.
    seconds : float
        How long to wait at most.

    Returns
    -------
    Waited
        Which command, what it printed, and how long that took.

    Raises
    ------
    NotFoundError
        There is no such command.
    InvalidValueError
        A number of lines below 1, or of seconds that nobody would wait.
    NslabError
        It did not come about in time; the error says what the command printed last.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.wait_for("echo ready", "ready").lines
    ('ready',)
    """
    tried = f"lab.wait_for({command!r})"
    _check(tried, lines, seconds)
    begun = time.monotonic()
    while True:
        done = HOST.run(["sh", "-c", command], quiet=True)
        if done.returncode == _NO_COMMAND:
            raise NotFoundError(
                tried,
                _("The shell finds no such command."),
                _("Check how it is spelled, or install it: nslabkit doctor"),
                said=done.stderr.strip(),
            )
        found = tuple(line for line in done.stdout.splitlines() if text in line)
        passed = time.monotonic() - begun
        if done.interrupted:
            raise KeyboardInterrupt
        if (not found) if gone else (len(found) >= lines):
            return Waited(command, found, passed)
        if passed > seconds:
            raise NslabError(
                tried,
                _reason(text, lines, seconds, gone=gone),
                _("Run the cells above again, in their order; then this one."),
                said=_printable(f"{done.stdout}{done.stderr}".strip()) or _("(it printed nothing)"),
            )
        time.sleep(_PAUSE)


def _check(tried: str, lines: int, seconds: float) -> None:
    if lines < 1:
        reason = _("It cannot wait for {lines} lines.").format(lines=lines)
        raise InvalidValueError(tried, reason, _("Give `lines` a number from 1 on."))
    if not 0 < seconds <= _LONGEST:
        reason = _("It cannot wait for {seconds} seconds.").format(seconds=seconds)
        raise InvalidValueError(tried, reason, _("Give `seconds` a number from 1 to 600."))


def _reason(text: str, lines: int, seconds: float, *, gone: bool) -> str:
    if gone and text:
        sentence = _("After {seconds:g} s it still prints “{text}”.")
    elif gone:
        sentence = _("After {seconds:g} s it still prints something.")
    elif text and lines == 1:
        sentence = _("In {seconds:g} s it has not printed “{text}”.")
    elif text:
        sentence = _("In {seconds:g} s it has not printed “{text}” often enough.")
    else:
        sentence = _("In {seconds:g} s it has not printed enough.")
    return sentence.format(seconds=seconds, text=text)


def _printable(text: str) -> str:
    """Return what a command printed, cut short, without what a terminal would obey."""
    shown = "".join(one if one.isprintable() or one == "\n" else "·" for one in text)
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"
