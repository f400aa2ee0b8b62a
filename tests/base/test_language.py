"""Do sentences put together from a translation and names read as Chinese?"""

from __future__ import annotations

import pytest

from nslabkit.base.language import close_up, enumeration


@pytest.mark.parametrize(("language", "said"), [("en", "one, two"), ("zh_CN", "one、two")])
def test_words_in_a_row(monkeypatch: pytest.MonkeyPatch, language: str, said: str) -> None:
    monkeypatch.setenv("NSLAB_LANG", language)
    assert enumeration(["one", "two"]) == said
    assert enumeration(["a, b", "c"], ";") == {"en": "a, b; c", "zh_CN": "a, b；c"}[language]


def test_only_a_space_between_chinese_is_closed_up() -> None:
    assert close_up("netns1、主机 之间的 6 个帧") == "netns1、主机之间的 6 个帧"
    assert close_up("在 主机 里，邻居 10.0.0.1 是 STALE") == "在主机里，邻居 10.0.0.1 是 STALE"
    assert close_up("6 frames, seen at netns1") == "6 frames, seen at netns1"
