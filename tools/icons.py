"""How do the kernelspecs' PNG icons come from the SVG?

Usage: ``python tools/icons.py``.  Draws the few shapes that the icon uses, always the same way,
so that the result can be compared byte by byte; ``tests/jupyter`` does.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from pathlib import Path

from PIL import Image, ImageDraw

KERNELS = Path(__file__).parent.parent / "kernels"
SIZES = (32, 64)
_FINER = 8  # drawn this many times larger, then made smaller: smooth edges


def draw(svg: str, size: int) -> bytes:
    """Return `svg` as a PNG of `size` × `size` pixels.

    Parameters
    ----------
    svg : str
        A square drawing of ``rect``, ``line`` (level or upright) and ``circle`` elements.
    size : int
        Width and height in pixels.
    """
    root = ET.fromstring(svg)  # noqa: S314 - our own file
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
    """Write the PNGs beside each SVG."""
    for folder in sorted(KERNELS.iterdir()):
        svg = (folder / "logo-svg.svg").read_text(encoding="utf-8")
        for size in SIZES:
            path = folder / f"logo-{size}x{size}.png"
            path.write_bytes(draw(svg, size))
            print(path.relative_to(KERNELS.parent))


if __name__ == "__main__":
    main()
