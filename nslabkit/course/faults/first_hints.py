"""Hints for the faults of the first level: what one look at links, addresses and routes shows."""

from __future__ import annotations

from nslabkit.base.language import translate as _


def first_hints() -> tuple[tuple[str, str, str], ...]:
    """Return three hints for each fault, in the order of `fault_catalogue`."""
    return (
        (
            _("Ping the server from the client. The answer comes at once: who sent it?"),
            _("Ask the client for its route: ip netns exec client ip route get 10.2.0.2"),
            _("The client has no default route; it should go via 10.1.0.1."),
        ),
        (
            _(
                "Ping the server from the client and read the start of the line that "
                "answers: which machine says no?"
            ),
            _(
                "The router has no way to 10.2.0.0/24. A route to a connected network lives "
                "as long as its link is up: look at both of the router's links."
            ),
            _("The router's link `right` is down: ip -n router link set right up"),
        ),
        (
            _(
                "Ping the server from the client. Which machine says that the host is "
                "unreachable, and how long does it take?"
            ),
            _(
                "The client has a route, and asks for a neighbour that does not answer. For "
                "which? ip -n client neigh"
            ),
            _(
                "The client's default route goes via 10.1.0.9, which nobody has; it should "
                "go via 10.1.0.1."
            ),
        ),
        (
            _("Ping the server from the client, and wait: who says that the host is unreachable?"),
            _(
                "The router asks by ARP for 10.2.0.2, and nobody answers. Compare with what "
                "the server has: ip -n server addr"
            ),
            _(
                "The server has the address 10.2.0.20; it should be 10.2.0.2/24. Mind its "
                "default route, which may go with an address."
            ),
        ),
        (
            _(
                "Ping the server from the client. It is the router that says no: what does "
                "it have beside `left`?"
            ),
            _(
                "The server's wire has a second end. Where is it? Look at the links of all "
                "three namespaces."
            ),
            _(
                "The link `right` is in the client; it belongs in the router, up, with "
                "10.2.0.1/24: ip -n client link set right netns router"
            ),
        ),
        (
            _(
                "The ping is answered; the connection to port 8080 is refused. What "
                "does that rule out?"
            ),
            _("See who listens on the server, and at which address: ip netns exec server ss -ltn"),
            _(
                "The service listens on 127.0.0.1 only: end it (ss -ltnp shows its number), "
                "then lab.faults.serve()"
            ),
        ),
        (
            _("The ping is answered; the connection to port 8080 is neither accepted nor refused."),
            _("The server listens, and the question arrives. What is in between?"),
            _("A firewall rule on the server drops it: ip netns exec server nft list ruleset"),
        ),
    )
