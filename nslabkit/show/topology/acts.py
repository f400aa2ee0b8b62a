"""Acts of a click: what each does, and the commands that it stands for.

Each act goes through the same functions as a learner's own Python line, so its errors are the
same four parts.  The page shows the commands before anything runs, and writes them itself
(docs/decisions/008-commands-of-a-click.md): one table of cases holds for both.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.net import addresses, links, namespaces

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nslabkit.base.errors import NslabError


@dataclass(frozen=True)
class Commands:
    """The same thing twice: as one types it in a shell, and in Python."""

    ip: str
    python: str


def do(act: str, fields: Mapping[str, str]) -> None:
    """Do what a form asks for.

    Parameters
    ----------
    act : str
        One of `ACTS`.
    fields : dict of str
        What the form holds; the host is the namespace "".

    Raises
    ------
    NslabError
        What the act's own function raises.
    """
    ACTS[act][0](fields)


def commands(act: str, fields: Mapping[str, str]) -> Commands:
    """Return what to type for the same."""
    return ACTS[act][1](fields)


def four_parts(error: NslabError) -> dict[str, str]:
    """Return an error as the page shows it."""
    return {
        "kind": type(error).__name__,
        "tried": error.tried,
        "said": error.said,
        "reason": error.reason,
        "fix": error.fix,
    }


def count_of(fields: Mapping[str, str], name: str, tried: str) -> int:
    """Return a whole number from 1 to 600 that a form holds.

    Raises
    ------
    InvalidValueError
        It is none.
    """
    text = fields[name]
    if text.isdecimal() and 1 <= int(text) <= 600:  # noqa: PLR2004 - ten minutes of waiting
        return int(text)
    raise InvalidValueError(
        tried,
        _("{text} is not a whole number from 1 to 600.").format(text=text or '""'),
        _("Write a small number, such as 3."),
    )


def _ip(namespace: str, words: str) -> str:
    return f"ip -n {shlex.quote(namespace)} {words}" if namespace else f"ip {words}"


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _where(namespace: str, name: str = "namespace") -> str:
    return f", {name}={_literal(namespace)}" if namespace else ""


def _call(function: str, fields: Mapping[str, str], *names: str) -> str:
    values = ", ".join(_literal(fields[name]) for name in names)
    return f"lab.{function}({values}{_where(fields['namespace'])})"


def _add_namespace(fields: Mapping[str, str]) -> None:
    namespaces.add(fields["name"])


def _add_wire(given: Mapping[str, str]) -> None:
    fields = _host_first(given)
    links.add_veth(
        fields["name"],
        fields["peer"],
        namespace=fields["namespace"] or None,
        peer_namespace=fields["to"] or None,
    )


def _wire_commands(given: Mapping[str, str]) -> Commands:
    fields = _host_first(given)
    here, there = fields["namespace"], fields["to"]
    target = "" if here == there else f" netns {shlex.quote(there)}"
    name, peer = shlex.quote(fields["name"]), shlex.quote(fields["peer"])
    return Commands(
        _ip(here, f"link add {name} type veth peer name {peer}{target}"),
        f"lab.links.add_veth({_literal(fields['name'])}, {_literal(fields['peer'])}"
        f"{_where(here)}{_where(there, 'peer_namespace')})",
    )


def _host_first(fields: Mapping[str, str]) -> Mapping[str, str]:
    """Turn a wire around that ends on the host: ``ip`` names the other end's namespace."""
    if fields["to"] or not fields["namespace"]:
        return fields
    return {
        "namespace": "",
        "name": fields["peer"],
        "to": fields["namespace"],
        "peer": fields["name"],
    }


def _add_address(fields: Mapping[str, str]) -> None:
    addresses.add(fields["address"], fields["link"], namespace=fields["namespace"] or None)


def _remove_address(fields: Mapping[str, str]) -> None:
    addresses.remove(fields["address"], fields["link"], namespace=fields["namespace"] or None)


def _address_commands(verb: str, function: str) -> Callable[[Mapping[str, str]], Commands]:
    def make(fields: Mapping[str, str]) -> Commands:
        words = f"addr {verb} {shlex.quote(fields['address'])} dev {shlex.quote(fields['link'])}"
        python = _call(f"addresses.{function}", fields, "address", "link")
        return Commands(_ip(fields["namespace"], words), python)

    return make


def _up(fields: Mapping[str, str]) -> None:
    links.up(fields["link"], namespace=fields["namespace"] or None)


def _down(fields: Mapping[str, str]) -> None:
    links.down(fields["link"], namespace=fields["namespace"] or None)


def _remove_link(fields: Mapping[str, str]) -> None:
    links.remove(fields["link"], namespace=fields["namespace"] or None)


def _link_commands(words: str, function: str) -> Callable[[Mapping[str, str]], Commands]:
    def make(fields: Mapping[str, str]) -> Commands:
        ip = _ip(fields["namespace"], words.format(link=shlex.quote(fields["link"])))
        return Commands(ip, _call(f"links.{function}", fields, "link"))

    return make


def _remove_namespace(fields: Mapping[str, str]) -> None:
    namespaces.remove(fields["namespace"])


# Act -> what does it, and what one types for it.  Those that last (a ping, a recording) are in
# `nslabkit.show.topology.lasting`.
ACTS: dict[
    str, tuple[Callable[[Mapping[str, str]], None], Callable[[Mapping[str, str]], Commands]]
] = {
    "namespace": (
        _add_namespace,
        lambda f: Commands(
            f"ip netns add {shlex.quote(f['name'])}", f"lab.namespaces.add({_literal(f['name'])})"
        ),
    ),
    "wire": (_add_wire, _wire_commands),
    "address": (_add_address, _address_commands("add", "add")),
    "remove address": (_remove_address, _address_commands("del", "remove")),
    "up": (_up, _link_commands("link set {link} up", "up")),
    "down": (_down, _link_commands("link set {link} down", "down")),
    "remove link": (_remove_link, _link_commands("link del {link}", "remove")),
    "remove namespace": (
        _remove_namespace,
        lambda f: Commands(
            f"ip netns del {shlex.quote(f['namespace'])}",
            f"lab.namespaces.remove({_literal(f['namespace'])})",
        ),
    ),
}
