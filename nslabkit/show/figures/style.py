"""Style of the figures: how large they are drawn, for a notebook or for a projector."""

from __future__ import annotations

from dataclasses import dataclass

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _


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
                    names=enumeration(STYLES)
                ),
                _('For example: lab.style("projector")'),
            )
        _chosen[0] = STYLES[name]
    return _chosen[0]


def current() -> Style:
    """Return the style that holds."""
    return _chosen[0]
