"""Does the table of a learner's progress say what passed, and where to go on?"""

from __future__ import annotations

import asyncio
import importlib
from typing import TYPE_CHECKING

import pytest
from jupyter_client.manager import start_new_kernel

import nslabkit as lab
from nslabkit.base.errors import NoPrivilegeError
from nslabkit.course import lessons
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
    assert found[0].title in found.advice
    assert found[0].title == "1. One wire, two worlds"


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
    row = found[0]
    assert (row.passed, row.open_checks) == (WIRE[:1], WIRE[1:])
    assert row.words == "● started"
    assert found.next is row
    assert WIRE[1] in found.advice
    assert f"01_one_wire 1/{len(WIRE)}" in repr(found)


def test_a_finished_lesson_leads_to_the_next(learner: Path) -> None:
    for check in WIRE:
        record("01_one_wire", check, passed=True)
    found = lab.progress(learner)
    assert found[0].complete
    assert found[0].words == "✔ finished"
    assert found.next is found[1]
    assert found.advice == f"Next: {found[1].title}."


def test_everything_finished(learner: Path) -> None:
    for lesson in lessons.available("en"):
        for check in checks_in(lesson):
            record(lesson.stem, check, passed=True)
    found = lab.progress(learner)
    assert found.next is None
    assert "every check of every lesson" in found.advice
    assert "href" not in found._repr_html_().rpartition("</table>")[2]


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
    assert "<caption>Your progress</caption>" in shown
    assert "a &lt;b&gt; check" in shown
    for row in lab.progress(learner):
        assert f'href="{row.lesson}.ipynb"' in shown


def test_chinese(learner: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    found = lab.progress(learner)
    assert found[0].title == "1. 一根线，两个世界"
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
