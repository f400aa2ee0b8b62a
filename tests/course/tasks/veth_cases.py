"""What is tried for the tasks of lesson 10."""

from task_cases import Case

_CHAIN = """
ip netns add netns1; ip netns add netns2
ip link add veth1 netns netns1 type veth peer name last
for n in $(seq {bridges}); do
  ip link add br$n type bridge; ip link set br$n up
  ip link set last name in$n; ip link set in$n master br$n up
  ip link add out$n type veth peer name last; ip link set out$n master br$n up
done
ip link set last netns netns2; ip -n netns2 link set last name veth1-peer
ip -n netns1 addr add 172.16.0.1/24 dev veth1; ip -n netns1 link set veth1 up
ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer; ip -n netns2 link set veth1-peer up
"""
_WIRE = _CHAIN.format(bridges=0) + "ip netns add netns3\n"
_NARROW = _CHAIN.format(bridges=3) + "ip link set out2 mtu 600\n"

# As `ethtool -K LINK WHAT off` does it: by number (linux/ethtool.h).
_BY_HAND = """#python
import ctypes, fcntl, nslabkit as lab
value = (ctypes.c_uint32 * 2)(0x1F, 0)
request = b"veth1".ljust(16, b"\\0") + ctypes.addressof(value).to_bytes(8, "little")
with lab.namespaces.namespace("netns1").socket() as any_socket:
    fcntl.ioctl(any_socket, 0x8946, request.ljust(40, b"\\0"))
"""


def _switch(offload: str, link: str, namespace: str) -> str:
    how = f"lab.offloads.switch({offload!r}, {link!r}, on=False, namespace={namespace!r})"
    return f"#python\nimport nslabkit as lab\n{how}"


_ADDRESSED = """
ip -n netns3 addr add 172.16.0.3/24 dev veth1-peer
ip -n netns3 link set veth1-peer up
"""
# A second wire, by which the address is reached, too.
_ASIDE = """
ip link add side1 netns netns1 type veth peer name side2 netns netns2
ip -n netns1 addr add 10.9.0.1/24 dev side1; ip -n netns1 link set side1 up
ip -n netns2 addr add 10.9.0.2/24 dev side2; ip -n netns2 link set side2 up
"""
_AT_HOME = "ip -n netns1 link set lo up; ip -n netns1 addr add {address}/32 dev lo\n"
_MOVE = f"ip -n netns2 link set veth1-peer netns netns3\n{_ADDRESSED}"

CASES = (
    Case(
        "10.1",
        before=_WIRE,
        right=(
            _switch("tso", "veth1", "netns1"),
            "tc -n netns1 qdisc add dev veth1 root tbf rate 1mbit burst 1600 limit 20kb",
            _BY_HAND,
            "ip -n netns1 link set veth1 gso_max_segs 1",
            _switch("tx", "veth1", "netns1"),
        ),
        wrong=(
            _switch("tso", "veth1-peer", "netns2"),
            _ASIDE
            + "ip -n netns1 route add 172.16.0.2 via 10.9.0.2 table 100\n"
            + "ip -n netns1 rule add ipproto tcp lookup 100",
            "tc -n netns1 qdisc add dev veth1 root tbf rate 64kbit burst 1600 limit 20kb",
            _switch("gso", "veth1", "netns1"),
            "ip -n netns1 link set veth1 mtu 1000; ip -n netns2 link set veth1-peer mtu 1000",
            "ip -n netns1 link set veth1 gso_max_segs 1; ip -n netns1 link set veth1 mtu 1400",
            "ip -n netns1 link set veth1 gso_max_segs 1; ip -n netns2 link set veth1-peer down",
            "ip -n netns1 route change 172.16.0.0/24 dev veth1 mtu 1000",
        ),
    ),
    Case(
        "10.2",
        before=_WIRE,
        right=(
            f"ip -n netns1 netns set netns3 7; {_MOVE}",
            (
                "ip netns exec netns1 ip netns set netns3 7; ip -n netns1 link del veth1\n"
                "ip link add veth1 netns netns1 type veth peer name eth0 netns netns3\n"
                "ip -n netns1 addr add 172.16.0.1/24 dev veth1; ip -n netns1 link set veth1 up\n"
                "ip -n netns3 addr add 172.16.0.3/24 dev eth0; ip -n netns3 link set eth0 up"
            ),
        ),
        wrong=(
            _MOVE,
            f"ip -n netns1 netns set netns3 7; {_MOVE}" + _AT_HOME.format(address="172.16.0.3"),
            (
                f"ip -n netns1 netns set netns3 7; {_MOVE}{_ASIDE}"
                "ip -n netns2 addr add 172.16.0.3/32 dev side2\n"
                "ip -n netns1 route add 172.16.0.3 via 10.9.0.2"
            ),
            f"ip -n netns3 netns set netns1 7; {_MOVE}",
            f"ip netns set netns3 7; {_MOVE}",
            "ip -n netns1 netns set netns3 7; ip -n netns2 link set veth1-peer netns netns3",
            (
                "ip -n netns1 netns set netns3 7; ip -n netns2 link set veth1-peer netns netns3\n"
                "ip -n netns3 addr add 172.16.0.3/24 dev veth1-peer"
            ),
            "ip -n netns1 netns set netns3 7; ip -n netns2 addr add 172.16.0.3/24 dev veth1-peer",
        ),
    ),
    Case(
        "10.3",
        before=_NARROW,
        right=(
            "ip link set out2 mtu 1500",
            (
                "ip link del out2\n"
                "ip link add new2 type veth peer name new3\n"
                "ip link set new2 master br2 up; ip link set new3 master br3 up"
            ),
            "ip link set out2 mtu 9000; ip link set in3 mtu 9000",
        ),
        wrong=(
            "ip link set br2 mtu 1500 || true; ip link set in3 mtu 1500",
            _AT_HOME.format(address="172.16.0.2"),
            (
                "ip link del out1; ip link del out2\n"
                "ip link add new1 type veth peer name new3\n"
                "ip link set new1 master br1 up; ip link set new3 master br3 up"
            ),
            "ip -n netns1 link set veth1 mtu 600; ip -n netns2 link set veth1-peer mtu 600",
            "ip -n netns1 route change 172.16.0.0/24 dev veth1 mtu 600",
            (
                "ip -n netns1 link del veth1; ip -n netns2 link del veth1-peer\n"
                "ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2\n"
                "ip -n netns1 addr add 172.16.0.1/24 dev veth1; ip -n netns1 link set veth1 up\n"
                "ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer\n"
                "ip -n netns2 link set veth1-peer up"
            ),
            "ip link set out2 mtu 1400",
            "ip link set out2 mtu 1500; ip link set out2 nomaster",
        ),
    ),
)
