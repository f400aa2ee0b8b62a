"""Does the table of a learner's progress say what passed, and where to go on?"""

from __future__ import annotations

import asyncio
import importlib
import json
import re
from typing import TYPE_CHECKING

import pytest
from jupyter_client.manager import start_new_kernel

import nslabkit as lab
from nslabkit.base.errors import NoPrivilegeError
from nslabkit.course import learner_answers, lessons, progress, questions
from nslabkit.course.lesson_ends import checks_in
from nslabkit.course.progress import record

if TYPE_CHECKING:
    from pathlib import Path

table = importlib.import_module("nslabkit.course.progress_table")
WIRE = {lesson.stem: checks_in(lesson) for lesson in lessons.available("en")}["01_one_wire"]


def test_nothing_yet_is_said_kindly(learner: Path) -> None:
    found = lab.progress()
    assert found.folder == learner
    assert [row.lesson for row in found] == [
        path.stem for path in lessons.available("en") if checks_in(path)
    ]
    assert not any(row.passed or row.complete for row in found)
    assert found.advice.startswith("Nothing here yet")
    assert [row.title for row in found[:2]] == ["1. One wire, by clicks", "1. One wire, two worlds"]
    assert found[1].title in found.advice, "nobody has to take the gentler way in"


def test_without_a_learners_folder_it_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = lab.progress()
    assert found.folder is None
    assert "nslabkit lab" in found.advice


def test_a_begun_lesson_is_the_one_to_go_on_with(learner: Path) -> None:
    record("03_inside_ping", "C24", passed=False)
    record("01_one_wire", WIRE[0], passed=True)
    found = lab.progress(learner)
    row = found[1]
    assert (row.passed, row.open_checks) == (WIRE[:1], WIRE[1:])
    assert row.words == "● started"
    assert found.next is row
    assert "the next check there is `lab.check.namespace_exists(…)`." in found.advice
    assert "<code>lab.check.namespace_exists(…)</code>" in found._repr_html_()
    assert f"01_one_wire 1/{len(WIRE)}" in repr(found)


def test_a_finished_lesson_leads_to_the_next(learner: Path) -> None:
    for check in WIRE:
        record("01_one_wire", check, passed=True)
    found = lab.progress(learner)
    assert found[1].complete
    assert found[1].words == "✔ finished"
    assert found.next is found[2]
    assert found.advice == f"Next: {found[2].title}."


def test_what_is_left_in_the_end_is_the_gentler_way_in(learner: Path) -> None:
    for lesson in lessons.available("en"):
        for check in checks_in(lesson) if "clicks" not in lesson.stem else ():
            record(lesson.stem, check, passed=True)
    found = lab.progress(learner)
    assert found.next is found[0]


def test_everything_finished(learner: Path) -> None:
    for lesson in lessons.available("en"):
        for check in checks_in(lesson):
            record(lesson.stem, check, passed=True)
    found = lab.progress(learner)
    assert found.next is None
    assert "every check of every lesson" in found.advice
    assert "href" not in found._repr_html_().rpartition("</table>")[2]


def test_tasks_and_guesses_are_counted_for_each_lesson_and_in_all(
    learner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner_answers, "_here", learner_answers.Answers())
    monkeypatch.setattr(progress, "_passed", set())
    record("01_one_wire", "task 1.1", passed=True)
    lab.hint("1.1")  # afterwards, so it was no help
    lab.hint("1.2")
    record("01_one_wire", "task 1.2", passed=True)
    lab.hint("1.3")  # opened, and the task not done
    first, second, third = questions.questions("01_one_wire")[:3]
    learner_answers.guessed(first.name, first.right.text, right=True)
    learner_answers.guessed(second.name, "something else", right=False)
    learner_answers.guessed(second.name, second.right.text, right=True)
    learner_answers.guessed(third.name, third.right.text, right=True)
    found = lab.progress(learner)
    work = found[1].work
    assert (work.tasks, work.alone, work.helped) == (3, 1, 1)
    assert (work.guesses, work.right) == (len(questions.questions("01_one_wire")), 2)
    total = found.work
    assert (total.alone, total.helped, total.right) == (1, 1, 2)
    assert total.tasks == sum(len(questions.tasks(row.lesson)) for row in found)
    assert total.sentence in repr(found)
    shown = found._repr_html_()
    assert f"Guesses right at first try: 2 of {total.guesses}." in shown
    assert "<td>1 of 3</td>" in re.sub(r"<td[^>]*>", "<td>", shown)


def test_an_earlier_versions_answers_count_every_hint_as_help(
    learner: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learner_answers, "_here", learner_answers.Answers())
    kept = {
        "guesses": {"x": {"first_right": True, "text": "y", "right": True}},
        "hints": {"1.1": 2},
    }
    (learner / ".nslabkit" / "answers.json").write_text(json.dumps(kept))
    record("01_one_wire", "task 1.1", passed=True)
    work = lab.progress(learner)[1].work
    assert (work.alone, work.helped) == (0, 1)


def test_further_checks_are_shown_but_not_counted(learner: Path) -> None:
    record("08_find_the_fault", "mended 3", passed=True)
    row = next(row for row in lab.progress(learner) if row.lesson == "08_find_the_fault")
    assert row.passed == ()
    assert row.further == ("mended 3",)
    assert "mended 3" in lab.progress(learner)._repr_html_()


def test_the_table_can_be_read_aloud_and_leads_to_the_lessons(learner: Path) -> None:
    record("01_one_wire", "a <b> check", passed=True)
    shown = lab.progress(learner)._repr_html_()
    assert '<th scope="col"' in shown
    assert '<th scope="row"' in shown
    assert ">Your progress</caption>" in shown
    assert "a &lt;b&gt; check" in shown
    for row in lab.progress(learner):
        assert f'href="{row.lesson}.ipynb"' in shown


def test_chinese(learner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    found = lab.progress(learner)
    assert [row.title for row in found[:2]] == ["1. 一根线，点着做", "1. 一根线，两个世界"]
    assert "一次猜对" in found._repr_html_()
    assert "学习进度" in found._repr_html_()


def test_a_file_that_cannot_be_read_is_explained(learner: Path) -> None:
    (learner / ".nslabkit" / "progress.json").mkdir()
    with pytest.raises(NoPrivilegeError, match=r"progress\.json") as caught:
        lab.progress(learner)
    assert caught.value.errno_name == "EISDIR"


def test_a_torn_file_counts_as_nothing(learner: Path) -> None:
    (learner / ".nslabkit" / "progress.json").write_text("{ half")
    assert not any(row.passed for row in lab.progress(learner))


class _Handle:
    """Stands for IPython's handle of something shown: keeps what it is updated with."""

    def __init__(self) -> None:
        self.updates: list[dict[str, str]] = []
        self.told = asyncio.Event()

    def update(self, bundle: dict[str, str], *, raw: bool) -> None:
        assert raw
        self.updates.append(bundle)
        self.told.set()


def test_the_table_follows_along(learner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "_EVERY", 0.01)

    async def watched() -> tuple[_Handle, _Handle]:
        first, second = _Handle(), _Handle()
        table._follow(lab.progress(learner), first)
        table._follow(
            lab.progress(learner), second
        )  # the table is shown anew: the first one is left alone
        record("01_one_wire", WIRE[0], passed=True)
        async with asyncio.timeout(20):
            await second.told.wait()
        table._follow(table.Progress(None, ()), second)
        return first, second

    first, second = asyncio.run(watched())
    assert first.updates == []
    assert f"01_one_wire 1/{len(WIRE)}" in second.updates[-1]["text/plain"]
    assert "1 of " in second.updates[-1]["text/html"]


def test_in_a_notebook_it_changes_when_a_check_is_passed_elsewhere(learner: Path) -> None:
    """The real thing: a kernel shows the table, another process passes a check."""
    manager, client = start_new_kernel(kernel_name="nslab", cwd=str(learner / "en"))
    try:
        client.execute("import nslabkit as lab; lab.progress()", reply=True, timeout=120)
        record("01_one_wire", WIRE[0], passed=True)
        kind, content = "", {}
        while kind != "update_display_data":
            message = client.get_iopub_msg(timeout=120)
            kind, content = message["header"]["msg_type"], message["content"]
        assert f"01_one_wire 1/{len(WIRE)}" in content["data"]["text/plain"]
        assert content["transient"]["display_id"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
