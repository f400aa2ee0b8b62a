"""System calls that the sandbox needs and Python 3.11 does not offer.

Each wrapper raises `StageError`, which names the step that failed: the diagnosis of a machine
that cannot start a sandbox begins with that name.
"""

from __future__ import annotations

import ctypes
import errno as _errno
import os
import struct

# <linux/sched.h>, namespaces(7)
NAMESPACE_FLAGS = {
    "mnt": 0x00020000,
    "cgroup": 0x02000000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}

# <linux/mount.h>, mount(2)
MS_RDONLY = 1
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_REMOUNT = 32
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MS_SLAVE = 1 << 19
MNT_DETACH = 2

_PR_SET_PDEATHSIG = 1
_PR_SET_NAME = 15
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522
_AF_INET, _SOCK_DGRAM_CLOEXEC = 2, 2 | 0o2000000
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1
_IN_CREATE = 0x100

# Numbers of calls that the C library may not know; the same on every processor since Linux 5.1.
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_OPEN_TREE_CLONE, _AT_NO_AUTOMOUNT, _AT_RECURSIVE, _AT_EMPTY_PATH = 1, 0x800, 0x8000, 0x1000
_MOVE_FROM_DESCRIPTOR = 4  # MOVE_MOUNT_F_EMPTY_PATH
_ATTRIBUTE_IDMAP = 0x00100000
_AT_FDCWD = -100
_PR_SET_DUMPABLE = 4

_libc = ctypes.CDLL(None, use_errno=True)
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}


class StageError(Exception):
    """A step of making a sandbox failed.

    Parameters
    ----------
    stage : str
        The step, in words without spaces (``"user-namespace"``, ``"mount:/proc"``).
    errno : int
        The kernel's error number; 0 where the kernel was not the one to refuse.
    detail : str
        What a program said, or the path concerned; may be empty.
    """

    def __init__(self, stage: str, errno: int, detail: str = "") -> None:
        super().__init__(stage, errno, detail)
        self.stage = stage
        self.errno = errno
        self.detail = detail

    def encode(self) -> bytes:
        """Return the error as one line, to be sent to the process that waits for the sandbox."""
        return f"failed\t{self.stage}\t{self.errno}\t{self.detail}".encode(errors="replace")

    @classmethod
    def decode(cls, line: bytes) -> StageError:
        """Return the error that `encode` made `line` of; anything else becomes its detail."""
        fields = line.decode(errors="replace").split("\t", 3)
        if len(fields) == 4 and fields[0] == "failed" and fields[2].isdigit():  # noqa: PLR2004 - as encode writes it
            return cls(fields[1], int(fields[2]), fields[3])
        return cls("launcher", 0, line.decode(errors="replace"))


def _check(stage: str, result: int) -> int:
    if result < 0:
        raise StageError(stage, ctypes.get_errno())
    return result


def write_map(path: str, text: str) -> None:
    """Write a file of ``/proc/PID`` that says who is who."""
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(text)
    except OSError as error:
        raise StageError("map", error.errno or 0, path) from None


def unshare(kind: str) -> None:
    """Leave the namespace of `kind` for a new one (``unshare(2)``)."""
    stage = f"{kind}-namespace"
    _check(stage, _libc.unshare(NAMESPACE_FLAGS[kind]))


def join(descriptor: int, kinds: tuple[str, ...]) -> None:
    """Enter the namespaces `kinds` of the process behind a pidfd (``setns(2)``, Linux 5.8)."""
    flags = 0
    for kind in kinds:
        flags |= NAMESPACE_FLAGS[kind]
    _check("join", _libc.setns(descriptor, flags))


def join_namespace(descriptor: int, kind: str) -> None:
    """Enter the one namespace behind an open ``/proc/PID/ns`` file (``setns(2)``)."""
    _check(f"{kind}-namespace", _libc.setns(descriptor, NAMESPACE_FLAGS[kind]))


def mount(
    source: str | None,
    target: str,
    kind: str | None,
    flags: int = 0,
    options: str | None = None,
) -> None:
    """Mount `source` on `target` (``mount(2)``)."""

    def encode(text: str | None) -> bytes | None:
        return None if text is None else os.fsencode(text)

    result = _libc.mount(
        encode(source), encode(target), encode(kind), ctypes.c_ulong(flags), encode(options)
    )
    _check(f"mount:{target}", result)


def umount(target: str, flags: int = 0) -> None:
    """Take away what is mounted on `target` (``umount2(2)``)."""
    _check(f"umount:{target}", _libc.umount2(os.fsencode(target), flags))


def clone_tree(path: str, *, recursive: bool) -> int:
    """Return a descriptor of a copy of the mount at `path` (``open_tree(2)``)."""
    flags = _OPEN_TREE_CLONE | os.O_CLOEXEC | _AT_NO_AUTOMOUNT | (_AT_RECURSIVE * recursive)
    number = ctypes.c_long(_OPEN_TREE)
    result = _libc.syscall(number, _AT_FDCWD, os.fsencode(path), ctypes.c_uint(flags))
    return _check(f"mount:{path}", result)


def shift_tree(tree: int, user_namespace: int) -> bool:
    """Shift the owners in `tree` by the map of a user namespace; whether its kind allows that.

    ``mount_setattr(2)``, Linux 5.12.
    """
    attributes = struct.pack("QQQQ", _ATTRIBUTE_IDMAP, 0, 0, user_namespace)
    result = _libc.syscall(
        ctypes.c_long(_MOUNT_SETATTR), tree, b"", _AT_EMPTY_PATH, attributes, len(attributes)
    )
    return bool(result == 0)


def move_tree(tree: int, target: str) -> None:
    """Mount the copy `tree` on `target` (``move_mount(2)``)."""
    result = _libc.syscall(
        ctypes.c_long(_MOVE_MOUNT),
        tree,
        b"",
        _AT_FDCWD,
        os.fsencode(target),
        _MOVE_FROM_DESCRIPTOR,
    )
    _check(f"mount:{target}", result)


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root of this mount namespace (``pivot_root(2)``)."""
    number = _PIVOT_ROOT.get(os.uname().machine)
    if number is None:
        raise StageError("pivot-root", _errno.ENOSYS)
    result = _libc.syscall(ctypes.c_long(number), os.fsencode(new), os.fsencode(old))
    _check("pivot-root", result)


def set_dumpable() -> None:
    """Keep ``/proc/self`` ours although the numbers have changed (``PR_SET_DUMPABLE``)."""
    _check("prctl", _libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0))


def hide_from_tracers() -> None:
    """Keep this process's memory and descriptors from those who are its equals otherwise.

    Not dumpable (``PR_SET_DUMPABLE``): only who has ``CAP_SYS_PTRACE`` where its program was
    started may look (``ptrace(2)``).
    """
    _check("prctl", _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0))


def set_host_name(name: str) -> None:
    """Set the host name of this UTS namespace (``sethostname(2)``)."""
    encoded = name.encode()
    _check("host-name", _libc.sethostname(encoded, len(encoded)))


def set_loopback_up() -> None:
    """Do ``ip link set lo up``, without starting a program (``netdevice(7)``)."""
    descriptor = _check("loopback", _libc.socket(_AF_INET, _SOCK_DGRAM_CLOEXEC, 0))
    try:
        request = struct.pack("16sh14x", b"lo", _IFF_UP)
        _check("loopback", _libc.ioctl(descriptor, ctypes.c_ulong(_SIOCSIFFLAGS), request))
    finally:
        os.close(descriptor)


def watch_folder(folder: str) -> int:
    """Return a descriptor that can be read whenever a file is made in `folder` (``inotify(7)``)."""
    descriptor = _check("inotify", _libc.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK))
    _check("inotify", _libc.inotify_add_watch(descriptor, os.fsencode(folder), _IN_CREATE))
    return descriptor


def die_with_parent(signal_number: int) -> None:
    """Ask the kernel to send `signal_number` when the parent process ends (``prctl(2)``)."""
    _check("prctl", _libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0))


def set_process_name(name: str) -> None:
    """Set what ``ps`` shows of this process: the short name and the command line.

    Parameters
    ----------
    name : str
        At most 15 bytes (``prctl(2)``).  The command line is overwritten in place, where
        ``/proc/self/stat`` says that it lies (fields 48 and 49, ``proc_pid_stat(5)``); a last
        byte that is not 0 tells the kernel that the first string is all (``setproctitle(3)``).
    """
    _check("prctl", _libc.prctl(_PR_SET_NAME, name.encode(), 0, 0, 0))
    with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])
    if 0 < start < end:  # 0: the kernel tells them to nobody who may not trace us
        title = name.encode().ljust(end - start - 1, b"\0") + b"."
        ctypes.memmove(start, title, end - start)


def keep_capabilities() -> None:
    """Let every capability of this user namespace survive an exec although the uid is not 0.

    They are made inheritable and ambient (``capabilities(7)``).
    """
    with open("/proc/sys/kernel/cap_last_cap", encoding="ascii") as file:
        last = int(file.read())
    everything = (1 << (last + 1)) - 1
    low, high = everything & 0xFFFFFFFF, everything >> 32
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    # effective, permitted, inheritable; the low words first, then the high ones (capset(2))
    data = struct.pack("6I", low, low, low, high, high, high)
    _check("capabilities", _libc.capset(header, data))
    for capability in range(last + 1):
        _check(
            "capabilities",
            _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0),
        )


def drain(descriptor: int) -> None:
    """Read the wake-ups that a signal wrote (``signal.set_wakeup_fd``)."""
    try:
        os.read(descriptor, 512)
    except BlockingIOError:
        pass  # two wake-ups were read at once
