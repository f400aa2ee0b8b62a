"""The live picture in JupyterLab: every act by mouse and by keyboard, and what may go wrong."""

from __future__ import annotations

import contextlib
import re
import signal
from typing import TYPE_CHECKING

import pytest
from notebook_page import LIVE, LONGEST, Live, Notebook, lab_server
from playwright.sync_api import expect

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Locator, Page

    Open = Callable[..., Notebook]

HOSTILE = "<img src=x onerror=alert(1)>"
RIGHT_TO_LEFT = "\u05d0\u05d1\u202egnp.exe"


def addresses(notebook: Notebook, name: str, link: str) -> list[str]:
    found = notebook.json("-n", name, "addr", "show", "dev", link)
    return [f"{one['local']}/{one['prefixlen']}" for row in found for one in row["addr_info"]]


def flags(notebook: Notebook, name: str, link: str) -> list[str]:
    return [
        flag for row in notebook.json("-n", name, "link", "show", link) for flag in row["flags"]
    ]


def names(notebook: Notebook) -> set[str]:
    return {row["name"] for row in notebook.json("netns")}


def test_every_act_by_mouse(opened: Open, screenshots: Path) -> None:
    notebook = opened(LIVE, "!ip link add shell type veth peer name shell-peer netns netns1")
    live = Live(notebook.page)
    add_namespaces(notebook, live)
    notebook.page.screenshot(path=screenshots / "topology-refused.png")
    live.root.get_by_role("button", name="Close").last.click()
    before = live.place("netns1"), live.place("netns2")
    draw_and_set_up(notebook, live)
    assert (live.place("netns1"), live.place("netns2")) == before, "boxes jumped"
    ping(live)
    notebook.page.screenshot(path=screenshots / "topology-wire-1280.png")
    take_apart(notebook, live)


def test_what_is_said_of_a_link_stands_in_two_columns(opened: Open) -> None:
    """JupyterLab's own style lets such a list float: a label of two lines pushed all below it."""
    notebook = opened(LIVE)
    live = Live(notebook.page)
    live.root.locator(".nst-port").first.click()
    pairs = live.root.locator(".nst-pairs")
    expect(pairs).to_be_visible(timeout=LONGEST)
    tops, sides = pairs.evaluate(
        """list => {
          list.querySelectorAll('dt').forEach(one => { one.textContent += ' and a long word'; });
          const at = name => [...list.querySelectorAll(name)].map(x => x.getBoundingClientRect());
          const [labels, values] = [at('dt'), at('dd')];
          return [labels.map((one, n) => Math.abs(one.top - values[n].top)),
                  labels.map((one, n) => values[n].left - one.right)];
        }"""
    )
    assert max(tops) < 2
    assert min(sides) >= 0


def add_namespaces(notebook: Notebook, live: Live) -> None:
    live.act("namespace").click()
    assert live.commands() == ("ip netns add netns1", 'lab.namespaces.add("netns1")')
    live.run()
    expect(live.box("netns1")).to_be_visible(timeout=LONGEST)
    live.field("name").fill("netns2")
    live.run()
    expect(live.box("netns2")).to_be_visible(timeout=LONGEST)
    assert names(notebook) == {"netns1", "netns2"}
    # The same name again: the four parts, in the place of the act.
    live.root.locator(".nst-run").click()
    refused = live.root.get_by_role("alert")
    expect(refused).to_contain_text("File exists (EEXIST, errno 17)", timeout=LONGEST)
    for part in ("Tried:", "Kernel:", "Reason:", "Fix:", "AlreadyExistsError"):
        expect(refused).to_contain_text(part)


def draw_and_set_up(notebook: Notebook, live: Live) -> None:
    live.box("netns1").locator(".nst-pull").drag_to(live.box("netns2").locator(".nst-name"))
    assert live.field("namespace").input_value() == "netns1"
    assert live.field("to").input_value() == "netns2"
    live.run()
    expect(live.port("netns1", "veth1")).to_contain_text("↔ netns2: veth1-peer", timeout=LONGEST)
    expect(live.root.locator(".nst-wire[data-state='dead']")).to_have_count(1)

    for name, link, address in (
        ("netns1", "veth1", "172.16.0.1/24"),
        ("netns2", "veth1-peer", "172.16.0.2/24"),
    ):
        live.port(name, link).click()
        live.act("address").click()
        live.field("address").fill(address)
        live.run()
        expect(live.port(name, link)).to_contain_text(address, timeout=LONGEST)
        live.act("up").click()
        live.run()
        assert addresses(notebook, name, link)[0] == address
        assert "UP" in flags(notebook, name, link)
    expect(live.root.locator(".nst-wire[data-state='live']")).to_have_count(1, timeout=LONGEST)


def ping(live: Live) -> None:
    live.box("netns1").locator(".nst-name").click()
    live.act("ping").click()
    live.field("count").fill("2")
    assert live.field("address").input_value() == "172.16.0.2"
    live.root.locator(".nst-run").click()
    live.done("Answered.")
    expect(live.root.locator(".nst-output")).to_contain_text("2 received")
    expect(live.box("netns1")).to_contain_text("172.16.0.2 ", timeout=LONGEST)  # a neighbour now


def take_apart(notebook: Notebook, live: Live) -> None:
    page = notebook.page
    live.port("netns1", "veth1").click()
    live.act("down").click()
    live.run()
    assert "UP" not in flags(notebook, "netns1", "veth1")
    expect(live.port("netns2", "veth1-peer")).to_contain_text("no carrier", timeout=LONGEST)
    live.root.get_by_role("button", name="Remove 172.16.0.1/24").click()
    live.run()
    assert "172.16.0.1/24" not in addresses(notebook, "netns1", "veth1")
    live.act("remove link").click()
    live.run()
    expect(live.root.locator(".nst-wire")).to_have_count(0, timeout=LONGEST)

    notebook.run(1)  # what a shell does is seen as well
    expect(live.port("netns1", "shell-peer")).to_contain_text("host: shell", timeout=LONGEST)
    live.box("netns2").locator(".nst-name").click()
    live.root.get_by_role("button", name="Show processes").click()
    expect(live.root.locator(".nst-answer")).to_contain_text("No process", timeout=LONGEST)
    live.act("remove namespace").click()
    page.get_by_role("button", name="Put in a new cell: In Python").click()
    expect(page.locator(".jp-CodeCell").nth(1)).to_contain_text('lab.namespaces.remove("netns2")')
    live.run()
    expect(live.box("netns2")).to_have_count(0, timeout=LONGEST)
    assert names(notebook) == {"netns1"}


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element that is sought has the focus."""
    for _press in range(80):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"Tab does not lead to {selector}")


class Keyboard:
    """A learner without a mouse."""

    def __init__(self, notebook: Notebook) -> None:
        self.page, self.live = notebook.page, Live(notebook.page)
        self.press, self.type = self.page.keyboard.press, self.page.keyboard.type

    def to_bar(self) -> None:
        self.page.locator(BAR).focus()

    def choose(self, selector: str) -> None:
        tab_to(self.page, selector)
        self.press("Enter")

    def write(self, field: str, text: str) -> None:
        tab_to(self.page, f".nst-form [name='{field}']")
        self.press("Control+a")
        self.type(text)

    def pick(self, field: str, text: str) -> None:
        """Choose in a list by typing; it forgets the first letters where the machine is slow."""
        tab_to(self.page, f".nst-form [name='{field}']")
        for _try in range(10):
            self.type(text)
            if self.live.field(field).input_value() == text:
                return
            self.press("Tab")
            self.press("Shift+Tab")
        pytest.fail(f"{field} has no {text}")

    def run(self, said: str = "Done.") -> None:
        self.choose(".nst-run")
        self.live.done(said)
        self.press("Escape")

    def to_box(self, name: str) -> None:
        self.to_bar()
        key = self.live.box(name).get_attribute("data-key")
        tab_to(self.page, f".nst-name[data-open='{key}']")

    def into(self, name: str, link: str) -> None:
        self.to_box(name)
        for _press in range(5):
            self.press("ArrowDown")
            if self.live.port(name, link).evaluate("port => port === document.activeElement"):
                break
        self.press("Enter")
        expect(self.live.root.locator(".nst-panel h3")).to_be_focused()


BAR = ".nst-bar [data-act='namespace']"
ACT = ".nst-panel [data-act='{act}']"


def test_every_act_by_keyboard(opened: Open) -> None:
    notebook = opened(LIVE)
    keys = Keyboard(notebook)
    live = keys.live
    for name in ("netns1", "netns2"):
        keys.to_bar()
        keys.press("Enter")
        keys.write("name", name)
        keys.run()
        expect(live.box(name)).to_be_visible(timeout=LONGEST)
    # Escape leads back to where the form was opened.
    expect(notebook.page.locator(BAR)).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    keys.pick("namespace", "netns1")
    keys.write("name", "veth7")
    keys.pick("to", "netns2")
    keys.write("peer", "veth7-peer")
    keys.run()
    expect(live.port("netns1", "veth7")).to_be_visible(timeout=LONGEST)
    for name, link, address in (
        ("netns1", "veth7", "172.16.0.1/24"),
        ("netns2", "veth7-peer", "172.16.0.2/24"),
    ):
        keys.into(name, link)
        keys.choose(ACT.format(act="address"))
        keys.write("address", address)
        keys.run()
        keys.choose(ACT.format(act="up"))
        keys.run()
        assert addresses(notebook, name, link)[0] == address
        assert "UP" in flags(notebook, name, link)
    ping_and_capture(notebook, keys)
    move_and_take_apart(notebook, keys)


def ping_and_capture(notebook: Notebook, keys: Keyboard) -> None:
    live = keys.live
    keys.to_box("netns1")
    keys.press("Enter")
    keys.choose(ACT.format(act="ping"))
    keys.run("Answered.")
    keys.choose(ACT.format(act="capture"))
    keys.choose(".nst-run")
    expect(live.root.locator(".nst-status")).to_have_text("Recording…", timeout=LONGEST)
    notebook.inside("ip", "netns", "exec", "netns2", "ping", "-c", "1", "172.16.0.1")
    keys.choose(".nst-stop")
    # The ping and its answer, and on a slow machine ARP's look at whether the neighbour is there.
    recorded = re.compile(r"Frames recorded: ([2-9]|\d\d+)\. ")
    expect(live.root.locator(".nst-status")).to_have_text(recorded, timeout=LONGEST)
    keys.press("Escape")
    keys.choose(".nst-player .nst-play + button")
    frame = live.root.locator(".nst-frame")
    expect(frame).to_contain_text(re.compile(r"Frame 1 of ([2-9]|\d\d+)\b"))
    for _frame in range(20):
        if "ICMP echo request" in frame.inner_text():
            break
        keys.choose(".nst-player .nst-play + button")
    expect(frame).to_contain_text("ICMP echo request")
    expect(frame).to_contain_text("times slower")


def move_and_take_apart(notebook: Notebook, keys: Keyboard) -> None:
    live = keys.live
    place = live.place("netns2")
    keys.to_box("netns2")
    keys.press("Shift+ArrowDown")
    assert live.place("netns2")[1] > place[1]
    keys.into("netns1", "veth7")
    for act in ("down", "remove link"):
        keys.choose(ACT.format(act=act))
        keys.run()
    for name in ("netns1", "netns2"):
        keys.to_box(name)
        keys.press("Enter")
        keys.choose(ACT.format(act="remove namespace"))
        keys.run()
        expect(live.box(name)).to_have_count(0, timeout=LONGEST)
    assert names(notebook) == set()


def begun(notebook: Notebook, number: int) -> Locator:
    """Run a cell until it says so itself, and return its prompt.

    The kernel aborts what arrives right after an interrupted cell; that cell shows no number.
    """
    cell = notebook.page.locator(".jp-CodeCell").nth(number)
    prompt = cell.locator(".jp-InputPrompt")
    said = cell.locator(".jp-OutputArea-output", has_text="begun")
    for _attempt in range(10):
        cell.locator(".cm-content").click()
        notebook.page.keyboard.press("Shift+Enter")
        with contextlib.suppress(AssertionError):
            expect(said).to_be_visible(timeout=5_000)
        if said.count() or "*" in prompt.inner_text():
            break
    expect(said).to_be_visible(timeout=LONGEST)
    expect(prompt).to_contain_text("*")
    return prompt


def test_acts_while_a_cell_runs(opened: Open) -> None:
    busy = ("while True: pass", "import time; time.sleep(600)", "!ping 127.0.0.1")
    notebook = opened(LIVE, *(f"print('begun')\n{cell}" for cell in busy))
    live = Live(notebook.page)
    live.act("namespace").click()
    for number in range(1, len(busy) + 1):
        prompt = begun(notebook, number)
        live.field("name").fill(f"busy{number}")
        live.run()
        expect(live.box(f"busy{number}")).to_be_visible(timeout=LONGEST)
        expect(prompt).to_contain_text("*")
        notebook.interrupt()
        expect(prompt).not_to_contain_text("*", timeout=LONGEST)
    # Ten in one go, faster than any hand.
    live.root.evaluate(
        """root => {
          const form = root.querySelector('.nst-form');
          for (let i = 0; i < 10; i += 1) {
            form.elements.name.value = `ten${i}`;
            form.requestSubmit();
          }
        }"""
    )
    expect(live.root.locator(".nst-box")).to_have_count(1 + len(busy) + 10, timeout=LONGEST)
    assert names(notebook) == {f"busy{i}" for i in (1, 2, 3)} | {f"ten{i}" for i in range(10)}


def test_views_reload_and_restart(opened: Open, screenshots: Path) -> None:
    notebook = opened(
        LIVE,
        "!ip netns add netns1; ip netns add netns2",
        "lab.topology()",
        "!ip -n netns1 link set lo up",
    )
    page = notebook.page
    notebook.run(1)
    notebook.run(2)
    roots = page.locator(".nst-root")
    expect(roots).to_have_count(2, timeout=LONGEST)
    first, second = (Live(page.locator(".jp-CodeCell").nth(number)) for number in (0, 2))
    expect(first.box("netns1")).to_be_visible(timeout=LONGEST)

    head = first.box("netns1").locator(".nst-head")
    head.scroll_into_view_if_needed()
    where = head.bounding_box()
    assert where is not None
    page.mouse.move(where["x"] + 60, where["y"] + 4)
    page.mouse.down()
    page.mouse.move(where["x"] + 110, where["y"] + 164, steps=4)
    page.mouse.up()
    dragged = first.place("netns1")
    expect(first.root.locator(".nst-panel")).to_be_hidden()  # a drag is no click
    page.wait_for_function(
        """([x, y]) => [...document.querySelectorAll('.nst-box')].filter(
            box => box.style.transform === `translate(${x}px, ${y}px)`).length === 2""",
        arg=list(dragged),
        timeout=LONGEST,
    )
    notebook.run(3)
    expect(second.port("netns1", "lo")).to_contain_text("up", timeout=LONGEST)
    assert first.place("netns1") == dragged

    page.locator(".jp-CodeCell").first.locator(".jp-OutputArea-output").first.click(
        button="right", position={"x": 3, "y": 3}
    )
    page.locator('.lm-Menu-item[data-command="notebook:create-output-view"]').click()
    expect(page.locator(".jp-LinkedOutputView .nst-box")).to_have_count(3, timeout=LONGEST)
    page.locator(".lm-TabBar-tabCloseIcon:visible").last.click()

    page.keyboard.press("Control+s")
    notebook.until(lambda: "widget-view+json" in notebook.path.read_text())
    assert "<svg" in notebook.path.read_text()  # for viewers that run no widgets
    page.reload()
    notebook.ready(page)
    expect(roots).to_have_count(2, timeout=LONGEST)
    expect(first.box("netns2")).to_be_visible(timeout=LONGEST)
    assert first.place("netns1") == dragged
    first.act("namespace").click()
    first.field("name").fill("reloaded")
    first.run()
    expect(second.box("reloaded")).to_be_visible(timeout=LONGEST)

    page.locator('.jp-NotebookPanel-toolbar [data-command="notebook:restart-kernel"]').first.click()
    page.locator(".jp-Dialog .jp-mod-accept").click()
    banner = first.root.locator(".nst-banner")
    expect(banner).to_contain_text("The kernel was restarted: nothing is left", timeout=LONGEST)
    expect(first.root.locator(".nst-box")).to_have_count(0)
    first.root.locator(".nst-run").click()
    expect(first.root.locator(".nst-status")).to_contain_text("Nothing was done")
    page.screenshot(path=screenshots / "topology-restarted.png")
    notebook.ready(page)
    notebook.run(0)
    expect(first.box("host")).to_be_visible(timeout=LONGEST)
    expect(first.root.locator(".nst-box")).to_have_count(1)


def test_a_killed_kernel_and_a_server_that_is_gone(
    tmp_path: Path, open_page: Callable[..., Page]
) -> None:
    with lab_server(tmp_path) as (address, process):
        process_id = "import os, pathlib; pathlib.Path('pid').write_text(str(os.getpid()))"
        killed = Notebook(address, tmp_path, "killed", LIVE, process_id)
        killed.ready(open_page(killed.address))
        killed.run(0)
        live = Live(killed.page)
        expect(live.box("host")).to_be_visible(timeout=LONGEST)
        killed.run(1)
        killed.inside("kill", "-KILL", (tmp_path / "pid").read_text())
        banner = live.root.locator(".nst-banner")
        expect(banner).to_contain_text("nothing is left of its network", timeout=LONGEST)
        expect(live.root.locator(".nst-box")).to_have_count(0)
        killed.page.reload()
        killed.ready(killed.page)
        killed.run(0)
        expect(live.box("host")).to_be_visible(timeout=LONGEST)
        process.send_signal(signal.SIGKILL)
        expect(banner).to_contain_text(
            re.compile("No connection to the server|No word from the kernel"), timeout=LONGEST
        )
        expect(live.box("host")).to_be_visible()


def test_what_happened_while_the_network_stood_still_is_shown_afterwards(
    opened: Open, lab: tuple[str, Path, subprocess.Popen[bytes]]
) -> None:
    _address, _folder, process = lab
    notebook = opened(LIVE)
    live = Live(notebook.page)
    expect(live.box("host")).to_be_visible(timeout=LONGEST)
    # Nothing passes between page and kernel while the server between them is stopped.
    process.send_signal(signal.SIGSTOP)
    try:
        notebook.inside("ip", "netns", "add", "meanwhile")
        notebook.inside("ip", "link", "add", "left", "type", "veth", "peer", "name", "right")
        notebook.inside("ip", "link", "set", "right", "netns", "meanwhile")
        notebook.page.wait_for_timeout(3000)  # the stall itself, not a wait for its end
        expect(live.box("meanwhile")).to_have_count(0)
    finally:
        process.send_signal(signal.SIGCONT)
    expect(live.box("meanwhile")).to_be_visible(timeout=LONGEST)
    expect(live.port("host", "left")).to_contain_text("↔ meanwhile: right", timeout=LONGEST)


def test_hostile_names_and_many_namespaces(opened: Open, screenshots: Path) -> None:
    long = "n" * 255
    wire = 'lab.links.add_veth("\'&<b>", "x" * 15, peer_namespace=names[1])'
    notebook = opened(
        LIVE,
        f"names = [{HOSTILE!r}, {RIGHT_TO_LEFT!r}, {long!r}]\n"
        f"for name in names: lab.namespaces.add(name)\n{wire}",
        "for i in range(60): lab.namespaces.add(f'many{i}')",
    )
    page, live = notebook.page, Live(notebook.page)
    dialogs: list[object] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog), dialog.dismiss()))
    notebook.run(1)
    for name in (HOSTILE, RIGHT_TO_LEFT, long):
        expect(live.box(name)).to_be_visible(timeout=LONGEST)
    assert live.root.locator("img").count() == 0
    live.box(HOSTILE).locator(".nst-name").click()
    live.act("remove namespace").click()
    assert live.commands()[0] == f"ip netns del '{HOSTILE}'"
    page.screenshot(path=screenshots / "topology-hostile.png")
    live.run()
    expect(live.box(HOSTILE)).to_have_count(0, timeout=LONGEST)
    # Once more: it says that it is gone, and removes nothing else in its place.
    live.root.locator(".nst-run").click()
    expect(live.root.get_by_role("alert")).to_contain_text("NotFoundError", timeout=LONGEST)
    expect(live.box(RIGHT_TO_LEFT)).to_be_visible()
    assert not dialogs

    notebook.run(2)
    rows = live.root.locator(".nst-row:visible")
    expect(rows).to_have_count(63, timeout=LONGEST)
    live.root.get_by_role("searchbox").fill("many59")
    expect(rows).to_have_count(1)
    rows.click()
    expect(live.box("many59")).to_be_visible()
    live.act("remove namespace").click()
    live.run()
    expect(live.box("many59")).to_have_count(0, timeout=LONGEST)
    page.screenshot(path=screenshots / "topology-many.png")


@pytest.mark.long
def test_two_hundred_namespaces_made_in_one_go(opened: Open) -> None:
    """By ``ip -batch``; what is shown in the end is what ``ip`` says."""
    batch = "\n".join(
        [f"netns add n{number}" for number in range(200)]
        + [f"link add w{number} type veth peer name v netns n{number}" for number in range(200)]
    )
    run = "import subprocess; subprocess.run(['ip', '-batch', '-'], input=batch, text=True)"
    notebook = opened(LIVE, f"batch = {batch!r}\n{run}")
    live = Live(notebook.page)
    notebook.run(1)
    expect(live.root.locator(".nst-row")).to_have_count(201, timeout=LONGEST)
    listed = live.root.locator(".nst-row strong").all_inner_texts()
    assert set(listed) - {"host"} == names(notebook)
    rows = live.root.locator(".nst-row")
    expect(rows.filter(has_text="Links: 2,")).to_have_count(200, timeout=LONGEST)
    rows.nth(7).click()
    expect(live.root.locator(".nst-wire")).to_have_count(1, timeout=LONGEST)
