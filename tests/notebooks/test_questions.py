"""Questions: in both languages, shuffled for each learner, compared afterwards, never a key."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import nslabkit as lab
from nslabkit.base.errors import InvalidValueError
from nslabkit.course import learner_answers, lesson_ends, lessons, questions
from nslabkit.course.choosing import buttons

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME = "the same name again"
LESSONS = [path.stem for path in sorted(lessons.questions_folder().glob("*.toml"))]
LARGEST_SHARE = 0.4


@pytest.fixture(autouse=True)
def corner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A learner's folder, in English, with nothing answered yet."""
    monkeypatch.setenv("NSLAB_LANG", "en")
    monkeypatch.setenv("NSLAB_LESSONS", str(tmp_path))
    monkeypatch.setattr(learner_answers, "_here", learner_answers.Answers())
    monkeypatch.setattr(learner_answers, "kept_in", lambda: corner)
    corner = tmp_path / ".nslabkit"
    corner.mkdir()
    yield corner
    questions._by_name.cache_clear()


def everyone() -> list[questions.Question]:
    return [
        question
        for lesson in LESSONS
        for question in (*questions.questions(lesson), *questions.recalls(lesson))
    ]


def place(option: questions.Option) -> int:
    return lab.predict(NAME).question.options.index(option) + 1


def test_a_skipped_guess_says_so_and_tells_the_answer() -> None:
    found = lab.compare(NAME)
    assert not found
    assert "You skipped this guess" in repr(found)
    assert found.question.right.text in found.headline


def test_a_guess_is_compared_with_a_sentence_for_each_answer() -> None:
    question = lab.predict(NAME).question
    wrong = next(option for option in question.options if not option.right)
    lab.predict(NAME, place(wrong))
    found = lab.compare(NAME)
    assert not found
    assert f"You guessed: {wrong.text}" in repr(found)
    lab.predict(NAME, place(question.right))
    assert lab.compare(NAME)
    assert repr(lab.compare(NAME)).count("\n") == len(question.options)
    assert "✔" in lab.compare(NAME)._repr_html_()


def test_only_the_first_choice_counts_as_the_first(corner: Path) -> None:
    question = lab.predict(NAME).question
    wrong = next(option for option in question.options if not option.right)
    lab.predict(NAME, place(wrong))
    lab.predict(NAME, place(question.right))
    kept = json.loads((corner / "answers.json").read_text())["guesses"][NAME]
    assert (kept["first_right"], kept["right"]) == (False, True)


def test_the_buttons_show_the_answers_text_and_remember() -> None:
    question = lab.predict(NAME).question
    box = buttons(question, lambda option: option.why if option else "?")
    radio, said = box.children[1], box.children[2]
    assert [value for _label, value in radio.options] == [one.text for one in question.options]
    radio.value = question.right.text
    assert learner_answers.answers().guesses[NAME].right
    assert "?" not in said.value
    assert buttons(question, lambda _option: "").children[1].value == question.right.text


def test_a_button_has_no_backquotes() -> None:
    asked = [one for lesson in LESSONS for one in questions.questions(lesson)]
    quoted = next(one for one in asked if any("`" in option.text for option in one.options))
    labels = [label for label, _value in buttons(quoted, lambda _one: "").children[1].options]
    assert labels == [option.text.replace("`", "") for option in quoted.options]


def test_backquotes_are_shown_as_code() -> None:
    with_code = [
        one
        for one in everyone()
        if any("`" in option.text for option in one.options if option.right)
    ]
    assert with_code
    for question in with_code:
        shown = lab.compare(question.name)._repr_html_()
        assert "`" not in shown
        assert shown.count("<code>") >= 2  # in the headline, and in the list
    assert "<code>tentative</code>" in lab.learned(14)._repr_html_()


def test_without_a_browser_the_text_remains() -> None:
    bundle = lab.predict(NAME)._repr_mimebundle_()
    assert lab.predict(NAME).question.ask in bundle["text/plain"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_what_is_not_there_is_explained() -> None:
    with pytest.raises(InvalidValueError, match="the same name again"):
        lab.predict("the same name twice")
    with pytest.raises(InvalidValueError, match="numbers 1 to"):
        lab.predict(NAME, 9)


def test_a_foreign_answers_file_counts_as_nothing(corner: Path) -> None:
    for content in ("", "[]", '{"guesses": 3}', '{"guesses": {}, "hints": {"1.1": "x"}}', "\x00"):
        (corner / "answers.json").write_text(content)
        assert learner_answers.answers().guesses == {}
    (corner / "answers.json").unlink()


def test_a_wrong_guess_comes_back_in_a_later_lesson() -> None:
    question = lab.predict(NAME).question
    before = [one.name for one in lab.recall(2).questions]
    assert NAME not in before
    lab.predict(NAME, place(next(option for option in question.options if not option.right)))
    found = lab.recall(2)
    assert found.questions[0].name == NAME
    assert len(found.questions) == 3
    # It comes back whoever clicked on the right answer once the experiment had shown it …
    lab.predict(NAME, place(question.right))
    assert lab.recall(2).questions[0].name == NAME
    # … also after the kernel has been restarted, until it is known when it comes back.
    learner_answers._here.guesses.clear()
    found = lab.recall(4)
    assert found.questions[0].name == NAME
    assert found.answer(1, found.questions[0].options.index(question.right) + 1).startswith("✔")
    assert NAME not in [one.name for one in lab.recall(2).questions]
    assert not learner_answers.answers().guesses[NAME].first_right


def test_a_question_that_comes_back_does_not_show_what_was_chosen() -> None:
    question = lab.predict(NAME).question
    wrong = next(option for option in question.options if not option.right)
    lab.predict(NAME, place(wrong))
    box = buttons(question, lambda option: option.why if option else "?", again=True)
    radio, said = box.children[1], box.children[2]
    assert radio.value is None
    assert "?" in said.value
    radio.value = question.right.text
    assert learner_answers.answers().guesses[NAME].recalled
    assert buttons(question, lambda _option: "").children[1].value == question.right.text


def test_wrong_guesses_come_back_one_at_a_time_and_only_later() -> None:
    later = questions.questions("04_beyond")[0]
    for question in (*questions.questions("01_one_wire")[:2], later):
        wrong = next(option for option in question.options if not option.right)
        learner_answers.guessed(question.name, wrong.text, right=False)
    asked = [one.name for one in lab.recall(3).questions]
    assert asked[0] == questions.questions("01_one_wire")[0].name
    assert questions.questions("01_one_wire")[1].name not in asked
    assert later.name not in asked


def test_what_one_can_do_is_ticked_by_its_check(monkeypatch: pytest.MonkeyPatch) -> None:
    from nslabkit.course import progress

    (first, *_others) = questions.abilities("01_one_wire")
    monkeypatch.setattr(progress, "_passed", set())
    assert repr(lab.learned(1)).startswith("○")
    monkeypatch.setattr(progress, "_passed", {first.check})
    assert repr(lab.learned(1)).startswith(f"✔ {first.text}")


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lesson_ends_with_what_one_can_do_shown_by_its_own_checks(lesson: str) -> None:
    path = lessons.find(lesson, "en")
    abilities = questions.abilities(lesson)
    assert len(abilities) >= 3
    assert {one.check for one in abilities} <= set(lesson_ends.checks_in(path))
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells]
    (place,) = [at for at, source in enumerate(sources) if source.startswith("lab.learned(")]
    assert sources[place - 1].startswith("## What you can now do")
    assert "Next: " in sources[-1]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_each_question_is_whole_in_each_language(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_LANG", language)
    for question in everyone():
        assert question.ask
        assert sum(option.right for option in question.options) == 1
        assert all(option.text and option.why for option in question.options), question.name


def test_no_place_has_the_right_answer_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither as the files have it nor as any learner sees it on average."""
    by_file: Counter[int] = Counter()
    for lesson in LESSONS:
        for entry in questions._texts(lesson).get("question", ()):
            by_file[[bool(option.get("right")) for option in entry["option"]].index(True)] += 1
    assert max(by_file.values()) <= LARGEST_SHARE * by_file.total()
    shown: Counter[int] = Counter()
    for learner in range(50):
        monkeypatch.setattr(questions, "own_account", lambda name=f"learner{learner}": name)
        shown.update(one.options.index(one.right) for one in everyone())
    two_answers = sum(len(one.options) == 2 for one in everyone()) / len(everyone())
    # Chance alone: half of those with two answers, a third of the others; and a little more.
    assert max(shown.values()) <= (two_answers / 2 + (1 - two_answers) / 3 + 0.05) * shown.total()


def test_no_notebook_holds_a_key() -> None:
    for path in (Path(__file__).parents[2] / "notebooks").rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert "answer=" not in text
        for question in questions.questions(path.stem):
            assert question.right.why not in text
