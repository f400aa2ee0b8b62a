"""usage: refuse.py NAME,… COMMAND…   run COMMAND where a seccomp filter refuses these calls.

The same mechanism as a container's default filter (seccomp(2)): they fail with EPERM.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys

NUMBERS = {
    "x86_64": {"unshare": 272, "mount": 165, "sethostname": 170, "setns": 308, "ptrace": 101},
    "aarch64": {"unshare": 97, "mount": 40, "sethostname": 161, "setns": 268, "ptrace": 117},
}
_LOAD_NUMBER, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _EPERM = 0x7FFF0000, 0x00050001
_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _MODE_FILTER = 38, 22, 2


def main() -> None:
    numbers = [NUMBERS[platform.machine()][name] for name in sys.argv[1].split(",")]
    program = struct.pack("HBBI", _LOAD_NUMBER, 0, 0, 0)
    for number in numbers:
        program += struct.pack("HBBI", _JUMP_IF_EQUAL, 0, 1, number)
        program += struct.pack("HBBI", _RETURN, 0, 0, _EPERM)
    program += struct.pack("HBBI", _RETURN, 0, 0, _ALLOW)
    buffer = ctypes.create_string_buffer(program)
    filter_program = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    assert libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, filter_program, 0, 0) == 0
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    main()
