"""Does a figure reach the page and the file: in its colours, with its fonts, with kind errors?"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

import matplotlib as mpl
import pytest
from pictures import parsed, texts

import nslabkit as lab
from nslabkit.base.errors import InvalidValueError, NotSupportedError
from nslabkit.show.figures import Figure
from nslabkit.show.figures import figure as module

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import SubFigure

    from nslabkit.base.palette import Ink
    from nslabkit.capture import Recording


def _word(text: str) -> Figure:
    def draw(figure: SubFigure, ink: Ink) -> None:
        figure.text(0.5, 0.5, text, color=ink.ink)

    return Figure(text, f"It says {text}.", 100, draw)


def test_the_notebook_gets_svg_and_words(first_ping: tuple[Recording, str]) -> None:
    ladder = first_ping[0].ladder()
    bundle = ladder._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"] == repr(ladder)
    assert ladder.svg() in bundle["text/html"]


def test_the_same_recording_gives_the_same_picture(first_ping: tuple[Recording, str]) -> None:
    assert first_ping[0].ladder().svg() == first_ping[0].ladder().svg()


def test_two_figures_share_no_hatch(first_ping: tuple[Recording, str]) -> None:
    recording = first_ping[0]
    ladders = recording.ladder(), recording.ladder(count=3)
    first, second = (set(re.findall(r' id="([^"]+)"', ladder.svg())) for ladder in ladders)
    assert any(name.startswith("h") for name in first), "the ladder has a hatched bar"
    assert not first & second


def test_a_projector_shows_it_larger(first_ping: tuple[Recording, str]) -> None:
    ladder = first_ping[0].ladder()
    usual = float(parsed(ladder).get("width", "0"))
    assert lab.style("projector").name == "projector"
    large = parsed(ladder)
    assert float(large.get("width", "0")) == pytest.approx(1.45 * usual)
    assert large.get("viewBox", "").split()[2] == f"{usual:g}"
    assert lab.style().name == "projector"


def test_there_is_no_such_style_or_theme() -> None:
    with pytest.raises(InvalidValueError, match="notebook, projector"):
        lab.style("cinema")
    with pytest.raises(InvalidValueError, match="light, dark"):
        _word("a").svg("blue")


def test_the_notebooks_own_settings_stay() -> None:
    before = dict(mpl.rcParams)
    with mpl.rc_context({"font.size": 33, "axes.facecolor": "red"}):
        svg = _word("a").svg("light")
        assert mpl.rcParams["font.size"] == 33
    assert "33px" not in svg
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_file(first_ping: tuple[Recording, str], tmp_path: Path, theme: str) -> None:
    ladder = first_ping[0].ladder()
    file = ladder.save(tmp_path / "ladder.png", theme=theme)
    content = file.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, _height = struct.unpack(">II", content[16:24])
    assert width == 2 * 812
    vector = ladder.save(tmp_path / "ladder.svg", theme=theme).read_text()
    assert vector == ladder.svg(theme)


def test_chinese_is_text_in_the_svg_and_glyphs_in_a_png(tmp_path: Path) -> None:
    figure = _word("邻居表")
    assert "邻居表" in texts(figure)
    # matplotlib warns where a font lacks a glyph, and draws a box: `save` would refuse.
    assert figure.save(tmp_path / "zh.png").stat().st_size > 1000


def test_without_a_chinese_font_no_box_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_fonts", list)
    figure = _word("邻居表")
    with pytest.raises(NotSupportedError, match="fonts-noto-cjk") as caught:
        figure.save(tmp_path / "zh.png")
    assert "missing" in caught.value.said
    assert not (tmp_path / "zh.png").exists()
    assert "邻居表" in texts(figure)  # the browser has its own fonts
    assert _word("table").save(tmp_path / "en.png").exists()


def test_a_file_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="SVG or PNG"):
        _word("a").save(tmp_path / "ladder.gif")
    with pytest.raises(InvalidValueError, match="ENOENT"):
        _word("a").save(tmp_path / "nowhere" / "ladder.svg")


def test_chinese_breaks_anywhere_but_before_a_comma() -> None:
    assert module.wrapped("一二三四，五六 ping 七", 4 * 10, 10) == [
        "一二三四，",
        "五六",
        "ping",
        "七",
    ]
    assert module.wrapped("one two three", 60, 10) == ["one two", "three"]
    assert module.wrapped("", 60, 10) == [""]


def test_a_title_too_long_for_one_line_takes_two() -> None:
    long = _word("a word " * 20)
    assert float(parsed(long).get("height", "0")) > float(parsed(_word("a")).get("height", "0"))
