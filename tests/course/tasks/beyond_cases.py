"""What is tried for the tasks of lesson 4."""

from task_cases import Case, faulty_wire

_HOSTS = """
for n in a1 a2 b1 b2; do
  case $n in a*) net=10.1.0.;; *) net=10.2.0.;; esac
  ip netns add $n
  ip link add port-$n type veth peer name eth0 netns $n
  ip link set port-$n up
  ip -n $n addr add $net${n#?}/24 dev eth0
  ip -n $n link set eth0 up
done
"""
_BRIDGES = """
for n in a b; do
  ip link add br-$n type bridge
  ip link set br-$n up
  ip link set port-${n}1 master br-$n; ip link set port-${n}2 master br-$n
done
"""
_ROUTES = """
for n in 1 2; do
  ip -n a$n route add default via 10.1.0.254; ip -n b$n route add default via 10.2.0.254
done
"""
_GATES = "ip addr add 10.1.0.254/24 dev br-a; ip addr add 10.2.0.254/24 dev br-b\n"
_FORWARD = "sysctl -qw net.ipv4.ip_forward=1\n"
_WHOLE = _HOSTS + _BRIDGES + _GATES + _ROUTES + _FORWARD
_ROUTER = f"""{_HOSTS}{_BRIDGES}{_ROUTES}
ip netns add router
for n in a b; do
  ip link add leg-$n type veth peer name eth-$n netns router
  ip link set leg-$n master br-$n up
  ip -n router link set eth-$n up
done
ip -n router addr add 10.1.0.254/24 dev eth-a; ip -n router addr add 10.2.0.254/24 dev eth-b
ip netns exec router sysctl -qw net.ipv4.ip_forward=1
"""
_ONE_BRIDGE = f"""{_HOSTS}
ip link add br0 type bridge; ip link set br0 up
for n in a1 a2 b1 b2; do ip link set port-$n master br0; done
for n in a1 a2; do ip -n $n route add 10.2.0.0/24 dev eth0; done
for n in b1 b2; do ip -n $n route add 10.1.0.0/24 dev eth0; done
"""
_TWO_NAMES = f"""
for n in a b; do
  ip netns add ${{n}}1; ip -n ${{n}}1 link set lo up
  touch /run/netns/${{n}}2; mount --bind /run/netns/${{n}}1 /run/netns/${{n}}2
  case $n in a) net=10.1.0.;; *) net=10.2.0.;; esac
  for i in 1 2; do
    ip link add port-$n$i up type veth peer name eth$i netns ${{n}}1
    ip -n ${{n}}1 addr add $net$i/24 dev eth$i; ip -n ${{n}}1 link set eth$i up
  done
done
{_BRIDGES}{_GATES}{_FORWARD}
ip -n a1 route add default via 10.1.0.254; ip -n b1 route add default via 10.2.0.254
"""
_CABLE = f"""{_HOSTS}{_BRIDGES}
ip link add cable-a up master br-a type veth peer name cable-b
ip link set cable-b up master br-b
for n in a1 a2; do ip -n $n route add 10.2.0.0/24 dev eth0; done
for n in b1 b2; do ip -n $n route add 10.1.0.0/24 dev eth0; done
"""


def _rule(where: str, hook: str, rule: str) -> str:
    return (
        f"{where} nft add table ip guard\n"
        f"{where} nft add chain ip guard g '{{ type filter hook {hook} priority 0; }}'\n"
        f"{where} nft add rule ip guard g {rule}\n"
    )


CASES = (
    Case(
        "4.1",
        before="sysctl -qw net.ipv4.ip_forward=0",
        right=(_WHOLE, _ROUTER),
        wrong=(
            _HOSTS + _BRIDGES,
            _HOSTS + _BRIDGES + _GATES + _ROUTES,
            _HOSTS + _BRIDGES + _GATES + _FORWARD,
            _ONE_BRIDGE,
            _CABLE,
            _TWO_NAMES,
        ),
    ),
    Case(
        "4.2",
        before=_WHOLE,
        right=(
            "ip -n a1 route add blackhole 10.2.0.2",
            "ip -n a1 route add prohibit 10.2.0.2/31",
            "ip -n a1 route del default; ip -n a1 route add 10.2.0.1 via 10.1.0.254",
        ),
        wrong=(
            "ip -n a1 route del default",
            "ip -n a1 route add blackhole 10.2.0.1",
            "ip -n b2 link set eth0 down",
            "ip -n a1 route add 10.2.0.2 via 10.1.0.254",
            "ip -n a1 route add blackhole 10.2.0.2; ip -n a2 route add blackhole 10.2.0.2",
            "ip -n a1 route add blackhole 10.2.0.2; ip -n a2 route add blackhole 10.2.0.1",
        ),
    ),
    Case(
        "4.3",
        before=_WHOLE,
        right=(
            _rule("", "forward", "ip saddr 10.2.0.1 ip daddr 10.1.0.1 ct state new drop"),
            _rule("ip netns exec a1", "input", "ip saddr 10.2.0.1 icmp type echo-request drop"),
            "ip -n a1 route add blackhole 10.2.0.2\n"
            + _rule("", "forward", "ip saddr 10.2.0.1 ip daddr 10.1.0.1 ct state new drop"),
        ),
        wrong=(
            _rule("", "forward", "ip saddr 10.2.0.1 ip daddr 10.1.0.1 drop"),
            _rule("", "forward", "ip saddr 10.2.0.1 ct state new drop"),
            _rule("", "forward", "ip saddr 10.1.0.1 ip daddr 10.2.0.1 ct state new drop"),
            "ip -n b1 route add blackhole 10.1.0.1/32",
            "sysctl -qw net.ipv4.ip_forward=0",
            "ip netns exec a1 sysctl -qw net.ipv4.icmp_echo_ignore_all=1",
            _rule("", "forward", "ip daddr 10.1.0.1 ct state new drop"),
        ),
    ),
    Case(
        "4.4",
        before=faulty_wire(3),
        right=(
            (
                "ip -n netns1 addr del 172.16.0.2/24 dev veth1\n"
                "ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer"
            ),
            (
                "ip -n netns1 addr flush dev veth1; ip -n netns1 addr add 172.16.0.1/30 dev veth1\n"
                "ip -n netns2 addr add 172.16.0.2/30 dev veth1-peer"
            ),
        ),
        wrong=(
            "ip -n netns1 addr del 172.16.0.2/24 dev veth1",
            "ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer",
            "ip -n netns1 addr flush dev veth1\nip -n netns2 addr add 172.16.0.2/24 dev veth1-peer",
            "ip -n netns1 link set veth1 down",
        ),
    ),
)
