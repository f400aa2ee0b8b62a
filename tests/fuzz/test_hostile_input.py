"""Hostile input in a minute: the kept corpus, and what Hypothesis makes of it."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from targets import TARGETS

CORPUS = Path(__file__).with_name("corpus")
LONGEST = 1.0  # seconds


def kept(name: str) -> list[bytes]:
    return [file.read_bytes() for file in sorted((CORPUS / name).iterdir())]


@pytest.mark.parametrize("name", TARGETS)
def test_the_corpus_is_harmless(name: str) -> None:
    for data in kept(name):
        begin = time.thread_time()  # of this thread: not what a busy machine adds
        TARGETS[name](data)
        assert time.thread_time() - begin < LONGEST


@st.composite
def damaged(draw: st.DrawFn, name: str) -> bytes:
    """Something of the corpus with pieces overwritten, cut out or put in; or anything at all."""
    data = bytearray(draw(st.sampled_from(kept(name)) | st.binary(max_size=200)))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 8))] = draw(st.binary(max_size=8))
    return bytes(data)


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_input_is_harmless(name: str) -> None:
    @settings(
        max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(damaged(name))
    def run(data: bytes) -> None:
        begin = time.thread_time()
        TARGETS[name](data)
        assert time.thread_time() - begin < LONGEST

    run()
