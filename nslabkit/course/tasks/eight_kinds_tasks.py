"""The tasks of lesson 6: one kind of namespace alone, a file for one process, a hidden process."""

from __future__ import annotations

from pathlib import Path

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.own_values import own
from nslabkit.course.tasks import waiting
from nslabkit.course.tasks.task import Task

_CAVE = "cave"
_FILE = "only-there"
_HIDDEN, _ANSWER = Path("/run/hidden.pid"), Path("/run/kind")


def _judge_cave() -> CheckResult:
    cave = own("6.1", _CAVE)
    if waiting.host_name("self") == cave:
        text = _("this notebook's own host name is `{name}` now: it was to be another's.")
        return missing(text.format(name=cave))
    inside = _in_the_cave()
    if not inside:
        return missing(_("no process waits with the host name `{name}`.").format(name=cave))
    more = [waiting.kinds_of_its_own(pid) for pid in inside]
    if ["uts"] not in more:
        text = _("the process has more than a UTS namespace to itself: {kinds}.")
        return missing(text.format(kinds=enumeration(more[0])))
    return right(_("it has its own host name, and shares all else with this notebook."))


def _in_the_cave() -> list[int]:
    cave = own("6.1", _CAVE)
    apart = [pid for pid in waiting.others() if "uts" in waiting.kinds_of_its_own(pid)]
    return [pid for pid in apart if waiting.host_name(pid) == cave]


def _hints_cave() -> tuple[str, str, str]:
    if not any("uts" in waiting.kinds_of_its_own(pid) for pid in waiting.others()):
        first = _("Look at `lsns -t uts`: nobody waits in a UTS namespace of their own yet.")
    elif not _in_the_cave():
        first = _("Look into it with `nsenter`: which host name does the waiting process have?")
    else:
        first = _("Look at `ls -l /proc/PID/ns`: which lines differ from those of `self`?")
    return (
        first,
        _("Compare with `box` in section 2: it waits with `sleep infinity`, in the background."),
        _("`unshare --uts` makes the namespace; `hostname NAME` inside sets the name."),
    )


def _judge_file() -> CheckResult:
    path = f"/mnt/{own('6.2', _FILE)}"
    if waiting.notebooks_file(path).exists():
        return missing(_("this notebook sees `{path}`, too.").format(path=path))
    seeing = [pid for pid in waiting.others() if waiting.sees(pid, path)]
    if not seeing:
        return missing(_("no waiting process sees a file `{path}`.").format(path=path))
    if not any("mnt" in waiting.kinds_of_its_own(pid) for pid in seeing):
        return missing(_("the process sees the file, but shares this notebook's mounts."))
    return right(_("the process sees `{path}`, and this notebook does not.").format(path=path))


def _hints_file() -> tuple[str, str, str]:
    apart = any("mnt" in waiting.kinds_of_its_own(pid) for pid in waiting.others())
    if not apart:
        first = _("Look at `lsns -t mnt`: which kind decides where files are mounted?")
    else:
        first = _("Look with the eyes of the process: `ls /proc/PID/root/mnt`.")
    return (
        first,
        _("Compare with `mnt` in section 3: there the file system was gone after the command."),
        _("`unshare --mount`, then `mount -t tmpfs`, `touch` and `exec sleep infinity` inside."),
    )


def _judge_hidden() -> CheckResult:
    pid = _hidden()
    if pid is None:
        return missing(_("no hidden process waits: run the cell that starts it."))
    if not _ANSWER.is_file():
        return missing(_("there is no file `{path}` yet.").format(path=_ANSWER))
    words = _ANSWER.read_text(encoding="utf-8", errors="replace").split()
    if len(words) != 1:
        return missing(_("`{path}` is to hold one name, and nothing else.").format(path=_ANSWER))
    if words[0] not in waiting.KINDS:
        text = _("`{word}` is not one of the names in `/proc/PID/ns`.")
        return missing(text.format(word=words[0]))
    if words != waiting.kinds_of_its_own(pid):
        text = _("the hidden process shares its `{word}` namespace with this notebook.")
        return missing(text.format(word=words[0]))
    return right(_("it is `{word}`, and nothing else.").format(word=words[0]))


def _hidden() -> int | None:
    """Return the hidden process, if it is there and has a namespace to itself."""
    try:
        pid = int(_HIDDEN.read_text(encoding="ascii", errors="replace"))
    except (OSError, ValueError):
        return None
    return pid if waiting.kinds_of_its_own(pid) else None


def _hints_hidden() -> tuple[str, str, str]:
    if _hidden() is None:
        first = _("First run the cell that starts the hidden process.")
    else:
        first = _("Look at `/proc/PID/ns`; the number of the process is in `/run/hidden.pid`.")
    return (
        first,
        _("Compare its eight numbers with those of `self`: one of them differs."),
        _("`readlink /proc/PID/ns/*` prints the numbers; `echo NAME >/run/kind` answers."),
    )


def _judge_first() -> CheckResult:
    apart = [pid for pid in waiting.others() if "pid" in waiting.kinds_of_its_own(pid)]
    firsts = [pid for pid in apart if waiting.number_inside(pid) == 1]
    if not firsts:
        return missing(_("no waiting process is number 1 in a PID namespace of its own."))
    for pid in firsts:
        inside = {
            waiting.number_inside(other)
            for other in apart
            if waiting.number("pid", other) == waiting.number("pid", pid)
        }
        if waiting.listed(pid) == inside:
            return right(_("it is number 1, and its `/proc` lists nobody from outside."))
    return missing(_("it is number 1, but its `/proc` lists the processes of another namespace."))


def _hints_first() -> tuple[str, str, str]:
    apart = [pid for pid in waiting.others() if "pid" in waiting.kinds_of_its_own(pid)]
    if not apart:
        first = _("Look at `lsns -t pid`: nobody waits in a PID namespace of their own yet.")
    else:
        first = _("Look with the eyes of the process: `ls /proc/PID/root/proc`. Whose numbers?")
    return (
        first,
        _("Compare with `pid` in section 3: which process gets number 1, and what does `ps` read?"),
        _("`unshare --pid --fork --mount-proc`: the child is number 1, and `/proc` is new."),
    )


TASKS = {
    "6.1": Task(_judge_cave, _hints_cave),
    "6.2": Task(_judge_file, _hints_file),
    "6.3": Task(_judge_hidden, _hints_hidden),
    "6.4": Task(_judge_first, _hints_first),
}
