"""Palette: every colour of figures, drawings, stylesheets, the class page and the logos.

The colours of marks are Okabe and Ito's ("Color Universal Design", 2008), which people with any
colour vision can tell apart; each is used together with a word, a hatch or a shape.  Ink and paper
follow the theme.  Python takes a colour by its name here, a stylesheet as ``var(--nslab-NAME)``;
`tests/base/test_palette.py` finds colours that stand elsewhere and names that nothing uses.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_ORANGE, _SKY, _GREEN, _YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
_BLUE, _VERMILION, _PURPLE = "#0072B2", "#D55E00", "#CC79A7"

# A link or a wire; a verdict, or what somebody typed.
LIVE, DEAD = _GREEN, _VERMILION
HOLDS, FAILS, UNKNOWN = _GREEN, _VERMILION, _ORANGE
# A frame that crosses, one that was lost, and where the clock was set.
FRAME, LOST, CLOCK_SET = _BLUE, _VERMILION, _VERMILION
SENT, RECEIVED, DROPPED = _BLUE, _ORANGE, _VERMILION
# Times: as ping prints them, as the frames say, and of that the waiting for ARP.
PRINTED, MEASURED, ARP = _BLUE, _ORANGE, _PURPLE
FIRST_PING, SECOND_PING = _BLUE, _ORANGE
EXPLAINED = _BLUE  # a word with a meaning below it

# The states of a neighbour, as linux/neighbour.h names them.
STATES = {
    "INCOMPLETE": _VERMILION,
    "REACHABLE": _GREEN,
    "STALE": _ORANGE,
    "DELAY": _SKY,
    "PROBE": _BLUE,
    "FAILED": _VERMILION,
    "PERMANENT": _GREEN,
}

# The logo, and the badges.
LOGO_BOX, LOGO_WIRE, LOGO_PLUG = "#1F4E79", _VERMILION, _ORANGE


@dataclass(frozen=True)
class Ink:
    """The colours that depend on the page behind them.

    Attributes
    ----------
    ink, faint : str
        Text and lines; what stands back.
    paper, shade : str
        The page, and an area on it.
    grid : str
        Lines that only guide the eye.
    """

    ink: str
    faint: str
    paper: str
    shade: str
    grid: str


INKS = {
    "light": Ink("#212121", "#5F5F5F", "#FFFFFF", "#F0F0F0", "#DDDDDD"),
    "dark": Ink("#E8E8E8", "#B5B5B5", "#111111", "#262626", "#3D3D3D"),
}

PAGE = Ink(
    f"var(--jp-ui-font-color1, {INKS['light'].ink})",
    f"var(--jp-ui-font-color2, {INKS['light'].faint})",
    f"var(--jp-layout-color1, {INKS['light'].paper})",
    f"var(--jp-layout-color2, {INKS['light'].shade})",
    f"var(--jp-border-color2, {INKS['light'].grid})",
)
"""JupyterLab's own colours where there is a theme, light ones where not."""

STAND_IN = Ink("#010101", "#010102", "#010103", "#010104", "#010105")
"""What matplotlib draws with, to be replaced by `PAGE`: it takes no variables."""

# Text and marks that must be read on either paper: in the light theme, in the dark one.
_ON_PAPER = {
    "act": ("#0B5CAD", "#6CB6FF"),
    "stuck": ("#6B3500", "#FFD58A"),
    "stuck-paper": ("#FDE9C8", "#4A3410"),
    "done": ("#00563F", "#6FE0B8"),
    "odd": ("#7A2F6B", "#F0A8DD"),
    "quiet": ("#0A4F78", "#9BD3F7"),
}

# The same on either paper: what the stylesheets use of the above, and what only they use.
_FIXED = {
    "live": LIVE,
    "dead": DEAD,
    "news": _ORANGE,
    "guess": _ORANGE,
    "frame": FRAME,
    "run": "#0B5CAD",
    "run-ink": INKS["light"].paper,
    "token": _YELLOW,
    "token-ink": INKS["light"].ink,
    **{state.lower(): colour for state, colour in STATES.items()},
    # The layers of a frame, from the outermost.
    **{
        f"layer{number}": colour
        for number, colour in enumerate((_BLUE, _VERMILION, _GREEN, _PURPLE, _ORANGE, _SKY))
    },
}


def widget_css(root: str) -> str:
    """Return the variables for a widget in JupyterLab; `root` selects its outermost element."""
    dark = f'[data-jp-theme-light="false"] {root}'
    return css(root, dark, {"light": PAGE, "dark": PAGE})


def css(light: str, dark: str, inks: Mapping[str, Ink] = INKS) -> str:
    """Return the colours as CSS variables ``--nslab-NAME``.

    Parameters
    ----------
    light, dark : str
        The selectors of the two themes; what `dark` selects, `light` selects too.
    inks : mapping of str to Ink
        Ink and paper of either theme.
    """
    rules = (
        (light, {**_FIXED, **asdict(inks["light"]), **_of_theme(0)}),
        (dark, {**asdict(inks["dark"]), **_of_theme(1)}),
    )
    written = []
    for selector, names in rules:
        variables = " ".join(f"--nslab-{name}: {colour};" for name, colour in names.items())
        written.append(f"{selector} {{ {variables} }}\n")
    return "".join(written)


def _of_theme(theme: int) -> dict[str, str]:
    return {name: colours[theme] for name, colours in _ON_PAPER.items()}
