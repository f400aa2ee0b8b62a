"""Is the table readable: in 80 columns, in few, in Chinese, in a notebook?"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from nslabkit.doctor import rendering
from nslabkit.doctor.check import Check, Status
from nslabkit.doctor.examination import Examination
from nslabkit.doctor.platforms import Note

WIDE = Check(
    "a", "网络命名空间", Status.WARN, "内核拒绝了这个操作，因为权限不足。" * 6, "管理员：重启。"
)
NARROW = Check("b", "veth", Status.OK, "nslab-a <-> nslab-b " * 9)
FAILED = Check("c", "sandbox", Status.FAIL, "<b>&", "You: run `nslabkit ps`")
NOTE = Note("Debian", "A note. " * 20, "https://example.org/x")

if TYPE_CHECKING:
    from conftest import Doctor


def examination(*checks: Check) -> Examination:
    return Examination(checks, (NOTE,), 0.1)


def text(*checks: Check, width: int, colours: bool = False) -> str:
    return rendering.text(checks, (NOTE,), width=width, colours=colours)


def columns(line: str) -> int:
    """Terminal columns, counted by block and not by the table that the code asks."""
    return sum(2 if "\u2e80" <= c <= "\u9fff" or "\uff00" <= c <= "\uff60" else 1 for c in line)


@pytest.mark.parametrize("width", [60, 80, 132])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    shown = text(WIDE, NARROW, FAILED, width=width)
    assert max(map(columns, shown.splitlines())) <= width


def test_columns_stand_below_each_other() -> None:
    shown = text(WIDE, NARROW, width=80).splitlines()
    first = next(line for line in shown if line.startswith("网"))
    other = next(line for line in shown if line.startswith("veth"))
    assert columns(first[: first.index("warn")]) == columns(other[: other.index("ok")])
    assert columns(first[: first.index("内")]) == columns(other[: other.index("nslab-a")])


def test_no_line_begins_with_closing_punctuation() -> None:
    for width in range(40, 90):
        for line in text(WIDE, width=width).splitlines():
            assert line.strip()[:1] not in tuple("，。")


def test_a_command_to_copy_stays_on_one_line() -> None:
    command = "sudo sysctl -w user.max_user_namespaces=15000"
    check = Check("a", "用户命名空间", Status.FAIL, "0", f"管理员：先运行 `{command}`，再重启。")
    for width in range(70, 100):
        assert command in text(check, width=width)


def test_nothing_of_the_text_is_lost() -> None:
    shown = text(WIDE, NARROW, width=50)
    squeezed = "".join(shown.split())
    for part in (WIDE.seen, WIDE.remedy, NARROW.seen, NOTE.text, NOTE.source):
        assert "".join(part.split()) in squeezed


def test_colours_change_no_column() -> None:
    plain = text(FAILED, width=80)
    coloured = text(FAILED, width=80, colours=True)
    assert coloured != plain
    assert coloured.replace("\x1b[31m", "").replace("\x1b[0m", "") == plain


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs).get("scope")))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_screen_reader_can_read_the_html_table() -> None:
    tags = _Tags()
    tags.feed(examination(WIDE, FAILED)._repr_html_())
    assert ("caption", None) in tags.seen
    assert tags.seen.count(("th", "col")) == 4
    assert tags.seen.count(("th", "row")) == 2
    assert "<b>&" in tags.text  # what was seen is shown, not interpreted
    assert ("code", None) in tags.seen


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_line_of_a_real_run_fits(doctor: Doctor, language: str) -> None:
    doctor.environment |= {"NSLAB_LANG": language, "COLUMNS": "80"}
    shown = doctor.run().stdout
    too_long = [line for line in shown.splitlines() if columns(line) > 80]
    assert [line for line in too_long if "https://" not in line and "/bin/" not in line] == []
    if language == "zh_CN":
        assert "沙箱" in shown
        assert "All lessons" not in shown
