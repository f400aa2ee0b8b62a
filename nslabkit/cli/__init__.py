"""The command ``nslabkit``; each subcommand has its own module."""

from __future__ import annotations

import importlib
from typing import Any

import click

from nslabkit.base.errors import NslabError
from nslabkit.base.left_out import leave_out

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
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Print a foreseeable error in its four parts, for every subcommand, and end with 1."""
        try:
            return super().invoke(ctx)
        except NslabError as error:
            click.echo(str(error), err=True)
            ctx.exit(1)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="nslabkit")
def main() -> None:
    """Linux network namespaces made visible, in notebooks, on the real kernel.

    \b
    Example:
      nslabkit lab        copy the lessons and open the first one
      nslabkit doctor     can this machine run them?

    \b
    Exit codes: 0 done; 1 it failed, and the text says why; 2 wrong usage.
    """
    leave_out()
