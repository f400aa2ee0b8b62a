"""``lab.capture`` and ``lab.open_capture``: recordings with what a learner does with them.

Below this package a recording is data alone.  Its timeline and its figures stand above it, so
what leads to them is added here, in the class that a notebook's cells get.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from nslabkit.capture.file.opening import read_file
from nslabkit.capture.from_scapy import read_packets
from nslabkit.capture.recorder import SNAPLEN, Capture
from nslabkit.capture.recording import Recording

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from nslabkit.capture.tap.places import Where
    from nslabkit.show.figures.figure import Figure
    from nslabkit.timeline.timeline import Timeline


class LabRecording(Recording):
    """Frames with their times, the links they passed, and what became of the recording.

    While it is being made (inside the ``with`` of `lab.capture`) it cannot be read; afterwards
    it does not change.
    """

    def timeline(self) -> Timeline:
        """Return all that happened on one axis: the frames, and what was heard besides them."""
        from nslabkit.timeline.making import timeline

        return self.once(timeline)

    def ladder(self, *, first: int = 1, count: int = 24, scale: str = "linear") -> Figure:
        """Draw who sent what to whom, and when: see `nslabkit.show.figures.ladder`."""
        from nslabkit.show.figures.ladder import ladder

        return ladder(self, first=first, count=count, scale=scale)


def capture(  # noqa: PLR0913 - each is one thing to say about a recording
    *where: Where,
    filter: str | None = None,  # noqa: A002 - what tcpdump's manual calls it
    to: str | PathLike[str] | None = None,
    limit: float | None = None,
    snaplen: int = SNAPLEN,
    progress: bool | None = None,
    events: bool = True,
    trace: bool = False,
) -> Capture[LabRecording]:
    """Record what passes links, all of them timed by the kernel's one clock.

    ``tcpdump -i LINK -w FILE FILTER``, on several links at once

    The times are those of the tap (``packet(7)``): a link that sends is tapped after its
    queueing discipline and just before its driver, a link that receives before any protocol,
    firewall or bridge has seen the frame (``xmit_one`` and ``__netif_receive_skb_core`` of the
    kernel's ``net/core/dev.c``).  So a recording does not tell how long a frame waited in the
    sender's queue, whether the driver then lost it, or what the receiver did with it.

    Parameters
    ----------
    *where : Namespace, Link, str or int
        Namespaces, for all their links, or links: ``lab.capture(one, two)``,
        ``lab.capture("netns1/veth1")``, ``lab.capture("lo")``.  Nothing given: every link of the
        kernel's own namespace and of all named ones.  Links that appear later are not
        recorded; the notes name them.
    filter : str, optional
        Which frames, in the language of ``pcap-filter(7)``: ``"icmp or arp"``.
    to : path, optional
        Write to this pcapng file while it runs, for long recordings; a file of that name is
        overwritten, as ``tcpdump -w`` does.
    limit : float, optional
        Megabytes after which it stops by itself and says so: of memory (200), or of the file
        (2000).
    snaplen : int
        How many bytes of a frame are kept.
    progress : bool, optional
        Whether to show a line with the packets so far; None: in a notebook and in a terminal.
    events : bool
        Also record what happens besides the frames (neighbours, routes, links, addresses), for the
        timeline; it takes about 1 % of a processor with ten namespaces.
    trace : bool
        Also note which hooks and rules of the firewall each packet passes; it makes packets
        slower, see `nslabkit.capture.events.EventLog`.

    Returns
    -------
    Capture
        Use it in a ``with`` statement, which gives the `LabRecording`; or call ``.arm()``,
        ``.start()`` and ``.stop()``.

    Raises
    ------
    NotFoundError
        When it begins: there is no such namespace or link, or no tcpdump, which compiles filters.
    NotSupportedError
        With `trace`: there is no nft, or no nftables in the kernel.
    InvalidValueError
        The filter cannot be understood, or a number is out of range.
    NoPrivilegeError
        The process may not record there: it is neither root nor in a sandbox.

    Examples
    --------
    >>> import nslabkit as lab
    >>> with lab.capture("lo", filter="icmp") as recording:
    ...     done = lab.HOST.run("ping -c 1 127.0.0.1", quiet=True)
    >>> [packet.kind for packet in recording.packets if packet.outgoing]
    [ICMP echo request, ICMP echo reply]
    """
    return Capture(
        LabRecording(),
        where,
        filter=filter,
        to=to,
        limit=limit,
        snaplen=snaplen,
        progress=progress,
        events=events,
        trace=trace,
    )


def open_capture(source: str | PathLike[str] | Iterable[Any]) -> LabRecording:
    """Read a recording from a file, ``tcpdump -r FILE``, or from packets of scapy.

    Parameters
    ----------
    source : path, or list of scapy.packet.Packet
        A pcapng or pcap file, of `LabRecording.save`, tcpdump, dumpcap, Wireshark, ….  A file of
        more than 256 MB is not loaded: leave it in place as long as the recording is in use.
        Or what scapy read, sniffed or built: its bytes, ``time``, ``wirelen``, ``sniffed_on``
        (as the link) and ``direction`` are kept.

    Raises
    ------
    NotFoundError
        There is no such file.
    InvalidValueError
        It is no pcapng or pcap file, or not all of the list are packets that can be sent.

    Examples
    --------
    >>> import nslabkit as lab, tempfile
    >>> with lab.capture("lo") as recording:
    ...     done = lab.HOST.run("ping -c 1 127.0.0.1", quiet=True)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     recording.save(f"{folder}/ping.pcapng")
    ...     again = lab.open_capture(f"{folder}/ping.pcapng")
    >>> [one.where for one in again.interfaces]
    ['lo']
    """
    read = read_file(source) if isinstance(source, str | os.PathLike) else read_packets(source)
    return LabRecording(
        read.interfaces,
        read.frames,
        read.data,
        notes=read.notes,
        clock_steps=read.clock_steps,
        events=read.events,
    )
