"""Is a guess remembered, compared, and never in the way?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nslabkit.base.errors import InvalidValueError
from nslabkit.course import predict as module

if TYPE_CHECKING:
    from collections.abc import Iterator

predict = module if callable(module) else module.predict


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    from nslabkit.course.predict import _guesses

    monkeypatch.setenv("NSLAB_LANG", "en")
    yield
    _guesses.clear()


def test_a_guess_is_compared_afterwards() -> None:
    from nslabkit.course.predict import _remember

    assert repr(predict("q", "AB")) == "Your guess: A / B. Decide before you run the next cell."
    assert repr(predict("q", answer="A")) == "→ It is A."
    _remember("q", "B")
    assert predict("q", "AB").guess == "B"
    assert not predict("q", answer="A")
    assert "You guessed B; it is A" in repr(predict("q", answer="A"))
    assert predict("q", answer="B")
    assert "✔" in predict("q", answer="B")._repr_html_()


def test_the_buttons_remember() -> None:
    question = predict("w", "ABC")
    box = question._widget()
    box.children[1].value = "C"
    assert predict("w", "ABC").guess == "C"
    assert question._widget().children[1].value == "C"


def test_without_a_browser_the_text_remains() -> None:
    bundle = predict("t", "AB")._repr_mimebundle_()
    assert bundle["text/plain"] == "Your guess: A / B. Decide before you run the next cell."
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_a_guess_that_is_no_option_any_more_is_forgotten() -> None:
    from nslabkit.course.predict import _remember

    _remember("o", "C")
    assert predict("o", "AB").guess is None


def test_nothing_to_choose_from() -> None:
    with pytest.raises(InvalidValueError, match="answers to choose from"):
        predict("n", "")


def test_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    assert "你猜" in repr(predict("z", "AB"))
