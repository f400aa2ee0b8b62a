"""Is a lesson's time measured as it is said, and a wrong one found?"""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
minutes = importlib.import_module("lesson_minutes")
notebooks = importlib.import_module("notebooks")

TASKS = '[[task]]\nname = "1.1"\nminutes = 4\ngoal.en = "Do it."\ngoal.zh = "做吧。"\n'
LESSON = """# %% [markdown] lang="en"
# **Time:** about {stated} minutes. {words}

# %% [markdown] lang="zh"
# **时间：** 约 {stated} 分钟。{characters}

# %%
1 + 1

# %% task="1.1"

# %% task="1.1" tags=["solution"]
2 + 2

# %% task="1.1"
lab.check.task("1.1")
{more}"""
FOLDED = """
# %% [markdown] lang="en" jp-MarkdownHeadingCollapsed=true
# ## Look deeper
# {words}

# %% [markdown] lang="zh" jp-MarkdownHeadingCollapsed=true
# ## 深入一步
# {characters}

# %%
3 + 3
"""


def lesson(folder: Path, stated: int, *, more: str = "") -> Path:
    """Write a lesson of 150 words, one cell and one task of four minutes."""
    (folder / "questions").mkdir(exist_ok=True, parents=True)
    (folder / "questions" / "01_small.toml").write_text(TASKS, encoding="utf-8")
    source = folder / "source" / "01_small.py"
    source.parent.mkdir(exist_ok=True)
    words, characters = "word " * 146, "字" * 292
    text = LESSON.format(stated=stated, words=words, characters=characters, more=more)
    source.write_text(text, encoding="utf-8")
    return source


@pytest.mark.parametrize("language", ["en", "zh"])
def test_words_cells_and_tasks_add_up(language: str, tmp_path: Path) -> None:
    source = lesson(tmp_path, 5)
    assert minutes.stated(source, language) == 5
    assert minutes.measured(source, language) == pytest.approx(1 + 25 / 60 + 4, abs=0.05)
    assert minutes.problem(source, language) is None


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_folded_is_not_counted(language: str, tmp_path: Path) -> None:
    plain = minutes.measured(lesson(tmp_path, 5), language)
    folded = FOLDED.format(words="word " * 500, characters="字" * 1000)
    assert minutes.measured(lesson(tmp_path, 5, more=folded), language) == plain


def test_a_time_that_is_off_by_more_than_15_percent_is_a_problem(tmp_path: Path) -> None:
    for stated, wrong in ((4, True), (5, False), (6, False), (7, True)):
        source = lesson(tmp_path, stated)
        assert bool(minutes.problem(source, "en")) is wrong, stated
    assert "states 7 minutes in en, and takes 5" in minutes.problem(source, "en")


def test_the_build_prints_the_times_and_fails_on_a_wrong_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for stated, status in ((5, 0), (20, 1)):
        shutil.rmtree(tmp_path / "x", ignore_errors=True)
        lesson(tmp_path / "x", stated)
        notebooks.main(["--folder", str(tmp_path / "x")])
        capsys.readouterr()
        assert notebooks.main(["--check", "--folder", str(tmp_path / "x")]) == status
        shown = capsys.readouterr()
        assert f"01_small: minutes measured of those stated: en 5 of {stated}" in shown.out
        assert ("it states 20 minutes in zh" in shown.err) is bool(status)


def test_every_lesson_keeps_its_word() -> None:
    sources = sorted((ROOT / "notebooks" / "source").glob("*.py"))
    found = [minutes.problem(source, language) for source in sources for language in ("en", "zh")]
    assert [text for text in found if text] == []
    assert sum(minutes.stated(source, "en") is not None for source in sources) >= 11
