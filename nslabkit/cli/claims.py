"""``nslabkit claims``: do chapter and lessons hold on this machine, claim by claim?"""

from __future__ import annotations

import itertools
import json
import os
import sys
from typing import TYPE_CHECKING

import click

from nslabkit.base.errors import SandboxError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.verdict import Outcome

if TYPE_CHECKING:
    from nslabkit.course.claims.claim import Claim
    from nslabkit.course.verdict import Verdict

_AGAIN = "from nslabkit.cli import main; main(prog_name='nslabkit')"


@click.command(short_help="Run the experiment of every claim.")
@click.argument("ids", nargs=-1, metavar="[CLAIM]...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for scripts.")
def claims(ids: tuple[str, ...], as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Run the claims as experiments in a fresh sandbox, and print what they show.

    C01 and on are the chapter's, B01 and on those of the lessons beyond it.

    Without CLAIM, all of them are run.

    Example:
      nslabkit claims
      nslabkit claims C13 C25 --json

    Exit codes: 0 every claim turns out as the lessons say, or cannot be shown on this machine;
    1 a claim turns out otherwise, or no sandbox can be made; 2 there is no such claim.
    """
    chosen = _chosen(ids)
    if "NSLAB_SANDBOX" not in os.environ:
        sys.exit(_run_in_sandbox(ids, as_json=as_json))
    results = _run(chosen, quiet=as_json)
    if as_json:
        rows = [
            {**verdict.json, "claim": claim.summary(), "seconds": round(seconds, 3)}
            for claim, verdict, seconds in results
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        for claim, verdict, seconds in results:
            _print_result(claim, verdict, seconds)
        _print_summary([verdict for _claim, verdict, _seconds in results])
    verdicts = [verdict for _claim, verdict, _seconds in results]
    sys.exit(not all(verdict or verdict.outcome is Outcome.UNKNOWN for verdict in verdicts))


def _chosen(ids: tuple[str, ...]) -> tuple[Claim, ...]:
    from nslabkit.course.claims import IDS
    from nslabkit.course.claims import claims as claims_with

    wanted = [name.upper() for name in ids] or IDS
    unknown = [name for name in wanted if name not in IDS]
    if unknown:
        raise click.UsageError(
            _("There is no claim {names}; there are {ranges}.").format(
                names=enumeration(unknown), ranges=enumeration(_ranges(IDS))
            )
        )
    return claims_with(wanted)


def _ranges(ids: tuple[str, ...]) -> list[str]:
    """Return the first and the last claim of each kind: ``["C01–C32", …]``."""
    kinds = [list(group) for _letter, group in itertools.groupby(ids, lambda name: name[0])]
    return [f"{kind[0]}–{kind[-1]}" for kind in kinds]


def _run_in_sandbox(ids: tuple[str, ...], *, as_json: bool) -> int:
    """Run this command again inside a fresh sandbox; return its exit status."""
    from nslabkit.machine.trial import run

    again = [sys.executable, "-c", _AGAIN, "claims", *ids, *(["--json"] if as_json else [])]
    try:
        return run(again)
    except SandboxError as error:
        click.echo(str(error), err=True)
        return 1


def _run(claims: tuple[Claim, ...], *, quiet: bool) -> list[tuple[Claim, Verdict, float]]:
    """Run the experiments, with a progress bar where somebody watches."""
    if quiet or not sys.stderr.isatty():
        return [(claim, *claim.timed_run()) for claim in claims]
    with click.progressbar(claims, file=sys.stderr, label=_("Experiments")) as bar:
        return [(claim, *claim.timed_run()) for claim in bar]


def _print_result(claim: Claim, verdict: Verdict, seconds: float) -> None:
    click.echo(f"{verdict.headline}  ({seconds:.2f} s)")
    said_by = _("The chapter:") if claim.place else _("The lesson:")
    click.echo(f"    {said_by} {claim.summary()}")
    for item in verdict.evidence:
        first, *others = item.value.splitlines() or [""]
        click.echo(f"    {item.label}  ->  {first}")
        for line in others:
            click.echo(f"        {line}")


def _print_summary(verdicts: list[Verdict]) -> None:
    counts: dict[str, int] = {}
    for verdict in verdicts:
        counts[verdict.outcome.words] = counts.get(verdict.outcome.words, 0) + 1
    parts = ", ".join(f"{words} {count}" for words, count in counts.items())
    click.echo(_("{number} claims: {parts}").format(number=len(verdicts), parts=parts))
