"""The whole site, as it is published: opened as files, in a browser without any network."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
# A folder with a site that is already built, to look at it again without building it.
BUILT = os.environ.get("NSLAB_SITE")
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 800}}
NEXT = {"en": "Next", "zh": "下一步"}
pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site; the build itself fails where a link, an anchor or a picture leads nowhere."""
    if BUILT:
        return Path(BUILT).resolve()
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, ROOT / "tools/docs_site.py", "--out", out]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return out / "html"


@contextlib.contextmanager
def opened(browser: Browser, size: str, theme: str) -> Iterator[Page]:
    """A page without network; whatever it asks of another site, or reports, is a failure."""
    context = browser.new_context(viewport=SIZES[size], color_scheme=theme, offline=True)  # type: ignore[arg-type]
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "request",
        lambda one: faults.append(one.url) if not one.url.startswith(("file:", "data:")) else None,
    )
    yield page
    assert faults == []
    context.close()


@pytest.mark.parametrize(("size", "theme"), [("desktop", "light"), ("phone", "dark")])
def test_no_page_has_a_violation(site: Path, browser: Browser, size: str, theme: str) -> None:
    pages = sorted(path for path in site.rglob("*.html") if path.name != "genindex.html")
    assert len(pages) > 60
    found = {}
    with opened(browser, size, theme) as page:
        for path in pages:
            page.goto(path.as_uri())
            page.evaluate(AXE)
            # What is folded is looked at, too; answers of one name shut one another.
            page.evaluate(
                """document.querySelectorAll(".bd-article details").forEach((one) => {
                    one.removeAttribute("name"); one.open = true; })"""
            )
            page.evaluate("dispatchEvent(new Event('resize'))")
            result = page.evaluate("axe.run({ resultTypes: ['violations'] })")
            faults = [
                f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}"
                for one in result["violations"]
            ]
            if page.evaluate("document.documentElement.scrollWidth") > SIZES[size]["width"]:
                faults.append("the page itself scrolls sideways")
            if faults:
                found[str(path.relative_to(site))] = faults
    assert found == {}


@pytest.mark.parametrize("language", NEXT)
@pytest.mark.parametrize("where", ["index.html", "lessons/03_arp_and_answer.html"])
def test_the_recorded_ping_plays(site: Path, browser: Browser, language: str, where: str) -> None:
    with opened(browser, "desktop", "light") as page:
        page.goto((site / language / where).as_uri())
        player = page.locator(".site-player .nslab-scrubber").first
        player.get_by_role("button", name=NEXT[language]).click()
        answers = player.get_by_role("radio")
        assert answers.count() >= 3
        player.get_by_role("checkbox").uncheck()
        for _frame in range(2):
            player.get_by_role("button", name=NEXT[language]).click()
        expect(player.locator(".nslab-frame")).to_contain_text("ARP reply")
        expect(player.locator(".nslab-neighbours").first).to_contain_text("172.16.0.2")


@pytest.mark.parametrize("language", NEXT)
def test_a_guess_answers_and_a_task_unfolds(site: Path, browser: Browser, language: str) -> None:
    with opened(browser, "phone", "light") as page:
        page.goto((site / language / "lessons/01_one_wire.html").as_uri())
        guess = page.locator(".site-guess").first
        expect(guess.get_by_text("✔")).to_be_hidden()
        guess.locator("summary").last.click()
        expect(guess.locator("details[open]")).to_have_count(1)
        expect(guess.get_by_text("✔")).to_be_visible()
        guess.locator("summary").first.click()  # another answer takes its place
        expect(guess.locator("details[open]")).to_have_count(1)
        expect(guess.get_by_text("✔")).to_be_hidden()
        hints = page.locator(".site-hints").first
        expect(hints.locator("details")).to_have_count(4)
        hints.locator("summary").last.click()
        expect(hints.locator("pre")).to_contain_text("ip ")


@pytest.mark.parametrize(
    ("language", "words", "leads_to"),
    [("en", "neighbour table", "03_arp_and_answer"), ("zh", "邻居表", "03_arp_and_answer")],
)
def test_the_search_finds(
    site: Path, browser: Browser, language: str, words: str, leads_to: str
) -> None:
    with opened(browser, "desktop", "light") as page:
        page.goto(f"{(site / language / 'search.html').as_uri()}?q={words}")
        found = page.locator(f"#search-results li a[href*='{leads_to}']")
        expect(found.first).to_be_visible()  # results come one after the other


def test_the_other_language_is_one_click_away(site: Path, browser: Browser) -> None:
    with opened(browser, "desktop", "light") as page:
        page.goto((site / "en/lessons/03_arp_and_answer.html").as_uri())
        page.get_by_role("link", name="中文").first.click()
        page.wait_for_url("**/zh/lessons/03_arp_and_answer.html")
        page.get_by_role("link", name="English").first.click()
        page.wait_for_url("**/en/lessons/03_arp_and_answer.html")


def test_the_chinese_pages_speak_chinese(site: Path) -> None:
    for path in sorted((site / "zh/lessons").glob("*.html")):
        text = path.read_text()
        assert '<html lang="zh' in text
        for words in ("Collapse Sidebar", "Skip to main content", "On this page", "Color mode"):
            assert words not in text, (path.name, words)


def test_each_lesson_leads_to_where_it_runs(site: Path) -> None:
    for language in NEXT:
        for path in sorted((ROOT / "notebooks" / language).glob("*.ipynb")):
            text = (site / language / "lessons" / f"{path.stem}.html").read_text()
            assert f"urlpath=nslabkit%2Fopen%2F{language}%2F{path.name}" in text
            assert f"http://127.0.0.1:8888/nslabkit/open/{language}/{path.name}" in text
            assert (
                site / language / "_static/notebooks" / path.name
            ).read_bytes() == path.read_bytes()
