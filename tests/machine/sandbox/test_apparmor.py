"""Does what the README says about AppArmor hold on a machine with AppArmor?

Ubuntu's kernel takes the capabilities away in the user namespaces of every program without a
profile, by a switch that is no part of Debian's.  What Debian's kernel has is AppArmor's own means
for it: profiles whose programs get no user namespace, or none with capabilities.  One of each is
laid over the user's programs and the system's Python here, as Ubuntu's lies over everything.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

import pytest
from debian_machine import PROGRAM, USER, make

if TYPE_CHECKING:
    from debian_machine import Step

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]

SECONDS = 3000.0  # emulated, on a busy machine
# As a program on Ubuntu that has no profile, these may do all but one thing; and what they start
# may have a profile of its own.
RESTRICTED = """abi <abi/4.0>,
profile restricted /{usr/bin/python3*,usr/bin/unshare,home/**} {
  /** rwlkm,
  /** pix,
  network, unix, dbus, signal, ptrace, mqueue, io_uring,
  mount, remount, umount, pivot_root,
  ALLOWED,
}
"""
ODD_PATH = """
import pathlib, sys
from nslabkit.doctor import apparmor_profile as it
path = pathlib.Path(sys.argv[1])
print(it.script(it.Interpreter(path / "python3", None, path.parent)))
"""
SCRIPT = """
restrict() { # restrict ALLOWED: what Ubuntu does to all programs, done to these
    printf '%s' "$RESTRICTED" | sed "s/ALLOWED/$1/" >/etc/apparmor.d/restricted
    apparmor_parser -r /etc/apparmor.d/restricted
}
undo() { eval "$(sed -n 's/^# To undo it: //p' /run/profile.sh)"; }
odd() { # a path of what means something to AppArmor or to sh
    folder="/srv/a [1]{x}*?\\"'y/bin"
    mkdir -p "$folder" && cp /usr/bin/unshare "$folder/python3" || return
    "$PROGRAM/python3" -c "$ODD_PATH" "$folder" >/run/odd.sh || return
    cat /run/odd.sh
    sh /run/odd.sh && "$folder/python3" --user cat /proc/self/attr/current
}

step settings sysctl -a --pattern 'userns|user_namespaces'
echo "$USER ALL=(ALL) NOPASSWD: ALL" >/etc/sudoers.d/user
step free-doctor user nslabkit doctor --json

restrict userns
step capability-unshare user unshare --user --map-root-user true
step capability-sandbox user nslabkit sandbox -- true
step capability-doctor user nslabkit doctor --json

user nslabkit doctor --apparmor >/run/profile.sh
step profile cat /run/profile.sh
step remedy user sh /run/profile.sh
step remedied-unshare user unshare --user --map-root-user true
step remedied-sandbox user nslabkit sandbox -- cat /proc/self/attr/current
step remedied-doctor user nslabkit doctor --json
step remedied-lesson user nslabkit run 1 --json --timeout 900
step printed-again user nslabkit doctor --apparmor
step odd-path odd
step undo undo
step undone user nslabkit sandbox -- true

restrict capability
step userns-sandbox user nslabkit sandbox -- true
step userns-doctor user nslabkit doctor --json
step userns-remedy user sh /run/profile.sh
step userns-remedied user nslabkit sandbox -- true
undo
apparmor_parser -R /etc/apparmor.d/restricted

sysctl -qw kernel.unprivileged_userns_clone=0
step clone-sandbox user nslabkit sandbox -- true
sysctl -qw kernel.unprivileged_userns_clone=1 user.max_user_namespaces=0
step none-sandbox user nslabkit sandbox -- true
sysctl -qw user.max_user_namespaces=15000
step freed user nslabkit sandbox -- true
"""


@pytest.fixture(scope="module")
def said() -> dict[str, Step]:
    """What one run of the machine said, step by step."""
    words = {"RESTRICTED": RESTRICTED, "ODD_PATH": ODD_PATH, "PROGRAM": PROGRAM, "USER": USER}
    known = "\n".join(f"{name}={shlex.quote(text)}" for name, text in words.items())
    return make().run(f"{known}\n{SCRIPT}", SECONDS)


def checks(step: Step) -> dict[str, dict[str, str]]:
    return {check["name"]: check for check in json.loads(step.text)["checks"]}


def test_without_a_restriction_all_works(said: dict[str, Step]) -> None:
    assert said["free-doctor"].status == 0, said["free-doctor"].text


@pytest.mark.parametrize("rule", ["capability", "userns"])
def test_the_refusal_names_the_profile_and_the_remedy(said: dict[str, Step], rule: str) -> None:
    refused = said[f"{rule}-sandbox"]
    assert refused.status == 1
    assert "AppArmor" in refused.text
    assert "“restricted”" in refused.text
    assert "nslabkit doctor --apparmor" in refused.text
    row = checks(said[f"{rule}-doctor"])["sandbox"]
    assert row["status"] == "fail"
    assert "nslabkit doctor --apparmor" in row["remedy"]


def test_other_programs_stay_restricted(said: dict[str, Step]) -> None:
    assert said["capability-unshare"].status != 0
    assert said["remedied-unshare"].status != 0


def test_the_printed_profile_is_a_remedy(said: dict[str, Step]) -> None:
    assert f'profile nslabkit.home.{USER}.nslab "{PROGRAM}/python3"' in said["profile"].text
    assert said["remedy"].status == 0, said["remedy"].text
    assert said["remedied-sandbox"].status == 0, said["remedied-sandbox"].text
    assert said["remedied-sandbox"].text.startswith(f"nslabkit.home.{USER}.nslab")
    assert checks(said["remedied-doctor"])["sandbox"]["status"] == "ok"
    assert said["remedied-lesson"].status == 0, said["remedied-lesson"].text
    [line] = [line for line in said["remedied-lesson"].text.splitlines() if line.startswith("[{")]
    [lesson] = json.loads(line)
    assert lesson["passed"]
    assert lesson["checks"] > 0
    assert said["userns-remedied"].status == 0, said["userns-remedied"].text


def test_a_second_time_no_copy_is_asked_for(said: dict[str, Step]) -> None:
    assert "AppArmor's profile “restricted” is enforced" in said["profile"].text
    assert "cp --remove-destination" in said["profile"].text
    assert "cp --remove-destination" not in said["printed-again"].text


def test_the_last_line_undoes_it(said: dict[str, Step]) -> None:
    assert said["undo"].status == 0
    assert said["undone"].status == 1


def test_a_path_is_taken_word_for_word(said: dict[str, Step]) -> None:
    assert said["odd-path"].status == 0, said["odd-path"].text
    assert "nslabkit.srv.a.1.x.y (unconfined)" in said["odd-path"].text


def test_debians_own_switches(said: dict[str, Step]) -> None:
    assert said["clone-sandbox"].status == 1
    assert "kernel.unprivileged_userns_clone is 0" in said["clone-sandbox"].text
    assert "sudo sysctl -w kernel.unprivileged_userns_clone=1" in said["clone-sandbox"].text
    assert said["none-sandbox"].status == 1
    assert "user.max_user_namespaces is 0" in said["none-sandbox"].text
    assert said["freed"].status == 0, said["freed"].text


def test_debians_kernel_has_not_the_switch_of_ubuntu(said: dict[str, Step]) -> None:
    """When it has it one day, the machine can show that, too."""
    assert "unprivileged_userns_clone" in said["settings"].text
    assert "apparmor_restrict_unprivileged_userns" not in said["settings"].text
