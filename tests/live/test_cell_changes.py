"""Does a cell say what it changed, only then, and what its commands mean?"""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from kernel_shell import sh
from traitlets.config import Config

import nslabkit as lab
from nslabkit.jupyter import cell_changes, magics
from nslabkit.live.following import Follower

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.live.snapshot import Contents

CHANGED = "Changed: "


@pytest.fixture(scope="module")
def interpreter() -> InteractiveShell:
    """One for all tests: IPython keeps threads and files of its own until the process ends."""
    config = Config()
    config.HistoryManager.enabled = False
    one = InteractiveShell.instance(config=config)
    one.run_cell("%%bash\ntrue")  # from now on there is an event loop
    return one


@pytest.fixture
def shell(interpreter: InteractiveShell) -> Iterator[InteractiveShell]:
    interpreter.extension_manager.load_extension("nslabkit")
    interpreter.run_cell("import nslabkit as lab", silent=True)
    yield interpreter
    interpreter.extension_manager.unload_extension("nslabkit")
    interpreter.reset(new_session=False)


def run(shell: InteractiveShell, cell: str) -> tuple[list[str], list[dict[str, Any]], str]:
    """Return the lines about changes, what they carry, and what else the cell printed."""
    with capture_output() as captured:
        shell.run_cell(cell)
    found = [one.data | {"meta": one.metadata} for one in captured.outputs if one.data]
    changes = [one for one in found if str(one.get("text/plain", "")).startswith(CHANGED)]
    return [one["text/plain"][len(CHANGED) :] for one in changes], changes, captured.stdout


def _rules() -> str:
    """Return the rules of the namespace in which a fault of a stream is built."""
    server = lab.namespaces.namespace("server")
    return server.run("nft list ruleset", quiet=True).stdout


@pytest.mark.parametrize(
    "cell",
    [
        "lab.faults.wire(2)",
        "lab.faults.stream(2)",
        "import random\n!ip link add {random.choice(['one', 'two'])} type bridge",
    ],
)
def test_a_fault_is_not_told_by_the_line(shell: InteractiveShell, cell: str) -> None:
    run(shell, "!ip netns add server")
    before = lab.snapshot(), _rules()
    lines, _changes, _printed = run(shell, cell)
    assert lines == []
    assert (lab.snapshot(), _rules()) != before, "nothing was built"


def test_every_fault_that_a_lesson_leaves_to_chance_is_kept() -> None:
    source = Path(__file__).resolve().parents[2] / "notebooks" / "source"
    texts = [file.read_text(encoding="utf-8") for file in source.glob("*.py")]
    chosen = [line for text in texts for line in text.splitlines() if "random.choice(" in line]
    assert len(chosen) >= 2
    assert all(map(cell_changes._FAULT.search, chosen))


def test_chance_that_chooses_no_command_hides_nothing(shell: InteractiveShell) -> None:
    cell = "import random\nname = random.choice(['one'])\n!ip netns add {name}"
    assert run(shell, cell)[0] == ["+ one"]


def test_each_cell_that_changes_something_says_what(shell: InteractiveShell) -> None:
    for cell, line in (
        ("!ip netns add netns1", "+ netns1"),
        ("lab.links.add_veth('veth1', 'veth1-peer')", "host: + veth1 ⟷ veth1-peer"),
        ("!ip link set veth1 netns netns1", "veth1: host → netns1"),
        ("%%bash\nip -n netns1 addr add 172.16.0.1/24 dev veth1", "netns1: + 172.16.0.1/24"),
    ):
        lines, (output,), _printed = run(shell, cell)
        assert lines == [line]
        assert output["text/html"].startswith("<details><summary")
        assert "<table>" in output["text/html"]
        assert json.dumps(output["meta"]["nslabkit"]["changes"])


@pytest.mark.parametrize("cell", ["", "pass", "1 + 1", "!ip addr", "1 / 0", "x = ", "# nothing"])
def test_a_cell_that_changes_nothing_says_nothing(shell: InteractiveShell, cell: str) -> None:
    assert run(shell, cell)[0] == []


def test_a_cell_that_fails_tells_what_it_changed_before(shell: InteractiveShell) -> None:
    assert run(shell, "lab.namespaces.add('one'); 1 / 0")[0] == ["+ one"]


def test_what_happens_between_two_cells_is_not_the_next_ones(shell: InteractiveShell) -> None:
    run(shell, "pass")
    sh("ip netns add between")
    assert run(shell, "pass")[0] == []


def test_the_wires_of_a_removed_namespace_are_waited_for(shell: InteractiveShell) -> None:
    sh("ip netns add one; ip link add here type veth peer name there netns one")
    assert run(shell, "!ip netns del one")[0] == ["− one · host: − here"]


def test_it_can_be_turned_off_and_on(shell: InteractiveShell) -> None:
    assert "%nslab changes on" in run(shell, "%nslab changes off")[2]
    assert run(shell, "!ip netns add one")[0] == []
    assert run(shell, "%nslab changes on")[0] == []
    assert run(shell, "!ip netns add two")[0] == ["+ two"]
    assert "%nslab changes off" in run(shell, "%nslab")[2]
    magics.load(shell)  # loaded twice is as once
    assert run(shell, "!ip netns del two")[0] == ["− two"]


def test_a_word_that_it_does_not_know_is_explained(shell: InteractiveShell) -> None:
    lines, _changes, printed = run(shell, "%nslab colours on")
    assert lines == []
    assert "Fix: Write `%nslab changes on`" in printed


def test_where_it_cannot_look_it_says_so_once(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Follower) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("nslabkit.live.following.Follower.contents", refuse)
    assert "Changes made by cells are not shown" in run(shell, "pass")[2]
    assert run(shell, "pass")[2] == ""


@pytest.mark.parametrize("at", [1, 2], ids=["before a cell", "after a cell"])
def test_an_interrupt_while_it_looks_harms_no_cell(
    shell: InteractiveShell, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    looks: list[int] = []

    really = Follower.contents

    def look(self: Follower) -> Contents:
        looks.append(1)
        if len(looks) == at:
            signal.raise_signal(signal.SIGINT)  # as "interrupt" of the notebook does
        return really(self)

    monkeypatch.setattr("nslabkit.live.following.Follower.contents", look)
    assert run(shell, "print(6 * 7)") == ([], [], "42\n")
    assert len(looks) == at
    assert run(shell, "!ip netns add netns1")[0] == ["+ netns1"]


def test_explain_puts_view_and_meaning_beside_each_command(shell: InteractiveShell) -> None:
    commands = ["ip netns add x", "ip -n x link set lo up", "ip netns exec x ip addr show lo"]
    commands += ["ip netns add x", "# a comment", "ip netns del x"]
    with capture_output() as captured:
        shell.run_cell("%%explain\n" + "\n".join(commands))
    result = shell.user_ns["_"]
    views = [one.view for one in result.commands]
    assert views[0] == "+ x"
    assert views[1] == "x: lo up · + 127.0.0.1/8 · + ::1/128"
    assert views[2] == "nothing changed: it only queries"
    assert views[3].startswith("refused, exit status")
    assert views[4] == "− x"
    assert all(one.meaning for one in result.commands)
    assert result.commands[2].reading.fields
    assert "LOOPBACK" in captured.stdout
    page = result._repr_html_()
    style = "text-align:left;vertical-align:top;white-space:pre-wrap"
    assert page.count(f'<th scope="row" style="{style}"><code>ip ') == 5
    assert "In x: switches lo on" in repr(result)


def test_explain_runs_more_than_plain_commands_as_one(shell: InteractiveShell) -> None:
    run(shell, "%%explain\nfor i in 1 2; do\n  ip netns add n$i\ndone")
    (one,) = shell.user_ns["_"].commands
    assert one.view == "+ n1 · + n2"
    assert one.meaning is None


def test_explain_runs_in_the_namespace_that_is_named(shell: InteractiveShell) -> None:
    sh("ip netns add one")
    run(shell, "%%explain one\nip link set lo up")
    assert shell.user_ns["_"].commands[0].view.startswith("one: lo up")


def test_explain_without_a_command_is_a_mistake_that_is_explained(shell: InteractiveShell) -> None:
    assert "There is no command in this cell" in run(shell, "%%explain\n# nothing")[2]
