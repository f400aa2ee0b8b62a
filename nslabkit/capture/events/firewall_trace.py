"""Firewall traces: which hooks and rules each packet passes.

nftables tells of a packet only where a rule has marked it (``meta nftrace set 1``).  Where no
rule of the learner's does, a table of ours marks every packet of the namespace while the log
runs, and is removed afterwards.  It decides nothing: each of its chains accepts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import CommandError, NotFoundError, NotSupportedError, NslabError
from nslabkit.base.language import translate as _

if TYPE_CHECKING:
    from nslabkit.net.namespace import Namespace

TABLE = "nslabkit_trace"
# Before everything else where packets come in, so that all rules are seen, and behind
# everything else in between: what a rule drops does not get there.
_FIRST, _LAST = -310, 310
_CHAINS = {
    "prerouting": _FIRST,
    "input": _LAST,
    "forward": _LAST,
    "output": _FIRST,
    "postrouting": _LAST,
}
_MARKING = ("prerouting", "output")


class Tracing:
    """The tables that mark packets in some namespaces; a context manager that removes them."""

    def __init__(self, spaces: dict[str, Namespace]) -> None:
        self._spaces = spaces
        self._made: list[str] = []
        # (namespace, table, chain) -> hook
        self.hooks: dict[tuple[str, str, str], str] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What was changed for it, sentences for the screen."""
        if not self._made:
            return ()
        text = _(
            "The firewall table {table} was added in {namespaces} to trace packets, and removed "
            "afterwards. Tracing makes each packet slower."
        )
        names = ", ".join(name or _("the host") for name in self._made)
        return (text.format(table=TABLE, namespaces=names),)

    def begin(self) -> None:
        """Add the tables; where the learner's own rules trace already, nothing is added.

        Raises
        ------
        NotSupportedError
            There is no nft, or this kernel has no nftables.
        """
        try:
            for name, space in self._spaces.items():
                self._begin_in(name, space)
        except BaseException:
            self.end()
            raise

    def _begin_in(self, name: str, space: Namespace) -> None:
        rules = _ruleset(space)
        mine = {
            (name, chain["table"], chain["name"]): chain["hook"]
            for chain in _all(rules, "chain")
            if "hook" in chain
        }
        if not any(_traces(rule) for rule in _all(rules, "rule")):
            _nft(space, _table())
            self._made.append(name)
            mine |= {(name, TABLE, chain): chain for chain in _CHAINS}
        self.hooks |= mine

    def end(self) -> None:
        """Remove the tables that were added; a namespace that has gone took its own along."""
        for name in self._made:
            try:
                _nft(self._spaces[name], f"delete table inet {TABLE}")
            except (NotFoundError, CommandError):  # the learner removed the one or the other
                continue

    def is_ours(self, table: str) -> bool:
        """Whether a table is the one that was added here."""
        return table == TABLE


def _table() -> str:
    chains = "".join(
        f"chain {name} {{ type filter hook {name} priority {priority}; policy accept; "
        f"{'meta nftrace set 1;' if name in _MARKING else ''} }}\n"
        for name, priority in _CHAINS.items()
    )
    return f"table inet {TABLE} {{\n{chains}}}"


def _ruleset(space: Namespace) -> list[dict[str, Any]]:
    text = _nft(space, "list ruleset", "-j")
    found: list[dict[str, Any]] = json.loads(text)["nftables"] if text.strip() else []
    return found


def _all(rules: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [entry[kind] for entry in rules if kind in entry]


def _traces(rule: dict[str, Any]) -> bool:
    """Whether a rule marks packets for the trace."""
    wanted = {"mangle": {"key": {"meta": {"key": "nftrace"}}, "value": 1}}
    return wanted in rule.get("expr", [])


def _nft(space: Namespace, words: str, *options: str) -> str:
    try:
        result = space.run(["nft", *options, words], quiet=True)
    except NotFoundError as error:
        if "nft" not in error.tried:
            raise
        raise NotSupportedError(
            error.tried, error.reason, _("Install the package nftables."), said=error.said
        ) from None
    if result.returncode == 0:
        return result.stdout
    raise _refused(result.command, result.stderr.strip())


def _refused(tried: str, said: str) -> NslabError:
    if "not supported" in said.lower() or "protocol" in said.lower():
        return NotSupportedError(
            tried,
            _("This kernel lacks nftables, or the part of it that traces packets."),
            _("Record without `trace=True`."),
            said=said,
        )
    return CommandError(
        tried,
        _("nft did not accept the table that traces packets."),
        _("Record without `trace=True`, or set `meta nftrace set 1` in a rule of your own."),
        said=said,
    )
