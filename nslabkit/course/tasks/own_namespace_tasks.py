"""The tasks of lesson 2: names without a process, a name for a nameless one, neither of both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.claims.keepers import let_the_kernel_tidy_up
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence, inhabitants
from nslabkit.course.tasks.task import Task
from nslabkit.net import links, namespaces
from nslabkit.net.namespaces import HOST

if TYPE_CHECKING:
    from nslabkit.net.links import Link

_LEFT, _RIGHT, _FOUND = "left", "right", "found"
_TREASURE, _CANARY = "treasure", "canary"


def _judge_two_names() -> CheckResult:
    left, other = own("2.1", _LEFT), own("2.1", _RIGHT)
    unready = _not_one(left, other)
    if unready is not None:
        return unready
    inode = inhabitants.inode(left)
    if inode == HOST.inode:
        return missing(_("both are names of the host; it is to be a new namespace."))
    others = [
        name
        for name in namespaces.names()
        if name not in {left, other} and inhabitants.inode(name) == inode
    ]
    if others:
        return missing(_("it has another name, too: `{name}`.").format(name=others[0]))
    inside = namespaces.pids(left)
    if inside:
        return missing(_("process {pid} is still in it.").format(pid=inside[0]))
    return right(_("`{left}` and `{right}` are one namespace.").format(left=left, right=other))


def _not_one(left: str, other: str) -> CheckResult | None:
    """Return why the two names do not lead to one namespace, None if they do."""
    absent = evidence.first_missing(left, other)
    if absent:
        return missing(_("there is no name `{name}` yet.").format(name=absent))
    for name in (left, other):
        if Path(namespaces.namespace(name).path).stat().st_dev != Path(HOST.path).stat().st_dev:
            text = _("`{name}` is a file, and no namespace is mounted on it yet.")
            return missing(text.format(name=name))
    if inhabitants.inode(left) == inhabitants.inode(other):
        return None
    text = _("`{left}` and `{right}` are two namespaces; here they are to be one.")
    return missing(text.format(left=left, right=other))


def _hints_two_names() -> tuple[str, str, str]:
    left, other = own("2.1", _LEFT), own("2.1", _RIGHT)
    if evidence.first_missing(left, other) == left:
        first = _("Begin with one namespace of the name `{name}`.").format(name=left)
    elif not evidence.exists(other):
        first = _("Look at what `{name}` is: a file, and a mount on it.").format(name=left)
    elif (inside := inhabitants.inode(left)) and inside == inhabitants.inode(other):
        first = _(
            "Both names lead to one namespace. Look at who lives there: `ip netns pids {name}`."
        )
        first = first.format(name=left)
    else:
        first = _("Look at the numbers: `ls -i /run/netns`. One namespace has one number.")
    return (
        first,
        _("Compare with section 3: there a name was made by hand. What was mounted, and where?"),
        _("`touch` makes the file; `mount --bind` can mount what is mounted elsewhere already."),
    )


def _judge_found() -> CheckResult:
    found = own("2.2", _FOUND)
    if not _is_there(_TREASURE):
        text = _("the host has no link `{link}`: run the cell above the task again.")
        return missing(text.format(link=_TREASURE))
    if not evidence.exists(found):
        return missing(_("there is no name `{name}` yet.").format(name=found))
    far = _far_end(_TREASURE)
    if far is None or far.namespace.inode != inhabitants.inode(found):
        text = _("`{name}` is another namespace: `{link}` does not lead into it.")
        return missing(text.format(name=found, link=_TREASURE))
    return right(_("`{name}` is where `{link}` leads.").format(name=found, link=_TREASURE))


def _hints_found() -> tuple[str, str, str]:
    found = own("2.2", _FOUND)
    if not _is_there(_TREASURE):
        first = _("The link `{link}` went with its namespace: make both again.").format(
            link=_TREASURE
        )
    elif evidence.exists(found):
        first = _("Look into it: `ip -n {name} link`. Is that the one? Take the name away.").format(
            name=found
        )
    else:
        first = _("Look for what holds it: a process. `ps ax` lists them all.")
    return (
        first,
        _("Compare the candidates: what does `ip netns identify` say of each?"),
        _("`ip netns attach` gives the namespace of a process a name."),
    )


def _judge_canary() -> CheckResult:
    canary = own("2.3", _CANARY)
    let_the_kernel_tidy_up()  # what is about to die would still be there
    if not _is_there(canary):
        text = _("the host has no link `{link}`; if you made it, its namespace has gone.")
        return missing(text.format(link=canary))
    if not _leads_out(canary):
        text = _("`{link}` does not lead into another namespace.")
        return missing(text.format(link=canary))
    far = _far_end(canary)
    if far is None:
        return right(_("it lives, with neither a name nor a process in it."))
    if far.namespace.name:
        text = _("its namespace still has a name: `{name}`.")
        return missing(text.format(name=far.namespace.name))
    pid = far.namespace.path.split("/")[2]  # /proc/PID/ns/net
    return missing(_("process {pid} is still in its namespace.").format(pid=pid))


def _hints_canary() -> tuple[str, str, str]:
    canary = own("2.3", _CANARY)
    if not _is_there(canary):
        first = _("Make a namespace with a name, and a wire from the host into it: `{link}`.")
    elif not _leads_out(canary):
        first = _("Look at `ip link show {link}`: where is its other end?")
    else:
        first = _("The wire is there. What must hold the namespace before its name goes?")
    return (
        first.format(link=canary),
        _("Compare a file that you delete while a program has it open: when does it go?"),
        _("`open` in Python keeps a file open as long as you keep what it returns."),
    )


def _is_there(link: str) -> bool:
    return any(found.name == link for found in links.links())


def _leads_out(link: str) -> bool:
    """Return whether a link of the host is a veth whose other end is in another namespace."""
    said = HOST.run(["ip", "-j", "-d", "link", "show", link], quiet=True).stdout
    kinds = [entry.get("linkinfo", {}).get("info_kind") for entry in json.loads(said or "[]")]
    return kinds == ["veth"] and "link_netnsid" in links.link(link).json


def _far_end(link: str) -> Link | None:
    """Return the other end of a link of the host, None where no name and no process leads there."""
    try:
        return links.peer(link)
    except NotFoundError:
        return None


TASKS = {
    "2.1": Task(_judge_two_names, _hints_two_names),
    "2.2": Task(_judge_found, _hints_found),
    "2.3": Task(_judge_canary, _hints_canary),
}
