"""``nslabkit enter``: a shell in the machine of a running notebook."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from nslabkit.base.errors import SandboxError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.cli.ps import age

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from nslabkit.machine.running import RunningSandbox


def _complete(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from nslabkit.machine.running import sandboxes

    return [
        CompletionItem(sandbox.name, help=str(sandbox.pid))
        for sandbox in sandboxes()
        if sandbox.notebook and sandbox.name.startswith(incomplete)
    ]


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--terminal", is_flag=True, help="Wait for a lesson, then offer a choice.")
@click.argument(
    "notebook", metavar="[NOTEBOOK]", required=False, default="", shell_complete=_complete
)
@click.argument("command", metavar="[COMMAND]...", nargs=-1, type=click.UNPROCESSED)
def enter(notebook: str, command: tuple[str, ...], *, terminal: bool) -> None:
    """Open a shell, or run COMMAND, in the machine of the running NOTEBOOK.

    NOTEBOOK is its file name (with or without .ipynb), its path, or the pid that `nslabkit ps`
    shows; leave it out if only one is running.

    Example:
      nslabkit enter
      nslabkit enter 01_one_wire
      nslabkit enter 01_one_wire -- ip netns
    """
    from nslabkit.machine.entering import enter as join
    from nslabkit.machine.running import sandboxes

    if terminal:
        sys.exit(_terminal())
    found = sandboxes()
    matching = [sandbox for sandbox in found if not notebook or _is_called(sandbox, notebook)]
    if not matching:
        click.echo(_none(notebook, found), err=True)
        sys.exit(1)
    chosen = matching[0] if len(matching) == 1 else _ask(matching)
    if chosen is None:
        sys.exit(1)
    try:
        sys.exit(join(chosen, command))
    except SandboxError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


def _is_called(sandbox: RunningSandbox, name: str) -> bool:
    stem = sandbox.name.removesuffix(".ipynb")
    return name in (sandbox.name, stem, sandbox.notebook, str(sandbox.pid)) or (
        bool(sandbox.notebook) and os.path.abspath(name) == sandbox.notebook  # noqa: PTH100 - resolving links would miss
    )


def _none(notebook: str, found: tuple[RunningSandbox, ...]) -> str:
    if not found:
        return _("No machine of yours is running. Open a lesson to start one.")
    return _("No running notebook is called {name}. Running: {names}.").format(
        name=notebook, names=enumeration(sandbox.name for sandbox in found)
    )


def _show(found: list[RunningSandbox]) -> None:
    for number, sandbox in enumerate(found, start=1):
        click.echo(f"  {number}  {sandbox.name}  ({sandbox.pid}, {age(sandbox.age)})")


def _ask(machines: list[RunningSandbox]) -> RunningSandbox | None:
    """Let the person choose; None if there is nobody to ask or the answer is no number."""
    click.echo(_("Several machines are running:"))
    _show(machines)
    if not sys.stdin.isatty():
        click.echo(_("Say which one: `nslabkit enter NOTEBOOK`, or its pid."), err=True)
        return None
    return _chosen(machines, _answer(_("Number: ")))


def _chosen(found: list[RunningSandbox], answer: str) -> RunningSandbox | None:
    if answer.isdigit() and 1 <= int(answer) <= len(found):
        return found[int(answer) - 1]
    return None


def _answer(prompt: str) -> str:
    """``q`` stands for the end of input."""
    try:
        return input(prompt).strip()
    except (EOFError, KeyboardInterrupt):
        return "q"


def _terminal() -> int:
    """Be the shell of JupyterLab's terminals; who has joined a sandbox cannot come back."""
    answer = ""
    while answer != "q":
        machines = _of_this_lab()
        chosen = machines[0] if len(machines) == 1 and answer == "" else _chosen(machines, answer)
        if chosen is not None:
            status = _in_child(chosen)
            if chosen.pid in (sandbox.pid for sandbox in _of_this_lab()):
                return status
            click.echo(_("The machine has ended: its kernel was restarted or shut down."))
        elif machines:
            click.echo(_("Several machines are running:"))
            _show(machines)
        answer = _answer(_prompt(machines) if chosen is None else _("Press Enter to look again: "))
    return _ordinary_shell()


def _of_this_lab() -> list[RunningSandbox]:
    """Return the machines of the JupyterLab whose terminal this is, or else all."""
    from nslabkit.machine.running import sandboxes

    lessons = os.environ.get("NSLAB_LESSONS", "")
    found = list(sandboxes())
    return [sandbox for sandbox in found if sandbox.lessons == lessons] if lessons else found


def _prompt(found: list[RunningSandbox]) -> str:
    if found:
        return _("Number of the one to enter, or q for an ordinary shell: ")
    return _("No lesson is open. Open one, then press Enter; or q for an ordinary shell: ")


def _in_child(chosen: RunningSandbox) -> int:
    import signal

    from nslabkit.machine.entering import enter as join
    from nslabkit.machine.sandbox.init import exit_status

    click.echo(
        _("You are in the machine of {notebook}; `exit` leaves it.").format(notebook=chosen.name)
    )
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            os._exit(join(chosen))
        except SandboxError as error:
            click.echo(str(error), err=True)
        finally:
            os._exit(1)
    kept = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return exit_status(os.waitpid(child, 0)[1])
    finally:
        signal.signal(signal.SIGINT, kept)


def _ordinary_shell() -> int:
    from nslabkit.machine.entering import shell

    os.execvp(shell(), [shell()])  # noqa: S606 - the shell itself is wanted
