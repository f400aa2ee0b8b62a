"""The world of published ports: a shop and its neighbour behind a gate, a visitor outside."""

from __future__ import annotations

from nslabkit.course.claims.chapter import ip
from nslabkit.net import namespaces
from nslabkit.net.namespaces import HOST

GATE, SHOP, NEIGHBOUR, VISITOR = "gate", "shop", "neighbour", "visitor"
OUTER, VISITOR_AT = "203.0.113.1", "203.0.113.9"  # reserved for examples (RFC 5737)
URL = f"http://{OUTER}:8080/"
_INNER = "172.16.0.254"
# As `nft -f` reads it: what asks for port 8080 of the gate goes to the shop.
_PUBLISH = f"""
table ip publish {{
    chain arriving {{
        type nat hook prerouting priority dstnat;
        ip daddr {OUTER} tcp dport 8080 dnat to 172.16.0.2:80
    }}
}}
"""
# A copy of /etc in a private mount namespace: an ordinary user's sandbox may not write to /etc.
_OWN_FILES = """
set -e
mount -t tmpfs none /mnt
cp -a /etc/. /mnt 2>/dev/null || true
rm -f /mnt/resolv.conf
echo "nameserver 192.0.2.53" >/mnt/resolv.conf
echo "hosts: {order}" >/mnt/nsswitch.conf
mkdir -p /mnt/netns/visitor
echo "nameserver 203.0.113.1" >/mnt/netns/visitor/resolv.conf
echo "203.0.113.77 shop.test" >/mnt/netns/visitor/hosts
mount --bind /mnt /etc
"""


def built() -> None:
    """Build the street behind a gate of its own, and publish the shop's port there."""
    ip(f"netns add {GATE}")
    ip(f"-n {GATE} link add br0 type bridge")
    ip(f"-n {GATE} addr add {_INNER}/24 dev br0")
    ip(f"-n {GATE} link set br0 up")
    ip(f"-n {GATE} link set lo up")
    for name, address in ((SHOP, "172.16.0.2"), (NEIGHBOUR, "172.16.0.3")):
        _plug_in(name, address)
        ip(f"-n {GATE} link set to-{name} master br0")
        ip(f"-n {name} route add default via {_INNER}")
    _plug_in(VISITOR, VISITOR_AT)
    ip(f"-n {GATE} addr add {OUTER}/24 dev to-{VISITOR}")
    gate = namespaces.namespace(GATE)
    # Else what merely crosses the bridge may be translated, too (br_netfilter).
    settings = ["net.ipv4.ip_forward=1", "net.bridge.bridge-nf-call-iptables=0"]
    gate.run(["sysctl", "-qew", *settings], check=True, quiet=True)
    gate.run(["nft", _PUBLISH], check=True, quiet=True)


def _plug_in(name: str, address: str) -> None:
    """Make a namespace, and a wire from it to the gate."""
    ip(f"netns add {name}")
    ip(f"-n {GATE} link add to-{name} type veth peer name eth0 netns {name}")
    ip(f"-n {GATE} link set to-{name} up")
    ip(f"-n {name} addr add {address}/24 dev eth0")
    ip(f"-n {name} link set eth0 up")


def with_own_files(*commands: str, order: str = "files dns") -> str:
    """Run commands where the visitor has files of its own in ``/etc/netns``; return their output.

    Parameters
    ----------
    *commands : str
        For a shell, one after the other.
    order : str
        Where names of hosts are looked up, ``hosts:`` of ``nsswitch.conf(5)``.

    Raises
    ------
    CommandError
        One of them failed, or the files could not be put into place.
    """
    script = _OWN_FILES.format(order=order) + "\n".join(commands)
    command = ["unshare", "--mount", "sh", "-c", script]
    return HOST.run(command, check=True, quiet=True, timeout=30).stdout
