"""Which words does the course use, in English and Chinese, and which does it not write?

``notebooks/glossary.toml`` is their one home.  `notebooks` shows the terms on the page of the
claims, this tool in ``docs/glossary.md``, and `terms` holds all Chinese to the rest.

``python tools/glossary.py`` writes the document, ``--check`` only says whether it is up to date.
"""

from __future__ import annotations

import functools
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "notebooks" / "glossary.toml"
DOCUMENT = ROOT / "docs" / "glossary.md"
PLACE = "<!-- glossary -->"
"""Where a lesson's text has the table."""

_HEADINGS = {"en": ("word", "中文", "what it means"), "zh": ("词", "英文", "意思")}
_PREFACE = """# Glossary · 术语表

The words of the course and of the kit, as the lessons and the program `ip` use them.
`make check` holds the Chinese to them. Made from
[notebooks/glossary.toml](../notebooks/glossary.toml): change it there, then `make notebooks`.

课程和工具包使用的词。中文是否一致，由 `make check` 检查。本页由
[notebooks/glossary.toml](../notebooks/glossary.toml) 生成：请改那个文件，再运行 `make notebooks`。
"""


@dataclass(frozen=True)
class Rule:
    """One thing that is not written so.

    Parameters
    ----------
    pattern : str
        A regular expression for what is wrong.
    advice : str
        What to write instead.
    breaks : str
        A sentence in which it is found.
    keeps : str
        A sentence that looks like it and is right; empty if there is none.
    """

    pattern: str
    advice: str
    breaks: str = ""
    keeps: str = ""


@dataclass(frozen=True)
class Pair:
    """What the Chinese says where the English says something.

    Parameters
    ----------
    english : str
        A regular expression.
    chinese : tuple of str
        One of these is in the Chinese then.
    breaks : tuple of str
        An English sentence and a Chinese one that does not say so.
    """

    english: str
    chinese: tuple[str, ...]
    breaks: tuple[str, str]

    def broken(self, english: str, chinese: str) -> bool:
        """Return whether the English says it and the Chinese does not."""
        return bool(re.search(self.english, english)) and not any(
            word in chinese for word in self.chinese
        )


def rules() -> tuple[Rule, ...]:
    """Return what is not written."""
    return tuple(
        Rule(one["not"], one["write"], one["breaks"], one.get("keeps", ""))
        for one in _read()["rule"]
    )


def pairs() -> tuple[Pair, ...]:
    """Return what the Chinese says where the English says something."""
    return tuple(Pair(one["en"], tuple(one["zh"]), tuple(one["breaks"])) for one in _read()["pair"])


def headings() -> tuple[str, ...]:
    """Return the headings of the chapter, as it writes them."""
    return tuple(_read()["chapter"]["headings"])


def table(language: str) -> str:
    """Return the terms as a table in Markdown, for readers of one language."""
    other = "zh" if language == "en" else "en"
    rows = [_HEADINGS[language], ("---",) * 3]
    rows += [(one[language], one[other], one["means"][language]) for one in _read()["term"]]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


def document() -> str:
    """Return the text of ``docs/glossary.md``."""
    rows = [("English", "中文", "what it means", "意思"), ("---",) * 4]
    rows += [(one["en"], one["zh"], one["means"]["en"], one["means"]["zh"]) for one in terms()]
    body = "\n".join("| " + " | ".join(cells) + " |" for cells in rows)
    return f"{_PREFACE}\n{body}\n"


def terms() -> list[dict[str, Any]]:
    """Return the terms, each with its words and meanings by language."""
    return list(_read()["term"])


@functools.cache
def _read() -> dict[str, Any]:
    return tomllib.loads(SOURCE.read_text(encoding="utf-8"))


def main(arguments: list[str] | None = None) -> int:
    """Write the document, or with --check compare it; return the exit status."""
    wanted = document()
    if DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == wanted:
        return 0
    if "--check" in (sys.argv[1:] if arguments is None else arguments):
        print(f"{DOCUMENT.relative_to(ROOT)} is not up to date: make notebooks", file=sys.stderr)
        return 1
    DOCUMENT.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
