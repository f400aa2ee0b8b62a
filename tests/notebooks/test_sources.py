"""Does the toolchain write what the sources say, and refuse what would mislead a learner?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from scripts import loaded

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., tuple[int, str]]


tool = loaded("tools/notebooks.py")
GOOD = """\
# %% [markdown] lang="en"
# # A title
#
# See [below](#The-end).

# %% [markdown] lang="zh"
# # 标题
#
# 见[下文](#结尾)。

# %% claim="C13" interrupt_after=3
# !ip netns add netns1

# %% tags=["solution"]
1 + 1

# %% [markdown] lang="en"
# ## The end

# %% [markdown] lang="zh"
# ## 结尾
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs the tool and returns its status and what it complains of."""

    def run_it(folder: Path, *words: str) -> tuple[int, str]:
        status = tool.main(["--folder", str(folder), *words])
        return status, capsys.readouterr().err

    return run_it


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "01_good.py").write_text(GOOD, encoding="utf-8")
    return tmp_path


def _notebook(folder: Path, name: str) -> dict:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_both_languages_are_written(folder: Path, run: Run) -> None:
    assert run(folder) == (0, "")
    english, chinese = (_notebook(folder, f"{x}/01_good.ipynb") for x in ("en", "zh"))
    assert english["metadata"]["kernelspec"]["name"] == "nslab"
    assert english["metadata"]["kernelspec"]["display_name"] == "Network lab"
    assert chinese["metadata"]["kernelspec"]["name"] == "nslab-zh"
    assert chinese["metadata"]["kernelspec"]["display_name"] == "网络实验"
    assert "".join(english["cells"][0]["source"]).startswith("# A title")
    assert "".join(chinese["cells"][0]["source"]).startswith("# 标题")
    code = [cell for cell in english["cells"] if cell["cell_type"] == "code"]
    assert code == [cell for cell in chinese["cells"] if cell["cell_type"] == "code"]
    assert code[0]["metadata"] == {"claim": "C13", "interrupt_after": 3}
    assert code[0]["source"] == ["!ip netns add netns1"]
    assert [cell["outputs"] for cell in code] == [[]]


def test_an_exercise_leaves_the_solution_out(folder: Path, run: Run) -> None:
    run(folder)
    exercise = _notebook(folder, "en/01_good.ipynb")["cells"]
    solution = _notebook(folder, "en/solutions/01_good.ipynb")["cells"]
    left_out = [cell for cell in solution if cell not in exercise]
    assert [cell["source"] for cell in left_out] == [["1 + 1"]]


def test_the_same_source_gives_the_same_file(folder: Path, run: Run) -> None:
    run(folder)
    first = (folder / "en/01_good.ipynb").read_bytes()
    (folder / "en/01_good.ipynb").unlink()
    run(folder)
    assert (folder / "en/01_good.ipynb").read_bytes() == first


def test_check_sees_a_changed_and_a_leftover_file(folder: Path, run: Run) -> None:
    run(folder)
    assert run(folder, "--check") == (0, "")
    target = folder / "zh/01_good.ipynb"
    changed = target.read_text(encoding="utf-8").replace("标题", "题目")
    target.write_text(changed, encoding="utf-8")
    (folder / "en/02_gone.ipynb").write_text("{}")
    status, said = run(folder, "--check")
    assert status == 1
    assert "zh/01_good.ipynb is not up to date" in said
    assert "en/02_gone.ipynb has no source" in said
    assert target.read_text(encoding="utf-8") == changed


ZH_END = '# %% [markdown] lang="zh"\n# ## 结尾\n'
BROKEN = {
    "no Chinese": (ZH_END, "", "has no twin"),
    "no English": ('# %% [markdown] lang="en"\n# ## The end\n', "", "has no twin"),
    "no language": ('lang="zh"\n# ## 结尾', "\n# ## 结尾", "has no twin"),
    "neither language": ('[markdown] lang="en"\n# # A', "[markdown]\n# # A", "names no language"),
    "other heading": ("# ## 结尾", "# ### 结尾", "not the same in both languages"),
    "link to nowhere": ("#The-end", "#The-start", "no such heading"),
    "lesson not there": ("(#The-end)", "(09_gone.ipynb)", "there is no such file"),
    "image not there": ("[below](#The-end)", "![below](gone.png)", "there is no such file"),
    "long cell": ("1 + 1", "1 + 1\n" * 13, "13 lines of code"),
    "Chinese in code": ("1 + 1", 'print("你好")', "holds Chinese"),
    "a sentence in code": ("1 + 1", '"This is your namespace."', "a code cell says"),
    "a remark in code": ("1 + 1", "1 + 1\n# add the two numbers", "a code cell says"),
    "a language on code": ("# %% claim", '# %% lang="en" claim', "a code cell is shared"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_source_is_refused(folder: Path, run: Run, what: str) -> None:
    old, new, said = BROKEN[what]
    assert old in GOOD
    path = folder / "source" / "01_good.py"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    status, complaint = run(folder, "--check")
    assert status == 1
    assert said in complaint


def test_commands_are_no_prose(folder: Path, run: Run) -> None:
    path = folder / "source" / "01_good.py"
    code = '# ip netns add netns1\nlab.explain("ip addr show veth1")\nfound = !ip netns'
    path.write_text(GOOD.replace("1 + 1", code), encoding="utf-8")
    assert run(folder) == (0, "")
