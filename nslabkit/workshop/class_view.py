"""The class view: the instructor's page behind the hub's sign-in.

A service of the hub's (https://jupyterhub.readthedocs.io/en/stable/reference/services.html) that
runs as the instructor's account: it reads what the class's group may read, and nothing else.
Its page is the one of ``nslabkit class --web`` (`nslabkit.classroom.class_page`), with more tables.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import os
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyterhub.services.auth import HubOAuthCallbackHandler, HubOAuthenticated
from tornado import web

from nslabkit.base.errors import NslabError
from nslabkit.base.language import translate as _
from nslabkit.classroom import class_page, register
from nslabkit.classroom.attention import State, lines
from nslabkit.classroom.register import Register, Row
from nslabkit.course.lesson_ends import last_checks
from nslabkit.course.standing import now
from nslabkit.workshop import overview, raised_hands, shared_progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.classroom.attention import Line

_STUCK_AFTER = 8.0  # minutes, as for `nslabkit class`
_EVERY = 3.0
_KIB = 1024


class Room:
    """What the workshop's folder says of its learners at this moment.

    Parameters
    ----------
    folder : Path
        The workshop's folder.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._ends = last_checks()

    def people(self, roster: dict[str, str] | None = None) -> list[overview.Person]:
        """Return everybody who took a seat, by name; `roster` where it was read just now."""
        roster = self._roster() if roster is None else roster
        shared = shared_progress.read(self._folder / "progress")
        found = [
            overview.Person(name, shared.get(account, shared_progress.Shared()))
            for account, name in roster.items()
        ]
        return sorted(found, key=lambda person: person.name)

    def look(self) -> dict[str, Any]:
        """Return what the page shows."""
        roster = self._roster()
        seen = register.read(self._folder / "class")
        rows = {row.participant: row for row in seen.rows}
        taken = Register(
            tuple(rows.get(account, Row(account, None)) for account in roster), seen.notes
        )
        people = self.people(roster)
        stuck = {person.name: overview.stuck_on(person) for person in people}
        hands = raised_hands.up(self._folder / "hands")
        named = [
            _named(line, roster, stuck, hands)
            for line in lines(taken, now(), _STUCK_AFTER, self._ends)
        ]
        named.sort(key=lambda line: not line.words.startswith("☝"))  # who asks comes first
        said = class_page.shown(named, [*seen.notes, machine()])
        return {**said, "tables": overview.tables(people)}

    def _roster(self) -> dict[str, str]:
        """Return account -> name of everybody who took a seat."""
        try:
            read: dict[str, str] = json.loads((self._folder / "roster.json").read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return read


def _named(
    line: Line, roster: dict[str, str], stuck: dict[str, str], hands: dict[str, float]
) -> Line:
    """Give a line its learner's name, what they are stuck on, and their hand."""
    name, words = roster[line.participant], line.words
    if line.state is State.STUCK and stuck.get(name):
        words = _("{words}: {check}").format(words=words, check=stuck[name])
    if line.participant in hands:
        minutes = max(0, int((time.time() - hands[line.participant]) / 60))
        words = f"☝ {_('hand up for {minutes} min').format(minutes=minutes)}; {words}"
    return dataclasses.replace(line, participant=name, words=words)


def machine() -> str:
    """Return a line on the machine: load and memory, as the kernel says."""
    fields = dict(
        line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines() if ":" in line
    )
    total, free = (int(fields[name].split()[0]) for name in ("MemTotal", "MemAvailable"))
    load = Path("/proc/loadavg").read_text().split()[0]
    return _("This machine: load {load} on {cores} processors, {used} of {total} GiB used.").format(
        load=load,
        cores=os.cpu_count(),
        used=f"{(total - free) / _KIB / _KIB:.1f}",
        total=f"{total / _KIB / _KIB:.1f}",
    )


class _Page(HubOAuthenticated, web.RequestHandler):
    def initialize(self, room: Room) -> None:
        self.room = room

    @web.authenticated
    async def get(self, wanted: str) -> None:
        nonce = secrets.token_urlsafe(16)
        for name, value in class_page.headers(nonce).items():
            self.set_header(name, value)
        if not wanted:
            self._let_it_ask()
            lost = _("The class view does not answer; see: nslabkit workshop status")
            self.finish(class_page.page(nonce, _EVERY, lost, table="class.csv"))
        elif wanted == "class.csv":
            people = await asyncio.to_thread(self.room.people)
            self.set_header("Content-Type", "text/csv; charset=utf-8")
            self.set_header("Content-Disposition", 'attachment; filename="class.csv"')
            self.finish(overview.spreadsheet(people))
        else:
            await self._rows()

    def _let_it_ask(self) -> None:
        """Give the page the cookie by which its questions are known as its own."""
        assert self.xsrf_token

    async def _rows(self) -> None:
        self.set_header("Content-Type", "application/json")
        try:
            said = await asyncio.to_thread(self.room.look)
        except NslabError as error:
            self.set_status(503)
            said = {"trouble": str(error)}
        self.finish(json.dumps(said, ensure_ascii=False))


async def _serve(arguments: Sequence[str]) -> None:
    folder, port = Path(arguments[0]), int(arguments[1])
    prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
    application = web.Application(
        [
            (prefix + "oauth_callback", HubOAuthCallbackHandler),
            (prefix + "(|rows|class.csv)", _Page, {"room": Room(folder)}),
        ],
        cookie_secret=secrets.token_bytes(32),
    )
    application.listen(port, "127.0.0.1")
    await asyncio.Event().wait()


def main(arguments: Sequence[str]) -> None:
    """Serve the page until the process is ended."""
    asyncio.run(_serve(arguments))


if __name__ == "__main__":
    main(sys.argv[1:])
