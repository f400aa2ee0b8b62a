"""Drawing of the picture: where boxes, ports and wires go, as SVG.

The host is a box at the top, over both columns; the namespaces stand below it, left and right in
turn.  Ports look towards the gutter between the columns.  Each wire has a lane of its own in the
gutter, so wires never run through a box.  The layout depends on the names alone: the same
network gives the same picture.
"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.folding import pixels
from nslabkit.base.language import for_html
from nslabkit.base.language import translate as _
from nslabkit.base.palette import DEAD, LIVE, PAGE

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIZE = 13  # pixels: text
_SMALL = 12
_LINE = 18  # pixels from one line of text to the next
_HEAD = 30  # pixels: a box's name
_PAD = 12
_GAP = 22  # pixels between boxes in a column
_LANE = 16  # pixels between wires
_LONGEST = 34  # characters of a name; the rest is in its tooltip
_MOST_ADDRESSES = 3

_MONO = "font-family:var(--jp-code-font-family, monospace)"


@dataclass(frozen=True)
class Port:
    """A link, as the picture shows it.

    Attributes
    ----------
    name : str
        The link's name.
    state : str
        ``"up"``, ``"down"`` or ``"no carrier"``: up itself, but no signal from the other end.
    addresses : tuple of str
        With prefix length, as ``ip addr`` shows them; link-local IPv6 addresses, which each link
        gives itself, are left out.
    bridge : str or None
        The bridge that it is a port of.
    kind : str
        Of a tunnel: which, and its network's number, ``"VXLAN 42"``.
    """

    name: str
    state: str
    addresses: tuple[str, ...] = ()
    bridge: str | None = None
    kind: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands below its name."""
        return (self.kind, *self.addresses) if self.kind else self.addresses

    @property
    def words(self) -> str:
        """Its state in the reader's language."""
        return {"up": _("up"), "down": _("down")}.get(self.state, _("up, no carrier"))


@dataclass(frozen=True)
class Box:
    """A namespace with its links; a bridge comes before its ports."""

    name: str
    ports: tuple[Port, ...]
    is_host: bool = False


@dataclass(frozen=True)
class PictureWire:
    """A veth pair, or a tunnel, whose `kind` is not empty.

    Each of its two ends is given by the number of its box and the name of its link.
    """

    ends: tuple[tuple[int, str], tuple[int, str]]
    kind: str = ""


@dataclass(frozen=True)
class _Placed:
    """A box with its place: left upper corner and size, in pixels; on which side its ports are."""

    box: Box
    x: float
    y: float
    width: float
    height: float
    side: str

    def port_y(self, name: str) -> float:
        """Return the height of the middle of a port's first line."""
        y = self.y + _HEAD + _LINE / 2
        for port in self.box.ports:
            if port.name == name:
                break
            y += _port_height(port)
        return y


def svg(boxes: Sequence[Box], wires: Sequence[PictureWire], title: str, description: str) -> str:
    """Return boxes and wires as one SVG element, with its text alternative."""
    title, description = html.escape(title), html.escape(description)
    gutter = 60 + _LANE * max(1, len(wires))
    column = max([240.0, *(_box_width(box) for box in boxes)])
    # With one wire both columns are level, so that it is straight; with more, wires from the left
    # and from the right would run into each other at the same height.
    shift = 0.0 if len(wires) < 2 else 9.0  # noqa: PLR2004 - one wire or several
    placed = _place(boxes, column, gutter, shift)
    width = 2 * column + gutter + 2
    height = max(one.y + one.height for one in placed) + 2
    parts = [_box_parts(one, column) for one in placed]
    parts += _wire_parts(wires, placed, column, gutter)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="{for_html()}" '
        f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" '
        f'style="display:block;font-family:var(--jp-ui-font-family, sans-serif)" '
        f'font-family="sans-serif" aria-label="{title} '
        f'{description}">'
        f"<title>{title}</title>"
        f"<desc>{description}</desc>"
        f"{''.join(parts)}</svg>"
    )


def _place(boxes: Sequence[Box], column: float, gutter: float, shift: float) -> list[_Placed]:
    host, *others = boxes
    top = _Placed(host, 1, 1, 2 * column + gutter, _box_height(host), "right")
    placed, y = [top], top.y + top.height + _GAP
    for number in range(0, len(others), 2):
        row = others[number : number + 2]
        height = max(map(_box_height, row))
        placed.append(_Placed(row[0], 1, y, column, height, "right"))
        if len(row) > 1:
            x = 1 + column + gutter
            placed.append(_Placed(row[1], x, y + shift, column, height, "left"))
        y += height + _GAP
    return placed


def _box_parts(placed: _Placed, column: float) -> str:
    dash = ' stroke-dasharray="7 4"' if placed.box.is_host else ""
    inner = column - 2 * _PAD
    parts = [
        (
            f'<rect x="{placed.x:g}" y="{placed.y:g}" rx="8" '
            f'width="{placed.width:g}" height="{placed.height:g}" '
            f'style="fill:{PAGE.shade if placed.box.is_host else PAGE.paper};stroke:{PAGE.faint}" '
            f'fill-opacity="{0.5 if placed.box.is_host else 1}" stroke-width="1.5"{dash}/>'
        ),
        _text(placed.x + _PAD, placed.y + 20, placed.box.name, size=14, weight="bold"),
    ]
    bars: dict[str, list[float]] = {}
    for port in placed.box.ports:
        y = placed.port_y(port.name)
        parts.append(_port_parts(port, placed.x + _PAD, y, inner))
        for bridge in (port.name, port.bridge):
            if bridge is not None:
                bars.setdefault(bridge, []).append(y)
    for ys in bars.values():
        if len(ys) > 1:  # a bridge and its ports
            x = placed.x + _PAD + 5
            parts.append(
                f'<path d="M{x:g} {min(ys):g}V{max(ys):g}" style="stroke:{PAGE.faint}" '
                f'stroke-width="3" opacity=".6"/>'
            )
    return "".join(parts)


def _port_parts(port: Port, x: float, y: float, inner: float) -> str:
    indent = 16 if port.bridge else 0
    state = f"{_GLYPHS[port.state]} {port.words}"
    colour = PAGE.ink if port.state == "down" else PAGE.faint
    parts = [
        f"<g><title>{html.escape(' '.join([port.name, port.words, *port.lines]))}</title>",
        _marker(x + 5 + indent, y, port.state),
        _text(x + 18 + indent, y + 4.5, port.name, weight="600", style=_MONO),
        _text(x + inner, y + 4.5, state, size=_SMALL, colour=colour, anchor="end"),
    ]
    shown = _shown_addresses(port)
    parts += [
        _text(x + 18 + indent, y + 4.5 + _LINE * number, text, size=_SMALL, style=_MONO)
        for number, text in enumerate(shown, start=1)
    ]
    return "".join([*parts, "</g>"])


_GLYPHS = {"up": "▲", "down": "▽", "no carrier": "△"}


def _marker(x: float, y: float, state: str) -> str:
    """Return a dot whose shape tells the state: full, half, or hollow."""
    colour = LIVE if state == "up" else DEAD
    fill = colour if state == "up" else PAGE.paper
    ring = (
        f'<circle cx="{x:g}" cy="{y:g}" r="5" style="fill:{fill};stroke:{colour}" '
        f'stroke-width="2"/>'
    )
    if state != "no carrier":
        return ring
    return ring + f'<path d="M{x:g} {y - 5:g}a5 5 0 0 0 0 10z" style="fill:{colour}"/>'


def _wire_parts(
    wires: Sequence[PictureWire], placed: list[_Placed], column: float, gutter: float
) -> list[str]:
    parts = []
    for lane, wire in enumerate(wires):
        x = 1 + column + 30 + _LANE * (lane + 0.5)
        ends = [(placed[number], name) for number, name in wire.ends]
        states = [_state_of(one.box, name) for one, name in ends]
        live = all(state == "up" for state in states)
        points = [(_plug_x(one, column, gutter), one.port_y(name)) for one, name in ends]
        (x1, y1), (x2, y2) = points
        label = " – ".join(f"{one.box.name}: {name}" for one, name in ends)
        dash = "" if live else ' stroke-dasharray="3 6"'
        colour = LIVE if live else DEAD
        if wire.kind:  # no wire of its own: its frames travel by others
            dash, colour = ' stroke-dasharray="0.1 6"', PAGE.faint
            label = f"{wire.kind}: {label}"
        parts.append(
            f"<g><title>{html.escape(label)}</title>"
            f'<path d="M{x1:g} {y1:g}H{x:g}V{y2:g}H{x2:g}" fill="none" '
            f'style="stroke:{colour}" stroke-width="3" stroke-linecap="round" '
            f'stroke-linejoin="round"{dash}/>'
        )
        parts += [
            f'<rect x="{px - 4:g}" y="{py - 5:g}" width="8" height="10" rx="1.5" '
            f'style="fill:{colour}"/>'
            for px, py in points
        ]
        parts.append("</g>")
    return parts


def _plug_x(placed: _Placed, column: float, gutter: float) -> float:
    """Return where a wire leaves a box: at the edge that looks to the gutter."""
    return 1 + column + gutter if placed.side == "left" else 1 + column


def _state_of(box: Box, name: str) -> str:
    return next((port.state for port in box.ports if port.name == name), "down")


def _shown_addresses(port: Port) -> list[str]:
    more = len(port.lines) - _MOST_ADDRESSES
    shown = [_short(line) for line in port.lines[:_MOST_ADDRESSES]]
    return [*shown, f"+ {more}"] if more > 0 else shown


def _port_height(port: Port) -> float:
    return _LINE * (1 + len(_shown_addresses(port))) + 6


def _box_height(box: Box) -> float:
    return _HEAD + sum(map(_port_height, box.ports)) + 8


def _box_width(box: Box) -> float:
    wide = [pixels(_short(box.name), 14)]
    for port in box.ports:
        wide.append(pixels(f"{_short(port.name)}    {port.words}", _SIZE) + 56)
        wide += [pixels(address, _SMALL) + 40 for address in _shown_addresses(port)]
    return math.ceil(max(wide) + 2 * _PAD)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _text(  # noqa: PLR0913 - the attributes of SVG's text element
    x: float,
    y: float,
    text: str,
    *,
    size: float = _SIZE,
    weight: str = "normal",
    colour: str = PAGE.ink,
    anchor: str = "start",
    style: str = "",
) -> str:
    full = f"<title>{html.escape(text)}</title>" if _short(text) != text else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" font-weight="{weight}" '
        f'text-anchor="{anchor}" style="fill:{colour};{style}">'
        f"{full}{html.escape(_short(text))}</text>"
    )
