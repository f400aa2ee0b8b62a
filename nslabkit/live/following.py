"""Contents of all namespaces, read anew only where the kernel has told of a change.

What reads everything (`nslabkit.live.snapshot.contents`) visits each namespace; here one listener
hears of changes in all of them, and a second look visits only those of which it heard.  A notice is
queued before the system call that caused it returns, so a change that was made is not missed.
The kernel has no notice of the neighbour states INCOMPLETE and DELAY: neighbours are always read
where there are any, and everywhere when some were made.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from nslabkit.live.spaces import Spaces
from nslabkit.live.watching import listening, take

if TYPE_CHECKING:
    from nslabkit.live.snapshot import Contents
    from nslabkit.netlink.listener import Everywhere


class Follower:
    """Reads what there is, again and again; it has a lifetime to hold: its listener."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # a subshell's cells run beside the others
        self._ears: Everywhere | None = None
        self._spaces: Spaces | None = None

    def contents(self) -> Contents:
        """Return what each namespace holds now.

        Raises
        ------
        OSError
            This process may not listen, or not enter the namespaces.
        """
        with self._lock:
            try:
                return self._contents()
            except BaseException:
                self._close()  # what was marked may not have been read: begin anew
                raise

    def _contents(self) -> Contents:
        if self._ears is None or self._spaces is None:
            self._ears = listening()
            self._spaces = Spaces(self._ears)
        while _has_news(self._ears):
            take(self._ears, self._spaces)
        self._spaces.look_for_names()
        self._spaces.mark_other_ends()
        self._spaces.read()
        self._spaces.read_neighbours()
        return self._spaces.contents()

    def close(self) -> None:
        """Listen no more; the next `contents` begins anew."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        ears, self._ears, self._spaces = self._ears, None, None
        if ears is not None:
            ears.close()


def _has_news(ears: Everywhere) -> bool:
    return ears.wait(0) or (ears.netfilter is not None and ears.netfilter.wait(0))
