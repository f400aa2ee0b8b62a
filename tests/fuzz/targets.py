"""What bytes from strangers go through, each as one function: it must return, or raise our error.

Used by Hypothesis (`test_hostile_input.py`) and by atheris (`cover.py`).
"""

from __future__ import annotations

import errno
import importlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import nslabkit as lab
from nslabkit.course import lessons
from nslabkit.live import namespace_reading
from nslabkit.netlink import brief, name_mounts, qdisc_json
from nslabkit.netlink.decoding import decode
from nslabkit.netlink.notices import notices_in

if TYPE_CHECKING:
    from collections.abc import Callable

progress = importlib.import_module("nslabkit.course.progress")

# What a terminal would obey, but for the ends of lines; what a page would.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_MARKUP = re.compile("<(?:script|img|svg|iframe|object|a )", re.IGNORECASE)
_FOLDER = Path("/dev/shm")  # noqa: S108 - mkstemp makes a private file in it


def harmless(text: str, *, page: bool = False) -> None:
    assert not _CONTROL.search(text), text
    assert not (page and _MARKUP.search(text)), text


def capture(data: bytes) -> None:
    """A file of a recording."""
    with tempfile.NamedTemporaryFile(dir=_FOLDER, prefix="nslt-") as file:
        file.write(data)
        file.flush()
        try:
            recording = lab.open_capture(file.name)
            harmless(repr(recording))
            harmless(recording._repr_html_(), page=True)
            for packet in recording.packets[:20]:
                harmless(repr(packet))
        except lab.NslabError as error:
            harmless(str(error).replace(file.name, ""))


_KINDS = ("link", "address", "route", "neighbour", "nsid")


def netlink(data: bytes) -> None:
    """Answers and notices of the kernel."""
    for message in [data, *(notice.message for notice in notices_in(data, None))]:
        for kind in _KINDS:
            _understood(getattr(brief, kind), message)
            _understood(lambda raw, kind=kind: decode(kind, [raw]), message)
        _understood(qdisc_json.answer, message)


def _understood(read: Callable[[bytes], object], message: bytes) -> None:
    try:
        read(message)
    except OSError as error:
        assert error.errno == errno.EBADMSG  # noqa: PT017 - any other would be raised


def progress_file(data: bytes) -> None:
    """What stands where a learner's progress is kept."""
    with tempfile.TemporaryDirectory(dir=_FOLDER, prefix="nslt-") as name:
        corner = Path(name) / ".nslabkit"
        corner.mkdir()
        (corner / "progress.json").write_bytes(data)
        progress.progress(name)
        os.environ["NSLAB_LESSONS"] = name
        try:
            progress.record("lesson", "check", passed=True)
        finally:
            del os.environ["NSLAB_LESSONS"]
        assert json.loads((corner / "progress.json").read_bytes())["attempts"]


def names(data: bytes) -> None:
    """Names of notebooks and of namespaces."""
    name = os.fsdecode(data.replace(b"\0", b""))
    os.environ["JPY_SESSION_NAME"] = name
    try:
        harmless(progress.current_lesson())
    finally:
        del os.environ["JPY_SESSION_NAME"]
    try:
        lessons.find(name, "en")
    except lab.InvalidValueError as error:
        harmless(str(error))
    namespace_reading.in_order(name[:255])
    namespace_reading.printable(name).encode()


def mounts(data: bytes) -> None:
    """``/proc/self/mountinfo``, in which whoever may mount chooses names."""
    for name, inode in name_mounts.names_in(data).items():
        assert "/" not in name
        assert inode >= 0


TARGETS: dict[str, Callable[[bytes], None]] = {
    "capture": capture,
    "netlink": netlink,
    "progress": progress_file,
    "names": names,
    "mounts": mounts,
}
