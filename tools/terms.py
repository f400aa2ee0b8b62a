"""Does the Chinese keep to one word for one thing, and to Chinese typography?

Reads the Chinese cells of the lessons' sources, the Chinese documents and the catalogue of
messages.  What stands in backticks, in a code block or in a link's address is not prose: it
counts as one Latin word.

``python tools/terms.py`` prints what is to mend, a line each; status 1 if there is anything.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po

sys.path.insert(0, str(Path(__file__).resolve().parent))
from lesson_cells import cells_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
HAN = "\u3400-\u9fff"
WIDE = "，。；：？！、（）“”《》"


@dataclass(frozen=True)
class Rule:
    """One thing that is not written so.

    Parameters
    ----------
    pattern : str
        A regular expression for what is wrong.
    advice : str
        What to write instead.
    """

    pattern: str
    advice: str


# Words: design.md's vocabulary, and spellings of which one is enough.
WORDS = (
    Rule(r"名字空间|名称空间|(?<!命)名空间", "命名空间"),
    Rule(r"ARP ?(表|缓存)", "邻居表"),
    # A real card may be called so; what `ip link` lists may not.
    Rule(r"(?<!无线)(?<!以太)(?<!一块)(?<!属于)(?<!留给)(?<!没有)网卡", "网络接口"),
    # The machine around a container is called so; the notebook's own namespace is not.
    Rule(r"(?<!容器的)(?<!容器对)(?<!，请)(?<!改动)宿主机", "主机"),
    Rule(r"对等端|对侧端", "对端"),
    Rule(r"环回", "回环"),
    Rule(r"桥接器|虚拟网桥", "网桥"),
    Rule(r"缺省", "默认"),
    Rule(r"虚拟以太网?对|veth pair 对|veth设备对", "veth 对"),
    Rule(r"截包|数据包捕获", "抓包"),
    Rule(r"(?<!Jupyter )\b[Nn]otebook(?!s?/)", "笔记本"),
    Rule(r"您", "你"),
    Rule(r"其它", "其他"),
    Rule(r"登陆", "登录"),
    Rule(r"帐[号户]", "账号"),
    Rule(r"(?<![目有])的的|了了|是是|在在", "the word once"),
)
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
    """A piece of Chinese prose, and where it stands."""

    where: str
    text: str


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
    for source in sorted((ROOT / "notebooks" / "source").glob("*.py")):
        for number, cell in enumerate(cells_of(source)):
            if cell.metadata.get("lang") == "zh":
                yield Text(f"{source.name}, cell {number}", prose(cell.source))
    for path in sorted([ROOT / "README.zh.md", *(ROOT / "docs").glob("*.zh.md")]):
        yield Text(path.name, prose(path.read_text(encoding="utf-8")))
    catalogue = ROOT / "nslabkit" / "base" / "locale" / "zh_CN" / "LC_MESSAGES" / "nslabkit.po"
    with catalogue.open("rb") as file:
        for entry in read_po(file, locale="zh_CN"):
            if entry.id and isinstance(entry.string, str):
                yield Text(f"{catalogue.name}, “{str(entry.id)[:40]}”", message(entry.string))


def problems(text: Text) -> Iterator[str]:
    """Give what is wrong in a text, one line each."""
    for rule in (*WORDS, *TYPOGRAPHY):
        for found in re.finditer(rule.pattern, text.text):
            around = text.text[max(0, found.start() - 12) : found.end() + 12].replace("\n", "⏎")
            yield f"{text.where}: “{around}”: {rule.advice}"


def main() -> int:
    """Print what is to mend and return the exit status."""
    found = [line for text in texts() for line in problems(text)]
    print("\n".join(found) if found else "The Chinese keeps to its terms and its typography.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
