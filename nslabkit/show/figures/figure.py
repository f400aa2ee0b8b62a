"""The figure: drawn in the page's colours, described in words, saved to a file.

A `Figure` is drawn by matplotlib when it is shown.  In the notebook it is an SVG whose text the
browser renders, so that Chinese needs no font of ours; ink and paper are JupyterLab's variables,
so that a change of theme changes the figure.  A picture file holds fixed colours; in a PNG file
matplotlib renders the text, and for Chinese it needs a font of the machine.
"""

from __future__ import annotations

import html
import io
import logging
import re
import warnings
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import InvalidValueError, NotSupportedError
from nslabkit.base.folding import pixels
from nslabkit.base.language import enumeration, for_html
from nslabkit.base.language import translate as _
from nslabkit.base.palette import INKS, PAGE, STAND_IN, Ink
from nslabkit.show.figures.style import current

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.figure import Figure as Canvas
    from matplotlib.figure import SubFigure

SIZE, SMALL = 12.5, 11.5  # pixels: text, and what stands back
WIDTH = 812  # pixels: what a cell's output has in a window of 1280, with JupyterLab's side bar
_DPI = 72  # so that a point of matplotlib's is a pixel
_TITLE = 15  # pixels
_HEAD = 40  # pixels above the drawing, for the title; more where it takes two lines
_LINE = 20
_RASTER = 2  # pixels of a PNG file for one of the drawing
# Families that hold Chinese, the usual ones first; any one will do.
_CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "AR PL UMing CN",
)


@dataclass(frozen=True, repr=False)
class Figure:
    """A drawing of what was read from the kernel.

    Attributes
    ----------
    title : str
        What is seen, one sentence in the reader's language.
    description : str
        The same as the drawing in words, for those who do not see it.
    height : float
        Pixels, without the title.
    draw : callable
        Draws into a matplotlib figure, with the inks given.  Coordinates of the whole figure
        run from 0 to 1; the title stands above.
    """

    title: str
    description: str
    height: float
    draw: Callable[[SubFigure, Ink], None]

    def __repr__(self) -> str:
        """Return the drawing in words: for a terminal, and where no picture can be shown."""
        return f"{self.title}\n{self.description}"

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, Any]:
        shown = f'<div style="overflow-x:auto">{self.svg()}</div>'
        return {"text/plain": repr(self), "text/html": shown}

    def svg(self, theme: str | None = None) -> str:
        """Return the drawing as one SVG element, with its text alternative.

        Parameters
        ----------
        theme : str, optional
            ``"light"`` or ``"dark"``; without it the colours are those of the page around it.

        Raises
        ------
        InvalidValueError
            There is no such theme.
        """
        ink = STAND_IN if theme is None else _ink(theme)
        text = io.StringIO()
        # The browser chooses the font: what matplotlib's lacks does not matter.
        with _settings(repr(self)), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
            self._drawn(ink).savefig(
                text, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type"))
            )
        return self._dressed(text.getvalue(), paper=None if theme is None else ink.paper)

    def save(self, path: str | Path, *, theme: str = "light") -> Path:
        """Write the drawing to a file; one that is there is overwritten.

        Parameters
        ----------
        path : str or Path
            With ``.svg`` or ``.png`` at its end.
        theme : str
            ``"light"`` or ``"dark"``.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        InvalidValueError
            The path ends otherwise, there is no such theme, or the file cannot be written.
        NotSupportedError
            A PNG file with Chinese text, and this machine has no font for it.
        """
        path = Path(path)
        tried = f'figure.save("{path}")'
        content: bytes
        if path.suffix == ".svg":
            content = self.svg(theme).encode()
        elif path.suffix == ".png":
            content = self._png(theme, tried)
        else:
            raise InvalidValueError(
                tried,
                _("A figure is saved as SVG or PNG; the file name's ending decides which."),
                _('For example: figure.save("ladder.svg")'),
            )
        try:
            path.write_bytes(content)
        except OSError as error:
            raise InvalidValueError(
                tried,
                _("The file cannot be written there."),
                _("Choose an existing folder that you can write to."),
                errno=error.errno,
            ) from None
        return path

    def _png(self, theme: str, tried: str) -> bytes:
        picture = io.BytesIO()
        with _settings(repr(self)), warnings.catch_warnings():
            warnings.filterwarnings("error", message="Glyph .* missing", category=UserWarning)
            try:
                self._drawn(_ink(theme)).savefig(picture, format="png", dpi=_DPI * _RASTER)
            except UserWarning as warning:  # an empty box would stand there
                raise NotSupportedError(
                    tried,
                    _("No font on this machine has all the characters of the figure."),
                    _("Save it as SVG, or install a font: `apt install fonts-noto-cjk`."),
                    said=str(warning),
                ) from None
        return picture.getvalue()

    def _drawn(self, ink: Ink) -> Canvas:
        from matplotlib.figure import Figure as Canvas

        lines = wrapped(self.title, WIDTH - 20, _TITLE)
        head = _HEAD + _LINE * (len(lines) - 1)
        whole = self.height + head
        figure = Canvas(figsize=(WIDTH / _DPI, whole / _DPI), dpi=_DPI, facecolor=ink.paper)
        grid = figure.add_gridspec(2, 1, height_ratios=[head, self.height], hspace=0)
        figure.text(
            10 / WIDTH,
            1 - 8 / whole,
            "\n".join(lines),
            size=_TITLE,
            weight="bold",
            color=ink.ink,
            va="top",
            linespacing=1.25,
        )
        self.draw(figure.add_subfigure(grid[1], facecolor="none"), ink)
        return figure

    def _dressed(self, svg: str, paper: str | None) -> str:
        """Turn matplotlib's file into an element for a page: pixels, inks, words."""
        svg = svg[svg.index("<svg") :]
        head, body = svg.split(">", 1)
        box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head)
        assert box is not None
        scale = current().scale
        width, height = (float(size) * scale for size in box.groups())
        body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
        # A rule for the whole page, and names that are not the only ones on it: not ours to give.
        body = re.sub(r"<style.*?</style>", "", body, flags=re.DOTALL)
        body = re.sub(r'<g id="[\w.]+_\d+">', "<g>", body)
        body = re.sub(r"'DejaVu Sans'[^;\"]*", _FAMILY, body)
        for standing, variable in zip(astuple(STAND_IN), astuple(PAGE), strict=True):
            body = body.replace(standing, variable)
        title, words = html.escape(self.title), html.escape(self.description)
        background = "" if paper is None else f";background:{paper}"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'role="img" lang="{for_html()}" viewBox="{box[0][9:-1]}" width="{width:g}" '
            f'height="{height:g}" style="display:block;max-width:none;stroke-linejoin:round;'
            f'stroke-linecap:butt{background}" '
            f'aria-label="{title} {words}"><title>{title}</title><desc>{words}</desc>{body.strip()}'
        )


_FAMILY = "var(--jp-ui-font-family, sans-serif)"


def wrapped(text: str, width: float, size: float = SIZE) -> list[str]:
    """Return the lines into which a text goes, `width` pixels wide; Chinese breaks anywhere."""
    lines = [""]
    for piece in re.findall(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+\s*|\s+", text):
        opens = piece[0] not in "，。；：、）”！？"  # no line begins with these
        if lines[-1] and opens and pixels((lines[-1] + piece).rstrip(), size) > width:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def _ink(theme: str) -> Ink:
    if theme not in INKS:
        raise InvalidValueError(
            f"theme={theme!r}",
            _("There is no theme of that name. There are: {names}.").format(
                names=enumeration(INKS)
            ),
            _('For example: theme="dark"'),
        )
    return INKS[theme]


def _fonts() -> list[str]:
    """Return a font of this machine that holds Chinese, if there is one."""
    # matplotlib tells its log, which a notebook shows in red, that it looks for fonts the first
    # time; that is no fault.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    from matplotlib import font_manager

    there = {font.name for font in font_manager.fontManager.ttflist}
    return [name for name in _CHINESE_FONTS if name in there][:1]


def _settings(what: str) -> Any:  # noqa: ANN401 - matplotlib's own type
    """Have matplotlib's settings ours until the figure is written: labels come to be only then."""
    import matplotlib as mpl

    # How the notebook shows figures of its own is none of ours.
    theirs = ("backend", "interactive", "toolbar", "timezone", "webagg", "savefig.directory")
    chosen: dict[Any, Any] = {
        key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith(theirs)
    }
    chosen |= {
        "font.family": ["DejaVu Sans", *_fonts()],
        "font.size": SIZE,
        "hatch.linewidth": 1.2,
        "svg.fonttype": "none",
        # Each figure has ids of its own: where two on a page share one, the browser takes a hatch
        # from the first, and from a figure in a hidden tab it takes none.
        "svg.hashsalt": what,
    }
    return mpl.rc_context(chosen)
