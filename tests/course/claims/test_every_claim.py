"""Every claim of the course: it turns out as its lesson says, and an empty machine shows nothing.

What each of them says with its premise broken is tested in the other files here.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from kernel_shell import sh

from nslabkit.course import claims
from nslabkit.course.verdict import Outcome

ALL = pytest.mark.parametrize("claim", claims.claims(), ids=lambda claim: claim.id)
CHINESE = re.compile("[\u4e00-\u9fff]")
# These judge by a recording alone, and say how to make it.
OF_A_RECORDING = {f"B{number}" for number in range(11, 21)}


def machine() -> tuple[str, str, list[Path]]:
    return sh("ip -j link"), sh("ip netns"), sorted(Path("/run/netns").iterdir())


@ALL
def test_it_turns_out_as_its_lesson_says_and_leaves_nothing(
    claim: claims.claim.Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In Chinese: what the other tests of claims expect is English."""
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    before = machine()
    verdict = claim.run()
    assert verdict, verdict  # as expected
    assert verdict.outcome is claim.expected
    assert verdict.evidence
    assert all(item.label and item.value for item in verdict.evidence)
    for sentence in (claim.summary(), verdict.sentence):
        assert CHINESE.search(sentence)
        assert "{" not in sentence
    assert machine() == before


@ALL
def test_an_untouched_machine_shows_nothing(claim: claims.claim.Claim) -> None:
    verdict = claim.check()
    assert verdict.outcome is Outcome.UNKNOWN
    assert verdict.sentence
    assert "\n" not in verdict.sentence
    assert claim.id not in OF_A_RECORDING or "record" in verdict.sentence
