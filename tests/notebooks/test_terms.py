"""Does the check of the Chinese see what is wrong, and leave alone what is right?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from scripts import loaded

if TYPE_CHECKING:
    from pathlib import Path

tool = loaded("tools/terms.py")
glossary = tool.glossary


def _wrong(text: str) -> list[str]:
    return list(tool.problems(tool.Text("here", tool.prose(text))))


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("先看地址,再看路由。", "full-width"),
        ("先看地址, 再看路由。", "full-width"),
        ("用 `ip addr`, 再看", "full-width"),
        ("结束了.", "。"),
        ("网桥(bridge)", "（ ）"),
        ('他说"好"', "“ ”"),
        ("一个ping", "a space between"),
        ("运行`ip addr`", "a space between"),
        ("用**veth**连接", "a space between"),
        ("共 98字节", "a space between"),
        ("命名 空间", "no space between Han"),
        ("地址： 在这里", "no space beside"),
        ("等一下...", "……"),
        ("这是*下一站*，不是终点", "no italics"),
        ("| 网卡没有启用 |", "网络接口"),
        ("运行 `ip addr` 看那一头", "对端"),
    ],
)
def test_what_is_wrong_is_found(text: str, advice: str) -> None:
    found = _wrong(text)
    assert any(advice in line.rpartition(": ")[2] for line in found), found


@pytest.mark.parametrize(
    "text",
    [
        "**网络命名空间**（network namespace）就是一套自成一体的网络。",
        "运行 `ip addr,ip link`，再看第 3 课。",
        "**先猜一猜：** 会怎样？",
        "没有无线网卡，也没有以太网卡。",
        "这样容器对宿主机的保护会减弱。",
        "一套 Jupyter Notebook 课程",
        "见[《一根线，两个世界》](01_one_wire.ipynb)。",
        "```sh\nip addr  # 地址,地址\n```",
        "ping 得到应答：56(84) 字节。",
        "按 <kbd>Shift</kbd>+<kbd>Enter</kbd> 运行",
        "谁是这个地址？”主机说。",
        "等等……",
    ],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert _wrong(text) == []


@pytest.mark.parametrize("rule", glossary.rules(), ids=lambda rule: str(rule.pattern[:30]))
def test_each_rule_finds_the_sentence_that_breaks_it(rule: Any) -> None:  # noqa: ANN401 - a tool's class
    def read(text: str) -> list[str]:
        return list(tool.problems(tool.Text("here", tool.message(text))))

    assert any(line.endswith(f": {rule.advice}") for line in read(rule.breaks)), rule.breaks
    assert not rule.keeps or read(rule.keeps) == []


@pytest.mark.parametrize("pair", glossary.pairs(), ids=lambda pair: str(pair.english))
def test_each_pair_finds_the_sentences_that_break_it(pair: Any) -> None:  # noqa: ANN401 - a tool's class
    english, chinese = pair.breaks
    assert pair.broken(english, chinese)
    assert not pair.broken(english, f"{chinese}（{pair.chinese[0]}）")
    assert not pair.broken("Something else.", chinese)
    found = tool.problems(tool.Text("here", chinese, english))
    assert any(pair.english in line for line in found)


def test_a_term_has_its_words_and_meanings_in_both_languages() -> None:
    assert len(glossary.terms()) > 40
    for term in glossary.terms():
        assert term["en"], term
        assert re.search(r"[\u4e00-\u9fff]|^root$|^nsid$", term["zh"]), term
        assert len(term["means"]["en"]) > 15, term
        assert len(term["means"]["zh"]) > 6, term


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_table_has_a_row_for_each_term_and_the_document_too(language: str) -> None:
    rows = glossary.table(language).splitlines()[2:]
    assert len(rows) == len(glossary.terms())
    assert all(row.count(" | ") == 2 for row in rows)
    for term in glossary.terms():
        assert term["means"][language] in glossary.document()
    assert glossary.main(["--check"]) == 0


def test_a_document_that_is_not_up_to_date_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glossary, "ROOT", tmp_path)
    monkeypatch.setattr(glossary, "DOCUMENT", tmp_path / "glossary.md")
    assert glossary.main(["--check"]) == 1
    assert glossary.main([]) == 0
    assert glossary.main(["--check"]) == 0


def _source(folder: Path, name: str, english: str, chinese: str) -> Path:
    path = folder / name
    path.write_text(
        f'# %% [markdown] lang="en"\n# # A\n#\n# ## End\n#\n# {english}\n\n'
        f'# %% [markdown] lang="zh"\n# # 甲\n#\n# ## 末\n#\n# {chinese}\n',
        encoding="utf-8",
    )
    return path


def test_a_lesson_says_at_its_end_what_comes_next(tmp_path: Path) -> None:
    good = _source(tmp_path, "01_a.py", "Next: [B](b.ipynb).", "下一课：[《乙》](b.ipynb)。")
    bad = _source(tmp_path, "02_b.py", "That is all.", "完了。")
    start = _source(tmp_path, "00_start.py", "Begin.", "开始。")
    assert list(tool.lacking([start, good])) == []
    assert len(list(tool.lacking([bad]))) == 2


def test_the_page_of_the_claims_has_the_chapters_headings(tmp_path: Path) -> None:
    page = _source(tmp_path, "00_claims.py", "Begin.", "开始。")
    found = list(tool.lacking([page]))
    assert len(found) == len(glossary.headings())
    assert "“配置 network namespace”" in found[-1]


def test_questions_are_read_with_their_answers_and_reasons() -> None:
    said = {
        "question": [
            {
                "name": "a",
                "ask": {"en": "What?", "zh": "问"},
                "option": [{"en": "x", "zh": "选", "why": {"en": "y", "zh": "因"}}],
            }
        ],
        "task": [{"name": "1.1", "goal": {"en": "Do it.", "zh": "做"}}],
        "learned": [{"en": "can", "zh": "会", "check": "C01"}],
    }
    assert [pair[0] for _where, pair in tool._twins(said)] == ["问", "选", "因", "做", "会"]


def test_a_message_is_prose_around_its_values() -> None:
    def wrong(text: str) -> list[str]:
        return list(tool.problems(tool.Text("here", tool.message(text))))

    assert wrong("{link} 在 {namespace} 里，已启用。") == []
    assert wrong("{link}在 {namespace} 里")
    assert wrong("已启用, 但没有载波")


def test_all_of_the_projects_chinese_is_read() -> None:
    places = {text.where.partition(",")[0] for text in tool.texts()}
    documents = {"README.zh.md", "instructor.zh.md", "nslabkit.po", "glossary.toml"}
    assert {"00_start.py", "00_claims.py", "01_one_wire.toml", *documents} <= places


def test_the_projects_own_chinese_is_right() -> None:
    assert [line for text in tool.texts() for line in tool.problems(text)] == []
    assert list(tool.lacking(tool._sources())) == []
