"""The question before an experiment: one line, and readable as such."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notebook_page import LONGEST, Notebook
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_letters_stand_in_one_line_with_the_question(
    opened: Callable[..., Notebook], screenshots: Path
) -> None:
    notebook = opened('import nslabkit as lab\nlab.predict("a question", "ABC")')
    output = notebook.page.locator(".jp-CodeCell").first.locator(".jp-Cell-outputArea")
    label, letter = output.get_by_text("Your guess:"), output.get_by_text("A", exact=True)
    expect(letter).to_be_visible(timeout=LONGEST)
    notebook.page.screenshot(path=screenshots / "predict.png")
    words, first = label.bounding_box(), letter.bounding_box()
    assert words is not None
    assert first is not None
    assert abs(words["y"] + words["height"] / 2 - first["y"] - first["height"] / 2) <= 4
    assert first["x"] > words["x"] + words["width"] + 4
