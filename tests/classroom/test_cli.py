from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from nslabkit.base.accounts import own_account
from nslabkit.cli import main
from nslabkit.course import seat
from nslabkit.course.standing import begin, now

if TYPE_CHECKING:
    from pathlib import Path

COMMAND = [sys.executable, "-c", "from nslabkit.cli import main; main()", "class"]


def call(*arguments: str) -> tuple[int, str]:
    ended = CliRunner().invoke(main, ["class", *arguments])
    return ended.exit_code, ended.output


def test_in_a_pipe_one_table_is_printed(class_folder: Path) -> None:
    seat.write(str(class_folder), begin("01_one_wire", now()))
    status, said = call(str(class_folder))
    assert status == 0
    assert "\x1b" not in said
    assert re.search(rf"{own_account()} +01_one_wire +- +0 +0 +● working", said)


def test_an_empty_class(class_folder: Path) -> None:
    status, said = call(str(class_folder))
    assert status == 0
    assert said.startswith("0 participants")


def test_no_such_folder() -> None:
    status, said = call("/nowhere")
    assert status == 1
    assert "There is no such folder." in said
    assert "Traceback" not in said


def test_check_says_what_is_wrong_and_its_remedy(class_folder: Path) -> None:
    status, said = call(str(class_folder), "--check")
    assert (status, "is set up correctly" in said) == (0, True)
    class_folder.chmod(0o777)
    status, said = call(str(class_folder), "--check")
    assert status == 1
    assert f"chmod 3773 {class_folder}" in said
    assert "sticky is missing" in said


def test_the_help_tells_the_administrator_what_to_type() -> None:
    status, said = call("--help")
    assert status == 0
    for line in ("groupadd nslab-class", "chmod 3773 /srv/nslab-class", "Example:"):
        assert line in said


def read_until(terminal: int, wanted: str, said: str = "") -> str:
    deadline = time.monotonic() + 120
    while wanted not in said:
        assert time.monotonic() < deadline, said
        said += os.read(terminal, 65536).decode(errors="replace")
    return said


@pytest.mark.parametrize("no_colour", [True, False])
def test_in_a_terminal_it_is_live_until_ctrl_c(class_folder: Path, *, no_colour: bool) -> None:
    terminal, inner = pty.openpty()
    fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {**os.environ, "TERM": "xterm", **({"NO_COLOR": "1"} if no_colour else {})}
    process = subprocess.Popen(
        [*COMMAND, str(class_folder), "--every", "0.2"],
        stdin=inner,
        stdout=inner,
        stderr=inner,
        env=environment,
        start_new_session=True,
    )
    os.close(inner)
    try:
        first = read_until(terminal, "0 participants")
        seat.write(str(class_folder), begin("01_one_wire", now()))
        live = read_until(terminal, "● working", first)
        process.send_signal(signal.SIGINT)
        last = read_until(terminal, "\x1b[?1049l")
        assert process.wait(10) == 0
        assert "\x1b[?25h" in last
        assert bool(re.search(r"\x1b\[[\d;]*m", live)) is not no_colour
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def test_the_page_is_served_until_ctrl_c(class_folder: Path) -> None:
    seat.write(str(class_folder), begin("01_one_wire", now()))
    process = subprocess.Popen(
        [*COMMAND, str(class_folder), "--web"],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert process.stdout is not None
        address = next(line.strip() for line in process.stdout if "token=" in line)
        address = address.replace("/?", "/rows?")
        with urllib.request.urlopen(address, timeout=120) as answer:  # noqa: S310 - http, as printed
            assert own_account() in answer.read().decode()
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert "ssh -L" in rest
        assert process.wait(10) == 0
    finally:
        process.kill()
        process.communicate()
