from __future__ import annotations

from nslabkit.base.printable import printable
from nslabkit.base.table import Table


def test_foreign_text_cannot_steer_the_terminal() -> None:
    assert printable("a\x1b[31m\u202eb\n") == "a?[31m?b "
    assert printable("网络 \u3000 netns1") == "网络   netns1"
    assert len(printable("x" * 500, 40)) == 40


def test_a_table_shows_no_escape_sequence() -> None:
    table = Table("a\x1b[2J", ["b\x1b[2J<b>"], {"name": str}, [])
    assert repr(table) == "a?[2J: b?[2J<b>"
    html = table._repr_html_()
    assert "\x1b" not in html
    assert "<b>" not in html
