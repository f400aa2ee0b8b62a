"""Checks of the Python side: Python, the packages, JupyterLab, the two kernels."""

from __future__ import annotations

import os
import platform
import re
import sys
from importlib import metadata
from pathlib import Path

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.doctor.check import Check, Status
from nslabkit.jupyter import kernelspecs

_OLDEST = (3, 11)


def checks() -> tuple[Check, ...]:
    """Read versions and kernelspecs; nothing is imported, so it is quick."""
    kernels = [kernel(name) for name in kernelspecs.NAMES]
    return (python(), jupyterlab(), packages(), *kernels, kernel_commands())


def python() -> Check:
    """Return which Python this is."""
    version = f"{platform.python_version()} {sys.executable}"
    if sys.version_info >= _OLDEST:
        return Check("python", "Python", Status.OK, version)
    return Check(
        "python",
        "Python",
        Status.FAIL,
        version,
        _("You: install the kit with Python 3.11 or newer; `make setup` looks for one."),
    )


def jupyterlab() -> Check:
    """Return which JupyterLab is installed beside us."""
    version = versions().get("jupyterlab")
    if version:
        return Check("jupyterlab", "JupyterLab", Status.OK, version)
    return Check("jupyterlab", "JupyterLab", Status.FAIL, _("not installed"), _install())


def packages() -> Check:
    """Return whether every Python package that we depend on is installed."""
    installed = versions()
    missing = [name for name, version in installed.items() if version is None]
    title = _("Python packages")
    if missing:
        absent = _("not installed: {names}").format(names=enumeration(missing))
        return Check("packages", title, Status.FAIL, absent, _install())
    return Check("packages", title, Status.OK, _("{count} found").format(count=len(installed)))


def versions() -> dict[str, str | None]:
    """Return each package that we depend on with its version, None where it is not installed."""
    names = []
    for requirement in metadata.requires("nslabkit") or ():
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        if name and "extra ==" not in requirement:
            names.append(name.group())
    return {name: _version(name) for name in names}


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _install() -> str:
    return _("You: run `make setup` in the project's folder, or `pip install nslabkit` again")


def kernel(name: str) -> Check:
    """Return which Python the kernel `name` starts."""
    title = _("kernel {name}").format(name=name)
    remedy = _("You: run `nslabkit kernel install`")
    try:
        specs = [spec for spec in kernelspecs.installed() if spec.name == name]
    except (OSError, ValueError, LookupError, TypeError) as error:
        answer = _("a kernel.json cannot be read: {error}").format(error=error)
        return Check(name, title, _severity(name), answer, remedy)
    if not specs:
        return Check(name, title, _severity(name), _("not installed"), remedy)
    starts = specs[0].python  # the first is the one that Jupyter takes
    if not os.access(starts, os.X_OK):
        answer = _("starts {python}, which is not there").format(python=starts)
        return Check(name, title, _severity(name), answer, remedy)
    if Path(starts).parent.resolve() != Path(sys.executable).parent.resolve():
        answer = _("starts another Python than this one: {python}").format(python=starts)
        return Check(name, title, Status.WARN, answer, remedy)
    answer = _("starts {python}").format(python=starts)
    return Check(name, title, Status.OK, answer)


def _severity(name: str) -> Status:
    """Return how grave the lack of a kernel is: each first lesson needs its own language's."""
    return Status.FAIL if name == "nslab" else Status.WARN


def kernel_commands() -> Check:
    """Return whether a kernel of an earlier version is left, which relies on its client.

    All places count, not only the winning one: a client may offer each of them.
    """
    title = _("kernels' own command")
    try:
        old = [spec for spec in kernelspecs.installed() if not spec.makes_machine]
    except (OSError, ValueError, LookupError, TypeError):
        return Check("kernel-commands", title, Status.UNTRIED, _("see above"))
    if not old:
        return Check("kernel-commands", title, Status.OK, _("makes the machine, in any client"))
    seen = _(
        "of an earlier version, or changed: {folders}. A client such as VS Code would start it "
        "on the real machine"
    ).format(folders=enumeration(str(spec.folder) for spec in old))
    commands = ", ".join(dict.fromkeys(_again(spec.folder) for spec in old))
    remedy = _("You: install them anew, or remove them: {commands}").format(commands=commands)
    return Check("kernel-commands", title, Status.WARN, seen, remedy)


def _again(folder: Path) -> str:
    """Return the command that installs anew where a kernelspec lies."""
    from jupyter_core.paths import jupyter_data_dir

    kernels = folder.parent
    if kernels == Path(jupyter_data_dir()) / "kernels":
        return "`nslabkit kernel install --user`"
    if kernels == Path(sys.prefix) / "share/jupyter/kernels":
        return "`nslabkit kernel install`"
    if kernels.parts[-3:] == ("share", "jupyter", "kernels"):
        return f"`nslabkit kernel install --prefix {kernels.parents[2]}`"
    return f"`rm -r {folder}`"
