"""The command line of a launcher, whichever way the machine is made."""

from __future__ import annotations

import sys

from nslabkit.machine import boot, choice
from nslabkit.machine.system_calls import StageError

# Seconds until a machine must have reported; a sandbox takes about 0.1, a kernel of its own 4.
PATIENCE = {choice.SANDBOX: 20.0, choice.UML: 90.0}


def launch_words(  # noqa: PLR0913 - what a launcher must know
    way: str,
    command: list[str],
    *,
    owner: int,
    report: int,
    folder: str = "",
    connection_file: str = "",
) -> list[str]:
    """Return the command that runs `command` in a machine of its own.

    Parameters
    ----------
    way : str
        ``choice.SANDBOX`` or ``choice.UML``; the latter needs a `folder`.
    command : list of str
        The program and its arguments.
    owner : int
        The pid of the process that starts the launcher; the machine ends with it.  0 lets the
        machine live on.
    report : int
        File descriptor on which the launcher says ``ok MAP`` (``ok uml``) or which step failed.
    folder, connection_file : str
        What to remove if the owner is killed and cannot do it.  The folder is private: a guest
        keeps there what it needs outside.

    Raises
    ------
    StageError
        Stage ``uml-missing``: there is no such Linux kernel here.
    """
    options: dict[str, object] = {
        "owner": owner,
        "report": report,
        "folder": folder,
        "connection-file": connection_file,
    }
    verb = "launch"
    if way == choice.UML:
        from nslabkit.machine.uml import kernel_file  # loaded only where it is used

        kernel = kernel_file.find()
        if kernel is None:
            raise StageError("uml-missing", 0)
        verb, options["kernel"] = "uml-launch", kernel
    words = [f"--{name}={value}" for name, value in options.items()]
    return [sys.executable, "-I", "-S", boot.PATH, verb, *words, "--", *command]
