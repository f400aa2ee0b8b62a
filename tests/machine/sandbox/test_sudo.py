"""Does ``sudo``, typed by habit, just run its arguments?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nslabkit.machine.sandbox.sudo import parse

if TYPE_CHECKING:
    from conftest import Start


@pytest.mark.parametrize(
    ("line", "user", "shell", "variables", "command"),
    [
        ("ip link", "root", False, {}, "ip link"),
        ("-E ip link", "root", False, {}, "ip link"),
        ("-u root ip link", "root", False, {}, "ip link"),
        ("-uwww-data id", "www-data", False, {}, "id"),
        ("--user=www-data id", "www-data", False, {}, "id"),
        ("--user www-data id", "www-data", False, {}, "id"),
        (
            "-EH -p prompt -- A=1 B=2=3 ip -n netns1 link",
            "root",
            False,
            {"A": "1", "B": "2=3"},
            "ip -n netns1 link",
        ),
        ("-i", "root", True, {}, ""),
        ("-iu www-data", "www-data", True, {}, ""),
        ("-s ls -l", "root", True, {}, "ls -l"),
        ("--login", "root", True, {}, ""),
        ("su -", "root", True, {}, ""),
        ("su", "root", True, {}, ""),
        ("su learner", "root", False, {}, "su learner"),
    ],
)
def test_parsing(
    line: str, user: str, *, shell: bool, variables: dict[str, str], command: str
) -> None:
    request = parse(line.split())
    assert (request.user, request.shell) == (user, shell)
    assert (request.variables, request.command) == (variables, command.split())
    assert not request.unknown


def test_an_unknown_option_is_named() -> None:
    assert parse(["-Z", "ip"]).unknown == "-Z"
    assert parse(["--edit", "file"]).unknown == "--edit"


def test_it_runs_its_arguments_and_says_once_that_it_was_not_needed(
    start: Start, uid_map: str
) -> None:
    kernel = start(uid_map)
    first = kernel.run("!sudo ip netns add netns1")
    assert first.strip().splitlines() == [
        "sudo: not needed in here: in this sandbox every command may do what root may."
    ]
    assert kernel.run("!sudo -E ip netns").strip() == "netns1"
    assert kernel.run("!sudo -u root -- A=b sh -c 'echo $A'").strip() == "b"
    assert kernel.run("!sudo sh -c 'exit 3'; echo $?").strip() == "3"
    assert kernel.run("!echo hostname | sudo -i").strip() == "lab"
    assert kernel.run("!echo hostname | sudo su -").strip() == "lab"
    assert kernel.run("!sudo -v; echo $?").strip() == "0"
    assert kernel.run("!sudo -s echo 'a b'").strip() == "a b"
    assert kernel.run("!sudo no-such-program; echo $?").strip().endswith("127")
    assert "write a command after it" in kernel.run("!sudo")
    assert "option -Z is unknown" in kernel.run("!sudo -Z ip link")
    other = kernel.run("!sudo -u www-data id -un").strip()
    assert other == "www-data" if uid_map != "self" else "cannot become the user www-data" in other


def test_it_says_so_in_chinese(start: Start) -> None:
    assert "不需要" in start(name="nslab-zh").run("!sudo true")


def test_it_exists_in_sandboxes_only() -> None:
    import os
    from pathlib import Path

    assert not Path("/run/nslab").exists()
    assert "/run/nslab/bin" not in os.environ["PATH"]
