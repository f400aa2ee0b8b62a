"""Does everything that the kit promises hold on this machine?

Runs each suite as its own pytest run with its closing line; all of them, even if one fails.
What failed in a browser is tried once more when nothing else runs any more: a page that another
suite kept waiting is not a fault of the kit.  Such a second try is said, by name, at the end; a
test that needs one twice in ten runs of its suite has failed (`steadiness`).
The last line adds the counts, ``N passed, N failed``.  The exit status is 0 only if nothing
failed and nothing was skipped.

usage: tools/test.py [--all | --long] [SUITE…]

Without an option the tests marked ``journey`` are left out: the whole course in a browser and
other long ways, for which a newcomer need not wait.  ``--all`` has them too, as CI does.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import steadiness

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "build" / "test"
NSLABKIT = Path(sys.executable).with_name("nslabkit")
PRINTING = threading.Lock()
NO_TESTS = 5  # pytest's exit status where no test was found
# Which tests, by their marks.
QUICK, ALL, LONG = "not long and not journey", "not long", "long"


@dataclass(frozen=True)
class Suite:
    """One pytest run.

    Parameters
    ----------
    name : str
        What to call it on the command line.
    folder : str
        Its tests, in ``tests/``.
    wrapper : tuple of str
        Command before pytest's own: kernel tests run inside a sandbox.
    environment : dict
        Variables in addition.
    journey : bool
        Whether it is left out where the journeys are: it asks again what another suite asks.
    marks : str
        Which tests of the folder, by their marks; all of them if empty.
    """

    name: str
    folder: str
    wrapper: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    journey: bool = False
    marks: str = ""

    @property
    def in_browser(self) -> bool:
        """Whether its tests wait for a page, and so for whatever else keeps the machine busy."""
        return self.folder.startswith("browser/")


INSIDE = (str(NSLABKIT), "sandbox", "--")

# The longest first, so that at the end no lane waits for one that began late.
SUITES = (
    Suite("notebooks", "notebooks"),
    Suite("further-tasks", "course/tasks", INSIDE, marks="further and not first"),
    Suite("first-further", "course/tasks", INSIDE, marks="further and first"),
    Suite("browser", "browser/lessons"),
    Suite("setup", "setup"),
    Suite("assignments", "course/assignments"),
    Suite("widgets", "browser/widgets"),
    Suite("claims", "course/claims", INSIDE),
    Suite("course", "course", INSIDE),
    Suite("faults", "course/faults", INSIDE),
    Suite("tasks", "course/tasks", INSIDE, marks="not further and not own"),
    Suite("own-tasks", "course/tasks", INSIDE, marks="own"),
    Suite("pages", "browser/pages"),
    Suite("sandbox", "machine/sandbox"),
    Suite("jupyter", "jupyter"),
    Suite("workshop", "workshop"),
    Suite("grading", "grading"),
    Suite("net", "net", INSIDE),
    # Real root has every map in the map `full`; the map `self` is an ordinary user's.
    *(
        [Suite("net-self", "net", INSIDE, {"NSLAB_UIDMAP": "self"}, journey=True)]
        if os.geteuid()
        else []
    ),
    Suite("timeline", "timeline", INSIDE),
    Suite("show", "show", INSIDE),
    Suite("capture", "capture", INSIDE),
    Suite("binder", "binder"),
    Suite("cli", "cli"),
    Suite("live", "live", INSIDE),
    Suite("classroom", "classroom"),
    Suite("learner", "course/learner"),
    Suite("doctor", "doctor"),
    Suite("uml", "machine/uml"),
    Suite("netlink", "netlink", INSIDE),
    Suite("frames", "frames", INSIDE),
    Suite("docs_site", "docs_site"),
    Suite("fuzz", "fuzz"),
    Suite("examples", "examples", INSIDE),
    Suite("base", "base"),
    Suite("project", "project"),
)
# Suites side by side.  Each mostly waits, for a browser, a ping or a kernel's start; seven of them
# keep two processors busy nearly all the time (`vmstat` beside `.ci/run`: 0 to 5 % idle).
LANES = 7
# With more failures than that, something is broken, and trying again would only hide it.
SECOND_TRIES = 3


@dataclass
class Count:
    """What came of the tests."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def add(self, other: Count) -> None:
        """Add another run's counts."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def line(self) -> str:
        """Return the counts in one line."""
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        return f"{self.passed} passed, {self.failed} failed{skipped}"


def run(suite: Suite, *, which: str, failed_ones: bool = False) -> Count:
    """Run one suite, or only what failed in it the last time, and return its counts."""
    report = RESULTS / f"{suite.name}{'-again' if failed_ones else ''}.xml"
    report.unlink(missing_ok=True)
    command = [
        *suite.wrapper,
        sys.executable,
        "-m",
        "pytest",
        f"tests/{suite.folder}",
        *(f"--ignore=tests/{inner}" for inner in folders_within(suite)),
        *("-m", f"({which}) and {suite.marks}" if suite.marks else which),
        *("-o", f"cache_dir={RESULTS / suite.name}.cache"),
        *(["--last-failed", "--last-failed-no-failures=none"] if failed_ones else []),
        *("--quiet", "--durations=3", "--durations-min=5", f"--junitxml={report}"),
    ]
    name = f"{suite.name}, once more what failed" if failed_ones else suite.name
    print(f"== {name} begins", flush=True)
    begun = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | suite.environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    status = done.returncode
    # In one piece, so that two suites side by side do not print into each other.
    with PRINTING:
        print(f"\n== {name}\n{done.stdout}", flush=True)
        print(f"== {name}: {time.monotonic() - begun:.0f} s\n", flush=True)
    if which != ALL and status == NO_TESTS:  # all that it has is of another kind
        return Count()
    count = counted(report)
    if status and not count.failed:
        # pytest itself could not go on: a broken conftest, a sandbox that was refused, no tests.
        print(f"== {name}: ended with status {status}")
        count.failed = 1
    return count


def folders_within(suite: Suite) -> list[str]:
    """Return the folders in a suite's own that are other suites'."""
    return [one.folder for one in SUITES if one.folder.startswith(f"{suite.folder}/")]


def counted(report: Path) -> Count:
    """Read what pytest wrote: the counts of its closing line, for a program to read."""
    if not report.exists():
        return Count()
    count = Count()
    for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - our own pytest wrote it
        number = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")}
        failed = number["failures"] + number["errors"]
        passed = number["tests"] - failed - number["skipped"]
        count.add(Count(passed, failed, number["skipped"]))
    return count


def run_all(suites: list[Suite], *, which: str) -> list[Count]:
    """Run the suites, some side by side, and return their counts in the order given."""
    with ThreadPoolExecutor(LANES) as threads:
        return list(threads.map(lambda suite: run(suite, which=which), suites))


def try_again(suite: Suite, count: Count, *, which: str) -> list[str]:
    """Run once more what failed in a browser, now that nothing else runs; correct the count.

    Returns
    -------
    list of str
        The tests that passed this time.
    """
    before = failures(RESULTS / f"{suite.name}.xml")
    if not suite.in_browser or not 0 < len(before) == count.failed <= SECOND_TRIES:
        return []
    again = run(suite, which=which, failed_ones=True)
    if again.passed + again.failed != len(before):
        return []  # it did not run what it should have run
    count.passed += again.passed
    count.failed = again.failed
    still = failures(RESULTS / f"{suite.name}-again.xml")
    return [f"{suite.folder}: {name}" for name in before if name not in still]


def failures(report: Path) -> list[str]:
    """Return the names of the tests that failed, by what pytest wrote."""
    if not report.exists():
        return []
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314 - our own pytest wrote it
    return [
        f"{case.get('classname')}.{case.get('name')}"
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    ]


def tell_second_tries(second: list[str], too_often: list[str]) -> None:
    """Name the tests that passed at the second try only, and those that did so too often."""
    for name in second:
        print(f"passed at the second try, alone: {name}")
    for name in too_often:
        print(f"not steady, {steadiness.TOO_OFTEN} times in {steadiness.RUNS} runs: {name}")


def main() -> int:
    """Run what was asked for and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.set_defaults(which=QUICK)
    kinds = parser.add_mutually_exclusive_group()
    for option, which, text in (
        ("--all", ALL, "the tests marked `journey`, too"),
        ("--long", LONG, "the tests marked `long` instead"),
    ):
        kinds.add_argument(option, dest="which", action="store_const", const=which, help=text)
    parser.add_argument("suites", nargs="*", metavar="SUITE")
    chosen = parser.parse_args()
    unknown = set(chosen.suites) - {suite.name for suite in SUITES}
    if unknown:
        parser.error(f"no suite is called {', '.join(unknown)}: {[one.name for one in SUITES]}")

    # A shell's background jobs ignore Ctrl+C, and so would all that the tests start and interrupt.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    RESULTS.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    if chosen.suites:
        asked = [suite for suite in SUITES if suite.name in chosen.suites]
    else:
        asked = [suite for suite in SUITES if not suite.journey or chosen.which != QUICK]
    counts = run_all(asked, which=chosen.which)
    total = Count()
    wrong = []
    second: list[str] = []
    too_often: list[str] = []
    for suite, count in zip(asked, counts, strict=True):
        lucky = try_again(suite, count, which=chosen.which)
        second += lucky
        if suite.in_browser:
            too_often += steadiness.note(suite.name, lucky)
        total.add(count)
        if count.failed or count.skipped:
            wrong.append(f"{suite.name} ({count.line()})")
    print(f"\nall suites: {time.monotonic() - begun:.0f} s")
    if wrong:
        print("not green: " + ", ".join(wrong))
    tell_second_tries(second, too_often)
    if total.skipped:
        print("A skipped test counts as not green: this user was promised it and did not get it.")
    print(total.line(), flush=True)
    return 1 if wrong or too_often or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
