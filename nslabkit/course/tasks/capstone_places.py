"""Who lives where on the blank page: names and addresses that its specification gives."""

from __future__ import annotations

from pathlib import Path

from nslabkit.base.errors import NslabError
from nslabkit.base.language import translate as _
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence, waiting
from nslabkit.net import namespaces

SHOP, VAULT = "shop", "vault"
HOSTS = {SHOP: "172.16.0.2", VAULT: "172.16.0.3"}
BRIDGE = "172.16.0.1"  # the host's address on the containers' network
OUTER = "203.0.113.1"  # and in the world
_PORT = "8080"
VISITOR, VISITOR_AT = "visitor", "203.0.113.9"
SNOOP, SNOOP_AT = "snoop", "203.0.113.66"
OWN_KINDS = ("mnt", "net", "pid", "uts")


def port() -> int:
    """Return the host's port at which the world finds the shop."""
    return int(own("20.4", _PORT))


def process_of(name: str) -> int | None:
    """Return the process in a container's network that is most apart, of those with its host name.

    The program that started it may be in its network, too, and share the rest with this notebook.
    """
    try:
        inode = namespaces.namespace(name).inode
    except NslabError:
        return None
    inside = [
        pid
        for pid in waiting.others()
        if waiting.number("net", pid) == inode and waiting.host_name(pid) == name
    ]
    return max(inside, key=_apart, default=None)


def _apart(pid: int) -> int:
    return len(waiting.kinds_of_its_own(pid)) + (root_of(pid) != root_of(waiting.notebook()))


def root_of(pid: int | str) -> tuple[int, int] | None:
    """Return what a process has as its ``/``: device and inode."""
    try:
        found = Path(f"/proc/{pid}/root/.").stat()
    except OSError:  # ended meanwhile
        return None
    return found.st_dev, found.st_ino


def unlike_given() -> str | None:
    """Return what is no longer as the page's own cell made it, None if all is."""
    again = _("run the cell of section 1 again.")
    absent = evidence.first_missing(VISITOR, SNOOP)
    if absent:
        return _("there is no namespace `{name}`: {again}").format(name=absent, again=again)
    for name, address in ((VISITOR, VISITOR_AT), (SNOOP, SNOOP_AT)):
        if not evidence.has_address(address, name) or not evidence.answers(OUTER, name, 1):
            text = _("`{name}`, {address}, does not reach the host at {outer}: {again}")
            return text.format(name=name, address=address, outer=OUTER, again=again)
    if any(_way(VISITOR, address) for address in HOSTS.values()):
        return _("the visitor knows a way to 172.16.0.0/24 now; it was to know none.")
    if f" via {OUTER} " not in _way(SNOOP, HOSTS[VAULT]):
        return _("the snoop has lost its way to 172.16.0.0/24: {again}").format(again=again)
    return None


def _way(name: str, address: str) -> str:
    """Return by which way somebody in the world would send to an address, nothing if by none."""
    where = namespaces.namespace(name)
    found = where.run(["ip", "route", "get", address], quiet=True)
    return found.stdout if found.returncode == 0 else ""
