"""The ``sudo`` of a sandbox, where every command may do what root may.

It runs its arguments, so that commands copied from elsewhere work, and says once per sandbox
that it was not needed.  Only sandboxes have it on their PATH; it raises no privilege.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field

_EXPLAINED = "/run/nslab/sudo-explained"  # in the sandbox's own /run: once per sandbox
_WITHOUT_VALUE = "AbBEHKknPSv"
_WITH_VALUE = "CDghpRrTtU"
_LONG_WITHOUT_VALUE = ("background", "preserve-env", "set-home", "non-interactive", "stdin")
_NOT_FOUND = 127


@dataclass
class SudoRequest:
    """What a ``sudo`` command line asks for (``sudo(8)``)."""

    user: str = "root"
    shell: bool = False
    variables: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    unknown: str = ""


def parse(arguments: list[str]) -> SudoRequest:
    """Read the arguments as sudo does: options, then ``VAR=value``, then the command."""
    request = SudoRequest()
    rest = list(arguments)
    while rest and rest[0].startswith("-") and not request.unknown:
        word = rest.pop(0)
        if word == "--":
            break
        if word.startswith("--"):
            _long_option(word[2:], rest, request)
        else:
            _short_options(word[1:], rest, request)
    while rest and "=" in rest[0] and not rest[0].startswith("="):
        name, _equals, value = rest.pop(0).partition("=")
        request.variables[name] = value
    request.command = rest
    if request.command[:1] == ["su"] and set(request.command[1:]) <= {"-", "-l", "root"}:
        request.command, request.shell = [], True
    return request


def _short_options(letters: str, rest: list[str], request: SudoRequest) -> None:
    """Read one word such as ``-E``, ``-iu root`` or ``-uroot``."""
    for position, letter in enumerate(letters):
        if letter in "is":
            request.shell = True
        elif letter == "u" or letter in _WITH_VALUE:
            value = letters[position + 1 :] or (rest.pop(0) if rest else "")
            if letter == "u":
                request.user = value
            return
        elif letter not in _WITHOUT_VALUE:
            request.unknown = f"-{letter}"


def _long_option(word: str, rest: list[str], request: SudoRequest) -> None:
    name, equals, value = word.partition("=")
    if name in ("login", "shell"):
        request.shell = True
    elif name == "user":
        request.user = value if equals else (rest.pop(0) if rest else "")
    elif name not in _LONG_WITHOUT_VALUE:
        request.unknown = f"--{name}"


def main(arguments: list[str]) -> int:
    """Run what `arguments` ask for in the place of this process."""
    request = parse(arguments)
    if request.unknown or not (request.command or request.shell or arguments):
        return _fail(_usage(request.unknown))
    _explain_once()
    if not request.command and not request.shell:
        return 0  # such as `sudo -v`: nothing to run, nothing to ask for
    os.environ.update(request.variables)
    try:
        _become(request.user)
    except (LookupError, OSError):
        return _fail(_no_user(request.user))
    command = _command(request)
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell wanted
    except OSError as error:
        _fail(f"sudo: {command[0]}: {error.strerror}")
        return _NOT_FOUND


def _command(request: SudoRequest) -> list[str]:
    if not request.shell:
        return request.command
    shell = os.environ.get("SHELL") or "/bin/sh"
    return [shell, "-c", '"$0" "$@"', *request.command] if request.command else [shell]


def _become(user: str) -> None:
    """Change to `user`, if that is somebody else; the uid map must know it."""
    if user in ("root", "#0"):
        return
    import pwd

    number = user.removeprefix("#")
    entry = pwd.getpwuid(int(number)) if user.startswith("#") else pwd.getpwnam(user)
    if entry.pw_uid == os.geteuid():
        return
    os.initgroups(entry.pw_name, entry.pw_gid)
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def _explain_once() -> None:
    try:
        os.close(os.open(_EXPLAINED, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
    except OSError:
        return  # said before, or nowhere to remember it
    from nslabkit.base.language import translate as _

    text = _("sudo: not needed in here: in this sandbox every command may do what root may.")
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _usage(unknown: str) -> str:
    from nslabkit.base.language import translate as _

    if unknown:
        return _(
            "sudo: in this sandbox it only runs a command; option {option} is unknown."
        ).format(option=unknown)
    return _("sudo: write a command after it, or leave it out: it is not needed in here.")


def _no_user(user: str) -> str:
    from nslabkit.base.language import translate as _

    return _("sudo: this sandbox cannot become the user {user}; leave out -u.").format(user=user)


def _fail(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return 1
