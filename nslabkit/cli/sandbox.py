"""``nslabkit sandbox``: a command in a sandbox of its own, from a terminal."""

from __future__ import annotations

import os
import sys

import click

from nslabkit.base.errors import SandboxError


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--no-limits", is_flag=True, help="Without the limits that notebooks have.")
@click.argument("command", metavar="COMMAND...", nargs=-1, required=True, type=click.UNPROCESSED)
def sandbox(command: tuple[str, ...], *, no_limits: bool) -> None:
    """Run COMMAND in a fresh sandbox: a machine of its own that ends with the command.

    The exit status is the command's, or 1, with an explanation, if no sandbox can be made.

    Example:
      nslabkit sandbox -- ip addr
      nslabkit sandbox -- bash
    """
    from nslabkit.machine.sandbox.limits import VARIABLE
    from nslabkit.machine.trial import run

    if no_limits:
        os.environ[VARIABLE] = "off"
    try:
        sys.exit(run(command))
    except SandboxError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
