"""A Debian that systemd runs, in a container of its own: how is it made, and how is it asked?

Only a machine that systemd has booted shows what it does with a service.  ``systemd-nspawn`` boots
one in namespaces, with a network that leads nowhere; its files are removed in the end.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from debian_machine import unpack_debian, wheels

from nslabkit.workshop import hub_packages

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "systemd-machine"
# Its systemd still runs beside the control groups of version 1, which some hosts have.
RELEASE, PYTHON = "bookworm", "3.11"
PROGRAM = "/opt/nslabkit/bin"
_PACKAGES = (
    *("systemd", "systemd-sysv", "dbus", "libpam-systemd", "passwd", "python3", "python3-venv"),
    *("iproute2", "iputils-ping", "nftables", "procps", "uidmap", "mount", "curl"),
)
_CACHE = "srv/npm-cache"
_REBOOT = 133  # nspawn's exit status where its machine wants to boot again
_PATIENCE = 300.0  # seconds, on a busy machine
_INSTALL = """
python3 -m venv /opt/nslabkit
/opt/nslabkit/bin/pip install --quiet --no-index --find-links /wheels nslabkit
packages=$(echo /opt/nslabkit/lib/python3*/site-packages/nslabkit/workshop/hub-packages.txt)
/opt/nslabkit/bin/pip install --quiet --no-index --find-links /wheels --requirement "$packages"
rm -rf /wheels
"""


@dataclass
class Booted:
    """A machine that runs: its files, and the program that keeps it running."""

    files: Path
    nspawn: subprocess.Popen[bytes]

    def restart(self) -> None:
        """Restart it, as an administrator does."""
        self.run("systemctl", "reboot", status=None)
        assert self.nspawn.wait(_PATIENCE) == _REBOOT
        self.nspawn = _start(self.files)
        self.wait()

    def run(self, *command: str, status: int | None = 0) -> str:
        """Run a command in it as root, and return what it says."""
        first = self._first()
        enter = ["nsenter", "--all", "--target", str(first), "--", "env", "--ignore-environment"]
        words = (f"PATH={PROGRAM}:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8")
        own = ("NSLAB_LANG=en", f"npm_config_cache=/{_CACHE}", "npm_config_offline=true")
        done = subprocess.run(
            [*enter, *words, *own, *command],
            cwd="/",
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
        said = done.stdout + done.stderr
        assert status is None or done.returncode == status, said
        return said

    def wait(self) -> None:
        """Wait until systemd has started all that it wants to start."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            with contextlib.suppress(ValueError, subprocess.TimeoutExpired):
                said = self.run("systemctl", "is-system-running", status=None).strip()
                if said in {"running", "degraded"}:
                    return
            assert time.monotonic() < deadline, "systemd did not come up"
            time.sleep(0.5)

    def _first(self) -> int:
        """Return its process 1, by the number that it has outside; ValueError between two boots."""
        path = Path(f"/proc/{self.nspawn.pid}/task/{self.nspawn.pid}/children")
        return int(path.read_text().partition(" ")[0])


@contextlib.contextmanager
def booted() -> Iterator[Booted]:
    """Make the machine anew from a kept Debian, boot it, and remove it in the end."""
    with tempfile.TemporaryDirectory(prefix="nslt-", dir="/var/tmp") as made:
        files = Path(made) / "root"
        _make(files)
        machine = Booted(files, _start(files))
        try:
            machine.wait()
            yield machine
        finally:
            machine.nspawn.terminate()  # it ends its machine first
            machine.nspawn.wait(_PATIENCE)


def _start(files: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            *("systemd-nspawn", "--boot", "--register=no", "--keep-unit", "--private-network"),
            *("--capability=all", "--quiet", f"--directory={files}"),
            # What a machine of its own lets root do; nspawn's filter is a container's.
            "--system-call-filter=@mount @keyring bpf unshare setns pivot_root",
        ],
        # Control groups as the host has them: a container's systemd cannot choose.
        env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": str(int(_unified()))},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _unified() -> bool:
    return Path("/sys/fs/cgroup/cgroup.controllers").exists()


def _make(files: Path) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    base = KEPT / f"{RELEASE}.tar"
    if not base.exists():
        unpack_debian(RELEASE, _PACKAGES, base)
    packages = ROOT / "nslabkit" / "workshop" / "hub-packages.txt"
    fetched = wheels(KEPT, PYTHON, "--requirement", str(packages))
    files.mkdir(mode=0o755)
    subprocess.run(["tar", "-xf", base, "-C", files, "--exclude=./dev/*"], check=True)
    (files / "etc" / "machine-id").write_text("")
    shutil.copytree(fetched, files / "wheels")
    _fill_cache(files / _CACHE)
    subprocess.run(
        [
            *("systemd-nspawn", "--quiet", "--register=no", "--keep-unit"),
            *(f"--directory={files}", "sh", "-euc", _INSTALL),
        ],
        check=True,
        stdin=subprocess.DEVNULL,
    )


def _fill_cache(cache: Path) -> None:
    """Let npm fetch the proxy here: the machine's network leads nowhere."""
    cache.mkdir(parents=True)
    with (
        tempfile.TemporaryDirectory() as place,
        mock.patch.dict(os.environ, npm_config_cache=str(cache)),
    ):
        hub_packages.ensure_proxy(Path(place), lambda _line: None)
