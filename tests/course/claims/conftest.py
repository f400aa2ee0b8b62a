"""Each experiment begins in an empty machine, and what a test leaves of it is removed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nslabkit.net.lab import Lab
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def clean_machine() -> Iterator[None]:
    with Lab():
        yield
    HOST.run("nft flush ruleset", check=True, quiet=True)
