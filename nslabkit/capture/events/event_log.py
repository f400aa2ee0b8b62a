"""The event log: everything that happens besides the frames, heard and kept.

One thread listens to what the kernel tells of all the namespaces and reads their neighbour
tables again and again.  It listens from a hidden namespace of its own and opens the others for
the moment of a reading only, so none of them lives longer than it would without it.
"""

from __future__ import annotations

import os
import select
import threading
import time
from typing import TYPE_CHECKING

from nslabkit import netlink
from nslabkit.base.language import translate as _
from nslabkit.capture.events.event_decoding import Decoder, Heard
from nslabkit.capture.events.firewall_trace import Tracing
from nslabkit.capture.events.neighbour_tables import Tables
from nslabkit.net.namespace import HOST, NamespaceLike, place, resolve
from nslabkit.netlink import requests
from nslabkit.netlink.listener import EVERYTHING, Everywhere, Group
from nslabkit.netlink.notices import Lost
from nslabkit.netlink.refusals import refusal
from nslabkit.netlink.sockets import NETFILTER
from nslabkit.netlink.traces import GROUP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Self

    from nslabkit.capture.events.neighbour_tables import Read
    from nslabkit.capture.events.observation import Observation
    from nslabkit.net.namespace import Namespace

_MOST = 200_000  # events: some 60 MB; a flood of traced packets would fill the memory


class EventLog:
    """Listens to some namespaces while a block runs; a context manager, used once.

    Heard are the kernel's notices of neighbours, routes, links and addresses (what
    ``ip monitor`` prints), each with the time at which it was received here: the kernel stamps
    none.  As the states INCOMPLETE and DELAY are never announced, the neighbour tables are read
    every 10 ms (less often where that would take more than 1 % of a processor); what is shorter
    stays unseen.  Where more comes than the socket holds, the log says that notices were lost.

    Parameters
    ----------
    namespaces : iterable
        The namespaces, by whatever `nslabkit.net.namespaces.namespace` takes.
    trace : bool
        Also note which hooks and rules of the firewall each packet passes.  A table of ours
        marks the packets, where no rule of the learner's does, and is removed in the end.

    Attributes
    ----------
    notes : tuple of str
        What a reader should know: that notices were lost, that a table was added.
    buffer : int
        Bytes of the receive buffer that the kernel gave, as it counts them.

    Raises
    ------
    NotFoundError
        There is no such namespace.
    NoPrivilegeError
        This process may not listen.
    NotSupportedError
        With `trace`: there is no nft, or no nftables in the kernel.

    Examples
    --------
    >>> import nslabkit as lab
    >>> from nslabkit.capture.events import EventLog
    >>> with EventLog([lab.HOST]) as log:
    ...     done = lab.HOST.run("ip link set lo down; ip link set lo up", check=True)
    >>> [(one.kind, one.change) for one in log.observations if one.link == "lo"][0]
    ('link', 'new')
    """

    def __init__(self, namespaces: Iterable[NamespaceLike], *, trace: bool = False) -> None:
        self._spaces = {_name(space): space for space in map(resolve, namespaces)}
        self._kept: list[Heard | Lost | Read] = []
        self._keeping = False
        self._left_out = 0
        self._added: list[Observation] = []
        self._links: dict[str, list[bytes]] = {}
        self._tables = Tables(self._spaces)
        self._tracing = Tracing(self._spaces) if trace else None
        self._ears: list[tuple[Everywhere, dict[int, str]]] = []
        self._wake = -1
        self._thread: threading.Thread | None = None
        self._failed: Exception | None = None
        self.buffer = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know about the log."""
        lost = [one for one in self._kept if isinstance(one, Lost)]
        notes = self._tracing.notes if self._tracing is not None else ()
        if lost:
            text = _(
                "Events were lost {count} times: more arrived at once than the "
                "socket's buffer of {size} bytes holds. The neighbour tables were read "
                "again each time."
            )
            notes += (text.format(count=len(lost), size=self.buffer),)
        if self._left_out:
            text = _("Only the first {kept} events were kept; {count} more were left out.")
            notes += (text.format(kept=_MOST, count=self._left_out),)
        return notes

    @property
    def interval(self) -> float:
        """Seconds between two readings of the neighbour tables, as it is now."""
        return self._tables.interval

    @property
    def observations(self) -> tuple[Observation, ...]:
        """What was heard and read so far, in the order in which it came; decoded now."""
        decoder = Decoder(self._links, self._tracing)
        found = [*decoder.observations(tuple(self._kept)), *self._added]
        return tuple(found)

    def __iter__(self) -> Iterator[Observation]:
        """Yield the observations."""
        return iter(self.observations)

    def add(self, observations: Iterable[Observation]) -> None:
        """Add what was learnt elsewhere, such as what ping printed."""
        self._added += observations

    def __enter__(self) -> Self:
        """Start."""
        self.prepare()
        self.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        """Stop."""
        self.stop()

    def prepare(self) -> None:
        """Open everything and listen; what is heard is kept from `start` on."""
        try:
            self._open()
            self._tables.read()
        except OSError as error:
            self._close()
            raise refusal(error, "ip monitor all-nsid") from None
        except BaseException:
            self._close()
            raise
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._thread = threading.Thread(target=self._run, name="nslabkit-events", daemon=True)
        self._thread.start()

    def start(self) -> None:
        """Begin to keep what is heard; the first of it is what stands in the tables."""
        self._keeping = True
        if self._tables.is_quick:  # or else what was read last, some moments ago, must do
            try:
                self._tables.read()
            except OSError as error:
                raise refusal(error, "ip neigh") from None
        # In one step, as the thread that listens may add something in this moment.
        self._kept[:0] = self._tables.standing()

    def stop(self) -> None:
        """Take in what has come until now, then close everything; twice does no harm."""
        if self._thread is not None:
            os.eventfd_write(self._wake, 1)
            self._thread.join()
            self._thread = None
            os.close(self._wake)
        self._close()
        if self._failed is not None:
            failed, self._failed = self._failed, None
            if isinstance(failed, OSError):
                raise refusal(failed, "ip monitor all-nsid") from None
            raise failed

    def _open(self) -> None:
        for name, space in self._spaces.items():
            self._links[name] = netlink.inside(
                place(space), lambda talk: talk.dump(requests.dump_links())
            )
        routing = self._listen(Everywhere((*EVERYTHING, Group.NAMESPACE_ID)))
        self.buffer = routing.buffer
        if self._tracing is not None:
            self._listen(Everywhere((GROUP,), protocol=NETFILTER))
            self._tracing.begin()

    def _listen(self, ears: Everywhere) -> Everywhere:
        """Let it listen to all the namespaces; the ids that they get hold for it alone."""
        names: dict[int, str] = {}
        self._ears.append((ears, names))
        for name, space in self._spaces.items():
            names[ears.know(place(space))] = name
        return ears

    def _close(self) -> None:
        if self._tracing is not None:
            self._tracing.end()
        for ears, _names in self._ears:
            ears.close()
        self._ears.clear()

    def _run(self) -> None:
        try:
            self._listen_until_woken()
        except Exception as error:  # noqa: BLE001 - handed on to whoever stops the log
            self._failed = error

    def _listen_until_woken(self) -> None:
        poll = select.poll()
        for ears, _names in self._ears:
            poll.register(ears, select.POLLIN)
        poll.register(self._wake, select.POLLIN)
        due = time.monotonic()
        while True:
            left = max(0.0, due - time.monotonic())
            ended = any(number == self._wake for number, _bits in poll.poll(left * 1000))
            while self._take_in() and ended:  # all of it, when it is the last time
                pass
            if ended or time.monotonic() >= due:
                self._keep(self._tables.read())
                due = time.monotonic() + self._tables.interval
            if ended:
                return

    def _take_in(self) -> bool:
        """Keep what has come; return whether there was anything."""
        anything = False
        for ears, names in self._ears:
            heard = ears.read()
            anything = anything or bool(heard)
            self._keep(
                [notice if isinstance(notice, Lost) else Heard(names, notice) for notice in heard]
            )
            if any(isinstance(notice, Lost) for notice in heard):
                self._keep(self._tables.read(lost=True))
        return anything

    def _keep(self, found: Sequence[Lost | Heard | Read]) -> None:
        if not self._keeping:
            return
        kept = found[: _MOST - len(self._kept)]
        self._kept += kept
        self._left_out += len(found) - len(kept)


def _name(space: Namespace) -> str:
    return "" if space == HOST else space.name or space.path
