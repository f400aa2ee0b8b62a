"""The watcher's thread, from its start to its end.

It waits for the kernel's notices and for changes of what is mounted, notes what they are about,
reads that anew, and hands the result to whoever publishes it.
"""

from __future__ import annotations

import contextlib
import os
import select
import sys
import threading
import time
from typing import TYPE_CHECKING, Protocol

from nslabkit.live.namespace_reading import PARTS
from nslabkit.live.spaces import Spaces
from nslabkit.netlink import requests
from nslabkit.netlink.listener import EVERYTHING, Everywhere, Group, Listener
from nslabkit.netlink.notices import Lost, Notice
from nslabkit.netlink.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.live.model import NamespaceModel

_NFTABLES = 7  # NFNLGRP_NFTABLES
_BETWEEN = 0.02  # seconds between two publications: a storm of changes becomes few pictures
_POLL = 0.5  # seconds between two looks at the neighbours, at least
_SHARE = 50  # and at least so many times as long as the last look took
_AFTER_TROUBLE = 1.0  # seconds until the next attempt where the kernel refused
_SWITCH = 0.001  # seconds; see Watcher
_NEWNSID, _DELNSID = requests.NEWNSID, requests.DELNSID
# What may be different after a notice; IPv4 routes go with a link or an address without one of
# their own (fib_sync_down_dev in the kernel's net/ipv4/fib_semantics.c).
_CHANGED = {
    requests.NEWLINK: ("links", "addresses", "routes", "neighbours"),
    requests.DELLINK: ("links", "addresses", "routes", "neighbours"),
    requests.NEWADDR: ("addresses", "routes"),
    requests.DELADDR: ("addresses", "routes"),
    requests.NEWROUTE: ("routes",),
    requests.DELROUTE: ("routes",),
    requests.NEWNEIGH: ("neighbours",),
    requests.DELNEIGH: ("neighbours",),
}


class Publisher(Protocol):
    """Whoever makes known what the thread read."""

    def publish(self, found: list[NamespaceModel], lost: int, *, anyway: bool) -> bool:
        """Make known what was read, if it differs from the last; return whether it did."""

    def publish_problem(self, reason: str) -> None:
        """Make known that nothing can be seen, and why."""


class Run:
    """The thread, from a start to the next stop."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._stopping = False
        self._switch = sys.getswitchinterval()
        self._thread = threading.Thread(target=self._work, name="nslabkit-watch", daemon=True)

    def start(self) -> None:
        """Begin, and have Python hand over between threads more often while it lasts."""
        sys.setswitchinterval(min(_SWITCH, self._switch))
        self._thread.start()

    def end(self) -> None:
        """Stop, wait for it and close all; from a callback it is the thread itself that does."""
        os.eventfd_write(self._wake, 1)  # first: the thread closes it when it sees the other
        self._stopping = True
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _work(self) -> None:
        try:
            while not self._stopping:
                try:
                    self._watch()
                except OSError as error:
                    reason = refusal(error, "ip monitor all-nsid all").reason
                    self._publisher.publish_problem(reason)
                    self._rest(_AFTER_TROUBLE)
        finally:
            sys.setswitchinterval(self._switch)
            os.close(self._wake)

    def _watch(self) -> None:
        with listening() as ears, _mounts() as mounts:
            spaces = Spaces(ears)
            spaces.look_for_names()
            spaces.read()
            self._publisher.publish(spaces.models(), 0, anyway=True)
            poll = select.poll()
            poll.register(mounts, select.POLLPRI | select.POLLERR)
            for source in (ears, ears.netfilter, self._wake):
                if source is not None:
                    poll.register(source, select.POLLIN)
            next_look = time.monotonic() + _POLL
            while not self._stopping:
                events = poll.poll(max(0.0, next_look - time.monotonic()) * 1000)
                lost = take(ears, spaces)
                if lost or mounts in dict(events):
                    spaces.look_for_names()
                spaces.read()
                if time.monotonic() >= next_look:
                    next_look = _look_at_neighbours(spaces)
                if self._publisher.publish(spaces.models(), lost, anyway=False):
                    self._rest(_BETWEEN)

    def _rest(self, seconds: float) -> None:
        """Do nothing for a while, unless it is to stop."""
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        poll.poll(seconds * 1000)


def listening() -> Everywhere:
    """Return what hears of all that `take` marks."""
    return Everywhere((*EVERYTHING, Group.NAMESPACE_ID), netfilter=(_NFTABLES,))


@contextlib.contextmanager
def _mounts() -> Iterator[int]:
    """Open what poll(2) says has news when something was mounted or unmounted."""
    descriptor = os.open("/proc/self/mountinfo", os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _look_at_neighbours(spaces: Spaces) -> float:
    """Read them; return when to do so again."""
    begin = time.monotonic()
    spaces.read_neighbours()
    now = time.monotonic()
    return now + max(_POLL, _SHARE * (now - begin))


def take(ears: Everywhere, spaces: Spaces) -> int:
    """Note what the notices are about; return how often some were lost."""
    lost = 0
    for one in ears.read():
        if isinstance(one, Lost):
            lost += 1
            spaces.mark(None, *PARTS)
        else:
            _note(one, spaces)
    return lost + _take_rules(ears.netfilter, spaces)


def _note(notice: Notice, spaces: Spaces) -> None:
    if notice.kind in {_NEWNSID, _DELNSID}:
        if notice.namespace is not None:
            spaces.forget_ids(notice.namespace)
        elif notice.kind == _DELNSID:
            spaces.gone(requests.nsid_in(notice.message))
            spaces.look_for_names()
    elif notice.namespace is not None:
        spaces.mark(notice.namespace, *_CHANGED.get(notice.kind, ()))


def _take_rules(ears: Listener | None, spaces: Spaces) -> int:
    lost = 0
    for one in ears.read() if ears is not None else ():
        if isinstance(one, Lost):
            lost += 1
            spaces.mark(None, "rules")
        elif one.namespace is not None:
            spaces.mark(one.namespace, "rules")
    return lost
