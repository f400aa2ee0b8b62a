"""A recorded state built again, in a sandbox of its own, for the judge to look at.

A record (`nslabkit.course.state_record`) says what a check saw in namespaces, links, addresses,
routes, neighbours set by hand, settings and firewall rules.  Programs that ran there are not in it,
so what a server answers cannot be judged again.

A record is a learner's file.  Every word of it becomes one argument of ``ip``, ``sysctl`` or
``nft``, never a part of a shell's line, and all of it happens in a sandbox that is thrown away.
"""

from __future__ import annotations

import itertools
import re
import subprocess
from typing import TYPE_CHECKING, Any

from nslabkit.net.settings import TOLD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.@-]{0,62}")
_ADDRESS = re.compile(r"[0-9a-fA-F.:]{2,45}(/[0-9]{1,3})?")
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_NUMBERS = re.compile(r"[0-9]{1,10}( [0-9]{1,10})?")
_ROUTE = re.compile(r"(blackhole |unreachable |prohibit )?(default|[0-9a-fA-F.:]+(/[0-9]{1,3})?)")
_MADE = ("bridge", "dummy")
_SECONDS = 5.0  # for one command
_MOST = 64  # namespaces, and of each kind of thing in one


class NotRebuildableError(Exception):
    """A record holds what cannot be built again, or not what a record holds."""


def rebuild(namespaces: Iterable[dict[str, Any]]) -> None:
    """Build what a record tells, in the empty machine that this process is in.

    Raises
    ------
    NotRebuildableError
        There is something that cannot be built again.
    """
    spaces = list(itertools.islice(namespaces, _MOST))
    try:
        commands = list(_commands(spaces))
        rules = [(_host_or_name(space), str(space["firewall"])) for space in spaces]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise NotRebuildableError(str(error)) from error
    for command in commands:
        _run(command)
    for where, text in rules:
        if text:
            _run([*_inside(where), "nft", "-f", "-"], text)


def _commands(spaces: Sequence[dict[str, Any]]) -> Iterator[list[str]]:
    """Yield what builds it: names, links, what is on them, and last what needs them up."""
    for space in spaces:
        if _host_or_name(space):
            yield ["ip", "netns", "add", _host_or_name(space)]
    for part in (_links, _on_links, _routes, _neighbours, _settings):
        for space in spaces:
            yield from part(_host_or_name(space), space)


def _links(where: str, space: dict[str, Any]) -> Iterator[list[str]]:
    for link in _some(space["links"]):
        name, kind = _fit(_NAME, link["name"]), link["kind"]
        if kind == "veth":
            yield from _pair(where, name, link.get("peer"))
        elif kind in _MADE:
            yield [*_ip(where), "link", "add", "dev", name, "type", kind]
        elif kind != "loopback":
            raise ValueError(kind)


def _pair(where: str, name: str, peer: Any) -> Iterator[list[str]]:  # noqa: ANN401 - whatever JSON gave
    if not isinstance(peer, dict):
        raise ValueError(f"{name}: no peer")  # noqa: TRY004 - a wrong form of data
    there, far = _host_or_name({"name": peer["namespace"]}), _fit(_NAME, peer["link"])
    if (where, name) < (there, far):  # each pair is made once, from its first end
        yield [
            *("ip", "link", "add", "dev", name, *_netns(where), "type", "veth"),
            *("peer", "name", far, *_netns(there)),
        ]


def _netns(where: str) -> list[str]:
    return ["netns", where] if where else []


def _on_links(where: str, space: dict[str, Any]) -> Iterator[list[str]]:
    for link in _some(space["links"]):
        change = [*_ip(where), "link", "set", "dev", _fit(_NAME, link["name"])]
        if link["kind"] != "loopback":
            yield [*change, "address", _fit(_MAC, link["mac"]), "mtu", str(int(link["mtu"]))]
        if link.get("alias"):
            yield [*change, "alias", str(link["alias"])[:255]]
        if link["master"]:
            yield [*change, "master", _fit(_NAME, link["master"])]
        if link["state"] != "down":
            yield [*change, "up"]
        for address in _some(link["addresses"]):
            text = _fit(_ADDRESS, address)
            yield [*_ip(where), "addr", "replace", text, "dev", link["name"]]


def _routes(where: str, space: dict[str, Any]) -> Iterator[list[str]]:
    for route in _some(space["routes"]):
        command = [*_ip(where), "route", "replace", *_fit(_ROUTE, route["destination"]).split()]
        if route["via"]:
            command += ["via", _fit(_ADDRESS, route["via"])]
        if route["link"]:
            command += ["dev", _fit(_NAME, route["link"])]
        if route["source"]:
            command += ["src", _fit(_ADDRESS, route["source"])]
        yield command


def _neighbours(where: str, space: dict[str, Any]) -> Iterator[list[str]]:
    for one in _some(space["neighbours"]):
        if "PERMANENT" in str(one["state"]):
            yield [
                *(*_ip(where), "neigh", "replace", _fit(_ADDRESS, one["address"])),
                *("lladdr", _fit(_MAC, one["mac"]), "dev", _fit(_NAME, one["link"])),
                *("nud", "permanent"),
            ]


def _settings(where: str, space: dict[str, Any]) -> Iterator[list[str]]:
    for name, value in space["settings"].items():
        if name in TOLD:
            yield [*_inside(where), "sysctl", "-qw", f"{name}={_fit(_NUMBERS, value)}"]


def _ip(where: str) -> list[str]:
    return ["ip", "-n", where] if where else ["ip"]


def _inside(where: str) -> list[str]:
    return ["ip", "netns", "exec", where] if where else []


def _some(value: Any) -> list[Any]:  # noqa: ANN401 - whatever JSON gave
    if not isinstance(value, list) or len(value) > _MOST:
        raise ValueError("a list")
    return value


def _host_or_name(space: dict[str, Any]) -> str:
    return "" if space["name"] == "" else _fit(_NAME, space["name"])


def _fit(form: re.Pattern[str], value: object) -> str:
    """Return a word that has its form: no option of a command, and nothing for a shell."""
    if not isinstance(value, str) or not form.fullmatch(value):
        raise ValueError(repr(value)[:80])
    return value


def _run(command: list[str], text: str | None = None) -> None:
    try:
        subprocess.run(
            command, input=text, text=True, check=True, capture_output=True, timeout=_SECONDS
        )
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise NotRebuildableError(" ".join(command)[:200]) from error
