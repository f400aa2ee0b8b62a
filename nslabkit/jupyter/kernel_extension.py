"""The sandbox kernel's IPython extension: its banner, and help with unknown names.

An IPython extension, loaded by the kernelspec's command line.  What it adds to cells is loaded
beside the start, so that a kernel starts about as fast as the ordinary one.

A kernel that loads it calls itself "Network lab".  If it is on the real machine all the same, it
says so in its banner and runs no cell.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nslabkit.base import own_machine
from nslabkit.base.language import translate as _
from nslabkit.jupyter import limit_hints, magics
from nslabkit.jupyter.pasted import explain_pasted
from nslabkit.machine.sandbox import limits_told

if TYPE_CHECKING:
    from types import TracebackType

    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add what is special here to the banner of `shell`, and what the kit does for its cells."""
    os.environ.setdefault(own_machine.KERNEL, "1")  # a kernelspec of an older version says nothing
    shell.banner2 = _banner()
    if own_machine.is_misplaced():
        shell.input_transformers_cleanup.insert(0, _refuse)
        return
    shell.input_transformers_cleanup.append(explain_pasted)
    explained = (NameError, BlockingIOError, MemoryError)
    shell.set_custom_exc(explained, _explain)  # type: ignore[no-untyped-call]
    limit_hints.watch(shell)
    magics.load(shell)


def _refuse(lines: list[str]) -> list[str]:
    """Run no cell on the real machine (an IPython input transformer)."""
    own_machine.refuse_outside("".join(lines).strip())
    return lines


def _banner() -> str:
    kind = own_machine.kind()
    if kind == "none":
        return _(
            "This is no machine of its own: the program that started this kernel did not use the\n"
            "kernelspec's own command, so it is on the real machine and runs no cell. Run\n"
            "`nslabkit kernel install` and start it again, or open the lesson with\n"
            "`nslabkit lab`.\n"
        )
    if kind == "uml":
        return _(
            "This notebook is a machine of its own, with a Linux kernel of its own "
            "that runs as a\nprogram (User-mode Linux). It is real, and slower than a "
            "sandbox: one processor, and\na command takes about a third of a second. "
            "It has no interface but lo and no way to\nthe network outside. Restarting "
            "the kernel empties it; your files stay.\n"
        )
    machine = _(
        "This notebook is a machine of its own: nobody else shares its network, "
        "processes and\nhost name, and in here you may do what root may. It has no "
        "interface but lo and no way\nto the network outside. Restarting the kernel "
        "empties it; your files stay.\n"
    )
    return f"{machine}{limits_told.sentence()}\n"


def _explain(
    shell: InteractiveShell,
    kind: type[NameError | BlockingIOError | MemoryError],
    error: NameError | BlockingIOError | MemoryError,
    traceback: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """Explain a name that no cell has made yet: after a restart the commonest mistake of all."""
    if not isinstance(error, NameError):
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
        limit_hints.explain(error)
        return
    last = traceback
    while last.tb_next is not None:
        last = last.tb_next
    # A name that is missing inside a library is not the learner's, and keeps its traceback.
    if not error.name or last.tb_frame.f_globals is not shell.user_ns:
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
        return
    from nslabkit.base.errors import NotFoundError

    unknown = NotFoundError(
        error.name,
        _(
            "Nothing on this machine is called {name}: the cell that creates it has not been run."
        ).format(name=error.name),
        _(
            "Run the cells above (menu Run, “Run All Above Selected Cell”), or correct the "
            "spelling."
        ),
        said=_("Python was asked, and said: {error}").format(error=error),
    )
    shell._showtraceback(kind, error, unknown._render_traceback_())  # noqa: SLF001 - IPython's way to show another text
