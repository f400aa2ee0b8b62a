"""`make setup` makes the environment whole, says what it did, and repairs what was cut short."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# A python3 whose venv and pip take no time: what is tested is when they are called.
PYTHON = """#!/bin/sh
echo "python $*" >>"{root}/calls"
case "$*" in
*"import sys"*|*"import ensurepip"*) exec {python} "$@" ;;
-V) echo "Python 3.99" ;;
"-m venv --clear .venv")
    rm -rf .venv; mkdir -p .venv/bin
    cp "$0" .venv/bin/python
    printf '#!/bin/sh\\necho doctor\\n' >.venv/bin/nslabkit; chmod +x .venv/bin/nslabkit ;;
*"pip "*install*) [ ! -e "{root}/cut" ] || exit 130 ;;
esac
"""


class Project:
    """A folder with what `tools/setup.sh` reads, and a python that only pretends."""

    def __init__(self, root: Path) -> None:
        self.root = root / "a project"  # a space in the path, as people have
        self.root.mkdir()
        (self.root / "tools").mkdir()
        (self.root / "kernels").mkdir()
        for name in ("tools/setup.sh", "tools/python.sh", "tools/groups.py", "pyproject.toml"):
            shutil.copy(ROOT / name, self.root / name)
        (self.root / "constraints.txt").write_text("")
        self.python = root / "python3"
        self.python.write_text(PYTHON.format(root=root, python=sys.executable))
        self.python.chmod(0o755)
        self._calls = root / "calls"
        self.cut = root / "cut"

    def setup(
        self, level: str = "use", *, language: str = "en"
    ) -> subprocess.CompletedProcess[str]:
        self._calls.unlink(missing_ok=True)
        return subprocess.run(
            ["sh", "tools/setup.sh", level],
            cwd=self.root,
            env=os.environ | {"PYTHON": str(self.python), "NSLAB_LANG": language},
            capture_output=True,
            text=True,
            check=False,
        )

    def did(self, what: str) -> bool:
        return what in self._calls.read_text()


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_it_is_made_once_and_then_left_alone(project: Project) -> None:
    first = project.setup()
    assert first.returncode == 0, first.stderr
    assert project.did("venv --clear")
    assert project.did("--editable .")
    assert "done" in first.stdout
    second = project.setup()
    assert (second.returncode, second.stdout) == (0, "")
    assert not project.did("venv --clear")
    assert not project.did("install")


def test_it_speaks_chinese_to_whoever_asks_for_chinese_lessons(project: Project) -> None:
    said = project.setup(language="zh_CN").stdout
    assert "准备：完成" in said
    assert "set-up" not in said
    makefile = ["make", "--eval", "said: ; @echo $$NSLAB_LANG", "--no-print-directory", "said"]
    ours = {**os.environ, "NSLAB_LANG": ""}
    for words, language in (["LANG_UI=zh"], "zh_CN"), (["LANG_UI=en"], "en"), ([], ""):
        told = subprocess.check_output([*makefile, *words], cwd=ROOT, env=ours, text=True)
        assert told.strip() == language


@pytest.mark.parametrize(("language", "chinese"), [("zh_CN", True), ("en", False)])
def test_make_says_what_it_can_do(language: str, *, chinese: bool) -> None:
    make = ["make", "--no-print-directory"]
    ours = {**os.environ, "NSLAB_LANG": language}
    told = subprocess.check_output(make, cwd=ROOT, env=ours, text=True).splitlines()
    assert len(told) > 20
    assert all(line.split(maxsplit=1)[1:] for line in told)
    assert {bool(re.search(r"[\u4e00-\u9fff]", line)) for line in told} == {chinese}


@pytest.mark.parametrize(
    ("words", "option"), [([], ""), (["LANG_UI=en"], " --lang en"), (["LANG_UI=zh"], " --lang zh")]
)
def test_the_lessons_follow_the_locale_unless_a_language_is_named(
    words: list[str], option: str
) -> None:
    make = ["make", "--dry-run", "--no-print-directory", *words, "lab"]
    told = subprocess.check_output(make, cwd=ROOT, text=True)
    assert told.strip().endswith(f"bin/nslabkit lab nslabkit-lessons{option}")


def test_what_was_cut_short_is_made_anew(project: Project) -> None:
    project.cut.touch()
    assert project.setup().returncode != 0
    project.cut.unlink()
    again = project.setup()
    assert again.returncode == 0
    assert project.did("venv --clear")
    assert project.setup().stdout == ""


def test_a_cut_while_bringing_it_up_to_date_is_repaired_too(project: Project) -> None:
    project.setup()
    (project.root / "constraints.txt").write_text("# newer\n")
    project.cut.touch()
    assert project.setup().returncode != 0
    project.cut.unlink()
    assert project.setup().returncode == 0
    assert project.did("venv --clear")


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt", "kernels/nslab"])
def test_newer_files_bring_it_up_to_date(project: Project, name: str) -> None:
    project.setup()
    with (project.root / name).open("a") as file:
        file.write("# newer\n")
    done = project.setup()
    assert "up to date" in done.stdout
    assert project.did("--editable .")
    assert not project.did("venv --clear")


def test_a_moved_folder_is_set_up_anew(project: Project) -> None:
    project.setup()
    project.root = project.root.rename(project.root.with_name("moved"))
    assert project.setup().returncode == 0
    assert project.did("venv --clear")


def test_tests_need_more_than_use(project: Project) -> None:
    project.setup()
    project.setup("dev")
    assert project.did("--requirement")
    assert not project.did("venv --clear")
    # What is there for the tests is enough for use.
    assert project.setup("use").stdout == ""


def test_a_python_too_old_is_said(project: Project) -> None:
    project.python.write_text("#!/bin/sh\nexit 1\n")
    done = project.setup()
    assert done.returncode == 1
    assert "Python 3.11 or newer" in done.stdout
    assert not (project.root / ".venv").exists()
