"""The tasks of lesson 7: a way out for the box, a resolver, a second process in its network."""

from __future__ import annotations

from pathlib import Path

from nslabkit.base.errors import NslabError
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence, waiting
from nslabkit.course.tasks.task import Task
from nslabkit.net import namespaces

_BOX, _OUTSIDE, _FAR, _SECOND = "box", "outside", "203.0.113.9", "second"
_RESOLVER = "/etc/resolv.conf"


def _judge_way_out() -> CheckResult:
    far = own("7.1", _FAR)
    if _box() is None:
        return _no_box()
    if not evidence.exists(_OUTSIDE):
        return evidence.no_namespace(_OUTSIDE)
    if not evidence.has_address(far, _OUTSIDE):
        return evidence.no_address(far, _OUTSIDE)
    unreached = evidence.unreached(_BOX, _OUTSIDE, far)
    if unreached is not None:
        return unreached
    if evidence.next_to(far, _BOX):
        return missing(_("the box reaches it on its own wire; a router was to be between them."))
    return right(_("the box reaches {address}, beyond its own wire.").format(address=far))


def _judge_resolver() -> CheckResult:
    far = own("7.2", _FAR)
    pid = _box()
    if pid is None:
        return _no_box()
    if far in _asked(waiting.notebooks_file(_RESOLVER)):
        return missing(_("this machine asks {address} now, too.").format(address=far))
    inside = Path(f"/proc/{pid}/root{_RESOLVER}")
    if not inside.is_file():
        return missing(_("the box has no file `{path}` yet.").format(path=_RESOLVER))
    if far not in _asked(inside):
        text = _("no line of the box's `{path}` names {address} as a server to ask.")
        return missing(text.format(path=_RESOLVER, address=far))
    return right(_("programs in the box ask {address} for names.").format(address=far))


def _asked(path: Path) -> list[str]:
    """Return the servers that a resolver's file names, as ``resolv.conf(5)`` reads it."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    pairs = [line.split()[:2] for line in lines if line.startswith("nameserver")]
    return [pair[1] for pair in pairs if len(pair) > 1 and pair[0] == "nameserver"]


def _judge_second() -> CheckResult:
    second = own("7.3", _SECOND)
    pid = _box()
    if pid is None:
        return _no_box()
    if waiting.host_name(pid) == second:
        return missing(_("the box itself is called `{name}` now.").format(name=second))
    named = [other for other in waiting.others() if waiting.host_name(other) == second]
    if not named or waiting.host_name("self") == second:
        return missing(_("no other process waits with the host name `{name}`.").format(name=second))
    if not any(waiting.number("net", other) == waiting.number("net", pid) for other in named):
        text = _("`{name}` waits, but not in the network of the box.")
        return missing(text.format(name=second))
    return right(_("two host names, one network: a pod of two."))


def _box() -> int | None:
    """Return the first process in the network `box` that has mounts and a host name of its own."""
    try:
        inode = namespaces.namespace(_BOX).inode
    except NslabError:
        return None
    for pid in waiting.others():
        kinds = set(waiting.kinds_of_its_own(pid))
        if waiting.number("net", pid) == inode and {"mnt", "uts"} <= kinds:
            return pid
    return None


def _no_box() -> CheckResult:
    return missing(_('no process waits in a network `box`: `lab.catch_up("7.5")` builds the box.'))


def _hints_way_out() -> tuple[str, str, str]:
    far = own("7.1", _FAR)
    if not evidence.exists(_OUTSIDE):
        first = _("Begin with `outside`: a wire from the host to it, an address on each end.")
    elif evidence.has_address(far, None):
        first = _("The host itself has {address}, so a packet to it goes no further.").format(
            address=far
        )
    elif not evidence.answers(far, None, 1):
        first = _("Look from the host first: does it reach {address}?").format(address=far)
    else:
        first = _("The host reaches it. Look at `ip -n outside route get 172.16.0.2`.")
    return (
        first,
        _("Compare with section 4 of lesson 4: forwarding on the host, and a way for the answer."),
        _("`sysctl -w net.ipv4.ip_forward=1`, and `nft … masquerade` or `ip route add … via …`."),
    )


def _hints_resolver() -> tuple[str, str, str]:
    return (
        _("Look at `{enter} ls /etc`, and at `/etc/resolv.conf` of this machine."),
        _("Compare the files in here with those in `/run/box`: what is the box's `/`?"),
        _("A line `nameserver ADDRESS` (`man resolv.conf`), written by `echo … >FILE`."),
    )


def _hints_second() -> tuple[str, str, str]:
    pid, second = _box(), own("7.3", _SECOND)
    if pid is not None and waiting.host_name(pid) == second:
        first = _("The box has the name now: who enters its UTS namespace changes its name.")
    elif any(waiting.host_name(other) == second for other in waiting.others()):
        first = _("It waits. Look at `ls -l /proc/PID/ns/net` of both: is it the same namespace?")
    else:
        first = _("Look at section 8: that second container ended with its last command.")
    return (
        first,
        _("Compare `ls -l /proc/PID/ns` of both: `net` the same, `uts` another."),
        _("`nsenter --user --net`, in it `unshare --uts`, in it `sleep infinity`, and `&`."),
    )


TASKS = {
    "7.1": Task(_judge_way_out, _hints_way_out),
    "7.2": Task(_judge_resolver, _hints_resolver),
    "7.3": Task(_judge_second, _hints_second),
}
