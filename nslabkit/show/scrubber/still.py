"""The still scrubber: the same frames as a table, where no widget can run."""

from __future__ import annotations

import html
from typing import Any

from nslabkit.base import markup
from nslabkit.base.language import translate as _


def as_text(story: dict[str, Any]) -> str:
    """Return the frames and the tables as lines of text."""
    lines = [story["title"]]
    for step in story["steps"]:
        if step["number"]:
            lines.append(f"{step['number']:>3}  {_ways(story, step)}  {step['summary']}")
        lines += [f"     {text}" for text in _tables(story, step, only_news=bool(step["number"]))]
    return "\n".join([*lines, *story["notes"]])


def as_html(story: dict[str, Any], drawing: str) -> str:
    """Return a fold with the ladder and all frames: it needs neither scripts nor the kernel.

    Parameters
    ----------
    story : dict
        Of `nslabkit.show.scrubber.scrubber_story`.
    drawing : str
        The ladder, as SVG.
    """
    headings = [_("frame"), _("from – to"), _("what"), _("meaning"), _("neighbour tables then")]
    rows = (_cells(story, step) for step in story["steps"] if step["number"])
    notes = "".join(f"<p>{html.escape(note)}</p>" for note in story["notes"])
    summary = html.escape(_("The same without the widget: all frames at once"))
    return (
        f"<details><summary>{summary}</summary>"
        f'<div style="overflow-x:auto">{drawing}</div>'
        f"{markup.table(story['title'], headings, rows)}{notes}</details>"
    )


def _cells(story: dict[str, Any], step: dict[str, Any]) -> tuple[str | markup.Cell, ...]:
    tables = "<br>".join(map(html.escape, _tables(story, step, only_news=False)))
    cells = (step["number"], _ways(story, step), step["summary"], step["meaning"])
    return (*cells, markup.Cell(tables))


def _ways(story: dict[str, Any], step: dict[str, Any]) -> str:
    ends = []
    for end in (step["from"], step["to"]):
        if end is None:
            ends.append("?")
        else:
            name = story["columns"][end["column"]]["name"]
            ends.append(f"{name}/{end['link']} ({end['time']})")
    return " → ".join(ends)


def _tables(story: dict[str, Any], step: dict[str, Any], *, only_news: bool) -> list[str]:
    return [
        f"{column['name']}: {row['address']} {row['mac'] or '–'} {row['state']}"
        for column, rows in zip(story["columns"], step["tables"], strict=True)
        for row in rows
        if row["news"] or not only_news
    ]
