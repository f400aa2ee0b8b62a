"""Drawings of the logo and of the badges: the kernelspecs' SVG and PNG files, `docs/images`.

Usage: ``python tools/icons.py``.  The colours are the palette's.  A PNG is drawn from the few
shapes of the SVG, always the same way, so that all can be compared byte by byte;
``tests/jupyter`` does.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from pathlib import Path

from PIL import Image, ImageDraw

from nslabkit.base.palette import INKS, LOGO_BOX, LOGO_PLUG, LOGO_WIRE

ROOT = Path(__file__).parent.parent
KERNELS = ("nslab", "nslab-zh")
SIZES = (32, 64)
_FINER = 8  # drawn this many times larger, then made smaller: smooth edges

LOGO = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img"
  aria-label="Two boxes and a wire">
  <rect x="0" y="0" width="64" height="64" rx="12" fill="{shade}"/>
  <line x1="24" y1="32" x2="40" y2="32" stroke="{wire}" stroke-width="5"/>
  <rect x="5" y="17" width="20" height="30" rx="4" fill="{box}"/>
  <rect x="39" y="17" width="20" height="30" rx="4" fill="{box}"/>
  <rect x="10" y="23" width="10" height="3" rx="1.5" fill="{paper}"/>
  <rect x="44" y="23" width="10" height="3" rx="1.5" fill="{paper}"/>
  <circle cx="25" cy="32" r="4.5" fill="{plug}"/>
  <circle cx="39" cy="32" r="4.5" fill="{plug}"/>
</svg>
"""
BADGE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="146" height="22"
  viewBox="0 0 146 22" role="img" aria-labelledby="t"><title id="t">{words}</title>
<rect width="146" height="22" rx="4" fill="{box}"/>
<g fill="none" stroke="{paper}" stroke-width="1.6">
  <rect x="7" y="7" width="8" height="8" rx="1.5"/>
  <rect x="23" y="7" width="8" height="8" rx="1.5"/><path d="M15 11h8"/>
</g>
<text x="39" y="15.2" fill="{paper}" font-family="{fonts}"
  font-size="12" textLength="99">{words}</text>
</svg>
"""
BADGES = {
    "en": ("Run it on Binder", "Verdana, DejaVu Sans, sans-serif"),
    "zh": (
        "在 Binder 上运行",
        "Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif",
    ),
}
COLOURS = {
    "box": LOGO_BOX,
    "wire": LOGO_WIRE,
    "plug": LOGO_PLUG,
    "paper": INKS["light"].paper,
    "shade": INKS["light"].shade,
}


def files() -> dict[Path, bytes]:
    """Return each file's path and content."""
    logo = LOGO.format(**COLOURS)
    drawn = {
        ROOT / f"docs/images/badge.{language}.svg": BADGE.format(
            words=words, fonts=fonts, **COLOURS
        ).encode()
        for language, (words, fonts) in BADGES.items()
    }
    for folder in (ROOT / "kernels" / name for name in KERNELS):
        drawn[folder / "logo-svg.svg"] = logo.encode()
        drawn |= {folder / f"logo-{size}x{size}.png": _png(logo, size) for size in SIZES}
    return drawn


def _png(svg: str, size: int) -> bytes:
    """Return a square drawing of ``rect``, ``line`` and ``circle`` elements as PNG."""
    root = ET.fromstring(svg)  # noqa: S314 - our own text
    scale = size * _FINER / float(root.attrib["viewBox"].split()[2])
    image = Image.new("RGBA", (size * _FINER, size * _FINER))
    pen = ImageDraw.Draw(image)
    for element in root:
        _shape(pen, element.tag.rpartition("}")[2], element.attrib, scale)
    png = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(png, "PNG", optimize=True)
    return png.getvalue()


def _shape(pen: ImageDraw.ImageDraw, kind: str, given: dict[str, str], scale: float) -> None:
    def length(name: str) -> float:
        return float(given[name]) * scale

    if kind == "rect":
        x, y = length("x"), length("y")
        box = (x, y, x + length("width") - 1, y + length("height") - 1)
        pen.rounded_rectangle(box, length("rx"), given["fill"])
    elif kind == "circle":
        x, y, r = length("cx"), length("cy"), length("r")
        pen.ellipse((x - r, y - r, x + r, y + r), given["fill"])
    elif kind == "line":
        ends = (length("x1"), length("y1"), length("x2"), length("y2"))
        pen.line(ends, given["stroke"], round(length("stroke-width")))
    else:
        raise ValueError(kind)


def main() -> None:
    """Write the files that are out of date."""
    for path, content in files().items():
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            print(f"written: {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
