"""The backend: which Linux kernel this notebook runs on, and what differs.

Read from the kernel itself: ``/proc/cpuinfo`` names the processor that a kernel which runs as a
program pretends to have, ``uname(2)`` tells its version.
"""

from __future__ import annotations

import html
import os
from dataclasses import dataclass
from pathlib import Path

from nslabkit.base import own_machine
from nslabkit.base.language import translate as _
from nslabkit.machine.sandbox import limits_told

_PROC = Path("/proc")


@dataclass(frozen=True, repr=False)
class Backend:
    """What this notebook's machine is made of.

    Attributes
    ----------
    kind : str
        ``sandbox`` (namespaces of this computer's kernel), ``uml`` (a Linux kernel of its own, as
        a program), or ``none`` (neither: an ordinary process).
    kernel : str
        The kernel's version, as ``uname -r`` prints it.
    processors : int
        How many processors it runs on (``nproc``).
    memory : int
        Bytes of memory that the machine has in all (``free -b``).
    """

    kind: str
    kernel: str
    processors: int
    memory: int

    def __repr__(self) -> str:
        """Return it in sentences."""
        return self.sentence

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.sentence)}</p>"

    @property
    def sentence(self) -> str:
        """What it is and what differs, in the reader's language."""
        if self.kind == "uml":
            return _(
                "This notebook runs on a Linux kernel of its own, {kernel}, which is "
                "itself a program (User-mode Linux). Everything you see is real. It is "
                "slower than a sandbox: it has {processors} processor and {memory} MiB "
                "of memory, and a command takes about a third of a second. It lacks "
                "time namespaces."
            ).format(kernel=self.kernel, processors=self.processors, memory=self.memory // 1024**2)
        if self.kind == "sandbox":
            return _(
                "This notebook runs in a sandbox: it has its own network, processes and host name "
                "on this computer's Linux kernel, {kernel}. {limits}"
            ).format(kernel=self.kernel, limits=limits_told.sentence())
        return _(
            "This is not a separate machine: it shares this computer's network and its "
            "Linux kernel, {kernel}. Choose the kernel “Network lab” for the lessons."
        ).format(kernel=self.kernel)


def backend() -> Backend:
    """Return which Linux kernel this notebook runs on.

    Returns
    -------
    Backend
        Prints as a sentence.

    Notes
    -----
    The same by hand: ``uname -r``, ``grep vendor_id /proc/cpuinfo``, ``nproc``, ``free``.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.backend().kind in ("sandbox", "uml", "none")
    True
    """
    return Backend(own_machine.kind(), os.uname().release, len(os.sched_getaffinity(0)), _memory())


def _memory() -> int:
    for line in (_PROC / "meminfo").read_text(encoding="ascii").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("/proc/meminfo has no MemTotal")  # every Linux has it
