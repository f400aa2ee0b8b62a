"""Hints for the faults of the second level: what two looks must be compared for."""

from __future__ import annotations

from nslabkit.base.language import translate as _


def second_hints() -> tuple[tuple[str, str, str], ...]:
    """Return three hints for each fault, in the order of `fault_catalogue`."""
    return (
        (
            _(
                "Ping the server from the client. The client itself says that the host is "
                "unreachable: why does it not ask the router?"
            ),
            _(
                "Compare the answer of ip netns exec client ip route get 10.2.0.2 with that "
                "for 10.1.0.1: `via` or not?"
            ),
            _(
                "The client takes 10.2.0.2 for a neighbour: its prefix length is 8, and "
                "should be 24."
            ),
        ),
        (
            _(
                "Ping the router's near side, then its far side, then the server. "
                "Where does it stop?"
            ),
            _("Packets reach the router but do not leave it: watch both its links with tcpdump."),
            _("The router does not forward: its net.ipv4.ip_forward is 0."),
        ),
        (
            _(
                "No answer does not have to mean that the question got lost: watch the "
                "server with tcpdump."
            ),
            _("The requests arrive and no reply leaves. Ask the server for its route to 10.1.0.2."),
            _("The server has no default route; it should go via 10.2.0.1."),
        ),
        (
            _(
                "Ping the server from the client, and wait. Which address says that the host "
                "is unreachable?"
            ),
            _(
                "The router looks for the server on one of its two wires. On which, and why? "
                "ip netns exec router ip route get 10.2.0.2"
            ),
            _(
                "The router's two addresses are on each other's link: `left` should have "
                "10.1.0.1/24, `right` 10.2.0.1/24."
            ),
        ),
        (
            _(
                "Ping the server from the client, and wait. Who says that the host is "
                "unreachable, and whom did it ask?"
            ),
            _(
                "The router's ARP request for 10.2.0.2 arrives at the server, and nothing "
                "goes back. Compare the words in <\u2026> of ip -n server link with those of "
                "another link."
            ),
            _("ARP is off on the server's eth0 (`NOARP`): ip -n server link set eth0 arp on"),
        ),
        (
            _(
                "Silence: does the packet reach the server? Watch with tcpdump -e on the "
                "server's eth0, and read the destination MAC."
            ),
            _(
                "Compare that MAC with the one that the server has. Where does the router "
                "get it from? ip -n router neigh"
            ),
            _(
                "The router has a permanent neighbour entry for 10.2.0.2 with a wrong MAC "
                "address: ip -n router neigh del 10.2.0.2 dev right"
            ),
        ),
        (
            _("The connection to port 8080 is accepted, and then nothing comes. Who accepted it?"),
            _(
                "Look at who listens: ip netns exec server ss -ltnp. Is it the program that "
                "should be there?"
            ),
            _(
                "Another program has taken the port, so the service could not start: end it, "
                "then lab.faults.serve()"
            ),
        ),
    )
