"""Does catching up with a step build what the rest of the lesson needs?

One kernel for each lesson takes its steps from the last to the first, so that each time something
else has to be cleared away, and runs the cells of the section; in `make test-long` the cells of
all sections that follow.
"""

from __future__ import annotations

import asyncio
import errno
from pathlib import Path
from typing import Any

import nbformat
import pytest
from cells_client import client_of, verdicts

from nslabkit.course import emptying
from nslabkit.course.catch_up import steps

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
MAPS = "00_"  # the start page and the claims: nothing is built there
CLICKS = "01_one_wire_clicks"  # its reader's own clicks are in the solution alone
ALL = sorted(
    path.stem for path in (NOTEBOOKS / "en").glob("*.ipynb") if not path.stem.startswith(MAPS)
)


def path_of(name: str) -> Path:
    folder = NOTEBOOKS / "en" / ("solutions" if name == CLICKS else "")
    return folder / f"{name}.ipynb"


def test_the_list_of_steps_has_headings_without_markdown() -> None:
    assert not [step.heading for step in steps() if "`" in step.heading]


def sections(name: str) -> dict[str, list[Any]]:
    """Return the code cells of each step of a lesson; in a solution every check must agree."""
    notebook = nbformat.read(path_of(name), as_version=4)
    found: dict[str, list[Any]] = {}
    for cell in notebook.cells:
        if "step" in cell.metadata:
            found[cell.metadata["step"]] = []
        elif cell.cell_type == "code" and found:
            if name == CLICKS:
                cell.metadata.pop("tags", None)
            found[next(reversed(found))].append(cell)
    return found


def code(source: str) -> Any:  # noqa: ANN401 - nbformat has no types for cells
    return nbformat.v4.new_code_cell(source)


async def execute(cells: list[Any], folder: Path) -> list[Any]:
    """Run copies of the cells in one kernel, go on after an error, and return them."""
    copies = [nbformat.from_dict(dict(cell)) for cell in cells]
    await client_of(copies, folder, go_on=True).async_execute()
    return copies


def troubles(cells: list[Any]) -> list[str]:
    found = []
    for cell in cells:
        for output in cell.outputs:
            if output.output_type == "error":
                found += [f"{cell.source}\n{output.ename}: {output.evalue}"]
        found += [f"{cell.source}\n{said}" for right, said in verdicts(cell) if not right]
    return found


@pytest.mark.journey
def test_each_step_can_be_begun_with(tmp_path: Path) -> None:
    """All lessons side by side, each in a sandbox of its own: they wait most of the time."""

    def cells_of(name: str) -> list[Any]:
        cells = [code("import nslabkit as lab")]
        for step, section in reversed(sections(name).items()):
            cells += [code(f'lab.catch_up("{step}")'), *section]
        return cells

    async def all_of_them() -> list[list[Any]]:
        return await asyncio.gather(*(execute(cells_of(name), tmp_path) for name in ALL))

    for name, done in zip(ALL, asyncio.run(all_of_them()), strict=True):
        assert troubles(done) == [], name
        assert sum(len(verdicts(cell)) for cell in done) > 0, name


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", ALL)
def test_the_whole_rest_can_be_gone_on_with(name: str, tmp_path: Path) -> None:
    found = sections(name)
    cells = [code("import nslabkit as lab")]
    for step in reversed(found):
        later = list(found)[list(found).index(step) :]
        cells += [code(f'lab.catch_up("{step}")'), *(c for one in later for c in found[one])]
    assert troubles(asyncio.run(execute(cells, tmp_path))) == []


def test_it_says_what_it_did_and_clears_what_was_there(tmp_path: Path) -> None:
    background = "ip netns exec mine sleep infinity >/dev/null 2>&1 &\n"
    background += "sleep 9999 >/dev/null 2>&1 &"
    cells = [
        code("import nslabkit as lab"),
        code("!ip netns add mine; ip link add stray type veth peer name dog; nft add table x"),
        code("!ip addr add 10.0.0.1/32 dev lo; ip link set lo down"),
        code(f"%%bash\n{background}"),
        code('done = lab.catch_up("1.3"); done'),
        code("!ip -br link; ip netns; nft list ruleset; ps -eo comm=; ip -br addr show lo"),
        code("print(repr(done))"),
        code("lab.catch_up()"),
        code('lab.catch_up("1.99")'),
        code('lab.catch_up("colour")'),
    ]
    done = asyncio.run(execute(cells, tmp_path))
    (shown,) = (one for one in done[4].outputs if one.output_type == "execute_result")
    assert "Continue with 1.3: 3. No wire, no answer" in shown.data["text/html"]
    assert "ip netns add netns2" in shown.data["text/html"]
    left = "".join(one.get("text", "") for one in done[5].outputs)
    assert "mine" not in left
    assert "stray" not in left
    assert "table" not in left
    assert "sleep" not in left
    assert "netns1" in left
    assert "10.0.0.1" not in left
    assert "127.0.0.1" in left
    assert "    !ip netns add netns1" in "".join(one.get("text", "") for one in done[6].outputs)
    assert "1.11" in done[7].outputs[0].data["text/html"]
    for cell, word in ((done[8], "1.11"), (done[9], "8.3")):
        (error,) = cell.outputs
        assert error.ename == "InvalidValueError"
        assert word in error.evalue
        assert "Traceback" not in "".join(error.traceback)


def test_a_container_is_built_and_ended(tmp_path: Path) -> None:
    """Its number 1 outlives the `unshare` that waits for it, and ignores a polite word."""
    cells = [
        code("import nslabkit as lab"),
        code('lab.catch_up("7.5")'),
        code("!{enter} hostname; ip -br -n box addr show eth0; cat /run/box.pid"),
        code('lab.catch_up("6.1")'),
        code("!ps -eo comm= | sort; ip netns; ip -br link"),
    ]
    done = asyncio.run(execute(cells, tmp_path))
    assert troubles(done) == []
    built, left = ("".join(one.get("text", "") for one in done[n].outputs) for n in (2, 4))
    assert "box" in built
    assert "172.16.0.2/24" in built
    assert "sleep" not in left
    assert "unshare" not in left
    assert "box" not in left


def test_what_it_cannot_put_on_the_page_it_names(tmp_path: Path) -> None:
    cells = [
        code("import nslabkit as lab"),
        code('done = lab.catch_up("clicks.5"); done'),
        code("!ip -n netns2 -br addr show veth1-peer"),
        code("print(repr(done))"),
        code('lab.catch_up("clicks.1")'),
        code('print(repr(lab.catch_up("9.5")))'),
        code("print(recording.packets[0].kind, len(recording.packets))"),
    ]
    done = asyncio.run(execute(cells, tmp_path))
    assert troubles(done) == []
    (shown,) = (one for one in done[1].outputs if one.output_type == "execute_result")
    yourself, _folded, was_run = shown.data["text/html"].partition("<details>")
    assert "<pre>lab.topology()</pre><pre>lab.forms.ping()</pre>" in yourself
    assert "lab.forms.veth().fill(" in was_run
    texts = ["".join(one.get("text", "") for one in cell.outputs) for cell in done]
    assert "172.16.0.2/24" in texts[2]
    assert texts[3].endswith(
        "in their places: their output is needed.\n    lab.topology()\n    lab.forms.ping()\n"
    )
    nothing = "".join(one.data["text/html"] for one in done[4].outputs)
    assert "yourself" not in nothing
    assert "    lab.scrubber(recording)" in texts[5]
    assert texts[6] == "ARP request 8\n"


def test_forms_do_not_miss_that_the_machine_was_emptied(tmp_path: Path) -> None:
    """Their lists come a moment after the kernel's change; catching up at once waits for them."""
    late = "import time\nfrom nslabkit.live import watcher\n"
    late += "watcher.shared().subscribe(lambda model: time.sleep(0.5))"
    cells = [code("import nslabkit as lab"), code(f"{late};"), code("lab.forms.namespace()")]
    cells += [code('lab.catch_up("clicks.4")') for _time in range(2)]
    cells += [code("!ip -n netns1 -br addr show veth1")]
    done = asyncio.run(execute(cells, tmp_path))
    assert troubles(done) == []
    assert "172.16.0.1/24" in "".join(one.get("text", "") for one in done[-1].outputs)


def test_a_control_group_in_use_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import nslabkit as lab

    def refuse() -> None:
        raise OSError(errno.EBUSY, "busy")

    monkeypatch.setenv("NSLAB_SANDBOX", "auto")  # as far as it gets, nothing is removed
    monkeypatch.setattr(emptying.cgroups, "remove", refuse)
    monkeypatch.setattr(emptying, "_end_processes", lambda: None)
    with pytest.raises(lab.NslabError) as caught:
        emptying.empty('lab.catch_up("7.1")')
    assert caught.value.errno_name == "EBUSY"
    assert "Restart the kernel" in caught.value.fix


def test_outside_a_sandbox_nothing_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    import nslabkit as lab

    monkeypatch.delenv("NSLAB_SANDBOX", raising=False)
    with pytest.raises(lab.SandboxError):
        lab.catch_up("1.2")


def test_a_plain_script_has_no_cells_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    import nslabkit as lab

    monkeypatch.setenv("NSLAB_SANDBOX", "1")
    with pytest.raises(lab.NotSupportedError):
        lab.catch_up("1.2")


def test_each_lesson_with_a_build_up_has_steps() -> None:
    assert {step.lesson.removesuffix(".ipynb") for step in steps()} == set(ALL)
    assert all(len([s for s in steps() if s.lesson.startswith(name)]) > 2 for name in ALL)
