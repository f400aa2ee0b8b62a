"""Are the mistakes of somebody who comes from a terminal, or from a restart, explained?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import nbformat
import pytest
from cells_client import client_of

from nslabkit.base.errors import InvalidValueError
from nslabkit.jupyter.pasted import explain_pasted

if TYPE_CHECKING:
    from pathlib import Path

WRONG = {
    "$ ip netns add netns1\n": "!ip netns add netns1",
    "import os\n$ ip addr\n": "!ip addr",
    "!$ ip netns\n": "!ip netns",
    "%%bash\nip addr\n$ ip netns\n": "ip netns",
    "ip link add veth1 type veth peer name veth1-peer\n": (
        "!ip link add veth1 type veth peer name veth1-peer"
    ),
    "!cd /tmp\n": "%cd /tmp",
}
RIGHT = [
    "ip = 3\nip in [3]\n",
    "!ip netns add netns1\n!ip netns\n",
    'text = """\n$ ip addr\n"""\n',
    "%%bash\ncd /tmp\necho $HOME\n",
    "%%writefile /run/notes\n$ ip addr\n",
    "%%bash\ncat <<END\n$ ip addr\nEND\n",
    "!cd /tmp && ls\n",
    "cd /tmp\n",
    "",
]


@pytest.mark.parametrize("cell", WRONG)
def test_what_only_works_in_a_terminal_is_explained(
    cell: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_LANG", "en")
    with pytest.raises(InvalidValueError) as caught:
        explain_pasted(cell.splitlines(keepends=True))
    assert caught.value.fix == WRONG[cell]
    assert caught.value.reason


@pytest.mark.parametrize("cell", RIGHT)
def test_what_is_right_is_left_alone(cell: str) -> None:
    lines = cell.splitlines(keepends=True)
    assert explain_pasted(list(lines)) == lines


def test_a_notebook_shows_the_explanation_and_no_traceback(tmp_path: Path) -> None:
    told = {
        "$ ip netns add netns1": "Fix: !ip netns add netns1",
        "lab.check.empty()": "Reason: Nothing on this machine is called lab",
        "def f():\n    return missing\nf()": "Reason: Nothing on this machine is called missing",
        "import nslabkit as lab\nlab.topolgy()": "Fix: Similar names: topology",
        "lab.check.reachh()": "Fix: Similar names: reach",
        "lab.check.xyz()": "Fix: Type the dot and press Tab",
    }
    cells = [nbformat.v4.new_code_cell(source) for source in [*told, "exec('missing', {})"]]
    client_of(cells, tmp_path, go_on=True).execute()
    for cell, expected in zip(cells, told.values(), strict=False):
        (output,) = cell.outputs
        text = "\n".join(output.traceback)
        assert expected in text
        assert "Traceback" not in text
    # What a library lacks is none of the learner's: it keeps its traceback.
    (output,) = cells[-1].outputs
    assert output.ename == "NameError"
    assert "Traceback" in "\n".join(output.traceback)
