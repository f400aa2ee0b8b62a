"""A Debian with AppArmor in an emulated computer: how is it made, and what does it say?

The host's kernel may have no AppArmor, and its settings are nobody's to change.  So Debian's own
kernel boots under QEMU, emulated (KVM inside of a virtual machine is not to be relied on), with
the kit's wheel installed for an ordinary user.  A script is run as root in it, once; its output
comes back over a serial line, in named steps.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / "build" / "debian-machine"
RELEASE, PYTHON = "trixie", "3.13"
USER = "ann"
PROGRAM = f"/home/{USER}/nslab/bin"  # of the environment that has the kit
_PACKAGES = (
    *("linux-image-amd64", "apparmor", "sudo", "udev", "kmod", "python3", "python3-venv"),
    # What `make system` installs for the lessons.
    *(
        "iproute2",
        "iputils-ping",
        "nftables",
        "tcpdump",
        "strace",
        "curl",
        "procps",
        "uidmap",
        "hostname",
    ),
)
_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64")
# Process 1: only what the kit and AppArmor need of a booted system.
_INIT = """#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
mount -t proc proc /proc; mount -t sysfs sysfs /sys; mount -t tmpfs tmpfs /run
mount -t securityfs securityfs /sys/kernel/security; mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /dev/pts /dev/shm; mount -t devpts devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
ip link set lo up
echo debian >/proc/sys/kernel/hostname; echo 127.0.0.1 debian localhost >>/etc/hosts
stty -F /dev/ttyS1 raw
tr -d '\\0' </dev/vdb >/run/script
sh /run/script >/dev/ttyS1 2>&1 </dev/null
sync
echo o >/proc/sysrq-trigger
sleep 60
"""
# Steps of a script: `step NAME COMMAND…` runs it and closes with its exit status.
_STEP = """
step() { name=$1; shift; echo "<<$name>>"; "$@"; echo "<<$name ended $?>>"; }
user() { runuser -u %s -- env HOME=/home/%s NSLAB_LANG=en PATH=%s:/usr/bin:/bin "$@"; }
"""
_ENDED = re.compile(
    r"<<(?P<name>[^<>]+)>>\n(?P<text>.*?)<<(?P=name) ended (?P<status>\d+)>>", re.DOTALL
)


@dataclass(frozen=True)
class Step:
    """What one step of a script said, and its exit status."""

    status: int
    text: str


@dataclass(frozen=True)
class Machine:
    """The parts to boot."""

    kernel: Path
    initrd: Path
    disk: Path

    def run(self, script: str, seconds: float) -> dict[str, Step]:
        """Boot, run `script` as root, switch off; return its steps. The disk stays as it was."""
        said, console, words = (KEPT / name for name in ("said", "console", "script"))
        text = _STEP % (USER, USER, PROGRAM) + script
        words.write_bytes(text.encode().ljust(1 << 16, b"\0"))
        command = [
            *("nice", "-n", "10", "qemu-system-x86_64", "-machine", "pc,accel=tcg"),
            *("-cpu", "max", "-smp", "1", "-m", "2048", "-display", "none", "-no-reboot"),
            *("-kernel", str(self.kernel), "-initrd", str(self.initrd), "-append"),
            "root=/dev/vda rw console=ttyS0 loglevel=4 init=/sbin/small-init",
            *("-drive", f"file={self.disk},if=virtio,format=raw,snapshot=on"),
            *("-drive", f"file={words},if=virtio,format=raw,readonly=on"),
            *("-nic", "none", "-serial", f"file:{console}", "-serial", f"file:{said}"),
        ]
        # QEMU's copy of what is written to the disk belongs where the disk is.
        environment = {**os.environ, "TMPDIR": str(KEPT)}
        subprocess.run(command, check=True, timeout=seconds, env=environment)
        text = said.read_text(errors="replace")
        return {
            found["name"]: Step(int(found["status"]), found["text"])
            for found in _ENDED.finditer(text)
        }


def make() -> Machine:
    """Make the machine's disk anew, with the wheel of this checkout; Debian's part is kept."""
    KEPT.mkdir(parents=True, exist_ok=True)
    fetched = wheels(KEPT, PYTHON)
    base = KEPT / f"{RELEASE}.tar"
    if not base.exists():
        _make_base(base)
    disk = KEPT / "disk"
    subprocess.run(
        [*_as_root(), "sh", "-euc", _DISK, "sh", str(base), str(fetched), str(disk), PROGRAM, USER],
        check=True,
        env={**os.environ, "SMALL_INIT": _INIT},
    )
    [kernel] = KEPT.glob("boot/vmlinuz-*")
    [initrd] = KEPT.glob("boot/initrd.img-*")
    return Machine(kernel, initrd, disk)


# The wheel goes in where the base lies unpacked, in namespaces that end with the script.
_DISK = """
base=$1 wheels=$2 disk=$3 program=$4 user=$5
place=$(mktemp -d "$(dirname "$disk")/root-XXXXXX")
trap 'rm -rf "$place"' EXIT
tar -xf "$base" -C "$place" --exclude './dev/*'
rm -rf "$(dirname "$disk")/boot"
cp -r "$place/boot" "$(dirname "$disk")/boot"
chmod -R a+r "$(dirname "$disk")/boot"
cp -r "$wheels" "$place/wheels"
printf '%s' "$SMALL_INIT" >"$place/sbin/small-init"
chmod 755 "$place/sbin/small-init"
chroot "$place" useradd --create-home --shell /bin/bash "$user"
touch "$place/dev/null"
become="setpriv --reuid $user --regid $user --clear-groups env HOME=/home/$user"
chroot "$place" $become sh -euc '
    python3 -m venv --without-pip "${1%/bin}"
    PYTHONPATH=$(echo /wheels/pip-*.whl) "$1/python3" -m pip install --quiet --no-index \\
        --no-compile --find-links /wheels nslabkit' sh "$program"
rm -rf "$place/wheels" "$place/dev/null"
rm -f "$disk"
mke2fs -q -t ext4 -d "$place" "$disk" 3G
"""


def _as_root() -> list[str]:
    """The words that let a user be root of files of its own, with further users."""
    return (
        ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-auto", "-r", "--mount"]
    )


def _make_base(base: Path) -> None:
    unpack_debian(RELEASE, _PACKAGES, base)


def unpack_debian(release: str, packages: tuple[str, ...], base: Path) -> None:
    """Have mmdebstrap pack a small Debian with `packages` into the tar file `base`."""
    unfinished = base.with_suffix(".unfinished.tar")
    subprocess.run(
        [
            *("nice", "-n", "10", "mmdebstrap", "--variant=minbase", "--quiet"),
            *(f"--include={','.join(packages)}", release, str(unfinished)),
        ],
        check=True,
    )
    unfinished.rename(base)


def wheels(kept: Path, python: str, *more: str) -> Path:
    """Fetch the kit's wheel, all that it needs, and `more` packages, for a Python version."""
    folder = kept / "wheels"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("nslabkit-*.whl"):
        old.unlink()
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    [wheel] = folder.glob("nslabkit-*.whl")
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--dest", folder]
    only = ["--only-binary=:all:", f"--python-version={python}"]
    only += [f"--platform={platform}" for platform in _PLATFORMS]
    constraint = ["--constraint", ROOT / "constraints.txt"]
    subprocess.run([*pip, *only, *constraint, wheel, "pip", *more], check=True)
    return folder
