"""The tasks of the blank page: two containers on a bridge, one published, the other kept."""

from __future__ import annotations

import re

from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.tasks import capstone_hints, evidence, published, waiting
from nslabkit.course.tasks.capstone_places import (
    BRIDGE,
    HOSTS,
    OUTER,
    OWN_KINDS,
    PORT,
    SHOP,
    SNOOP,
    VAULT,
    VISITOR,
    VISITOR_AT,
    process_of,
    root_of,
    unlike_given,
)
from nslabkit.course.tasks.task import Task
from nslabkit.net import namespaces
from nslabkit.net.namespaces import HOST

__all__ = ["TASKS"]


def _judge_containers() -> CheckResult:
    absent = evidence.first_missing(SHOP, VAULT)
    if absent:
        return evidence.no_namespace(absent)
    found = {name: process_of(name) for name in HOSTS}
    for name, pid in found.items():
        if pid is None:
            text = _("no process in the network `{name}` has the host name `{name}`.")
            return missing(text.format(name=name))
        shared = [kind for kind in OWN_KINDS if kind not in waiting.kinds_of_its_own(pid)]
        if shared:
            text = _("`{name}` shares with this notebook: {kinds}.")
            return missing(text.format(name=name, kinds=", ".join(shared)))
        if root_of(pid) == root_of("self"):
            return missing(_("`{name}` still has the `/` of this notebook.").format(name=name))
    shop, vault = found.values()
    for kind in OWN_KINDS:
        if waiting.number(kind, shop or 0) == waiting.number(kind, vault or 0):
            text = _("`shop` and `vault` share one namespace of the kind `{kind}`.")
            return missing(text.format(kind=kind))
    return right(_("two containers wait, each with its own files, processes, network and name."))


def _judge_bridge() -> CheckResult:
    absent = evidence.first_missing(SHOP, VAULT)
    if absent:
        return evidence.no_namespace(absent)
    bridge = evidence.owner(BRIDGE, None)
    if bridge is None:
        return missing(_("no link of the host has the address {address}.").format(address=BRIDGE))
    for name, address in HOSTS.items():
        if not evidence.has_address(address, name):
            text = _("no link of `{name}` has the address {address}.")
            return missing(text.format(name=name, address=address))
        if evidence.bridge_of(address, name) != (HOST.inode, bridge):
            text = _("`{name}` does not hang on `{bridge}`, the link with the address {address}.")
            return missing(text.format(name=name, bridge=bridge, address=BRIDGE))
    ways = [(None, HOSTS[SHOP]), (None, HOSTS[VAULT]), (SHOP, HOSTS[VAULT]), (VAULT, HOSTS[SHOP])]
    for near, address in ways:
        if not evidence.answers(address, near):
            text = _("`{name}` gets no answer from {address} yet.")
            return missing(text.format(name=near or _("the host"), address=address))
    return right(_("`shop`, `vault` and the host reach each other over one bridge."))


def _judge_way_out() -> CheckResult:
    unready = _unready()
    if unready is not None:
        return unready
    if not evidence.answers(VISITOR_AT, SHOP):
        text = _("`{name}` gets no answer from {address} yet.")
        return missing(text.format(name=SHOP, address=VISITOR_AT))
    way = namespaces.namespace(SHOP).run(["ip", "route", "get", VISITOR_AT], quiet=True).stdout
    if f" via {BRIDGE} " not in way:
        text = _("`shop` reaches it, but not by way of the bridge's address {address}.")
        return missing(text.format(address=BRIDGE))
    return right(_("`shop` reaches the visitor, who knows no way back to 172.16.0.0/24."))


def _judge_published() -> CheckResult:
    unready = _unready()
    if unready is not None:
        return unready
    lacking = _not_published()
    if lacking is not None:
        return lacking
    return right(_("the visitor gets the page of `shop`, from the host's port 8080."))


def _not_published() -> CheckResult | None:
    if not published.listens(SHOP, 80):
        return missing(_("no program listens on port 80 of `{name}`.").format(name=SHOP))
    found = published.page(f"http://{OUTER}:{PORT}/", VISITOR)
    if found is None:
        text = _("the visitor gets no page from http://{address}:{port}/ yet.")
        return missing(text.format(address=OUTER, port=PORT))
    if found != SHOP:
        text = _("the visitor gets a page, but it does not say `{page}`.")
        return missing(text.format(page=SHOP))
    if not published.ends_in(SHOP, 80, address=OUTER, published=PORT, near=VISITOR):
        text = _("the visitor gets the page, but no connection of theirs arrives in `{name}`.")
        return missing(text.format(name=SHOP))
    return None


def _judge_kept() -> CheckResult:
    unready = _unready()
    if unready is not None:
        return unready
    if published.page(f"http://{HOSTS[VAULT]}/", SHOP) != VAULT:
        text = _("`shop` does not get the page `vault` from http://{address}/ yet.")
        return missing(text.format(address=HOSTS[VAULT]))
    # A result that says "not yet" counts as false: `or` would pass it over.
    lacking = [result for look in (_not_kept, _shop_lost) if (result := look()) is not None]
    if lacking:
        return lacking[0]
    return right(
        _("`shop` reads the vault; from the world no packet gets into it, and none out of it.")
    )


def _not_kept() -> CheckResult | None:
    if published.page(f"http://{HOSTS[VAULT]}/", SNOOP) is not None:
        return missing(_("the snoop reads the page of the vault, too."))
    before = _echo_requests(VAULT)
    if evidence.answers(HOSTS[VAULT], SNOOP, 1):
        return missing(_("the snoop's ping is answered by the vault."))
    if _echo_requests(VAULT) != before:
        return missing(_("the vault does not answer the snoop, but the snoop's packets reach it."))
    before = _echo_requests(VISITOR)
    if evidence.answers(VISITOR_AT, VAULT, 1):
        return missing(_("the vault reaches the visitor: nothing was to get out of it."))
    if _echo_requests(VISITOR) != before:
        return missing(_("no answer gets back to the vault, but its packets reach the visitor."))
    return None


def _shop_lost() -> CheckResult | None:
    closed = _not_published()
    if closed is None:
        return None
    text = _("the vault is kept, but `shop` with it: {why}")
    return missing(text.format(why=closed.sentence))


def _echo_requests(name: str) -> int:
    """Return how many echo requests have come to a namespace's network stack."""
    said = namespaces.namespace(name).run(["cat", "/proc/net/snmp"], quiet=True).stdout
    found = re.search(r"^IcmpMsg:.*\bInType8\b.*$\n^IcmpMsg:(.*)$", said, re.MULTILINE)
    if found is None:
        return 0
    names = found[0].splitlines()[0].split()[1:]
    return int(dict(zip(names, found[1].split(), strict=True))["InType8"])


def _unready() -> CheckResult | None:
    """Return what is wrong with the world that was given, or that there is no container."""
    given = unlike_given()
    if given is not None:
        return missing(given)
    absent = evidence.first_missing(SHOP, VAULT)
    if absent:
        return evidence.no_namespace(absent)
    return None


TASKS = {
    "20.1": Task(_judge_containers, capstone_hints.containers),
    "20.2": Task(_judge_bridge, capstone_hints.bridge),
    "20.3": Task(_judge_way_out, capstone_hints.way_out),
    "20.4": Task(_judge_published, capstone_hints.publishing),
    "20.5": Task(_judge_kept, capstone_hints.keeping),
}
