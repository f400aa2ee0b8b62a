"""Does each check fail when what it checks is really broken, and say what helps?"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nslabkit.doctor import kernel_features, machine_limits, python_side
from nslabkit.doctor.check import Status

if TYPE_CHECKING:
    from conftest import Doctor


def without(doctor: Doctor, *missing: str) -> None:
    """Let PATH hold all programs but these; the sbin folders too must then lack them."""
    folder = doctor.folder / "bin"
    folder.mkdir()
    for place in ("/usr/bin", "/usr/sbin", "/bin", "/sbin"):
        for program in Path(place).iterdir():
            link = folder / program.name
            if program.name not in missing and not link.is_symlink():
                link.symlink_to(program)
    doctor.environment["PATH"] = str(folder)


# Nothing but our folder of links: the sbin folders are hidden by empty ones.
HIDE_SBIN = "for d in /usr/sbin /usr/local/sbin; do mount -t tmpfs none $d; done"


def test_no_namespaces_allowed(doctor: Doctor) -> None:
    outer = doctor.behind("echo 0 >/proc/sys/user/max_user_namespaces")
    run = doctor.run("--json", within=outer)
    assert run.returncode == 1
    sandbox = run.checks["sandbox"]
    assert sandbox["status"] == "fail"
    assert "user.max_user_namespaces" in sandbox["seen"]
    assert sandbox["remedy"].startswith("The administrator")
    assert "sysctl -w user.max_user_namespaces=" in sandbox["remedy"]
    assert run.checks["limits"]["status"] == "fail"
    for name in kernel_features.FEATURES:
        assert run.checks[name]["status"] == "not tried"
        assert "because there is no sandbox" in run.checks[name]["seen"]
    text = doctor.run(within=outer)
    assert text.returncode == 1
    assert "cannot run here" in text.stdout
    assert "Traceback" not in text.stderr


def test_few_namespaces_allowed(doctor: Doctor) -> None:
    checks = doctor.checks(within=doctor.behind("echo 7 >/proc/sys/user/max_net_namespaces"))
    assert checks["limits"]["status"] == "warn"
    assert "max_net_namespaces = 7" in checks["limits"]["seen"]
    assert "user.max_net_namespaces=" in checks["limits"]["remedy"]


@pytest.mark.parametrize(("program", "package"), [("nft", "nftables"), ("tcpdump", "tcpdump")])
def test_a_program_of_later_lessons_is_missing(doctor: Doctor, program: str, package: str) -> None:
    where = str(Path(shutil.which(program, path="/usr/sbin:/usr/bin")).resolve())
    hide = doctor.behind(f"mount --bind /dev/null {where}")
    check = doctor.checks(within=hide)[program]  # there, but not executable
    assert check["status"] == "warn"
    assert "The administrator" in check["remedy"]
    assert package in check["remedy"]


def test_ip_is_missing(doctor: Doctor) -> None:
    without(doctor, "ip")
    run = doctor.run("--json", within=doctor.behind(HIDE_SBIN))
    assert run.returncode == 1
    assert run.checks["ip"]["status"] == "fail"
    assert "iproute2" in run.checks["ip"]["remedy"]
    assert run.checks["namespace"]["status"] == "fail"


def test_busybox_is_not_iproute2(doctor: Doctor) -> None:
    without(doctor, "ip")
    (doctor.folder / "bin/ip").symlink_to(shutil.which("busybox"))
    run = doctor.run("--json", within=doctor.behind(HIDE_SBIN))
    assert run.checks["ip"]["status"] == "fail"
    assert "is not the one from iproute2" in run.checks["ip"]["seen"]


def test_the_wished_folder_is_not_writable(doctor: Doctor) -> None:
    wish = doctor.folder / "missing"
    doctor.environment["NSLAB_TMP"] = str(wish)
    check = doctor.checks()["folder"]
    assert check["status"] == "warn"
    assert str(wish) in check["seen"]
    assert check["remedy"].startswith("You")


def test_no_folder_is_writable(doctor: Doctor) -> None:
    doctor.folder = Path("/")
    # Still what they were, only read-only: the project itself may lie in one of them.
    read_only = "mount --bind $d $d && mount -o remount,bind,ro $d"
    script = f"for d in /tmp /dev/shm /var/tmp; do {read_only}; done"
    run = doctor.run("--json", within=doctor.behind(script))
    assert run.returncode == 1
    assert run.checks["folder"]["status"] == "fail"
    assert "NSLAB_TMP" in run.checks["folder"]["remedy"]


def test_memory_is_short(tmp_path: Path) -> None:
    for free, status in ((500, Status.OK), (300, Status.WARN), (100, Status.FAIL)):
        (tmp_path / "meminfo").write_text(f"MemTotal: 9 kB\nMemAvailable: {free * 1024} kB\n")
        check = machine_limits.memory(tmp_path, tmp_path / "no-groups")
        assert (check.status, check.seen) == (status, f"{free} MiB")


def test_a_container_leaves_little_memory(tmp_path: Path) -> None:
    (tmp_path / "meminfo").write_text("MemAvailable: 9000000 kB\n")
    (tmp_path / "memory.max").write_text(f"{600 << 20}\n")
    (tmp_path / "memory.current").write_text(f"{400 << 20}\n")
    assert machine_limits.memory(tmp_path, tmp_path).seen == "200 MiB"


def test_no_sub_uids(doctor: Doctor) -> None:
    if os.geteuid() == 0:
        assert doctor.checks()["sub-uids"]["seen"] == "not needed by root"
        return
    empty = doctor.folder / "empty"
    empty.touch()
    script = f"mount --bind {empty} /etc/subuid; mount --bind {empty} /etc/subgid"
    own = [*doctor.behind(script), "unshare", "-U", f"--map-user={os.getuid()}"]
    check = doctor.checks(within=own)["sub-uids"]
    assert check["status"] == "warn"
    assert "usermod --add-subuids" in check["remedy"]


def kernel_json(doctor: Doctor, name: str, text: str) -> None:
    folder = doctor.folder / f"kernels/{name}"
    folder.mkdir(parents=True)
    (folder / "kernel.json").write_text(text)
    doctor.environment["JUPYTER_PATH"] = str(doctor.folder)


SPEC = '{{"argv": ["{python}"], "display_name": "Network lab", "language": "python"}}'


def test_a_kernel_starts_a_python_that_is_gone(doctor: Doctor) -> None:
    kernel_json(doctor, "nslab", SPEC.format(python="/gone/python"))
    run = doctor.run("--json")
    assert run.returncode == 1
    assert run.checks["nslab"]["status"] == "fail"
    assert "/gone/python" in run.checks["nslab"]["seen"]
    assert "nslabkit kernel install" in run.checks["nslab"]["remedy"]


def test_a_kernel_starts_another_python(doctor: Doctor) -> None:
    kernel_json(doctor, "nslab", SPEC.format(python="/usr/bin/python3"))
    assert sys.executable != "/usr/bin/python3"
    assert doctor.checks()["nslab"]["status"] == "warn"


def test_a_kernel_of_an_earlier_version(doctor: Doctor) -> None:
    """Its command was the kernel's own, and only the provisioner made the machine."""
    assert doctor.checks()["kernel-commands"]["status"] == "ok"
    old = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": old, "display_name": "Network lab", "language": "python"}
    kernel_json(doctor, "nslab-zh", json.dumps(spec))
    check = doctor.checks()["kernel-commands"]
    assert check["status"] == "warn"
    assert f"{doctor.folder}/kernels/nslab-zh" in check["seen"]
    assert f"`rm -r {doctor.folder}/kernels/nslab-zh`" in check["remedy"]


@pytest.mark.parametrize(
    ("place", "command"),
    [("--user", "kernel install --user"), ("--prefix", "kernel install --prefix ")],
)
def test_the_remedy_for_an_old_kernel_is_for_its_place(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch, place: str, command: str
) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")
    data = doctor.folder / "share/jupyter"
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(data if place == "--user" else doctor.folder / "d"))
    monkeypatch.setenv("JUPYTER_PATH", str(data))
    kernel_json(doctor, "nslab", SPEC.format(python=sys.executable))
    data.mkdir(parents=True)
    (doctor.folder / "kernels").rename(data / "kernels")
    assert f"`nslabkit {command}" in python_side.kernel_commands().remedy


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"argv": []}'])
def test_a_kernel_json_is_broken(doctor: Doctor, text: str) -> None:
    kernel_json(doctor, "nslab", text)
    run = doctor.run("--json")
    assert run.checks["nslab"]["status"] == "fail"
    assert "cannot be read" in run.checks["nslab"]["seen"]


def test_a_python_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")
    monkeypatch.setattr(
        python_side.metadata, "requires", lambda _name: ["jupyterlab>=4", "nslab-gone"]
    )
    check = python_side.packages()
    assert check.status is Status.FAIL
    assert "nslab-gone" in check.seen
    assert check.remedy.startswith("You")


def test_a_full_table_of_open_files(doctor: Doctor) -> None:
    few = ["sh", "-c", 'ulimit -n 16; exec "$@"', "sh"]
    run = doctor.run("--json", within=few)
    assert "Traceback" not in run.stderr


def test_a_machine_whose_linux_of_its_own_does_not_boot(doctor: Doctor) -> None:
    doctor.environment["NSLAB_UML_KERNEL"] = "/bin/false"
    checks = doctor.checks(within=doctor.behind("echo 0 >/proc/sys/user/max_user_namespaces"))
    assert checks["sandbox"]["status"] == "fail"
    assert checks["uml"]["status"] == "fail"
    assert "ended before it was ready" in checks["uml"]["seen"]
    assert checks["veth"]["status"] == "not tried"


def test_a_way_that_does_not_exist(doctor: Doctor) -> None:
    doctor.environment["NSLAB_BACKEND"] = "docker"
    checks = doctor.checks()
    assert checks["sandbox"]["status"] == "fail"
    assert "unset NSLAB_BACKEND" in checks["sandbox"]["remedy"]
