"""What is tried for the tasks of lesson 7."""

from task_cases import Case

_BOX = """
sysctl -qw net.ipv4.ip_forward=0
unshare --net --uts --mount sh -c 'hostname box; mount -t tmpfs none /etc; exec sleep infinity' \\
    >/dev/null 2>&1 &
echo $! >/run/box.pid
timeout 5 sh -c 'until pgrep -x sleep; do :; done' >/dev/null
ip link add box0 type veth peer name eth0 netns $(cat /run/box.pid)
ip addr add 172.16.0.1/24 dev box0; ip link set box0 up
ip netns attach box $(cat /run/box.pid)
ip -n box addr add 172.16.0.2/24 dev eth0; ip -n box link set eth0 up
ip -n box route add default via 172.16.0.1
"""
_OUTSIDE = """
ip netns add outside
ip link add wan type veth peer name eth0 netns outside
ip addr add 203.0.113.1/24 dev wan; ip link set wan up
ip -n outside addr add 203.0.113.9/24 dev eth0; ip -n outside link set eth0 up
"""
_FORWARD = "sysctl -qw net.ipv4.ip_forward=1\n"
_NAT = """
nft add table ip gate
nft add chain ip gate leaving "{ type nat hook postrouting priority srcnat; }"
nft add rule ip gate leaving oifname wan masquerade
"""
_OWN_WIRE = """
ip netns add outside
ip link add eth1 netns box type veth peer name eth0 netns outside
ip -n box addr add 203.0.113.1/24 dev eth1; ip -n box link set eth1 up
ip -n outside addr add 203.0.113.9/24 dev eth0; ip -n outside link set eth0 up
"""
_ON_LINK = f"""{_OUTSIDE}{_FORWARD}
ip -n outside route add 172.16.0.0/24 via 203.0.113.1
ip -n box route add 203.0.113.9 dev eth0; sysctl -qw net.ipv4.conf.box0.proxy_arp=1
"""
_IN_ITS_PLACE = "ip netns add outside; ip -n outside addr add 203.0.113.9/24 dev lo\n"
# Another box in the same network, younger than a process that somebody has left there.
_ANOTHER_BOX = """
ip netns exec box sleep infinity >/dev/null 2>&1 &
timeout 5 sh -c 'until [ $(pgrep -cx sleep) = 2 ]; do :; done'
ip netns exec box unshare --uts --mount sh -c 'hostname box; mount -t tmpfs none /etc
    echo nameserver 203.0.113.9 >/etc/resolv.conf; exec sleep infinity' >/dev/null 2>&1 &
timeout 5 sh -c 'until [ $(pgrep -cx sleep) = 3 ]; do :; done'
kill $(cat /run/box.pid)
timeout 5 sh -c 'until [ $(pgrep -cx sleep) = 2 ]; do :; done'
"""
_IN_BOX = "nsenter --target $(cat /run/box.pid) --mount --uts"
_ASLEEP = "timeout 5 sh -c 'until [ $(pgrep -cx sleep) = 2 ]; do :; done'"
_SECOND = "sh -c 'hostname second; exec sleep infinity' >/dev/null 2>&1 &\n"

CASES = (
    Case(
        "7.1",
        before=_BOX,
        right=(
            _OUTSIDE + _FORWARD + _NAT,
            f"{_OUTSIDE}{_FORWARD}ip -n outside route add 172.16.0.0/24 via 203.0.113.1",
            _ON_LINK,
        ),
        wrong=(
            _OUTSIDE + _FORWARD,
            _OUTSIDE + _NAT,
            _OWN_WIRE,
            "ip netns add outside; ip addr add 203.0.113.9/24 dev lo",
            f"{_IN_ITS_PLACE} ip addr add 203.0.113.9/32 dev lo",
            _IN_ITS_PLACE + (_OUTSIDE + _FORWARD + _NAT).replace("outside", "elsewhere"),
        ),
    ),
    Case(
        "7.2",
        before=_BOX,
        right=(
            f"{_IN_BOX} sh -c 'echo nameserver 203.0.113.9 >/etc/resolv.conf'",
            (
                "printf 'search example\\nnameserver 203.0.113.9\\n' "
                ">/proc/$(cat /run/box.pid)/root/etc/resolv.conf"
            ),
            _ANOTHER_BOX,
        ),
        wrong=(
            f"{_IN_BOX} sh -c ': >/etc/resolv.conf'",
            f"{_IN_BOX} sh -c 'echo nameserver: 203.0.113.9 >/etc/resolv.conf'",
            f"{_IN_BOX} sh -c 'echo \"# nameserver 203.0.113.9\" >/etc/resolv.conf'",
            f"{_IN_BOX} sh -c 'echo nameserver 203.0.113.99 >/etc/resolv.conf'",
            f"{_IN_BOX} sh -c 'mkdir /etc/resolv.conf'",
        ),
    ),
    Case(
        "7.3",
        before=_BOX,
        right=(
            f"nsenter --target $(cat /run/box.pid) --net unshare --uts {_SECOND}{_ASLEEP}",
            f"ip netns exec box unshare --uts --ipc --pid --fork {_SECOND}{_ASLEEP}",
        ),
        wrong=(
            f"unshare --uts --net {_SECOND}{_ASLEEP}",
            f"{_IN_BOX} hostname second",
            "ip netns exec box sleep infinity >/dev/null 2>&1 &",
            "ip netns exec box unshare --uts hostname second",
        ),
    ),
)
