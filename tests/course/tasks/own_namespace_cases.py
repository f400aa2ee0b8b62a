"""What is tried for the tasks of lesson 2."""

from task_cases import Case

_UNTIL_IN = (
    'timeout 5 sh -c "until ip netns pids {name} | grep -q .; do sleep 0.05; done" 2>/dev/null\n'
)
_BY_ATTACH = f"""
ip netns add left
ip netns exec left sleep infinity >/dev/null 2>&1 & pid=$!
{_UNTIL_IN.format(name="left")}
ip netns attach right $pid
kill $pid; timeout 5 sh -c "while ip netns pids left | grep -q .; do sleep 0.05; done"
"""
_LOST = f"""
ip netns add netns1; ip netns exec netns1 sleep infinity >/dev/null 2>&1 &
ip netns add lost
ip link add treasure type veth peer name chest netns lost
ip netns exec lost sleep infinity >/dev/null 2>&1 &
echo $! >/run/lost.pid
{_UNTIL_IN.format(name="netns1")}
{_UNTIL_IN.format(name="lost")}
ip netns del lost
"""
_GONE = 'timeout 5 sh -c "while ip link show treasure; do sleep 0.05; done" >/dev/null 2>&1'
_HIDDEN = "ip netns add secret; ip link add canary type veth peer name cage netns secret\n"
_HELD_OPEN = f"""{_HIDDEN}
sleep infinity 9</run/netns/secret >/dev/null 2>&1 & pid=$!
timeout 5 sh -c "until grep -qx sleep /proc/$pid/comm; do sleep 0.05; done"
ip netns del secret
"""
_MOUNTED = f"""{_HIDDEN}
touch /run/hideout; mount --bind /run/netns/secret /run/hideout; ip netns del secret
"""
_SOCKET = f"""#python
import os, subprocess, sys, time
from pathlib import Path
subprocess.run(["bash", "-ec", {_HIDDEN!r}], check=True)
carried = '''
import os, socket, sys, time
door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
os.set_inheritable(door.fileno(), True)
os.execvp("nsenter", ["nsenter", "--net=/proc/1/ns/net", "sleep", "infinity"])
'''
command = ["ip", "netns", "exec", "secret", sys.executable, "-c", carried]
keeper = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
for _ in range(1000):
    if Path(f"/proc/{{keeper.pid}}/comm").read_text() == "sleep\\n":
        break
    time.sleep(0.01)
subprocess.run(["ip", "netns", "del", "secret"], check=True)
"""
_PROCESS = f"""{_HIDDEN}
ip netns exec secret sleep infinity >/dev/null 2>&1 &
{_UNTIL_IN.format(name="secret")}
ip netns del secret
"""
# Another wire, whose ends have the numbers of {link} and of its other end.
_SAME_NUMBERS = """
here=$(cat /sys/class/net/{link}/ifindex); there=$(cat /sys/class/net/{link}/iflink)
ip netns add found; ip netns add other
ip link add in index $there netns found type veth peer name out index $here netns other
"""
_BY_HAND = "touch /run/netns/{name}; mount --bind {what} /run/netns/{name}\n"

CASES = (
    Case(
        "2.1",
        before="true",
        right=(
            "ip netns add left\n" + _BY_HAND.format(name="right", what="/run/netns/left"),
            _BY_ATTACH,
        ),
        wrong=(
            "ip netns add left; ip netns add right",
            "ip netns add left; touch /run/netns/right",
            "ip netns add left; ln -s left /run/netns/right; ip netns del left",
            "ip netns attach left $$; ip netns attach right $$",
            _BY_ATTACH.split("kill", maxsplit=1)[0],
        ),
    ),
    Case(
        "2.2",
        before=_LOST,
        right=(
            "ip netns attach found $(cat /run/lost.pid)",
            _BY_HAND.format(name="found", what="/proc/$(cat /run/lost.pid)/ns/net"),
        ),
        wrong=(
            "ip netns add found",
            "ip netns attach found $(ip netns pids netns1)",
            f"kill $(cat /run/lost.pid); {_GONE}",
            "ip netns add found; ip link set treasure netns found",
            "ip netns attach found $(cat /run/lost.pid); ip -n found link del chest",
            _SAME_NUMBERS.format(link="treasure"),
        ),
    ),
    Case(
        "2.3",
        before="true",
        right=(_HELD_OPEN, _MOUNTED, _SOCKET, _HELD_OPEN + _SAME_NUMBERS.format(link="canary")),
        wrong=(
            _HIDDEN,
            _PROCESS,
            "ip link add canary type veth peer name cage",
            f"{_HIDDEN} ip netns del secret",
            "ip link add canary type bridge",
            _MOUNTED.replace("hideout", "lair") + _BY_HAND.format(name="again", what="/run/lair"),
        ),
    ),
)
