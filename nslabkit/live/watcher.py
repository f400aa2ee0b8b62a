"""The live model's watcher: keeps the picture current, whoever changes something.

A thread listens to the kernel's notices from every namespace and to changes of what is mounted
in ``/run/netns``, and reads anew what they are about.  So what is told is always what was read
after the change, and a lost notice costs a reading, never a stale picture.

Asked again and again is only what the kernel has no notice of: the neighbour states INCOMPLETE
and DELAY (twice a second, more seldom where that would take more than a fiftieth of the time).
Processes and ports are read on demand (`nslabkit.live.occupants`).

Nothing of ours holds a namespace between two readings.
"""

from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

from nslabkit.base import own_machine
from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.live import occupants
from nslabkit.live.model import empty
from nslabkit.live.watching import Run
from nslabkit.net.namespace import HOST, Namespace, resolve

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Self

    from nslabkit.live.model import Model, NamespaceModel, PortModel, ProcessModel

_FIRST = 30.0  # seconds that the first reading may take


class Watcher:
    """Keeps a `Model` of all namespaces current; a context manager, and startable by hand.

    While it runs, Python hands over between threads after 1 ms instead of 5
    (``sys.setswitchinterval``): a cell that computes without a pause (``while True: pass``)
    would otherwise hold every step of a reading up for 5 ms.

    Examples
    --------
    >>> import nslabkit as lab
    >>> from nslabkit.live.watcher import Watcher
    >>> with Watcher() as watcher:
    ...     blue = lab.namespaces.add("blue")
    ...     seen = watcher.wait_for(lambda model: len(model["namespaces"]) == 2, 10)
    ...     seen["namespaces"][1]["name"]
    'blue'
    >>> lab.namespaces.remove("blue")
    """

    def __init__(self) -> None:
        own_machine.refuse_outside("ip monitor")  # in its thread nobody would hear it
        self._lock = threading.Lock()
        self._news = threading.Condition(self._lock)
        self._model = empty()
        self._callbacks: dict[object, Callable[[Model], None]] = {}
        self._run: Run | None = None

    def __enter__(self) -> Self:
        """Start, and wait for the first reading."""
        self.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Start the thread, and wait until all was read once; does nothing where it runs."""
        with self._lock:
            if self._run is not None:
                return
            before = self._model["generation"]
            self._run = Run(self)
            self._run.start()
        self.wait_for(lambda model: model["generation"] > before, _FIRST)

    def stop(self) -> None:
        """Stop the thread and close all that it listened with; does nothing where none runs."""
        with self._lock:
            run, self._run = self._run, None
        if run is not None:
            run.end()

    @property
    def running(self) -> bool:
        """Whether it watches."""
        return self._run is not None

    def snapshot(self) -> Model:
        """Return the newest model.  It is never changed afterwards; do not change it either."""
        with self._lock:
            return self._model

    def subscribe(self, callback: Callable[[Model], None]) -> Callable[[], None]:
        """Call `callback` with each new model, in the watcher's thread; start it if need be.

        Returns
        -------
        callable
            Ends the subscription; with the last one the thread stops.
        """
        token = object()
        with self._lock:
            self._callbacks[token] = callback
        self.start()

        def unsubscribe() -> None:
            with self._lock:
                self._callbacks.pop(token, None)
                last = not self._callbacks
            if last:
                self.stop()

        return unsubscribe

    def wait_for(
        self, condition: Callable[[Model], object], seconds: float | None = None
    ) -> Model | None:
        """Return the first model that fulfils `condition`; None where none came in time."""
        with self._news:
            met = self._news.wait_for(lambda: condition(self._model), seconds)
            return self._model if met else None

    def processes(self, key: str) -> list[ProcessModel]:
        """Return the processes that are now in the namespace of that key.

        Raises
        ------
        NotFoundError
            It is gone.
        """
        return occupants.processes(self._place(key))

    def ports(self, key: str) -> list[PortModel]:
        """Return where something listens now in the namespace of that key.

        Raises
        ------
        NotFoundError
            It is gone.
        """
        return occupants.ports(self._place(key))

    def _place(self, key: str) -> Namespace:
        for space in self.snapshot()["namespaces"]:
            if space["key"] == key:
                return HOST if space["host"] else resolve(space["name"])
        raise NotFoundError(
            f"lsns -t net {key}",
            _("There is no namespace with the number {key} (any more).").format(key=key),
            _("See which ones exist with `ip netns`."),
        )

    def publish(self, found: list[NamespaceModel], lost: int, *, anyway: bool) -> bool:
        """Make known what was read, if it differs from the last; return whether it did."""
        old = self._model
        same = found == old["namespaces"] and lost == 0 and old["problem"] is None
        if not same or anyway:
            self._make_known(found, lost, None)
        return not same

    def publish_problem(self, reason: str) -> None:
        """Make known that nothing can be seen, and why."""
        if reason != self._model["problem"]:
            self._make_known([], 0, reason)

    def _make_known(self, found: list[NamespaceModel], lost: int, problem: str | None) -> None:
        with self._news:
            self._model = {
                "generation": self._model["generation"] + 1,
                "namespaces": found,
                "lost": self._model["lost"] + lost,
                "problem": problem,
            }
            model = self._model
            self._news.notify_all()
            callbacks = list(self._callbacks.values())
        for callback in callbacks:
            try:
                callback(model)
            except Exception:  # noqa: BLE001 - shown, and no reason to stop watching
                threading.excepthook(
                    threading.ExceptHookArgs([*sys.exc_info(), threading.current_thread()])
                )


class _Shared:
    """The process's one watcher, made when it is first asked for."""

    def __init__(self) -> None:
        self.watcher: Watcher | None = None


_shared = _Shared()


def shared() -> Watcher:
    """Return the one watcher that all widgets of this process share; `subscribe` starts it."""
    if _shared.watcher is None:
        _shared.watcher = Watcher()
    return _shared.watcher


def _forget_in_child() -> None:
    """After a fork the child has no watcher's thread: start anew when somebody asks."""
    _shared.watcher = None


os.register_at_fork(after_in_child=_forget_in_child)
