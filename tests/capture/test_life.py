"""What becomes of a recording when namespaces go, limits are reached, or somebody interrupts?"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import pytest
from kernel_shell import link_names, sh, wait_for
from wires import flood, kinds, ping

import nslabkit as lab
from nslabkit.capture.tap import tapping

if TYPE_CHECKING:
    from pathlib import Path

Pair = tuple[lab.Namespace, lab.Namespace]
PATIENCE = 120.0


@pytest.mark.parametrize("state", ["armed", "recording"])
@pytest.mark.parametrize("ring", [True, False], ids=["ring", "no ring"])
def test_a_namespace_whose_name_goes_is_let_go(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, state: str, *, ring: bool
) -> None:
    one, _two = pair
    if not ring:

        def refused(*_given: object) -> None:
            raise OSError(12, "Cannot allocate memory")

        monkeypatch.setattr(tapping, "Ring", refused)
    capture = lab.capture().arm()
    if state == "recording":
        capture.start()
        ping(one)
    sh("ip netns del netns2")
    # Its end of the wire goes with the namespace, and so does the other end.
    wait_for(lambda: link_names("netns1") == ["lo"], PATIENCE)
    capture.start()
    lab.HOST.run("ping -q -c 1 127.0.0.1", quiet=True)
    recording = capture.stop()
    assert any(note.startswith("netns2 was removed") for note in recording.notes)
    seen = kinds(recording, "veth1-peer")
    if state == "recording":
        assert seen[-2:] == ["ICMP echo request", "ICMP echo reply"]
        assert any("netns1/veth1 was removed" in note for note in recording.notes)
    else:
        assert seen == []
    assert [one.dropped for one in recording.interfaces] == [0] * 5
    assert any(p.interface.where == "lo" for p in recording.packets)


def test_the_whole_lab_goes_while_it_is_recorded(pair: Pair) -> None:
    one, _two = pair
    with lab.capture("netns1", "netns2") as recording:
        ping(one)
        sh("ip netns del netns1; ip netns del netns2")
        wait_for(lambda: not lab.namespaces.names(), PATIENCE)
    assert len([note for note in recording.notes if "was removed during" in note]) == 2
    assert "ICMP echo reply" in kinds(recording, "veth1")


def test_a_namespace_without_a_name_goes_with_its_process() -> None:
    holder = subprocess.Popen(["unshare", "--net", "sleep", "600"])
    path = f"/proc/{holder.pid}/ns/net"
    wait_for(lambda: lab.namespaces.namespace(path).inode != lab.HOST.inode, PATIENCE)
    sh(f"ip link add here type veth peer name there netns {holder.pid}")
    with lab.capture(path) as recording:
        holder.kill()
        holder.wait()
        wait_for(lambda: link_names() == ["lo"], PATIENCE)
    assert any(path in note for note in recording.notes)


def test_links_that_go_and_come_are_named(pair: Pair) -> None:
    one, two = pair
    sh("ip -n netns1 link add first type bridge")
    with lab.capture(one, two) as recording:
        sh("ip -n netns1 link del first; ip -n netns1 link add second type bridge")
        ping(one)
    notes = "\n".join(recording.notes)
    assert "netns1/first was removed or moved away" in notes
    assert "netns1/second appeared during the recording" in notes


def test_an_interrupt_keeps_what_was_captured(pair: Pair) -> None:
    one, two = pair

    def be_interrupted() -> None:
        ping(one)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), lab.capture(one, two, filter="icmp") as recording:
        be_interrupted()
    assert len(recording) == 4
    assert recording.notes[0] == "The recording was interrupted; it holds everything before that."


def test_a_real_interrupt_reaches_a_waiting_cell(pair: Pair) -> None:
    one, two = pair

    def wait_for_ever() -> None:
        ping(one)
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        while True:
            time.sleep(0.01)

    with pytest.raises(KeyboardInterrupt), lab.capture(one, two, filter="icmp") as recording:
        wait_for_ever()
    assert len(recording) == 4


def test_an_error_in_the_block_keeps_it_too(pair: Pair) -> None:
    one, two = pair

    def fail_after_a_ping() -> None:
        ping(one)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), lab.capture(one, two, filter="icmp") as recording:
        fail_after_a_ping()
    assert len(recording) == 4


def test_it_stops_at_its_limit_and_says_so(pair: Pair) -> None:
    one, two = pair
    with lab.capture(one, two, limit=1) as recording:
        flood("netns1", "veth1", 6000, 1000)
    assert len(recording) < 12000
    assert sum(map(int, recording.frames["captured"])) < 1_000_000
    assert f"stopped after 1 MB, with {len(recording):,} packets" in "\n".join(recording.notes)
    assert len(recording) > 400
    assert {p.interface.name for p in recording.packets[-20:]} == {"veth1", "veth1-peer"}
    assert recording.packets[len(recording) - 1].kind == "other frame"


@pytest.mark.parametrize("frames", [20, 40_000])
def test_a_recording_goes_into_a_file(pair: Pair, tmp_path: Path, frames: int) -> None:
    one, two = pair
    path = tmp_path / "long.pcapng"
    path.write_text("what was there before is replaced")
    with lab.capture(one, two, to=path) as recording:
        flood("netns1", "veth1", frames)
        ping(one)
    assert len(recording) == 2 * frames + 8 - recording.dropped
    again = lab.open_capture(path)
    assert (again.frames == recording.frames).all()
    assert again.interfaces == recording.interfaces
    times = recording.frames["time"]
    assert (times[1:] >= times[:-1]).all()


def test_a_file_has_a_limit_too(pair: Pair, tmp_path: Path) -> None:
    one, two = pair
    path = tmp_path / "long.pcapng"
    with lab.capture(one, two, to=path, limit=1) as recording:
        flood("netns1", "veth1", 8000, 1000)
        ping(one)  # what was drained last is written when more comes
        wait_for(lambda: path.stat().st_size > 1_000_000, PATIENCE)
    assert "stopped after 1 MB" in "\n".join(recording.notes)
    assert "stopped after 1 MB" in "\n".join(lab.open_capture(path).notes)
    # What came with the last draining is kept: at flood rate some megabytes.
    assert 1_000_000 <= path.stat().st_size < 20_000_000


def test_a_full_disk_keeps_what_fits(pair: Pair, tmp_path: Path) -> None:
    one, two = pair
    disk = tmp_path / "small"
    disk.mkdir()
    sh(f"mount -t tmpfs -o size=256k none {disk}")
    try:
        with lab.capture(one, two, to=disk / "a.pcapng") as recording:
            flood("netns1", "veth1", 3000, 1000)
        said = "\n".join(recording.notes)
        assert "could not be written (No space left on device)" in said
        assert 50 < len(recording) < 300
        assert lab.open_capture(disk / "a.pcapng").frames.tolist() == recording.frames.tolist()
        with pytest.raises(lab.OutOfResourcesError) as caught:
            lab.open_capture(disk / "a.pcapng").save(disk / "b.pcapng")
        assert caught.value.errno_name == "ENOSPC"
        assert [one.name for one in disk.iterdir()] == ["a.pcapng"]
    finally:
        del recording
        sh(f"umount -l {disk}")


def test_what_still_runs_cannot_be_read(pair: Pair) -> None:
    capture = lab.capture(*pair)
    recording = capture.start()
    assert "running" in repr(recording)
    assert "running" in recording._repr_html_()
    for look in ("frames", "packets", "data", "notes", "interfaces", "kinds", "summary"):
        with pytest.raises(lab.NslabError, match="still running"):
            getattr(recording, look)
    capture.stop()
    assert len(recording.interfaces) == 4
    with pytest.raises(lab.NslabError, match="has ended"):
        capture.start()


def test_never_begun_or_stopped_twice_does_no_harm(pair: Pair) -> None:
    assert len(lab.capture(*pair).stop()) == 0
    capture = lab.capture(*pair).arm().arm()
    assert len(capture.stop()) == len(capture.stop()) == 0


def test_two_recordings_at_once(pair: Pair) -> None:
    one, two = pair
    with lab.capture(one, filter="icmp") as first, lab.capture(two, filter="icmp") as second:
        ping(one)
    assert [p.data for p in first.packets] == [p.data for p in second.packets]


def test_events_are_heard_beside_it(pair: Pair) -> None:
    with lab.capture(*pair) as recording:
        sh("ip netns del netns2")
        wait_for(lambda: link_names("netns1") == ["lo"], PATIENCE)
    found = [(one.namespace, one.kind, one.change) for one in recording.events]
    assert ("netns2", "namespace", "gone") in found
    assert ("netns1", "link", "gone") in found


def test_how_far_it_is_is_said_in_a_terminal_only(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = pair
    screen = io.StringIO()
    monkeypatch.setattr("sys.stderr", screen)
    with lab.capture(one, two):
        ping(one, "-c 8 -i 0.1")
    assert screen.getvalue() == ""
    with lab.capture(one, two, progress=True, filter="icmp"):
        ping(one)
    assert screen.getvalue() == ""  # it was over before anybody could ask
    with lab.capture(one, two, progress=True, filter="icmp"):
        ping(one)
        wait_for(lambda: "Recording: packets 4, dropped 0" in screen.getvalue(), PATIENCE)
    assert screen.getvalue().endswith(" s: packets 4, dropped 0\n")
    assert "Recorded in" in screen.getvalue()
