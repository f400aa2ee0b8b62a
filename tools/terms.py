"""Does the Chinese keep to one word for one thing, and to Chinese typography?

Reads the Chinese cells of the lessons' sources, their questions, the Chinese documents and the
catalogue of messages.  The words come from ``notebooks/glossary.toml`` (`glossary`): what is not
written, and what the Chinese says where the English beside it says something.  What stands in
backticks, in a code block or in a link's address is not prose: it counts as one Latin word.

``python tools/terms.py`` prints what is to mend, a line each; status 1 if there is anything.
"""

from __future__ import annotations

import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.pofile import read_po

sys.path.insert(0, str(Path(__file__).resolve().parent))
import glossary
from glossary import Rule
from lesson_cells import cells_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
HAN = "\u3400-\u9fff"
WIDE = "，。；：？！、（）“”《》"
NEXT = {"en": "Next:", "zh": "下一课："}
CLAIMS = "00_claims.py"

# Typography: GB/T 15834, and a space between Han characters and Latin ones.
TYPOGRAPHY = (
    Rule(rf"[{HAN}][,;:?!](?!/)", "full-width punctuation after a Han character"),
    Rule(rf"[{HAN}]\.(?![\w/])", "。 after a Han character"),
    Rule(rf"[,;:?!][{HAN}]|[,;] [{HAN}]", "full-width punctuation before a Han character"),
    Rule(rf"[{HAN}] ?\(|(?<!\(\d\d)\) ?[{HAN}]", "（ ） beside Han characters"),
    Rule(rf"[{HAN}]\"|\"[{HAN}]", "“ ” beside Han characters"),
    Rule(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9%][{HAN}]", "a space between Han and Latin"),
    Rule(rf"[{HAN}] [{HAN}]", "no space between Han characters"),
    Rule(rf"[{WIDE}] (?=\S)|\S (?=[，。；：？！、）])", "no space beside full-width punctuation"),
    Rule(rf"[{HAN}](\.\.\.|…(?!…)(?<!……))(?!…)", "…… for an ellipsis"),
    Rule(r"⁎", "** for emphasis: Han characters have no italics"),
    Rule(rf"[{HAN}]-[{HAN}]", "no hyphen between Han characters"),
)
_CODE_BLOCK = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_ITALICS = re.compile(rf"(?<!\*)\*(?![*\s])([^*\n]*[{HAN}][^*\n]*)\*(?!\*)")
_SPACED_BOLD = re.compile(rf"(?<=[{WIDE}])\*\*[ ]")


@dataclass(frozen=True)
class Text:
    """A piece of Chinese prose, where it stands, and the same in English if that is known."""

    where: str
    text: str
    english: str = ""


def prose(text: str) -> str:
    """Return a Markdown text without marks; what is no prose becomes one Latin word."""
    text = _CODE_BLOCK.sub("\n", text)
    text = re.sub(r"`[^`\n]*`", "x", text)
    text = re.sub(r"<(?:kbd|code)>.*?</(?:kbd|code)>", "x", text)
    text = re.sub(r"</?\w[^>]*>", "", text)
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"https?://\S+", "x", text)
    # Emphasis that ends in punctuation needs a space behind it, or Markdown does not see its end.
    text = _SPACED_BOLD.sub("", text)
    text = _ITALICS.sub(r"⁎\1⁎", text)
    text = re.sub(r"\*+", "", text)
    # A table's bars and a list's marks end a piece of prose.
    return re.sub(r" *\| *|^ *(?:[-#>]+|\d+\.) +", "\n", text, flags=re.MULTILINE)


def message(text: str) -> str:
    """Return a message of the kit as prose: commands and placeholders become Latin words."""
    text = re.sub(r"\{\w*[^}]*\}", "x", text)
    text = re.sub(r"`[^`\n]*`", "x", text)
    return re.sub(r"\n(?=\S)", "\n", text)


def texts() -> Iterator[Text]:
    """Give all Chinese prose of the project."""
    for source in _sources():
        yield from _cells(source)
    for path in sorted((ROOT / "notebooks" / "questions").glob("*.toml")):
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        yield from (Text(f"{path.name}, {where}", *pair) for where, pair in _twins(said))
    documents = [ROOT / "README.zh.md", *(ROOT / "docs").glob("*.zh.md")]
    for path in sorted(documents):
        yield Text(path.name, prose(path.read_text(encoding="utf-8")))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for english, chinese in re.findall(r"^[a-z-]+:.*?  ## (.*)  ## (.*)$", makefile, re.MULTILINE):
        yield Text("Makefile", prose(chinese), prose(english))
    for term in glossary.terms():
        means = term["means"]
        yield Text(f"{glossary.SOURCE.name}, {term['en']}", prose(means["zh"]), prose(means["en"]))
    yield from _messages()


def _sources() -> list[Path]:
    return sorted((ROOT / "notebooks" / "source").glob("*.py"))


def _cells(source: Path) -> Iterator[Text]:
    english = ""
    for number, cell in enumerate(cells_of(source)):
        language = cell.metadata.get("lang")
        if language == "en":
            english = prose(cell.source)
        elif language == "zh":
            yield Text(f"{source.name}, cell {number}", prose(cell.source), english)


def _twins(said: Any) -> Iterator[tuple[str, tuple[str, str]]]:  # noqa: ANN401 - whatever TOML holds
    """Give what a file of questions says in both languages, with the name of its question."""
    for kind, entries in said.items():
        if kind == "varies":
            continue  # values, without a language
        for number, entry in enumerate(entries, 1):
            name = f"{kind} “{entry.get('name', number)}”"
            for part in (entry, *entry.get("option", ())):
                for both in (part, part.get("ask"), part.get("why"), part.get("goal")):
                    if both and "zh" in both:
                        yield name, (prose(both["zh"]), prose(both["en"]))


def _messages() -> Iterator[Text]:
    catalogue = ROOT / "nslabkit" / "base" / "locale" / "zh_CN" / "LC_MESSAGES" / "nslabkit.po"
    with catalogue.open("rb") as file:
        for entry in read_po(file, locale="zh_CN"):
            if entry.id and isinstance(entry.string, str):
                english = str(entry.id)
                where = f"{catalogue.name}, “{english[:40]}”"
                yield Text(where, message(entry.string), message(english))


def problems(text: Text) -> Iterator[str]:
    """Give what is wrong in a text, one line each."""
    for rule in (*glossary.rules(), *TYPOGRAPHY):
        for found in re.finditer(rule.pattern, text.text):
            around = text.text[max(0, found.start() - 12) : found.end() + 12].replace("\n", "⏎")
            yield f"{text.where}: “{around}”: {rule.advice}"
    for pair in glossary.pairs():
        if pair.broken(text.english, text.text):
            yield f"{text.where}: the English says {pair.english}: {' or '.join(pair.chinese)}"


def lacking(sources: list[Path]) -> Iterator[str]:
    """Give what lessons have to say and do not: what comes next, and the chapter's headings."""
    for source in sources:
        said = {"en": "", "zh": ""}
        for cell in cells_of(source):
            if cell.metadata.get("lang") in said:
                said[cell.metadata["lang"]] += cell.source + "\n"
        if source.name.startswith("00_"):
            continue
        for language, word in NEXT.items():
            if word not in said[language].rpartition("\n## ")[2]:
                yield f"{source.name}: the last section does not say “{word}”"
    for source in sources:
        if source.name == CLAIMS:
            yield from _headings_lacking(source)


def _headings_lacking(source: Path) -> Iterator[str]:
    found = {
        heading
        for cell in cells_of(source)
        if cell.metadata.get("lang") == "zh"
        for heading in re.findall(r"^#+ (.*)$", cell.source, re.MULTILINE)
    }
    for heading in glossary.headings():
        if heading not in found:
            yield f"{source.name}: no heading “{heading}”, as the chapter has it"


def main() -> int:
    """Print what is to mend and return the exit status."""
    found = [line for text in texts() for line in problems(text)]
    found += lacking(_sources())
    print("\n".join(found) if found else "The Chinese keeps to its terms and its typography.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
