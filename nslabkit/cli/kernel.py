"""``nslabkit kernel``: kernelspecs put where Jupyter finds them, and removed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nslabkit.base.language import translate as _
from nslabkit.cli.ps import table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nslabkit.jupyter.kernelspecs import InstalledSpec


@click.group()
def kernel() -> None:
    """Install, remove or list the kernelspecs "Network lab" and "网络实验".

    Example:
      nslabkit kernel list
    """


def _where(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say where, the same as of ``jupyter kernelspec install``."""
    options = (
        click.option("--user", "place", flag_value="user", help="For you, in every environment."),
        click.option(
            "--sys-prefix",
            "place",
            flag_value="sys-prefix",
            default="sys-prefix",
            help="For this Python's environment (default).",
        ),
        click.option("--prefix", type=click.Path(path_type=Path), help="Under another prefix."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def _folder(place: str, prefix: Path | None) -> Path:
    if prefix is None and place == "user":
        from jupyter_core.paths import jupyter_data_dir

        return Path(jupyter_data_dir()) / "kernels"
    return (prefix or Path(sys.prefix)) / "share" / "jupyter" / "kernels"


def _changed(
    change: Callable[[Path], Sequence[InstalledSpec]], folder: Path, refused: str
) -> Sequence[InstalledSpec]:
    """Return the kernelspecs that were changed in `folder`; end with `refused` if it may not be."""
    try:
        return change(folder)
    except OSError as error:
        click.echo(refused.format(folder=folder, error=error.strerror), err=True)
        sys.exit(1)


@kernel.command()
@_where
def install(place: str, prefix: Path | None) -> None:
    """Install the kernelspecs; they start the Python that runs this command.

    Example:
      nslabkit kernel install --user
    """
    from nslabkit.jupyter.kernelspecs import install as write

    refused = _("{folder} cannot be written ({error}). Choose another place, such as --user.")
    for spec in _changed(write, _folder(place, prefix), refused):
        click.echo(_("{name} is in {folder}.").format(name=spec.name, folder=spec.folder))
    if place == "user" or prefix is not None:
        click.echo(
            _(
                "For a Jupyter in another environment to start it, nslabkit must be "
                "installed there too."
            )
        )


@kernel.command()
@_where
def remove(place: str, prefix: Path | None) -> None:
    """Remove the kernelspecs.

    Example:
      nslabkit kernel remove --user
    """
    from nslabkit.jupyter.kernelspecs import remove as delete

    folder = _folder(place, prefix)
    removed = _changed(delete, folder, _("{folder} cannot be changed ({error})."))
    if not removed:
        click.echo(_("There was none in {folder}.").format(folder=folder))
    for spec in removed:
        click.echo(
            _("{name} was removed from {folder}.").format(name=spec.name, folder=spec.folder.parent)
        )


@kernel.command("build-uml")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to put it [default: where the kit looks for it in this environment].",
)
def build_uml(output: Path | None) -> None:
    """Build a Linux kernel that runs as a program, for machines where no sandbox can be made.

    Uses Debian's kernel source, takes a few minutes, and needs no privileges.

    Example:
      nslabkit kernel build-uml
    """
    from nslabkit.machine.uml import building

    if output is None:
        output = building.destination()
    click.echo(
        _("Building {output}. Ctrl+C cancels and leaves nothing behind.").format(output=output)
    )
    building.build(output)
    click.echo(_("It is tried wherever no sandbox can be made; NSLAB_BACKEND=uml always uses it."))


@kernel.command("list")
def list_() -> None:
    """Show where each kernelspec is and which Python it starts.

    Example:
      nslabkit kernel list
    """
    from nslabkit.jupyter.kernelspecs import installed

    specs = installed()
    if not specs:
        click.echo(_("Jupyter finds none. Install them with `nslabkit kernel install`."))
        sys.exit(1)
    heads = (_("NAME"), _("SHOWN AS"), _("PYTHON"), _("FOLDER"))
    rows = [(spec.name, spec.display_name, spec.python, str(spec.folder)) for spec in specs]
    for line in table([heads, *rows]):
        click.echo(line)
