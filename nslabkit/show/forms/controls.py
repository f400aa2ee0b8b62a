"""The controls of a form: what it shows on the page, and what the page sends back.

Made of ipywidgets, so that mouse, keyboard and screen readers work as everywhere in Jupyter.  All
text from outside is escaped.
"""

from __future__ import annotations

import html
import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.base.markup import Cell, table, with_code
from nslabkit.base.palette import FAILS
from nslabkit.show.clicks import let_through

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.base.errors import NslabError
    from nslabkit.show.forms.plan import Choice, FormField
    from nslabkit.show.topology.acts import Commands

_CODE = "margin:0;white-space:pre-wrap;word-break:normal"  # JupyterLab breaks words anywhere
_WIDTH = "26em"
_WRONG = f"border-left:4px solid {FAILS};padding-left:.6em"  # never the colour alone: it has words


class Control:
    """One field of a form, with the reason why what is in it cannot be below it."""

    def __init__(self, field: FormField, changed: Callable[[], None]) -> None:
        widgets: Any = importlib.import_module("ipywidgets")  # loads on first use
        self.field = field
        style = {"description_width": "9em"}
        layout = widgets.Layout(width=_WIDTH)
        label = field.label()
        if field.kind == "choice":
            self.widget = widgets.Dropdown(description=label, style=style, layout=layout)
        elif field.kind == "offer":
            self.widget = widgets.Combobox(description=label, style=style, layout=layout)
        elif field.kind == "tick":
            self.widget = widgets.Checkbox(
                value=bool(field.first), description=label, style=style, indent=True
            )
        else:
            self.widget = widgets.Text(description=label, style=style, layout=layout)
        if field.kind in {"text", "offer"}:
            self.widget.continuous_update = True  # checked at each key
            self.widget.value = field.first
        self.reason = widgets.HTML()
        self.shown = widgets.VBox([self.widget, self.reason])
        self.widget.observe(lambda _change: changed(), "value")

    @property
    def value(self) -> str:
        """What is in the field."""
        value = self.widget.value
        if isinstance(value, bool):
            return "yes" if value else ""
        return "" if value is None else str(value).strip()

    @value.setter
    def value(self, value: str) -> None:
        self.widget.value = bool(value) if self.field.kind == "tick" else value

    @property
    def missing(self) -> str | None:
        """Why nothing is chosen; None where something is."""
        if self.field.kind != "choice" or self.widget.value is not None:
            return None
        if self.widget.options:
            return _("What you chose is gone: choose again.")
        return _("There is nothing to choose yet: create it first.")

    def offer(self, choices: list[Choice], *, choose: bool) -> None:
        """Let one of `choices` be chosen.

        What was chosen stays while it is there.  With `choose` another is taken where it is not:
        when the reader's own choice in another field changed the list, not when the kernel did.
        """
        if self.field.kind == "offer":
            options = tuple(value for _text, value in choices)
            if self.widget.options != options:
                self.widget.options = options
            return
        before, had = self.widget.value, bool(self.widget.options)
        values = [value for _text, value in choices]
        if tuple(choices) != tuple(self.widget.options):
            self.widget.options = choices
        wanted = before
        if before not in values and (choose or not had):
            wanted = self.field.first if self.field.first in values else next(iter(values), None)
        elif before not in values:
            wanted = None
        if self.widget.value != wanted:
            self.widget.value = wanted

    def say(self, reason: str | None, *, wanted: bool) -> None:
        """Show why what is in the field cannot be, and whether the field is needed at all."""
        text = ""
        if reason and self.field.kind in {"text", "offer"} and not self.value:
            text = f'<div style="padding-left:.6em">{html.escape(reason)}</div>'  # not yet typed
        elif reason:
            text = f'<div role="status" style="{_WRONG}">✘ {with_code(reason)}</div>'
        if self.reason.value != text:
            self.reason.value = text
        display = None if wanted else "none"
        if self.shown.layout.display != display:
            self.shown.layout.display = display


class Controls:
    """All that a form shows."""

    def __init__(self, title: str, controls: list[Control]) -> None:
        widgets: Any = importlib.import_module("ipywidgets")
        self.commands = widgets.HTML()
        self.run = widgets.Button(description=_("Run"), button_style="primary")
        self.cancel = widgets.Button(description=_("Cancel"))
        self.progress = widgets.FloatProgress(
            min=0.0, max=1.0, description=_("in progress"), layout=widgets.Layout(width=_WIDTH)
        )
        self.wait = widgets.HTML()
        self.result = widgets.HTML()
        heading = widgets.HTML(f"<strong>{html.escape(title)}</strong>")
        buttons = widgets.HBox([self.run, self.cancel, self.wait])
        self.box = widgets.VBox(
            [
                heading,
                *(control.shown for control in controls),
                self.commands,
                buttons,
                self.progress,
                self.result,
                _keys(),
            ]
        )
        self.box.add_class("nslabkit-form")
        self.under_way(shown=False)
        for widget in (self.run, self.cancel, *(control.widget for control in controls)):
            let_through(widget)

    def show_commands(self, commands: Commands | None) -> None:
        """Show what will be run; nothing where a field cannot be."""
        if commands is None:
            text = f"<p>{html.escape(_('The command appears here once every field is right.'))}</p>"
        else:
            rows = (
                (
                    Cell(html.escape(label), "white-space:nowrap"),
                    Cell(f'<pre style="{_CODE}">{html.escape(command)}</pre>'),
                )
                for label, command in (
                    (_("in a shell"), commands.ip),
                    (_("in Python"), commands.python),
                )
            )
            text = table(_("What this runs"), (), rows)
        if self.commands.value != text:
            self.commands.value = text

    def under_way(self, *, shown: bool, cancel: bool = False) -> None:
        """Show or hide the progress bar, and the button that cancels."""
        self.progress.layout.display = None if shown else "none"
        self.cancel.layout.display = None if shown and cancel else "none"

    def say(self, sentence: str, lines: str = "", more: str = "") -> None:
        """Show how it went, what was written meanwhile, and HTML of the kit's own."""
        wrote = f'<pre style="white-space:pre-wrap">{html.escape(lines)}</pre>' if lines else ""
        self.result.value = f'{wrote}<div role="status">{html.escape(sentence)}</div>{more}'

    def say_error(self, error: NslabError, lines: str = "", fault: str = "") -> None:
        """Show an error in its four parts; the traceback of a fault of ours folded below."""
        wrote = f'<pre style="white-space:pre-wrap">{html.escape(lines)}</pre>' if lines else ""
        parts = "".join(f"<div>{html.escape(line)}</div>" for line in str(error).splitlines())
        name = html.escape(type(error).__name__)
        told = f'<div role="alert" style="{_WRONG}"><strong>✘ {name}</strong>{parts}</div>'
        if fault:
            summary, trace = html.escape(_("Traceback")), html.escape(fault)
            told += f"<details><summary>{summary}</summary><pre>{trace}</pre></details>"
        self.result.value = wrote + told


def _keys() -> Any:  # noqa: ANN401 - a widget
    """Return what keeps JupyterLab from taking the keys that are pressed in a form."""
    anywidget: Any = importlib.import_module("anywidget")  # loads on first use

    class Keys(anywidget.AnyWidget):  # type: ignore[misc]  # made where anywidget is loaded
        _esm = Path(__file__).with_name("keys.js")

    return Keys()
