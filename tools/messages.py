"""Does the kit say everything in Chinese too?

    tools/messages.py update    collect the messages from the code into the catalogue, compile it
    tools/messages.py check     status 1 where a translation is missing, or the compiled file is old

The English text in the code is the key.
``nslabkit/base/locale/zh_CN/LC_MESSAGES/nslabkit.po`` holds
the Chinese, written by people; the ``.mo`` beside it is what gettext reads.
"""

from __future__ import annotations

import ast
import io
import os
import re
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from nslabkit.cli import main as nslabkit
from nslabkit.cli.help_words import spoken, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "nslabkit" / "base" / "locale" / "zh_CN" / "LC_MESSAGES" / "nslabkit.po"
MO = PO.with_suffix(".mo")
PLACEHOLDER = re.compile(r"\{(\w*)[^}]*\}")
# What click says to who types `nslabkit`; the last ones only its older versions.
OF_CLICK = (
    "(Did you mean one of: {possibilities}?)",
    "Aborted!",
    "Choose from:\n\t{choices}",
    "Commands",
    "Did you mean {possibility}?",
    "Error: invalid input",
    "Error: {message}",
    "Got unexpected extra argument ({args})",
    "Got unexpected extra arguments ({args})",
    "Invalid value for {param_hint}: {message}",
    "Missing argument",
    "Missing command.",
    "No such command {name!r}.",
    "No such option {name!r}.",
    "Option {name!r} does not take a value.",
    "Option {name!r} requires an argument.",
    "Options",
    "Show this message and exit.",
    "Try '{command} {option}' for help.",
    "default: {default}",
    "directory",
    "{name} {filename!r} does not exist.",
    "{name} {filename!r} is a directory.",
    "{name} {filename!r} is a file.",
    "{name} {filename!r} is not readable.",
    "{value!r} is not a valid {number_type}.",
    "{value!r} is not one of {choices}.",
    "{value} is not in the range {range}.",
    "(Possible options: {possibilities})",
    "No such option: {name}",
    "{name} '{filename}' is a directory.",
)


def said() -> Catalog:
    """Return what the code says: every message in ``_()``, the commands' help, click's words."""
    catalogue = Catalog(project="nslabkit", fuzzy=False)
    for message in chain(OF_CLICK, of_help()):
        catalogue.add(message, None, [("nslabkit --help", 1)])
    for source in sorted((ROOT / "nslabkit").rglob("*.py")):
        for line, message in _messages(source):
            catalogue.add(message, None, [(str(source.relative_to(ROOT)), line)])
    return catalogue


def _messages(source: Path) -> list[tuple[int, str]]:
    """Return each ``_("…")`` of a file; babel's own reader misses those inside an f-string."""
    return [
        (node.lineno, node.args[0].value)
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_"
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    ]


def of_help() -> Iterator[str]:
    """Give each message of the help of every command."""
    found: list[str] = []

    def note(message: str) -> str:
        found.append(message)
        return message

    for _name, command in tree("nslabkit", nslabkit):
        spoken(command, note)
    return filter(None, found)


def translated() -> Catalog:
    """Return the Chinese catalogue."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


def problems() -> list[str]:
    """Return what is wrong with the catalogue, one line each."""
    code, chinese = said(), translated()
    found = []
    for message in code:
        if not message.id:
            continue
        where = "{}:{}".format(*message.locations[0])
        entry = chinese.get(message.id)
        if entry is None or not entry.string or entry.fuzzy:
            found.append(f"{where}: no Chinese for “{message.id}”")
        elif _placeholders(message.id) != _placeholders(entry.string):
            found.append(f"{where}: other placeholders in the Chinese for “{message.id}”")
    found += [
        f"{PO.name}: nothing in the code says “{entry.id}” any more"
        for entry in chinese
        if entry.id and entry.id not in code
    ]
    if not _compiled_agrees(chinese):
        found.append(f"{MO.name} is older than {PO.name}: make messages")
    return found


def _placeholders(text: object) -> set[str]:
    return set(PLACEHOLDER.findall(str(text)))


def _compiled_agrees(chinese: Catalog) -> bool:
    with MO.open("rb") as file:
        compiled = read_mo(file)
    return {entry.id: entry.string for entry in compiled if entry.id} == {
        entry.id: entry.string for entry in chinese if entry.id and entry.string
    }


def update() -> None:
    """Bring the catalogue up to what the code says; new messages are left to translate."""
    chinese = translated()
    begun = chinese.creation_date  # today's would be a change, and a conflict, each time
    chinese.update(said(), no_fuzzy_matching=True)
    chinese.creation_date = begun
    chinese.obsolete.clear()
    text = io.BytesIO()
    write_po(text, chinese, width=100, sort_output=True, no_location=True)
    PO.write_bytes(text.getvalue())
    with MO.open("wb") as file:
        write_mo(file, chinese)


def main(action: str) -> int:
    """Do what was asked and return the exit status."""
    os.environ["NSLAB_LANG"] = "en"  # a command hands over its help in the reader's language
    if action == "update":
        update()
    found = problems()
    print("\n".join(found) if found else "Every message has a Chinese translation.")
    return 1 if found else 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["update"], ["check"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
