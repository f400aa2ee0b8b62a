"""What does it look like when a command in a cell moves the plug?  Films it, for the READMEs.

Starts `nslabkit lab`, runs cells in Chromium, and takes pictures of the page while the live picture
follows the kernel: nothing is drawn for the film.  Writes ``docs/images/moving.en.png`` and
``moving.zh.png``, animated PNGs below 1 MB that stop after three rounds.

usage: tools/moving_picture.py [en|zh]
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "support"))
import chromium
import lab_page
from lab_server import ADDRESS, running, until_ready
from notebook_page import LIVE, LONGEST, Notebook
from PIL import Image
from playwright.sync_api import expect, sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
# The first cell shows the live picture; the others are filmed.
CELLS = (
    LIVE,
    "!ip netns add netns1\n!ip netns add netns2",
    "!ip link add veth1 type veth peer name veth1-peer",
    "!ip link set veth1 netns netns1",
    "!ip link set veth1-peer netns netns2",
)
KERNELS = {"en": "nslab", "zh": "nslab-zh"}
WIDTH, HEIGHT = 900, 1000  # of the window: nothing has to scroll
SHOWN = 760  # px of the notebook, from its top
MOVING = 1.6  # seconds to film after a cell has begun
HOLD = 1500  # ms that a picture stays on which nothing moves
LONGEST_STEP = 250  # ms between two pictures of a movement, however slow the filming was
ROUNDS = 3
LIMIT = 1_000_000  # bytes


def film(language: str) -> list[tuple[Image.Image, int]]:
    """Return the pictures, each with how many milliseconds it stays."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(folder, "--lang", language) as server,
        sync_playwright() as playwright,
    ):
        [address] = ADDRESS.findall(until_ready(server))
        notebook = Notebook(address, Path(folder), "moving", *CELLS)
        said = json.loads(notebook.path.read_text())
        said["metadata"]["kernelspec"]["name"] = KERNELS[language]
        notebook.path.write_text(json.dumps(said))
        browser = chromium.started(playwright)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.set_default_timeout(LONGEST)
        page.goto(notebook.address.replace("/lab/workspaces/moving/", "/doc/"))
        notebook.page = page
        lab_page.ready(page, language)
        notebook.run(0)
        page.locator(".nst-root svg").first.wait_for()
        pictures = filmed(page, notebook)
        notebook.end()
        browser.close()
    return pictures


def filmed(page: Page, notebook: Notebook) -> list[tuple[Image.Image, int]]:
    """Run each further cell and take pictures of the page meanwhile."""
    pictures = [(picture(page), HOLD)]
    for number in range(1, len(CELLS)):
        notebook.run(number, until_done=False)
        page.locator(".jp-WindowedPanel-outer, .jp-Notebook").first.evaluate(
            "one => one.scrollTop = 0"
        )
        begun = last = time.monotonic()
        while last - begun < MOVING:
            taken = picture(page)
            now = time.monotonic()
            pictures.append((taken, min(LONGEST_STEP, round((now - last) * 1000))))
            last = now
        prompt = page.locator(".jp-CodeCell").nth(number).locator(".jp-InputPrompt")
        expect(prompt).not_to_contain_text("*", timeout=LONGEST)
        pictures.append((picture(page), HOLD))
    return merged(pictures)


def picture(page: Page) -> Image.Image:
    """Return what the page looks like now."""
    place = page.locator(".jp-Notebook").first.bounding_box()
    assert place is not None
    shot = page.screenshot(animations="allow", clip={**place, "height": SHOWN})
    return Image.open(io.BytesIO(shot)).convert("RGB")


def merged(pictures: list[tuple[Image.Image, int]]) -> list[tuple[Image.Image, int]]:
    """Return the pictures without those that equal the one before, which stays longer instead."""
    found: list[tuple[Image.Image, int]] = []
    for taken, stays in pictures:
        if found and found[-1][0].tobytes() == taken.tobytes():
            found[-1] = (taken, min(2 * HOLD, found[-1][1] + stays))
        else:
            found.append((taken, stays))
    return found


def save(pictures: list[tuple[Image.Image, int]], path: Path) -> int:
    """Write the animated PNG and return its size: one palette for all, so that it stays small."""
    palette = pictures[-1][0].quantize(128)
    frames = [taken.quantize(palette=palette, dither=Image.Dither.NONE) for taken, _ in pictures]
    frames[0].save(
        path,
        save_all=True,
        append_images=frames[1:],
        duration=[stays for _taken, stays in pictures],
        loop=ROUNDS,
        optimize=True,
    )
    return path.stat().st_size


def main() -> int:
    """Film what was asked for, and return the exit status."""
    status = 0
    for language in sys.argv[1:] or KERNELS:
        path = ROOT / "docs" / "images" / f"moving.{language}.png"
        pictures = film(language)
        size = save(pictures, path)
        seconds = sum(stays for _taken, stays in pictures) / 1000
        print(f"{path.relative_to(ROOT)}: {len(pictures)} pictures, {seconds:.1f} s, {size} bytes")
        if size >= LIMIT:
            print(f"too large: {LIMIT} bytes at most")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
