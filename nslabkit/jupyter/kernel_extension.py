"""The sandbox kernel's IPython extension: its banner, and help with unknown names.

An IPython extension, loaded by the kernelspec's command line.  What it adds to cells is loaded
beside the start, so that a kernel starts about as fast as the ordinary one.

A kernel that loads it calls itself "Network lab".  If it is on the real machine all the same, it
says so in its banner and runs no cell.
"""

from __future__ import annotations

import difflib
import os
from types import ModuleType
from typing import TYPE_CHECKING

from nslabkit.base import own_machine
from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course import variants
from nslabkit.jupyter import limit_hints, magics
from nslabkit.jupyter.pasted import explain_pasted
from nslabkit.machine.sandbox import limits_told

if TYPE_CHECKING:
    from types import TracebackType

    from IPython.core.interactiveshell import InteractiveShell


def load_ipython_extension(shell: InteractiveShell) -> None:
    """Add what is special here to the banner of `shell`, and what the kit does for its cells."""
    os.environ.setdefault(own_machine.KERNEL, "1")  # a kernelspec of an older version says nothing
    variants.seed()  # read now: no cell gives itself another one
    shell.banner2 = _banner()
    if own_machine.is_misplaced():
        shell.input_transformers_cleanup.insert(0, _refuse)
        return
    shell.input_transformers_cleanup.append(explain_pasted)
    explained = (NameError, AttributeError, BlockingIOError, MemoryError)
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
    kind: type[Exception],
    error: Exception,
    traceback: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """Explain a name that no cell has made yet: after a restart the commonest mistake of all."""
    last = traceback
    while last.tb_next is not None and last.tb_next.tb_frame.f_code.co_name != "__getattr__":
        last = last.tb_next
    unknown = None
    # A name that is missing inside a library is not the learner's, and keeps its traceback.
    if last.tb_frame.f_globals is shell.user_ns:
        if isinstance(error, NameError) and error.name:
            unknown = _unknown(error.name, error)
        elif isinstance(error, AttributeError) and error.name and _is_ours(error.obj):
            unknown = _misspelt(error.name, error)
    if unknown is None:
        shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
        if isinstance(error, BlockingIOError | MemoryError):
            limit_hints.explain(error)
        return
    shell._showtraceback(kind, error, unknown._render_traceback_())  # noqa: SLF001 - IPython's way to show another text


def _unknown(name: str, error: NameError) -> NotFoundError:
    return NotFoundError(
        name,
        _(
            "Nothing on this machine is called {name}: the cell that creates it has not been run."
        ).format(name=name),
        _(
            "Run the cells above (menu Run, “Run All Above Selected Cell”), or correct the "
            "spelling."
        ),
        said=_("Python was asked, and said: {error}").format(error=error),
    )


def _is_ours(thing: object) -> bool:
    """Whether a thing is one of the kit's modules, or an object of the kit."""
    where = thing.__name__ if isinstance(thing, ModuleType) else type(thing).__module__
    return where.partition(".")[0] == "nslabkit"


def _misspelt(name: str, error: AttributeError) -> NotFoundError:
    names = [one for one in dir(error.obj) if not one.startswith("_")]
    near = difflib.get_close_matches(name, names)
    return NotFoundError(
        name,
        _("There is no {name} here: it may be misspelt.").format(name=name),
        _("Similar names: {names}").format(names=enumeration(near))
        if near
        else _("Type the dot and press Tab: the names that there are will be listed."),
        said=_("Python was asked, and said: {error}").format(error=error),
    )
