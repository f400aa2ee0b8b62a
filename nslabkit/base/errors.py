"""The kit's errors: what went wrong, why, and what to do about it.

Every foreseeable mistake reaches the learner as an `NslabError` in four short parts: what was
tried (as the command that does the same), what the kernel said, the likely reason, and the
fix.  The subclasses follow what the caller can do about it.
"""

from __future__ import annotations

import errno as _errno
import os
import sys
import traceback

from nslabkit.base.language import close_up
from nslabkit.base.language import translate as _


def errno_name(number: int) -> str:
    """Return the kernel's name of an error number: ``"EEXIST"`` for 17."""
    if number == _errno.EOPNOTSUPP:  # Python knows it as ENOTSUP; errno(3) and the kernel do not
        return "EOPNOTSUPP"
    return _errno.errorcode.get(number, str(number))


class NslabError(Exception):
    """Base of all errors that the kit raises on purpose.

    Parameters
    ----------
    tried : str
        What was attempted, as a command that a learner can type (``"ip netns add netns1"``).
    reason : str
        The likely reason, one sentence in the current language.
    fix : str
        What to do now, one sentence or command.
    errno : int or None
        The kernel's error number (``errno(3)``), None where the kernel was not asked.
    said : str or None
        What the kernel or a program said, if it said more than the number.

    Attributes
    ----------
    errno : int or None
        As above.
    errno_name : str or None
        Its name, for instance ``"EEXIST"``.
    """

    def __init__(
        self,
        tried: str,
        reason: str,
        fix: str,
        *,
        errno: int | None = None,
        said: str | None = None,
    ) -> None:
        super().__init__(tried, reason, fix)
        self.tried = tried
        self.reason = close_up(reason)
        self.fix = fix
        self.errno = errno
        self.errno_name = None if errno is None else errno_name(errno)
        self.said = said if said is not None else self._kernel_words()

    def _kernel_words(self) -> str:
        if self.errno is None:
            return _("not asked: caught beforehand")
        return f"{os.strerror(self.errno)} ({self.errno_name}, errno {self.errno})"

    @property
    def advice(self) -> str:
        """The reason and the fix as running text; after a Chinese full stop comes no space."""
        gap = "" if self.reason.endswith(("。", "？", "！")) else " "
        return f"{self.reason}{gap}{self.fix}"

    def __str__(self) -> str:
        """Return the four parts, a line each."""
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        parts = (
            (_("Tried:"), self.tried),
            (_("Kernel:"), self.said),
            (_("Reason:"), self.reason),
            (_("Fix:"), self.fix),
        )
        return [f"{label} {text}" for label, text in parts]

    def _render_traceback_(self) -> list[str]:
        """Show a notebook's reader the four parts instead of a traceback (an IPython hook)."""
        return [f"{type(self).__name__}", *self._lines()]


class AlreadyExistsError(NslabError):
    """Something of that name or address already exists: choose another or remove it."""


class NotFoundError(NslabError):
    """Nothing of that name exists: see what does, or create it first."""


class InvalidValueError(NslabError):
    """The value itself is invalid: correct it (a name too long, an address out of range)."""


class NoPrivilegeError(NslabError):
    """The kernel does not let this process do it: use the sandbox kernel, or be root."""


class NotSupportedError(NslabError):
    """The kernel or the machine lacks what is needed (a module, a program)."""


class OutOfResourcesError(NslabError):
    """A limit was reached: file descriptors, namespaces, memory."""


class CommandError(NslabError):
    """A command that was run with ``check=True`` ended with a status other than 0."""


class SandboxError(NslabError):
    """The sandbox in which a notebook's kernel lives could not be made or entered."""


def own_fault(tried: str, error: Exception) -> NslabError:
    """Return what to tell a learner about an exception that nobody foresaw.

    Its traceback goes to the process's own standard error: the server's log.

    Parameters
    ----------
    tried : str
        What was attempted.
    error : Exception
        Anything but an `NslabError`; becomes the cause of what is returned.
    """
    traceback.print_exception(error, file=sys.__stderr__)
    number = error.errno if isinstance(error, OSError) else None
    fault = NslabError(
        tried,
        _("This is a bug in nslabkit, not your mistake: {error}").format(
            error=traceback.format_exception_only(error)[-1].strip()
        ),
        _("Please report it, with the traceback from the server's log."),
        errno=number,
        said=_("not at fault") if number is None else None,
    )
    fault.__cause__ = error
    return fault
