"""The command line of a launcher, whichever way the machine is made."""

from __future__ import annotations

from nslabkit.machine import choice
from nslabkit.machine.sandbox import launcher
from nslabkit.machine.system_calls import StageError

__all__ = ["PATIENCE", "launch_words"]

# Seconds until a machine must have reported; a sandbox takes about 0.1, a kernel of its own 4.
PATIENCE = {choice.SANDBOX: 20.0, choice.UML: 90.0}


def launch_words(  # noqa: PLR0913 - the launchers' own
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
    command, owner, report, folder, connection_file
        As for `sandbox.launcher.launch_command`.

    Raises
    ------
    StageError
        Stage ``uml-missing``: there is no such Linux kernel here.
    """
    if way == choice.SANDBOX:
        return launcher.launch_command(
            command, owner=owner, report=report, folder=folder, connection_file=connection_file
        )
    from nslabkit.machine.uml import kernel_file, uml_launcher  # loaded only where it is used

    kernel = kernel_file.find()
    if kernel is None:
        raise StageError("uml-missing", 0)
    return uml_launcher.launch_command(
        command,
        kernel=kernel,
        owner=owner,
        report=report,
        folder=folder,
        connection_file=connection_file,
    )
