"""What is tried for the tasks of the blank page."""

import textwrap

from passing_on import passing_on
from task_cases import Case

# As the page's own cell makes it.
_WORLD = """
ip link add wan type bridge
ip addr add 203.0.113.1/24 dev wan; ip link set wan up
for name in visitor snoop; do
  ip netns add $name
  ip link add to-$name master wan type veth peer name eth0 netns $name
  ip link set to-$name up; ip -n $name link set eth0 up
done
ip -n visitor addr add 203.0.113.9/24 dev eth0
ip -n snoop addr add 203.0.113.66/24 dev eth0
ip -n snoop route add 172.16.0.0/24 via 203.0.113.1
sysctl -qw net.ipv4.ip_forward=0
"""
_FIRST = """cat >/run/start <<'X'
hostname $NAME
mount -t tmpfs none /mnt; cd /mnt
mkdir old proc usr; mount --rbind /usr usr
for name in $(ls -d /bin /lib*); do
  [ -L $name ] && cp -P $name . || { mkdir .$name; mount --rbind $name .$name; }
done
mount -t proc proc proc
%s
exec sleep infinity
X
"""
_PIVOT = "pivot_root . old; umount -l /old"
_CHROOT = "exec chroot . sleep infinity"
_START = """
{name}() {{
  NAME={host} unshare {kinds} --fork sh /run/start >/run/{name}.log 2>&1 &
  timeout 5 sh -c "until pgrep -P $! sleep >/run/{name}.pid; do sleep 0.05; done"
  ip netns attach {name} $(cat /run/{name}.pid); ip -n {name} link set lo up
}}; {name}
"""
_KINDS = "--mount --uts --ipc --pid --net"


def _boxes(first: str = _PIVOT, kinds: str = _KINDS, vault: str = "vault") -> str:
    shop = _START.format(name="shop", host="shop", kinds=kinds)
    return _FIRST % first + shop + _START.format(name="vault", host=vault, kinds=kinds)


# Two networks without a container in them: enough where it is not about files and processes.
_NETS = "for n in shop vault; do ip netns add $n; ip -n $n link set lo up; done\n"
_BRIDGE = """
ip link add br0 type bridge
ip addr add 172.16.0.1/24 dev br0; ip link set br0 up
n=2; for name in shop vault; do
  ip link add port-$name master {master} type veth peer name eth0 netns $name
  ip link set port-$name up
  ip -n $name addr add 172.16.0.$n/24 dev eth0; ip -n $name link set eth0 up
  n=3
done
"""
_ON_BRIDGE = _BRIDGE.format(master="br0")
_ROUTED = """
n=2; for name in shop vault; do
  ip link add port-$name type veth peer name eth0 netns $name
  ip addr add 172.16.0.1/32 dev port-$name; ip link set port-$name up
  ip -n $name addr add 172.16.0.$n/24 dev eth0; ip -n $name link set eth0 up
  ip route add 172.16.0.$n dev port-$name; sysctl -qw net.ipv4.conf.port-$name.proxy_arp=1
  n=3
done; sysctl -qw net.ipv4.ip_forward=1
"""
_OTHERWISE = """
ip link add lan0 type bridge
ip link set lan0 up
ip link add s type veth peer name eth0; ip link add v type veth peer name eth1
ip link set s master lan0 up; ip link set v master lan0 up
ip link set eth0 netns shop; ip link set eth1 netns vault
ip -n shop addr add 172.16.0.2/24 dev eth0; ip -n shop link set eth0 up
ip -n vault addr add 172.16.0.3/24 dev eth1; ip -n vault link set eth1 up
ip addr add 172.16.0.1/24 dev lan0
"""
_DEFAULT = "for n in shop vault; do ip -n $n route add default via 172.16.0.1; done\n"
_FORWARD = "sysctl -qw net.ipv4.ip_forward=1\n"
_NAT = """
nft add table ip gate
nft add chain ip gate leaving "{ type nat hook postrouting priority srcnat; }"
"""
_OUT = _DEFAULT + _FORWARD + _NAT + "nft add rule ip gate leaving oifname wan masquerade\n"
_SIGNED = f"""
ip -n shop route add 203.0.113.0/24 via 172.16.0.1
{_FORWARD}{_NAT}
nft add rule ip gate leaving ip saddr 172.16.0.0/24 oifname wan snat to 203.0.113.1
"""
_AROUND = """
ip link add x master wan type veth peer name eth1 netns shop; ip link set x up
ip -n shop addr add 203.0.113.7/24 dev eth1; ip -n shop link set eth1 up
"""
_IN_THEIR_PLACE = f"""{_NAT}
nft add chain ip gate arriving "{{ type nat hook prerouting priority dstnat; }}"
nft add rule ip gate arriving ip daddr 203.0.113.9 dnat to 203.0.113.1
"""
_SERVE = """
mkdir -p /run/web/{page}; echo '<h1>{page}</h1>' >/run/web/{page}/index.html
{where} setsid python3 -m http.server {port} --directory /run/web/{page} >/dev/null 2>&1 &
timeout 10 sh -c "until {where} ss -Hltn sport = :{port} | grep -q .; do sleep 0.05; done"
"""
_BUSY = """
mkdir -p /run/web/shop; echo shop >/run/web/shop/index.html
ip netns exec shop setsid busybox httpd -f -p 80 -h /run/web/shop >/dev/null 2>&1 &
timeout 10 sh -c "until ip netns exec shop ss -Hltn sport = :80 | grep -q .; do sleep 0.05; done"
"""


def _serve(page: str, where: str | None = None, port: int = 80) -> str:
    inside = f"ip netns exec {where}" if where else ""
    return _SERVE.format(page=page, where=inside, port=port)


_ARRIVING = 'nft add chain ip gate arriving "{ type nat hook prerouting priority dstnat; }"\n'


def _dnat(to: str) -> str:
    return f"{_ARRIVING}nft add rule ip gate arriving tcp dport 8080 dnat to {to}\n"


_SHOP_PAGE = _serve("shop", "shop")
# A program of the host that passes each connection on, as Docker's proxy does.
_PUBLISHED = ("0.0.0.0", 8080)  # noqa: S104 - in the notebook's machine
_PROXY = f"""
setsid python3 -c "{passing_on(_PUBLISHED, ("172.16.0.2", 80))}" >/dev/null 2>&1 &
timeout 10 sh -c "until ss -Hltn sport = :8080 | grep -q .; do sleep 0.05; done"
"""
_READY = _WORLD + _NETS + _ON_BRIDGE + _OUT
_PUBLISHED = _READY + _SHOP_PAGE + _dnat("172.16.0.2:80")
_TWO_PAGES = _PUBLISHED + _serve("vault", "vault")
_THROUGH = """
nft add table ip keep
nft add chain ip keep through "{ type filter hook forward priority filter; }"
"""
_NOT_IN = "nft add rule ip keep through iifname wan ip daddr 172.16.0.3 drop\n"
_NOT_OUT = "nft add rule ip keep through oifname wan ip saddr 172.16.0.3 drop\n"

CASES = (
    Case(
        "20.1",
        before="true",
        right=(_boxes(), _boxes(_CHROOT), _boxes(kinds=f"{_KINDS} --user --map-root-user")),
        wrong=(
            _NETS,
            _boxes("true"),
            _boxes(kinds="--mount --uts --net"),
            _boxes(vault="safe"),
            _boxes() + "kill -KILL $(cat /run/vault.pid)",
            textwrap.dedent("""
                for n in shop vault; do ip netns add $n; done
                for n in shop vault; do
                  ip netns exec $n unshare --uts --pid --mount --fork \\
                      sh -c "hostname $n; exec sleep infinity" >/dev/null 2>&1 &
                done
                timeout 5 sh -c 'until [ $(pgrep -cx sleep) = 2 ]; do :; done'
            """),
        ),
    ),
    Case(
        "20.2",
        before=_NETS,
        right=(_ON_BRIDGE, _OTHERWISE),
        wrong=(
            _ROUTED,
            f"{_ON_BRIDGE} ip link set port-vault nomaster",
            f"{_ON_BRIDGE} ip -n vault link set eth0 down",
            f"{_ON_BRIDGE} ip addr del 172.16.0.1/24 dev br0",
            *(_OTHERWISE.replace(f".{one}/24", f".{one}/16") for one in (1, 2, 3)),
            "ip addr add 172.16.0.2/24 dev lo; ip addr add 172.16.0.3/24 dev lo",
        ),
    ),
    Case(
        "20.3",
        before=_WORLD + _NETS + _ON_BRIDGE,
        right=(_OUT, _SIGNED),
        wrong=(
            _DEFAULT + _FORWARD,
            _DEFAULT + _NAT,
            f"{_DEFAULT}{_FORWARD} ip -n visitor route add 172.16.0.2 via 203.0.113.1",
            f"{_DEFAULT}{_FORWARD} ip -n visitor route add 172.16.0.0/24 via 203.0.113.1",
            _DEFAULT + _IN_THEIR_PLACE,
            _AROUND,
            "ip netns del visitor",
        ),
    ),
    Case(
        "20.4",
        before=_READY,
        right=(_SHOP_PAGE + _dnat("172.16.0.2:80"), _BUSY + _PROXY),
        wrong=(
            _SHOP_PAGE,
            _serve("shop", port=8080),
            _SHOP_PAGE + _serve("shop", port=8080),
            _serve("vault", "shop") + _dnat("172.16.0.2:80"),
            _SHOP_PAGE + _serve("shop", "vault") + _dnat("172.16.0.3:80"),
            _SHOP_PAGE + _dnat("172.16.0.2:81"),
        ),
    ),
    Case(
        "20.5",
        before=_TWO_PAGES,
        right=(
            _THROUGH + _NOT_IN + _NOT_OUT,
            "ip rule add iif wan to 172.16.0.3 prohibit; ip -n vault route del default",
            "nft add table netdev keep\n"
            "nft add chain netdev keep in '{ type filter hook ingress device wan priority 0; }'\n"
            "nft add rule netdev keep in ip daddr 172.16.0.3 drop\n" + _THROUGH + _NOT_OUT,
        ),
        wrong=(
            "ip -n vault route del default",
            _THROUGH + _NOT_IN.replace("ip d", "ip saddr 203.0.113.66 ip d") + _NOT_OUT,
            _THROUGH + _NOT_IN + _NOT_OUT.replace("ip s", "ip daddr 203.0.113.9 ip s"),
            _THROUGH + _NOT_IN + "ip netns exec vault sysctl -qw net.ipv4.ip_default_ttl=1",
            _THROUGH
            + _NOT_IN.replace("drop", "meta l4proto icmp drop")
            + _NOT_IN.replace("drop", "tcp dport 80 drop")
            + _NOT_OUT,
            _THROUGH + _NOT_IN,
            _THROUGH + "nft add rule ip keep through ip daddr 172.16.0.3 tcp dport 80 drop",
            "sysctl -qw net.ipv4.ip_forward=0",
            "ip -n snoop route del 172.16.0.0/24",
            "ip link set port-vault nomaster",
            "ip netns del vault",
            _THROUGH + _NOT_IN + _NOT_OUT + "nft flush table ip gate",
        ),
    ),
)
