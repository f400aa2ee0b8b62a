"""Five things that a network namespace has to itself: claims C05 and C06.

Each by the same question asked in several namespaces: here the firewall and the interfaces; the
routes and neighbours are in `tables`, the protocol stack in `stack`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.claims import chapter
from nslabkit.course.claims.chapter import finding
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.verdict import Outcome
from nslabkit.net import addresses, links, namespaces, routes
from nslabkit.net.namespace import HOST, ip_command

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from nslabkit.net.namespace import Namespace

_LESSON = "02_own_namespace"
_DROP = (
    "nft add table inet guard && "
    "nft 'add chain inet guard input { type filter hook input priority 0; }' && "
    "nft add rule inet guard input icmp type echo-request drop"
)


def everywhere(asked: Namespace) -> list[Namespace]:
    """Return the kernel's own namespace and every named one; `asked` only by this name of its."""
    found = [HOST, *map(namespaces.namespace, sorted(namespaces.names()))]
    return [where for where in found if where == asked or where.inode != asked.inode]


def called(where: Namespace) -> str:
    """Return what a reader calls a namespace: its name, or the host."""
    return where.name or _("host")


# C05: a firewall of its own


def _filtered() -> None:
    chapter.addressed()
    namespaces.namespace("netns2").run(_DROP, check=True, quiet=True)


def _judge_firewall(filtering: str = "netns2", asker: str = "netns1") -> Finding:
    here, there = namespaces.namespace(filtering), namespaces.namespace(asker)
    rules = {
        called(where): where.run("nft list ruleset", check=True, quiet=True).stdout.strip()
        for where in everywhere(here)
    }
    elsewhere = [name for name, text in rules.items() if name != filtering and "drop" in text]
    asked = there.run(["ping", "-c1", "-W0.5", _address_of(here)], quiet=True)
    answered = here.run(["ping", "-c1", "-W2", _address_of(there)], quiet=True)
    return finding(
        [
            ("drop" in rules[filtering], _("{name} has no rule that drops anything.")),
            (not elsewhere, _("There is a rule that drops packets in {names}, too.")),
            (
                answered.returncode == 0,
                _("No ping crosses the wire at all, so the rule is not to blame."),
            ),
            (asked.returncode != 0, _("The ping was answered despite the rule in {name}.")),
        ],
        _(
            "The rule is in {name} and nowhere else: there it drops the pings from "
            "{asker}, while {asker} answers those from {name}."
        ),
        [
            *((f"nft list ruleset ({name})", text or "-") for name, text in rules.items()),
            (f"ping {filtering} ({asker})", _loss(asked.stdout)),
            (f"ping {asker} ({filtering})", _loss(answered.stdout)),
        ],
        name=filtering,
        names=enumeration(elsewhere),
        asker=asker,
    )


def _address_of(where: Namespace) -> str:
    """Return the first address that others can reach a namespace by."""
    for found in addresses.addresses(where):
        if found.scope == "global":
            return found.address.partition("/")[0]
    raise NotFoundError(
        ip_command(where, "addr"),
        _("{name} has no address yet.").format(name=called(where)),
        _("Run the lesson's cells above: they build the wire."),
    )


def _loss(output: str) -> str:
    """Return ping's line of statistics."""
    return next((line for line in output.splitlines() if "packet loss" in line), output.strip())


C05 = Claim(
    "C05",
    lesson=_LESSON,
    summary=lambda: _("A network namespace has its own firewall."),
    experiment=_filtered,
    examine=_judge_firewall,
    place="2.1",
)


# C06: interfaces of its own


def _moved() -> Mapping[str, Any]:
    namespaces.add("netns1")
    links.add_veth("veth1", "veth1-peer")
    addresses.add("172.16.0.1/24", "veth1")
    links.up("veth1")
    links.up("veth1-peer")
    before = HOST.run("ip -j addr show veth1", check=True, quiet=True).stdout
    links.move("veth1", to="netns1")
    return {"before": before}


def _judge_interfaces(
    before: str | Sequence[str] = "", link: str = "veth1", to: str = "netns1"
) -> Finding:
    then = _description(before, link)
    if then is None:
        return Finding(
            Outcome.UNKNOWN,
            _(
                "The link's state before the move is missing: keep it with before = "
                "!ip -j addr show {link}"
            ).format(link=link),
        )
    now = links.link(link, to).json
    places = [
        called(where)
        for where in everywhere(namespaces.namespace(to))
        if any(found.json.get("address") == then["address"] for found in links.links(where))
    ]
    left = [found.address for found in addresses.addresses(to, link)]
    ways = [found.destination for found in routes.routes(to, table="all") if found.link == link]
    had = [info["local"] for info in then["addr_info"]]
    return finding(
        [
            (
                "UP" in then["flags"] and bool(had),
                _(
                    "Before the move {link} was not both up and addressed, so there "
                    "was nothing to lose."
                ),
            ),
            (
                now["address"] == then["address"],
                _(
                    "{link} in {name} has a different MAC address: it is not the one "
                    "that was moved."
                ),
            ),
            (places == [to], _("The link is in {names}.")),
            ("UP" not in now["flags"], _("{link} is up after the move; was it set up again?")),
            (not left and not ways, _("{link} has addresses or routes after the move: {found}.")),
        ],
        _(
            "{link} is in {name} and nowhere else. The move set it down and dropped its addresses "
            "and routes; the MAC address stayed."
        ),
        [
            (_("namespaces that have it"), ", ".join(places)),
            (_("MAC address, before and after"), f"{then['address']}, {now['address']}"),
            (_("flags, before and after"), f"{','.join(then['flags'])}; {','.join(now['flags'])}"),
            (_("addresses, before and after"), f"{', '.join(had)}; {', '.join(left) or '-'}"),
        ],
        link=link,
        name=to,
        names=enumeration(places),
        found=enumeration([*left, *ways]),
    )


def _description(before: str | Sequence[str], link: str) -> dict[str, Any] | None:
    """Return what ``ip -j addr show LINK`` said, as text or as a cell's list of lines."""
    text = before if isinstance(before, str) else "\n".join(before)
    try:
        entries = json.loads(text)
    except ValueError:  # ip's error message, or nothing
        return None
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and entry.get("ifname") == link:
            return entry
    return None


C06 = Claim(
    "C06",
    lesson=_LESSON,
    summary=lambda: _("A network namespace has its own interfaces."),
    experiment=_moved,
    examine=_judge_interfaces,
    place="2.1",
)
