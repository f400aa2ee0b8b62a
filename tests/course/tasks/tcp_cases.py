"""What is tried for the tasks of lesson 12."""

from task_cases import Case

_TALK = """
cat >/run/tcp-server.py <<'END'
from socketserver import StreamRequestHandler, ThreadingTCPServer
class Talk(StreamRequestHandler):
    def handle(self):
        while (line := self.rfile.readline()) not in (b"", b"bye\\n"):
            self.wfile.write(b"you said " + line)
ThreadingTCPServer.allow_reuse_address = True
ThreadingTCPServer(("", 8000), Talk).serve_forever()
END
"""
_LISTENS = 'timeout 50 sh -c "until {where} ss -Hltn | grep -q {place}; do sleep 0.05; done"\n'
_INSIDE = "ip netns exec server"
_WIRE = """
ip netns add server
ip link add wire type veth peer name eth0 netns server
ip addr add 10.12.0.1/24 dev wire; ip link set wire up
ip -n server addr add 10.12.0.2/24 dev eth0; ip -n server link set eth0 up
"""
_START = f"""
{_INSIDE} setsid python3 /run/tcp-server.py >/dev/null 2>&1 &
{_LISTENS.format(where=_INSIDE, place=":8000")}
"""
_BUILT = _TALK + _WIRE + _START


def _serve(port: int, address: str = "0.0.0.0", where: str = _INSIDE) -> str:  # noqa: S104 - in a sandbox
    return (
        f"{where} setsid python3 -m http.server {port} --bind {address} >/dev/null 2>&1 &\n"
        + _LISTENS.format(where=where, place=f":{port}")
    )


def _rule(*rules: str) -> str:
    lines = [
        f"{_INSIDE} nft add table ip mine",
        f"{_INSIDE} nft add chain ip mine in '{{ type filter hook input priority 0; }}'",
        *(f"{_INSIDE} nft add rule ip mine in {rule}" for rule in rules),
    ]
    return "\n".join(lines) + "\n"


_LO_UP = "ip -n server link set lo up\n"
_LOCAL = _LO_UP + _serve(9003, "127.0.0.1")
_RESET = "tcp dport 9003 reject with tcp reset"
_DROP = "tcp dport 9002 drop"

_BREAK = """
python3 - <<'END'
import nslabkit as lab
lab.faults.stream({number})
END
"""
# The fault is one of three; whichever it is, these undo it.
_UNDO = f"{_INSIDE} nft delete table ip riddle || true\n"
_GO_ON = "kill -CONT $(ip netns pids server)\n"
_ANOTHER = f"""
kill -9 $(ip netns pids server)
timeout 50 sh -c 'while ip netns pids server | grep -q .; do sleep 0.05; done'
{_INSIDE} setsid python3 -m http.server 8000 >/dev/null 2>&1 &
{_LISTENS.format(where=_INSIDE, place=":8000")}
"""
_RESTART = f"""
kill -9 $(ip netns pids server)
timeout 50 sh -c 'while ip netns pids server | grep -q .; do sleep 0.05; done'
{_START}
"""
_COPY = f"""
setsid python3 /run/tcp-server.py >/dev/null 2>&1 &
{_LISTENS.format(where="", place=":8000")}
"""
_ON_THE_HOST = f"ip addr add 10.12.0.2/32 dev lo\n{_COPY}"
_TURNED_ASIDE = f"""
ip link set lo up
{_COPY}
nft add table ip aside
nft add chain ip aside c '{{ type nat hook output priority -100; }}'
nft add rule ip aside c ip daddr 10.12.0.2 tcp dport 8000 redirect to :8000
"""
_IN_PIECES = f"""
sed -i 's/"you said " + line/"you said "), self.wfile.write(line/' /run/tcp-server.py
{_UNDO}{_RESTART}
"""
_DEAF = f"""
{_INSIDE} nft add table ip more
{_INSIDE} nft add chain ip more c '{{ type filter hook input priority 0; policy drop; }}'
"""

_HOLD = """
{where} setsid python3 -c '
import signal, socket
talk = socket.create_connection(("{address}", {port}))
{options}
signal.pause()' >/dev/null 2>&1 & pid=$!
timeout 50 sh -c "until {where} ss -Htnp | grep -q pid=$pid,; do sleep 0.05; done"
sleep 0.2
"""
_ASK = "talk.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)"


def _hold(options: str, port: int = 8000, where: str = "", address: str = "10.12.0.2") -> str:
    return _HOLD.format(options=options, port=port, where=where, address=address)


def _after(seconds: int, again: int) -> str:
    """Return the lines that ask for a sign of life after so many seconds, and ever again."""
    option = "talk.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEP{name}, {seconds})\n"
    times = (("IDLE", seconds), ("INTVL", again))
    return "".join(option.format(name=name, seconds=each) for name, each in times) + _ASK


CASES = (
    Case(
        "12.1",
        before=_BUILT,
        right=(
            _serve(9001) + _LOCAL + _rule(_DROP),
            _serve(9001) + _serve(9003) + _rule(_RESET, _DROP),
            _serve(9001) + _serve(9002) + _serve(9003) + _rule(_DROP, _RESET),
        ),
        wrong=(
            _serve(9001) + _rule(_DROP),
            _serve(9001) + _LOCAL,
            _serve(9001) + _LOCAL + _rule("tcp dport 9002 reject"),
            _serve(9001) + _serve(9003) + _rule(_DROP),
            _serve(9001) + _serve(9003) + _rule(_DROP, "tcp dport 9003 drop"),
            _LOCAL + _rule(_DROP),
            _serve(9001) + _LOCAL + _rule("tcp dport 9002 reject with icmp type host-unreachable"),
        ),
    ),
    Case(
        "12.2",
        before=_BUILT + _BREAK.format(number=1),
        right=(
            _UNDO + _GO_ON,
            _IN_PIECES,
            f"{_INSIDE} nft flush ruleset\n{_GO_ON}",
            _UNDO + _RESTART,
        ),
        wrong=(
            "true",
            _TURNED_ASIDE,
            _UNDO + _ANOTHER,
            _ON_THE_HOST,
            _UNDO + _GO_ON + _DEAF,
            _UNDO + "kill $(ip netns pids server); kill -CONT $(ip netns pids server)",
            _UNDO + _GO_ON + "ip -n server link set eth0 down",
        ),
    ),
    Case(
        "12.3",
        before=_BUILT + "sysctl -qw net.ipv4.tcp_keepalive_time=7200",
        right=(
            _hold(_after(2, 2)),
            _hold(_after(1, 3)) + "sleep 5",
            "sysctl -qw net.ipv4.tcp_keepalive_time=4 net.ipv4.tcp_keepalive_intvl=4\n"
            + _hold(_ASK),
        ),
        wrong=(
            _hold(""),
            _hold(_after(1, 75)),
            _hold(_after(12, 12)) + "sleep 9",
            _hold(_ASK),
            _hold(_after(60, 5)),
            "sysctl -qw net.ipv4.tcp_keepalive_time=8\n" + _hold(""),
            _LO_UP + _hold(_after(5, 5), where=_INSIDE),
            _serve(9001) + _hold(_after(5, 5), port=9001),
        ),
    ),
)
