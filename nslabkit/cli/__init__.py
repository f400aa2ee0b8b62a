"""The command ``nslabkit``; each subcommand has its own module."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from nslabkit.base.errors import NotFoundError, NslabError
from nslabkit.base.language import translate as _
from nslabkit.base.left_out import leave_out
from nslabkit.cli.help_words import spoken

# name of the subcommand -> module in this package; the function has the same name, with "_".
_COMMANDS = {
    "claims": "claims",
    "class": "class_",
    "course": "course",
    "doctor": "doctor",
    "enter": "enter",
    "grade": "grade",
    "kernel": "kernel",
    "lab": "lab",
    "ps": "ps",
    "run": "run",
    "sandbox": "sandbox",
    "start-over": "start_over",
    "workshop": "workshop",
}


class _LazyGroup(click.Group):
    """Import a subcommand's module only when it is called: ``nslabkit ps`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        name = _COMMANDS[cmd_name]
        command: Any = getattr(importlib.import_module(f"nslabkit.cli.{name}"), name)
        assert isinstance(command, click.Command)
        return spoken(command)

    def make_context(self, *arguments: Any, **more: Any) -> click.Context:  # noqa: ANN401 - click's
        """Explain itself in the language of whoever calls it, on any terminal."""
        _complete_streams()
        return super(_LazyGroup, spoken(self)).make_context(*arguments, **more)

    def invoke(self, ctx: click.Context) -> object:
        """Print a foreseeable error in its four parts, for every subcommand, and end with 1."""
        try:
            _need_folder()
            return super().invoke(ctx)
        except NslabError as error:
            click.echo(str(error), err=True)
            ctx.exit(1)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nslabkit", message="%(prog)s %(version)s")
def main() -> None:
    """Linux network namespaces made visible, in notebooks, on the real kernel.

    Example:
      nslabkit lab        copy the lessons and open the first one
      nslabkit doctor     can this machine run them?

    Exit codes: 0 done; 1 it failed, and the text says why; 2 wrong usage.
    """
    leave_out()


def _complete_streams() -> None:
    """Give what the caller closed (``>&-``) something to lead to, and let no character stop us.

    Else the next file that is opened has the number of standard output, and gets what is printed.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(handle, True)  # noqa: FBT003 - the system's own call
            setattr(sys, name, open(handle, mode))  # noqa: PTH123, SIM115 - for as long as we run
    # A terminal that cannot show a character shows "?" instead of a traceback.
    if hasattr(sys.stdout, "reconfigure") and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="replace")


def _need_folder() -> None:
    """See to it that the folder we are in is there: paths lead on from it."""
    try:
        os.getcwd()  # noqa: PTH109 - asked, not used
    except FileNotFoundError as error:
        raise NotFoundError(
            "pwd",
            _("The folder in which you are was removed."),
            _("Go to another one: cd"),
            errno=error.errno,
        ) from error
