"""Which AppArmor profile lets this installation, and nothing else, make sandboxes?

AppArmor attaches a profile by the real path of the program's file (``apparmor.d(5)``).  Where a
virtual environment only links to the system's Python, a profile for that would let every Python
program through; so the environment first gets a copy of its own.  Where no path lasts, or the
file is everybody's, another remedy is named.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from nslabkit.base.errors import NotSupportedError
from nslabkit.base.folding import folded
from nslabkit.base.language import translate as _
from nslabkit.machine import kernel_settings

_TRIED = "nslabkit doctor --apparmor"
_SETTING = "kernel.apparmor_restrict_unprivileged_userns"
_EVERYBODYS = ("/", "/usr", "/usr/local")
_COLUMNS = 98  # of a comment
_LONGEST = 200  # bytes of a file's name; a file system allows 255
# Folders of uv's cache.
_UVS_CACHE = re.compile(r"(archive|environments|builds)-v[0-9]+")
# What means something in a quoted path of a profile: apparmor.d(5), globbing and variables.
_SPECIAL = re.compile(r'[\\"*?\[\]{}^]')


@dataclass(frozen=True)
class Interpreter:
    """The Python that makes this installation's sandboxes.

    Attributes
    ----------
    path : Path
        The file of the environment, with the real path of its folder: what AppArmor sees once
        the file is no link.
    copied_from : Path or None
        What it links to outside of the environment; None if it is the environment's own.
    environment : Path
        The environment's folder (``sys.prefix``).
    """

    path: Path
    copied_from: Path | None
    environment: Path


def installed(executable: str = sys.executable, prefix: str = sys.prefix) -> Interpreter:
    """Return the interpreter of this installation, or of another by its path and its prefix."""
    environment = Path(prefix).resolve()
    path = Path(executable)
    path = path.parent.resolve() / path.name
    while path.is_symlink():
        target = path.parent / path.readlink()
        target = target.parent.resolve() / target.name
        if not target.is_relative_to(environment):
            return Interpreter(path, path.resolve(), environment)
        path = target
    return Interpreter(path, None, environment)


def script(python: Interpreter | None = None) -> str:
    """Return a shell script, to be read and run: it makes the profile and loads it.

    Raises
    ------
    NotSupportedError
        A profile by path does not fit here; the text names what does.
    """
    if python is None:
        python = installed()
    _expect_a_lasting_path(python)
    _expect_an_own_file(python)
    _expect_one_line(python)
    return "\n".join([*_what_it_means(python), *_own_copy(python), *_loading(python), ""])


def _expect_a_lasting_path(python: Interpreter) -> None:
    for cache in (*_caches(), *_uvs_caches(python.environment)):
        if not python.environment.is_relative_to(cache):
            continue
        raise NotSupportedError(
            _TRIED,
            _(
                "This installation is in a cache, {place}, as uvx and pipx run keep theirs: its "
                "folder has another name with each version and may be removed at any time, so "
                "that a profile for its path would soon fit nothing."
            ).format(place=cache),
            _(
                "You: install the kit where it stays, with `uv tool install nslabkit` or `pipx "
                "install nslabkit`, and run `nslabkit doctor --apparmor` of that one. Or the "
                "administrator, for all programs: `sudo sysctl -w {setting}=0`."
            ).format(setting=_SETTING),
        )


def _caches() -> list[Path]:
    """Return the folders in which programs keep what they may throw away."""
    home = os.path.expanduser("~")  # noqa: PTH111 - unlike Path.home, it never raises
    named = (os.environ.get("UV_CACHE_DIR"), os.environ.get("XDG_CACHE_HOME"))
    usual = (f"{home}/.cache", f"{home}/.local/pipx/.cache", f"{home}/.local/share/pipx/.cache")
    return [Path(place).resolve() for place in (*named, *usual) if place]


def _uvs_caches(environment: Path) -> list[Path]:
    """Return the folder above that is named as uv names those of its cache, wherever it is."""
    return [place for place in environment.parents if _UVS_CACHE.fullmatch(place.name)][:1]


def _expect_an_own_file(python: Interpreter) -> None:
    if str(python.environment) not in _EVERYBODYS:
        return
    raise NotSupportedError(
        _TRIED,
        _(
            "The kit is installed for {python}, the Python of the whole system: a profile for it "
            "would let every Python program of every user through."
        ).format(python=python.path),
        _(
            "You: give the kit an environment of its own, with `python3 -m venv ~/nslab` and "
            "`~/nslab/bin/pip install nslabkit`, and run `~/nslab/bin/nslabkit doctor "
            "--apparmor`. Or the administrator, for all programs: `sudo sysctl -w {setting}=0`."
        ).format(setting=_SETTING),
    )


def _expect_one_line(python: Interpreter) -> None:
    if str(python.path).isprintable():
        return
    raise NotSupportedError(
        _TRIED,
        _("The path of this installation cannot be written in a profile: {path}.").format(
            path=ascii(str(python.path))
        ),
        _("You: install the kit in a folder whose name has printable characters only."),
    )


def _what_it_means(python: Interpreter) -> list[str]:
    found = kernel_settings.read()
    if found.apparmor_profile is not None:
        state = _("AppArmor's profile “{profile}” is enforced on this program.")
    elif found.apparmor_restricts == "1":
        state = _("AppArmor restricts user namespaces on this machine: {setting} is 1.")
    else:
        state = _("This machine needs no profile now: {setting} is not 1 here.")
    state = state.format(setting=_SETTING, profile=found.apparmor_profile)
    meaning = _(
        "The profile lets {python}, and whatever it starts, make user namespaces with "
        "capabilities; all other programs stay restricted. Whoever may write this file decides "
        "what runs there. A new environment needs it again."
    ).format(python=python.path)
    return [*_comment(state), *_comment(meaning)]


def _comment(text: str) -> list[str]:
    return [f"# {line.strip()}" for line in folded(text, _COLUMNS).splitlines()]


def _own_copy(python: Interpreter) -> list[str]:
    if python.copied_from is None:
        return []
    told = _(
        "The environment only links to a Python that others use too: give it a copy of its own."
    )
    mine = os.access(python.path.parent, os.W_OK)
    words = ["cp", "--remove-destination", str(python.copied_from), str(python.path)]
    copy = shlex.join(words if mine else ["sudo", *words])
    trial = shlex.join([str(python.path), "-c", "import nslabkit"])
    return ["", *_comment(told), f"{copy} && {trial}"]


def _loading(python: Interpreter) -> list[str]:
    name = _name(python)
    file = f"/etc/apparmor.d/{name}"
    sudo = "" if os.geteuid() == 0 else "sudo "
    undo = _("To undo it:")
    load = f"{sudo}apparmor_parser -r {file}"
    return [
        "",
        *_comment(_("The administrator: write the profile, and load it.")),
        f"{sudo}tee {file} >/dev/null <<'EOF' && {load}",
        *_profile(python, name),
        "EOF",
        "",
        f"# {undo} {sudo}apparmor_parser -R {file} && {sudo}rm {file}",
    ]


def _profile(python: Interpreter, name: str) -> list[str]:
    return [
        "abi <abi/4.0>,",
        "include <tunables/global>",
        "",
        f'profile {name} "{_SPECIAL.sub(_escaped, str(python.path))}" flags=(unconfined) {{',
        "  userns,",
        f"  include if exists <local/{name}>",
        "}",
    ]


def _escaped(found: re.Match[str]) -> str:
    return f"\\{found.group()}"


def _name(python: Interpreter) -> str:
    """Return a name for profile and file: two installations on one machine have two."""
    dotted = re.sub(r"[^A-Za-z0-9_-]+", ".", str(python.environment)).strip(".")
    return f"nslabkit.{dotted[-_LONGEST:].lstrip('.')}"
