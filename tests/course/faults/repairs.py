"""What a learner would type for each fault, by level, in the order of the catalogue."""

from passing_on import passing_on

from nslabkit.course.faults.fault_catalogue import LEVELS

END_SERVICE = "for p in $(ip netns pids server); do kill $p; done; while ip netns exec server ss -Hltn | grep -q 8080; do :; done"  # noqa: E501
NO_FILTER = "ip netns exec {} nft delete table inet filter"

FIRST = (
    "ip -n client route add default via 10.1.0.1",
    "ip -n router link set right up",
    "ip -n client route replace default via 10.1.0.1",
    "ip -n server addr add 10.2.0.2/24 dev eth0",
    (
        "ip -n client link set right netns router; ip -n router addr add 10.2.0.1/24 dev right;"
        " ip -n router link set right up"
    ),
    f"{END_SERVICE}; SERVE",
    NO_FILTER.format("server"),
)
SECOND = (
    "ip -n client addr add 10.1.0.2/24 dev eth0; ip -n client addr del 10.1.0.2/8 dev eth0",
    "ip netns exec router sysctl -w net.ipv4.ip_forward=1",
    "ip -n server route add default via 10.2.0.1",
    (
        "ip -n router addr flush dev left; ip -n router addr flush dev right;"
        " ip -n router addr add 10.1.0.1/24 dev left; ip -n router addr add 10.2.0.1/24 dev right"
    ),
    "ip -n server link set eth0 arp on",
    "ip -n router neigh del 10.2.0.2 dev right",
    f"{END_SERVICE}; SERVE",
)
THIRD = (
    "ip -n router route del blackhole 10.2.0.2",
    *(fault.mend for fault in LEVELS[2][1:5]),
    "ip -n router rule del pref 100",
    "ip netns exec server sysctl -w net.ipv4.ip_default_ttl=64",
    LEVELS[2][7].mend,
    "ip netns exec router sysctl -w net.ipv4.conf.left.rp_filter=0",
)
REPAIRS = (FIRST, SECOND, THIRD)
# What looks like a repair, and is none: an answer from somebody else, or half of one.
WRONG = (
    "ip -n client addr add 10.2.0.2/32 dev lo",
    (
        "ip netns exec server nft flush ruleset; ip netns exec router nft flush ruleset;"
        " ip -n server link set eth0 mtu 600; ip -n client link set eth0 mtu 600"
    ),
    (
        "ip link add short netns client type veth peer name cut netns server;"
        " ip -n client addr add 10.9.0.1/24 dev short; ip -n server addr add 10.9.0.2/24 dev cut;"
        " ip -n client link set short up; ip -n server link set cut up;"
        " ip -n client route add 10.2.0.2 via 10.9.0.2;"
        " ip -n server route add 10.1.0.2 via 10.9.0.1"
    ),
)
# Half a repair for a level and a place in it: it does not last, is too narrow, or somebody else
# gives the answer.
_MAC = "$(ip netns exec {} cat /sys/class/net/{}/address)"
_SERVES = (
    'timeout 50 sh -c "until ip netns exec router ss -Hltn | grep -q :80; do sleep 0.05; done"'
)
HALF = (
    (2, 4, "ip -n router link set right mtu 1499"),
    (
        1,
        4,
        (
            f"ip -n router neigh replace 10.2.0.2 lladdr {_MAC.format('server', 'eth0')} dev right"
            " nud reachable; ip -n server neigh replace 10.2.0.1"
            f" lladdr {_MAC.format('router', 'right')} dev eth0 nud reachable"
        ),
    ),
    (
        2,
        7,
        (
            "setsid -f ip netns exec router python3 -m http.server 80 </dev/null >/dev/null 2>&1;"
            f" {_SERVES}"
        ),
    ),
)
# A program of the router that passes each connection on to the server.
_PROXY = f"""cat >/run/proxy.py <<'END'
{passing_on(("10.1.0.1", 80), ("10.2.0.2", 8080))}END
setsid -f ip netns exec router python3 /run/proxy.py </dev/null >/dev/null 2>&1
"""
# Whole repairs that the hints do not think of.
OTHERWISE = (
    (1, 4, HALF[1][2].replace("reachable", "permanent")),
    (2, 7, _PROXY + _SERVES),
    (1, 0, "ip netns exec router sysctl -qw net.ipv4.conf.left.proxy_arp=1"),
    (
        0,
        5,
        (
            "ip netns exec server sysctl -qw net.ipv4.conf.all.route_localnet=1;"
            " ip netns exec server nft 'add table ip n; add chain ip n p { type nat hook prerouting"
            " priority -100; }; add rule ip n p tcp dport 8080 dnat to 127.0.0.1'"
        ),
    ),
    (2, 6, "ip -n server route change default via 10.2.0.1 hoplimit 64"),
)
