"""What if a command is called in a removed folder, with closed streams, or where letters lack?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

NSLABKIT = str(Path(sys.executable).with_name("nslabkit"))
STREAMS = """
import os, sys
from nslabkit.cli import main
main(["kernel", "list"], standalone_mode=False)
print(
    sys.stdin.read(),
    *(os.readlink(f"/proc/self/fd/{number}") for number in (0, 1)),
    file=sys.stderr,
)
"""


def _run(script: str, *words: object, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "-c", script, "sh", *map(str, words)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "NSLAB_LANG": "en", **variables},
        stdin=subprocess.DEVNULL,
    )


def test_a_folder_that_was_removed_is_told(tmp_path: Path) -> None:
    done = _run('mkdir "$1" && cd "$1" && rmdir "$1" && exec "$2" ps', tmp_path / "gone", NSLABKIT)
    assert done.returncode == 1
    assert "was removed" in done.stderr
    assert "Fix: Go to another one: cd" in done.stderr


def test_no_file_takes_the_place_of_a_closed_stream() -> None:
    done = _run('exec "$1" -c "$2" <&- >&-', sys.executable, STREAMS)
    assert done.stderr.split() == ["/dev/null", "/dev/null"]


def test_a_terminal_of_few_characters_gets_question_marks() -> None:
    words = {"NSLAB_LANG": "zh_CN", "PYTHONIOENCODING": "latin-1"}
    done = _run('exec "$1" kernel list', NSLABKIT, **words)
    assert done.returncode == 0, done.stderr
    assert "?" in done.stdout
