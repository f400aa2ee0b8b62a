"""Two who tidy up the same folder at once: nothing is left, and neither complains."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from nslabkit.machine.leaving import remove_all

if TYPE_CHECKING:
    from pathlib import Path


def test_two_at_once_leave_nothing(tmp_path: Path) -> None:
    failures: list[OSError] = []

    def tidy(folder: str, start: threading.Barrier) -> None:
        start.wait()
        try:
            remove_all(folder)
        except OSError as error:
            failures.append(error)

    for number in range(50):
        folder = tmp_path / str(number)
        (folder / "inner").mkdir(parents=True)
        for name in range(20):
            (folder / f"k-{name}").touch()
            (folder / "inner" / f"k-{name}").touch()
        start = threading.Barrier(2)
        both = [threading.Thread(target=tidy, args=(str(folder), start)) for _one in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
    assert failures == []
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_no_hindrance(tmp_path: Path) -> None:
    remove_all(str(tmp_path / "none"))
