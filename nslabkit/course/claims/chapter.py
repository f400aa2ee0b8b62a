"""Which of the chapter's commands build what an experiment needs?"""

from __future__ import annotations

from nslabkit.net.namespaces import HOST

__all__ = ["ADDRESSES", "ENDS", "addressed", "ip", "namespaces_made", "wired"]

# namespace -> the end of the wire that it gets, and that end's address
ENDS = {"netns1": "veth1", "netns2": "veth1-peer"}
ADDRESSES = {"netns1": "172.16.0.1", "netns2": "172.16.0.2"}


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
