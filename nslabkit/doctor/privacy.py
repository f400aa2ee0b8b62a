"""Privacy of reports: what in a text identifies the machine, and how it is left out.

Left out are user names, host names, MAC and IP addresses, and of every path that is not the
system's own all but the last part.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import platform
import pwd
import re
from pathlib import Path

from nslabkit.machine.sandbox.mounts import HOST_NAME

# Names that are everybody's.
_NOT_PERSONAL = {"", "root", "localhost", HOST_NAME}
_SYSTEM = (
    "bin", "dev", "etc", "lib", "lib64", "opt", "proc", "run", "sbin", "sys", "tmp", "usr", "var",
)  # fmt: skip
_MAC = re.compile(r"(?<![0-9A-Fa-f:])(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}(?![0-9A-Fa-f:])")
# A kernel's release may have four numbers too, with "-" behind: "5.15.153.1-microsoft".
_IPV4 = re.compile(r"(?<![\w.-])\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")
# A path, or what follows "~"; not the rest of a web address or of a relative path.
_PATH = re.compile(r"(?<![\w:/.~…*-])~?/[^\s`'\"<>()（）,;:，。；：]*")


def without_names(text: str) -> str:
    """Return `text` fit for strangers."""
    for home in sorted(_homes(), key=len, reverse=True):
        text = re.sub(rf"{re.escape(home)}(?![\w.-])", "~", text)
    text = _PATH.sub(lambda match: _short(match.group()), text)
    for name in sorted(_users(), key=len, reverse=True):
        text = _replace_word(text, name, "user")
    for name in sorted(_hosts(), key=len, reverse=True):
        text = _replace_word(text, name, "host")
    text = _MAC.sub("(MAC)", text)
    text = _IPV4.sub(lambda match: _hidden(match.group()), text)
    return _IPV6.sub(lambda match: _hidden(match.group()), text)


def _homes() -> set[str]:
    homes = {os.environ.get("HOME", "")}
    with contextlib.suppress(KeyError):  # a uid without a name has no home there
        homes.add(pwd.getpwuid(os.getuid()).pw_dir)
    homes |= {str(Path(home).resolve()) for home in homes if home}
    return {home.rstrip("/") for home in homes} - {""}


def _users() -> set[str]:
    users = {os.environ.get(name, "") for name in ("USER", "LOGNAME", "SUDO_USER", "USERNAME")}
    with contextlib.suppress(KeyError):  # as above
        users.add(pwd.getpwuid(os.getuid()).pw_name)
    users |= {Path(home).name for home in _homes()}
    return users - _NOT_PERSONAL


def _hosts() -> set[str]:
    name = platform.node()
    return {name, name.partition(".")[0]} - _NOT_PERSONAL


def _replace_word(text: str, name: str, instead: str) -> str:
    pattern = rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])"
    return re.sub(pattern, instead, text, flags=re.IGNORECASE)


def _short(path: str) -> str:
    """Keep a system's path, and of any other the last part only."""
    parts = [part for part in path.split("/") if part]
    if parts[:1] == ["~"]:
        return path if len(parts) <= 2 else f"~/…/{parts[-1]}"  # noqa: PLR2004 - "~" and one part
    if not parts or parts[0] in _SYSTEM:
        return path
    return f"/…/{parts[-1]}"


def _hidden(candidate: str) -> str:
    """Return a placeholder for an address; a time of day such as 04:27:33 is none."""
    try:
        ipaddress.ip_address(candidate.rstrip(".:"))
    except ValueError:
        return candidate
    return "(address)"
