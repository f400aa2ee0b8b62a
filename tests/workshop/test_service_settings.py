"""Under which of a service's settings do notebooks start, with which map of users?

systemd makes them of mounts, capabilities and a bit of the process; here `unshare`, `mount` and
`setpriv` make the same, so that they are tested where no systemd runs.
"""

from __future__ import annotations

import secrets
import subprocess
from typing import TYPE_CHECKING

import pytest
from other_account import PYTHON, environment, in_reach

from nslabkit.workshop import unix_accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.workshop.workshop_state import Seat

NNP = ("--no-new-privs",)
TMP = "mount -t tmpfs tmpfs /tmp && mount -t tmpfs tmpfs /var/tmp"
DEVICES = """
new=$(mktemp -d) && mount -t tmpfs -o mode=755 tmpfs $new
for name in null zero full random urandom tty; do
    touch $new/$name && mount --bind /dev/$name $new/$name
done
mkdir $new/pts $new/shm && mount -t devpts -o newinstance,ptmxmode=666 devpts $new/pts
ln -s pts/ptmx $new/ptmx && mount -t tmpfs -o mode=1777 tmpfs $new/shm && mount --rbind $new /dev
"""
TUNABLES = "mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys"
PING = "ip netns add a && ip -n a link set lo up && ip netns exec a ping -c 1 127.0.0.1"


@pytest.fixture(scope="module")
def seat() -> Iterator[Seat]:
    made = unix_accounts.make(f"nslt{secrets.token_hex(4)}", "a test")
    yield made
    unix_accounts.remove(made)


def tried(seat: Seat, kind: str, mounts: str, *limits: str) -> subprocess.CompletedProcess[str]:
    """Ping in a sandbox, as the account, where `mounts` and `limits` hold."""
    who = ("--reuid", seat.account, "--regid", seat.account, "--init-groups", *limits)
    inside = (PYTHON, "-m", "nslabkit.machine.sandbox", "--", "sh", "-c", PING)
    steps = f'{mounts}\nexec setpriv "$@"'
    return subprocess.run(
        in_reach("sh", "-ec", steps, "sh", *who, "--", *inside),
        env=environment(NSLAB_UIDMAP=kind, NSLAB_LANG="en", HOME="/"),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("mounts", "limits"),
    [(":", NNP), (TMP, ()), (DEVICES, ("--bounding-set=-mknod,-sys_rawio", *NNP))],
    ids=["NoNewPrivileges", "PrivateTmp", "PrivateDevices"],
)
def test_the_map_self_works_under_it(seat: Seat, mounts: str, limits: tuple[str, ...]) -> None:
    done = tried(seat, "self", mounts, *limits)
    assert done.returncode == 0, done.stderr


def test_the_map_auto_needs_privileges_that_newuidmap_gains(seat: Seat) -> None:
    assert tried(seat, "auto", ":").returncode == 0
    refused = tried(seat, "auto", ":", *NNP)
    assert refused.returncode == 1
    assert "newuidmap" in refused.stderr


def test_protected_tunables_must_be_off(seat: Seat) -> None:
    refused = tried(seat, "self", TUNABLES)
    assert refused.returncode == 1
    for part in ("Tried:", "Kernel:", "Reason: Parts of /proc are covered", "Fix:"):
        assert part in refused.stderr
