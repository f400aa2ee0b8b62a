"""What is in a figure, for a test to ask?"""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

from nslabkit.base.palette import INKS
from nslabkit.show.figures import figure as module

if TYPE_CHECKING:
    from nslabkit.show.figures import Figure

SVG = "{http://www.w3.org/2000/svg}"


def parsed(figure: Figure) -> ET.Element:
    return ET.fromstring(figure.svg())  # noqa: S314 - our own text


def texts(figure: Figure) -> list[str]:
    return [element.text or "" for element in parsed(figure).iter(f"{SVG}text")]


def sizes(figure: Figure) -> list[float]:
    found = re.findall(r"<text style=\"[^\"]*?([\d.]+)px", figure.svg())
    return [float(size) for size in found]


def boxes(figure: Figure) -> dict[str, Any]:
    """Draw it, and return the place of each text, in pixels; equal texts are numbered."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.text import Text

    with module._settings(""):
        drawn = figure._drawn(INKS["light"])
        canvas = FigureCanvasAgg(drawn)
        canvas.draw()
        renderer = canvas.get_renderer()
        found = {}
        hidden = _beyond_the_axis(drawn)
        for number, text in enumerate(drawn.findobj(Text)):
            if text.get_text().strip() and text.get_visible() and text not in hidden:
                found[f"{text.get_text()} #{number}"] = text.get_window_extent(renderer)
    return found


def _beyond_the_axis(drawn: Any) -> set[Any]:  # noqa: ANN401 - matplotlib's figure
    """Return the labels that matplotlib keeps and does not draw: their marks are out of sight."""
    hidden = set()
    for axes in drawn.findobj(lambda one: hasattr(one, "xaxis")):
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if not low <= tick.get_loc() <= high or not axes.axison:
                    hidden |= {tick.label1, tick.label2}
    return hidden


def overlaps(figure: Figure) -> list[tuple[str, str]]:
    """Return the pairs of texts that run into each other."""
    found = []
    for (one, a), (other, b) in itertools.combinations(boxes(figure).items(), 2):
        wide = min(a.x1, b.x1) - max(a.x0, b.x0)
        high = min(a.y1, b.y1) - max(a.y0, b.y0)
        if wide > 1 and high > 2:  # pixels: boxes hold some air above and below the letters
            found.append((one, other))
    return found


def outside(figure: Figure) -> list[str]:
    """Return the texts that are not wholly inside the figure."""
    root = parsed(figure)
    _x, _y, width, height = map(float, root.get("viewBox", "").split())
    return [
        text
        for text, box in boxes(figure).items()
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
