"""A container by hand, put together from what every Linux machine has.

The same steps as in the lesson "A container by hand", for experiments that nobody watches.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.course.claims.companions import running
from nslabkit.course.claims.insiders import child, settled
from nslabkit.net import addresses, links, routes
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator

ALL_KINDS = "--mount --uts --ipc --pid --net --user --map-root-user --cgroup"
_FOLDERS = ("bin", "proc", "dev", "old", "tmp")
_PROGRAMS = ("sh", "sleep", "umount")  # what the start needs; a lesson wants more
# As the first process: the root file system, then the program that the container is for.
START = """set -e
hostname box
mount --bind {root} {root}
mount --bind /dev/null {root}/dev/null
mount -t proc proc {root}/proc
cd {root}
pivot_root . old
export PATH=/bin
umount -l /old
exec sleep 60
"""


@contextlib.contextmanager
def container(options: str = ALL_KINDS, start: str = START) -> Iterator[int]:
    """Keep a container of our own for a while; yield the process id of its process 1.

    Parameters
    ----------
    options : str
        What ``unshare(1)`` shall make new.
    start : str
        Shell commands of its first process, in which ``{root}`` is the folder of its files.

    Raises
    ------
    NotFoundError
        A program for its root file system is missing.
    NslabError
        It did not start.
    """
    with tempfile.TemporaryDirectory(prefix="box-", dir="/run") as root:
        _fill(Path(root))
        script = start.format(root=shlex.quote(root))
        command = ["unshare", *options.split(), "--fork", "--kill-child", "sh", "-c", script]
        with running(command, lambda pid: settled(pid, "sleep")) as parent:
            yield child(parent)


def connect(pid: int, subnet: str = "172.16.0") -> None:
    """Lay a wire to a container and give both ends an address, and it a way out.

    Parameters
    ----------
    pid : int
        A process in it.
    subnet : str
        The first three numbers of the network; we are ``.1``, it is ``.2``.
    """
    links.add_veth("box0", "eth0", peer_namespace=pid)
    for address, link, where in ((1, "box0", None), (2, "eth0", pid)):
        addresses.add(f"{subnet}.{address}/24", link, namespace=where)
        links.up(link, namespace=where)
    routes.add("default", via=f"{subnet}.1", namespace=pid)


def _fill(root: Path) -> None:
    """Make a small root file system: busybox, or the machine's own programs and libraries."""
    for name in _FOLDERS:
        (root / name).mkdir()
    (root / "dev/null").touch()
    busybox = shutil.which("busybox")
    for name in ("busybox",) if busybox else _PROGRAMS:
        program = shutil.which(name)
        if program is None:
            raise NotFoundError(
                f"command -v {name}",
                _("There is no command called {word} on this machine.").format(word=name),
                _("Check the spelling; `nslabkit doctor` names the programs that are missing."),
            )
        for file in (program, *_libraries(program)):
            target = root / file.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
        _offer(root / "bin", program, _PROGRAMS if busybox else (name,))


def _libraries(program: str) -> list[str]:
    """Return the files that a program is loaded with: none if it is statically linked."""
    text = HOST.run(["ldd", program], quiet=True).stdout
    return [word for word in text.split() if word.startswith("/") and not word.endswith(":")]


def _offer(folder: Path, program: str, names: tuple[str, ...]) -> None:
    for name in names:
        if not os.path.lexists(folder / name):
            (folder / name).symlink_to(program)
