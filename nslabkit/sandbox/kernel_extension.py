"""What does a sandbox kernel tell about itself when it starts, and what can its cells do more?

An IPython extension, loaded by the kernelspec's command line.  What it adds to cells is loaded
beside the start, so that a kernel starts about as fast as the ordinary one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import nslabkit
from nslabkit.language import translate as _

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add what is special here to the banner of `shell`, and the kit's own to its cells."""
    shell.banner2 = _(
        "This notebook is a machine of its own: its network, processes and host name belong to\n"
        "nobody else, and in here you may do what root may. It has no interface but lo and no way\n"
        "to the network outside. Restarting the kernel empties it; your files stay.\n"
    )
    nslabkit.load_ipython_extension(shell)
