"""``nslabkit ps``: which of my machines are running?"""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from nslabkit.base.language import translate as _


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list for scripts.")
def ps(*, as_json: bool) -> None:
    """List your running machines: notebook, pid, backend, uid map, age.

    Example:
      nslabkit ps
      nslabkit ps --json
    """
    from nslabkit.machine.running import sandboxes

    machines = sandboxes()
    if as_json:
        click.echo(json.dumps([asdict(sandbox) for sandbox in machines], ensure_ascii=False))
        return
    if not machines:
        click.echo(_("No machine of yours is running. Open a lesson to start one."))
        return
    heads = (_("NOTEBOOK"), _("PID"), _("BACKEND"), _("MAP"), _("AGE"), _("FOLDER"))
    rows = [
        (
            machine.name,
            str(machine.pid),
            machine.backend,
            machine.map or "-",
            age(machine.age),
            machine.folder,
        )
        for machine in machines
    ]
    for line in table([heads, *rows]):
        click.echo(line)


def age(seconds: float) -> str:
    """Return a duration as ``h:mm:ss``."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


def table(rows: list[tuple[str, ...]]) -> list[str]:
    """Return `rows` as lines with aligned columns; a Chinese character is two columns wide."""
    from nslabkit.base.folding import text_width

    widths = [max(text_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell + " " * (width - text_width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
