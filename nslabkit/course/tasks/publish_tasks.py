"""The tasks of lesson 11: a second published port, a name with two answers, a page that is gone."""

from __future__ import annotations

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.claims.further.street import NEIGHBOUR, OUTER, SHOP, URL, VISITOR
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence, published
from nslabkit.course.tasks.task import Task
from nslabkit.net import links, namespaces
from nslabkit.net.namespaces import HOST

_SECOND, _SECOND_PORT = "second", "8081"
_BROKEN = "broken"
_ANSWERS = {VISITOR: OUTER, SHOP: "172.16.0.3"}


def _second_url() -> str:
    return f"http://{OUTER}:{own('11.1', _SECOND_PORT)}/"


def _judge_second() -> CheckResult:
    url, wanted = _second_url(), own("11.1", _SECOND)
    absent = evidence.first_missing(NEIGHBOUR, VISITOR)
    if absent:
        return evidence.no_namespace(absent)
    if not published.listens(NEIGHBOUR, 80):
        text = _("no program listens on port 80 of `{name}`.")
        return missing(text.format(name=NEIGHBOUR))
    for who, spoken in ((VISITOR, f"`{VISITOR}`"), (None, _("the host"))):
        page = published.page(url, who)
        if page is None:
            text = _("{who} gets no page from {url} yet.")
            return missing(text.format(who=spoken, url=url))
        if page != wanted:
            text = _("{who} gets a page from {url}, but it does not say `{page}`.")
            return missing(text.format(who=spoken, url=url, page=wanted))
        port = int(own("11.1", _SECOND_PORT))
        if not published.ends_in(NEIGHBOUR, 80, address=OUTER, published=port, near=who):
            text = _("{who} gets the page, but not from port 80 of `{name}`.")
            return missing(text.format(who=spoken, name=NEIGHBOUR))
    text = own("11.1", _("port 8081 leads to `{name}`, from outside and from the host."))
    return right(text.format(name=NEIGHBOUR))


def _hints_second() -> tuple[str, str, str]:
    if evidence.first_missing(NEIGHBOUR, VISITOR):
        first = evidence.build_again()
    elif not published.listens(NEIGHBOUR, 80):
        first = _("Begin with the server: nobody listens on port 80 of `neighbour`.")
    elif published.page(_second_url(), VISITOR) is None:
        text = _("The server waits. Look at `nft list ruleset`: which rule is for port 8081?")
        first = own("11.1", text)
    else:
        first = _("The visitor gets in. Which stage do the packets of the host itself pass?")
    return (
        first,
        _("Compare with sections 1 and 2: the same two rules, with another port and address."),
        own(
            "11.1",
            _(
                "`nft add rule ip publish … tcp dport 8081 dnat to address:port`, in two chains; "
                "without a port, 8081 stays."
            ),
        ),
    )


def _name() -> str:
    return f"{own('11.2', _SECOND)}.test"


def _judge_names() -> CheckResult:
    absent = evidence.first_missing(*_ANSWERS)
    if absent:
        return evidence.no_namespace(absent)
    for who, wanted in _ANSWERS.items():
        found = _found(who)
        if not found:
            text = _("`{name}` finds no address for {host} yet.")
            return missing(text.format(name=who, host=_name()))
        if found != {wanted}:
            text = _("`{name}` finds {found} for {host}.")
            spoken = enumeration(sorted(found))
            return missing(text.format(name=who, found=spoken, host=_name()))
    return right(_("one name, and each of the two finds its own address."))


def _found(name: str) -> set[str]:
    """Return the addresses that programs of a namespace find for the name.

    By ``ip netns exec``, as its files in ``/etc/netns`` are what the task is about.
    """
    command = ["ip", "netns", "exec", name, "getent", "ahostsv4", _name()]
    said = HOST.run(command, quiet=True, timeout=20).stdout
    return {line.split()[0] for line in said.splitlines()}


def _hints_names() -> tuple[str, str, str]:
    if evidence.first_missing(*_ANSWERS):
        first = evidence.build_again()
    elif not any(_found(name) for name in _ANSWERS):
        first = _(
            "Two things can answer: a file, and a resolver. Look at `/etc/netns`: what is there?"
        )
    else:
        text = _(
            "Ask in both: `ip netns exec … getent ahostsv4 second.test`. Which one is not right?"
        )
        first = own("11.2", text)
    return (
        first,
        _("Compare with the end of section 3: what was in the file that was asked first?"),
        _("`/etc/netns/visitor/hosts` and `/etc/netns/shop/hosts`: address, space, name."),
    )


def _judge_mended() -> CheckResult:
    absent = evidence.first_missing(SHOP, VISITOR)
    if absent:
        return evidence.no_namespace(absent)
    if not _was_broken():
        return missing(_("nothing has been broken yet: run the cell above this task."))
    page = published.page(URL, VISITOR)
    if page is None:
        text = _("the visitor gets no page from {url} yet.")
        return missing(text.format(url=URL))
    if page != SHOP:
        return missing(
            _("the visitor gets a page, but it does not say `{page}`.").format(page=SHOP)
        )
    if not published.ends_in(SHOP, None, address=OUTER, published=8080, near=VISITOR):
        return missing(_("the visitor gets the page, but not from `{name}`.").format(name=SHOP))
    return right(_("the visitor's connection leads to `{name}` again.").format(name=SHOP))


def _was_broken() -> bool:
    """Return whether the lesson has broken something since ``visitor`` was built."""
    return bool(links.link("lo", VISITOR).json.get("ifalias") == _BROKEN)


def _hints_mended() -> tuple[str, str, str]:
    if evidence.first_missing(SHOP, VISITOR):
        first = evidence.build_again()
    elif not _was_broken():
        first = _("Run the cell above this task first: it chooses a fault.")
    elif _has_no_way_back():
        first = _("Does the question get to `shop`? It does. Then look at the way back.")
    else:
        first = _("Does the question get to `shop`? Record at `to-shop` while the visitor asks.")
    return (
        first,
        _("Compare what you see with what must be there: rule, forwarding, server, way back."),
        _(
            "`nft -a list ruleset`, `sysctl net.ipv4.ip_forward`, `ip -n shop route`; "
            "`nft delete rule ip publish CHAIN handle NUMBER` removes a rule."
        ),
    )


def _has_no_way_back() -> bool:
    shop = namespaces.namespace(SHOP)
    return shop.run(["ip", "route", "get", "203.0.113.9"], quiet=True).returncode != 0


TASKS = {
    "11.1": Task(_judge_second, _hints_second),
    "11.2": Task(_judge_names, _hints_names),
    "11.3": Task(_judge_mended, _hints_mended),
}
