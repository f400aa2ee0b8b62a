"""Is every check of every lesson kind to somebody who has not done anything yet?

All the cells that end in a check are run in a fresh machine, after the lesson's first cell and
nothing else.  A check then answers in one sentence; where its cell asks for something that is not
there before it comes to the check, the kit's four parts say so.  There is no traceback anywhere.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from cells_client import client_of

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
LESSONS = sorted(path for path in NOTEBOOKS.glob("*/[0-9]*.ipynb") if path.stem[:3] != "00_")
A_CHECK = re.compile(r"^lab\.(check\.\w+|claims\.\w+\.check|faults\.mended)\(", re.MULTILINE)
# What a fresh machine fulfils: it is empty.
RIGHT_AT_ONCE = "lab.check.empty()"


def _cells(path: Path) -> list[Any]:
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    first = next(cell for cell in code if "import nslabkit" in cell.source)
    checks = [cell for cell in code if A_CHECK.search(cell.source) and cell is not first]
    return [first, *(cell for cell in checks if RIGHT_AT_ONCE not in cell.source)]


# The Chinese notebooks have the same cells: they are left to `make test-long`.
@pytest.mark.parametrize(
    "path",
    [
        pytest.param(
            path,
            id=f"{path.parent.name}-{path.stem}",
            marks=[pytest.mark.long] if path.parent.name == "zh" else [],
        )
        for path in LESSONS
    ],
)
def test_every_check_is_kind_before_its_task(path: Path, tmp_path: Path) -> None:
    language = path.parent.name
    cells = _cells(path)
    kernel = "nslab" if language == "en" else "nslab-zh"
    client_of(cells, tmp_path, kernel=kernel, go_on=True).execute()
    assert len(cells) > 1
    for cell in cells[1:]:
        # A command on the way to the check may say why it could not; a program's crash may not.
        assert not [o for o in cell.outputs if "Traceback" in o.get("text", "")], cell.source
        output = cell.outputs[-1]
        if output.output_type == "error":
            text = "\n".join(output.traceback)
            assert "Traceback" not in text, f"{cell.source}\n{text}"
            assert re.search(r"^(Fix: |办法：)", text, re.MULTILINE), text
        else:
            assert output.metadata["nslabkit"]["check"] is False, cell.source
            said = output.data["text/plain"]
            assert "\n" not in said, said
            assert said[0] in "✘?", said
