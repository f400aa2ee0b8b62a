"""Does each lesson's list of needs name what the lesson uses, and what this machine lacks?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from nslabkit.doctor import kernel_features, lesson_needs, programs, rendering
from nslabkit.doctor.check import Check, Status
from nslabkit.doctor.lesson_needs import NEEDS

if TYPE_CHECKING:
    from conftest import Doctor

SOURCES = Path(__file__).resolve().parents[2] / "notebooks/source"
# What stands in a lesson's cells -> the check that it needs.
WORDS = {
    r"type bridge": "bridge",
    r"type vxlan": "vxlan",
    r"\btbf\b": "tbf",
    r"\bhtb\b": "htb",
    r"numgen": "chance",
    r"masquerade": "nat",
    r"\bdnat\b": "dnat",
    r"^nft |[! ]nft add": "nftables",
    r"(netdev|bridge) gate": "nft-families",
    r"lab\.capture": "packet-socket",
    r"curl ": "curl",
    r"strace ": "strace",
    r"ip_forward=1": "forwarding",
}


def lessons() -> list[Path]:
    return sorted(path for path in SOURCES.glob("*.py") if not path.name.startswith("00_"))


def code_of(path: Path) -> str:
    cells = re.split(r"^# %%", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return "\n".join(cell for cell in cells if not cell.startswith(" [markdown]"))


def test_every_lesson_has_its_needs_and_every_need_a_check() -> None:
    numbers = {str(int(path.name[:2])) for path in lessons()}
    assert numbers <= set(NEEDS)
    known = {*kernel_features.FEATURES, *(item.name for item in programs.needed())}
    used = {name for names in NEEDS.values() for name in names}
    assert used <= known
    assert set(kernel_features.FEATURES) <= used


@pytest.mark.parametrize("path", lessons(), ids=lambda path: path.stem)
def test_what_a_lesson_s_cells_use_is_among_its_needs(path: Path) -> None:
    code = code_of(path)
    needs = NEEDS[str(int(path.name[:2]))]
    missing = {
        check
        for word, check in WORDS.items()
        if re.search(word, code, re.MULTILINE) and check not in needs
    }
    assert not missing


def rows(*wrong: str) -> list[Check]:
    names = dict.fromkeys(name for needs in NEEDS.values() for name in needs)
    return [Check(one, one, Status.WARN if one in wrong else Status.OK, "") for one in names]


def test_only_the_lessons_that_lack_something_are_named() -> None:
    assert lesson_needs.lacking(rows()) == {}
    assert lesson_needs.sentences(rows("tbf", "chance")) == ["lesson 13: lacks tbf, chance"]
    assert list(lesson_needs.lacking(rows("dnat"))) == ["11", "20"]
    untried = [Check("vxlan", "VXLAN", Status.UNTRIED, "")]
    assert lesson_needs.lacking(untried) == {}


def test_table_and_page_say_it_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    found = rows("vxlan")
    assert "lesson 15: lacks vxlan\n\n" in rendering.text(found, (), width=80)
    assert "<li>lesson 15: lacks vxlan</li>" in rendering.html(found, ())
    assert "lesson 15" not in rendering.text(rows(), (), width=80)
    monkeypatch.setenv("NSLAB_LANG", "zh")
    assert "第 15 课：缺少 vxlan" in rendering.text(found, (), width=80)


# The command a feature is made with, and what then is missing where it is refused.
REFUSED = {
    "vxlan": ("type vxlan", "15"),
    "tbf": ("root tbf", "13"),
    "htb": ("default 10", "13"),
}


@pytest.mark.parametrize("feature", REFUSED)
def test_a_feature_that_this_kernel_lacks(doctor: Doctor, feature: str) -> None:
    """A program in the place of ip and tc that refuses what a kernel without it would."""
    words, lesson = REFUSED[feature]
    script = f"""
real=$(mktemp -d); cp $(command -v ip) $(command -v tc) $real
for program in ip tc; do
  printf '#!/bin/sh\\ncase "$*" in *"{words}"*) echo "Unknown kind" >&2; exit 2;; esac\\n' \\
    >$real/false-$program
  echo "exec $real/$program \\"\\$@\\"" >>$real/false-$program
  chmod +x $real/false-$program
done
mount --bind $real/false-ip $(readlink -f $(command -v ip))
mount --bind $real/false-tc $(readlink -f $(command -v tc))
"""
    outer = doctor.behind(f"PATH=$PATH:/usr/sbin:/sbin\n{script}")
    run = doctor.run("--json", within=outer)
    assert run.checks[feature]["status"] == "warn"
    assert "Unknown kind" in run.checks[feature]["seen"]
    assert "modprobe" in run.checks[feature]["remedy"]
    assert run.lessons_lack == {lesson: [feature]}
