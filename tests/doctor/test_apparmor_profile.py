"""Does the script name the file that makes this installation's sandboxes, and no other's?

The environments are real ones, or links and files laid as other programs lay theirs.  Whether the
profile works is asked of a machine with AppArmor (`tests/machine/sandbox/test_apparmor.py`).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nslabkit.base.errors import NotSupportedError
from nslabkit.doctor.apparmor_profile import Interpreter, installed, script

if TYPE_CHECKING:
    from conftest import Doctor


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """A virtual environment that links to the Python under this one, as ``make setup`` makes it."""
    base = Path(sys.executable).resolve()
    subprocess.run([base, "-m", "venv", "--without-pip", tmp_path / "my lab"], check=True)
    return (tmp_path / "my lab").resolve()


def link(path: Path, target: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    return path


def file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o755)
    return path


@pytest.mark.parametrize("name", ["python", "python3"])
def test_a_virtual_environment_needs_a_copy_first(venv: Path, name: str) -> None:
    found = installed(str(venv / "bin" / name), str(venv))
    assert found.path.is_symlink()
    assert found.copied_from == Path(sys.executable).resolve()


def test_after_the_copy_all_its_names_are_one_program(venv: Path) -> None:
    """What AppArmor will see as the program's path is asked of the running program itself."""
    found = installed(str(venv / "bin/python3"), str(venv))
    [copy] = [line for line in script(found).splitlines() if line.startswith("cp ")]
    subprocess.run(["sh", "-euc", copy.partition(" && ")[0]], check=True)
    after = {
        subprocess.check_output(
            [venv / "bin" / name, "-c", "import os; print(os.readlink('/proc/self/exe'))"],
            text=True,
        ).strip()
        for name in ("python", "python3")
    }
    assert after == {str(found.path)}
    again = installed(str(venv / "bin/python3"), str(venv))
    assert again == Interpreter(found.path, None, venv)
    assert "\ncp " not in script(again)


def test_a_link_on_the_way_to_the_environment_is_followed(venv: Path, tmp_path: Path) -> None:
    elsewhere = link(tmp_path / "home", str(venv))
    found = installed(str(elsewhere / "bin/python3"), str(elsewhere))
    assert found == installed(str(venv / "bin/python3"), str(venv))


def test_tljhs_environment_has_a_python_of_its_own(tmp_path: Path) -> None:
    """The Littlest JupyterHub keeps its users' packages in conda's environment /opt/tljh/user."""
    prefix = tmp_path.resolve() / "opt/tljh/user"
    real = file(prefix / "bin/python3.12")
    name = link(prefix / "bin/python", "python3.12")
    found = installed(str(name), str(prefix))
    assert found == Interpreter(real, None, prefix)
    text = script(found)
    assert f'"{real}" flags=(unconfined)' in text
    assert "cp " not in text


def test_uv_tool_install_lasts(tmp_path: Path) -> None:
    home = tmp_path.resolve()
    base = file(home / ".local/share/uv/python/cpython-3.13/bin/python3.13")
    prefix = home / ".local/share/uv/tools/nslabkit"
    link(prefix / "bin/python", str(base))
    found = installed(str(link(prefix / "bin/python3", "python")), str(prefix))
    assert found == Interpreter(prefix / "bin/python", base, prefix)
    assert script(found)


@pytest.mark.parametrize(
    "place",
    [
        ".cache/uv/archive-v0/kA9_x",
        ".local/pipx/.cache/5f2c",
        "own/uv/kA9_x",
        "any/archive-v0/kA9_x",
    ],
)
def test_no_path_lasts_in_a_cache(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "own"))
    prefix = tmp_path.resolve() / place
    found = installed(str(link(prefix / "bin/python", "/usr/bin/python3")), str(prefix))
    with pytest.raises(NotSupportedError) as caught:
        script(found)
    assert "in a cache" in caught.value.reason
    assert "uv tool install nslabkit" in caught.value.fix
    assert "kernel.apparmor_restrict_unprivileged_userns=0" in caught.value.fix


@pytest.mark.parametrize("prefix", ["/usr", "/usr/local"])
def test_the_systems_python_gets_no_profile(prefix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")
    found = Interpreter(Path(f"{prefix}/bin/python3.12"), None, Path(prefix))
    with pytest.raises(NotSupportedError) as caught:
        script(found)
    assert "every Python program of every user" in caught.value.reason
    assert "python3 -m venv" in caught.value.fix


def test_what_a_profile_would_read_as_a_pattern_is_escaped() -> None:
    odd = Path('/srv/a [1]/{x}*"y/bin/python3')
    text = script(Interpreter(odd, None, odd.parents[1]))
    assert r'"/srv/a \[1\]/\{x\}\*\"y/bin/python3" flags=(unconfined) {' in text
    [name] = {line.split()[1] for line in text.splitlines() if line.startswith("profile ")}
    assert name == "nslabkit.srv.a.1.x.y"
    assert f"/etc/apparmor.d/{name} " in text


def test_a_line_break_in_the_path_is_refused() -> None:
    with pytest.raises(NotSupportedError):
        script(Interpreter(Path("/srv/a\nb/bin/python3"), None, Path("/srv/a\nb")))


def test_two_installations_have_two_profiles(tmp_path: Path) -> None:
    names = {
        line.split()[1]
        for who in ("ann", "bo")
        for line in script(
            Interpreter(tmp_path / who / "bin/python3", None, tmp_path / who)
        ).splitlines()
        if line.startswith("profile ")
    }
    assert len(names) == 2


def test_the_command_prints_a_script_for_this_installation(doctor: Doctor) -> None:
    done = doctor.run("--apparmor")
    assert (done.returncode, done.stderr) == (0, "")
    assert str(installed().path) in done.stdout
    checked = subprocess.run(["sh", "-n"], input=done.stdout, text=True, check=False)
    assert checked.returncode == 0
    comments = [line for line in done.stdout.splitlines() if line.startswith("#")]
    assert "kernel.apparmor_restrict_unprivileged_userns is" in comments[0]


def test_the_script_speaks_chinese(doctor: Doctor) -> None:
    doctor.environment["NSLAB_LANG"] = "zh"
    said = doctor.run("--apparmor").stdout
    assert "用户命名空间" in said.replace("\n# ", "")  # a long path may break the line in it
