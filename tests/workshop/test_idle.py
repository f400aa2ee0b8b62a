"""An idle notebook ends in its time, not before, and it is said beforehand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from nslabkit.workshop.idle_end import IdleEnd

NOON = dt.datetime(2026, 1, 2, 12, 0, tzinfo=dt.UTC)


def kernel(minutes_ago: float, state: str = "idle", number: str = "k1") -> dict[str, Any]:
    used = NOON - dt.timedelta(minutes=minutes_ago)
    return {
        "id": number,
        "name": "nslab",
        "execution_state": state,
        "last_activity": used.isoformat(),
    }


NAMES = {"k1": "nslabkit-lessons/en/01_one_wire.ipynb"}


def test_a_lunch_break_is_survived() -> None:
    idle = IdleEnd(180, 20)
    endings = idle.endings([kernel(90)], NAMES)
    assert idle.due(endings, NOON) == []
    assert idle.notice(endings, NOON) is None


def test_it_is_said_before_it_ends() -> None:
    idle = IdleEnd(180, 20)
    endings = idle.endings([kernel(161)], NAMES)
    notice = idle.notice(endings, NOON)
    assert notice is not None
    assert "01_one_wire.ipynb" in notice["text"]
    assert (NOON + dt.timedelta(minutes=19)).astimezone().strftime("%H:%M") in notice["text"]
    assert idle.due(endings, NOON) == []
    assert [one.kernel for one in idle.due(endings, NOON + dt.timedelta(minutes=20))] == ["k1"]


def test_who_presses_the_button_has_all_the_time_again() -> None:
    idle = IdleEnd(180, 20)
    idle.keep(NOON)
    endings = idle.endings([kernel(179)], NAMES)
    assert idle.notice(endings, NOON) is None
    assert endings[0].when == NOON + dt.timedelta(minutes=180)


def test_a_busy_notebook_does_not_end_and_none_does_where_it_is_turned_off() -> None:
    assert IdleEnd(180, 20).endings([kernel(900, "busy")], NAMES) == []
    assert IdleEnd(0, 0).endings([kernel(900)], NAMES) == []
