"""Can every lesson be run, in both languages, twice in a row, and in an odd order?

Both languages of a lesson run side by side, each in a sandbox of its own: most of the time a
lesson waits for a ping.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from cells_client import client_of, verdicts

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
LANGUAGES = ("en", "zh")
START, CLAIMS = "00_start", "00_claims"
NAMES = sorted(
    path.stem
    for path in (NOTEBOOKS / "en").glob("*.ipynb")
    if path.stem not in {START, CLAIMS}  # the claims' page has nothing to run
)
# Everything that a lesson could leave: names, links, addresses, rules, processes of its own.
# The shell that asks, with its pipe, is not looked at.
STATE = (
    "!ip netns; ip -o addr; ls /run/netns; nft list ruleset; "
    "ps -eo comm= | grep -vxE 'sh|bash|ps|grep|sort' | sort"
)

# Every program that is found, but for nginx.
HIDE_NGINX = """
import os
from pathlib import Path
programs = Path("/run/programs")
programs.mkdir()
for folder in map(Path, os.environ["PATH"].split(":")):
    for program in folder.iterdir() if folder.is_dir() else ():
        if program.name != "nginx" and not os.path.lexists(programs / program.name):
            (programs / program.name).symlink_to(program)
os.environ["PATH"] = str(programs)
"""


def _code_cells(name: str, language: str) -> list[Any]:
    notebook = nbformat.read(NOTEBOOKS / language / f"{name}.ipynb", as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


async def _execute(cells: list[Any], language: str, folder: Path, *, go_on: bool = False) -> None:
    """Run the cells in one kernel; with `go_on` after an error, too."""
    kernel = "nslab" if language == "en" else "nslab-zh"
    client = client_of(cells, folder, kernel=kernel, go_on=go_on)
    async with client.async_setup_kernel():
        for index, cell in enumerate(cells):
            await client.async_execute_cell(cell, index)


def _state() -> nbformat.NotebookNode:
    return nbformat.v4.new_code_cell(STATE)


def _text(cell: nbformat.NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


def _errors(cells: list[Any]) -> list[str]:
    """Whatever a learner would not understand: tracebacks and stderr."""
    found = []
    for cell in cells:
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"{cell.source}\n{output.ename}: {output.evalue}")
            elif output.get("name") == "stderr":
                found.append(f"{cell.source}\nstderr: {output.text}")
    return found


def _wrong_checks(cells: list[Any]) -> list[str]:
    return [said for cell in cells for right, said in verdicts(cell) if not right]


# The first lesson twice, the others once; all of them twice in `make test-long`.
_RUNS = [
    (START, 1),
    (NAMES[0], 2),
    *((name, 1) for name in NAMES[1:]),
    *(pytest.param(name, 2, marks=pytest.mark.long) for name in NAMES[1:]),
]


@pytest.mark.parametrize(("name", "times"), _RUNS)
def test_runs_in_one_kernel_and_leaves_nothing(name: str, times: int, tmp_path: Path) -> None:
    def cells_of(language: str) -> list[Any]:
        cells = [_state()]
        for _time in range(times):
            cells += [*_code_cells(name, language), _state()]
        return cells

    async def both() -> dict[str, list[Any]]:
        runs = {language: cells_of(language) for language in LANGUAGES}
        await asyncio.gather(
            *(_execute(cells, language, tmp_path) for language, cells in runs.items())
        )
        return runs

    for language, cells in asyncio.run(both()).items():
        assert _errors(cells) == [], language
        assert _wrong_checks(cells) == [], language
        assert sum(len(verdicts(cell)) for cell in cells) > 0 or name == START, language
        states = [_text(cell) for cell in cells if cell.source == STATE]
        assert len(states) == times + 1
        assert len(set(states)) == 1, language


def test_two_servers_without_nginx(tmp_path: Path) -> None:
    """Where nginx is missing the lesson chooses Python's server by itself, and says so."""
    hidden = nbformat.v4.new_code_cell(HIDE_NGINX)
    cells = [hidden, *_code_cells("05_two_nginx", "en"), _state()]
    asyncio.run(_execute(cells, "en", tmp_path))
    assert _errors(cells) == []
    assert _wrong_checks(cells) == []
    (choice,) = [cell for cell in cells if "shutil.which" in cell.source]
    assert "sh /run/web/python-server" in str(choice.outputs)
    assert "SimpleHTTP" in "".join(map(_text, cells))
    assert "nginx/" not in "".join(map(_text, cells))


@pytest.mark.journey
def test_the_attacker_is_found_too_when_the_lots_fall_on_it(tmp_path: Path) -> None:
    """The rule of the task before would keep its claims from being seen."""
    lots = r'printf "victim\nserver\nattacker\n" | shuf -n 1'
    cells = _code_cells("solutions/16_attack_and_defence", "en")
    (draw,) = [cell for cell in cells if lots in cell.source]
    (search,) = [cell for cell in cells if "seen=$(" in cell.source]
    draw.source = draw.source.replace(lots, "echo attacker")
    asyncio.run(_execute(cells, "en", tmp_path))
    assert _errors(cells) == []
    assert _wrong_checks(cells) == []
    assert "172.16.0.254" in _text(search)


def test_the_black_hole_is_drawn_from_the_first_frame_of_its_transfer(tmp_path: Path) -> None:
    cells = _code_cells("13_slow_narrow_lossy", "en")
    (drawn,) = [cell for cell in cells if "hole.ladder" in cell.source]
    # What is about the queues takes long, and is not needed.
    queues = ("narrow-both", "htb", "lab.claims", "lab.figures")
    needed = [
        cell
        for cell in cells[: cells.index(drawn) + 1]
        if not any(word in cell.source for word in queues)
    ]
    asyncio.run(_execute(needed, "en", tmp_path))
    assert _errors(needed) == []
    shown = str(drawn.outputs)
    # After the ping, the kernel may repeat a segment once more.
    assert "from TCP SYN to" in shown
    assert "ICMP echo reply, 98 bytes" in shown


def test_first_lesson_backwards_shows_no_traceback(tmp_path: Path) -> None:
    """Somebody may run the cells in any order; errors then come in the kit's four parts."""
    cells = _code_cells("01_one_wire", "en")
    first = next(cell for cell in cells if "import nslabkit" in cell.source)
    rest = [cell for cell in reversed(cells) if cell is not first]
    cells = [first, *rest]
    asyncio.run(_execute(cells, "en", tmp_path, go_on=True))
    shown = [o for cell in cells for o in cell.outputs if o.output_type == "error"]
    assert shown, "backwards, something must be missing"
    for error in shown:
        text = "\n".join(error.traceback)
        assert "Fix: " in text, text
        assert "Traceback" not in text
    # A program's own words, such as ip's "Error: argument …", are what the lesson teaches to read.
    assert not [text for text in _errors(cells) if re.search(r"stderr: .*\w+Error\b", text)]
