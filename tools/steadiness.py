"""Which tests needed a second try in the last runs, and which of them too often?

A record outside of the checkout, for CI makes a new one for each run: a JSON object of suites, each
with the last ten runs, each with the tests that passed at their second try only.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

RUNS = 10
TOO_OFTEN = 2  # in so many runs


def place() -> Path:
    """Return the record's file; ``NSLAB_TEST_RECORD`` names another one."""
    state = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    named = os.environ.get("NSLAB_TEST_RECORD")
    return Path(named or f"{state}/nslabkit/second-tries.json").expanduser()


def note(suite: str, second: list[str]) -> list[str]:
    """Add one run of a suite; return the tests of it that needed a second try too often.

    Parameters
    ----------
    suite : str
        The suite's name.
    second : list of str
        The tests that passed at the second try.
    """
    file = place()
    record = _read(file)
    runs = [*record.get(suite, []), second][-RUNS:]
    record[suite] = runs
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(record, indent=1, sort_keys=True), encoding="utf-8")
    unfinished.replace(file)
    return [name for name in second if sum(name in run for run in runs) >= TOO_OFTEN]


def _read(file: Path) -> dict[str, list[list[str]]]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}  # the first run, or a file that somebody has spoiled: begin anew
    return found if isinstance(found, dict) else {}
