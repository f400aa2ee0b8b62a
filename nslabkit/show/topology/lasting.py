"""Lasting acts, a ping and a recording: each in its own thread, and ended by a click.

Neither holds the other acts up.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import threading
from typing import TYPE_CHECKING, Any

from nslabkit.base import commands as programs
from nslabkit.base.errors import CommandError, InvalidValueError, NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.net import links, namespaces
from nslabkit.show.topology.acts import Commands, count_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Ping:
    """A ping from one namespace, shown line by line."""

    def __init__(self, fields: Mapping[str, str], show: Callable[[str], None]) -> None:
        self._fields = fields
        self._show = show
        self._process: subprocess.Popen[str] | None = None
        self._stopped = False
        self._lock = threading.Lock()

    def run(self) -> str:
        """Ping until it has ended; return a sentence on how.

        Raises
        ------
        NotFoundError
            The namespace is gone, or there is no ``ping`` here.
        InvalidValueError
            The count is none, or there is no address.
        CommandError
            No answer came, or ping could not send; what it wrote is shown.
        """
        tried = commands("ping", self._fields).ip
        count = count_of(self._fields, "count", tried)
        address = self._fields["address"].strip()
        if not address or address.startswith("-"):
            raise InvalidValueError(
                tried,
                _("There is no address to ping."),
                _("Write one, such as 172.16.0.2; the list offers the existing ones."),
            )
        name = self._fields["namespace"]
        if name:
            namespaces.namespace(name)  # says it better than `ip` if it is gone
        prefix = ["ip", "netns", "exec", name] if name else []
        with self._start([*prefix, "ping", "-c", str(count), address], tried) as process:
            assert process.stdout is not None
            last = ""
            for line in process.stdout:
                self._show(line)
                last = line.strip() or last
        if self._stopped:
            return _("Stopped.")
        if process.returncode:
            raise CommandError(
                tried,
                _("No answer came back, or the kernel could not send."),
                _(
                    "Follow the path: are both ends up, does each have an address, is "
                    "there a route, does a firewall rule drop it?"
                ),
                said=last or None,
            )
        return _("Answered.")

    def stop(self) -> None:
        """End it as Ctrl+C does: it still prints its statistics."""
        with self._lock:
            self._stopped = True
            if self._process is not None and self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGINT)

    def _start(self, words: list[str], tried: str) -> subprocess.Popen[str]:
        with self._lock:
            try:
                self._process = subprocess.Popen(
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    errors="replace",
                    env=programs.environment(tried),
                    process_group=0,
                )
            except FileNotFoundError:
                raise NotFoundError(
                    tried,
                    _("There is no command called {word} on this machine.").format(word=words[0]),
                    _("Check the spelling; `nslabkit doctor` names the programs that are missing."),
                ) from None
            return self._process


class LastingCapture:
    """A recording of some seconds on one link, or on all links of a namespace."""

    def __init__(
        self,
        fields: Mapping[str, str],
        keep: Callable[[Any], None],
        tell: Callable[[str], None],
    ) -> None:
        self._fields = fields
        self._keep = keep
        self._tell = tell
        self._stopped = threading.Event()

    def run(self) -> str:
        """Record until the time is up or `stop` is called; return a sentence on what there is.

        Raises
        ------
        NslabError
            What `lab.capture` raises.
        """
        from nslabkit.show.lab_recording import capture

        seconds = count_of(self._fields, "seconds", commands("capture", self._fields).ip)
        with capture(_what(self._fields), progress=False) as recording:
            self._tell(_("Recording…"))  # from here on nothing is missed
            self._stopped.wait(seconds)
        self._keep(recording)
        return _("Frames recorded: {count}. Play them below.").format(count=len(recording))

    def stop(self) -> None:
        """End it now; what was recorded is kept."""
        self._stopped.set()


LASTING = {"ping": Ping, "capture": LastingCapture}


def commands(act: str, fields: Mapping[str, str]) -> Commands:
    """Return what to type for a ping or a recording."""
    name = fields["namespace"]
    prefix = f"ip netns exec {shlex.quote(name)} " if name else ""
    if act == "ping":
        ping = f"ping -c {shlex.quote(fields['count'])} {shlex.quote(fields['address'])}"
        where = f"namespaces.namespace({_literal(name)})" if name else "namespaces.HOST"
        return Commands(prefix + ping, f"lab.{where}.run({_literal(ping)})")
    link = shlex.quote(fields["link"]) if fields["link"] else "any"
    what = "/".join(filter(None, (name, fields["link"])))
    return Commands(
        f"{prefix}tcpdump -n -i {link}",
        f"with lab.capture({_literal(what) if what else 'lab.HOST'}) as recording:\n"
        f"    lab.HOST.run({_literal('sleep ' + fields['seconds'])})",
    )


def _what(fields: Mapping[str, str]) -> namespaces.Namespace | links.Link:
    where = namespaces.namespace(fields["namespace"] or None)
    return links.link(fields["link"], where) if fields["link"] else where


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
