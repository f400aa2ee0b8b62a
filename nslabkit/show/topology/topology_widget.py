"""The live picture's widget: the kernel side of the page that draws it.

The kernel's state goes to the page as one dictionary whenever the watcher has a new one.  What is
clicked comes back as messages: it is taken up at once, in a thread of its own, so that it works
while a cell runs wherever the front end can send meanwhile (JupyterLab 4.4 or newer opens a
subshell for it, https://jupyter.org/enhancement-proposals/91-kernel-subshells).
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from nslabkit.base.errors import NslabError, own_fault
from nslabkit.base.language import translate as _
from nslabkit.base.palette import widget_css
from nslabkit.live import occupants, watcher
from nslabkit.show.clicks import let_through
from nslabkit.show.picture import picture
from nslabkit.show.topology import acts, lasting
from nslabkit.show.topology.playing import playable
from nslabkit.show.topology.topology_words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nslabkit.capture.recording import Recording
    from nslabkit.live.model import Model

_HERE = Path(__file__).parent
_BEAT = 2.0  # seconds after which the page hears that the kernel is still there
_PAUSE = 0.02  # seconds between two pictures at least: a screen shows no more


class Page(anywidget.AnyWidget):
    """What the page knows: only the kernel's side writes it, only the page reads it."""

    _esm = _HERE / "topology.js"
    _css = widget_css(".nst-root") + (_HERE / "topology.css").read_text("utf-8")
    network = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    positions = traitlets.Dict().tag(sync=True)
    recording = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)


class Topology:
    """The live picture; show it as often as you like: all views show the same kernel.

    Made by `topology`.  It follows the kernel until `close` is called or the kernel ends.

    Attributes
    ----------
    widget : ipywidgets.DOMWidget
        What is shown, to be combined with other widgets.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._ended = threading.Event()
        self._asked: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._running: dict[str, lasting.Ping | lasting.LastingCapture] = {}
        self._recordings = 0
        self._unsubscribe = watcher.shared().subscribe(self._changed)
        self._latest: Model = watcher.shared().snapshot()
        self.widget = Page(words=words(), network=dict(self._latest), positions={})
        self.widget.on_msg(self._hear)
        let_through(self.widget)
        for work in (self._tell, self._answer):
            threading.Thread(target=work, name="nslabkit-topology", daemon=True).start()

    def play(self, recording: Recording) -> None:
        """Let the frames of a recording travel along the wires.

        Parameters
        ----------
        recording : Recording
            What `lab.capture` recorded.
        """
        with self._lock:
            self._recordings += 1
            number = self._recordings
        self.widget.recording = playable(recording, watcher.shared().snapshot(), number)

    def close(self) -> None:
        """Stop following the kernel; the views stay as they are and say so."""
        if self._ended.is_set():
            return
        self._ended.set()
        self._news.set()
        self._asked.put(None)
        for one in list(self._running.values()):
            one.stop()
        self._unsubscribe()
        self.widget.close()

    def __repr__(self) -> str:
        """Return the picture in words, as it is now."""
        return repr(picture())

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ANN401 - IPython's signature
        """Show the live picture, and leave a still one for where no kernel is behind it."""
        shown, metadata = self.widget._repr_mimebundle_(**kwargs) or ({}, {})
        still = picture()
        return shown | {"text/plain": repr(still), "text/html": still._repr_html_()}, metadata

    def _changed(self, model: Model) -> None:
        self._latest = model
        self._news.set()

    def _tell(self) -> None:
        """Send the newest picture when there is one, and now and then that we are here."""
        while not self._ended.is_set():
            if self._news.wait(_BEAT):
                self._news.clear()
                if self._ended.is_set():
                    return
                self.widget.network = dict(self._latest)
                time.sleep(_PAUSE)
            self._send({"type": "beat"})

    def _send(self, message: dict[str, Any]) -> None:
        # A view that is closed while a ping runs has nobody to tell.
        if not self._ended.is_set():
            self.widget.send(message)

    def _hear(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        """Take a message up; nothing here waits."""
        kind = message["type"]
        if kind == "moved":
            with self._lock:
                self.widget.positions = {**self.widget.positions, **message["positions"]}
        elif kind == "tidy":
            with self._lock:
                self.widget.positions = {}
        elif kind == "stop":
            running = self._running.get(message["stop"])
            if running is not None:
                running.stop()
        else:
            self._send({"type": "received", "id": message["id"]})
            if message.get("act") in lasting.LASTING:
                threading.Thread(
                    target=self._last, args=(message,), name="nslabkit-topology", daemon=True
                ).start()
            else:
                self._asked.put(message)

    def _answer(self) -> None:
        """Do what was asked for, in the order in which it was."""
        while (message := self._asked.get()) is not None:
            with self._told(message["id"]) as answer:
                if message["type"] == "act":
                    acts.do(message["act"], message["fields"])
                elif message["type"] == "processes":
                    answer.update(_processes(message["namespace"]))
                else:
                    answer.update(_ports(message["namespace"]))

    def _last(self, message: dict[str, Any]) -> None:
        """Do what takes its time."""
        number = message["id"]
        with self._told(number) as answer:
            running: lasting.Ping | lasting.LastingCapture
            if message["act"] == "ping":
                running = lasting.Ping(message["fields"], lambda text: self._line(number, text))
            else:
                running = lasting.LastingCapture(
                    message["fields"],
                    self.play,
                    lambda text: self._send({"type": "text", "id": number, "text": text}),
                )
            self._running[number] = running
            try:
                answer["text"] = running.run()
            finally:
                del self._running[number]

    def _line(self, number: str, text: str) -> None:
        self._send({"type": "line", "id": number, "text": text})

    @contextlib.contextmanager
    def _told(self, number: str) -> Iterator[dict[str, Any]]:
        """Tell the page what came of the block: the dictionary given here, or the error."""
        answer: dict[str, Any] = {"type": "done", "id": number, "ok": True}
        try:
            yield answer
        except NslabError as error:
            answer |= {"ok": False, "error": acts.four_parts(error)}
        except Exception as error:  # noqa: BLE001 - told and logged; the next act is to be done
            fault = own_fault("lab.topology()", error)
            answer |= {"ok": False, "error": acts.four_parts(fault)}
        finally:
            self._send(answer)


def _processes(name: str) -> dict[str, Any]:
    rows = [[str(one["pid"]), one["command"]] for one in occupants.processes(name or None)]
    return {"columns": [_("process"), _("command")], "rows": rows}


def _ports(name: str) -> dict[str, Any]:
    rows = [
        [one["protocol"], f"{one['address']} : {one['port']}", one["command"] or ""]
        for one in occupants.ports(name or None)
    ]
    return {"columns": [_("protocol"), _("listens on"), _("program")], "rows": rows}


class _Shown:
    """The process's one live picture, made when it is first asked for."""

    def __init__(self) -> None:
        self.topology: Topology | None = None


_shown = _Shown()


def topology(recording: Recording | None = None) -> Topology:
    """Return the live picture of the network; the last line of a cell shows it.

    It follows the kernel, whoever changes something, even while a cell runs.  There is one
    picture per notebook kernel: calling this again gives another view of it.

    Parameters
    ----------
    recording : Recording, optional
        Frames to play along the wires, as `lab.capture` recorded them.

    Examples
    --------
    >>> import nslabkit as lab
    >>> live = lab.topology()
    >>> live
    The host alone: no other namespace has a name. host: lo (up) 127.0.0.1/8 ::1/128.
    >>> live.close()
    """
    if _shown.topology is None or _shown.topology._ended.is_set():  # noqa: SLF001 - of this module
        _shown.topology = Topology()
    if recording is not None:
        _shown.topology.play(recording)
    return _shown.topology
