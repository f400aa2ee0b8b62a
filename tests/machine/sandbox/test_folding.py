"""Are long lines broken where a reader expects it?"""

from __future__ import annotations

import pytest

from nslabkit.base.folding import folded, width


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("short", 10, "short"),
        ("one two three", 8, "one two\n  three"),
        ("do `a long command` now", 10, "do\n  `a long command`\n  now"),
        ("first\nsecond line", 8, "first\nsecond\n  line"),
        ("管理员设置。", 8, "管理员设\n  置。"),
        ("管理员设。", 8, "管理员设。"),
    ],
)
def test_folding(text: str, columns: int, expected: str) -> None:
    assert folded(text, columns) == expected


def test_width() -> None:
    assert width("ab内核") == 6
