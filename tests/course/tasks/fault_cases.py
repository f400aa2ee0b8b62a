"""What is tried for the tasks of lesson 8: the layer must be named and the network be whole."""

from task_cases import Case

_NAMED = """#python
import nslabkit as lab
lab.faults.layer({number}, "{layer}")
lab.namespaces.HOST.run('''{repair}''', check=True, quiet=True)
"""


def _built(number: int) -> str:
    return f"#python\nimport nslabkit as lab\nlab.faults.build({number})\n"


def _named(number: int, layer: str, repair: str) -> str:
    return _NAMED.format(number=number, layer=layer, repair=repair)


def _case(
    task: str, number: int, layer: str, right: tuple[str, ...], wrong: tuple[str, ...]
) -> Case:
    """Return the case: right repairs with the layer, and without it or with another, too."""
    other = "wire" if layer != "wire" else "far"
    return Case(
        task,
        before=_built(number),
        right=tuple(_named(number, layer, repair) for repair in right),
        wrong=(
            right[0],
            _named(number, other, right[0]),
            *(_named(number, layer, repair) for repair in wrong),
        ),
    )


CASES = (
    _case(
        "8.1",
        6,
        "route",
        right=(
            "ip -n client route replace default via 10.1.0.1",
            "ip -n client route add 10.2.0.0/24 via 10.1.0.1",
        ),
        wrong=(
            "true",
            "ip -n client route del default",
            "ip -n client addr add 10.2.0.2/32 dev lo",
            "ip -n client route replace default via 10.1.0.1; ip -n server link set eth0 down",
        ),
    ),
    _case(
        "8.2",
        9,
        "neighbour",
        right=(
            "ip -n router neigh del 10.2.0.2 dev right",
            "ip -n router neigh flush dev right nud permanent",
        ),
        wrong=(
            "true",
            "ip -n router neigh replace 10.2.0.2 lladdr 02:00:00:00:02:03 dev right",
            "ip -n router addr add 10.2.0.2/32 dev left",
        ),
    ),
    _case(
        "8.3",
        15,
        "far",
        right=(
            "ip netns exec router nft delete table inet filter",
            "ip netns exec router nft flush chain inet filter forward",
        ),
        wrong=(
            "true",
            "ip netns exec router nft flush ruleset",
            "ip netns exec server nft flush ruleset",
            "ip netns exec router nft add rule inet filter forward accept",
        ),
    ),
    _case(
        "8.4",
        17,
        "route",
        right=(
            "ip netns exec router sysctl -qw net.ipv4.conf.left.rp_filter=0",
            "ip netns exec router sysctl -qw net.ipv4.conf.all.rp_filter=2",
            "ip -n router route del 10.1.0.2 via 10.3.0.2",
        ),
        wrong=(
            "true",
            "ip netns exec client sysctl -qw net.ipv4.conf.eth0.rp_filter=2",
            "ip netns exec router sysctl -qw net.ipv4.conf.right.rp_filter=1",
            "ip -n client link set eth1 down",
            "ip -n client route replace 10.2.0.2 via 10.3.0.1",
        ),
    ),
)
