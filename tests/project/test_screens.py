"""Is what the kit writes set as a reader expects it: in Chinese, and where a program printed it?"""

from __future__ import annotations

import re

import pytest

import nslabkit as lab
from nslabkit.course.checks.check_result import right
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


def test_no_space_stands_before_the_host_in_a_chinese_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    assert repr(right("172.16.0.2 应答了 主机。")) == "✔ 正确：172.16.0.2 应答了主机。"
    assert "应答了主机" in Verdict("C29", Outcome.HOLDS, "它应答了 主机。").headline


def test_a_label_in_words_is_not_set_as_code() -> None:
    evidence = (
        Evidence("ip -n netns1 link", ""),
        Evidence("对端的 MTU", ""),
        Evidence("`ip` 说", ""),
    )
    shown = Verdict("B01", Outcome.HOLDS, "它成立。", evidence)._repr_html_()
    labels = re.findall(r'<th scope="row"[^>]*>(.*?)</th>', shown)
    assert labels == ["<code>ip -n netns1 link</code>", "对端的 MTU", "<code>ip</code> 说"]
