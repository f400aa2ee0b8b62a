"""Two real web servers for an experiment: nginx where it is installed."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from typing import TYPE_CHECKING

from nslabkit.base.errors import NslabError
from nslabkit.base.language import translate as _
from nslabkit.course.claims.companions import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from nslabkit.net.namespaces import Namespace

_SBIN = "/usr/local/sbin:/usr/sbin:/sbin"  # where nginx is; often not on an ordinary user's PATH
# Each has its own pid file and logs: files are not isolated by a network namespace.
# Its worker processes, which are somebody else's by default, must read the pages under any umask.
_CONFIGURATION = """
user root;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log {folder}/access.log;
    server {{ listen {address}:80; root {folder}; }}
}}
"""


def program() -> str:
    """Return the web server of this machine: the path of nginx, or Python's."""
    nginx = shutil.which("nginx", path=f"{os.environ.get('PATH', os.defpath)}:{_SBIN}")
    return nginx or f"{sys.executable} -m http.server"


def start(where: Namespace, folder: Path, page: str, address: str = "0.0.0.0") -> None:  # noqa: S104 - in a namespace of ours
    """Serve `page` on port 80 of a namespace until the namespace's processes are ended.

    Parameters
    ----------
    where : Namespace
        In which network namespace.
    folder : Path
        A new folder for the page, the configuration and the logs.
    page : str
        What the server answers.
    address : str
        At which of the namespace's addresses; all by default.

    Raises
    ------
    NslabError
        It does not listen within 5 seconds.
    """
    folder.mkdir(mode=0o755, parents=True)
    (folder / "index.html").write_text(page)
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, address=address))
    before = len(listeners(where))
    if program().endswith("/nginx"):
        where.run([program(), "-c", str(configuration)], check=True, quiet=True)
    else:
        place = f"80 --bind {address} --directory {shlex.quote(str(folder))}"
        where.run(f"{program()} {place} >{folder}/access.log 2>&1 &", check=True, quiet=True)
    if not eventually(lambda: len(listeners(where)) > before):
        raise NslabError(
            program(),
            _("The web server did not start listening on port 80."),
            _("Try it by hand in a cell; its error log says more."),
        )


def listeners(where: Namespace) -> list[str]:
    """Return who listens on port 80 of a namespace: ``ss -Hltnp sport = :80``."""
    said = where.run(["ss", "-Hltnp", "sport", "=", ":80"], check=True, quiet=True).stdout
    return [" ".join(line.split()) for line in said.splitlines()]
