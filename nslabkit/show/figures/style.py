"""How large and in which colours are figures drawn?

The colours are Okabe and Ito's, which people with any colour vision can tell apart; each is used
together with a word, a hatch or a shape.  Ink and paper follow JupyterLab's theme.
"""

from __future__ import annotations

from dataclasses import dataclass

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _

__all__ = [
    "BLACK",
    "BLUE",
    "GREEN",
    "INKS",
    "ORANGE",
    "PAGE",
    "PURPLE",
    "SKY",
    "STYLES",
    "VERMILION",
    "YELLOW",
    "Ink",
    "Style",
    "current",
    "style",
]

# Okabe & Ito, "Color Universal Design" (2008).
BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"


@dataclass(frozen=True)
class Style:
    """How large a figure is shown.

    Attributes
    ----------
    name : str
        ``"notebook"`` or ``"projector"``.
    scale : float
        How many pixels of the screen a pixel of the drawing takes: text of 12 pixels is shown
        with ``12 * scale``.
    """

    name: str
    scale: float


STYLES = {one.name: one for one in (Style("notebook", 1.0), Style("projector", 1.45))}
_chosen = [STYLES["notebook"]]


@dataclass(frozen=True)
class Ink:
    """The colours that depend on the page behind a figure.

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
    "light": Ink("#212121", "#5f5f5f", "#ffffff", "#f0f0f0", "#dddddd"),
    "dark": Ink("#e8e8e8", "#b5b5b5", "#111111", "#262626", "#3d3d3d"),
}

PAGE = Ink("#010101", "#010102", "#010103", "#010104", "#010105")
"""Stand-ins for what is only known on the page: the SVG has JupyterLab's variables there."""

VARIABLES = {
    PAGE.ink: f"var(--jp-ui-font-color1, {INKS['light'].ink})",
    PAGE.faint: f"var(--jp-ui-font-color2, {INKS['light'].faint})",
    PAGE.paper: f"var(--jp-layout-color1, {INKS['light'].paper})",
    PAGE.shade: f"var(--jp-layout-color2, {INKS['light'].shade})",
    PAGE.grid: f"var(--jp-border-color2, {INKS['light'].grid})",
}


def style(name: str | None = None) -> Style:
    """Choose how large figures are shown from now on, in this notebook.

    Parameters
    ----------
    name : str, optional
        ``"notebook"`` (text of 12 pixels and more) or ``"projector"`` (17 and more, for a room);
        nothing is changed without it.

    Returns
    -------
    Style
        What now holds.

    Raises
    ------
    InvalidValueError
        There is no such style.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.style("projector").name
    'projector'
    >>> lab.style("notebook").name
    'notebook'
    """
    if name is not None:
        if name not in STYLES:
            raise InvalidValueError(
                f"lab.style({name!r})",
                _("There is no style of that name. There are: {names}.").format(
                    names=", ".join(STYLES)
                ),
                _('For example: lab.style("projector")'),
            )
        _chosen[0] = STYLES[name]
    return _chosen[0]


def current() -> Style:
    """Return the style that holds."""
    return _chosen[0]
