"""Which piece of this network is broken?  Networks with one fault each, to be found and mended.

Three namespaces in a row: ``client`` 10.1.0.2, ``router`` 10.1.0.1 and 10.2.0.1, ``server``
10.2.0.2, which answers on TCP port 8080.  A number chooses the fault, so that two learners who
share the number have the same one; the number itself does not tell which.
"""

from __future__ import annotations

import random
import shlex
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError, NslabError
from nslabkit.base.language import translate as _
from nslabkit.course import fault_hints as hints
from nslabkit.course.checks.check_result import CheckResult, kindly, missing, right
from nslabkit.net import addresses, links, namespaces
from nslabkit.net.namespace import HOST

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NAMES", "build", "clear", "hint", "mended"]

NAMES = ("client", "router", "server")
SERVER, PORT = "10.2.0.2", 8080
_PATIENCE = 5.0  # seconds until the service must answer

# The server's program: one page for whoever asks, at the address and port that are its arguments.
_SERVICE = """
import socket, sys
listening = socket.create_server((sys.argv[1], int(sys.argv[2])))
while True:
    connection, _ = listening.accept()
    connection.recv(4096)
    connection.sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\nhello from the server\\n")
    connection.close()
"""


class _Sentence(str):
    """A text for a reader: as the value of a cell it shows itself without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


@dataclass(frozen=True)
class _Fault:
    """One broken piece: what to do to a working network, and where its service listens."""

    break_it: Callable[[], None]
    service_at: str = SERVER


def _ip(command: str) -> None:
    HOST.run(["ip", *command.split()], check=True, quiet=True)


def _in(name: str, command: str) -> None:
    namespaces.namespace(name).run(command, check=True, quiet=True)


_DROP = (
    "nft 'add table inet filter; "
    "add chain inet filter input { type filter hook input priority 0; }; "
    f"add rule inet filter input tcp dport {PORT} drop'"
)
_FAULTS = (
    _Fault(lambda: _ip("-n client route del default")),
    _Fault(lambda: _ip("-n server link set eth0 down")),
    _Fault(lambda: _in("router", "sysctl -qw net.ipv4.ip_forward=0")),
    _Fault(lambda: _ip("-n server route del default")),
    _Fault(lambda: None, service_at="127.0.0.1"),
    _Fault(lambda: _in("server", _DROP)),
)


def build(number: int) -> None:
    """Build the network with the fault of this number, in the place of the one before.

    Parameters
    ----------
    number : int
        Any number from 1 on.

    Raises
    ------
    InvalidValueError
        It is not such a number.
    """
    fault = _FAULTS[_kind(number)]
    clear()
    for name in NAMES:
        _ip(f"netns add {name}")
        _ip(f"-n {name} link set lo up")
    for name, near, far in (("client", "eth0", "left"), ("server", "eth0", "right")):
        _ip(f"-n {name} link add {near} type veth peer name {far} netns router")
    for name, link, address in (
        ("client", "eth0", "10.1.0.2"),
        ("router", "left", "10.1.0.1"),
        ("router", "right", "10.2.0.1"),
        ("server", "eth0", SERVER),
    ):
        _ip(f"-n {name} addr add {address}/24 dev {link}")
        _ip(f"-n {name} link set {link} up")
    _ip("-n client route add default via 10.1.0.1")
    _ip("-n server route add default via 10.2.0.1")
    _in("router", "sysctl -qw net.ipv4.ip_forward=1")
    _start_service(fault.service_at)
    fault.break_it()


def clear() -> None:
    """Remove the network and end its service; nothing happens where there is none."""
    for name in NAMES:
        if name not in namespaces.names():
            continue
        for pid in namespaces.pids(name):
            HOST.run(["kill", "-9", str(pid)], quiet=True)
        namespaces.remove(name)


def hint(number: int, step: int) -> str:
    """Return one of the three hints of a fault, each telling more than the one before.

    Parameters
    ----------
    number : int
        As for `build`.
    step : int
        1, 2 or 3.

    Raises
    ------
    InvalidValueError
        There is no such number or hint.
    """
    found = hints.hints(_kind(number))
    if step not in range(1, len(found) + 1):
        raise InvalidValueError(
            f"lab.faults.hint({number!r}, {step!r})",
            _("Each fault has the hints 1, 2 and 3."),
            f"lab.faults.hint({number!r}, 1)",
        )
    return _Sentence(found[step - 1])


@kindly
def mended(number: int) -> CheckResult:
    """Check that the network of this number works again: by packets, and by its state.

    Parameters
    ----------
    number : int
        As for `build`.
    """
    _kind(number)
    absent = [name for name in NAMES if name not in namespaces.names()]
    if absent:
        text = _("there is no network to look at. Type: lab.faults.build({number})")
        return missing(text.format(number=number))
    client = namespaces.namespace("client")
    if not _has(SERVER, "server"):
        text = _("the server has lost its address {address}: build the network anew.")
        return missing(text.format(address=SERVER))
    ping = client.run(["ping", "-c", "1", "-W", "3", SERVER], quiet=True)
    if ping.returncode != 0:
        text = _("the client still gets no answer to a ping of {address}.")
        return missing(text.format(address=SERVER))
    said = _ask_service()
    if said is not None:
        text = _("the ping is answered, but not the connection to port {port}: {said}.")
        return missing(text.format(port=PORT, said=said))
    if links.link("eth0", client).carrier and len(namespaces.names()) >= len(NAMES):
        text = _("the client's ping is answered and port {port} too: the network is whole.")
        return right(text.format(port=PORT))
    return missing(_("the client reaches the server another way than by its own eth0."))


def _kind(number: int) -> int:
    """Return which fault a number stands for: six numbers in a row give all six, mixed."""
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise InvalidValueError(
            f"lab.faults.build({number!r})",
            _("A fault is chosen by a whole number from 1 on."),
            "lab.faults.build(1)",
        )
    round_, place = divmod(number - 1, len(_FAULTS))
    order = random.Random(f"nslabkit {round_}").sample(range(len(_FAULTS)), len(_FAULTS))  # noqa: S311 - mixing, no secret
    return order[place]


def _has(address: str, name: str) -> bool:
    return any(entry.address.split("/")[0] == address for entry in addresses.addresses(name))


def _start_service(address: str) -> None:
    """Start the server's program, and wait until it listens."""
    command = ["ip", "netns", "exec", "server", sys.executable, "-I", "-S", "-c", _SERVICE]
    words = shlex.join([*command, address, str(PORT)])
    # setsid -f lets it go: no process of ours waits for it, process 1 of the machine does.
    HOST.run(f"setsid -f {words} </dev/null >/dev/null 2>&1", check=True, quiet=True)
    end = time.monotonic() + _PATIENCE
    listening = ["ss", "-Hltn", f"sport = :{PORT}"]
    while not namespaces.namespace("server").run(listening, quiet=True).stdout:
        if time.monotonic() > end:
            raise NslabError(
                " ".join(listening),
                _("The server's program did not start to listen within five seconds."),
                _("Build the network again; `nslabkit doctor` shows what this machine can do."),
            )
        time.sleep(0.01)


def _ask_service() -> str | None:
    """Return None if the service answers the client, else what the kernel said."""
    program = (
        "import socket; "
        f"connection = socket.create_connection(('{SERVER}', {PORT}), 1); "
        "connection.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n'); "
        "print(connection.recv(100))"
    )
    command = [sys.executable, "-I", "-S", "-c", program]
    result = namespaces.namespace("client").run(command, quiet=True)
    if result.returncode == 0 and result.stdout:
        return None
    lines = result.stderr.strip().splitlines()
    return lines[-1] if lines else _("it was closed without a word")
