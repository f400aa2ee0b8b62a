"""A form in JupyterLab: by mouse, by keyboard alone, and while a cell runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from notebook_page import LONGEST, Notebook
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator

NAMESPACE = "import nslabkit as lab\nlab.forms.namespace()"


def output(notebook: Notebook, number: int = 0) -> Locator:
    return notebook.page.locator(".jp-CodeCell").nth(number).locator(".jp-Cell-outputArea")


def button(notebook: Notebook, name: str, number: int = 0) -> Locator:
    return output(notebook, number).get_by_role("button", name=name, exact=True)


def names(notebook: Notebook) -> set[str]:
    return {row["name"] for row in notebook.json("netns")}


def test_a_namespace_by_mouse(opened: Callable[..., Notebook], screenshots: Path) -> None:
    notebook = opened(NAMESPACE)
    expect(button(notebook, "Run")).to_be_disabled()
    expect(output(notebook)).to_contain_text("Write a name, such as netns1.")
    name = output(notebook).get_by_label("name", exact=True)
    name.fill("netns1")
    expect(output(notebook)).to_contain_text("ip netns add netns1", timeout=LONGEST)
    expect(output(notebook)).to_contain_text('lab.namespaces.add("netns1")')
    notebook.page.screenshot(path=screenshots / "forms-namespace.png")
    button(notebook, "Run").click()
    expect(output(notebook)).to_contain_text("Done.", timeout=LONGEST)
    assert names(notebook) == {"netns1"}
    expect(name).to_have_value("")
    name.fill("netns1")
    expect(output(notebook)).to_contain_text("already exists", timeout=LONGEST)
    expect(button(notebook, "Run")).to_be_disabled()
    notebook.page.screenshot(path=screenshots / "forms-refused.png")
    # By another choice the same form removes: it offers what is there.
    output(notebook).get_by_label("action", exact=True).select_option("remove")
    expect(output(notebook)).to_contain_text("ip netns del netns1", timeout=LONGEST)
    button(notebook, "Run").click()
    notebook.until(lambda: names(notebook) == set())


def test_a_wire_by_keyboard_alone(opened: Callable[..., Notebook], screenshots: Path) -> None:
    notebook = opened("import nslabkit as lab\nlab.forms.veth()")
    notebook.inside("ip", "netns", "add", "netns1")
    keys = notebook.page.keyboard
    first = output(notebook).get_by_label("one end in", exact=True)
    expect(first.locator("option")).to_have_count(2, timeout=LONGEST)
    for _attempt in range(50):  # JupyterLab still moves on from the cell that was run
        first.focus()
        notebook.page.wait_for_timeout(100)
        if first.evaluate("node => node === document.activeElement"):
            break
    keys.press("ArrowDown")  # netns1
    keys.press("Tab")
    keys.press("Control+A")
    keys.type("wire")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Control+A")
    keys.type("wire-peer")
    keys.press("Tab")
    keys.press("Space")  # switch both ends on
    expect(output(notebook)).to_contain_text(
        "ip link add wire-peer type veth peer name wire netns netns1", timeout=LONGEST
    )
    expect(output(notebook)).to_contain_text("ip -n netns1 link set wire up")
    expect(button(notebook, "Run")).to_be_enabled()
    keys.press("Tab")
    assert button(notebook, "Run").evaluate("node => node === document.activeElement")
    keys.press("Space")
    expect(output(notebook)).to_contain_text("Done.", timeout=LONGEST)
    notebook.page.screenshot(path=screenshots / "forms-veth.png")
    assert [one["ifname"] for one in notebook.json("-n", "netns1", "link")] == ["lo", "wire"]
    assert "UP" in notebook.json("link", "show", "wire-peer")[0]["flags"]


@pytest.mark.parametrize("busy", ["while True: pass", "!sleep 600"], ids=["computes", "waits"])
def test_a_form_works_while_a_cell_runs(
    opened: Callable[..., Notebook], screenshots: Path, busy: str
) -> None:
    notebook = opened(NAMESPACE, busy)
    notebook.run(1, until_done=False)
    prompt = notebook.page.locator(".jp-CodeCell").nth(1).locator(".jp-InputPrompt")
    expect(prompt).to_contain_text("*")
    expect(output(notebook)).not_to_contain_text("your click takes effect")
    output(notebook).get_by_label("name", exact=True).fill("meanwhile")
    expect(output(notebook)).to_contain_text("ip netns add meanwhile", timeout=LONGEST)
    expect(button(notebook, "Run")).to_be_enabled(timeout=LONGEST)
    button(notebook, "Run").click()
    expect(output(notebook)).to_contain_text("Done.", timeout=LONGEST)
    assert names(notebook) == {"meanwhile"}
    expect(prompt).to_contain_text("*")
    notebook.page.screenshot(path=screenshots / "forms-while-a-cell-runs.png")
    notebook.interrupt()
    expect(prompt).not_to_contain_text("*", timeout=LONGEST)
