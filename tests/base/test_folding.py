"""Is text as wide as a terminal draws it, and a line broken where it may be?"""

from __future__ import annotations

import pytest

from nslabkit.base.folding import folded, pixels, text_width


@pytest.mark.parametrize(
    ("text", "columns"),
    [("网络 ab", 7), ("e\u0301", 1), ("", 0), ("a\nb", 2), ("✔", 1), ("\U0001f600", 2)],
)
def test_columns_of_a_terminal(text: str, columns: int) -> None:
    assert text_width(text) == columns


def test_a_chinese_character_is_as_wide_as_it_is_high() -> None:
    assert pixels("网络", 12) == 24
    assert pixels("ab", 10) == pytest.approx(12.4)


def test_lines_fit_and_a_command_stays_whole() -> None:
    lines = folded("run `sudo sysctl -w a=1` now, 然后重新启动内核。", 20).splitlines()
    assert "  `sudo sysctl -w a=1`" in lines
    assert all(text_width(line) <= 22 for line in lines)


def test_a_mark_keeps_to_what_it_closes_and_a_path_is_whole() -> None:
    text = "目录（见“课程”），默认为：./lessons 或 `a b`。"
    for columns in range(4, text_width(text)):
        lines = folded(text, columns, hanging="").splitlines()
        assert not [line for line in lines if line[0] in "，：）”。" or line[-1] in "（“"]
        assert all(any(whole in line for line in lines) for whole in ("./lessons", "`a b`。"))
