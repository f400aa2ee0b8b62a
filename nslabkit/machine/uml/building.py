"""The build of the User-mode Linux kernel on this machine.

`binder/uml/build.sh` does it; this finds the script, runs it, and says what went wrong.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

from nslabkit.base.errors import NotSupportedError
from nslabkit.base.language import translate as _
from nslabkit.machine.uml.kernel_file import NAME

_PROCESSORS = ("x86_64",)  # what User-mode Linux runs on


def destination() -> Path:
    """Return where this environment's kernel is looked for first."""
    return Path(sys.prefix) / "share" / "nslabkit" / NAME


def recipe() -> Path:
    """Return the folder with the script and the configuration.

    A wheel holds it inside the package; a clone holds it beside.
    """
    packed = Path(__file__).parent / "build"
    return packed if packed.is_dir() else Path(__file__).parents[3] / "binder" / "uml"


def build(output: Path) -> None:
    """Build the kernel and put it at `output`; its licence and source go beside it.

    Parameters
    ----------
    output : Path
        The file to write.

    Raises
    ------
    NotSupportedError
        It could not be built; what the script said is above.
    """
    command = ["bash", str(recipe() / "build.sh"), str(output)]
    if platform.machine() not in _PROCESSORS:
        raise NotSupportedError(
            " ".join(command),
            _("User-mode Linux runs on x86_64 only; this machine is {machine}.").format(
                machine=platform.machine()
            ),
            _("Use the sandbox: it runs on every processor."),
        )
    try:
        done = subprocess.run(command, check=False)
    except OSError as error:
        raise NotSupportedError(
            " ".join(command), _("There is no bash."), "apt install bash", errno=error.errno
        ) from None
    if done.returncode:
        raise NotSupportedError(
            " ".join(command),
            _("The build ended with status {status}.").format(status=done.returncode),
            _("Its last words, above, say what is missing."),
        )
