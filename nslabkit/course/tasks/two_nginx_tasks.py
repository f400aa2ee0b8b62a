"""The tasks of lesson 5: a server without a number, a third one, and two that share a port."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from dataclasses import dataclass

from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence, inhabitants, two_addresses
from nslabkit.course.tasks.task import Task
from nslabkit.net import addresses, namespaces
from nslabkit.net.namespaces import HOST

_FIRST, _SECOND = "netns1", "netns2"
_PLACES = (None, _FIRST, _SECOND)
_PAGES = ("one", "two")  # of the servers that the lesson has started
_PAGE = "three"
_NEAR = "172.16.1.1"
_SHARED = "8081"
_PATIENCE = 2.0  # seconds for a page


@dataclass(frozen=True)
class _Server:
    """A socket that listens on port 80: its address, where it is, and whose it is."""

    address: str
    namespace: str | None
    pids: frozenset[str]


def _listening(namespace: str | None, port: int) -> list[_Server]:
    """Return who listens on a port of a namespace: ``ss -Hltnp sport = :PORT``."""
    where = namespaces.namespace(namespace)
    said = where.run(["ss", "-Hltnp", "sport", "=", f":{port}"], check=True, quiet=True).stdout
    return [
        _Server(line.split()[3], namespace, frozenset(re.findall(r"pid=(\d+)", line)))
        for line in said.splitlines()
    ]


def _judge_stopped() -> CheckResult:
    if not evidence.exists(_FIRST):
        return evidence.no_namespace(_FIRST)
    left = inhabitants.nameless()
    if left is not None:
        return missing(_("process {pid} runs in a namespace without a name.").format(pid=left))
    inside = namespaces.pids(_FIRST)
    if inside:
        text = _("process {pid} is still in `{name}`.")
        return missing(text.format(pid=inside[0], name=_FIRST))
    if not evidence.answers(_NEAR, None, 1):
        text = _("nothing runs in `{name}`, but the host no longer reaches it at {address}.")
        return missing(text.format(name=_FIRST, address=_NEAR))
    return right(_("the server has ended, and `{name}` is as it was.").format(name=_FIRST))


def _hints_stopped() -> tuple[str, str, str]:
    if not evidence.exists(_FIRST):
        first = evidence.build_again()
    elif namespaces.pids(_FIRST):
        first = _("The pid file is of no use. Look for the processes that are in `{name}`.")
    elif inhabitants.nameless() is not None:
        first = _("Look at `lsns -t net`: a process is in a namespace to which no name leads.")
    else:
        first = _("Nothing runs in `{name}`. Look at its wire: `lab.picture()`.")
    return (
        first.format(name=_FIRST),
        _("Compare what lesson 2 asked: *who is in there?*"),
        _("`ip netns pids` lists them, and `kill` ends a process by its number."),
    )


def _judge_third() -> CheckResult:
    refusal = _no_third_namespace()
    if refusal is not None:
        return refusal
    servers = [server for place in _PLACES for server in _listening(place, 80)]
    pages = (*_PAGES, own("5.2", _PAGE))
    owners = {page: _owner(page, servers) for page in pages}
    for page, owner in owners.items():
        if owner is None:
            text = _("no server on port 80 answers the host with the page `{page}`.")
            return missing(text.format(page=page))
    processes = [owner.pids for owner in owners.values() if owner is not None]
    if len(frozenset().union(*processes)) < sum(map(len, processes)):
        return missing(_("the three pages do not come from three servers."))
    return right(_("three servers on port 80, and two namespaces besides the host."))


def _no_third_namespace() -> CheckResult | None:
    """Return what is wrong with the namespaces, None if it is these two."""
    absent = evidence.first_missing(_FIRST, _SECOND)
    if absent:
        return evidence.no_namespace(absent)
    known = {None, HOST.inode, *map(inhabitants.inode, (_FIRST, _SECOND))}
    for name in namespaces.names():
        if inhabitants.inode(name) not in known:
            return missing(_("`{name}` is a third namespace.").format(name=name))
    left = inhabitants.nameless()
    if left is not None:
        return missing(_("process {pid} runs in a namespace without a name.").format(pid=left))
    return None


def _owner(page: str, servers: list[_Server]) -> _Server | None:
    """Return the server that answers the host with a page."""
    for server in servers:
        for address in _reached_at(server):
            if _page(address) == page:
                return server
    return None


def _reached_at(server: _Server) -> list[str]:
    """Return the addresses by which the host may reach a server."""
    address = server.address.rpartition(":")[0].partition("%")[0]
    if address not in {"*", "0.0.0.0", "[::]"}:  # noqa: S104 - as ss shows it
        known = [address]
    else:
        entries = addresses.addresses(server.namespace)
        known = [entry.address.split("/")[0] for entry in entries if ":" not in entry.address]
    # A loopback address of another namespace would lead to the host's own.
    return [one for one in known if server.namespace is None or not one.startswith("127.")]


def _page(address: str) -> str:
    """Return the text of the page at an address, without its marks."""
    # No proxy that the user's environment names: it knows nothing of this address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{address}/", timeout=_PATIENCE) as answer:
            text = answer.read(10_000).decode(errors="replace")
    except (OSError, ValueError, urllib.error.URLError):
        return ""  # no page: that is what the judge asks
    return re.sub(r"<[^>]*>", "", text).strip()


def _hints_third() -> tuple[str, str, str]:
    here = _listening(None, 80)
    if evidence.first_missing(_FIRST, _SECOND):
        first = evidence.build_again()
    elif _no_third_namespace() is not None:
        first = _(
            "Look at `lsns -t net`: here three servers are to share two namespaces and the host."
        )
    elif here:
        first = _("Somebody listens on port 80 of the host. Fetch the page: `curl`.")
    else:
        first = _("Look at the three lists of `ss -ltn sport = :80`: where is the port free?")
    return (
        first,
        _("Compare with the first server: its folder, its page, its pid file. Make a third one."),
        _("The host is a namespace, too. Start the server without `ip netns exec`."),
    )


def _judge_shared() -> CheckResult:
    port = own("5.3", _SHARED)
    place = f"127.0.0.1:{port}"
    here = [server for server in _listening(None, int(port)) if server.address == place]
    if not here:
        return missing(_("nobody listens at {place} on the host.").format(place=place))
    if len(here) == 1:
        return missing(_("one socket listens at {place}, not two.").format(place=place))
    return right(_("{number} sockets share {place}.").format(number=len(here), place=place))


def _hints_shared() -> tuple[str, str, str]:
    port = own("5.3", _SHARED)
    here = [server.address for server in _listening(None, int(port))]
    if not here:
        first = own("5.3", _("Nobody listens on port 8081 yet: `ss -ltn sport = :8081`."))
    elif here.count(f"127.0.0.1:{port}"):
        first = _("The first one listens. Did it ask to share? Both have to, before they bind.")
    else:
        text = _("Look at the addresses in `ss -ltn sport = :8081`: are they the one asked for?")
        first = own("5.3", text)
    return (
        first,
        _("Compare the two answers to “same address, same port”: refused, and allowed. Who asks?"),
        _("The option is `SO_REUSEPORT`. Python's `socket.create_server` has `reuse_port`."),
    )


TASKS = {
    "5.1": Task(_judge_stopped, _hints_stopped),
    "5.2": Task(_judge_third, _hints_third),
    "5.3": Task(_judge_shared, _hints_shared),
    "5.4": Task(two_addresses.judge, two_addresses.hints),
}
