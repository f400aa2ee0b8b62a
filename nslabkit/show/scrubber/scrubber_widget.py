"""The scrubber's widget, made from a recording, and its fallback."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.palette import widget_css
from nslabkit.show.figures.ladder import ladder
from nslabkit.show.figures.scene import scene
from nslabkit.show.figures.style import current
from nslabkit.show.scrubber.scrubber_story import story
from nslabkit.show.scrubber.still import as_html, as_text

if TYPE_CHECKING:
    from nslabkit.capture import Recording
    from nslabkit.timeline import Timeline

_HERE = Path(__file__).parent


class Scrubber:
    """A recording to step through.

    In a notebook it shows as two outputs: the widget, and below it a fold with the ladder and all
    frames as a table.  The fold needs no script: it is still there in a saved notebook whose
    kernel is gone, in a browser without widgets and in a printed page.

    Attributes
    ----------
    story : dict
        All that is shown, in the reader's language; see ``scrubber.js``.
    """

    def __init__(self, shown: dict[str, Any], drawing: str) -> None:
        self.story = shown
        self._drawing = drawing

    def __repr__(self) -> str:
        """Return the frames and the tables as lines of text."""
        return as_text(self.story)

    def _repr_html_(self) -> str:
        """Return the fold alone."""
        return as_html(self.story, self._drawing)

    @functools.cached_property
    def widget(self) -> Any:  # noqa: ANN401 - anywidget's class is made when it is needed
        """The widget, for a layout of your own."""
        return _widget_class()(story=self.story)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        bundle = self.widget._repr_mimebundle_()
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        display({**data, "text/plain": repr(self)}, raw=True)  # type: ignore[no-untyped-call]
        display(  # type: ignore[no-untyped-call]
            {"text/html": self._repr_html_(), "text/plain": self.story["title"]}, raw=True
        )


@functools.cache
def _widget_class() -> Any:  # noqa: ANN401 - see above
    import anywidget
    import traitlets

    class ScrubberWidget(anywidget.AnyWidget):
        """The widget of `nslabkit.show.scrubber`: everything is in one trait."""

        _esm = _HERE / "scrubber.js"
        _css = widget_css(".nslab-scrubber") + (_HERE / "scrubber.css").read_text("utf-8")
        story = traitlets.Dict().tag(sync=True)

    return ScrubberWidget


def scrubber(source: Recording | Timeline, *, first: int = 1, count: int = 60) -> Scrubber:
    """Step through a recording frame by frame, with both neighbour tables and every byte.

    Forwards and back, by buttons, slider or arrow keys; before each frame not yet shown
    it asks what comes next.

    Parameters
    ----------
    source : Recording or Timeline
        What ``lab.capture`` returned, or its ``.timeline()``.
    first, count : int
        Which frames: `count` of them, beginning with number `first`.

    Returns
    -------
    Scrubber
        Show it as the last line of a cell.

    Raises
    ------
    InvalidValueError
        There is no frame to show.
    """
    found = scene(source, first=first, count=count)
    shown = story(found)
    shown["style"] = current().name
    return Scrubber(shown, ladder(source, first=first, count=min(count, 24)).svg())
