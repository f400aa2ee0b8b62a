"""What is tried for the tasks of lesson 13."""

from task_cases import Case

_BUILT = """
cat >/run/narrow-server.py <<'END'
from socketserver import StreamRequestHandler, ThreadingTCPServer
class Count(StreamRequestHandler):
    def handle(self):
        arrived = sum(iter(lambda: len(self.request.recv(9999)), 0))
        self.wfile.write(b"%d" % arrived)
ThreadingTCPServer.allow_reuse_address = True
ThreadingTCPServer(("", 9000), Count).serve_forever()
END
for name in client router server; do ip netns add $name; done
ip link add eth0 netns client type veth peer name west netns router
ip link add eth0 netns server type veth peer name east netns router
ip -n client addr add 10.1.0.1/24 dev eth0; ip -n router addr add 10.1.0.254/24 dev west
ip -n router addr add 10.2.0.254/24 dev east; ip -n server addr add 10.2.0.1/24 dev eth0
ip -n client link set eth0 up gso_max_segs 1; ip -n server link set eth0 up
ip -n router link set west up; ip -n router link set east up
ip -n client route add default via 10.1.0.254; ip -n server route add default via 10.2.0.254
ip netns exec router sysctl -qw net.ipv4.ip_forward=1
ip netns exec client sysctl -qw net.ipv4.tcp_congestion_control=reno
ip netns exec server setsid python3 /run/narrow-server.py >/dev/null 2>&1 &
timeout 50 sh -c "until ip netns exec server ss -Hltn | grep -q :9000; do sleep 0.05; done"
"""
_INSIDE = "ip netns exec router"


def _table(name: str, hook: str, *rules: str, where: str = _INSIDE) -> str:
    lines = [
        f"{where} nft add table ip {name}",
        f"{where} nft add chain ip {name} c '{{ type filter hook {hook} priority 0; }}'",
        *(f"{where} nft add rule ip {name} c {rule}" for rule in rules),
    ]
    return "\n".join(lines) + "\n"


def _tbf(rate: str, limit: str, link: str = "router qdisc add dev east") -> str:
    return f"tc -n {link} root tbf rate {rate} burst 5kb limit {limit}\n"


_LANE = """
tc -n router qdisc add dev east root handle 1: htb default 20
tc -n router class add dev east parent 1: classid 1:1 htb rate 1mbit
tc -n router class add dev east parent 1:1 classid 1:10 htb rate 100kbit ceil 1mbit prio 0
tc -n router class add dev east parent 1:1 classid 1:20 htb rate 900kbit ceil 1mbit prio 1
""" + _table("lane", "forward", "icmp type echo-request meta priority set 1:10")
_HOLE = "ip -n router link set east mtu 1400\n" + _table(
    "hole", "output", "icmp type destination-unreachable drop"
)
_AT_HOME = """
ip -n client link set lo up; ip -n client addr add 10.2.0.1/32 dev lo
ip netns exec client setsid python3 /run/narrow-server.py >/dev/null 2>&1 &
timeout 50 sh -c "until ip netns exec client ss -Hltn | grep -q :9000; do sleep 0.05; done"
"""
_SECOND = "ip -n server addr add 10.2.0.7/24 dev eth0\n"
_THIRD = "icmp type echo-request numgen random mod 3 0 drop"

CASES = (
    Case(
        "13.1",
        before=_BUILT,
        right=(
            _tbf("1mbit", "10kb"),
            _LANE,
            _tbf("1mbit", "12kb", "client qdisc add dev eth0"),
        ),
        wrong=(
            _tbf("2mbit", "20kb"),
            _tbf("1mbit", "200kb"),
            _tbf("300kbit", "10kb"),
            _tbf("1mbit", "10kb") + _table("mute", "forward", "ip protocol icmp drop"),
            _tbf("1mbit", "10kb", "router qdisc add dev west"),
            _tbf("1mbit", "10kb") + "ip -n router link set east down",
        ),
    ),
    Case(
        "13.2",
        before=_BUILT + _HOLE,
        right=(
            "ip -n client route change default via 10.1.0.254 mtu 1400",
            _table("clamp", "forward", "tcp flags syn tcp option maxseg size set 1360"),
            "ip netns exec client sysctl -qw net.ipv4.tcp_mtu_probing=1",
            "ip -n server link set eth0 mtu 1400",
        ),
        wrong=(
            f"{_INSIDE} nft delete table ip hole",
            f"{_INSIDE} nft insert rule ip hole c icmp type destination-unreachable accept",
            _AT_HOME,
            "ip -n router link set east mtu 1500",
            "ip -n client route flush cache",
            "ip -n client route change default via 10.1.0.254 mtu 1450",
            (
                f"{_INSIDE} nft delete table ip hole\n"
                "ip netns exec client ping -c 1 -M do -s 1400 10.2.0.1 || true\n" + _HOLE
            ),
            _table("clamp", "forward", "tcp flags fin tcp option maxseg size set 1360"),
        ),
    ),
    Case(
        "13.3",
        before=_BUILT,
        right=(
            _SECOND + _table("third", "forward", _THIRD),
            _SECOND
            + _table(
                "third",
                "input",
                "icmp type echo-request numgen inc mod 3 0 drop",
                where="ip netns exec server",
            ),
            _SECOND + _table("third", "forward", f"ip daddr 10.2.0.7 {_THIRD}"),
        ),
        wrong=(
            _SECOND + _table("every", "forward", "icmp type echo-request drop"),
            _SECOND + _table("more", "forward", "ip daddr 10.2.0.7 numgen random mod 3 0 drop"),
            _SECOND + _table("back", "forward", "ip saddr 10.2.0.7 numgen random mod 3 0 drop"),
            _SECOND + _table("third", "forward", "iifname west numgen random mod 3 0 drop"),
            _SECOND
            + _table("few", "forward", "icmp type echo-request numgen random mod 100 0 drop"),
            _SECOND
            + _table("third", "forward", _THIRD)
            + _table("more", "output", "accept")
            + "ip -n router link set west down",
            _SECOND
            + _table("third", "forward", _THIRD, "meta l4proto tcp numgen random mod 10 0 drop"),
            _SECOND + _table("third", "forward", _THIRD, "tcp dport 9000 drop"),
            _table("third", "forward", _THIRD),
            "ip -n router addr add 10.2.0.7/24 dev east\n" + _table("third", "forward", _THIRD),
            _SECOND + _table("third", "forward", f"ip daddr 10.2.0.1 {_THIRD}"),
        ),
    ),
)
