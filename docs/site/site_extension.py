"""What does the site add to Sphinx: search in Chinese, JupyterLab's anchors, the other language?

No spaces separate Chinese words, so each two neighbouring characters are a term, in the index and
in the query alike; a word of more characters is found where all of its pairs are.  This needs
neither a dictionary nor a download.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from sphinx.search.zh import SearchChinese

HAN = r"\u3400-\u9fff"
_CORNER = re.compile(r'<th class="head[^"]*">(<p></p>)?</th>')
_PIECES = re.compile(rf"[{HAN}]+|[A-Za-z0-9_]+")


def terms(text: str) -> list[str]:
    """Return the terms of a text: Latin words, and each pair of neighbouring Han characters."""
    found = []
    for piece in _PIECES.findall(text):
        if piece[0] < "\u3400" or len(piece) == 1:
            found.append(piece)
        else:
            found += [piece[place : place + 2] for place in range(len(piece) - 1)]
    return found


class ChineseByPairs(SearchChinese):
    """Sphinx's search in Chinese, with pairs of characters in place of a dictionary's words."""

    # Sphinx 9.0 asks the page for a stemmer of this name; the one that it brings along is English.
    language_name = "English"
    # What `terms` does, in the page.
    js_splitter_code = r"""
var splitQuery = (query) => (query.match(/[\u3400-\u9fff]+|[A-Za-z0-9_]+/g) || []).flatMap(
  (piece) => piece < "\u3400" || piece.length === 1 ? [piece]
    : Array.from({ length: piece.length - 1 }, (_, place) => piece.slice(place, place + 2)));
"""

    def split(self, input: str) -> list[str]:  # noqa: A002 - Sphinx's name
        """Return the terms of a text for the index."""
        found = terms(input)
        self.latin_terms.update(term for term in found if term[0] < "\u3400")
        return found

    def word_filter(self, stemmed_word: str) -> bool:
        """Return whether a term goes into the index: a single Han character does, too."""
        return stemmed_word not in self.stopwords and (
            len(stemmed_word) > 1 or stemmed_word >= "\u3400"
        )


# The other language: its folder, its tag, its name.
OTHER = {"en": ("zh", "zh-CN", "中文"), "zh": ("en", "en", "English")}
DOCS = Path(__file__).resolve().parents[1]
# What the Chinese site has in Chinese, or in both: own pages, and documents with a Chinese twin.
NOT_ENGLISH = {"docs/index", "docs/glossary", "reference/index"} | {
    f"docs/{path.name.removesuffix('.zh.md')}" for path in DOCS.glob("*.zh.md")
}


def heading_anchor(title: str) -> str:
    """Return a heading's anchor as JupyterLab makes it, which the lessons' links name."""
    return title.replace(" ", "-")


def tell_languages(
    _app: Any, page: str, _template: str, context: dict[str, Any], _tree: Any
) -> None:
    """Give a page the address of its twin; mark what is English in the Chinese site."""
    language = os.environ["NSLAB_SITE_LANG"]
    folder, tag, name = OTHER[language]
    up = "../" * (page.count("/") + 1)
    context["other_language"] = {"code": tag, "name": name, "address": f"{up}{folder}/{page}.html"}
    # The corner of a table with names on two sides is no heading.
    context["body"] = _CORNER.sub("<td></td>", context.get("body", ""))
    english = page.startswith(("docs/", "reference/")) and page not in NOT_ENGLISH
    if language == "zh" and english:
        context["body"] = f'<div lang="en">{context["body"]}</div>'


def setup(app: Any) -> dict[str, bool]:
    """Let Sphinx use it."""
    app.add_search_language(ChineseByPairs)
    app.connect("html-page-context", tell_languages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
