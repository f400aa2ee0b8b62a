"""Do the lessons and the start page cover the chapter, claim by claim and belief by belief?"""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

import jupytext
import pytest

from nslabkit.course import claims, lessons
from nslabkit.course.questions import question
from nslabkit.course.verdict import Outcome

SOURCES = Path(__file__).resolve().parents[2] / "notebooks" / "source"
ROOT = SOURCES.parents[1]
LESSONS = [
    SOURCES / f"{path.stem}.py"
    for path in lessons.available("en")
    if not path.stem.startswith("00_")
]
BELIEFS = [f"M{number}" for number in range(1, 13)]
LANGUAGES = {"en": ("lesson {number}", "minutes"), "zh": ("第 {number} 课", "分钟")}
SLIPS = {"en": "\n## Where the chapter slips", "zh": "\n## 原文的疏漏"}
OMISSION = {"en": "*Omission:*", "zh": "**遗漏：**"}
OF_CHAPTER = [claim for claim in claims.claims() if claim.place]
FURTHER = [claim for claim in claims.claims() if not claim.place]
# All but a listing that is typed twice, and what the chapter leaves out.
QUOTED = [claim for claim in OF_CHAPTER if claim.id not in {"C18", "C31", "C32"}]
QUESTION = re.compile(r'lab\.predict\("([^"]+)"\)')
ANSWER = re.compile(r'lab\.compare\("([^"]+)"\)')


@functools.cache
def _cells(source: Path) -> list[Any]:
    cells: list[Any] = jupytext.read(source, fmt="py:percent").cells
    return cells


@functools.cache
def _text(source: Path, language: str) -> str:
    return "\n\n".join(
        cell.source for cell in _cells(source) if cell.metadata.get("lang") == language
    )


def _part(page: str, language: str, heading: str) -> str:
    """Return a part of a page, from one heading to the next of its level or above."""
    text = _text(SOURCES / f"{page}.py", language)
    found = re.search(
        rf"^(#+) {re.escape(heading)}$(.*?)(?=^#{{1,2}} |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found is not None, heading
    return found[2]


def _notebook(name: str, language: str) -> str:
    """Return the text of a page as learners get it."""
    content = (ROOT / "notebooks" / language / f"{name}.ipynb").read_text(encoding="utf-8")
    cells = json.loads(content)["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells)


@pytest.mark.parametrize("claim", claims.claims(), ids=lambda claim: str(claim.id))
def test_a_claims_experiment_ends_in_its_check_in_the_lesson_that_it_names(
    claim: claims.claim.Claim,
) -> None:
    cells = _cells(SOURCES / f"{claim.lesson}.py")
    mine = [cell for cell in cells if cell.metadata.get("claim") == claim.id]
    assert any(f"lab.claims.{claim.id}.check(" in cell.source for cell in mine)


@pytest.mark.parametrize("claim", claims.IDS)
def test_a_claims_premise_is_broken_by_a_test_of_its_own(claim: str) -> None:
    tests = (SOURCES.parents[1] / "tests" / "course" / "claims").rglob("test_*.py")
    # A test's name, or a row of the table in test_broken_premises.
    name = re.compile(
        rf"^(def test_{claim.lower()}_|{claim} \w+ )(fails|would|says_nothing|proves_nothing)",
        re.MULTILINE,
    )
    assert any(name.search(path.read_text(encoding="utf-8")) for path in tests)


@pytest.mark.parametrize("belief", BELIEFS)
def test_a_belief_is_met_by_a_prediction_before_its_experiment(belief: str) -> None:
    met = 0
    for source in LESSONS:
        code = [cell for cell in _cells(source) if cell.cell_type == "code"]
        places = [
            place for place, cell in enumerate(code) if cell.metadata.get("misconception") == belief
        ]
        if not places:
            continue
        # The question stands in the marked cell or before it, the answer after the experiment.
        asked = {
            match[1] for cell in code[: places[0] + 1] for match in QUESTION.finditer(cell.source)
        }
        told = {
            match[1] for cell in code[places[0] + 1 :] for match in ANSWER.finditer(cell.source)
        }
        assert asked & told, f"{source.stem}: no prediction around {belief}"
        between = [cell.source for cell in code[places[0] : places[0] + 3]]
        assert any(not QUESTION.search(cell) and not ANSWER.search(cell) for cell in between)
        met += 1
    assert met


@pytest.mark.parametrize("source", LESSONS, ids=lambda source: source.stem)
def test_each_question_is_answered_once_and_after_it(source: Path) -> None:
    open_questions: list[str] = []
    for cell in _cells(source):
        open_questions += [match[1] for match in QUESTION.finditer(cell.source)]
        for match in ANSWER.finditer(cell.source):
            assert match[1] in open_questions
            assert question(match[1]).lesson == source.stem
            open_questions.remove(match[1])
    assert open_questions == []


def _minutes(text: str) -> str:
    found = re.search(r"(\d+) (?:minutes|分钟)", text)
    assert found is not None
    return found[1]


def _heading(source: Path, language: str) -> str:
    found = re.search(r"^# (.+)$", _text(source, language), re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_page_leads_to_every_lesson(language: str) -> None:
    """The gentler way in stands before the lesson that it leads to."""
    rows = re.findall(
        r"^\| (\d+)\. \[(.+)\]\((.+)\.ipynb\) \| .+ \| (\d+) \|$",
        _text(SOURCES / "00_start.py", language),
        re.MULTILINE,
    )
    assert [name for _number, _title, name, _minutes in rows] == [one.stem for one in LESSONS]
    assert [name for _number, _title, name, _minutes in rows][:2] == [
        "01_one_wire_clicks",
        "01_one_wire",
    ]
    for number, title, name, minutes in rows:
        source = SOURCES / f"{name}.py"
        assert int(number) == int(name.partition("_")[0])
        assert (title, minutes) == (
            _heading(source, language),
            _minutes(_text(source, language)),
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("document", ["README{}.md", "docs/instructor.{}.md"])
def test_documents_list_the_lessons_with_the_same_minutes(language: str, document: str) -> None:
    ending = language if "docs" in document else {"en": "", "zh": ".zh"}[language]
    text = (ROOT / document.format(ending)).read_text(encoding="utf-8")
    titles = [_heading(source, language) for source in LESSONS]
    rows = [row for row in text.splitlines() if row.startswith("| ")]
    found = [(title, row) for row in rows for title in titles if f"{title} |" in row]
    assert [title for title, _row in found] == titles
    for source, (_title, row) in zip(LESSONS, found, strict=True):
        assert f"| {_minutes(_text(source, language))} |" in row, row


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_page_begins_with_a_picture_and_a_button(language: str) -> None:
    page = _notebook("00_start", language)
    picture = re.search(r'<img width="\d+" alt="([^"]+)" src="data:image/svg\+xml;base64,', page)
    assert picture is not None
    assert "netns1" in picture[1]
    button = re.search(r'<a href="01_one_wire.ipynb" style="[^"]+"><b>', page)
    assert button is not None
    assert page.index("# ") < picture.start() < button.start() < page.index("\n## ")
    assert "(00_claims.ipynb)" in page
    assert "<!--" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_chapter_is_named_once_in_the_course(language: str) -> None:
    name = {"en": "The basis of network virtualisation", "zh": "网络虚拟化的基础"}[language]
    sources = sorted(SOURCES.glob("*.py"))
    assert sum(_text(source, language).count(name) for source in sources) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("claim", QUOTED, ids=lambda claim: str(claim.id))
def test_a_lesson_quotes_the_claims_sentence_and_asks_whether_it_is_so(
    claim: claims.claim.Claim, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_LANG", {"en": "en", "zh": "zh_CN"}[language])
    # Some summaries add a remark of our own behind the sentence.
    summary = claim.summary()
    sentences = [summary, re.sub(r"(?: \([^()]*\)|（[^（）]*）|[;；].*)(?=[.。]$)", "", summary)]
    before = []
    for cell in _cells(SOURCES / f"{claim.lesson}.py"):
        if f"lab.claims.{claim.id}.check(" in cell.source:
            break
        if cell.metadata.get("lang") == language:
            before.append(cell.source)
    ending = {"en": ".” True?", "zh": "。”是这样吗？"}[language]
    said = "\n".join(before[-8:])
    assert any(f"“{one.rstrip('.。')}{ending}" in said for one in sentences), sentences


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_the_claims_leads_to_every_experiment(language: str) -> None:
    rows = re.findall(
        r"^\| (\d\.\d) \| (.+) \| \[(C\d\d)[,，] ?(.+)\]\((.+)\.ipynb#(C\d\d)\) \|$",
        _text(SOURCES / "00_claims.py", language).partition(SLIPS[language])[0],
        re.MULTILINE,
    )
    found = {
        claim: (place, told, lesson)
        for place, _said, claim, told, lesson, anchor in rows
        if claim == anchor
    }
    assert len(rows) == len(found)
    assert found == {
        claim.id: (
            claim.place,
            LANGUAGES[language][0].format(number=int(claim.lesson[:2])),
            claim.lesson,
        )
        for claim in OF_CHAPTER
    }
    places = [place for place, *_others in rows]
    assert places == sorted(places), "in the chapter's order"
    omissions = {claim for _place, said, claim, *_rest in rows if OMISSION[language] in said}
    assert omissions == {"C31", "C32"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_the_claims_has_those_beyond_the_chapter(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_LANG", {"en": "en", "zh": "zh_CN"}[language])
    rows = re.findall(
        r"^\| (\D.+) \| \[(B\d\d)[,，] ?(.+)\]\((.+)\.ipynb#(B\d\d)\) \|$",
        _text(SOURCES / "00_claims.py", language),
        re.MULTILINE,
    )
    told = LANGUAGES[language][0]
    assert rows == [
        (
            claim.summary(),
            claim.id,
            told.format(number=int(claim.lesson[:2])),
            claim.lesson,
            claim.id,
        )
        for claim in FURTHER
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_that_does_not_hold_is_among_the_slips(language: str) -> None:
    slips = set(re.findall(r"#(C\d\d)\)", _part("00_claims", language, SLIPS[language][4:])))
    wrong = {claim.id for claim in claims.claims() if claim.expected is not Outcome.HOLDS}
    loose = {"C13", "C16", "C25", "C26", "C27", "C28", "C31", "C32"}
    assert slips >= wrong | loose


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_the_claims_has_the_glossary(language: str) -> None:
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in _notebook("00_claims", language).rpartition("\n## ")[2].splitlines()
        if line.startswith("| ")
    ][2:]
    assert len(rows) > 40
    assert all(len(row) == 3 for row in rows)
