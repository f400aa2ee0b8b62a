"""The scrubber in JupyterLab: mouse, keyboard, themes, and a kernel that is gone."""

from __future__ import annotations

import re
import urllib.parse
from typing import TYPE_CHECKING

import nbformat
import pytest
from lab_page import LONGEST, RUN_MENU, menu, ready, unwindowed, use_theme
from lab_server import ADDRESS, end_all, running, until_ready
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

NETWORK = """%%bash
ip netns add netns1
ip netns add netns2
ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2
ip -n netns1 addr add 172.16.0.1/24 dev veth1
ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer
ip -n netns1 link set veth1 up
ip -n netns2 link set veth1-peer up
ip -n netns1 neigh flush all
ip -n netns2 neigh flush all"""
RECORDED = """import nslabkit as lab
one, two = lab.namespaces.namespace("netns1"), lab.namespaces.namespace("netns2")
with lab.capture(one, two, filter="arp or icmp") as recording:
    done = one.run("ping -c 1 172.16.0.2", quiet=True)
recording.ladder()"""
WORDS = {
    "en": {"next": "Next", "back": "Back", "guess": "That is my guess", "show": "Just show it"},
    "zh": {"next": "下一步", "back": "上一步", "guess": "我猜是这个", "show": "直接看"},
}
KERNEL = {"en": ("nslab", "Network lab"), "zh": ("nslab-zh", "网络实验")}


# Both languages, one of each pair in `make test-long`.
@pytest.fixture(scope="module", params=["en", pytest.param("zh", marks=pytest.mark.long)])
def language(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, language: str) -> Iterator[str]:
    """A notebook with a recording and its scrubber, in a running JupyterLab."""
    folder = tmp_path_factory.mktemp("scrub")
    unwindowed(folder)
    cells = [nbformat.v4.new_code_cell(text) for text in (NETWORK, RECORDED)]
    cells.append(nbformat.v4.new_code_cell("lab.scrubber(recording)"))
    kernel, name = KERNEL[language]
    spec = {"name": kernel, "display_name": name, "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": spec})
    nbformat.write(notebook, folder / "scrub.ipynb")
    with running(str(folder), "--lang", language) as process:
        [found] = ADDRESS.findall(until_ready(process))
        parts = urllib.parse.urlsplit(found)
        yield parts._replace(path="/lab/tree/scrub.ipynb").geturl()


@pytest.fixture
def address(server: str) -> Iterator[str]:
    """The notebook's address; its kernel ends with the test."""
    yield server
    end_all(server)


def run_all(page: Page, language: str) -> None:
    ready(page, language)
    menu(page, RUN_MENU[language], "runmenu:run-all")
    page.locator(".nslab-scrubber").wait_for(timeout=LONGEST)
    ready(page, language)


def test_mouse_keyboard_and_themes(
    address: str, language: str, open_page: Callable[..., Page], screenshots: Path
) -> None:
    page = open_page(address)
    run_all(page, language)
    words = WORDS[language]
    scrubber = page.locator(".nslab-scrubber")
    ladder = page.locator(".jp-OutputArea-output svg[role=img]").first
    # The whole of it is seen at 1280 pixels, beside JupyterLab's side bar.
    room = "one => one.parentElement.clientWidth - one.parentElement.scrollWidth"
    assert ladder.evaluate(room) == 0

    # By mouse, with a guess: the answer is shown only then.
    scrubber.get_by_role("button", name=words["next"]).click()
    answers = scrubber.get_by_role("radio")
    assert answers.count() >= 3
    expect(scrubber.locator(".nslab-arrow")).to_have_count(0)
    scrubber.get_by_label(re.compile("netns1 → netns2.+ARP request")).check()
    scrubber.get_by_role("button", name=words["guess"]).click()
    expect(scrubber.get_by_role("status")).to_contain_text("✔")
    expect(scrubber.locator(".nslab-frame")).to_contain_text("ARP request")
    tables = scrubber.locator(".nslab-neighbours")
    expect(tables.nth(1)).to_contain_text("STALE")
    expect(tables.nth(0)).not_to_contain_text("172.16.0.2")

    # A byte lights up its field, a field its bytes.
    scrubber.locator('[data-at="40"]').hover()
    chosen = scrubber.get_by_role("option", selected=True)
    expect(chosen).to_contain_text("172.16.0.2")
    expect(scrubber.locator(".nslab-chosen")).to_have_count(4)
    chosen.click()
    page.keyboard.press("Home")
    expect(scrubber.locator(".nslab-chosen")).to_have_count(6)
    page.keyboard.press("ArrowDown")
    expect(scrubber.get_by_role("option", selected=True)).to_be_focused()
    page.screenshot(path=screenshots / f"scrubber-{language}-bytes.png")

    by_keyboard(page, words)
    look(page, address, language, screenshots)


def by_keyboard(page: Page, words: dict[str, str]) -> None:
    """Step on and back again, without JupyterLab's own keys in the way."""
    scrubber = page.locator(".nslab-scrubber")
    where = scrubber.locator(".nslab-where-now")
    tables = scrubber.locator(".nslab-neighbours")
    scrubber.get_by_role("button", name=words["next"]).focus()
    page.keyboard.press("ArrowRight")
    expect(scrubber.get_by_role("radio").first).to_be_focused()
    scrubber.get_by_role("button", name=words["show"]).press("Enter")
    expect(where).to_contain_text("ARP reply")
    expect(tables.nth(0)).to_contain_text("REACHABLE")
    page.keyboard.press("ArrowLeft")
    expect(where).to_contain_text("ARP request")
    page.keyboard.press("ArrowRight")  # seen before: no question
    expect(where).to_contain_text("ARP reply")
    page.keyboard.press("End")
    expect(where).to_contain_text("echo reply")
    expect(scrubber.get_by_role("button", name=words["back"])).to_be_focused()
    slider = scrubber.get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", where.text_content() or "")
    expect(where).to_contain_text("echo request")
    # Two fields share byte 14: a second click leads to the other.
    shared = scrubber.locator('[data-at="14"]')
    shared.click()
    first = scrubber.get_by_role("option", selected=True).text_content()
    shared.click()
    assert scrubber.get_by_role("option", selected=True).text_content() != first
    assert page.locator(".jp-CodeCell").count() == 3  # no cell was made or deleted by a key


def look(page: Page, address: str, language: str, screenshots: Path) -> None:
    """Take the pictures that a person looks at; in both themes each letter can be read."""
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        use_theme(page, address, theme)
        page.reload()
        run_all(page, language)
        light = str("Light" in theme).lower()
        page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")
        scrubber = page.locator(".nslab-scrubber")
        scrubber.get_by_role("slider").fill("3")
        for width in (1280, 1920):
            page.set_viewport_size({"width": width, "height": width * 9 // 16})
            short = "light" if "Light" in theme else "dark"
            for name, part in (("ladder", "svg[role=img]"), ("scrubber", ".nslab-scrubber")):
                page.locator(f".jp-OutputArea-output {part}").first.scroll_into_view_if_needed()
                page.screenshot(path=screenshots / f"{name}-{language}-{short}-{width}.png")
        assert readable(page, ".nslab-scrubber")
        assert readable(page, ".jp-OutputArea-output svg[role=img]")
        assert no_text_overlaps(page)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    scrubber.locator('[data-at="40"]').hover()
    assert scrubber.locator(".nslab-frame").evaluate("e => getComputedStyle(e).animationName") == (
        "none"
    )
    page.screenshot(path=screenshots / f"scrubber-{language}-contrast.png")
    page.emulate_media(forced_colors="none", reduced_motion="no-preference")


READABLE = """root => {
    const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
      .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
      .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const parts = colour => (colour.match(/[\\d.]+/g) ?? []).map(Number);
    const behind = element => {
      for (let at = element; at; at = at.parentElement) {
        const colour = parts(getComputedStyle(at).backgroundColor);
        if (colour.length === 3 || colour[3] > 0.9) return colour.slice(0, 3);
      }
      return [255, 255, 255];
    };
    const wrong = [];
    for (const element of root.querySelectorAll('*')) {
      const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
      if (!own || ['title', 'desc', 'TITLE'].includes(element.tagName)) continue;
      const style = getComputedStyle(element);
      if (element.closest(':disabled')) continue;
      const svg = element instanceof SVGElement;
      const ink = light(parts(svg ? style.fill : style.color));
      const paper = light(behind(element));
      const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
      if (parseFloat(style.fontSize) < 11 || ratio < 4.5) {
        wrong.push([element.textContent, style.fontSize, ratio]);
      }
    }
    return wrong;
  }"""


def readable(page: Page, part: str) -> bool:
    """Whether no letter is smaller than 11 pixels, and each stands out from the page (4.5:1)."""
    # A theme that was just chosen takes its colours a moment later.
    for _attempt in range(50):
        found = page.locator(part).first.evaluate(READABLE)
        if not found:
            break
        page.wait_for_timeout(100)
    assert found == []
    return True


def no_text_overlaps(page: Page) -> bool:
    """Whether the ladder's texts keep apart with the browser's own fonts, too."""
    found = page.locator(".jp-OutputArea-output svg[role=img]").first.evaluate(
        """svg => {
          const texts = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim());
          const boxes = texts.map(t => [t.textContent, t.getBoundingClientRect()]);
          const wrong = [];
          boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([other, b]) => {
            const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
            const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
            if (wide > 1 && high > 3) wrong.push([one, other, wide, high]);
          }));
          return wrong;
        }"""
    )
    assert found == []
    return True


def test_when_the_kernel_is_gone(
    address: str, language: str, open_page: Callable[..., Page]
) -> None:
    page = open_page(address)
    run_all(page, language)
    page.keyboard.press("Control+s")
    page.wait_for_function(
        "() => !document.querySelector('.lm-TabBar-tab.jp-mod-current.jp-mod-dirty')"
    )
    end_all(address)
    # What the page holds goes on working,
    scrubber = page.locator(".nslab-scrubber")
    scrubber.get_by_role("slider").fill("2")
    expect(scrubber.locator(".nslab-frame")).to_contain_text("ARP reply")
    # and the fold needs no widget at all.
    fold = page.locator(".jp-OutputArea-output details").filter(has=page.locator("svg[role=img]"))
    fold.locator("summary").click()
    expect(fold.locator("tbody tr")).to_have_count(4)
    expect(fold.locator("svg[role=img]")).to_be_visible()
    assert WORDS[language]["next"] in (scrubber.text_content() or "")
