"""Forms for packets: a ping, a recording, a rule that drops some."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING

from nslabkit.base.language import translate as _
from nslabkit.net import namespaces
from nslabkit.show.forms import field_checking
from nslabkit.show.forms.plan import (
    Choice,
    FormField,
    FormPlan,
    Job,
    Values,
    links_in,
    named_spaces,
)
from nslabkit.show.topology import lasting
from nslabkit.show.topology.acts import Commands

if TYPE_CHECKING:
    from nslabkit.live.model import Model

_TABLE = "clicks"  # what the form adds is in a table of its own, and goes with it
_CHAIN = f"add table inet {_TABLE}; add chain inet {_TABLE} input "
_CHAIN += "{ type filter hook input priority 0; }"


def _addresses(model: Model, values: Values) -> list[Choice]:
    """Offer the addresses of all namespaces but the one that pings, then its own."""
    is_own = {
        address.partition("/")[0]: name == values["namespace"]
        for name in named_spaces(model)
        for link in links_in(model, name)
        for address in link["addresses"]
    }
    return [(text, text) for text in sorted(is_own, key=lambda text: (is_own[text], text))]


def _ping(values: Values, job: Job) -> str:
    ping = lasting.Ping(values, job.show)
    job.stops_with(ping.stop)
    return ping.run()


PING = FormPlan(
    "ping",
    lambda: _("A ping"),
    (
        FormField("namespace", lambda: _("from"), "choice", choices=field_checking.spaces),
        FormField(
            "address",
            lambda: _("to"),
            "offer",
            choices=_addresses,
            wrong=field_checking.plain_address,
        ),
        FormField(
            "count", lambda: _("how often"), first="2", wrong=field_checking.number("count", 1, 600)
        ),
    ),
    lambda values: lasting.commands("ping", values),
    _ping,
    lambda values: float(values["count"]),
)


def _links_or_all(model: Model, values: Values) -> list[Choice]:
    return [(_("all of them"), ""), *field_checking.links(model, values)]


def _record(values: Values, job: Job) -> str:
    recording = lasting.LastingCapture(values, job.keep, job.show)
    job.stops_with(recording.stop)
    return recording.run()


CAPTURE = FormPlan(
    "capture",
    lambda: _("A recording of the frames"),
    (
        FormField("namespace", lambda: _("namespace"), "choice", choices=field_checking.spaces),
        FormField("link", lambda: _("link"), "choice", choices=_links_or_all),
        FormField(
            "seconds",
            lambda: _("seconds"),
            first="5",
            wrong=field_checking.number("seconds", 1, 600),
        ),
    ),
    lambda values: lasting.commands("capture", values),
    _record,
    lambda values: float(values["seconds"]),
)


def _rules(_model: Model, _values: Values) -> list[Choice]:
    return [
        (_("drop pings that arrive"), "ping"),
        (_("drop what arrives at a TCP port"), "tcp"),
        (_("drop what arrives at a UDP port"), "udp"),
        (_("remove these rules"), "remove"),
    ]


def _script(values: Values) -> str:
    if values["what"] == "remove":
        return f"delete table inet {_TABLE}"
    if values["what"] == "ping":
        match = "icmp type echo-request"
    else:
        match = f"{values['what']} dport {values['port']}"
    return f"{_CHAIN}; add rule inet {_TABLE} input {match} drop"


def _firewall_commands(values: Values) -> Commands:
    name, nft = values["namespace"], f"nft {shlex.quote(_script(values))}"
    where = f"namespaces.namespace({json.dumps(name, ensure_ascii=False)})" if name else "HOST"
    return Commands(
        f"ip netns exec {shlex.quote(name)} {nft}" if name else nft,
        f"lab.{where}.run({json.dumps(nft, ensure_ascii=False)}, check=True)",
    )


def _filter(values: Values, _job: Job) -> str:
    where = namespaces.namespace(values["namespace"] or None)
    where.run(["nft", _script(values)], check=True, quiet=True)
    return _("Done.")


def _no_rules(values: Values, model: Model) -> str | None:
    space = named_spaces(model).get(values["namespace"])
    if values["what"] == "remove" and space is not None and not space["rules"]:
        return _("There is no rule in this namespace.")
    return None


FIREWALL = FormPlan(
    "firewall",
    lambda: _("A rule of the firewall"),
    (
        FormField("namespace", lambda: _("namespace"), "choice", choices=field_checking.spaces),
        FormField("what", lambda: _("action"), "choice", "ping", choices=_rules, wrong=_no_rules),
        FormField(
            "port",
            lambda: _("port"),
            first="80",
            wrong=field_checking.number("port", 1, 65535),
            wanted=lambda values: values["what"] in {"tcp", "udp"},
        ),
    ),
    _firewall_commands,
    _filter,
)
