"""Do the lessons and the start page cover the chapter, claim by claim and belief by belief?"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import jupytext
import pytest

from nslabkit.course import claims
from nslabkit.course.verdict import Outcome

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "notebooks" / "source"
READMES = {"en": "README.md", "zh": "README.zh.md"}
LESSONS = sorted(path for path in SOURCES.glob("*.py") if path.stem != "00_start")
BELIEFS = [f"M{number}" for number in range(1, 13)]
LANGUAGES = {"en": ("lesson {number}", "minutes"), "zh": ("第 {number} 课", "分钟")}
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


def _section(language: str, number: int) -> str:
    """Return one section of the start page, by its place."""
    sections: list[str] = re.split(
        r"^## ", _text(SOURCES / "00_start.py", language), flags=re.MULTILINE
    )
    return sections[number]


@pytest.mark.parametrize("claim", claims.claims(), ids=lambda claim: str(claim.id))
def test_a_claims_experiment_ends_in_its_check_in_the_lesson_that_it_names(
    claim: claims.claim.Claim,
) -> None:
    cells = _cells(SOURCES / f"{claim.lesson}.py")
    mine = [cell for cell in cells if cell.metadata.get("claim") == claim.id]
    assert any(f"lab.claims.{claim.id}.check(" in cell.source for cell in mine)


@pytest.mark.parametrize("claim", claims.IDS)
def test_a_claims_premise_is_broken_by_a_test_of_its_own(claim: str) -> None:
    tests = (SOURCES.parents[1] / "tests" / "course" / "claims").glob("test_*.py")
    name = re.compile(
        rf"^def test_{claim.lower()}_(fails|would|says_nothing|proves_nothing)", re.MULTILINE
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
            open_questions.remove(match[1])
    assert open_questions == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_page_leads_to_every_lesson(language: str) -> None:
    rows = re.findall(
        r"^\| (\d+)\. \[(.+)\]\((.+)\.ipynb\) \| .+ \| (\d+) \|$",
        _section(language, 1),
        re.MULTILINE,
    )
    assert [name for _number, _title, name, _minutes in rows] == [one.stem for one in LESSONS]
    for number, title, name, minutes in rows:
        assert int(number) == int(name.partition("_")[0])
        lesson = _text(SOURCES / f"{name}.py", language)
        heading, promised = (
            re.search(r"^# (.+)$", lesson, re.MULTILINE),
            re.search(r"(\d+) (minutes|分钟)", lesson),
        )
        assert heading is not None
        assert promised is not None
        assert (title, minutes) == (heading[1], promised[1])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_readme_has_the_lessons_of_the_start_page(language: str) -> None:
    linked = re.findall(
        r"\| \d+\. \[(.+)\]\(.+\) \| .+ \| (\d+) \|$", _section(language, 1), re.MULTILINE
    )
    readme = (ROOT / READMES[language]).read_text(encoding="utf-8")
    told = re.findall(r"^\| (?:\d+\. )?([^|]+) \| [^|]+ \| (\d+) \|$", readme, re.MULTILINE)
    assert sorted(told) == sorted(linked)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_start_page_leads_to_every_claims_experiment(language: str) -> None:
    rows = re.findall(
        r"^\| (\d\.\d) \| .+ \| \[(C\d\d)[,，] ?(.+)\]\((.+)\.ipynb#(C\d\d)\) \|$",
        _section(language, 2),
        re.MULTILINE,
    )
    found = {
        claim: (place, told, lesson)
        for place, claim, told, lesson, anchor in rows
        if claim == anchor
    }
    assert len(rows) == len(found)
    assert found == {
        claim.id: (
            claim.place,
            LANGUAGES[language][0].format(number=int(claim.lesson[:2])),
            claim.lesson,
        )
        for claim in claims.claims()
    }
    places = [place for place, *_others in rows]
    assert places == sorted(places), "in the chapter's order"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_that_does_not_hold_is_among_the_slips(language: str) -> None:
    slips = set(re.findall(r"#(C\d\d)\)", _section(language, 3)))
    wrong = {claim.id for claim in claims.claims() if claim.expected is not Outcome.HOLDS}
    loose = {"C13", "C16", "C25", "C26", "C27", "C28", "C31", "C32"}
    assert slips >= wrong | loose


def test_both_glossaries_have_the_same_words() -> None:
    rows = {
        language: [
            [cell.strip() for cell in line.strip("|").split("|")]
            for line in _section(language, 4).splitlines()
            if line.startswith("| ")
        ][1:]
        for language in LANGUAGES
    }
    assert len(rows["en"]) == len(rows["zh"]) > 25
    for english, chinese in zip(rows["en"], rows["zh"], strict=True):
        assert len(english) == len(chinese) == 3
        assert re.sub(r"\W", "", chinese[1])[:4].lower() in re.sub(r"\W", "", english[0]).lower()
        assert len(english[2]) > 15
        assert len(chinese[2]) > 8
