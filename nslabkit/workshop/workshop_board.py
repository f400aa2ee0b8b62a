"""What the instructor reads: the link for the board, the slips of paper, who sits where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.folding import text_width
from nslabkit.base.language import translate as _
from nslabkit.workshop import (
    certificates,
    doors,
    hub_client,
    hub_config,
    names_book,
    unix_accounts,
)
from nslabkit.workshop.workshop_state import INSTRUCTOR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.workshop.workshop_state import Seat, Workshop


def board(held: Workshop) -> list[str]:
    """Return what ``start`` prints in the end."""
    settings = held.settings
    lines = ["", _("The workshop is open. Write on the board:"), "", f"    {settings.link}"]
    if settings.code:
        lines.append("    " + _("class code: {code}").format(code=settings.code))
    lines.append("")
    lines += slips(held, [seat for seat in held.seats if seat.once])
    if settings.https and settings.certificate.startswith(str(held.places.hub)):
        lines += [
            _(
                "The certificate is of this machine's own making: browsers warn of it once. Its "
                "SHA-256 fingerprint:"
            ),
            f"    {certificates.fingerprint(Path(settings.certificate))}",
        ]
    lines += [
        _("You: name {name}, password {password}").format(
            name=INSTRUCTOR, password=settings.instructor_password
        ),
        _("Class view: {link}").format(link=f"{settings.link}services/{hub_config.VIEW}/"),
        _("Notebooks' map of users, one for all: {kind}").format(kind=settings.uid_map or "-"),
    ]
    if settings.idle:
        lines.append(
            _(
                "A notebook in which nothing is run for {minutes} minutes ends, with its networks; "
                "its page says so {notice} minutes before."
            ).format(minutes=settings.idle, notice=settings.notice)
        )
    return lines


def slips(held: Workshop, seats: Sequence[Seat]) -> list[str]:
    """Return a line to cut out for each seat that has a one-time password."""
    taken = {entry["account"] for entry in names_book.names(held.places.names).values()}
    open_seats = [seat for seat in seats if seat.once and seat.account not in taken]
    if not open_seats:
        return []
    heads = (_("LINK"), _("NAME"), _("ONE-TIME PASSWORD"))
    rows = [(held.settings.link, seat.name, seat.once) for seat in open_seats]
    return [*columns([heads, *rows]), ""]


def status(held: Workshop) -> list[str]:
    """Return whether the workshop is open, and a line for each seat."""
    open_now = doors.keeper_runs(held) and hub_client.answers(held)
    known: dict[str, dict[str, Any]] = hub_client.users(held) if open_now else {}
    lines = [
        _("open: {link}").format(link=held.settings.link)
        if open_now
        else _("closed; open it: nslabkit workshop start"),
    ]
    if held.settings.code:
        lines.append(_("class code: {code}").format(code=held.settings.code))
    book = {
        entry["account"]: entry["name"] for entry in names_book.names(held.places.names).values()
    }
    heads = (_("ACCOUNT"), _("NAME"), _("SERVER"), _("NOTEBOOKS"), _("LAST ACTIVE"))
    notebooks = _notebooks(held)
    rows = [
        (
            seat.account,
            book.get(seat.account) or (f"({seat.name})" if seat.name else "-"),
            _server(known.get(seat.account)),
            str(notebooks.get(seat.uid, 0)),
            _active(known.get(seat.account)),
        )
        for seat in held.everybody()
    ]
    return [*lines, "", *columns([heads, *rows])]


def _server(user: dict[str, Any] | None) -> str:
    if user is None:
        return "-"
    if user.get("pending"):
        return _("starting")
    return _("running") if user.get("server") else _("none")


def _active(user: dict[str, Any] | None) -> str:
    import datetime as dt

    said = user and user.get("last_activity")
    if not said:
        return "-"
    return dt.datetime.fromisoformat(said).astimezone().strftime("%H:%M")


def _notebooks(held: Workshop) -> dict[int, int]:
    """Return how many notebooks' machines each account runs, by its uid."""
    from collections import Counter

    from nslabkit.machine.running import sandboxes

    uids = {seat.uid for seat in held.everybody() if unix_accounts.of_account(seat)}
    return Counter(owner for one in sandboxes(uids) if (owner := unix_accounts.owner(one.pid)))


def delivered(seat: Seat, found: dict[str, int]) -> str:
    """Return a line that says what came of a delivery."""
    words = {
        "new": _("new"),
        "renewed": _("renewed"),
        "same": _("as they were"),
        "kept": _("changed by the learner, kept"),
        "beside": _("newer, put beside the learner's"),
    }
    parts = ", ".join(f"{words[state]}: {count}" for state, count in found.items())
    return f"{seat.account}: {parts}"


def columns(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return `rows` as lines with aligned columns; a Chinese character is two columns wide."""
    widths = [max(text_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(
            cell + " " * (width - text_width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
