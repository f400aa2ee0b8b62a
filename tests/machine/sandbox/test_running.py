"""Which machines run is read from /proc, whatever else is there and whatever ends meanwhile."""

from __future__ import annotations

import subprocess
import sys

import pytest

from nslabkit.machine import running
from nslabkit.machine.sandbox.init import PROCESS_NAME

# Process 1 of a namespace of its own, in a user namespace whose map reads empty: as that of a
# process does that is ending.
ODD = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
assert libc.unshare(0x10000000 | 0x20000000) == 0  # CLONE_NEWUSER, CLONE_NEWPID
told, tell = os.pipe()
pid = os.fork()
if pid == 0:
    libc.prctl(15, bytes.fromhex(sys.argv[1]))  # PR_SET_NAME
    os.write(tell, b"named")
    sys.stdin.read()
    os._exit(0)
os.read(told, 5)
print(pid, flush=True)
os.wait()
"""


@pytest.mark.parametrize("name", [PROCESS_NAME.encode(), b"\xff\xfe"])
def test_what_is_no_machine_yet_or_no_longer_is_passed_over(name: bytes) -> None:
    command = [sys.executable, "-c", ODD, name.hex()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as odd:
        assert odd.stdout is not None
        number = int(odd.stdout.readline())
        try:
            assert number not in [one.pid for one in running.sandboxes()]
        finally:
            assert odd.stdin is not None
            odd.stdin.close()
