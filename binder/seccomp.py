"""What does Docker's default filter refuse that Podman's allows?

Reads Podman's (``containers-common``) and prints it without these: the system calls by which a
process without capabilities makes namespaces or mounts.  Docker allows them only to who has
CAP_SYS_ADMIN or CAP_SYS_CHROOT, and ``clone`` only without the flags of namespaces
(https://docs.docker.com/engine/security/seccomp/).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_PODMANS = Path("/usr/share/containers/seccomp.json")
_REFUSED = frozenset(
    (
        *("unshare", "setns", "clone", "clone3", "chroot", "pivot_root"),
        *("mount", "umount", "umount2", "mount_setattr", "move_mount", "open_tree"),
        *("fsopen", "fsmount", "fsconfig", "fspick", "sethostname", "setdomainname", "bpf"),
    )
)
_NAMESPACES = 0x7E020000  # CLONE_NEW*, clone(2)
_EPERM, _ENOSYS = 1, 38


def dockers(profile: dict[str, Any]) -> dict[str, Any]:
    """Return Podman's `profile` as strict as Docker's."""
    rules = []
    for rule in profile["syscalls"]:
        general = rule["action"] == "SCMP_ACT_ALLOW" and not rule.get("includes", {}).get("caps")
        names = [name for name in rule["names"] if not (general and name in _REFUSED)]
        if names:
            rules.append({**rule, "names": names})
    without = {"index": 0, "value": _NAMESPACES, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}
    rules.append({"names": ["clone"], "action": "SCMP_ACT_ALLOW", "args": [without]})
    # glibc asks for clone3 first and falls back to clone where it is unknown.
    rules.append({"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": _ENOSYS})
    return {
        **profile,
        "defaultErrnoRet": _EPERM,
        "defaultErrno": "EPERM",
        "syscalls": rules,
    }


if __name__ == "__main__":
    try:
        podmans = json.loads(_PODMANS.read_text(encoding="utf-8"))
    except FileNotFoundError:
        sys.exit(f"{_PODMANS} is not here: apt install golang-github-containers-common")
    sys.stdout.write(json.dumps(dockers(podmans), indent=1) + "\n")
