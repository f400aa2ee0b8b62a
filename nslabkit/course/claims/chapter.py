"""The chapter's commands for an experiment: what it builds, what was printed, whether it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.course.claims.claim import Finding
from nslabkit.course.verdict import Outcome
from nslabkit.net.namespace import HOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nslabkit.base.commands import Result
    from nslabkit.net.namespace import Namespace
    from nslabkit.net.routes import Route

# namespace -> the end of the wire that it gets, and that end's address
ENDS = {"netns1": "veth1", "netns2": "veth1-peer"}
ADDRESSES = {"netns1": "172.16.0.1", "netns2": "172.16.0.2"}
# A file that every namespace shows, to compare by its inode.  Not /etc/passwd, which becomes
# another one with each account that is added meanwhile.
FILE = "/etc/os-release"


def ip(command: str) -> str:
    """Run ``ip COMMAND`` and return what it printed.

    Raises
    ------
    CommandError
        It ended with a status other than 0.
    """
    return HOST.run(["ip", *command.split()], check=True, quiet=True).stdout


def namespaces_made() -> None:
    """Create ``netns1`` and ``netns2``."""
    for name in ENDS:
        ip(f"netns add {name}")


def wired() -> None:
    """Create the two namespaces and the wire between them, as the chapter does: all down."""
    namespaces_made()
    ip("link add veth1 type veth peer name veth1-peer")
    for name, end in ENDS.items():
        ip(f"link set {end} netns {name}")


def addressed() -> None:
    """Create the chapter's whole network, to the point where the ping is answered."""
    wired()
    for name, end in ENDS.items():
        ip(f"-n {name} addr add {ADDRESSES[name]}/24 dev {end}")
        ip(f"-n {name} link set dev {end} up")


def one_ping(where: Namespace, address: str, seconds: int = 3) -> Result:
    """Ping once.  A link that has just come up may drop an ARP request; the next takes a second."""
    return where.run(["ping", "-c", "1", "-W", str(seconds), address], quiet=True)


def sysctl(where: Namespace, *settings: str) -> None:
    """Change settings of a namespace: ``sysctl -w NAME=VALUE …``."""
    where.run(["sysctl", "-qw", *settings], check=True, quiet=True)


def lines(text: str | Sequence[str]) -> list[str]:
    """Return the lines of a text, or of what IPython makes of a command: ``before = !ip netns``."""
    parts = text.splitlines() if isinstance(text, str) else text
    return [part.strip() for part in parts if part.strip()]


def way(route: Route) -> str:
    """Return the answer of a look-up in the words of ``ip route get``."""
    parts = (("via", route.via), ("dev", route.link), ("src", route.source))
    return " ".join([route.destination, *(f"{word} {value}" for word, value in parts if value)])


def finding(
    conditions: Iterable[tuple[bool, str]],
    holds: str,
    evidence: Iterable[tuple[str, str]] = (),
    **values: object,
) -> Finding:
    """Return that a claim holds, or by which condition it does not.

    Parameters
    ----------
    conditions : iterable of (bool, str)
        What must be true, and the sentence for a reader if it is not; the first one counts.
    holds : str
        The sentence if all are true.
    evidence : iterable of (str, str)
        Label and value of what was read.
    **values
        What stands for the names in braces in the sentences.
    """
    rows = tuple(evidence)
    for true, otherwise in conditions:
        if not true:
            return Finding(Outcome.FAILS, _filled(otherwise, values), rows)
    return Finding(Outcome.HOLDS, _filled(holds, values), rows)


def followed_by(sentence: str, another: str) -> str:
    """Return two sentences in a row; between Chinese ones there is no space."""
    return _("{sentence} {another}").format(sentence=sentence, another=another)


def _filled(sentence: str, values: dict[str, object]) -> str:
    return sentence.format(**values) if values else sentence
