"""What does the kit say to someone who may not change the network?

The restriction is real: in a user namespace of its own a process may do nothing to the machine's
network namespace, whoever started it.  An ordinary user is asked directly, too.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys

import pytest

import nslabkit as lab

CALLS = (
    "lab.namespaces.add('netns1')",
    "lab.links.add_veth('veth1', 'veth1-peer')",
    "lab.links.up('lo')",
    "lab.addresses.add('127.0.0.2/8', 'lo')",
    "lab.bridges.add('br0')",
    "lab.routes.add('10.0.0.0/8', link='lo')",
    "lab.capture('lo').arm()",
)


@pytest.mark.parametrize("call", CALLS)
def test_in_a_user_namespace_without_a_network_of_its_own(call: str) -> None:
    code = (
        "import nslabkit as lab\n"
        f"try: {call}\n"
        "except lab.NoPrivilegeError as error: print(error.errno, 'sandbox' in error.fix)"
    )
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "NSLAB_LANG": "en"},
    )
    assert done.stdout.strip() in {f"{errno.EPERM} True", f"{errno.EACCES} True"}


def test_reading_needs_no_privilege() -> None:
    assert "lo" in [link.name for link in lab.links.links()]
    assert isinstance(lab.namespaces.names(), list)


if os.geteuid() != 0:  # root may do all of it, on the machine itself

    @pytest.mark.parametrize("call", CALLS)
    def test_as_an_ordinary_user(call: str) -> None:
        with pytest.raises(lab.NoPrivilegeError) as caught:
            eval(call, {"lab": lab})  # noqa: S307 - the calls above
        assert caught.value.errno in {errno.EPERM, errno.EACCES}
        assert "sandbox" in caught.value.fix
