"""The round-trip figure: the time of each ping, by ping and by the frames."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING, Any

from nslabkit.base import palette
from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.show.figures.echoes import Echo, echoes
from nslabkit.show.figures.figure import SIZE, SMALL, Figure
from nslabkit.show.figures.measuring import printed_times
from nslabkit.show.figures.plots import add_legend, axes_between, tidy

if TYPE_CHECKING:
    from matplotlib.figure import SubFigure

    from nslabkit.base.commands import Result
    from nslabkit.base.palette import Ink
    from nslabkit.capture import Recording

_HEIGHT = 320  # pixels
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 14, 34, 56  # pixels
_MOST = 40  # pings that can be told apart side by side
_FEW = 15  # pings that have room for a figure above each bar
_MICRO = 1000  # nanoseconds


def round_trips(recording: Recording, printed: str | Result = "") -> Figure:
    """Draw the round trip of each ping in a recording.

    Parameters
    ----------
    recording : Recording
        Must hold the link of the one who asks.
    printed : str or Result
        What ping printed meanwhile, or what ``Namespace.run("ping …")`` returned: its own time
        then stands beside that of the frames.

    Returns
    -------
    Figure
        One group of bars for each ping, the first one marked; what it waited for ARP is a part
        of its own.

    Raises
    ------
    InvalidValueError
        No ping was answered in the recording.
    """
    answered = [one for one in echoes(recording.packets) if one.trip is not None]
    if not answered:
        raise InvalidValueError(
            "lab.figures.round_trips(recording)",
            _("No ping was answered in this recording."),
            _('Send one while it runs: one.run("ping -c 3 172.16.0.2")'),
        )
    said = printed_times(printed if isinstance(printed, str) else printed.stdout)
    shown = answered[:_MOST]

    def draw(figure: SubFigure, ink: Ink) -> None:
        _draw(figure, ink, shown, said)

    return Figure(_title(answered, said), _description(answered, said), _HEIGHT, draw)


def _title(answered: list[Echo], said: dict[int, float]) -> str:
    frames = [_trip(one) + one.waited / _MICRO for one in answered]
    times = [said[one.sequence] for one in answered if one.sequence in said]
    shown, source = (
        (times, _("as ping prints it")) if times else (frames, _("according to the frames"))
    )
    if len(shown) == 1:
        return _("One ping took {first:.0f} µs, {source}").format(first=shown[0], source=source)
    text = _("The first ping took {first:.0f} µs, the others {others:.0f} µs (median), {source}")
    return text.format(first=shown[0], others=statistics.median(shown[1:]), source=source)


def _description(answered: list[Echo], said: dict[int, float]) -> str:
    sentences = []
    for echo in answered[:_MOST]:
        text = _("Ping {number}: {frames:.1f} µs from the request leaving to the reply arriving")
        if echo.waited:
            text = _("{sentence}, after {waited:.1f} µs of waiting for the MAC address").format(
                sentence=text, waited=echo.waited / _MICRO
            )
        if echo.sequence in said:
            text = _("{sentence}; ping printed {printed:.0f} µs").format(
                sentence=text, printed=said[echo.sequence]
            )
        sentences.append(text.format(number=echo.sequence, frames=_trip(echo)) + ".")
    if len(answered) > _MOST:
        sentences.append(_("Only the first {count} are drawn.").format(count=_MOST))
    return " ".join(sentences)


def _trip(echo: Echo) -> float:
    assert echo.trip is not None
    return echo.trip / _MICRO


def _draw(figure: SubFigure, ink: Ink, shown: list[Echo], said: dict[int, float]) -> None:
    axes = axes_between(figure, _HEIGHT, left=_LEFT, right=_RIGHT, top=_TOP, bottom=_BOTTOM)
    wide = 0.36
    for place, echo in enumerate(shown):
        frames, waited = _trip(echo), echo.waited / _MICRO
        tops = [(place + wide / 2, waited + frames)]
        edge: dict[str, Any] = {"edgecolor": ink.paper, "linewidth": 0.8}
        axes.bar(place + wide / 2, waited, wide, color=palette.ARP, hatch="xxxx", **edge)
        axes.bar(
            place + wide / 2,
            frames,
            wide,
            bottom=waited,
            color=palette.MEASURED,
            hatch="////",
            **edge,
        )
        if echo.sequence in said:
            axes.bar(place - wide / 2, said[echo.sequence], wide, color=palette.PRINTED, **edge)
            tops.append((place - wide / 2, said[echo.sequence]))
        if len(shown) <= _FEW:
            for x, top in tops:
                axes.text(x, top, f"{top:.0f}", size=SMALL, color=ink.ink, ha="center", va="bottom")
    labels = [str(echo.sequence) for echo in shown]
    labels[0] = _("★ {number}, the first").format(number=labels[0])
    every = max(1, len(shown) // 20)
    axes.set_xticks(range(0, len(shown), every), labels[::every])
    axes.set_xlim(-0.6, max(len(shown), 2) - 0.4)
    axes.margins(y=0.14)
    axes.set_ylabel(_("time, µs"), color=ink.ink, size=SIZE)
    tidy(axes, ink, grid="y", label=_("number of the ping (icmp_seq)"))
    _legend(figure, ink, printed=bool(said), waited=any(echo.waited for echo in shown))


def _legend(figure: SubFigure, ink: Ink, *, printed: bool, waited: bool) -> None:
    rows = [
        (printed, _("printed by ping"), palette.PRINTED, ""),
        (True, _("frames: request leaves – reply arrives"), palette.MEASURED, "////"),
        (waited, _("frames: waiting for the MAC address (ARP)"), palette.ARP, "xxxx"),
    ]
    patches = [
        {"facecolor": colour, "hatch": hatch, "edgecolor": ink.paper, "label": word}
        for there, word, colour, hatch in rows
        if there
    ]
    add_legend(figure, ink, _LEFT - 8, patches, columnspacing=1.4)
