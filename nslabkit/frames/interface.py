"""A recorded interface: which link it is, and how many frames the kernel counted there."""

from __future__ import annotations

from dataclasses import dataclass

# LINKTYPE_ numbers, https://www.tcpdump.org/linktypes.html: what a frame begins with.
ETHERNET, RAW = 1, 101


@dataclass(frozen=True)
class Interface:
    """A link that was recorded, as it was when the recording began.

    Attributes
    ----------
    number : int
        Its number in the recording, from 0; ``frames["interface"]`` holds it.
    namespace : str
        The name of its namespace; empty for the kernel's own.
    name : str
        The link's name.
    index : int
        Its number in its namespace (``ip link`` prints it first); 0 where a file does not say.
    address : str
        Its MAC address; empty where it has none.
    mtu : int
        The most bytes that a packet on it may have; 0 where a file does not say.
    received : int
        Frames that the kernel counted for the recording, those dropped included.
    dropped : int
        How many of them the kernel could not keep, by its own counter.
    link_type : int
        What a frame begins with: 1 is Ethernet, 101 the IP packet itself.
    """

    number: int
    namespace: str
    name: str
    index: int = 0
    address: str = ""
    mtu: int = 0
    received: int = 0
    dropped: int = 0
    link_type: int = ETHERNET

    @property
    def where(self) -> str:
        """Namespace and link in one word: ``netns1/veth1``; the link alone on the host."""
        return f"{self.namespace}/{self.name}" if self.namespace else self.name
