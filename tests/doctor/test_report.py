"""Is the report fit for strangers, and still of use?"""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nslabkit.doctor import privacy

USER, HOST = "zaphod", "betelgeuse"

if TYPE_CHECKING:
    from conftest import Doctor


@pytest.fixture
def planted(doctor: Doctor) -> tuple[Doctor, list[str]]:
    """A machine whose user, home and host name are planted, in namespaces of their own."""
    home = doctor.folder / "home" / USER
    (home / "kernels/nslab").mkdir(parents=True)
    python = home / "secret-client" / "venv" / "bin" / f"python-{HOST}"
    (home / "kernels/nslab/kernel.json").write_text(
        f'{{"argv": ["{python}"], "display_name": "{HOST.title()}"}}'
    )
    passwd = doctor.folder / "passwd"
    passwd.write_text(f"{USER}:x:0:0:{USER}:{home}:/bin/sh\n")
    script = f"mount --bind {passwd} /etc/passwd; hostname {HOST}.galaxy.example"
    doctor.environment |= {"HOME": str(home), "USER": USER, "JUPYTER_PATH": str(home)}
    doctor.environment |= {"NSLAB_TMP": f"/srv/{USER}/t"}
    doctor.folder = home
    return doctor, ["unshare", "-Urmu", *doctor.behind(script)[2:]]


def test_no_name_and_no_path_of_a_person_is_in_it(planted: tuple[Doctor, list[str]]) -> None:
    doctor, within = planted
    run = doctor.run("--report", "r.txt", within=within)
    assert "r.txt" in run.stdout
    text = (doctor.folder / "r.txt").read_text()
    for secret in (USER, HOST, "galaxy", "secret-client", str(doctor.folder.parent)):
        assert secret not in text.lower()
    # The test would pass on an empty file: what was planted must have been seen.
    assert "~/…/python-host, which is not there" in " ".join(text.split())
    assert platform.release() in text
    assert "nslabkit 0" in text
    assert "RLIMIT_NOFILE" in text


def test_the_default_name(doctor: Doctor) -> None:
    run = doctor.run("--json", "--report")
    assert run.checks  # the line about the file is not in the way of a script
    assert "nslabkit-report.txt" in run.stderr
    assert (doctor.folder / "nslabkit-report.txt").exists()


def test_an_older_report_is_replaced_and_nothing_else(doctor: Doctor) -> None:
    file = doctor.folder / "nslabkit-report.txt"
    assert doctor.run("--report").returncode == 0
    first = file.stat().st_mtime_ns
    assert doctor.run("--report").returncode == 0
    assert file.stat().st_mtime_ns > first
    file.write_text("my thesis")
    run = doctor.run("--report")
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert "not a report" in run.stderr
    assert file.read_text() == "my thesis"


def test_a_report_that_cannot_be_written_says_so(doctor: Doctor) -> None:
    run = doctor.run("--report", "missing/report.txt")
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert "ENOENT" in run.stderr


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 192.168.7.13 to 10.0.0.1/24", "from (address) to (address)/24"),
        ("inet6 fe80::1ff:fe23:4567:890a/64", "inet6 (address)/64"),
        ("link 52:54:00:12:34:56 up", "link (MAC) up"),
        ("::1 is lo", "(address) is lo"),
        (
            "at 04:27:33 on 5.15.153.1-microsoft-standard",
            "at 04:27:33 on 5.15.153.1-microsoft-standard",
        ),
        ("/usr/bin/python3 /srv/x/y/python", "/usr/bin/python3 /…/python"),
        ("user.max_*_namespaces, tmp/x", "user.max_*_namespaces, tmp/x"),
        ("https://docs.docker.com/engine/security/seccomp/",) * 2,
    ],
)
def test_addresses_and_paths(text: str, expected: str) -> None:
    assert privacy.without_names(text) == expected


def test_a_name_is_replaced_as_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USER", "ford")
    monkeypatch.setenv("HOME", "/home/ford")
    said = privacy.without_names("Ford, ford-venv, afford, /home/ford/a/b, /home/fordham/x")
    assert said == "user, user-venv, afford, ~/…/b, /…/x"


def test_the_same_report_for_root_and_in_a_pipe() -> None:
    # The name of the superuser is nobody's secret, and "root" is a word of the remedies.
    code = "from nslabkit.doctor import privacy; print(privacy.without_names('root may'))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path("/")
    )
    assert done.stdout == "root may\n"
