"""Does a command that comes through the door behave as in a terminal of its own?

The process that serves a visitor is the guest's, but needs nothing of a guest: here it runs on
this machine, and the tests are the visitor.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import select
import signal
import socket
import time
from typing import TYPE_CHECKING

import pytest

from nslabkit.machine.uml import door
from nslabkit.machine.uml.session import WINDOW, Say, Session, number_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PATIENCE = 120.0  # seconds


class Visitor:
    """The end outside, which notes all that it is told."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.session = Session(connection, lambda what, data: self.heard.append((what, data)))
        self.heard: list[tuple[Say, bytes]] = []

    def start(self, *words: str, size: tuple[int, int] | None = None, **variables: str) -> None:
        wanted = {"words": words, "environment": variables, "size": size}
        self.session.send(Say.START, json.dumps(wanted).encode())

    def said(self, what: Say) -> bytes:
        return b"".join(data for kind, data in self.heard if kind is what)

    def until(self, it_is_so: Callable[[], object]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not it_is_so():
            assert time.monotonic() < deadline, self.heard
            assert self.session.alive, self.heard
            self.session.step(0.1)

    def status(self) -> int:
        self.until(lambda: self.said(Say.ENDED))
        return number_in(self.said(Say.ENDED))


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[Visitor]:
    job = {
        "folder": str(tmp_path),
        "environment": {**os.environ, "JPY_PARENT_PID": "7", "FRUIT": "pear"},
    }
    made = Visitor(door.let_in(job, "uml"))
    yield made
    made.connection.close()
    os.waitpid(-1, 0)  # the process that served it


def test_streams_are_apart_and_the_status_comes_last(visitor: Visitor) -> None:
    visitor.start("sh", "-c", "echo out; echo err >&2; exit 7")
    assert visitor.status() == 7
    assert visitor.said(Say.OUTPUT) == b"out\n"
    assert visitor.said(Say.ERRORS) == b"err\n"
    assert visitor.heard[0][0] is Say.STARTED
    assert visitor.heard[-1][0] is Say.ENDED


def test_its_folder_and_environment_are_the_notebooks(visitor: Visitor, tmp_path: Path) -> None:
    script = 'pwd; echo "$FRUIT-$NSLAB_SANDBOX-$TERM-${JPY_PARENT_PID-unset}"'
    visitor.start("sh", "-c", script, TERM="vt100")
    assert visitor.status() == 0
    assert visitor.said(Say.OUTPUT).decode().split() == [str(tmp_path), "pear-uml-vt100-unset"]


def test_input_reaches_it_to_its_end(visitor: Visitor) -> None:
    visitor.start("sh", "-c", "cat; echo end")
    visitor.session.send(Say.INPUT, b"typed\n")
    visitor.session.send(Say.END_OF_INPUT)
    assert visitor.status() == 0
    assert visitor.said(Say.OUTPUT) == b"typed\nend\n"


def test_a_program_that_is_not_there(visitor: Visitor) -> None:
    visitor.start("no-such-program")
    visitor.until(lambda: visitor.said(Say.FAILED))
    assert number_in(visitor.said(Say.FAILED)) == errno.ENOENT
    assert not visitor.said(Say.STARTED)


def test_a_terminal_of_its_own(visitor: Visitor) -> None:
    visitor.start("sh", "-c", "stty size; tty; read x; stty size", size=(33, 77))
    visitor.until(lambda: b"/dev/pts/" in visitor.said(Say.OUTPUT))
    visitor.session.send_size(44, 88)
    visitor.session.send(Say.INPUT, b"\r")
    assert visitor.status() == 0
    lines = visitor.said(Say.OUTPUT).decode().split("\r\n")
    assert (lines[0], lines[-2]) == ("33 77", "44 88")


def test_ctrl_c_ends_what_runs_and_not_the_shell(visitor: Visitor) -> None:
    visitor.start("bash", "--norc", "--noediting", "-i", size=(24, 80), PS1="ready> ")
    visitor.session.send(Say.INPUT, b"cat\r")
    visitor.session.send(Say.INPUT, b"hello\r")
    visitor.until(lambda: visitor.said(Say.OUTPUT).count(b"hello") == 2)  # typed, and repeated
    visitor.session.send(Say.INPUT, b"\x03")
    # Ctrl-C throws away what was typed before: the next line waits for the prompt.
    visitor.until(lambda: b"ready> " in visitor.said(Say.OUTPUT).partition(b"^C")[2])
    visitor.session.send(Say.INPUT, b"echo $((40 + 2)); exit 5\r")
    assert visitor.status() == 5
    assert b"\r\n42\r\n" in visitor.said(Say.OUTPUT)


def test_a_signal_reaches_it(visitor: Visitor) -> None:
    visitor.start(
        "sh", "-c", "trap 'echo caught; exit 9' TERM; echo up; while :; do sleep 0.05; done"
    )
    visitor.until(lambda: visitor.said(Say.OUTPUT) == b"up\n")
    visitor.session.send_number(Say.SIGNAL, signal.SIGTERM)
    assert visitor.status() == 9
    assert visitor.said(Say.OUTPUT) == b"up\ncaught\n"


def test_who_was_killed_has_a_shells_status(visitor: Visitor) -> None:
    visitor.start("sh", "-c", "kill -9 $$")
    assert visitor.status() == 128 + signal.SIGKILL


@pytest.mark.parametrize("size", [None, (24, 80)], ids=["streams", "terminal"])
def test_it_is_hung_up_on_when_the_visitor_goes(
    visitor: Visitor, size: tuple[int, int] | None
) -> None:
    visitor.start("sh", "-c", "echo $$; exec sleep 1000", size=size)
    visitor.until(lambda: b"\n" in visitor.said(Say.OUTPUT))
    pid = int(visitor.said(Say.OUTPUT))
    command = os.pidfd_open(pid)
    visitor.connection.shutdown(socket.SHUT_RDWR)
    ended, _w, _x = select.select([command], [], [], PATIENCE)
    os.close(command)
    assert ended


def test_what_it_left_running_keeps_nobody_waiting(visitor: Visitor) -> None:
    visitor.start("sh", "-c", "yes & echo $!; exec sh -c 'exit 3'")
    _take_all(visitor)
    assert visitor.status() == 3
    assert sum(line.isdigit() for line in visitor.said(Say.OUTPUT).split(b"\n")) == 1


def _take_all(visitor: Visitor) -> None:
    """Confirm what comes, as a visitor does that writes it somewhere."""
    confirmed = 0
    while not visitor.said(Say.ENDED):
        visitor.session.step(0.1)
        length = len(visitor.said(Say.OUTPUT))
        if length > confirmed:
            visitor.session.send_number(Say.TAKEN, length - confirmed)
            confirmed = length


def test_who_takes_nothing_gets_no_more_than_the_window(visitor: Visitor) -> None:
    visitor.start("sh", "-c", "head -c 1000000 /dev/zero; echo done >&2")
    visitor.until(lambda: len(visitor.said(Say.OUTPUT)) == WINDOW)
    while visitor.session.step(0.3):
        assert len(visitor.said(Say.OUTPUT)) == WINDOW
    _take_all(visitor)
    assert visitor.said(Say.OUTPUT) == bytes(1_000_000)


def test_a_command_that_reads_nothing_stops_who_sends(visitor: Visitor, tmp_path: Path) -> None:
    (tmp_path / "much").write_bytes(much := hashlib.shake_128(b"much").digest(3_000_000))
    with (tmp_path / "much").open("rb") as file:
        visitor.session.read_from(
            file.fileno(), Say.INPUT, lambda: visitor.session.send(Say.END_OF_INPUT)
        )
        visitor.start("sh", "-c", "until [ -e go ]; do sleep 0.05; done; sha256sum")
        visitor.until(lambda: visitor.session.full)
        while visitor.session.step(0.3):
            pass
        assert visitor.session.read < 3 * WINDOW  # its pipe holds one of them
        (tmp_path / "go").touch()
        assert visitor.status() == 0
    assert hashlib.sha256(much).hexdigest() in visitor.said(Say.OUTPUT).decode()
