"""What is tried for the tasks of lesson 16."""

import sys

from task_cases import Case

# An answer that a case before has left goes, whatever the learner's file is called.
_HOSTS = """
grep -lsxE "victim|server|attacker" /run/* | xargs -r rm
ip link add br0 type bridge; ip link set br0 up
number=0
for name in victim server attacker; do
  number=$((number + 1))
  ip netns add $name
  ip netns exec $name sysctl -qw net.ipv6.conf.default.disable_ipv6=1
  ip link add port-$name type veth peer name eth0 netns $name
  ip -n $name link set eth0 address 02:00:00:00:00:0$number up
  ip -n $name addr add 172.16.0.$number/24 dev eth0
  ip link set port-$name master br0 up
done
ip netns exec attacker sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.send_redirects=0
timeout 20 sh -c "until ip netns exec victim ping -c 1 -W 1 172.16.0.2; do :; done" >/dev/null
"""
# The lesson's program, without scapy: it begins at once.
_PROGRAM = r"""
cat >/run/spoof.py <<'END'
import socket, sys, time
claimed, target, mac, mine, count = sys.argv[1:]
plain = lambda text: bytes.fromhex(text.replace(":", ""))
frame = plain(mac) + plain(mine) + bytes.fromhex("0806 0001 0800 06 04 0002")
frame += plain(mine) + socket.inet_aton(claimed) + plain(mac) + socket.inet_aton(target)
with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as out:
    out.bind(("eth0", 0))
    for _number in range(int(count)):
        out.send(frame)
        time.sleep(0.5)
END
"""
_SPOOF = (
    f"setsid ip netns exec {{where}} {sys.executable} /run/spoof.py {{words}} >/dev/null 2>&1 &\n"
)


def _claim(where: str, words: str) -> str:
    return _SPOOF.format(where=where, words=words)


_ATTACK = (
    _HOSTS
    + _PROGRAM
    + _claim("attacker", "172.16.0.2 172.16.0.1 02:00:00:00:00:01 02:00:00:00:00:03 9999")
    + _claim("attacker", "172.16.0.1 172.16.0.2 02:00:00:00:00:02 02:00:00:00:00:03 9999")
    + """
for name in victim server; do
  timeout 20 sh -c "until ip -n $name neigh | grep -q 00:03; do sleep 0.05; done"
done
"""
)
_LOTS = _HOSTS + _PROGRAM
_LOTS += _claim("server", "172.16.0.254 172.16.0.254 ff:ff:ff:ff:ff:ff 02:00:00:00:00:02 9999")
_LOTS += 'timeout 20 sh -c "until ip netns pids server | grep -q .; do sleep 0.05; done"\n'
_RIGHT_AGAIN = """
ip -n victim neigh replace 172.16.0.2 lladdr 02:00:00:00:00:02 dev eth0 nud {state}
ip -n server neigh replace 172.16.0.1 lladdr 02:00:00:00:00:01 dev eth0 nud {state}
"""
_ENDED = """
kill $(ip netns pids {where})
timeout 10 sh -c "while ip netns pids {where} | grep -q .; do sleep 0.05; done"
"""
_NO_ATTACK = _ENDED.format(where="attacker")
_NOT_BEGUN = "kill -STOP $(ip netns pids attacker)"  # as one that is still being started
_STATIC, _LEARNT = _RIGHT_AGAIN.format(state="permanent"), _RIGHT_AGAIN.format(state="stale")


def _netdev(rule: str, link: str = "port-attacker", where: str = "") -> str:
    nft = f"ip netns exec {where} nft" if where else "nft"
    return f"""
{nft} add table netdev gate
{nft} add chain netdev gate in '{{ type filter hook ingress device "{link}" priority 0; }}'
{nft} add rule netdev gate in {rule}
"""


_BRIDGE = """
nft add table bridge gate
nft add chain bridge gate in '{ type filter hook prerouting priority 0; }'
nft add rule bridge gate in iifname port-attacker arp saddr ip != 172.16.0.3 drop
"""
_OWN_GUARD = "".join(
    _netdev(f"arp saddr ip {address} arp saddr ether != {mac} drop", "eth0", where)
    for where, address, mac in (
        ("victim", "172.16.0.2", "02:00:00:00:00:02"),
        ("server", "172.16.0.1", "02:00:00:00:00:01"),
    )
)
_HONEST = "arp saddr ip != 172.16.0.3 drop"
# A limit beside the rule harms nobody; one within it lets a false claim through now and then: not
# in the seconds of a check, when it has just let several through.
_LIMIT_BESIDE = _netdev("arp saddr ip != 172.16.0.3 limit rate 1/second counter")
_LIMIT_WITHIN = _netdev("arp saddr ip != 172.16.0.3 limit rate over 1/minute counter drop")
_LIMIT_REACHED = """
timeout 50 sh -c 'until nft list ruleset | grep -q "packets [1-9]"; do sleep 0.05; done'
"""

CASES = (
    Case(
        "16.1",
        before=_ATTACK,
        right=(
            _STATIC,
            _STATIC.replace("permanent", "noarp"),
            _netdev(_HONEST) + _LEARNT,
            _OWN_GUARD + _LEARNT,
        ),
        wrong=(
            _STATIC.split("\n")[1],
            _NOT_BEGUN + _STATIC,
            _LEARNT,
            _NO_ATTACK + _STATIC,
            "ip netns exec attacker sysctl -qw net.ipv4.ip_forward=0",
            _STATIC.replace("02:00:00:00:00:02", "02:00:00:00:00:03"),
            "ip -n victim link set eth0 down",
        ),
    ),
    Case(
        "16.2",
        before=_ATTACK + _STATIC,
        right=(
            _netdev(_HONEST) + _LEARNT,
            _BRIDGE + _LEARNT,
            _OWN_GUARD + _LEARNT,
            _LIMIT_BESIDE + f"nft add rule netdev gate in {_HONEST}\n" + _LEARNT,
        ),
        wrong=(
            _LEARNT,
            _LIMIT_WITHIN + _LIMIT_REACHED + _LEARNT,
            _NOT_BEGUN + _LEARNT,
            _STATIC.replace("permanent", "noarp"),
            _netdev(_HONEST),
            "ip link set port-attacker down\n" + _LEARNT,
            _netdev("ether type arp drop") + _LEARNT,
            _netdev("arp operation reply drop") + _LEARNT,
            _netdev("arp saddr ip 172.16.0.2 drop") + _LEARNT,
            _NO_ATTACK + _LEARNT,
        ),
    ),
    Case(
        "16.3",
        before=_LOTS,
        right=(
            "echo server >/run/found",
            (
                "for n in victim server attacker; do"
                " ip netns pids $n | grep -q . && printf $n >/run/found; done; true"
            ),
        ),
        wrong=(
            "echo attacker >/run/found",
            "echo 02:00:00:00:00:02 >/run/found",
            "touch /run/found",
            "echo server attacker >/run/found",
            _ENDED.format(where="server") + "echo server >/run/found",
        ),
    ),
)
