"""Two hosts on one switch, with a container each: joined by a tunnel, bridged or routed.

What is built here, and under which names, is what lesson 15 builds with ``ip`` and ``bridge``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.errors import NslabError
from nslabkit.base.language import translate as _
from nslabkit.course.claims.chapter import ip, one_ping
from nslabkit.course.claims.companions import eventually
from nslabkit.net import links, namespaces
from nslabkit.net.namespaces import HOST
from nslabkit.show.lab_recording import capture

if TYPE_CHECKING:
    from nslabkit.base.commands import Result
    from nslabkit.capture import Recording
    from nslabkit.net.namespace import Namespace

HOSTS = {"host1": "192.168.0.1", "host2": "192.168.0.2"}
_OTHER = {"host1": "host2", "host2": "host1"}
_PATIENCE = 20.0  # seconds until a first ping is answered


def hosts(bridge: str) -> None:
    """Plug two hosts into a switch; give each a container on a bridge, both without addresses."""
    ip("link add lan type bridge")
    ip("link set lan up")
    for number, (host, address) in enumerate(HOSTS.items(), 1):
        inside = f"c{number}"
        for name in (host, inside):
            ip(f"netns add {name}")
            _set(name, "net.ipv6.conf.default.disable_ipv6=1")
        ip(f"link add lan{number} type veth peer name eth0 netns {host}")
        ip(f"link set lan{number} master lan up")
        ip(f"-n {host} addr add {address}/24 dev eth0")
        ip(f"-n {host} link set eth0 up")
        ip(f"-n {host} link add {bridge} type bridge")
        ip(f"-n {host} link add port type veth peer name eth0 netns {inside}")
        ip(f"-n {host} link set port master {bridge} up")
        ip(f"-n {host} link set {bridge} up")
        ip(f"-n {inside} link set eth0 up")
        ip(f"-n {inside} link set lo up")


def tunnel() -> None:
    """Join the two bridges ``br0`` by a tunnel; the containers' addresses are of one subnet."""
    hosts("br0")
    for number, (host, address) in enumerate(HOSTS.items(), 1):
        ip(f"-n c{number} addr add 10.42.0.{number}/24 dev eth0")
        links.add_vxlan("vx", identity=42, local=address, link="eth0", namespace=host)
        ip(f"-n {host} link set vx master br0 up")
        _bridge(f"-n {host} fdb append 00:00:00:00:00:00 dev vx dst {HOSTS[_OTHER[host]]}")


def bridged() -> Recording:
    """Build `tunnel`, and return a recording of the first ping by it.

    Raises
    ------
    NslabError
        It is not answered in time.
    """
    tunnel()
    return connected("10.42.0.2", "arp or icmp or udp port 4789")


def routed() -> Recording:
    """Build the same as flannel does: a subnet for each host, and three entries for the other.

    Raises
    ------
    NslabError
        The ping is not answered in time.
    """
    hosts("cni0")
    for number, (host, address) in enumerate(HOSTS.items(), 1):
        _set(host, "net.ipv4.ip_forward=1")
        ip(f"-n {host} addr add 10.244.{number}.1/24 dev cni0")
        ip(f"-n c{number} addr add 10.244.{number}.2/24 dev eth0")
        ip(f"-n c{number} route add default via 10.244.{number}.1")
        settings = f"id 1 local {address} dev eth0 dstport 8472 nolearning"
        mac = f"02:00:00:00:00:0{number}"
        ip(f"-n {host} link add flannel.1 address {mac} type vxlan {settings}")
        ip(f"-n {host} addr add 10.244.{number}.0/32 dev flannel.1")
        ip(f"-n {host} link set flannel.1 up")
    for number, host in enumerate(HOSTS, 1):
        far, mac = 3 - number, f"02:00:00:00:00:0{3 - number}"
        ip(f"-n {host} route add 10.244.{far}.0/24 via 10.244.{far}.0 dev flannel.1 onlink")
        ip(f"-n {host} neigh add 10.244.{far}.0 lladdr {mac} dev flannel.1 nud permanent")
        _bridge(f"-n {host} fdb add {mac} dev flannel.1 dst {HOSTS[_OTHER[host]]}")
    return connected("10.244.2.2", "arp or icmp or udp port 8472")


def connected(address: str, kept: str) -> Recording:
    """Ping from ``c1`` until it is answered; record both containers and both hosts meanwhile.

    Parameters
    ----------
    address : str
        Whom to ping.
    kept : str
        Which frames to record, in the words of ``pcap-filter(7)``.

    Raises
    ------
    NslabError
        It is not answered in time.
    """
    c1 = namespaces.namespace("c1")
    places = [f"{host}/{link}" for host in HOSTS for link in ("port", "eth0")]
    with capture("c1", "c2", *places, filter=kept, progress=False, events=False) as recording:
        answered = eventually(lambda: one_ping(c1, address, 1).returncode == 0, _PATIENCE)
    if not answered:
        raise NslabError(
            f"ip netns exec c1 ping {address}",
            _("The two hosts do not reach each other through the tunnel."),
            _("Try again; if it stays so, `nslabkit doctor` says what this kernel lacks."),
        )
    return recording


def full_size_ping(where: Namespace, address: str) -> Result:
    """Ping with a packet as large as the own link allows, which must not be split up."""
    data = links.link("eth0", where).json["mtu"] - 28  # without the headers of IPv4 and ICMP
    return where.run(
        ["ping", "-M", "do", "-s", str(data), "-c", "1", "-W", "1", address], quiet=True
    )


def _set(name: str, setting: str) -> None:
    """Set what a kernel may not have, such as IPv6."""
    namespaces.namespace(name).run(["sysctl", "-qew", setting], quiet=True)


def _bridge(words: str) -> None:
    HOST.run(["bridge", *words.split()], check=True, quiet=True)
