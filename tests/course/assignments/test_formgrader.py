"""Formgrader in a browser: generate, grade a right and an untouched notebook, comment, feedback."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import select
import subprocess
import threading
import time
from typing import TYPE_CHECKING

import chromium
import pytest
from playwright.sync_api import expect, sync_playwright

from nslabkit.course import questions
from nslabkit.course.assignments.assignment import one_cell
from nslabkit.course.tasks.task import solution

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Grader
    from playwright.sync_api import FrameLocator, Locator, Page

pytestmark = pytest.mark.long  # two notebooks are graded, and a browser waits for them

LESSON = "01_one_wire"
TASKS = questions.tasks(LESSON)
POINTS = sum(map(questions.minutes, TASKS))
RIGHT, UNTOUCHED = "ada", "bob"
_PATIENCE = 120
_LONGEST = _PATIENCE * 1000  # in the browser's milliseconds
_ADDRESS = re.compile(rb"http://127\.0\.0\.1:\d+/")


@pytest.fixture(scope="module")
def course(grader: Grader) -> Path:
    """A course as it is written, with nothing released."""
    code = "from nslabkit.cli import main; main()"
    grader.run("-c", code, "course", "nbgrader", ".", "--lang", "en")
    return grader.folder / "course"


@pytest.fixture(scope="module")
def page(grader: Grader, course: Path) -> Iterator[Page]:
    """JupyterLab, started in the course's folder and signed in to."""
    assert course.exists()
    token = secrets.token_hex(16)
    command, variables = grader.command("-m", "jupyterlab", "--no-browser", JUPYTER_TOKEN=token)
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(
            subprocess.Popen(
                command,
                cwd=course,
                env=variables,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                bufsize=0,
            )
        )
        stack.callback(server.kill)
        address = _address(server)
        browser = chromium.started(stack.enter_context(sync_playwright()))
        stack.callback(browser.close)
        opened = browser.new_context(base_url=address).new_page()
        opened.set_default_timeout(_LONGEST)
        expect.set_options(timeout=_LONGEST)
        opened.goto(f"lab?token={token}")
        yield opened


def _address(server: subprocess.Popen[bytes]) -> str:
    """Return where the server listens, and read what it says until then."""
    assert server.stderr is not None
    said = b""
    deadline = time.monotonic() + _PATIENCE
    while not (found := _ADDRESS.search(said)):
        ready, _w, _x = select.select([server.stderr], [], [], deadline - time.monotonic())
        assert ready, said.decode()
        piece = os.read(server.stderr.fileno(), 4096)
        assert piece, said.decode()
        said += piece
    # What it says later must not fill the pipe.
    threading.Thread(target=server.stderr.read, daemon=True).start()
    return found[0].decode()


@pytest.fixture(scope="module")
def generated(page: Page, course: Path) -> Page:
    """The page, once formgrader inside JupyterLab has generated the assignment."""
    page.locator(".lm-MenuBar-itemLabel", has_text="Nbgrader").click()
    page.locator('.lm-Menu-item[data-command="nbgrader:open-formgrader"]').click()
    inside = page.frame_locator("iframe")
    inside.locator("tr", has_text=LESSON).locator("td.assign a").click()
    assert told(inside).startswith("Successfully created the student version")
    assert (course / "release" / LESSON / f"{LESSON}.ipynb").exists()
    return page


@pytest.fixture(scope="module")
def graded(generated: Page, course: Path) -> Page:
    """The page with two submissions, each graded by a click."""
    text = (course / "release" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8")
    notebook = json.loads(text)
    for name in TASKS:
        [answer] = [one for one in notebook["cells"] if one["id"] == f"answer-{_id(name)}"]
        answer["source"] = one_cell(solution(name))
    for learner, handed_in in ((RIGHT, json.dumps(notebook)), (UNTOUCHED, text)):
        path = course / "submitted" / learner / LESSON / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(handed_in, encoding="utf-8")
    for learner in (RIGHT, UNTOUCHED):
        said = clicked(generated, learner, "autograde")
        assert said.startswith("Successfully autograded")
        assert "Applying preprocessor: ExecuteAsLearner" in said
        assert "with kernel provisioner: nslab-provisioner" in said
    return generated


def told(page: Page | FrameLocator) -> str:
    """Wait for the dialog that says what came of a click, and return its text with the log.

    It stays open: while it is fading in, a click on its button is lost.
    """
    return page.locator(".modal.in .modal-body").inner_text().strip()


def clicked(page: Page, learner: str, column: str) -> str:
    """Click in a learner's row of the submissions, and return what is said."""
    page.goto(f"formgrader/manage_submissions/{LESSON}")
    row(page, learner).locator(f"td.{column} a").click()
    return told(page)


def row(page: Page, learner: str) -> Locator:
    return page.locator("#main-table tr", has_text=learner)


def _id(name: str) -> str:
    return name.replace(".", "-")


def test_a_click_grades_in_the_kits_own_machine(graded: Page, course: Path) -> None:
    graded.goto(f"formgrader/manage_submissions/{LESSON}")
    expect(row(graded, RIGHT).locator("td.score")).to_have_text(f"{POINTS} / {POINTS}")
    expect(row(graded, UNTOUCHED).locator("td.score")).to_have_text(f"0 / {POINTS}")
    notebook = course / "autograded" / UNTOUCHED / LESSON / f"{LESSON}.ipynb"
    assert "Not yet: there is no namespace" in notebook.read_text(encoding="utf-8")


def test_points_and_a_comment_by_hand_reach_the_feedback(graded: Page, course: Path) -> None:
    graded.goto(f"formgrader/gradebook/{LESSON}/{LESSON}")
    graded.locator("#main-table a", has_text="Submission #1").click()
    task, answer = f"task-{_id(TASKS[0])}", f"answer-{_id(TASKS[0])}"
    score, comment = graded.locator(f"#{task}"), graded.locator(f"#{answer}-comment")
    expect(score).to_have_attribute("placeholder", re.compile(r"\d"))  # the page has the grades
    with graded.expect_response(lambda one: one.request.method == "PUT" and one.ok):
        comment.fill("Closer than it looks")
        comment.press("Tab")
    with graded.expect_response(lambda one: one.request.method == "PUT" and one.ok):
        score.fill("0.5")
        score.press("Tab")
    graded.goto(f"formgrader/manage_submissions/{LESSON}")
    others = {RIGHT: f"{POINTS - questions.minutes(TASKS[0]) + 0.5:g}", UNTOUCHED: "0.5"}
    changed = [
        learner
        for learner, points in others.items()
        if row(graded, learner).locator("td.score").text_content() == f"{points} / {POINTS}"
    ]
    assert len(changed) == 1, changed
    said = clicked(graded, changed[0], "generate-feedback")
    assert said.startswith("Successfully generated feedback")
    page = course / "feedback" / changed[0] / LESSON / f"{LESSON}.html"
    assert "Closer than it looks" in page.read_text(encoding="utf-8")
