"""Does the command explain itself in Chinese, where Chinese is spoken, in its help and errors?"""

from __future__ import annotations

import os
import re
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from nslabkit.base.folding import text_width
from nslabkit.base.language import translate
from nslabkit.cli import main
from nslabkit.cli.help_words import spoken, tree

COMMANDS = [name for name, _command in tree("nslabkit", main)]
# Of everything that click says when the command is mistyped; each ends before anything is done.
MISTAKES = (
    "nosuch",
    "lab --prot 1",
    "lab --nothing-of-the-kind",
    "lab --port x",
    "lab --port 0",
    "lab --port",
    "lab --socket=3",
    "lab --lang fr",
    "lab one 2",
    "class",
    "grade /no/such/folder",
    "grade /etc/passwd",
    "doctor --report /",
    "doctor one",
    "run --timeout 0",
    "claims X99",
    "workshop nosuch",
    "workshop reset one",
    "workshop start --names /no/such/file",
)
_ENGLISH = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
_TYPED = re.compile(r"`[^`]*`|'[^']*'|“[^”]*”|nslabkit( [a-z-]+)*")


def _said(*words: str, language: str = "zh_CN") -> str:
    outcome = CliRunner().invoke(
        main, words, prog_name="nslabkit", env={"NSLAB_LANG": language, "COLUMNS": "80"}
    )
    return outcome.output


def _english(text: str) -> list[str]:
    """Return the lines with two English words side by side; commands to type are not read."""
    prose = [_TYPED.sub("", line) for line in text.splitlines() if not line.startswith("    ")]
    return [line for line in prose if _ENGLISH.search(line)]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_word_of_the_help_has_its_chinese(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")
    asked = []

    def note(message: str) -> str:
        asked.append(message)
        return message

    spoken(dict(tree("nslabkit", main))[name], note)
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    assert [one for one in asked if one and translate(one) == one] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_is_chinese_and_fits_a_terminal(name: str) -> None:
    shown = _said(*name.split()[1:], "--help")
    assert shown.startswith(f"用法：{name} ")
    assert "选项：\n" in shown
    assert _english(shown) == []
    lines = [line.strip() for line in shown.splitlines() if line.strip()]
    assert max(map(text_width, shown.splitlines())) <= 80
    assert not [line for line in lines if line[0] in "。，、；：？！）」”" or line[-1] in "（「“"]


@pytest.mark.parametrize("words", MISTAKES)
def test_a_mistake_is_told_in_chinese(words: str) -> None:
    shown = _said(*words.split())
    assert "错误：" in shown
    assert _english(shown) == []


def test_one_process_speaks_both() -> None:
    """Also one that defines its commands while it speaks Chinese."""
    code = (
        "import os; from click.testing import CliRunner; from nslabkit.cli import main\n"
        "for language in ('zh', 'en', 'zh'):\n"
        "    os.environ['NSLAB_LANG'] = language\n"
        "    print(CliRunner().invoke(main, ['grade', '-h'], prog_name='nslabkit').output)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    chinese, english, again = re.split(r"^(?=用法：|Usage: )", done.stdout, flags=re.MULTILINE)[1:]
    assert chinese.strip() == again.strip()
    assert "\n选项：\n" in chinese
    assert "--out 目录 " in chinese
    assert english.startswith("Usage: nslabkit grade [OPTIONS] FOLDER...")
    assert "--out DIRECTORY " in english
    assert not re.search(r"[\u4e00-\u9fff]", english)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_terminal_without_chinese_shows_the_rest(language: str) -> None:
    code = "from nslabkit.cli import main; main(['--help'], prog_name='nslabkit')"
    ours = {**os.environ, "NSLAB_LANG": language, "PYTHONIOENCODING": "latin-1"}
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, env=ours, check=False)
    assert shown.stderr == b""
    assert b"  nslabkit doctor     " in shown.stdout


def test_english_is_laid_out_as_click_does() -> None:
    long = "One sentence after the other makes a paragraph, with `code` in it, (brackets), "
    plain = click.Group("plain", help=f"{long * 3}too.\n\nAnd here is another, not as long.")
    plain.add_command(click.Command("inner", short_help="Do it."))
    plain.add_command(click.Command("longer-inner", short_help="Do the other."))
    plain.params = [
        click.Option(
            ["--port"], type=click.IntRange(1, 9), default=3, show_default=True, help=long
        ),
        click.Option(["-v", "--very-long-name-of-an-option-indeed"], help="Its meaning."),
        click.Option(["--bare"], is_flag=True),
    ]
    told = spoken(plain)
    with click.Context(plain, info_name="plain", terminal_width=78) as theirs:
        expected = plain.get_help(theirs)
    with told.context_class(told, info_name="plain", terminal_width=78) as ours:
        assert told.get_help(ours) == expected
