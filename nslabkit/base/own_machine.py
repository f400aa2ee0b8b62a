"""The guard of a kernel outside of its machine: does this process live in a sandbox or not?

A notebook kernel that calls itself "Network lab" promises that nothing outside is touched.  A
client that does not start it as its kernelspec says could break that promise; then everything
that asks or changes the Linux kernel refuses.  A plain interpreter promises nothing and is free.

What the environment claims is compared with what the Linux kernel shows: a variable alone may
have been inherited or set by mistake.
"""

from __future__ import annotations

import os

SANDBOX = "NSLAB_SANDBOX"  # set inside: the uid map of a sandbox, or "uml"
OUTSIDE = "NSLAB_OUTSIDE"  # set inside: the network namespace in which the launcher stood
KERNEL = "NSLAB_KERNEL"  # set by the kernelspecs: this process calls itself "Network lab"
_NETWORK = "/proc/self/ns/net"
_UML = b": User Mode Linux"  # arch/um/kernel/um_arch.c, show_cpuinfo


def kind() -> str:
    """Return what machine this process is in by what the Linux kernel shows.

    Returns
    -------
    str
        ``sandbox``, ``uml`` (a Linux kernel that runs as a program), or ``none``.
    """
    outside = os.environ.get(OUTSIDE)
    try:
        if outside and SANDBOX in os.environ and os.readlink(_NETWORK) != outside:  # noqa: PTH115 - pathlib is slow to import
            return "sandbox"
        with open("/proc/cpuinfo", "rb") as file:  # noqa: PTH123 - the same
            return "uml" if _UML in file.read() else "none"
    except OSError:  # without /proc nothing is shown
        return "none"


def is_misplaced() -> bool:
    """Return whether this process calls itself "Network lab" and is on the real machine."""
    return KERNEL in os.environ and kind() == "none"


def refuse_outside(tried: str) -> None:
    """Raise the one kind sentence if a kernel "Network lab" is not in its machine.

    Raises
    ------
    SandboxError
        It is not; `tried` is the command that was refused.
    """
    if not is_misplaced():
        return
    from nslabkit.base.errors import SandboxError
    from nslabkit.base.language import translate as _

    raise SandboxError(
        tried,
        _(
            "This kernel calls itself “Network lab” but runs on the real machine: the program "
            "that started it did not use the kernelspec's own command. So that nothing of the "
            "machine is changed, nothing is done."
        ),
        _(
            "Run `nslabkit kernel install` and start the kernel again, or open the lesson with "
            "`nslabkit lab`."
        ),
    )
