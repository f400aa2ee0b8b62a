"""Hints for the faults of the third level: what hides where one seldom looks."""

from __future__ import annotations

from nslabkit.base.language import translate as _


def third_hints() -> tuple[tuple[str, str, str], ...]:
    """Return three hints for each fault, in the order of `fault_catalogue`."""
    return (
        (
            _(
                "Nothing comes back, and nobody complains. Where is the packet seen last? "
                "Watch the router's two links."
            ),
            _(
                "The router takes it and does not pass it on, although it forwards. Ask it: "
                "ip netns exec router ip route get 10.2.0.2"
            ),
            _(
                "The router has a route for 10.2.0.2 alone that throws everything away: ip "
                "-n router route del blackhole 10.2.0.2"
            ),
        ),
        (
            _(
                "The ping is answered, the port refused. Compare the ttl of the answer with "
                "what one router on the way would leave of it."
            ),
            _(
                "The answer has not passed the router. Who else has the address 10.2.0.2? ip "
                "-n router addr"
            ),
            _(
                "The router has the server's address, too: ip -n router addr del 10.2.0.2/32 "
                "dev left"
            ),
        ),
        (
            _(
                "The ping is answered, the connection is not. Watch with tcpdump on the "
                "server: does an answer leave?"
            ),
            _(
                "The answer leaves the server and does not reach the client. Compare the "
                "router's two links, then ask for its rules."
            ),
            _(
                "A rule on the router drops what comes back from port 8080: ip netns exec "
                "router nft delete table inet filter"
            ),
        ),
        (
            _(
                "The connection is refused at once. Does nobody listen? ip netns exec server "
                "ss -ltn"
            ),
            _(
                "The service listens at every address, and still somebody says no. Who else "
                "can send a reset?"
            ),
            _(
                "A firewall rule on the server rejects the port: ip netns exec server nft "
                "delete table inet filter"
            ),
        ),
        (
            _(
                "The ping is answered, the connection stands, and yet no page comes. What is "
                "different about the page?"
            ),
            _("Try larger pings: ping -s 1400. Then compare the mtu of every link on the way."),
            _(
                "The router's `right` has an mtu of 600, the server's end 1500: ip -n router "
                "link set right mtu 1500"
            ),
        ),
        (
            _(
                "Nothing comes back. Pings of the server that start at the router are "
                "answered: what is different about the client's?"
            ),
            _(
                "The routes are in order. Something else says which table a packet is looked "
                "up in, or none: ip -n router rule"
            ),
            _(
                "A rule of the router throws away what goes from 10.1.0.0/24 to 10.2.0.0/24: "
                "ip -n router rule del pref 100"
            ),
        ),
        (
            _(
                "Nothing comes back. Watch with tcpdump on the server: does an answer leave, "
                "and does anything come in besides?"
            ),
            _(
                "The router complains to the server about its answers. Compare their ttl "
                "with the requests': tcpdump -v"
            ),
            _(
                "The server sends with a ttl of 1: ip netns exec server sysctl -w "
                "net.ipv4.ip_default_ttl=64"
            ),
        ),
        (
            _("Ask for the page both ways: at 10.2.0.2:8080 and at 10.1.0.1:80. Which one fails?"),
            _(
                "Nobody listens on the router's port 80, and nobody should: its packets are "
                "to be sent on to the server. By what? ip netns exec router nft list ruleset"
            ),
            _(
                "The router's NAT rule is missing: in a chain of `type nat hook prerouting "
                "priority -100`, `ip daddr 10.1.0.1 tcp dport 80 dnat to 10.2.0.2:8080`."
            ),
        ),
        (
            _(
                "Nothing comes back, and nobody complains. The router has two wires to the "
                "client: watch on which one the ping comes in, and whether it goes on."
            ),
            _(
                "It comes in by `left`, and ends there. By which link would the router send to "
                "10.1.0.2? Who minds that the two differ?"
            ),
            _(
                "The router takes only what comes by the way it would answer: ip netns exec "
                "router sysctl -w net.ipv4.conf.left.rp_filter=0"
            ),
        ),
    )
