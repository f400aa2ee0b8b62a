"""The queue of a link: how long each frame waited in it, and how many bytes waited at a time.

A link that sends is tapped behind its queueing discipline, one that receives before anything
else (see `nslabkit.show.lab_recording.capture`).  So a packet that a namespace forwards has waited
in the queue, but for some microseconds, from the one tap to the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from nslabkit.base import palette
from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.base.units import duration, shortened
from nslabkit.show.figures.figure import SIZE, SMALL, WIDTH, Figure
from nslabkit.show.figures.plots import tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import SubFigure

    from nslabkit.base.palette import Ink
    from nslabkit.capture import Packet, Recording

_LEFT, _RIGHT, _BETWEEN, _FOOT = 84, 16, 38, 52  # pixels
_WAITS, _BYTES = 190, 110  # pixels: the heights of the two parts
_HEIGHT = 12 + _WAITS + _BETWEEN + _BYTES + _FOOT
_SECOND, _MILLI = 1e9, 1e6  # nanoseconds
_ECHO = "echo request"
# What a router leaves as it is of a packet: all but time to live and checksum, or hop limit.
_KEPT = {0x0800: ((14, 22), (26, None)), 0x86DD: ((14, 21), (22, None))}


class Wait(NamedTuple):
    """A packet's wait in a queue.

    Attributes
    ----------
    begin, end : int
        When it came into the namespace, and when the link sent it, ns since the epoch.
    size : int
        Bytes of its frame.
    echo : bool
        Whether it is an echo request, as ping sends it.
    """

    begin: int
    end: int
    size: int
    echo: bool


def waits(recording: Recording, link: str) -> list[Wait]:
    """Return how long the packets that a link sent had been in its namespace.

    Parameters
    ----------
    recording : Recording
        Of the link, and of the one by which the packets come into its namespace.
    link : str
        Which link's queue, as the recording calls it: ``"router/east"``.
    """
    names = [one.where for one in recording.interfaces]
    if link not in names:
        raise InvalidValueError(
            _call(link),
            _("No link of that name was recorded. There are: {names}.").format(
                names=enumeration(names)
            ),
            _('For example: lab.figures.queue(recording, "{name}")').format(
                name=names[0] if names else link
            ),
        )
    place = recording.interfaces[names.index(link)].namespace
    came: dict[bytes, Packet] = {}
    found = []
    for packet in recording.packets:
        known = _known_by(packet)
        if known is None or packet.interface.namespace != place:
            continue
        if not packet.outgoing:
            came[known] = packet
        elif packet.interface.where == link and (before := came.pop(known, None)):
            echo = packet.kind.name == _ECHO
            found.append(Wait(before.time, packet.time, packet.length, echo))
    return found


def _known_by(packet: Packet) -> bytes | None:
    parts = _KEPT.get(int.from_bytes(packet.data[12:14]))
    if parts is None:
        return None
    return b"".join(packet.data[begin:end] for begin, end in parts)


def _call(link: str) -> str:
    return f"lab.figures.queue(recording, {link!r})"


def queue(recording: Recording, link: str) -> Figure:
    """Draw how long each packet waited to be sent by a link, and how many bytes waited.

    Parameters
    ----------
    recording : Recording
        Of the link, and of the one by which the packets come into its namespace:
        ``lab.capture("router/west", "router/east")``.
    link : str
        Which link's queue, as the recording calls it: ``"router/east"``.

    Returns
    -------
    Figure
        Show it as the last line of a cell.

    Raises
    ------
    InvalidValueError
        That link was not recorded, or no packet that it sent was seen as it came.
    """
    found = waits(recording, link)
    if not found:
        raise InvalidValueError(
            _call(link),
            _("No packet was seen that came into the namespace and left it by {link}.").format(
                link=link
            ),
            _("Record the link by which they come, too, and send something through."),
        )
    times, held = _backlog(found)
    longest = max(wait.end - wait.begin for wait in found)
    title = _("{link}: up to {size:,} bytes wait, and a packet up to {longest}").format(
        link=link, size=int(held.max()), longest=duration(longest)
    )

    def draw(figure: SubFigure, ink: Ink) -> None:
        _draw(figure, ink, found, times, held)

    return Figure(title, _description(found, link, int(held.max())), _HEIGHT, draw)


def _backlog(found: Sequence[Wait]) -> tuple[Any, Any]:
    """Return the moments at which what waits grows or shrinks, and the bytes from then on."""
    times = np.array([moment for wait in found for moment in (wait.begin, wait.end)])
    steps = np.array([step for wait in found for step in (wait.size, -wait.size)])
    # Of one moment, what comes before what goes.
    order = np.lexsort((-steps, times))
    return times[order], np.cumsum(steps[order])


def _description(found: Sequence[Wait], link: str, most: int) -> str:
    lasted = [wait.end - wait.begin for wait in found]
    said = _(
        "{count:,} packets left by {link} after {least} to {longest}; at most {size:,} bytes "
        "waited."
    ).format(
        count=len(found),
        link=link,
        least=duration(min(lasted)),
        longest=duration(max(lasted)),
        size=most,
    )
    echoes = [wait.end - wait.begin for wait in found if wait.echo]
    if not echoes:
        return said
    text = _("Echo requests among them: {count}, which waited {least} to {longest}.").format(
        count=len(echoes), least=duration(min(echoes)), longest=duration(max(echoes))
    )
    return _("{sentence} {another}").format(sentence=said, another=text)


def _draw(figure: SubFigure, ink: Ink, found: Sequence[Wait], times: Any, held: Any) -> None:  # noqa: ANN401 - numpy's arrays
    begin = int(times[0])
    wide = (WIDTH - _LEFT - _RIGHT) / WIDTH
    left, low = _LEFT / WIDTH, _FOOT / _HEIGHT
    upper = figure.add_axes((left, (_FOOT + _BYTES + _BETWEEN) / _HEIGHT, wide, _WAITS / _HEIGHT))
    lower = figure.add_axes((left, low, wide, _BYTES / _HEIGHT), sharex=upper)
    # A dot as small as among many would not be seen alone in the legend.
    for echo, marker, size, alone, colour, name in (
        (False, ".", 14, 120, palette.FRAME, _("other packets")),
        (True, "^", 42, 42, palette.MEASURED, _("echo requests of ping")),
    ):
        mine = [wait for wait in found if wait.echo is echo]
        if mine:
            x = [(wait.begin - begin) / _SECOND for wait in mine]
            y = [(wait.end - wait.begin) / _MILLI for wait in mine]
            style = {"edgecolors": ink.ink, "linewidths": 0.6} if echo else {"linewidths": 0}
            upper.scatter(x, y, s=size, marker=marker, color=colour, **style)
            upper.scatter([], [], s=alone, marker=marker, color=colour, label=name, **style)
    _name(upper, ink, _("waited, ms"))
    lower.fill_between(
        (times - begin) / _SECOND, held, step="post", color=palette.FRAME, linewidth=0
    )
    _name(lower, ink, _("waiting, bytes"))
    lower.yaxis.set_major_formatter(lambda value, _place: shortened(value))
    lower.set_xlabel(_("time since the first packet, s"), color=ink.ink, size=SIZE)
    upper.tick_params(labelbottom=False)
    legend = upper.legend(
        loc="lower right",
        bbox_to_anchor=(1, 0.98),
        ncols=2,
        frameon=False,
        fontsize=SMALL,
        borderaxespad=0,
        handletextpad=0.3,
    )
    for text in legend.get_texts():
        text.set_color(ink.ink)


def _name(axes: Axes, ink: Ink, label: str) -> None:
    tidy(axes, ink, grid="y")
    axes.set_ylim(bottom=0)
    axes.set_ylabel(label, color=ink.ink, size=SIZE)
