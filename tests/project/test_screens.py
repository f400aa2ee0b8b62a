"""Is what the kit writes set as a reader expects it: in Chinese, and where a program printed it?"""

from __future__ import annotations

import re

import pytest

import nslabkit as lab
from nslabkit.course.verdict import Evidence, Outcome, Verdict


@pytest.mark.parametrize(
    ("reason", "fix", "text"),
    [
        ("It is there.", "Take another name.", "It is there. Take another name."),
        ("已经有了。", "换个名字。", "已经有了。换个名字。"),
        ("已经有了", "换个名字。", "已经有了 换个名字。"),
    ],
)
def test_after_a_chinese_full_stop_comes_no_space(reason: str, fix: str, text: str) -> None:
    assert lab.NslabError("ip netns add netns1", reason, fix).advice == text


def test_what_a_program_printed_in_columns_keeps_them() -> None:
    verdict = Verdict(
        "C14",
        Outcome.HOLDS,
        "It is so.",
        (
            Evidence("ip -br link", "lo     DOWN   00:00"),
            Evidence("nft list ruleset", "table inet guard {\n\tchain input"),
            Evidence("ip netns", "netns1, netns2"),
        ),
    )
    cells = re.findall(r'<td style="([^"]*)">', verdict._repr_html_())
    assert ["monospace" in style for style in cells] == [True, True, False]
