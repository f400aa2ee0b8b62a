"""Does a lesson wait for what a command says, no longer, and say why it gave up?"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

import nslabkit as lab
from nslabkit.base.errors import InvalidValueError, NotFoundError, NslabError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")


def test_what_is_there_is_said_at_once() -> None:
    found = lab.wait_for("ip -br link", "lo")
    assert found.lines[0].startswith("lo")
    assert "`ip -br link` prints:" in repr(found)
    assert "\n    lo" in repr(found)


def test_it_waits_for_what_comes_later(tmp_path: Path) -> None:
    file = tmp_path / "log"
    file.touch()
    script = f"for n in 1 2 3; do sleep 0.2; echo line $n >>{file}; done"
    with subprocess.Popen(["sh", "-c", script]):
        found = lab.wait_for(f"cat {file}", "line", lines=3, seconds=60)
    assert found.lines == ("line 1", "line 2", "line 3")
    assert found.seconds >= 0.2


def test_it_waits_until_a_namespace_has_gone_empty() -> None:
    lab.namespaces.add("netns1")
    with subprocess.Popen(["ip", "netns", "exec", "netns1", "sleep", "60"]) as sleeper:
        lab.wait_for("ip netns pids netns1", str(sleeper.pid), seconds=60)
        sleeper.terminate()
        found = lab.wait_for("ip netns pids netns1", gone=True, seconds=60)
    assert found.lines == ()
    assert "no longer prints it" in repr(found)


def test_it_gives_up_in_four_parts() -> None:
    with pytest.raises(NslabError) as raised:
        lab.wait_for("echo tomorrow; echo why >&2", "today", seconds=0.2)
    text = str(raised.value)
    assert "Tried: lab.wait_for('echo tomorrow; echo why >&2')" in text
    assert "Kernel: tomorrow\nwhy" in text
    assert "In 0.2 s it has not printed “today”.\n" in text
    assert "Fix: " in text


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ({"command": "echo a", "gone": True}, "still prints something"),
        ({"command": "echo a", "text": "a", "gone": True}, "still prints “a”"),
        ({"command": "true"}, "has not printed enough"),
        ({"command": "echo a", "lines": 2}, "has not printed enough"),
        ({"command": "echo a", "text": "a", "lines": 2}, "has not printed “a” often enough"),
    ],
)
def test_each_way_of_giving_up_has_its_sentence(call: dict[str, object], said: str) -> None:
    with pytest.raises(NslabError, match=said):
        lab.wait_for(seconds=0.1, **call)  # type: ignore[arg-type]


def test_a_command_that_is_not_there_never_counts_as_gone() -> None:
    with pytest.raises(NotFoundError, match="The shell finds no such command"):
        lab.wait_for("no-such-command", gone=True)


@pytest.mark.parametrize("call", [{"lines": 0}, {"seconds": 0}, {"seconds": 6000}])
def test_what_nobody_can_wait_for_is_refused(call: dict[str, int]) -> None:
    with pytest.raises(InvalidValueError, match="It cannot wait for"):
        lab.wait_for("true", **call)  # type: ignore[arg-type]


def test_bytes_that_a_terminal_would_obey_are_not_shown() -> None:
    found = lab.wait_for(r"printf 'a\033[31m\n'")
    assert "\033" not in repr(found)
    assert "·[31m" in found._repr_html_()
