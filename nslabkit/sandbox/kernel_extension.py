"""What does a sandbox kernel tell about itself when it starts?

An IPython extension, loaded by the kernelspec's command line; it does nothing else, so that a
kernel starts as fast as the ordinary one.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nslabkit.language import translate as _

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add what is special here to the banner of `shell`."""
    if os.environ.get("NSLAB_SANDBOX") == "uml":
        shell.banner2 = _(
            "This notebook is a machine of its own, on a Linux kernel of its own that runs as a\n"
            "program (User-mode Linux). It is real, and slower than a sandbox: one processor, and\n"
            "a command takes about a third of a second. It has no interface but lo and no way to\n"
            "the network outside. Restarting the kernel empties it; your files stay.\n"
        )
        return
    shell.banner2 = _(
        "This notebook is a machine of its own: its network, processes and host name belong to\n"
        "nobody else, and in here you may do what root may. It has no interface but lo and no way\n"
        "to the network outside. Restarting the kernel empties it; your files stay.\n"
    )
