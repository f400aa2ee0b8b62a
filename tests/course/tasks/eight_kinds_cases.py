"""What is tried for the tasks of lesson 6."""

from task_cases import Case

_NONE_WAITS = "rm -f /run/kind /run/hidden.pid\n"
_CAVE = "sh -c 'hostname cave; exec sleep infinity' >/dev/null 2>&1 &\n"
_ASLEEP = "timeout 5 sh -c 'until pgrep -x sleep; do :; done' >/dev/null\n"
_LATER = f"""
unshare --uts sleep infinity >/dev/null 2>&1 & pid=$!
{_ASLEEP}nsenter --uts=/proc/$pid/ns/uts hostname cave
"""
_THERE = "sh -c 'mount -t tmpfs none /mnt; touch /mnt/only-there; exec sleep infinity'"
_BOUND = """
mkdir -p /run/there; touch /run/there/only-there
unshare --mount sh -c 'mount --bind /run/there /mnt; exec sleep infinity' >/dev/null 2>&1 &
"""
_HIDE = "unshare --ipc sleep infinity >/dev/null 2>&1 & echo $! >/run/hidden.pid\n"
_AWAY = """>/dev/null 2>&1 &
timeout 5 sh -c 'until pgrep -x sleep; do :; done' >/dev/null
"""
_BY_HAND = f"""
unshare --pid --mount --fork sh -c 'mount -t proc proc /proc; exec sleep infinity' {_AWAY}
"""

CASES = (
    Case(
        "6.1",
        before=_NONE_WAITS,
        right=(f"unshare --uts {_CAVE}{_ASLEEP}", _LATER),
        wrong=(
            f"unshare --uts --net {_CAVE}{_ASLEEP}",
            f"unshare --uts sleep infinity >/dev/null 2>&1 &\n{_ASLEEP}",
            f"sleep infinity >/dev/null 2>&1 &\n{_ASLEEP}",
            "unshare --uts hostname cave",
        ),
    ),
    Case(
        "6.2",
        before=_NONE_WAITS,
        right=(
            f"unshare --mount {_THERE} >/dev/null 2>&1 &\n{_ASLEEP}",
            f"{_BOUND}{_ASLEEP}",
            f"unshare --mount --uts --pid --fork {_THERE} >/dev/null 2>&1 &\n{_ASLEEP}",
        ),
        wrong=(
            f"unshare --mount sleep infinity >/dev/null 2>&1 &\n{_ASLEEP}",
            "unshare --mount sh -c 'mount -t tmpfs none /mnt; touch /mnt/only-there'",
            f"unshare --uts sleep infinity >/dev/null 2>&1 &\n{_ASLEEP}",
            (
                f"unshare --mount sh -c 'mount -t tmpfs none /mnt; exec sleep infinity' "
                f">/dev/null 2>&1 &\n{_ASLEEP}"
            ),
        ),
    ),
    Case(
        "6.3",
        before=f"{_NONE_WAITS}{_HIDE}{_ASLEEP}",
        right=(
            "echo ipc >/run/kind",
            "#python\nopen('/run/kind', 'w').write(' ipc ')",
        ),
        wrong=(
            "echo net >/run/kind",
            "echo network >/run/kind",
            "echo ipc net uts >/run/kind",
            ": >/run/kind",
            "echo ipc >/run/kind; pkill -x sleep",
        ),
    ),
    Case(
        "6.4",
        before="true",
        right=(
            f"unshare --pid --fork --mount-proc sleep infinity {_AWAY}",
            _BY_HAND,
            f"unshare --user --map-root-user --pid --fork --mount-proc sleep infinity {_AWAY}",
        ),
        wrong=(
            f"unshare --pid --fork sleep infinity {_AWAY}",
            f"unshare --pid --mount --fork sleep infinity {_AWAY}",
            f"unshare --mount sh -c 'mount -t proc proc /proc; exec sleep infinity' {_AWAY}",
            "unshare --pid --fork --mount-proc true",
        ),
    ),
)
