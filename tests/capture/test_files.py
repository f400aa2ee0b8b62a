"""Do others read what we write, and do we read what others write, or what nobody should write?"""

from __future__ import annotations

import random
import struct
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest
from kernel_shell import sh, wait_for
from wires import ping, recording_of, tshark

import nslabkit as lab
from nslabkit.capture import FRAME, NO_VLAN, Interface, Recording
from nslabkit.capture.file import opening

if TYPE_CHECKING:
    from pathlib import Path

Pair = tuple[lab.Namespace, lab.Namespace]
ECHO = bytes.fromhex(
    "02000000000202000000000108004500001c00010000400182b4ac100001ac1000020800f7fd00010001"
)


def test_tshark_reads_the_same(pair: Pair, tmp_path: Path) -> None:
    one, two = pair
    path = tmp_path / "ping.pcapng"
    with lab.capture(one, two) as recording:
        ping(one, "-c 3 -i 0.01")
    recording.save(path)
    fields = (
        *("frame.number", "frame.time_epoch", "frame.len", "frame.cap_len"),
        *("frame.interface_name", "frame.packet_flags_direction"),
    )
    expected = [
        [
            str(packet.number),
            f"{packet.time // 10**9}.{packet.time % 10**9:09}",
            str(packet.length),
            str(len(packet.data)),
            packet.interface.where,
            f"0x{2 if packet.outgoing else 1:08x}",
        ]
        for packet in recording.packets
    ]
    assert tshark(path, *fields) == expected
    assert len(expected) >= 16


def test_capinfos_agrees(pair: Pair, tmp_path: Path) -> None:
    one, two = pair
    path = tmp_path / "ping.pcapng"
    with lab.capture(one, two, to=path) as recording:
        ping(one, "-c 3 -i 0.01")
    said = subprocess.run(["capinfos", "-M", path], capture_output=True, text=True, check=True)
    facts = {
        key.strip(): value.strip()
        for key, _colon, value in (line.partition(":") for line in said.stdout.splitlines())
    }
    assert facts["Number of packets"] == str(len(recording))
    assert facts["File timestamp precision"] == "nanoseconds (9)"
    assert facts["Strict time order"] == "True"
    assert facts["Number of interfaces in file"] == "4"
    names = [line.split(" = ")[1] for line in said.stdout.splitlines() if " Name = " in line]
    assert names == [one.where for one in recording.interfaces]
    counts = [line.split(" = ")[1] for line in said.stdout.splitlines() if "of packets =" in line]
    assert counts == [str((recording.frames["interface"] == n).sum()) for n in range(4)]


def test_a_file_gives_back_what_was_saved(pair: Pair, tmp_path: Path) -> None:
    one, two = pair
    path = tmp_path / "ping.pcapng"
    with lab.capture(one, two, snaplen=61) as recording:  # a length that must be padded
        ping(one, "-c 3 -i 0.01")
    recording.save(path)
    again = lab.open_capture(path)
    assert again.interfaces == recording.interfaces
    assert [(p.time, p.data, p.outgoing, p.length) for p in again.packets] == [
        (p.time, p.data, p.outgoing, p.length) for p in recording.packets
    ]
    again.save(path)
    assert len(lab.open_capture(path)) == len(recording)
    assert [entry.name for entry in tmp_path.iterdir()] == ["ping.pcapng"]


def test_notes_and_odd_lengths_survive(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    plain = recording_of([bytes(range(n % 256)) for n in range(2000)] + [b""])
    Recording(
        [Interface(0, "网络/1", "veth<1>", 7, "02:00:00:00:00:01", 1400, 12, 3)],
        plain.frames,
        plain.data,
        notes=["First note.", "第二条。"],
    ).save(path)
    again = lab.open_capture(path)
    assert again.interfaces == (
        Interface(0, "网络/1", "veth<1>", 7, "02:00:00:00:00:01", 1400, 12, 3),
    )
    assert again.notes[:2] == ("First note.", "第二条。")
    assert [p.data for p in again.packets] == [p.data for p in plain.packets]
    assert len(tshark(path, "frame.number")) == 2001


@pytest.mark.parametrize("precision", ["micro", "nano"])
def test_files_of_tcpdump(pair: Pair, tmp_path: Path, precision: str) -> None:
    one, _two = pair
    path = tmp_path / "tcpdump.pcap"
    tcpdump = subprocess.Popen(
        f"ip netns exec netns1 tcpdump -i veth1 -U --immediate-mode icmp "
        f"--time-stamp-precision={precision} -w {path}".split(),
        stderr=subprocess.DEVNULL,
    )
    wait_for(lambda: path.exists() and path.stat().st_size >= 24)
    ping(one)
    wait_for(lambda: len(lab.open_capture(path)) == 2)
    tcpdump.terminate()
    tcpdump.wait()
    recording = lab.open_capture(path)
    ((first, _), (second, _)) = tshark(path, "frame.time_epoch", "frame.len")
    times = [f"{p.time // 10**9}.{p.time % 10**9:09}" for p in recording.packets]
    assert [one[: len(first)] for one in times] == [first, second]
    assert [p.kind for p in recording.packets] == ["ICMP echo request", "ICMP echo reply"]
    assert "does not say which frames were sent" in recording.notes[0]


def block(order: str, kind: int, body: bytes) -> bytes:
    size = struct.pack(f"{order}I", len(body) + 12)
    return struct.pack(f"{order}I", kind) + size + body + size


def options(order: str, *given: tuple[int, bytes]) -> bytes:
    return b"".join(
        struct.pack(f"{order}HH", code, len(value)) + value + bytes(-len(value) & 3)
        for code, value in [*given, (0, b"")]
    )


def section(order: str) -> bytes:
    return block(order, 0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1))


def described(order: str, *given: tuple[int, bytes], link_type: int = 1) -> bytes:
    return block(order, 1, struct.pack(f"{order}HHI", link_type, 0, 0) + options(order, *given))


def frame(order: str, stamp: int, data: bytes, *given: tuple[int, bytes], link: int = 0) -> bytes:
    head = struct.pack(f"{order}5I", link, stamp >> 32, stamp & 0xFFFFFFFF, len(data), len(data))
    return block(order, 6, head + data + bytes(-len(data) & 3) + options(order, *given))


@pytest.mark.parametrize("order", ["<", ">"], ids=["little endian", "big endian"])
def test_both_byte_orders_and_blocks_that_we_do_not_know(tmp_path: Path, order: str) -> None:
    path = tmp_path / "a.pcapng"
    comment = (1, b"a comment before the flags")
    flags = (2, struct.pack(f"{order}I", 2))
    path.write_bytes(
        section(order)
        + block(order, 0x0ABCDEF0, b"unknown!")
        + described(order, (9, b"\x09"), (2, b"eth0"))
        + described(order, (9, b"\x83"), (14, struct.pack(f"{order}q", 100)), (2, b"eth1"))
        + frame(order, 5_000_000_000, ECHO, flags)
        + frame(order, 5_000_000_001, ECHO, comment, flags)
        + frame(order, 8 * 7 + 4, ECHO, link=1)  # units of an eighth of a second
        + block(order, 2, struct.pack(f"{order}HH4I", 0, 0, 1, 2_000_000_000, 60, 60) + bytes(60))
        + block(order, 3, struct.pack(f"{order}I", 44) + ECHO + bytes(2))
        # A second section, in the other order, counts its interfaces from 0 again.
        + section("<>"[order == "<"])
        + described("<>"[order == "<"], (2, b"eth2"))
        + frame("<>"[order == "<"], 6_000_000, ECHO)
    )
    recording = lab.open_capture(path)
    assert [one.name for one in recording.interfaces] == ["eth0", "eth1", "eth2"]
    rows = [(p.time, p.interface.name, p.outgoing, p.length) for p in recording.packets]
    assert sorted(rows) == sorted(
        [
            (5_000_000_000, "eth0", True, 42),
            (5_000_000_001, "eth0", True, 42),
            (107_500_000_000, "eth1", False, 42),
            ((1 << 32) + 2_000_000_000, "eth0", False, 60),
            (0, "eth0", False, 44),
            (6_000_000_000, "eth2", False, 42),
        ]
    )
    said = "\n".join(recording.notes)
    assert "without a time in the file: 1." in said
    assert "go back by up to" in said
    read = tshark(path, "frame.interface_name", "frame.time_epoch")
    # tshark 4.0 names the interfaces of a second section after the first.
    assert [name for name, _time in read[:5]] == [p.interface.name for p in recording.packets[:5]]
    timed = [(n, p.time) for n, p in enumerate(recording.packets) if p.time]
    assert [f"{time // 10**9}.{time % 10**9:09}" for _n, time in timed] == [
        read[number][1] for number, _time in timed
    ]


def classic(order: str, magic: int, *frames: tuple[int, int, bytes], link_type: int = 1) -> bytes:
    head = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, link_type)
    return head + b"".join(
        struct.pack(f"{order}4I", seconds, part, len(data), len(data)) + data
        for seconds, part, data in frames
    )


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "unit"), [(0xA1B2C3D4, 1000), (0xA1B23C4D, 1)])
def test_classic_files(tmp_path: Path, order: str, magic: int, unit: int) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(classic(order, magic, (5, 7, ECHO), (5, 8, b""), (5, 9, ECHO[14:])))
    recording = lab.open_capture(path)
    assert [p.time - 5_000_000_000 for p in recording.packets] == [7 * unit, 8 * unit, 9 * unit]
    assert [p.kind for p in recording.packets][:2] == ["ICMP echo request", "empty frame"]
    path.write_bytes(classic(order, magic, (5, 7, ECHO[14:]), link_type=101))
    assert lab.open_capture(path).packets[0].kind == "ICMP echo request"
    path.write_bytes(classic(order, magic, (5, 7, ECHO), link_type=113))
    recording = lab.open_capture(path)
    assert recording.packets[0].kind == "other frame"
    assert "link type 113" in "\n".join(recording.notes)


WHOLE = section("<") + described("<") + b"".join(frame("<", n, ECHO) for n in range(3))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\0" * 100, "does not start the way a recording does"),
        (b"hello, world\n", "does not start the way a recording does"),
        (b"\x1f\x8b\x08\0", "gunzip"),
        (b"\xd4\xc3\xb2\xa1\2\0", "ends inside its head"),
        (WHOLE[:4], "ends inside its head"),
        (WHOLE[:20], "ends inside its head"),
        (b"\x0a\x0d\x0d\x0a" + bytes(40), "makes no sense"),
    ],
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.pcapng"
    path.write_bytes(content)
    with pytest.raises(lab.InvalidValueError, match=said) as caught:
        lab.open_capture(path)
    assert caught.value.tried == f"tcpdump -r {path}"
    assert str(caught.value).count("\n") == 3


@pytest.mark.parametrize("length", [0, 4, 13, 0x7FFFFFF0, 0xFFFFFFFC])
def test_absurd_lengths_of_blocks(tmp_path: Path, length: int) -> None:
    path = tmp_path / "a.pcapng"
    path.write_bytes(WHOLE + struct.pack("<II", 6, length) + bytes(100))
    recording = lab.open_capture(path)
    assert len(recording) == 3
    assert f"broken or cut off at byte {len(WHOLE)}" in recording.notes[0]


def test_absurd_numbers_inside_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    huge = block("<", 6, struct.pack("<5I", 0, 0, 9, 0xFFFFFFFF, 0xFFFFFFFF) + ECHO + bytes(2))
    nowhere = frame("<", 9, ECHO, link=77)
    path.write_bytes(WHOLE + huge + nowhere + described("<", (9, b"\xff"), (14, b"\xff" * 8)))
    recording = lab.open_capture(path)
    assert [len(p.data) for p in recording.packets] == [42, 42, 42, 44]
    assert recording.packets[3].problem is not None
    assert "does not describe their link: 1." in "\n".join(recording.notes)


def test_every_cut_of_a_file_is_read_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    for size in range(28, len(WHOLE)):
        path.write_bytes(WHOLE[:size])
        recording = lab.open_capture(path)
        assert len(recording) <= 2
        assert all(p.data == ECHO for p in recording.packets)
    old = classic("<", 0xA1B2C3D4, (5, 7, ECHO), (5, 8, ECHO))
    for size in range(24, len(old)):
        path.write_bytes(old[:size])
        assert len(lab.open_capture(path)) == (size - 24) // 58


def test_broken_bytes_give_an_error_or_a_marked_row(tmp_path: Path) -> None:
    chance = random.Random(5)  # noqa: S311 - no secret
    path = tmp_path / "a.pcapng"
    for _time in range(600):
        content = bytearray(chance.choice([WHOLE, classic("<", 0xA1B23C4D, (5, 7, ECHO))]))
        for _place in range(chance.randint(1, 6)):
            content[chance.randrange(4, len(content))] = chance.choice([0, 1, 127, 255])
        path.write_bytes(content)
        try:
            recording = lab.open_capture(path)
        except lab.InvalidValueError:
            continue
        assert repr(recording)
        assert recording._repr_html_()
        assert all(packet.meaning for packet in recording.packets)


def test_ten_thousand_malformed_frames(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311 - no secret
    path = tmp_path / "bad.pcap"
    frames = [(n, 0, ECHO[:14] + chance.randbytes(chance.randint(0, 60))) for n in range(10_000)]
    path.write_bytes(classic("<", 0xA1B2C3D4, *frames))
    recording = lab.open_capture(path)
    assert len(recording) == 10_000
    marked = [p for p in recording.packets if p.kind == "malformed frame"]
    assert len(marked) > 9_000
    assert all(packet.problem and packet.meaning for packet in marked)
    assert "malformed frame" in repr(recording.summary)


def test_a_large_file_stays_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "_INTO_MEMORY", 100)
    path = tmp_path / "a.pcapng"
    path.write_bytes(WHOLE)
    recording = lab.open_capture(path)
    assert [p.data for p in recording.packets] == [ECHO] * 3
    recording.save(path)
    assert [p.data for p in recording.packets] == [ECHO] * 3


def test_places_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    recording = recording_of([ECHO])
    missing = tmp_path / "nowhere" / "a.pcapng"
    for call, number in (
        (lambda: lab.open_capture(missing), "ENOENT"),
        (lambda: recording.save(missing), "ENOENT"),
        (lambda: lab.capture("lo", to=missing).arm(), "ENOENT"),
        (lambda: lab.open_capture(tmp_path), "EISDIR"),
        (lambda: recording.save(tmp_path), "EISDIR"),
        (lambda: lab.capture("lo", to=tmp_path).arm(), "EISDIR"),
    ):
        with pytest.raises(lab.NslabError) as caught:
            call()
        assert caught.value.errno_name == number
        assert "tcpdump -" in caught.value.tried
    with pytest.raises(lab.NslabError) as caught:
        recording.save("/proc/a.pcapng")
    assert caught.value.errno_name in {"ENOENT", "EACCES"}  # by the powers that one has
    assert list(tmp_path.iterdir()) == []


def test_saving_replaces_a_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    path.write_text("before")
    path.chmod(0o640)
    recording_of([ECHO]).save(path)
    assert path.stat().st_mode & 0o777 == 0o640
    assert len(lab.open_capture(path)) == 1
    recording_of([ECHO]).save("/dev/null")
    sh("test -c /dev/null")


def test_a_hundred_thousand_frames_come_back(tmp_path: Path) -> None:
    path = tmp_path / "many.pcapng"
    count = 100_000
    frames = np.zeros(count, FRAME)
    frames["time"] = np.arange(count) + 10**18
    frames["captured"] = frames["length"] = 60 + np.arange(count) % 7
    frames["offset"] = np.arange(count) % 1000
    frames["outgoing"] = np.arange(count) % 2
    frames["vlan"] = NO_VLAN
    store = np.random.default_rng(3).integers(0, 255, 2000, np.uint8)
    Recording([Interface(0, "", "lo")], frames, store).save(path)
    again = lab.open_capture(path)
    for name in ("time", "captured", "length", "outgoing"):
        assert (again.frames[name] == frames[name]).all()
    for place in (0, 1, 4097, 50_000, 99_999):
        begin = int(frames["offset"][place])
        size = int(frames["captured"][place])
        assert again.packets[place].data == store[begin : begin + size].tobytes()
