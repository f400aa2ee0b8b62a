"""The question before an experiment: its answers are buttons with their text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_page import LONGEST, Notebook
from playwright.sync_api import expect

from nslabkit.course.questions import question

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = "the same name again"


def test_each_answer_is_a_button_and_the_choice_is_compared(
    opened: Callable[..., Notebook], screenshots: Path
) -> None:
    notebook = opened(f'import nslabkit as lab\nlab.predict("{NAME}")', f'lab.compare("{NAME}")')
    cell = notebook.page.locator(".jp-CodeCell").first
    right = question(NAME).right.text
    for option in question(NAME).options:
        expect(cell.get_by_label(option.text)).to_be_visible(timeout=LONGEST)
    cell.get_by_label(right).check()
    notebook.run(1)
    compared = notebook.page.locator(".jp-CodeCell").nth(1)
    expect(compared.get_by_text("✔ You guessed it")).to_be_visible(timeout=LONGEST)
    notebook.page.screenshot(path=screenshots / "predict.png")
