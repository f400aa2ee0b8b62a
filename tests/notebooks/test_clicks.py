"""Can the lesson that uses forms only be done to its end?  Its solution clicks for the reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from cells_client import client_of, verdicts

SOLUTIONS = Path(__file__).resolve().parents[2] / "notebooks"


def executed(language: str, folder: Path) -> list[Any]:
    """Return the lesson's code cells after a run of its solution."""
    path = SOLUTIONS / language / "solutions" / "01_one_wire_clicks.ipynb"
    notebook = nbformat.read(path, as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for cell in cells:  # in a solution every check agrees, also where a reader is not done yet
        cell.metadata.pop("tags", None)
    client_of(cells, folder, kernel=notebook.metadata.kernelspec.name).execute()
    return cells


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_solution_passes_every_check(language: str, tmp_path: Path) -> None:
    cells = executed(language, tmp_path)
    found = [verdict for cell in cells for verdict in verdicts(cell)]
    assert len(found) == 8
    assert [said for right, said in found if not right] == []
    outputs = [one for cell in cells for one in cell.outputs]
    errors = [one for one in outputs if one.output_type == "error" or one.get("name") == "stderr"]
    assert errors == []


def test_each_step_is_a_form() -> None:
    """Whoever opens it meets no command to type."""
    path = SOLUTIONS / "en" / "01_one_wire_clicks.ipynb"
    code = [c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert not [source for source in code if "!" in source or "%" in source]
    shown = {source for source in code if source.startswith("lab.forms.")}
    assert shown == {
        f"lab.forms.{name}()"
        for name in ("namespace", "veth", "address", "ping", "capture", "firewall")
    }
