"""Is a table read with its headings, and is what comes from outside escaped?"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from nslabkit.base.markup import Cell, table, with_code

PACKAGE = Path(__file__).parents[2] / "nslabkit"


def test_a_table_has_a_caption_scopes_and_escaped_cells() -> None:
    rows = [("<i>1</i>", Cell("<code>ip</code>", "white-space:nowrap")), "… & more"]
    made = ET.fromstring(table("A & B", ("one", "two"), rows))  # noqa: S314 - made here
    assert [element.text for element in made.iter("caption")] == ["A & B"]
    assert [(head.get("scope"), head.text) for head in made.iter("th")] == [
        ("col", "one"),
        ("col", "two"),
        ("row", "<i>1</i>"),
    ]
    cell, sentence = made.iter("td")
    assert (cell[0].tag, cell[0].text) == ("code", "ip")
    assert str(cell.get("style")).endswith(";white-space:nowrap")
    assert (sentence.get("colspan"), sentence.text) == ("2", "… & more")


def test_names_and_values_need_no_headings() -> None:
    made = ET.fromstring(table("", (), [("a", "b")]))  # noqa: S314 - made here
    assert [element.tag for element in made] == ["caption", "tbody"]


def test_what_stands_in_backquotes_is_code() -> None:
    assert with_code("run `ip <x>` & see") == "run <code>ip &lt;x&gt;</code> &amp; see"


def test_no_module_writes_tables_of_its_own() -> None:
    own = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if any(tag in path.read_text("utf-8") for tag in ("<table", "<td", "<th ", "<tr"))
    ]
    assert own == ["base/markup.py"]
