"""Opening a file of a recording: pcapng, or the classic pcap.

Reads pcapng (the draft named in `nslabkit.capture.file.pcapng`) and the classic pcap
(https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html), in both byte orders.  A file may
come from anywhere: nothing that it says is believed before it was compared with its size.
"""

from __future__ import annotations

import mmap
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nslabkit.base.language import translate as _
from nslabkit.capture.file import pcapng_sections
from nslabkit.capture.file.file_errors import cannot_read, no_recording
from nslabkit.capture.file.read_frames import completed, no_direction
from nslabkit.frames.interface import RAW, Interface
from nslabkit.frames.rows import FRAME

if TYPE_CHECKING:
    from os import PathLike

    from nslabkit.capture.recording import Recording

_INTO_MEMORY = 256 << 20  # bytes; a larger file stays on the disk and is read where it is looked at
_PCAPNG = b"\x0a\x0d\x0d\x0a"
# First four bytes of a classic file -> byte order, nanoseconds in a unit of its fractions.
_CLASSIC = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
_FILE_HEAD, _FRAME_HEAD = 24, 16  # bytes
_LINK_TYPE = 20  # where a classic file says what its frames begin with


def read_file(path: str | PathLike[str]) -> Recording:
    """Read a recording from a file; ``lab.open_capture`` says which files, and the errors."""
    file = Path(path).expanduser()
    try:
        data = _content(file)
    except OSError as error:
        raise cannot_read(file, error) from None
    start = bytes(data[:4])
    if start == _PCAPNG:
        return _pcapng(file, data)
    if start in _CLASSIC:
        return _classic(file, data, *_CLASSIC[start])
    if not len(data):
        raise no_recording(file, _("The file is empty."))
    if start[:2] == b"\x1f\x8b":
        raise no_recording(file, _("The file is compressed: unpack it first, with gunzip."))
    raise no_recording(file, _("The file does not start the way a recording does."))


def _content(file: Path) -> Any:  # noqa: ANN401 - bytes, or a file as if it were
    with file.open("rb") as opened:
        opened.seek(0, 2)
        size = opened.tell()
        if size > _INTO_MEMORY:
            return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)
        opened.seek(0)
        return opened.read()


def _classic(file: Path, data: Any, order: str, unit: int) -> Recording:  # noqa: ANN401
    if len(data) < _FILE_HEAD:
        raise no_recording(file, _("The file ends inside its header."))
    link_type = struct.unpack_from(f"{order}I", data, _LINK_TYPE)[0] & 0xFFFF
    kept = struct.Struct(f"{order}I").unpack_from
    at, size, notes = _FILE_HEAD, len(data), []
    places = []
    while at + _FRAME_HEAD <= size:
        after = at + _FRAME_HEAD + kept(data, at + 8)[0]
        if after > size:
            break
        places.append(at)
        at = after
    if at != size:
        notes.append(cut_at(at))
    head = np.dtype([(name, f"{order}u4") for name in ("seconds", "part", "captured", "length")])
    store = np.frombuffer(data, np.uint8)
    heads = np.ndarray(max(0, size - _FRAME_HEAD + 1), head, data, 0, (1,))[
        np.array(places, np.int64)
    ]
    frames = np.zeros(len(heads), FRAME)
    frames["time"] = heads["seconds"].astype(np.uint64) * 1_000_000_000 + heads["part"].astype(
        np.uint64
    ) * np.uint64(unit)
    frames["captured"] = heads["captured"]
    frames["length"] = np.maximum(heads["length"], heads["captured"])
    frames["offset"] = np.array(places, np.uint64) + _FRAME_HEAD
    interface = Interface(0, "", file.stem, link_type=_normal(link_type))
    notes.append(no_direction())
    return completed([interface], frames, store, notes)


def _pcapng(file: Path, data: Any) -> Recording:  # noqa: ANN401 - as above
    sections = pcapng_sections.read(data)
    if sections is None:
        raise no_recording(
            file, _("The file ends inside its header, or the header makes no sense.")
        )
    interfaces = [
        Interface(
            number,
            described.namespace,
            described.name,
            described.index,
            described.address,
            described.mtu,
            described.received,
            described.dropped,
            _normal(described.link_type),
        )
        for number, described in enumerate(sections.interfaces)
    ]
    notes = list(dict.fromkeys(sections.comments))
    if sections.stopped_at is not None:
        notes.append(cut_at(sections.stopped_at))
    if sections.without_interface:
        notes.append(
            _("Frames left out because the file does not describe their link: {count}.").format(
                count=sections.without_interface
            )
        )
    if sections.without_time:
        notes.append(
            _("Frames without a time in the file: {count}.").format(count=sections.without_time)
        )
    if len(sections.frames) and not sections.any_direction:
        notes.append(no_direction())
    return completed(interfaces, sections.frames, np.frombuffer(data, np.uint8), notes)


def cut_at(place: int) -> str:
    """Say that a file could not be read to its end."""
    return _(
        "The file is broken or cut off at byte {place}; everything before that was read."
    ).format(place=f"{place:,}")


def _normal(link_type: int) -> int:
    """Return `RAW` for all the numbers by which the IP packet itself goes."""
    return RAW if link_type in {12, 14, 101, 228, 229} else link_type
