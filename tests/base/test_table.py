"""Do results print in one line, and as a table that a screen reader can read?"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from nslabkit.base.table import Table

if TYPE_CHECKING:
    import pytest


class Cells(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def table(*names: str) -> Table[str]:
    columns = {"name": str, "length": lambda name: str(len(name))}
    return Table("Names", names, columns, [{"name": name} for name in names])


def test_it_is_a_sequence() -> None:
    found = table("one", "two", "three")
    assert len(found) == 3
    assert found[0] == "one"
    assert found[1:] == ("two", "three")
    assert "two" in found
    assert list(found) == ["one", "two", "three"]


def test_one_line_of_text() -> None:
    assert repr(table("one", "t\nwo")) == "Names: one 3; t wo 4"
    assert repr(table()) == "Names: -"


def test_one_line_of_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    assert repr(table("one", "two")) == "Names：one 3；two 3"


def test_html_has_a_caption_and_scopes_and_is_escaped() -> None:
    cells = Cells(table("<b>one</b>")._repr_html_())
    tags = [tag for tag, _attributes in cells.tags]
    assert tags.count("caption") == 1
    assert "b" not in tags
    assert "<b>one</b>" in cells.words
    scopes = [attributes["scope"] for tag, attributes in cells.tags if tag == "th"]
    assert scopes == ["col", "col", "row"]


def test_html_leaves_the_colours_to_the_theme() -> None:
    assert "color" not in table("one")._repr_html_()
