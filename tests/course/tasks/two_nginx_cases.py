"""What is tried for the tasks of lesson 5."""

from task_cases import Case

_WIRES = """
for n in 1 2; do
  ip netns add netns$n
  ip link add wire$n type veth peer name eth0 netns netns$n
  ip addr add 172.16.$n.254/24 dev wire$n; ip link set wire$n up
  ip -n netns$n addr add 172.16.$n.1/24 dev eth0; ip -n netns$n link set eth0 up
done
mkdir -p /run/web/one /run/web/two /run/web/three
for page in one two three; do echo "<b>$page</b>" >/run/web/$page/index.html; done
"""
# Python's server of a page, somewhere; ready when it listens there.
_SERVE = """
{where} setsid python3 -m http.server {port} --bind {address} --directory /run/web/{page} \
    >/dev/null 2>&1 & pid=$!
timeout 10 sh -c "until {where} ss -Hltnp sport = :{port} | grep -q pid=$pid,; do sleep 0.05; done"
"""


def _serve(page: str, where: str = "", address: str = "0.0.0.0", port: int = 80) -> str:  # noqa: S104 - in a sandbox
    inside = f"ip netns exec {where}" if where else ""
    return _SERVE.format(page=page, where=inside, address=address, port=port)


_LOST = _WIRES + _serve("one", "netns1")
_BOTH = _LOST + _serve("two", "netns2")
_ENDED = 'timeout 5 sh -c "while ip netns pids netns1 | grep -q .; do sleep 0.05; done"\n'
_STOP = f"kill $(ip netns pids netns1)\n{_ENDED}"
_BY_PORT = f"""
kill $(ip netns exec netns1 ss -Hltnp sport = :80 | grep -o 'pid=[0-9]*' | cut -d= -f2)
{_ENDED}
"""
_MOVED = f"""
{_STOP}
ip -n netns1 addr add 172.16.1.3/24 dev eth0
{_serve("one", "netns1", "172.16.1.1")}
{_serve("three", "netns1", "172.16.1.3")}
"""
_THIRD_PLACE = f"""
ip netns add netns3
ip link add wire3 type veth peer name eth0 netns netns3
ip addr add 172.16.3.254/24 dev wire3; ip link set wire3 up
ip -n netns3 addr add 172.16.3.1/24 dev eth0; ip -n netns3 link set eth0 up
{_serve("three", "netns3")}
"""
_NAMELESS = f"{_THIRD_PLACE} ip netns del netns3"

_SHARE = """
for number in 1 2; do
  setsid python3 -c "
import signal, socket
door = socket.create_server(('{address}', {port}), reuse_port={share})
signal.pause()" >/dev/null 2>&1 & pid=$!
  timeout 10 sh -c "until ss -Hltnp | grep -q pid=$pid, || ! kill -0 $pid; do sleep 0.05; done" \
      2>/dev/null
done
"""


def _share(address: str, port: int, *, share: bool = True) -> str:
    return _SHARE.format(address=address, port=port, share=share)


_BY_OPTION = """#python
import os, socket, sys
held = []
for _ in range(2):
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    door.bind(("127.0.0.1", 8081))
    door.listen()
    held.append(door)
if os.fork() == 0:
    import signal
    os.setsid()
    null = os.open("/dev/null", os.O_RDWR)
    for number in range(3):
        os.dup2(null, number)
    signal.pause()
"""
_LO_UP = """
ip -n netns2 link set lo up
mkdir -p /run/web/secret; echo secret >/run/web/secret/index.html
"""
_REDIRECT = """
ip netns exec netns2 nft add table ip nat
ip netns exec netns2 nft add chain ip nat out '{ type nat hook output priority -100; }'
ip netns exec netns2 nft add rule ip nat out ip daddr 127.0.0.1 tcp dport 80 redirect to :81
"""
_STOP_TWO = f"""
kill $(ip netns pids netns2)
{_ENDED.replace("netns1", "netns2")}
{_LO_UP}
"""


def _open_page() -> str:
    return _serve("two", "netns2", "172.16.2.1")


CASES = (
    Case(
        "5.1",
        before=_LOST,
        right=(_STOP, _BY_PORT),
        wrong=(
            "ip netns del netns1",
            "kill -STOP $(ip netns pids netns1)",
            f"{_STOP} ip link del wire1",
            f"{_STOP} ip netns del netns1",
            "ip -n netns1 link set eth0 down",
            "ip netns del netns1; ip link del wire1; " + _WIRES.replace("1 2;", "1;", 1),
        ),
    ),
    Case(
        "5.2",
        before=_BOTH,
        right=(
            _serve("three"),
            _serve("three", address="172.16.1.254"),
            _MOVED,
            "touch /run/netns/also; mount --bind /run/netns/netns1 /run/netns/also\n"
            + _serve("three"),
        ),
        wrong=(
            _serve("one"),
            _serve("three", port=8080),
            _THIRD_PLACE,
            _NAMELESS,
            f"{_STOP} {_serve('three', 'netns1')}",
            "echo three >/run/web/one/index.html",
        ),
    ),
    Case(
        "5.3",
        before="true",
        right=(_share("127.0.0.1", 8081), _BY_OPTION),
        wrong=(
            _share("127.0.0.1", 8081, share=False),
            _share("127.0.0.2", 8081),
            _share("0.0.0.0", 8081),  # noqa: S104 - in a sandbox
            _share("127.0.0.1", 8080),
            f"{_WIRES} ip -n netns1 link set lo up; ip -n netns2 link set lo up\n"
            + _serve("one", "netns1", "127.0.0.1", 8081)
            + _serve("two", "netns2", "127.0.0.1", 8081),
        ),
    ),
    Case(
        "5.4",
        before=_BOTH,
        right=(
            _STOP_TWO + _open_page() + _serve("secret", "netns2", "127.0.0.1"),
            _LO_UP + _serve("secret", "netns2", "127.0.0.1", 81) + _REDIRECT,
        ),
        wrong=(
            _STOP_TWO + _serve("secret", "netns2"),
            _STOP_TWO + _serve("secret", "netns2", "127.0.0.1"),
            _LO_UP + _serve("secret", "", "127.0.0.1"),
            _STOP_TWO + _open_page() + _serve("secret", "netns2", "127.0.0.1", 81),
            _STOP_TWO + _open_page() + "ip -n netns2 link set lo down",
            _STOP_TWO
            + "ip addr add 172.16.2.1/32 dev lo\n"
            + _serve("two", "", "172.16.2.1")
            + _serve("secret", "netns2", "127.0.0.1"),
        ),
    ),
)
