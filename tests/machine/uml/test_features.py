"""Does the kernel do all that its configuration was written for?  Each is used, in one boot."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Uml

pytestmark = pytest.mark.long

# What is used -> the commands, in bash, in a machine of its own, each in a new namespace.
FEATURES = {
    "a new namespace holds only lo": '[ "$(ls /sys/class/net)" = lo ]',
    "veth": "ip link add va type veth peer name vb",
    "dummy": "ip link add du0 type dummy",
    "bridge": "ip link add br0 type bridge vlan_filtering 1",
    "vlan": "ip link add du0 type dummy && ip link add link du0 name du0.5 type vlan id 5",
    "macvlan": "ip link add du0 type dummy && "
    "ip link add link du0 name mac0 type macvlan mode bridge",
    "ipvlan": "ip link add du0 type dummy && ip link add link du0 name ipv0 type ipvlan mode l2",
    "vxlan": "ip link add vx0 type vxlan id 7 dstport 4789 local 127.0.0.1",
    "vrf": "ip link add vrf0 type vrf table 10",
    "ifb": "ip link add ifb9 type ifb",
    "tun": "ip tuntap add tap0 mode tap",
    "netem": "ip link set lo up && tc qdisc add dev lo root netem delay 20ms loss 1%",
    "tbf": "tc qdisc add dev lo root tbf rate 1mbit burst 10kb latency 50ms",
    "htb": "tc qdisc add dev lo root handle 1: htb && "
    "tc class add dev lo parent 1: classid 1:1 htb rate 1mbit",
    "fq_codel": "tc qdisc add dev lo root fq_codel",
    "prio and u32": "tc qdisc add dev lo root handle 1: prio && "
    "tc filter add dev lo parent 1: protocol ip u32 match ip dport 80 0xffff flowid 1:1",
    "clsact, flower, police, mirred": "tc qdisc add dev lo clsact && "
    "tc filter add dev lo ingress protocol ip flower ip_proto icmp action drop && "
    "tc filter add dev lo egress matchall action police rate 1mbit burst 10k drop && "
    "tc filter add dev lo egress matchall action mirred egress redirect dev lo",
    "nftables in every family": "for f in ip ip6 inet arp bridge; do nft add table $f t || exit 1; "
    "done; nft add table netdev n && nft 'add chain netdev n c "
    "{ type filter hook ingress device lo priority 0; }'",
    "connection tracking": "nft add table ip t && "
    "nft 'add chain ip t c { type filter hook input priority 0; }' && "
    "nft add rule ip t c ct state established,related counter accept && "
    "ip link set lo up && ping -c 1 127.0.0.1 && grep -q icmp /proc/net/nf_conntrack",
    "masquerade, dnat, redirect": "nft add table ip n && "
    "nft 'add chain ip n post { type nat hook postrouting priority 100; }' && "
    "nft 'add chain ip n pre { type nat hook prerouting priority -100; }' && "
    "nft add rule ip n post masquerade && nft add rule ip n pre tcp dport 80 redirect to :8080 && "
    "nft add rule ip n pre tcp dport 81 dnat to 10.0.0.2:81",
    "log, limit, reject, quota, trace": "nft add table inet t && "
    "nft 'add chain inet t c { type filter hook input priority 0; }' && "
    "nft add rule inet t c limit rate 5/second log && nft add rule inet t c quota over 1 mbytes "
    "drop && nft add rule inet t c meta nftrace set 1 && "
    "nft add rule inet t c tcp dport 9 reject && nft add rule inet t c fib daddr type local accept",
    "policy routing": "ip rule add from 10.0.0.0/8 table 100 && ip link set lo up && "
    "ip route add 10.9.0.0/16 dev lo table 100",
    "multipath routes": "ip link add du0 type dummy && ip addr add 10.0.0.1/24 dev du0 && "
    "ip link set du0 up && "
    "ip route add 10.8.0.0/16 nexthop via 10.0.0.2 nexthop via 10.0.0.3",
    "IPv6": "ip link set lo up && ping -6 -c 1 ::1",
    "multicast": "ip link set lo up && ip addr add 224.1.1.1/32 dev lo autojoin",
    "sockets of every kind in ss": "ss -tuwxal && ss -0a",
    "capture": "ip link set lo up; (sleep 0.3; ping -c 3 -i 0.3 127.0.0.1 >/dev/null) & "
    "timeout 20 tcpdump -n -c 1 -i lo icmp",
    "strace": "strace -o /tmp/s -e trace=network ping -c 1 127.0.0.1; grep -q socket /tmp/s",
    "seven kinds of namespaces": "unshare --mount --uts --ipc --net --pid --fork --cgroup --user "
    "--map-root-user true",
    "a limit of memory": "[ -d /sys/fs/cgroup ] && mkdir /sys/fs/cgroup/box && "
    "echo +memory > /sys/fs/cgroup/cgroup.subtree_control && "
    "echo 8M > /sys/fs/cgroup/box/memory.max && rmdir /sys/fs/cgroup/box",
    "a limit of processes": "mkdir /sys/fs/cgroup/few && "
    "echo +pids > /sys/fs/cgroup/cgroup.subtree_control && "
    "echo 9 > /sys/fs/cgroup/few/pids.max && rmdir /sys/fs/cgroup/few",
    "pseudo-terminals": "script -qec true /dev/null",
    "message queues and System V IPC": "ipcmk -Q && ls /dev/mqueue",
    "inotify, epoll, timers": "python3 -c 'import select, asyncio; select.epoll(); "
    "asyncio.run(asyncio.sleep(0.01))'",
    "its own configuration": "zgrep -q CONFIG_NF_TABLES=y /proc/config.gz",
}
SCRIPT = """
while IFS= read -r -d '' name && IFS= read -r -d '' code; do
    if said=$(unshare --net --mount bash -c "mount -t sysfs sysfs /sys 2>/dev/null
mount -t cgroup2 none /sys/fs/cgroup
$code" 2>&1 </dev/null); then
        echo "works: $name"
    else
        echo "FAILS: $name: $said" | tr '\\n' ' '; echo
    fi
done
"""


def test_every_feature_by_using_it(uml: Uml, tmp_path: Path) -> None:
    features = tmp_path / "features"
    features.write_text("".join(f"{name}\0{code}\0" for name, code in FEATURES.items()))
    script = tmp_path / "script.sh"
    script.write_text(SCRIPT.strip())
    # The machine shows the folder we are in.
    os.chdir(tmp_path)
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "nslabkit.machine.sandbox",
            "--",
            "bash",
            "-c",
            f". {script} < {features}",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    lines = ended.stdout.splitlines()
    assert [line for line in lines if line.startswith("FAILS")] == [], ended.stderr
    assert lines == [f"works: {name}" for name in FEATURES], ended.stderr
    assert not uml.processes()


def test_a_new_machine_has_no_link_but_lo(uml: Uml) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "nslabkit.machine.sandbox", "--", "ls", "/sys/class/net"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.stdout.split() == ["lo"]
    assert not uml.processes()
