"""The kernelspecs ``nslab`` and ``nslab-zh``: where they are, and which Python each starts."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base.files import replace_file
from nslabkit.jupyter import kernel_command

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = ("nslab", "nslab-zh")


@dataclass(frozen=True)
class InstalledSpec:
    """One kernelspec that Jupyter finds.

    Attributes
    ----------
    name : str
        ``nslab`` or ``nslab-zh``.
    display_name : str
        What the launcher of JupyterLab shows.
    folder : Path
        Where it is.
    python : str
        The interpreter it starts.
    makes_machine : bool
        Whether its own command makes the machine, as `kernel_command` does; that of an earlier
        version left it to the client.
    """

    name: str
    display_name: str
    folder: Path
    python: str
    makes_machine: bool


def installed(folders: Iterable[Path] | None = None) -> tuple[InstalledSpec, ...]:
    """Return our kernelspecs in all places where Jupyter looks, the winning one first."""
    if folders is None:
        from jupyter_core.paths import jupyter_path

        folders = [Path(path) for path in jupyter_path("kernels")]
    specs = []
    for folder in dict.fromkeys(folders):
        for name in NAMES:
            try:
                spec = json.loads((folder / name / "kernel.json").read_text(encoding="utf-8"))
            except FileNotFoundError:
                continue
            python = spec["argv"][0]
            # jupyter_client starts its own interpreter for a plain "python".
            python = sys.executable if python == "python" else python
            made = kernel_command.MODULE in spec["argv"]
            specs.append(InstalledSpec(name, spec["display_name"], folder / name, python, made))
    return tuple(specs)


def install(kernels: Path) -> tuple[InstalledSpec, ...]:
    """Write both kernelspecs into the folder `kernels`; they start this very Python.

    Parameters
    ----------
    kernels : Path
        For instance ``~/.local/share/jupyter/kernels``.
    """
    for name in NAMES:
        target = kernels / name
        shutil.copytree(source() / name, target, dirs_exist_ok=True)
        description = target / "kernel.json"
        spec = json.loads(description.read_text(encoding="utf-8"))
        spec["argv"][0] = sys.executable
        text = json.dumps(spec, ensure_ascii=False, indent=2)
        replace_file(description, f"{text}\n".encode())
    return installed([kernels])


def remove(kernels: Path) -> tuple[InstalledSpec, ...]:
    """Remove our kernelspecs from the folder `kernels`; return those that were there."""
    found = installed([kernels])
    for spec in found:
        shutil.rmtree(spec.folder)
    return found


def source() -> Path:
    """Return where the kernelspecs are: a wheel holds them inside the package, a clone beside."""
    package = Path(__file__).parents[1]
    packed = package / "jupyter" / "kernels"
    return packed if packed.is_dir() else package.parent / "kernels"
