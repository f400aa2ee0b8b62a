"""A published port and a name: claims B06 to B10."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.course.claims import chapter, servers
from nslabkit.course.claims.chapter import finding
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.claims.further import street
from nslabkit.course.claims.further.street import GATE, NEIGHBOUR, OUTER, SHOP, URL, VISITOR
from nslabkit.course.tasks import published
from nslabkit.course.verdict import Outcome
from nslabkit.net import connections, namespaces
from nslabkit.show.lab_recording import capture

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nslabkit.base.commands import Result
    from nslabkit.capture import Packet

_LESSON = "11_publish_a_port"
_PORT, _INSIDE = 8080, "http://172.16.0.2/"


def _published(*rules: str) -> Mapping[str, Any]:
    """Build the street behind a gate, publish the shop's port, and ask from three places.

    `rules` are more commands for the gate's ``nft``.
    """
    street.built()
    for rule in rules:
        namespaces.namespace(GATE).run(["nft", rule], check=True, quiet=True)
    with tempfile.TemporaryDirectory(prefix="nsl-shop-") as folder:
        Path(folder).chmod(0o755)  # nginx reads the page as another user where it can
        servers.start(namespaces.namespace(SHOP), Path(folder, "shop"), "shop")
        pages = {name: published.page(URL, name) for name in (VISITOR, GATE, NEIGHBOUR)}
        pages |= {_direct(name): published.page(_INSIDE, name) for name in (GATE, NEIGHBOUR)}
    return {"gate": GATE, "pages": pages}


def _direct(name: str | None) -> str:
    """Return the key of the page that somebody gets from the shop itself, past any rule."""
    return f"{name} {_INSIDE}"


def _pages(
    gate: str | None, pages: Mapping[str, str | None] | None, who: str | None
) -> tuple[str | None, str | None, str | None, tuple[tuple[str, str], ...]]:
    """Return the pages that the visitor and `who` get, and `who` past any rule; the evidence."""
    if pages is None:
        namespaces.namespace(SHOP)  # an error that says what is missing, where it is
        names = (VISITOR, who)
        pages = {str(name): published.page(URL, name) for name in names}
        pages |= {_direct(who): published.page(_INSIDE, who)}
    asker = gate if who is None else who
    mine, direct = pages.get(str(asker)), pages.get(_direct(asker))
    theirs = pages[VISITOR]
    spoken = asker or _("the host")
    rows = tuple(
        (f"{name}: {url}", page or "-")
        for name, url, page in (
            (VISITOR, URL, theirs),
            (spoken, URL, mine),
            (spoken, _INSIDE, direct),
        )
    )
    return theirs, mine, direct, rows


def _not_published(evidence: Iterable[tuple[str, str]]) -> Finding:
    text = _("The visitor gets no page from {url}: publish the port first.")
    return Finding(Outcome.UNKNOWN, text.format(url=URL), tuple(evidence))


def _cut_off(evidence: Iterable[tuple[str, str]]) -> Finding:
    text = _("Who gets no page from {url} either does not reach the server: mend that first.")
    return Finding(Outcome.UNKNOWN, text.format(url=_INSIDE), tuple(evidence))


# B06: the destination changes, the source does not


def _source_kept(gate: str | None = None, pages: object = None) -> Finding:
    """Judge the connections that the host remembers; `gate` is another namespace with the rule."""
    del pages  # what they say is the other claims' matter
    namespaces.namespace(VISITOR)
    known = [
        row
        for row in connections.connections(gate)
        if row.protocol == "tcp"
        and (row.destination, row.json["original"]["dport"]) == (OUTER, _PORT)
        and row.source == street.VISITOR_AT
        and row.answer_source != OUTER
    ]
    if not known:
        return _not_published([("conntrack -L", "-")])
    last = next((row for row in known if row.answer_destination != row.source), known[0])
    evidence = (
        (_("packets go"), f"{last.source} → {last.destination}"),
        (_("answers come"), f"{last.answer_source} → {last.answer_destination}"),
    )
    return finding(
        [
            (
                last.answer_destination == last.source,
                _("The source was translated, too: the server sees {seen}."),
            )
        ],
        _("{destination} became {server}; the server sees the visitor's own address."),
        evidence,
        destination=last.destination,
        server=last.answer_source,
        seen=last.answer_destination,
    )


B06 = Claim(
    "B06",
    _LESSON,
    lambda: _("Publishing changes the destination; the server sees who really asks."),
    _published,
    _source_kept,
)


# B07: what the host itself sends is not published to


def _host_left_out(
    gate: str | None = None, pages: Mapping[str, str | None] | None = None
) -> Finding:
    """Judge what the host gets at its own published port, and what the visitor gets."""
    theirs, mine, direct, evidence = _pages(gate, pages, None)
    if theirs is None:
        return _not_published(evidence)
    if mine is None and direct is None:
        return _cut_off(evidence)
    return finding(
        [(mine is None, _("The host gets the page, too."))],
        _("The visitor gets the page, and the host itself gets none."),
        evidence,
    )


B07 = Claim(
    "B07",
    _LESSON,
    lambda: _("What the host itself sends passes no prerouting rule."),
    _published,
    _host_left_out,
)


# B08: the neighbour's answer comes from the wrong address


def _neighbour_left_out(
    gate: str | None = None, pages: Mapping[str, str | None] | None = None
) -> Finding:
    """Judge what a neighbour on the server's own bridge gets, and what the visitor gets."""
    theirs, mine, direct, evidence = _pages(gate, pages, NEIGHBOUR)
    if theirs is None:
        return _not_published(evidence)
    if mine is None and direct is None:
        return _cut_off(evidence)
    return finding(
        [(mine is None, _("The neighbour gets the page, too."))],
        _("The visitor gets the page, and the server's neighbour gets none."),
        evidence,
    )


B08 = Claim(
    "B08",
    _LESSON,
    lambda: _("For those on the server's own bridge, the source must be translated, too."),
    _published,
    _neighbour_left_out,
)


# B09: /etc/netns is for what `ip netns exec` starts


def _two_ways_in() -> Mapping[str, Any]:
    chapter.ip("netns add visitor")
    said = street.with_own_files(
        "ip netns exec visitor cat /etc/resolv.conf; echo ---",
        "nsenter --net=/run/netns/visitor cat /etc/resolv.conf",
    )
    by_exec, _line, by_nsenter = said.partition("---")
    return {"by_exec": by_exec, "by_nsenter": by_nsenter}


def _files_of_exec(
    by_exec: str | Sequence[str] = (), by_nsenter: str | Sequence[str] = ()
) -> Finding:
    """Judge two readings of ``/etc/resolv.conf``: under `ip netns exec`, and under `nsenter`."""
    first, second = chapter.lines(by_exec), chapter.lines(by_nsenter)
    evidence = (
        ("ip netns exec visitor cat /etc/resolv.conf", "\n".join(first) or "-"),
        ("nsenter --net=/run/netns/visitor cat /etc/resolv.conf", "\n".join(second) or "-"),
    )
    if not any(line.startswith("nameserver") for line in first):
        text = _("Give the namespace a file of its own first: /etc/netns/visitor/resolv.conf.")
        return Finding(Outcome.UNKNOWN, text, evidence)
    return finding(
        [(first != second, _("Both read the same file."))],
        _("One network namespace, two files: it is the command that puts one in place."),
        evidence,
    )


B09 = Claim(
    "B09",
    _LESSON,
    lambda: _("/etc/netns/NAME/resolv.conf counts only for what `ip netns exec` starts."),
    _two_ways_in,
    _files_of_exec,
)


# B10: the hosts file is asked before the resolver


def _asked_with_hosts_file(order: str = "files dns", *first: str) -> Mapping[str, Any]:
    """Ask for a name that the hosts file knows.

    `order` is that of ``nsswitch.conf``; `first` are commands that are run before.
    """
    street.built()
    command = "ip netns exec visitor getent ahostsv4 shop.test"
    with capture(f"{VISITOR}/eth0", filter="port 53", progress=False) as recording:
        found = street.with_own_files(*first, command, order=order)
    return {"found": found, "recording": recording.packets}


def _file_first(
    found: Result | str | Sequence[str] = (), recording: Iterable[Packet] | None = None
) -> Finding:
    """Judge what was found, and the questions to a resolver that were recorded meanwhile."""
    text = found if isinstance(found, str | list | tuple) else getattr(found, "stdout", "")
    answer = " ".join("".join(chapter.lines(text)[:1]).split())
    if recording is None or not answer:
        said = _("Ask for a name that the hosts file knows, and record what goes to port 53.")
        return Finding(Outcome.UNKNOWN, said)
    packets = list(getattr(recording, "packets", recording))
    evidence = (
        ("getent ahostsv4", answer),
        (_("packets to or from port 53"), str(len(packets))),
    )
    return finding(
        [(not packets, _("A resolver was asked, too."))],
        _("The name was found, and no resolver was asked."),
        evidence,
    )


B10 = Claim(
    "B10",
    _LESSON,
    lambda: _("For a name in the hosts file, no resolver is asked."),
    _asked_with_hosts_file,
    _file_first,
)
