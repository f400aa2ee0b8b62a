"""Which hints lead to each fault?  Three each: what to try, where to look, what is wrong."""

from __future__ import annotations

from nslabkit.base.language import translate as _

__all__ = ["hints"]


def hints(kind: int) -> tuple[str, str, str]:
    """Return the three hints of a fault, each telling more than the one before.

    Parameters
    ----------
    kind : int
        Which fault, in the order of `nslabkit.course.faults`.
    """
    return (
        _no_route(),
        _link_down(),
        _not_forwarding(),
        _no_way_back(),
        _on_loopback_only(),
        _dropped(),
    )[kind]


def _no_route() -> tuple[str, str, str]:
    return (
        _("Ping the server from the client. The answer comes at once: who gave it?"),
        _("Ask the client for its way: ip netns exec client ip route get 10.2.0.2"),
        _("The client has no default route; it should go via 10.1.0.1."),
    )


def _link_down() -> tuple[str, str, str]:
    return (
        _("Ping the server from the client, and wait: who says that the host is unreachable?"),
        _("The router could not reach the server. Look at the link between the two, both ends."),
        _("The server's eth0 is down. Mind its default route, too: it went with the link."),
    )


def _not_forwarding() -> tuple[str, str, str]:
    return (
        _("Ping the router's near side, then its far side, then the server. Where does it end?"),
        _("Packets reach the router and do not leave it again: watch both its links with tcpdump."),
        _("The router does not forward: its net.ipv4.ip_forward is 0."),
    )


def _no_way_back() -> tuple[str, str, str]:
    return (
        _("No answer need not mean that the question got lost: watch the server with tcpdump."),
        _("The requests arrive and no reply leaves. Ask the server for its way to 10.1.0.2."),
        _("The server has no default route; it should go via 10.2.0.1."),
    )


def _on_loopback_only() -> tuple[str, str, str]:
    return (
        _("The ping is answered, the connection to port 8080 is refused. What does that rule out?"),
        _("Look who listens on the server, and at which address: ip netns exec server ss -ltn"),
        _("The service listens on 127.0.0.1 only: start one that listens on 10.2.0.2."),
    )


def _dropped() -> tuple[str, str, str]:
    return (
        _("The ping is answered, the connection to port 8080 is neither accepted nor refused."),
        _("The server listens, and the question arrives. What stands in between?"),
        _("A firewall rule on the server drops it: ip netns exec server nft list ruleset"),
    )
