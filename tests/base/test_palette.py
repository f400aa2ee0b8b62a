"""Is every colour the palette's, and does something use each name of the palette?"""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

from nslabkit.base import palette

ROOT = Path(__file__).parents[2]
PALETTE = "nslabkit/base/palette.py"
HEX = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})(?![\w-])")
# Drawn by `tools/icons.py` in the palette's colours; `tests/jupyter/test_kernelspecs.py` compares.
CLAIMS = "tools/notebooks.py"  # links such as `#C11`
DRAWN = re.compile(r"kernels/.*\.svg|docs/images/badge\..*\.svg")


def tracked(*folders: str) -> dict[str, str]:
    listed = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\n")
    suffixes = {".py", ".js", ".css", ".html", ".svg"}
    return {
        name: (ROOT / name).read_text("utf-8")
        for name in listed
        if Path(name).suffix in suffixes and (ROOT / name).exists()
    }


FILES = tracked("nslabkit", "frontend", "kernels", "docs/images", "tools")


def test_no_colour_stands_outside_of_the_palette() -> None:
    assert HEX.findall("#fff #D55E00; `#C05`") == ["#fff", "#D55E00", "#C05"]
    found = {
        f"{name}: {colours}"
        for name, text in FILES.items()
        if not (name in (PALETTE, CLAIMS) or DRAWN.fullmatch(name))
        and (colours := HEX.findall(text))
    }
    assert not found


def test_the_stylesheets_use_the_variables_that_there_are() -> None:
    text = "".join(text for name, text in FILES.items() if Path(name).suffix in {".css", ".html"})
    defined = set(re.findall(r"(--nslab-[\w-]+):", palette.css("light", "dark")))
    assert set(re.findall(r"var\((--nslab-[\w-]+)\)", text)) == defined


def test_something_uses_each_colour_of_python() -> None:
    names = {
        target.id
        for node in ast.parse(FILES[PALETTE]).body
        if isinstance(node, ast.Assign)
        for target in ast.walk(node)
        if isinstance(target, ast.Name) and isinstance(target.ctx, ast.Store)
    }
    text = "".join(text for name, text in FILES.items() if name != PALETTE)
    unused = {
        name
        for name in names
        if not re.search(rf"\b{name}\b", FILES[PALETTE] if name.startswith("_") else text)
    }
    assert "LIVE" in names
    assert not unused


@pytest.mark.parametrize("theme", palette.INKS)
def test_text_can_be_read_on_its_paper(theme: str) -> None:
    inks = palette.INKS[theme]
    dark = re.search(r"dark \{ (.*) \}", palette.css("light", "dark"))
    light = re.search(r"light \{ (.*) \}", palette.css("light", "dark"))
    assert light is not None
    assert dark is not None
    rule = (dark if theme == "dark" else light)[1]
    names = dict(re.findall(r"--nslab-([\w-]+): (#\w+);", rule))
    pairs = [(names[name], inks.paper) for name in ("ink", "faint", "done", "odd", "quiet", "act")]
    pairs += [(names["ink"], inks.shade), (names["stuck"], names["stuck-paper"])]
    for ink, paper in pairs:
        assert contrast(ink, paper) >= 4.5, (ink, paper)
    for colour in {palette.LIVE, palette.DEAD, *palette.STATES.values()} - {
        palette.STATES["STALE"]
    }:
        assert contrast(colour, inks.paper) >= 2.3, colour  # marks, each with a word beside it


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    light, dark = sorted(map(luminance, (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
