"""The same port for two servers on one machine: claim C11."""

from __future__ import annotations

import re
import tempfile
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nslabkit.base.language import translate as _
from nslabkit.course.claims import chapter, servers
from nslabkit.course.claims.chapter import finding, followed_by, ip
from nslabkit.course.claims.claim import Claim, Finding
from nslabkit.course.verdict import Outcome
from nslabkit.net import namespaces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NAMES = ("netns1", "netns2")
_TAKEN = "Address already in use"  # strerror(EADDRINUSE), bind(2)
_PATIENCE = 5.0  # seconds for a page


def _two_servers() -> Mapping[str, Any]:
    """Lay a wire from the host to each of two namespaces, and serve a page in each."""
    with tempfile.TemporaryDirectory(prefix="nsl-web-") as folder:
        Path(folder).chmod(0o755)  # nginx reads the pages as another user where it can
        for number, name in enumerate(_NAMES, start=1):
            ip(f"netns add {name}")
            ip(f"link add wire{number} type veth peer name eth0 netns {name}")
            ip(f"addr add 172.16.{number}.254/24 dev wire{number}")
            ip(f"link set wire{number} up")
            ip(f"-n {name} addr add 172.16.{number}.1/24 dev eth0")
            ip(f"-n {name} link set eth0 up")
            servers.start(namespaces.namespace(name), Path(folder, name), name)
        pages = {name: _page(number) for number, name in enumerate(_NAMES, start=1)}
        return {"refused": _second_in_the_same(), "pages": pages}


def _page(number: int) -> str:
    # No proxy that the user's environment names: it knows nothing of this address.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"http://172.16.{number}.1/", timeout=_PATIENCE) as answer:
        text: bytes = answer.read()
    return text.decode()


def _second_in_the_same() -> str:
    """Return what a second server in netns1 says; Python's, as nginx tries for 2.5 seconds."""
    second = namespaces.namespace(_NAMES[0]).run(
        ["python3", "-m", "http.server", "80"], quiet=True, timeout=_PATIENCE
    )
    return (second.stdout + second.stderr).strip()


def _both_listen(
    refused: str | Sequence[str] | None = None,
    pages: Mapping[str, str | Sequence[str]] | None = None,
) -> Finding:
    """Judge who listens on port 80 of netns1 and netns2.

    `refused` is what a second server in one namespace said, `pages` what each answered: the page,
    or the lines of the answer, of which the last is the page.
    """
    listening = [
        (namespaces.namespace(name), servers.listeners(namespaces.namespace(name)))
        for name in _NAMES
    ]
    evidence = [
        (f"ip netns exec {where.name} ss -ltnp sport = :80", "\n".join(lines))
        for where, lines in listening
    ]
    if not any(lines for _where, lines in listening):
        text = _("Nobody listens on port 80 in netns1 or netns2: start the two servers first.")
        return Finding(Outcome.UNKNOWN, text, tuple(evidence))
    first, second = (set(re.findall(r"pid=(\d+)", " ".join(lines))) for _where, lines in listening)
    conditions = [
        (listening[0][0].inode != listening[1][0].inode, _("netns1 and netns2 are one namespace.")),
        (bool(first), _("Nobody listens on port 80 in netns1.")),
        (bool(second), _("Nobody listens on port 80 in netns2.")),
        (not first & second, _("The same server answers in both namespaces.")),
    ]
    text = _("Two servers, each on port 80 of its own namespace, on one machine.")
    if pages is not None:
        shown = {name: _page_of(answer) for name, answer in pages.items()}
        evidence += [(f"{name}:80", page) for name, page in shown.items()]
        different = all(shown.values()) and len(set(shown.values())) == len(_NAMES)
        conditions.append((different, _("They did not answer with two different pages.")))
    if refused is not None:
        line = _refusal(chapter.lines(refused))
        evidence.append((_("a second server in the same namespace"), line))
        conditions.append(
            (_TAKEN in line, _("In one namespace the second server was not refused."))
        )
        text = followed_by(text, _("In one namespace the second server is refused."))
    return finding(conditions, text, evidence)


def _page_of(answer: str | Sequence[str]) -> str:
    return answer.strip() if isinstance(answer, str) else "".join(answer[-1:]).strip()


def _refusal(lines: list[str]) -> str:
    """Return the last line that says why the server could not start, else the last one."""
    return next((line for line in reversed(lines) if _TAKEN in line), lines[-1] if lines else "")


C11 = Claim(
    "C11",
    "05_two_nginx",
    lambda: _("Two Nginx, both on port 80, run on one host."),
    _two_servers,
    _both_listen,
    place="2.2",
)
