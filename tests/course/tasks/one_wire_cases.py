"""What is tried for the tasks of lesson 1."""

from task_cases import Case, faulty_wire

_CHAPTER = """
ip netns add netns1; ip netns add netns2
ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2
ip -n netns1 addr add 172.16.0.1/24 dev veth1; ip -n netns1 link set veth1 up
ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer; ip -n netns2 link set veth1-peer up
"""
_SOLO = "ip netns add solo; ip -n solo link set lo up\n"
_WIRE = """
ip netns add netns3
ip link add to3 netns netns1 type veth peer name to1 netns netns3
ip -n netns1 addr add 10.0.3.1/24 dev to3; ip -n netns1 link set to3 up
"""
_ROUTED = """
ip netns add netns3
ip link add left type veth peer name right
ip link set left netns netns1; ip link set right netns netns3
ip -n netns3 addr add 10.0.3.2/24 dev right; ip -n netns3 link set right up
ip -n netns1 link set left up
ip -n netns1 route add 10.0.3.2 dev left src 172.16.0.1
ip -n netns3 route add 172.16.0.1 dev right
"""
# The wire is there, and somebody else has its far address, too.
_AGAIN = f"""{_WIRE} ip -n netns3 addr add 10.0.3.2/24 dev to1
ip -n {{name}} addr add 10.0.3.2/24 dev {{link}}; ip -n {{name}} link set lo up
ip -n netns1 route add 10.0.3.2 dev veth1
"""
_DETOUR = """
ip netns add netns3
ip link add to3 netns netns2 type veth peer name to2 netns netns3
ip -n netns2 addr add 10.0.3.1/24 dev to3; ip -n netns2 link set to3 up
ip -n netns3 addr add 10.0.3.2/24 dev to2; ip -n netns3 link set to2 up
ip -n netns3 route add 172.16.0.0/24 via 10.0.3.1
ip -n netns1 route add 10.0.3.0/24 via 172.16.0.2
ip netns exec netns2 sysctl -qw net.ipv4.ip_forward=1
"""
_SECOND_NAME = """
touch /run/netns/netns3; mount --bind /run/netns/netns2 /run/netns/netns3
ip -n netns3 addr add 10.0.3.2/24 dev veth1-peer; ip -n netns1 addr add 10.0.3.1/24 dev veth1
"""
# A second name for netns1, which comes first in the list.
_ALIAS = """
touch /run/netns/another; mount --bind /run/netns/netns1 /run/netns/another
ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer
"""
_STRANGER = """
ip netns add netns3
ip link add aside netns netns1 up type veth peer name far netns netns3
ip -n netns3 addr add 172.16.0.2/32 dev far; ip -n netns3 link set far up
ip -n netns3 route add 172.16.0.1 dev far
ip -n netns1 route add 172.16.0.2 dev aside
ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer
"""
_IN_PYTHON = """#python
import nslabkit as lab
lab.namespaces.add("solo")
lab.links.up("lo", namespace="solo")
"""

_HOST_ADDRESS = """
ip -n netns2 addr add 172.16.0.2/32 dev veth1-peer
ip -n netns2 route add 172.16.0.0/24 dev veth1-peer
"""

CASES = (
    Case(
        "1.1",
        before="true",
        right=(_SOLO, _IN_PYTHON, f"{_SOLO} ip -n solo link add sit0 type bridge"),
        wrong=(
            "ip netns add solo",
            "ip netns add Solo; ip -n Solo link set lo up",
            f"{_SOLO} ip -n solo link add more type bridge",
            "ip link set lo up",
            "ip link set lo up; ip netns attach solo $$",
        ),
    ),
    Case(
        "1.2",
        before=_CHAPTER,
        right=(
            f"{_WIRE} ip -n netns3 addr add 10.0.3.2/24 dev to1; ip -n netns3 link set to1 up",
            _ROUTED,
        ),
        wrong=(
            _WIRE,
            f"{_WIRE} ip -n netns3 addr add 10.0.3.2/24 dev to1",
            "ip netns add netns3; ip -n netns3 addr add 10.0.3.2/24 dev lo",
            "ip -n netns1 addr add 10.0.3.2/24 dev veth1; ip -n netns1 link set lo up",
            f"{_WIRE} ip -n netns3 addr add 10.0.3.3/24 dev to1; ip -n netns3 link set to1 up",
            _AGAIN.format(name="netns1", link="to3"),
            _AGAIN.format(name="netns2", link="veth1-peer"),
            _DETOUR,
            _SECOND_NAME,
        ),
    ),
    Case(
        "1.3",
        before=faulty_wire(1),
        right=(
            "ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer",
            _HOST_ADDRESS,
            _ALIAS,
        ),
        wrong=(
            "ip -n netns2 link set veth1-peer down",
            "ip -n netns1 addr add 172.16.0.2/24 dev veth1",
            "ip -n netns2 addr add 172.16.0.3/24 dev veth1-peer",
            "ip -n netns1 route add 172.16.0.2 dev lo",
            _STRANGER,
        ),
    ),
)
