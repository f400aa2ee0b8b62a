"""Checks of form input.  They run at each keystroke, so nothing here asks the kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.net import namespaces, typed_values
from nslabkit.net.link_names import link_name
from nslabkit.net.namespaces import HOST
from nslabkit.show.forms.plan import Choice, Values, links_in, named_spaces, reason_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.live.model import Model


def spaces(model: Model, _chosen: Values) -> list[Choice]:
    """Offer the host and the named namespaces."""
    return [(name or _("host"), name) for name in named_spaces(model)]


def only_named(model: Model, _chosen: Values) -> list[Choice]:
    """Offer the named namespaces."""
    return [(name, name) for name in named_spaces(model) if name]


def links(model: Model, values: Values) -> list[Choice]:
    """Offer the links of the namespace that was chosen, those that were made first."""
    found = [link["name"] for link in links_in(model, values["namespace"])]
    return [(name, name) for name in sorted(found, key=lambda name: name == "lo")]


def free_namespace_name(values: Values, model: Model) -> str | None:
    """Return why a new namespace cannot be called so."""
    name = values["name"]
    if not name:
        return _("Write a name, such as netns1.")
    if name.startswith("/"):
        return _("A name cannot contain a `/`: it becomes a file in /run/netns.")
    if name in named_spaces(model):
        return _("A network namespace called {name} already exists.").format(name=name)
    return reason_of(lambda: namespaces.resolve(name))


def free_link_name(field: str, place: str) -> Callable[[Values, Model], str | None]:
    """Return a check that a new link may be called as `field` says, where `place` says."""

    def wrong(values: Values, model: Model) -> str | None:
        name = values[field]
        if not name:
            return _("Write a name, such as veth1.")
        if any(link["name"] == name for link in links_in(model, values[place])):
            return _("{namespace} already has a link called {link}.").format(
                link=name, namespace=values[place] or _("host")
            )
        if field == "peer" and (name, values[place]) == (values["name"], values["namespace"]):
            return _("Both ends would be called {link} in the same namespace.").format(link=name)
        return reason_of(lambda: link_name(name, ""))

    return wrong


def address(values: Values, model: Model) -> str | None:
    """Return why a link cannot get that address."""
    text = values["address"]
    if not text:
        return _("Write an address with its prefix length, such as 172.16.0.1/24.")
    for link in links_in(model, values["namespace"]):
        if link["name"] == values["link"] and text in link["addresses"]:
            return _("{link} already has the address {address}.").format(
                link=link["name"], address=text
            )
    return reason_of(lambda: typed_values.interface_address(text, HOST, values["link"], "add"))


def plain_address(values: Values, _model: Model) -> str | None:
    """Return why nobody can be pinged at that address."""
    text = values["address"]
    if not text:
        return _("Write an address, such as 172.16.0.2.")
    if "/" in text:
        return _("An address to ping takes no prefix length: leave out the slash.")
    return reason_of(lambda: typed_values.address(text, ""))


def number(field: str, least: int, most: int) -> Callable[[Values, Model], str | None]:
    """Return a check for a whole number."""

    def wrong(values: Values, _model: Model) -> str | None:
        text = values[field]
        if text.isdecimal() and text.isascii() and least <= int(text) <= most:
            return None
        return _("Write a whole number from {least} to {most}.").format(least=least, most=most)

    return wrong
