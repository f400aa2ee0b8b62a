"""Where no sandbox can be made, the browser says why and what to do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from lab_server import ADDRESS, running, until_ready
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

REFUSE = (
    sys.executable,
    str(Path(__file__).resolve().parents[2] / "machine" / "sandbox" / "refuse.py"),
    "unshare",
)


@pytest.mark.parametrize(
    ("language", "reason"),
    [
        ("en", "A seccomp filter refuses"),
        pytest.param("zh", "seccomp", marks=pytest.mark.journey),
    ],
)
def test_a_seccomp_filter_is_explained(
    tmp_path: Path,
    open_page: Callable[..., Page],
    screenshots: Path,
    language: str,
    reason: str,
) -> None:
    """The real thing: a filter as a container's, around the server."""
    with running(str(tmp_path), "--lang", language, prefix=REFUSE) as process:
        [address] = ADDRESS.findall(until_ready(process))
        page = open_page(address)
        dialog = page.locator(".jp-Dialog")
        expect(dialog).to_contain_text(reason)
        page.screenshot(path=screenshots / f"{language}-refused.png")
