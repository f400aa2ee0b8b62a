"""What is tried for the tasks of lesson 15."""

from task_cases import Case

_SWITCH = """
ip link add lan type bridge; ip link set lan up
"""
# A host with its bridge and its container.
_HOST = """
ip netns add host{n}; ip netns add c{n}
for name in host{n} c{n}; do
  ip netns exec $name sysctl -qew net.ipv6.conf.default.disable_ipv6=1
done
ip link add lan{n} type veth peer name eth0 netns host{n}; ip link set lan{n} master lan up
ip -n host{n} addr add 192.168.0.{n}/24 dev eth0; ip -n host{n} link set eth0 up
ip -n host{n} link add br0 type bridge; ip -n host{n} link set br0 up
ip -n host{n} link add port type veth peer name eth0 netns c{n}
ip -n host{n} link set port master br0 up
ip -n c{n} addr add 10.42.0.{n}/24 dev eth0; ip -n c{n} link set eth0 up
ip -n c{n} link set lo up
"""
_TUNNEL = """
ip -n host{n} link add vx type vxlan id 42 local 192.168.0.{n} dev eth0 dstport 4789
ip -n host{n} link set vx master br0 up
"""
_EVERYBODY = "bridge -n host{n} fdb append 00:00:00:00:00:00 dev vx dst 192.168.0.{to}\n"


def _host(number: int) -> str:
    return _HOST.format(n=number)


def _tunnel(number: int, *others: int) -> str:
    lines = [_EVERYBODY.format(n=number, to=other) for other in others]
    return _TUNNEL.format(n=number) + "".join(lines)


_BRIDGED = _SWITCH + _host(1) + _host(2) + _tunnel(1, 2) + _tunnel(2, 1)
_WIDER = """
ip link set lan1 mtu 1550; ip link set lan2 mtu 1550; ip link set lan mtu 1550
for n in 1 2; do
  ip -n host$n link set eth0 mtu 1550
  ip -n host$n link set vx mtu 1500
done
"""
_BY_ROUTE = """
for n in 1 2; do ip -n c$n route change 10.42.0.0/24 dev eth0 src 10.42.0.$n mtu 1450; done
"""
# A packet that is too large by a few bytes gets past the bridge, and the tunnel then complains.
_TOLD = """
for n in 1 2; do
  ip netns exec c$n ping -M do -s 1424 -c 1 -W 1 10.42.0.$((3 - n)) >/dev/null 2>&1 || true
done
"""
# Everything fits, but the host answers in the place of its container.
_IN_ITS_PLACE = """
ip -n c2 addr del 10.42.0.2/24 dev eth0; ip -n c2 addr add 10.42.0.9/24 dev eth0
ip -n host2 addr add 10.42.0.2/24 dev br0
ip -n c1 link set eth0 mtu 1450; ip -n c2 link set eth0 mtu 1450; ip -n host2 link set br0 mtu 1450
"""
_THIRD = _host(3) + _tunnel(3, 1, 2)
_TOO = _EVERYBODY.format(n=1, to=3) + _EVERYBODY.format(n=2, to=3)
# No line for everybody: each address is written down.
_STATIC = (
    _host(3)
    + _tunnel(3)
    + """
for n in 1 2 3; do
  bridge -n host$n fdb del 00:00:00:00:00:00 dev vx 2>/dev/null || true
  for far in 192.168.0.1=10.42.0.1 192.168.0.2=10.42.0.2 192.168.0.3=10.42.0.3; do
    o=$((o % 3 + 1))
    [ $n = $o ] && continue
    mac=$(ip netns exec c$o cat /sys/class/net/eth0/address)
    bridge -n host$n fdb append $mac dev vx dst ${far%=*} static 2>/dev/null \
      || bridge -n host$n fdb replace $mac dev vx dst ${far%=*} static
    ip -n c$n neigh replace ${far#*=} lladdr $mac dev eth0 nud permanent
  done
done
"""
)
_WIRED = _host(3).replace(
    "ip -n host3 link add port type veth peer name eth0 netns c3\nip -n host3 link set port",
    "ip -n host1 link add third type veth peer name eth0 netns c3\nip -n host1 link set third",
)
_BRIDGED_BELOW = _host(3) + "\n".join(
    f"ip -n host{number} link set eth0 master br0" for number in (1, 2, 3)
)
# The third tunnel is a port of its bridge like the others, and nothing goes through it.
_BESIDE_THE_TUNNEL = (
    _host(3)
    + _tunnel(3)
    + """
ip -n host1 link add wire type veth peer name wire netns host3
for n in 1 3; do ip -n host$n link set wire master br0 up; done
"""
)
# The same with a tunnel of another number.
_OTHER_NETWORK = (
    _host(3)
    + _tunnel(3)
    + """
for n in 1 3; do
  ip -n host$n link add other type vxlan id 43 local 192.168.0.$n dev eth0 dstport 4789
  ip -n host$n link set other master br0 up
  bridge -n host$n fdb append 00:00:00:00:00:00 dev other dst 192.168.0.$((4 - n))
done
"""
)

_ROUTED = (
    _SWITCH
    + _host(1)
    + _host(2)
    + """
for n in 1 2; do
  far=$((3 - n))
  ip netns exec host$n sysctl -qw net.ipv4.ip_forward=1
  ip -n host$n addr add 10.244.$n.1/24 dev br0
  ip -n c$n addr flush dev eth0
  ip -n c$n addr add 10.244.$n.2/24 dev eth0
  ip -n c$n route add default via 10.244.$n.1
  ip -n host$n link add flannel.1 address 02:00:00:00:00:0$n type vxlan \
     id 1 local 192.168.0.$n dev eth0 dstport 8472 nolearning
  ip -n host$n addr add 10.244.$n.0/32 dev flannel.1
  ip -n host$n link set flannel.1 up
  ip -n host$n route add 10.244.$far.0/24 via 10.244.$far.0 dev flannel.1 onlink
  ip -n host$n neigh add 10.244.$far.0 lladdr 02:00:00:00:00:0$far dev flannel.1 nud permanent
  bridge -n host$n fdb add 02:00:00:00:00:0$far dev flannel.1 dst 192.168.0.$far
done
ip -n host2 link del flannel.1
ip -n host2 link add flannel.1 address 02:00:00:00:00:99 type vxlan \
   id 1 local 192.168.0.2 dev eth0 dstport 8472 nolearning
ip -n host2 addr add 10.244.2.0/32 dev flannel.1
ip -n host2 link set flannel.1 up
ip -n host2 route add 10.244.1.0/24 via 10.244.1.0 dev flannel.1 onlink
ip -n host2 neigh add 10.244.1.0 lladdr 02:00:00:00:00:01 dev flannel.1 nud permanent
bridge -n host2 fdb add 02:00:00:00:00:01 dev flannel.1 dst 192.168.0.1
"""
)
# A new MAC address takes the link's neighbours with it.
_OLD_ADDRESS = """
ip -n host2 link set flannel.1 address 02:00:00:00:00:02
ip -n host2 neigh replace 10.244.1.0 lladdr 02:00:00:00:00:01 dev flannel.1 nud permanent
"""
_NEIGHBOUR = """
ip -n host1 neigh replace 10.244.2.0 lladdr 02:00:00:00:00:99 dev flannel.1 nud permanent
"""
_LINE = "bridge -n host1 fdb add 02:00:00:00:00:99 dev flannel.1 dst 192.168.0.2\n"
_FLOODED = """
bridge -n host1 fdb append 00:00:00:00:00:00 dev flannel.1 dst 192.168.0.2
"""
_BESIDE = """
ip -n host1 route replace 10.244.2.0/24 via 192.168.0.2
ip -n host2 route replace 10.244.1.0/24 via 192.168.0.1
"""

CASES = (
    Case(
        "15.1",
        before=_BRIDGED,
        right=(
            "ip -n c1 link set eth0 mtu 1450; ip -n c2 link set eth0 mtu 1450",
            _BY_ROUTE,
            _WIDER,
        ),
        wrong=(
            "ip -n c1 link set eth0 mtu 1450",
            _IN_ITS_PLACE,
            "ip -n c1 link set eth0 mtu 1000; ip -n c2 link set eth0 mtu 1000",
            "ip -n host1 link set eth0 mtu 1550; ip -n host2 link set eth0 mtu 1550",
            _TOLD,
            "ip -n host1 link set br0 mtu 1450; ip -n host2 link set port mtu 1450",
            "ip -n host1 link del vx",
        ),
    ),
    Case(
        "15.2",
        before=_BRIDGED,
        right=(
            _THIRD + _TOO,
            _STATIC,
            f"{_THIRD}{_TOO} touch /run/netns/also; mount --bind /run/netns/host3 /run/netns/also",
            (_THIRD + _TOO).replace("link add br0", "link add switch").replace("br0", "switch"),
        ),
        wrong=(
            _THIRD,
            _THIRD + _EVERYBODY.format(n=1, to=3),
            (_THIRD + _TOO).replace("id 42", "id 43"),
            _host(3) + _tunnel(3, 1) + _TOO,
            _WIRED,
            _BRIDGED_BELOW,
            _BESIDE_THE_TUNNEL,
            _OTHER_NETWORK,
            (_THIRD + _TOO).replace("10.42.0.3/24", "10.42.0.4/24"),
            (_THIRD + _TOO).replace("192.168.0.3", "192.168.0.4"),
        ),
    ),
    Case(
        "15.3",
        before=_ROUTED,
        right=(
            _NEIGHBOUR + _LINE,
            _OLD_ADDRESS,
        ),
        wrong=(
            _NEIGHBOUR,
            _LINE,
            _NEIGHBOUR + _FLOODED,
            _BESIDE,
            _NEIGHBOUR + _LINE.replace("192.168.0.2", "192.168.0.1"),
            "ip -n host1 neigh del 10.244.2.0 dev flannel.1",
            "ip -n host2 link set flannel.1 address 02:00:00:00:00:02",
        ),
    ),
)
