"""Checks of namespaces: are they as the lesson's step leaves them?"""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, kindly, missing, right
from nslabkit.net import links, namespaces
from nslabkit.net.link_names import GIVEN

_NAMES = "/run/netns"  # where ip-netns(8) keeps names; /var/run is a link to /run
_MOUNT_POINT, _TYPE = 4, "nsfs"  # fifth field of /proc/self/mountinfo, proc_pid_mountinfo(5)


@kindly
def namespace_exists(name: str) -> CheckResult:
    """Check that ``ip netns`` lists `name`.

    Parameters
    ----------
    name : str
        The namespace's name.
    """
    if name in namespaces.names():
        links.links(name)  # enters it: a file of that name may have lost its mount
        return right(_("the namespace {name} exists.").format(name=name))
    return missing(
        _("there is no namespace {name}. Type: !ip netns add {typed}").format(
            name=name, typed=shlex.quote(name)
        )
    )


@kindly
def name_mounted(name: str) -> CheckResult:
    """Check that the name is a mount point of the namespace with the same inode number.

    ``grep NAME /proc/self/mountinfo`` and ``ls -i /run/netns`` show both.

    Parameters
    ----------
    name : str
        The namespace's name.
    """
    namespaces.namespace(name)
    path = f"{_NAMES}/{name}"
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if fields[_MOUNT_POINT] == path and _TYPE in fields:
            root, inode = fields[3], os.stat(path).st_ino  # noqa: PTH116 - path is a str here
            if root == f"net:[{inode}]":
                return right(
                    _("{path} is a mount point, and behind it is namespace number {inode}.").format(
                        path=path, inode=inode
                    )
                )
    return missing(
        _("no namespace is mounted on {path}. Type: !ip netns add {name}").format(
            path=path, name=shlex.quote(name)
        )
    )


@kindly
def only_lo(name: str) -> CheckResult:
    """Check that a namespace is like a new one: one link, ``lo``, and it is down.

    Parameters
    ----------
    name : str
        The namespace's name.
    """
    there = links.links(name)
    others = [link.name for link in there if link.name not in GIVEN]
    if others:
        return missing(
            _("besides lo, {name} has: {others}. A new namespace has only lo.").format(
                name=name, others=enumeration(others)
            )
        )
    if any(link.up for link in there):
        return missing(
            _("lo in {name} is up. Type: !ip netns exec {typed} ip link set lo down").format(
                name=name, typed=shlex.quote(name)
            )
        )
    return right(_("{name} has one link, lo, and it is down.").format(name=name))


@kindly
def empty() -> CheckResult:
    """Check that the sandbox is as at its start: no named namespace, and no link but ``lo``."""
    names = sorted(namespaces.names())
    if names:
        return missing(
            _("still there: {names}. Type: !ip netns del {typed}").format(
                names=enumeration(names), typed=shlex.quote(names[0])
            )
        )
    others = [link.name for link in links.links() if link.name not in GIVEN]
    if others:
        return missing(
            _("the host still has the link {link}. Type: !ip link del {link}").format(
                link=others[0]
            )
        )
    return right(_("the sandbox is empty: no namespace but the host, no link but lo."))
