"""What of the machine a cell cannot reach: root's settings, the login's sockets, covered mounts."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from nslabkit.machine.trial import Trial, try_sandbox

SETTING = "/proc/sys/kernel/core_pattern"
ATTEMPTS = {
    "a setting": f"cat {SETTING} > /tmp/nslt-$$; cat /tmp/nslt-$$ > {SETTING}; s=$?; "
    "rm /tmp/nslt-$$; exit $s",
    "sysfs": "f=/sys/kernel/mm/transparent_hugepage/enabled; echo never > $f",
    "sysrq": "echo h > /proc/sysrq-trigger",
    "a disk": "test -e /dev/kmsg -o -e /dev/loop0 -o -e /dev/mem",
}
UNSEEN = (*("unshare", "--user", "--map-root-user", "--mount", "sh", "-c"),)
PREPARE = """
mount -t tmpfs run /run
mkdir -p /run/user/7
echo secret > /run/user/7/bus
exec "$@"
"""
UNCOVER = "umount /run; umount -l /run; umount -R /run; cat /run/user/7/bus; ls /run/user/7"


def _run(script: str, **variables: str) -> Trial:
    trial = try_sandbox(["sh", "-c", script], timeout=60, environment={**os.environ, **variables})
    assert trial.error is None, trial.error
    return trial


if os.geteuid() == 0:

    @pytest.mark.usefixtures("host")
    @pytest.mark.parametrize("what", ATTEMPTS)
    def test_roots_notebook_cannot_change_the_machine(uid_map: str, what: str) -> None:
        assert _run(ATTEMPTS[what], NSLAB_UIDMAP=uid_map).returncode != 0

    @pytest.mark.usefixtures("host")
    def test_roots_number_is_no_root_outside() -> None:
        """What the map `full` only covers is refused here: a new /proc gives it back to nobody."""
        again = f"unshare --pid --fork --mount-proc sh -c '{ATTEMPTS['a setting']}'"
        ended = _run(again, NSLAB_UIDMAP="shifted")
        assert ended.returncode != 0
        assert "Permission denied" in ended.stderr

    @pytest.mark.usefixtures("host")
    def test_a_machine_in_a_machine(uid_map: str) -> None:
        """A new /proc needs one that is seen in full; the protected one is not."""
        nested = f"{sys.executable} -m nslabkit.machine.sandbox --"
        words = f"NSLAB_UIDMAP=full {nested} {nested} sh -c 'hostname; ls /proc/1 | wc -l'"
        ended = _run(words, NSLAB_UIDMAP=uid_map)
        assert ended.returncode == 0, ended.stderr
        assert ended.stdout.split()[0] == "lab"

    @pytest.mark.usefixtures("host")
    def test_the_whole_proc_that_is_kept_for_it_is_out_of_reach() -> None:
        kept = _run("grep -c ' /run/nslab/proc/whole ' /proc/self/mounts", NSLAB_UIDMAP="full")
        assert kept.stdout == "1\n"
        reached = _run("umount /run/nslab/proc; ls /run/nslab/proc/whole", NSLAB_UIDMAP="full")
        assert reached.returncode != 0

    @pytest.mark.usefixtures("host")
    def test_roots_files_stay_roots(uid_map: str) -> None:
        ended = _run("echo x > made; stat -c %u made; rm made; id -u", NSLAB_UIDMAP=uid_map)
        assert ended.stdout.split() == ["0", "0"]


@pytest.mark.usefixtures("host")
def test_the_logins_sockets_are_out_of_reach(uid_map: str) -> None:
    command = [sys.executable, "-m", "nslabkit.machine.sandbox", "--", "sh", "-c"]
    words = f"echo bus=$DBUS_SESSION_BUS_ADDRESS agent=$SSH_AUTH_SOCK.; {UNCOVER}"
    environment = {
        **os.environ,
        "XDG_RUNTIME_DIR": "/run/user/7",
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/7/bus",
        "SSH_AUTH_SOCK": "/run/user/7/agent",
    }
    environment.pop("NSLAB_UIDMAP", None)
    del uid_map  # the outer namespace has one number only
    ended = subprocess.run(
        [*UNSEEN, PREPARE, "sh", *command, words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout == "bus= agent=.\n", ended
    assert ended.stderr.count("umount") >= 3


@pytest.mark.usefixtures("host")
@pytest.mark.parametrize("place", ["/run", "/proc"])
def test_what_covers_the_machine_stays(uid_map: str, place: str) -> None:
    look = f"stat -fc %i {place}; umount -l {place} && echo gone; stat -fc %i {place}; ls {place}/1"
    ended = _run(look, NSLAB_UIDMAP=uid_map)
    assert "gone" not in ended.stdout
    before, after = ended.stdout.split()[:2]
    assert before == after
