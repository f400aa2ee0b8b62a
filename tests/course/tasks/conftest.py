"""A machine without the programs that the networks of lesson 8 start."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import nslabkit as lab

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _no_service_left(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "[8." in request.node.name or "-8." in request.node.name:
        lab.empty()  # a wreck has taken the names by which the service would be found
