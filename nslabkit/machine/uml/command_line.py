"""The command line and environment of the User-mode Linux kernel."""

from __future__ import annotations

import os
import sys

from nslabkit.machine import boot

_MIB = 1024 * 1024


def arguments(name: str, folder: str, job: str, size: int, line: int) -> list[str]:
    """Return the kernel's command line: its machine, then what process 1 is (``bootparam(7)``).

    Parameters
    ----------
    name, folder : str
        What the kernel calls itself, and where its folder of that name lies.
    job : str
        The file that tells the guest what to do.
    size : int
        Bytes of memory.
    line : int
        Descriptor of the serial line; the kernel inherits it.
    """
    os.set_inheritable(line, True)  # noqa: FBT003 - takes no keyword
    return [
        "linux",
        f"mem={size // _MIB}M",
        f"umid={name}",
        f"uml_dir={folder}/",
        "root=/dev/root",  # its name in /proc/mounts; without one the line has a field less
        "rootfstype=hostfs",
        "rootflags=/",
        "rw",
        "con=null",
        "con0=null,fd:2",
        "ssl=null",
        f"ssl0=fd:{line}",
        "quiet",
        "loglevel=3",
        "panic=-1",  # a kernel that has failed ends at once
        # These drivers would make links of their own accord.
        "dummy.numdummies=0",
        "ifb.numifbs=0",
        f"init={_word(os.path.realpath(sys.executable))}",
        "--",
        *("-I", "-S", _word(boot.PATH), "uml-guest", _word(job)),
    ]


def _word(text: str) -> str:
    """Return `text` as one word of the kernel's command line."""
    return f'"{text}"' if " " in text else text


def environment(place: str) -> dict[str, str]:
    """Return the environment of the kernel's program.

    The guest's programs run in processes that are copies of this one.  glibc's restartable
    sequences (``rseq``) would have the outer kernel write into memory that is theirs.
    """
    return {
        "PATH": os.defpath,
        "HOME": "/",
        "TMPDIR": place,
        "GLIBC_TUNABLES": "glibc.pthread.rseq=0",
    }


def package() -> str:
    """Return the folder of the package itself."""
    return os.path.dirname(os.path.dirname(boot.PATH))
