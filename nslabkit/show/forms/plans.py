"""Forms for namespaces, wires, addresses and links.

What they do and which commands that is, is the same as for the acts of the live picture.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.net import links
from nslabkit.show.forms import field_checking
from nslabkit.show.forms.plan import Choice, FormField, FormPlan, Job, Values
from nslabkit.show.topology import acts
from nslabkit.show.topology.acts import Commands

if TYPE_CHECKING:
    from nslabkit.live.model import Model


def _acts_of(steps: list[tuple[str, Values]]) -> Commands:
    """Return the commands of several acts, a line each."""
    found = [acts.commands(act, fields) for act, fields in steps]
    return Commands("\n".join(c.ip for c in found), "\n".join(c.python for c in found))


def _do(steps: list[tuple[str, Values]]) -> str:
    for act, fields in steps:
        acts.do(act, fields)
    return _("Done.")


# ----------------------------------------------------------------------------- namespaces
def _add_or_remove(_model: Model, _values: Values) -> list[Choice]:
    return [(_("create"), "add"), (_("remove"), "remove")]


def _namespace_steps(values: Values) -> list[tuple[str, Values]]:
    act = "namespace" if values["what"] == "add" else "remove namespace"
    return [(act, values)]


NAMESPACE = FormPlan(
    "namespace",
    lambda: _("A network namespace"),
    (
        FormField("what", lambda: _("action"), "choice", "add", choices=_add_or_remove),
        FormField(
            "name",
            lambda: _("name"),
            wrong=field_checking.free_namespace_name,
            wanted=lambda values: values["what"] == "add",
        ),
        FormField(
            "namespace",
            lambda: _("namespace"),
            "choice",
            choices=field_checking.only_named,
            wanted=lambda values: values["what"] == "remove",
        ),
    ),
    lambda values: _acts_of(_namespace_steps(values)),
    lambda values, _job: _do(_namespace_steps(values)),
    clears=("name",),
)


# ---------------------------------------------------------------------------------- wires
def _wire_steps(values: Values) -> list[tuple[str, Values]]:
    steps: list[tuple[str, Values]] = [("wire", values)]
    if values["up"]:
        steps.append(("up", {"namespace": values["namespace"], "link": values["name"]}))
        steps.append(("up", {"namespace": values["to"], "link": values["peer"]}))
    return steps


VETH = FormPlan(
    "veth",
    lambda: _("A wire between two namespaces: a veth pair"),
    (
        FormField("namespace", lambda: _("one end in"), "choice", choices=field_checking.spaces),
        FormField(
            "name",
            lambda: _("its name"),
            first="veth1",
            wrong=field_checking.free_link_name("name", "namespace"),
        ),
        FormField("to", lambda: _("other end in"), "choice", choices=field_checking.spaces),
        FormField(
            "peer",
            lambda: _("its name"),
            first="veth1-peer",
            wrong=field_checking.free_link_name("peer", "to"),
        ),
        FormField("up", lambda: _("switch both ends on"), "tick"),
    ),
    lambda values: _acts_of(_wire_steps(values)),
    lambda values, _job: _do(_wire_steps(values)),
    clears=("name", "peer"),
)


# ------------------------------------------------------------------------------ addresses
def _address_steps(values: Values) -> list[tuple[str, Values]]:
    steps: list[tuple[str, Values]] = [("address", values)]
    if values["up"]:
        steps.append(("up", values))
    return steps


_LINK = (
    FormField("namespace", lambda: _("namespace"), "choice", choices=field_checking.spaces),
    FormField("link", lambda: _("link"), "choice", choices=field_checking.links),
)

ADDRESS = FormPlan(
    "address",
    lambda: _("An address for a link"),
    (
        *_LINK,
        FormField("address", lambda: _("address"), wrong=field_checking.address),
        FormField("up", lambda: _("switch the link on, too"), "tick"),
    ),
    lambda values: _acts_of(_address_steps(values)),
    lambda values, _job: _do(_address_steps(values)),
    clears=("address",),
)


# ---------------------------------------------------------------------------------- links
def _what_with_link(_model: Model, _values: Values) -> list[Choice]:
    return [
        (_("switch on"), "up"),
        (_("switch off"), "down"),
        (_("move"), "move"),
        (_("remove"), "remove link"),
    ]


def _elsewhere(model: Model, values: Values) -> list[Choice]:
    return [one for one in field_checking.spaces(model, values) if one[1] != values["namespace"]]


def _link_commands(values: Values) -> Commands:
    if values["what"] != "move":
        return acts.commands(values["what"], values)
    here, there = values["namespace"], values["to"]
    where = f"ip -n {shlex.quote(here)}" if here else "ip"
    # The host has no name; from elsewhere it is reached by a process that is in it.
    target = shlex.quote(there) if there else "1"
    words = [json.dumps(values["link"], ensure_ascii=False)]
    words += [f"namespace={json.dumps(here, ensure_ascii=False)}"] if here else []
    words += [f"to={json.dumps(there, ensure_ascii=False) if there else 'lab.HOST'}"]
    return Commands(
        f"{where} link set {shlex.quote(values['link'])} netns {target}",
        f"lab.links.move({', '.join(words)})",
    )


def _work_on_link(values: Values, _job: Job) -> str:
    if values["what"] != "move":
        return _do([(values["what"], values)])
    links.move(values["link"], namespace=values["namespace"] or None, to=values["to"] or None)
    return _("Done.")


LINK = FormPlan(
    "link",
    lambda: _("A link: on, off, elsewhere, gone"),
    (
        FormField("what", lambda: _("action"), "choice", "up", choices=_what_with_link),
        *_LINK,
        FormField(
            "to",
            lambda: _("to"),
            "choice",
            choices=_elsewhere,
            wanted=lambda values: values["what"] == "move",
        ),
    ),
    _link_commands,
    _work_on_link,
)
