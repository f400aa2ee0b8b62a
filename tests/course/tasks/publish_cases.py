"""What is tried for the tasks of lesson 11."""

from task_cases import Case

# Files of /etc/netns need a copy of /etc; what an earlier case has put there goes.
_STREET = """
sysctl -qew net.ipv4.ip_forward=1 net.bridge.bridge-nf-call-iptables=0
ip link add br0 type bridge
for place in shop=172.16.0.2 neighbour=172.16.0.3 visitor=203.0.113.9; do
  name=${place%=*}; ip netns add $name
  ip link add to-$name type veth peer name eth0 netns $name
  ip -n $name addr add ${place#*=}/24 dev eth0
  ip link set to-$name up; ip -n $name link set eth0 up
done
ip link set to-shop master br0; ip link set to-neighbour master br0
ip addr add 172.16.0.254/24 dev br0; ip link set br0 up
ip addr add 203.0.113.1/24 dev to-visitor
for name in shop neighbour; do ip -n $name route add default via 172.16.0.254; done
mkdir -p /run/shop /run/second; echo shop >/run/shop/index.html; echo second >/run/second/index.html
nft add table ip publish
nft add chain ip publish arriving "{ type nat hook prerouting priority dstnat; }"
nft add chain ip publish own "{ type nat hook output priority -100; }"
for chain in arriving own; do
  nft add rule ip publish $chain ip daddr 203.0.113.1 tcp dport 8080 dnat to 172.16.0.2:80
done
[ -e /run/etc ] || {
  mkdir /run/etc; cp -a /etc/. /run/etc 2>/dev/null || true
  rm -f /run/etc/resolv.conf; echo nameserver 203.0.113.1 >/run/etc/resolv.conf
  mount --bind /run/etc /etc
}
rm -rf /etc/netns; mkdir -p /etc/netns/visitor /etc/netns/shop /etc/netns/neighbour
"""
_SERVE = """
{where} setsid python3 -m http.server {port} --directory /run/{page} >/dev/null 2>&1 &
timeout 10 sh -c "until {where} ss -Hltn sport = :{port} | grep -q .; do sleep 0.05; done"
"""


def _serve(page: str, where: str = "", port: int = 80) -> str:
    return _SERVE.format(page=page, where=f"ip netns exec {where}" if where else "", port=port)


_STREET += _serve("shop", "shop")


def _rule(chain: str, to: str, port: int = 8081) -> str:
    return f"nft add rule ip publish {chain} ip daddr 203.0.113.1 tcp dport {port} dnat to {to}\n"


_SECOND = _serve("second", "neighbour")
# A proxy connects to the server behind it only when it has been asked for something.
_PROXY = """
cat >/run/proxy.conf <<'END'
pid /run/proxy.pid; error_log /dev/null; events {{}}
http {{ access_log off; server {{
  listen 203.0.113.1:{port}; location / {{ proxy_pass http://{to}; }}
}} }}
END
nginx -c /run/proxy.conf
"""
# As docker-proxy does it: a program on the host that passes on what it reads.
_RELAY = """#python
import os, signal, socket, subprocess, threading
serve = "ip netns exec neighbour setsid python3 -m http.server 80 --directory /run/second"
subprocess.Popen(serve.split(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
door = socket.create_server(("203.0.113.1", 8081))
while True:
    try:
        socket.create_connection(("172.16.0.3", 80)).close()
        break
    except ConnectionRefusedError:
        pass
if os.fork():
    os._exit(0)
os.setsid()
null = os.open("/dev/null", os.O_RDWR)
for number in range(3):
    os.dup2(null, number)
def copy(one, two):
    while data := one.recv(65536):
        two.sendall(data)
    two.shutdown(socket.SHUT_WR)
while True:
    caller = door.accept()[0]
    server = socket.create_connection(("172.16.0.3", 80))
    for pair in ((caller, server), (server, caller)):
        threading.Thread(target=copy, args=pair).start()
"""
_RESOLVER = """#python
import os, socket
for place in ("203.0.113.1", "172.16.0.254"):
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.bind((place, 53))
    if os.fork() == 0:
        os.setsid()
        null = os.open("/dev/null", os.O_RDWR)
        for number in range(3):
            os.dup2(null, number)
        found = socket.inet_aton("172.16.0.3" if place.startswith("172") else "203.0.113.1")
        while True:
            asked, who = door.recvfrom(512)
            end = asked.index(0, 12)
            head = asked[:2] + b"\\x81\\x80" + bytes([0, 1, 0, 1, 0, 0, 0, 0])
            answer = b"\\xc0\\x0c" + bytes([0, 1, 0, 1, 0, 0, 0, 60, 0, 4]) + found
            door.sendto(head + asked[12:end + 5] + answer, who)
for name, place in (("visitor", "203.0.113.1"), ("shop", "172.16.0.254")):
    with open(f"/etc/netns/{name}/resolv.conf", "w") as file:
        file.write(f"nameserver {place}\\n")
"""


def _hosts(name: str, address: str) -> str:
    return f"echo {address} second.test >/etc/netns/{name}/hosts\n"


_BROKEN = "ip -n visitor link set lo alias broken\n"
_DOWN = _BROKEN + "ip -n shop route del default\n"
_OTHER_PORT = """
ip -n shop route add default via 172.16.0.254
nft insert rule ip publish arriving tcp dport 8080 dnat to 172.16.0.2:8
"""

CASES = (
    Case(
        "11.1",
        before=_STREET,
        right=(
            _SECOND + _rule("arriving", "172.16.0.3:80") + _rule("own", "172.16.0.3:80"),
            _SECOND + _PROXY.format(port=8081, to="172.16.0.3:80"),
            _RELAY,
        ),
        wrong=(
            _SECOND,
            _SECOND + _rule("arriving", "172.16.0.3:80") + _serve("second", "", 8081),
            _SECOND + _rule("arriving", "172.16.0.3:80"),
            _SECOND + _rule("own", "172.16.0.3:80"),
            _SECOND + _rule("arriving", "172.16.0.2:80") + _rule("own", "172.16.0.2:80"),
            _SECOND + _serve("second", "", 8081),
            _rule("arriving", "172.16.0.3:80") + _rule("own", "172.16.0.3:80"),
        ),
    ),
    Case(
        "11.2",
        before=_STREET,
        right=(_hosts("visitor", "203.0.113.1") + _hosts("shop", "172.16.0.3"), _RESOLVER),
        wrong=(
            _hosts("visitor", "203.0.113.1"),
            _hosts("visitor", "203.0.113.1")
            + _hosts("visitor", "172.16.0.3").replace(">", ">>")
            + _hosts("shop", "172.16.0.3"),
            _hosts("visitor", "172.16.0.3") + _hosts("shop", "203.0.113.1"),
            _hosts("visitor", "203.0.113.1") + _hosts("shop", "203.0.113.1"),
            _hosts("visitor", "203.0.113.1") + _hosts("neighbour", "172.16.0.3"),
            "echo 203.0.113.1 second.test >>/etc/hosts",
        ),
    ),
    Case(
        "11.3",
        before=_STREET + _DOWN,
        right=(
            "ip -n shop route add default via 172.16.0.254",
            "nft flush chain ip publish arriving\n" + _PROXY.format(port=8080, to="172.16.0.2:80"),
            _OTHER_PORT + _serve("shop", "shop", 8),
            "ip -n shop route add 203.0.113.0/24 via 172.16.0.254",
            (
                "nft add chain ip publish out '{ type nat hook postrouting priority srcnat; }'\n"
                "nft add rule ip publish out ip daddr 172.16.0.2 masquerade"
            ),
        ),
        wrong=(
            "sysctl -qw net.ipv4.ip_forward=0; ip -n shop route add default via 172.16.0.254",
            "ip -n shop route add default via 172.16.0.254; ip -n visitor link set lo alias ''",
            _OTHER_PORT,
            "ip -n shop route add default via 172.16.0.3",
            "ip -n visitor route add default via 203.0.113.1",
            "nft flush ruleset\n" + _serve("shop", "", 8080),
            "ip -n shop route add default via 172.16.0.254; nft flush ruleset",
            "ip -n shop route add default via 172.16.0.254; ip link set to-shop nomaster",
        ),
    ),
)
