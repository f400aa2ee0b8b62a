"""What is tried for the tasks of “ARP and the answer”."""

from task_cases import Case, faulty_wire

_WIRE = """
ip netns add netns1; ip netns add netns2
ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2
ip -n netns1 addr add 172.16.0.1/24 dev veth1; ip -n netns1 link set veth1 up
ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer; ip -n netns2 link set veth1-peer up
ip -n netns1 link set lo up; ip -n netns2 link set lo up
"""
_PING = "ip netns exec netns1 ping -c 1 -W 1 172.16.0.7 || true\n"
_PROBED = """#python
import socket, nslabkit as lab
code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', "
code += "('172.16.0.7', 9))"
lab.namespaces.namespace("netns1").run(["python3", "-c", code], quiet=True)
"""
_NOT_ARP = """
ip -n netns2 addr add 172.16.0.7/24 dev veth1-peer
mac=$(ip netns exec netns2 cat /sys/class/net/veth1-peer/address)
ip -n netns1 neigh replace 172.16.0.7 dev veth1 lladdr $mac nud permanent
"""
_BEHIND = """
ip netns add netns3
ip link add to3 netns netns2 type veth peer name to2 netns netns3
ip -n netns2 link set to3 up; ip -n netns3 link set to2 up
ip -n netns3 addr add 172.16.0.7/32 dev to2
ip -n netns3 route add 172.16.0.1 dev to2
ip -n netns2 route add 172.16.0.7 dev to3
for d in veth1-peer to3; do ip netns exec netns2 sysctl -qw net.ipv4.conf.$d.proxy_arp=1; done
ip netns exec netns2 sysctl -qw net.ipv4.ip_forward=1
"""
_MACVLAN = """
ip -n netns1 addr del 172.16.0.1/24 dev veth1
ip -n netns1 link add over link veth1 address 02:00:00:00:00:01 type macvlan
ip -n netns1 addr add 172.16.0.1/24 dev over; ip -n netns1 link set over up
"""
_ASIDE = """
ip -n netns1 link add spare up type bridge
ip -n netns1 route add 172.16.0.2 dev spare
"""
_REWIRED = """
ip -n netns1 link del veth1
ip link add new netns netns1 type veth peer name far netns netns2
ip -n netns1 addr add 172.16.0.9/24 dev new; ip -n netns1 link set new up
ip -n netns2 addr add 172.16.0.2/24 dev far; ip -n netns2 link set far up
"""
_FAR_DOWN = "; ip -n netns2 link set veth1-peer down"
_OWN_MAC = """
ip -n netns2 link set veth1-peer address 02:00:00:00:00:42
ip -n netns1 neigh flush all
ip -n netns1 neigh add 172.16.0.2 dev veth1 lladdr 02:00:00:00:00:42
"""
_RIGHT_MAC = "$(ip netns exec netns2 cat /sys/class/net/veth1-peer/address)"
_ON_THE_OTHER_SIDE = """
ip -n netns2 neigh replace 172.16.0.1 dev veth1-peer nud permanent \\
    lladdr $(ip netns exec netns1 cat /sys/class/net/veth1/address)
"""
_SPARE = """
ip -n netns1 link add spare up type bridge
ip -n netns1 neigh replace {address} dev spare lladdr {mac} nud {state}
"""
_RECEIVER = """
ip -n netns1 link add over link veth1 address 02:00:00:00:00:01 up type macvlan
ip -n netns2 neigh replace 172.16.0.1 dev veth1-peer lladdr 02:00:00:00:00:01 nud permanent
"""
_ENTRY = "ip -n netns1 neigh replace 172.16.0.2 dev veth1 lladdr {mac} nud {state}"

CASES = (
    Case(
        "3.1",
        before=_WIRE,
        right=(_PING, _PROBED),
        wrong=(
            "ip -n netns1 neigh add 172.16.0.7 dev veth1 lladdr 02:00:00:00:00:07",
            "ip netns exec netns2 ping -c 1 -W 1 172.16.0.7 || true",
            f"{_PING} ip -n netns2 addr add 172.16.0.7/24 dev veth1-peer",
            "ip netns exec netns1 ping -c 1 -W 1 172.16.0.8 || true",
        ),
    ),
    Case(
        "3.2",
        before=_WIRE,
        right=(
            "ip -n netns2 addr add 172.16.0.7/24 dev veth1-peer",
            "ip -n netns2 addr add 172.16.0.7/32 dev lo",
            _BEHIND,
            _SPARE.format(address="172.16.0.7", mac="02:00:00:00:00:66", state="stale")
            + "ip -n netns2 addr add 172.16.0.7/24 dev veth1-peer",
        ),
        wrong=(
            _PING,
            "ip -n netns1 addr add 172.16.0.7/24 dev veth1",
            "ip -n netns1 neigh add 172.16.0.7 dev veth1 lladdr 02:00:00:00:00:07",
            _NOT_ARP,
            _NOT_ARP.replace("permanent", "noarp"),
            "ip -n netns2 addr add 172.16.0.70/24 dev veth1-peer",
        ),
    ),
    Case(
        "3.3",
        before=_WIRE,
        right=(
            "ip -n netns1 link set veth1 address 02:00:00:00:00:01",
            _MACVLAN,
        ),
        wrong=(
            "ip -n netns2 link set veth1-peer address 02:00:00:00:00:01",
            "ip -n netns1 link set lo address 02:00:00:00:00:01",
            "ip -n netns2 neigh add 172.16.0.1 dev veth1-peer lladdr 02:00:00:00:00:01",
            "ip -n netns1 link add spare address 02:00:00:00:00:01 type bridge",
            "ip -n netns1 link set veth1 address 02:00:00:00:00:01 down",
            _RECEIVER,
        ),
    ),
    Case(
        "3.4",
        before=_WIRE,
        right=(
            _ENTRY.format(mac=_RIGHT_MAC, state="permanent"),
            _OWN_MAC,
            _ENTRY.format(mac=_RIGHT_MAC, state="noarp"),
            _SPARE.format(address="172.16.0.2", mac="02:00:00:00:00:66", state="stale")
            + _ENTRY.format(mac=_RIGHT_MAC, state="permanent"),
        ),
        wrong=(
            "ip netns exec netns1 ping -c 1 172.16.0.2",
            _ENTRY.format(mac="02:00:00:00:00:09", state="permanent"),
            _ENTRY.format(mac=_RIGHT_MAC, state="stale"),
            _ON_THE_OTHER_SIDE,
            _ENTRY.format(mac=_RIGHT_MAC, state="permanent") + _FAR_DOWN,
            _SPARE.format(address="172.16.0.2", mac=_RIGHT_MAC, state="permanent"),
        ),
    ),
    Case(
        "3.5",
        before=faulty_wire(2),
        right=(
            "ip -n netns1 link set veth1 up",
            _REWIRED,
        ),
        wrong=(
            "ip -n netns2 link set veth1-peer down",
            "ip -n netns1 addr add 172.16.0.2/24 dev lo",
            "ip -n netns1 route add 172.16.0.2 dev lo",
            _ASIDE,
        ),
    ),
)
