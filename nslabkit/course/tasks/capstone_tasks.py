"""The tasks of the blank page: two containers on a bridge, one published, the other kept."""

from __future__ import annotations

import sys

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.own_values import own
from nslabkit.course.tasks import capstone_hints, evidence, published, waiting
from nslabkit.course.tasks.capstone_places import (
    BRIDGE,
    HOSTS,
    OUTER,
    OWN_KINDS,
    SHOP,
    SNOOP,
    SNOOP_AT,
    VAULT,
    VISITOR,
    VISITOR_AT,
    port,
    process_of,
    root_of,
    unlike_given,
)
from nslabkit.course.tasks.task import Task
from nslabkit.net import addresses, namespaces
from nslabkit.net.namespaces import HOST

_FORGED = "203.0.113.200"  # nobody's: a rule against one snoop's address does not keep the vault
# Sends a UDP packet with any source, and the ttl that each packet has at first.
_FORGE = """
import socket, struct, sys
near, far = map(socket.inet_aton, sys.argv[1:])
packet = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 28, 0, 0, 64, 17, 0, near, far)
with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as out:
    out.sendto(packet + struct.pack("!HHHH", 9, 9, 8, 0), (sys.argv[2], 0))
"""


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
            return missing(text.format(name=name, kinds=enumeration(shared)))
        if root_of(pid) == root_of(waiting.notebook()):
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
    misplaced = _misplaced(bridge)
    if misplaced is not None:
        return misplaced
    ways = [(None, HOSTS[SHOP]), (None, HOSTS[VAULT]), (SHOP, HOSTS[VAULT]), (VAULT, HOSTS[SHOP])]
    for near, address in ways:
        if not evidence.answers(address, near):
            return evidence.no_answer(near, address) if near else _unanswered(address)
    return right(_("`shop`, `vault` and the host reach each other over one bridge."))


def _misplaced(bridge: str) -> CheckResult | None:
    """Return which address of the specification is not on the bridge, or of another length."""
    for name, address in HOSTS.items():
        if not evidence.has_address(address, name):
            return evidence.no_address(address, name)
        if evidence.bridge_of(address, name) != (HOST.inode, bridge):
            text = _("`{name}` does not hang on `{bridge}`, the link with the address {address}.")
            return missing(text.format(name=name, bridge=bridge, address=BRIDGE))
    for near, address in ((None, BRIDGE), *HOSTS.items()):
        if not any(one.address == f"{address}/24" for one in addresses.addresses(near)):
            text = _("{address} has another prefix length than the specification says: `/24`.")
            return missing(text.format(address=address))
    return None


def _unanswered(address: str) -> CheckResult:
    return missing(_("the host gets no answer from {address} yet.").format(address=address))


def _judge_way_out() -> CheckResult:
    unready = _unready()
    if unready is not None:
        return unready
    before = _delivered(VISITOR)
    if not evidence.answers(VISITOR_AT, SHOP):
        return evidence.no_answer(SHOP, VISITOR_AT)
    if _delivered(VISITOR) == before:
        return evidence.another_answers(VISITOR)
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
    text = _("the visitor gets the page of `shop`, from the host's port 8080.")
    return right(own("20.4", text))


def _not_published() -> CheckResult | None:
    if not published.listens(SHOP, 80):
        return missing(_("no program listens on port 80 of `{name}`.").format(name=SHOP))
    found = published.page(f"http://{OUTER}:{port()}/", VISITOR)
    if found is None:
        text = _("the visitor gets no page from http://{address}:{port}/ yet.")
        return missing(text.format(address=OUTER, port=port()))
    if found != SHOP:
        text = _("the visitor gets a page, but it does not say `{page}`.")
        return missing(text.format(page=SHOP))
    if not published.ends_in(SHOP, 80, address=OUTER, published=port(), near=VISITOR):
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
    looks = (_comes_in, _goes_out, _shop_lost)
    lacking = next((result for look in looks if (result := look()) is not None), None)
    if lacking is not None:
        return lacking
    return right(
        _("`shop` reads the vault; from the world no packet gets into it, and none out of it.")
    )


def _comes_in() -> CheckResult | None:
    if published.page(f"http://{HOSTS[VAULT]}/", SNOOP) is not None:
        return missing(_("the snoop reads the page of the vault, too."))
    came_in = _passes(SNOOP, VAULT, HOSTS[VAULT], SNOOP_AT)
    if came_in == "answered":
        return missing(_("the snoop's ping is answered by the vault."))
    if came_in == "arrived":
        return missing(_("the vault does not answer the snoop, but the snoop's packets reach it."))
    if _passes(SNOOP, VAULT, HOSTS[VAULT], _FORGED) is not None:
        text = _("packets from another address of the world, {address}, reach the vault.")
        return missing(text.format(address=_FORGED))
    return None


def _goes_out() -> CheckResult | None:
    for name, address in ((VISITOR, VISITOR_AT), (SNOOP, SNOOP_AT)):
        went_out = _passes(VAULT, name, address, HOSTS[VAULT])
        if went_out == "answered":
            text = _("`vault` reaches `{name}`: nothing was to get out of it.")
            return missing(text.format(name=name))
        if went_out == "arrived":
            text = _("no answer gets back to the vault, but its packets reach `{name}`.")
            return missing(text.format(name=name))
    return None


def _passes(near: str, far: str, address: str, source: str) -> str | None:
    """Return what becomes of packets: ``answered``, or else ``arrived``; None if none arrives.

    They are a ping, and a UDP packet that says it is from the source.
    """
    for _look in range(2):  # something else may arrive meanwhile, but hardly twice
        before = _delivered(far)
        forge = [sys.executable, "-I", "-S", "-c", _FORGE, source, address]
        namespaces.namespace(near).run(forge, quiet=True)
        if evidence.answers(address, near, 1):  # and the other has a second to arrive
            return "answered"
        if _delivered(far) == before:
            return None
    return "arrived"


def _shop_lost() -> CheckResult | None:
    closed = _not_published()
    if closed is None:
        return None
    text = _("the vault is kept, but `shop` with it: {why}")
    return missing(text.format(why=closed.sentence))


def _delivered(name: str) -> int:
    """Return how many packets a namespace's network stack has taken in for itself."""
    return evidence.counters(name, "Ip")["InDelivers"]


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
