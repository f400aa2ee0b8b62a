"""The live picture's looks: no overlap, nothing clipped, readable, for each way of seeing it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import mock_page
import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
# In which boxes' rectangles overlap, whose text sticks out of what holds it, and which of the
# wires run behind a box that they do not lead to.
FLAWS = """() => {
  const flaws = [];
  const boxes = [...document.querySelectorAll('.nst-box')];
  const places = boxes.map(box => box.getBoundingClientRect());
  places.forEach((one, i) => places.slice(i + 1).forEach(other => {
    if (one.left < other.right && other.left < one.right
        && one.top < other.bottom && other.top < one.bottom) flaws.push(`overlap ${i}`);
  }));
  for (const part of document.querySelectorAll('.nst-root *')) {
    const style = getComputedStyle(part);
    if (part.closest('.nst-unseen, svg') || !part.checkVisibility()) continue;
    const scrolls = /auto|scroll/.test(style.overflowX + style.overflowY);
    if (!scrolls && style.display !== 'inline' && part.scrollWidth > part.clientWidth + 1
        && part.clientWidth > 0 && !part.matches('input, select, option'))
      flaws.push(`clipped ${part.className} ${part.textContent.slice(0, 30)}`);
    if (part.matches('.nst-box *') && part.getBoundingClientRect().right
        > part.closest('.nst-box').getBoundingClientRect().right + 1)
      flaws.push(`outside ${part.className}`);
  }
  for (const wire of document.querySelectorAll('.nst-wire')) {
    const ends = wire.dataset.ends.split(' ').map(end => end.split('/')[0]);
    const path = wire.querySelector('path');
    const origin = path.ownerSVGElement.getBoundingClientRect();
    for (let at = 0; at < path.getTotalLength(); at += 4) {
      const { x, y } = path.getPointAtLength(at);
      const over = boxes.find((box, i) => !ends.includes(box.dataset.key)
        && x + origin.left > places[i].left && x + origin.left < places[i].right
        && y + origin.top > places[i].top && y + origin.top < places[i].bottom);
      if (over) { flaws.push(`wire ${wire.dataset.ends} behind ${over.dataset.key}`); break; }
    }
  }
  return flaws;
}"""


def violations(page: Page) -> list[str]:
    """Return what axe-core finds within the widget."""
    page.evaluate(AXE)
    # What glows is on its way from one colour to another.
    page.evaluate("document.getAnimations().forEach(animation => animation.finish())")
    result = page.evaluate("axe.run('.nst-root')")
    return [
        f"{one['id']}: {one['help']} {[node['html'][:90] for node in one['nodes']]}"
        for one in result["violations"]
    ]


def opened_form(page: Page) -> None:
    page.locator("[data-link='2/2']").click()
    page.locator(".nst-panel [data-act='address']").click()


def refused(page: Page) -> None:
    opened_form(page)
    page.locator(".nst-run").click()
    page.evaluate(
        """() => model.emit('msg:custom', {type: 'done', id: model.sent.at(-1).id, ok: false,
          error: {kind: 'AlreadyExistsError', tried: 'ip addr add', said: 'File exists',
                  reason: 'It is there.', fix: 'Choose another.'}})"""
    )
    expect(page.get_by_role("alert")).to_be_visible()


def with_processes(page: Page) -> None:
    page.locator("[data-open='2']").click()
    page.get_by_role("button", name="Show processes").click()
    page.evaluate(
        """() => model.emit('msg:custom', {type: 'done', id: model.sent.at(-1).id, ok: true,
          columns: ['process', 'command'], rows: [['1', 'sleep 9']]})"""
    )
    expect(page.locator(".nst-answer table")).to_be_visible()


def stepped(page: Page) -> None:
    page.locator(".nst-play + button").click()


def with_keys(page: Page) -> None:
    page.locator(".nst-keys summary").click()


STATES: dict[str, tuple[Callable[[], dict[str, Any]], Callable[[Page], None]]] = {
    "host-alone": (lambda: mock_page.network(mock_page.namespace("1", "")), with_keys),
    "form": (mock_page.pair, opened_form),
    "refused": (mock_page.pair, refused),
    "processes": (mock_page.pair, with_processes),
    "playing": (mock_page.pair, stepped),
}
CROWDED: dict[str, tuple[Callable[[], dict[str, Any]], Callable[[Page], None]]] = {
    "star-50": (lambda: mock_page.star(50), lambda _page: None),
    "list-200": (lambda: mock_page.star(200), lambda _page: None),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_state_is_accessible_and_whole(
    browser: Browser, screenshots: Path, theme: str
) -> None:
    look_at_each(STATES, browser, screenshots, theme)


@pytest.mark.long
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_crowded_pictures_are_accessible_and_whole(
    browser: Browser, screenshots: Path, theme: str
) -> None:
    look_at_each(CROWDED, browser, screenshots, theme)


def look_at_each(
    states: dict[str, tuple[Callable[[], dict[str, Any]], Callable[[Page], None]]],
    browser: Browser,
    screenshots: Path,
    theme: str,
) -> None:
    for name, (network, go) in states.items():
        page = mock_page.shown(browser, network(), theme=theme, playing=mock_page.recording())
        go(page)
        assert violations(page) == [], name
        assert page.evaluate(FLAWS) == [], name
        page.screenshot(path=screenshots / f"topology-{name}-{theme}.png")
        page.context.close()


def test_fifty_namespaces_are_drawn_and_one_more_is_listed(browser: Browser) -> None:
    page = mock_page.shown(browser, mock_page.star(50))
    expect(page.locator(".nst-box")).to_have_count(51)
    expect(page.locator(".nst-wire")).to_have_count(50)
    assert page.evaluate(FLAWS) == []
    page.evaluate("network => model.set('network', network)", mock_page.star(51))
    expect(page.locator(".nst-row")).to_have_count(52)
    expect(page.locator(".nst-box")).to_have_count(1)
    page.get_by_role("searchbox").fill("h5")
    expect(page.locator(".nst-row:visible")).to_have_count(2)  # h5 and h50


@pytest.mark.parametrize("width", [720, 864, 1504])
def test_the_panel_hides_no_box(browser: Browser, screenshots: Path, width: int) -> None:
    """Beside the boxes where it fits (864 is what JupyterLab leaves of 1280), else below them."""
    page = mock_page.shown(browser, mock_page.pair(), width=width)
    places = "[...document.querySelectorAll('.nst-box')].map(box => box.style.transform)"
    before = page.evaluate(places)
    opened_form(page)
    assert page.evaluate(places) == before
    page.screenshot(path=screenshots / f"topology-panel-{width}.png")
    stage, panel = (page.locator(part).bounding_box() for part in (".nst-stage", ".nst-panel"))
    assert stage is not None
    assert panel is not None
    assert (panel["y"] < stage["y"] + stage["height"]) is (width > 720)
    for box in page.locator(".nst-box").all():
        at = box.bounding_box()
        assert at is not None
        assert at["x"] + at["width"] <= stage["x"] + stage["width"]


def test_what_a_ping_prints_is_broken_between_words(browser: Browser) -> None:
    """JupyterLab breaks what is preformatted anywhere; here the rule is repeated."""
    page = mock_page.shown(browser, mock_page.pair(), width=864)
    page.add_style_tag(content="pre { word-break: break-all; }")
    opened_form(page)
    page.locator(".nst-run").click()
    page.evaluate(
        """() => model.emit('msg:custom', {type: 'line', id: model.sent.at(-1).id,
          text: 'PING 172.16.0.2 (172.16.0.2) 56(84) bytes of data.'})"""
    )
    output = page.locator(".nst-output")
    expect(output).to_contain_text("PING")
    assert output.evaluate("one => getComputedStyle(one).wordBreak") == "normal"


@pytest.mark.parametrize("width", [320, pytest.param(1920, marks=pytest.mark.long)])
def test_narrow_and_wide(browser: Browser, screenshots: Path, width: int) -> None:
    """320 pixels are what 1280 leave at 400 % zoom (WCAG 2.2, 1.4.10)."""
    for number, network in enumerate((mock_page.pair(), mock_page.star(12))):
        page = mock_page.shown(browser, network, width=width, playing=mock_page.recording())
        page.locator("[data-open='1']").click()
        page.locator(".nst-panel [data-act='wire']").click()
        assert violations(page) == []
        assert page.evaluate(FLAWS) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.screenshot(path=screenshots / f"topology-{width}-{number}.png", full_page=True)
        page.context.close()


def test_high_contrast_and_reduced_motion(browser: Browser, screenshots: Path) -> None:
    page = mock_page.shown(
        browser,
        mock_page.pair(),
        playing=mock_page.recording(),
        forced_colors="active",
        color_scheme="dark",
        reduced_motion="reduce",
    )
    stepped(page)
    token = page.locator(".nst-token")
    still = token.get_attribute("transform")
    page.evaluate("() => new Promise(done => setTimeout(done, 200))")
    assert token.get_attribute("transform") == still  # a mark on the wire, nothing that moves
    opened_form(page)
    assert violations(page) == []
    page.screenshot(path=screenshots / "topology-high-contrast.png")


def test_what_changed_glows_and_is_said(browser: Browser) -> None:
    page = mock_page.shown(browser, mock_page.pair())
    places = "[...document.querySelectorAll('.nst-box')].map(box => box.style.transform)"
    before = page.evaluate(places)
    changed = mock_page.pair()
    changed["generation"] = 2
    changed["namespaces"][2]["links"][1] |= {"state": "up", "addresses": ["172.16.0.2/24"]}
    changed["namespaces"].append(mock_page.namespace("4", "netns3"))
    page.locator("[data-open='3']").focus()
    page.evaluate("network => model.set('network', network)", changed)
    expect(page.locator("[data-key='4']")).to_be_visible()
    said = page.locator(".nst-unseen")
    expect(said).to_contain_text("veth1-peer in netns2 is up.")
    expect(said).to_contain_text("veth1-peer in netns2 has the address 172.16.0.2/24.")
    expect(said).to_contain_text("netns3 was added.")
    assert page.evaluate(places)[:3] == before
    assert (
        page.locator("[data-link='3/2']")
        .locator("..")
        .evaluate("item => item.classList.contains('nst-new')")
    )
    expect(page.locator("[data-open='3']")).to_be_focused()  # although its box was drawn anew


def test_frames_forward_and_back(browser: Browser) -> None:
    page = mock_page.shown(browser, mock_page.pair(), playing=mock_page.recording())
    frame, token = page.locator(".nst-frame"), page.locator(".nst-token")
    stepped(page)
    expect(frame).to_contain_text("Frame 1 of 3")
    expect(token).to_be_visible()
    stepped(page)
    expect(frame).to_contain_text("received by netns1: veth1")
    stepped(page)
    expect(frame).to_contain_text("(It crossed no wire of this picture.)")
    expect(token).to_be_hidden()
    back = page.get_by_role("button", name="Step back")
    for _step in range(3):
        back.click()
    expect(frame).to_contain_text("Before the first of 3 frames.")
    page.get_by_label("Speed").select_option("10")
    expect(frame).to_contain_text("10 times slower")
    page.get_by_role("button", name="Play").click()
    expect(frame).to_contain_text("Frame 3 of 3")


def test_while_the_kernel_is_busy_the_button_says_so(browser: Browser) -> None:
    page = mock_page.shown(browser, mock_page.pair())
    opened_form(page)
    page.locator(".nst-run").click()
    expect(page.locator(".nst-status")).to_contain_text("Waiting: a cell is running")
    page.evaluate(
        "() => model.emit('msg:custom', {type: 'done', id: model.sent.at(-1).id, ok: true})"
    )
    expect(page.locator(".nst-status")).to_have_text("Done.")


def test_silence_is_said(browser: Browser) -> None:
    """Without a word ever, the picture was saved; after a word, it shows how it was then."""
    page = mock_page.shown(browser, mock_page.pair(), silent=True)
    banner = page.locator(".nst-banner")
    expect(banner).to_be_hidden()
    page.clock.run_for(9_000)
    expect(banner).to_contain_text("A picture saved with the notebook")
    opened_form(page)
    page.locator(".nst-run").click()
    expect(page.locator(".nst-status")).to_contain_text("there is no kernel behind this picture")
    page.evaluate("() => model.emit('msg:custom', {type: 'beat'})")
    expect(banner).to_be_hidden()
    page.clock.run_for(9_000)
    expect(banner).to_contain_text("No word from the kernel since")
    expect(page.locator(".nst-box")).to_have_count(3)
    page.evaluate("() => model.emit('msg:custom', {type: 'beat'})")
    expect(banner).to_be_hidden()


def test_chinese(browser: Browser, screenshots: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    page = mock_page.shown(browser, mock_page.pair(), playing=mock_page.recording())
    refused(page)
    stepped(page)
    assert page.evaluate(FLAWS) == []
    text = page.locator(".nst-root").inner_text()
    for word in ("新建网络命名空间", "已启用", "邻居表", "放慢", "办法："):
        assert word in text
    page.screenshot(path=screenshots / "topology-chinese.png")


def test_a_box_is_dragged_by_a_finger(browser: Browser) -> None:
    page = mock_page.shown(browser, mock_page.pair(), has_touch=True)
    session = page.context.new_cdp_session(page)
    box = page.locator("[data-key='3']")
    head = box.locator(".nst-head").bounding_box()
    assert head is not None
    x, y = head["x"] + 60, head["y"] + 10

    def touch(kind: str, *points: dict[str, float]) -> None:
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    before = box.bounding_box()
    assert before is not None
    touch("touchStart", {"x": x, "y": y})
    for step in range(1, 6):
        touch("touchMove", {"x": x + 8 * step, "y": y + 30 * step})
    touch("touchEnd")
    after = box.bounding_box()
    assert after is not None
    assert (after["x"] - before["x"], after["y"] - before["y"]) == (40, 150)
    moved = page.evaluate("model.sent.at(-1)")
    assert moved["type"] == "moved"
    assert list(moved["positions"]) == ["3"]


def test_a_command_is_copied(browser: Browser) -> None:
    """The page is not on https, so this is the old way, which any page may go."""
    page = mock_page.shown(browser, mock_page.pair())
    opened_form(page)
    page.get_by_role("button", name="Copy: As a command").click()
    expect(page.locator(".nst-note").first).to_have_text("Copied.")
    address = page.locator(".nst-form [name='address']")
    command = page.locator(".nst-command code").first.inner_text()
    address.fill("")
    address.press("Control+v")
    expect(address).to_have_value(command)


def test_the_page_says_the_commands_of_the_table(browser: Browser) -> None:
    """The table that `tests/show/topology/test_click_commands.py` holds against Python."""
    cases = json.loads((mock_page.ROOT / "tests/support/click_commands.json").read_text("utf-8"))
    said = mock_page.sources(browser).evaluate(
        """async (cases) => {
          const { commandsOf } = await import('/commands.js');
          return cases.map(({ act, fields }) => commandsOf(act, fields));
        }""",
        cases,
    )
    assert said == [{"ip": case["ip"], "python": case["python"]} for case in cases]
