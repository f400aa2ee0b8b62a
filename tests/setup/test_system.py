"""`tools/system.sh`: it first says what is missing, then installs exactly that."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "nslab-no-such-program"
LIST = f"""# a comment
lab|command sh|dash|dash|always there
lab|command {PROGRAM}|nslab-package|nslab-fedora|the test of {PROGRAM}
lab|command {PROGRAM}-2|nslab-package|nslab-fedora|the same package, once more
test|command {PROGRAM}-test|nslab-test-package|nslab-test-fedora|tests only
"""
INSTALLS = f"""for name in {PROGRAM} {PROGRAM}-2; do
    printf '#!/bin/sh\\n' >"$bin/$name"; chmod +x "$bin/$name"
done"""


@dataclass(frozen=True)
class Machine:
    """A machine made of fake programs: only what is in `bin`, and the shell's own."""

    root: Path

    @property
    def bin(self) -> Path:
        return self.root / "bin"

    def program(self, name: str, body: str) -> None:
        path = self.bin / name
        note = f'echo "{name} $*" >>"{self.root}/calls"'
        path.write_text(f"#!/bin/sh\nbin={self.bin}\n{note}\n{body}\n")
        path.chmod(0o755)

    def user(self, number: int, groups: str = "people") -> None:
        self.program("id", f'case $1 in -u) echo {number} ;; -Gn) echo "{groups}" ;; esac')

    def calls(self) -> list[str]:
        path = self.root / "calls"
        said = path.read_text().splitlines() if path.exists() else []
        return [line for line in said if not line.startswith("id ")]

    def system(
        self, *sets: str, terminal: bool = False, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        master, slave = pty.openpty()
        try:
            return subprocess.run(
                [shutil.which("sh") or "/bin/sh", str(self.root / "tools/system.sh"), *sets],
                env={"PATH": str(self.bin), "HOME": str(self.root)} | environment,
                stdin=slave if terminal else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        finally:
            os.close(master)
            os.close(slave)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    for folder in ("tools", "bin", "nslabkit/doctor"):
        (tmp_path / folder).mkdir(parents=True)
    for script in ("system.sh", "python.sh"):
        shutil.copy(ROOT / "tools" / script, tmp_path / "tools")
    (tmp_path / "nslabkit" / "doctor" / "system-packages.txt").write_text(LIST)
    for name in ("sh", "dirname", "cat", "grep", "mktemp", "chmod", "rm", "env"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or name)
    made = Machine(tmp_path)
    made.user(1000)
    made.program("apt-get", f'case " $* " in *" install "*) {INSTALLS} ;; esac')
    return made


def test_root_installs_exactly_what_is_missing(machine: Machine) -> None:
    machine.user(0)
    done = machine.system("lab")
    assert done.returncode == 0, done.stdout
    assert f"nslab-package        the test of {PROGRAM}" in done.stdout
    assert done.stdout.index("are missing") < done.stdout.index("Installing")
    update, install = machine.calls()
    assert update == "apt-get update"
    assert install.startswith("apt-get install --yes --no-install-recommends -o DPkg::Path=")
    assert install.endswith(" nslab-package")
    assert "nslab-test-package" not in done.stdout


def test_a_complete_machine_is_left_alone_without_a_word(machine: Machine) -> None:
    machine.user(0)
    machine.system("lab")
    before = machine.calls()
    done = machine.system("lab")
    assert (done.returncode, done.stdout) == (0, "")
    assert machine.calls() == before


def test_both_sets_by_default(machine: Machine) -> None:
    done = machine.system(SYSTEM="no")
    assert "nslab-package nslab-test-package" in done.stdout


def test_a_user_with_sudo_goes_through_it(machine: Machine) -> None:
    machine.program("sudo", f'case "$*" in "-n true") ;; *) {INSTALLS} ;; esac')
    done = machine.system("lab")
    assert done.returncode == 0, done.stdout
    assert machine.calls()[-1].endswith("tools/system.sh lab")


def test_sudo_may_ask_for_a_password_where_somebody_can_type_it(machine: Machine) -> None:
    machine.user(1000, "people sudo")
    machine.program("sudo", f'case "$*" in "-n true") exit 1 ;; *) {INSTALLS} ;; esac')
    assert machine.system("lab", terminal=True).returncode == 0
    (machine.bin / PROGRAM).unlink()
    done = machine.system("lab")
    assert done.returncode == 1
    assert "hand this one command" in done.stdout.lower()


def test_it_speaks_chinese_to_whoever_asks_for_chinese_lessons(machine: Machine) -> None:
    done = machine.system("lab", NSLAB_LANG="zh_CN")
    assert "缺少本工具包需要的这些软件包" in done.stdout
    assert "请把下面这一条命令交给这台机器的管理员" in done.stdout
    assert "packages, which" not in done.stdout
    assert "administrator" not in done.stdout


def test_sudo_that_refuses_leaves_the_command_to_hand_over(machine: Machine) -> None:
    machine.program("sudo", 'case "$*" in "-n true") ;; *) exit 1 ;; esac')
    done = machine.system("lab")
    assert done.returncode == 1
    assert "sudo did not install them" in done.stdout


@pytest.mark.parametrize("sudo", [False, True])
def test_a_user_without_rights_gets_the_one_command(machine: Machine, *, sudo: bool) -> None:
    if sudo:
        machine.program("sudo", "exit 1")
    done = machine.system("lab", terminal=True)
    assert done.returncode == 1
    assert (
        "  sudo sh -c 'apt-get update && apt-get install --yes --no-install-recommends"
        " nslab-package'\n"
    ) in done.stdout
    assert not [call for call in machine.calls() if call.startswith("apt-get")]


def test_no_means_no_even_for_root(machine: Machine) -> None:
    machine.user(0)
    done = machine.system("lab", SYSTEM="no")
    assert done.returncode == 1
    assert "nothing was installed" in done.stdout
    assert machine.calls() == []


def test_an_installation_that_fails_is_not_called_complete(machine: Machine) -> None:
    machine.user(0)
    machine.program("apt-get", "exit 100")
    done = machine.system("lab")
    assert done.returncode == 1
    assert "The installation failed" in done.stdout


def test_a_package_that_does_not_bring_the_program_is_named(machine: Machine) -> None:
    machine.user(0)
    machine.program("apt-get", "exit 0")
    done = machine.system("lab")
    assert done.returncode == 1
    assert "Still missing after the installation: nslab-package" in done.stdout


def test_fedora(machine: Machine) -> None:
    (machine.bin / "apt-get").unlink()
    machine.program("dnf", INSTALLS)
    machine.user(0)
    done = machine.system("lab")
    assert done.returncode == 0, done.stdout
    assert machine.calls() == [
        "dnf install --assumeyes --setopt=install_weak_deps=False nslab-fedora"
    ]


def test_an_unknown_system_names_the_programs(machine: Machine) -> None:
    (machine.bin / "apt-get").unlink()
    done = machine.system("lab")
    assert done.returncode == 1
    assert "your system's package manager" in done.stdout


def test_nginx_is_not_started(machine: Machine) -> None:
    """The programs that start services do nothing while apt runs, and only then."""
    (machine.root / "nslabkit" / "doctor" / "system-packages.txt").write_text(
        f"test|command {PROGRAM}|nginx-light|nginx|a daemon\n"
    )
    machine.user(0)
    for name in ("invoke-rc.d", "deb-systemd-invoke", "update-rc.d"):
        machine.program(name, "")
    # apt hands DPkg::Path to the packages' scripts; ours does what nginx's script does.
    machine.program(
        "apt-get",
        f"""for word; do case $word in DPkg::Path=*) path=${{word#*=}} ;; esac; done
[ "$1" = update ] && exit
{INSTALLS}
PATH=$path:$PATH
invoke-rc.d --quiet nginx status && exit 9
invoke-rc.d nginx start && deb-systemd-invoke start nginx.service""",
    )
    done = machine.system("test")
    assert done.returncode == 0, done.stdout
    assert "not started" in done.stdout
    assert machine.calls()[-1] == "update-rc.d nginx disable"
    assert not [call for call in machine.calls() if call.startswith(("invoke", "deb-systemd"))]


def test_the_administrators_command_stops_nginx_too(machine: Machine) -> None:
    (machine.root / "nslabkit" / "doctor" / "system-packages.txt").write_text(
        f"test|command {PROGRAM}|nginx-light|nginx|a daemon\n"
    )
    said = machine.system("test").stdout
    assert "nginx-light && update-rc.d nginx disable && invoke-rc.d nginx stop'" in said


def test_the_real_list_is_understood(machine: Machine) -> None:
    listed = Path("nslabkit", "doctor", "system-packages.txt")
    shutil.copy(ROOT / listed, machine.root / listed)
    done = machine.system(SYSTEM="no")
    assert done.returncode == 1
    assert "unknown probe" not in done.stdout
    for package in ("iputils-ping", "tcpdump", "chromium", "fonts-noto-cjk"):
        assert f"  {package} " in done.stdout


def test_it_says_in_chinese_what_each_package_is_for(machine: Machine) -> None:
    listed = Path("nslabkit", "doctor", "system-packages.txt")
    shutil.copy(ROOT / listed, machine.root / listed)
    done = machine.system("lab", SYSTEM="no", NSLAB_LANG="zh")
    reasons = [line for line in done.stdout.splitlines() if re.match(r"  [\w-]+  ", line)]
    assert len(reasons) > 5
    assert all(re.search(r"[\u4e00-\u9fff]", line) for line in reasons)
