"""What is tried for the tasks of lesson 9."""

from task_cases import Case

_WIRE = """
rm -rf /run/arp.bin /run/echo.bin /run/udp.bin /run/time.bin
ip netns add netns1; ip netns add netns2
ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2
ip -n netns1 addr add 172.16.0.1/24 dev veth1; ip -n netns1 link set veth1 up
ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer; ip -n netns2 link set veth1-peer up
"""
_BY_HAND = """#python
import struct, subprocess
from pathlib import Path

def summed(data):
    data += bytes(len(data) % 2)
    return 0xFFFF - sum(struct.unpack(f"!{len(data) // 2}H", data)) % 0xFFFF

def packet(protocol, body, source=1, target=2, checksum=None, more=0):
    head = struct.pack("!BBHHHBB", 0x45, 0, 20 + len(body) + more, 1, 0, 64, protocol)
    ends = bytes([172, 16, 0, source, 172, 16, 0, target])
    found = summed(head + bytes(2) + ends) if checksum is None else checksum
    return head + found.to_bytes(2, "big") + ends + body

def echo(data, checksum=None, kind=8):
    head = struct.pack("!BBHHH", kind, 0, 0, 7, 1) + data
    found = summed(head) if checksum is None else checksum
    return head[:2] + found.to_bytes(2, "big") + head[4:]

def udp(data, checksum=0, port=9):
    return struct.pack("!HHHH", 5555, port, 8 + len(data), checksum) + data

cat = "ip netns exec netns2 cat /sys/class/net/veth1-peer/address"
PEER = bytes.fromhex(subprocess.check_output(cat.split(), text=True).strip().replace(":", ""))
ALL, ME = bytes(6 * [255]), bytes.fromhex("02 00 00 00 00 77")
"""
_SCAPY = """#python
from pathlib import Path
from scapy.all import ARP, ICMP, IP, UDP, Ether, Raw
"""


def _file(name: str, what: str) -> str:
    return f"{_BY_HAND}\nPath('/run/{name}.bin').write_bytes({what})\n"


def _scapy(name: str, what: str) -> str:
    return f"{_SCAPY}\nPath('/run/{name}.bin').write_bytes(bytes({what}))\n"


_ARP = "ME + bytes.fromhex('0806 0001 0800 06 04 {op}') + ME + bytes([172, 16, 0, {who}])"
_ASK = f"{_ARP.format(op='0001', who=77)} + bytes(6) + bytes([172, 16, 0, 2])"
_IP = "ME + b'\\x08\\x00' + "
_HELLO = "b'hello, kernel'"
_ETHER = "Ether(src='02:00:00:00:00:77', dst='ff:ff:ff:ff:ff:ff')"
_SCAPY_IP = f"{_ETHER} / IP(src='172.16.0.1', dst='172.16.0.2')"
_UDP = "IP(src='172.16.0.1', dst='172.16.0.2') / UDP(sport=1, dport=7) / b'x'"
_SCAPY_ARP = "ARP(hwsrc='02:00:00:00:00:77', psrc='172.16.0.77', pdst='172.16.0.2')"
_TIME = "bytes([13, 0, 0xF2, 0xF8, 0, 5, 0, 2]) + bytes(12)"

CASES = (
    Case(
        "9.1",
        before=_WIRE,
        right=(
            _file("arp", f"ALL + {_ASK}"),
            _file("arp", f"PEER + {_ASK} + bytes(18)"),
            _scapy("arp", f"{_ETHER} / {_SCAPY_ARP}"),
        ),
        wrong=(
            "ip -n netns2 neigh add 172.16.0.77 dev veth1-peer lladdr 02:00:00:00:00:77",
            "echo 'ffffffffffff02000000007708060001080006040001' >/run/arp.bin",
            "printf x >/run/arp.bin",
            "mkdir /run/arp.bin",
            _file("arp", f"bytes(6) + {_ASK}"),
            _file("arp", f"ALL + {_ASK.replace('0001 0800', '0001 86dd')}"),
            _file("arp", f"ALL + {_ARP.format(op='0002', who=77)} + PEER + bytes([172, 16, 0, 2])"),
            _file("arp", f"ALL + {_ARP.format(op='0001', who=1)} + bytes(6) + bytes([172,16,0,2])"),
            _file("arp", f"ALL + {_ASK} + bytes(1500)"),
        ),
    ),
    Case(
        "9.2",
        before=_WIRE,
        right=(
            _file("echo", f"PEER + {_IP} packet(1, echo({_HELLO}))"),
            _scapy("echo", f"{_SCAPY_IP} / ICMP(id=3) / {_HELLO}"),
        ),
        wrong=(
            "ip netns exec netns1 ping -c 1 172.16.0.2",
            _file("echo", f"PEER + {_IP} packet(1, echo({_HELLO}, checksum=0))"),
            _file("echo", f"PEER + {_IP} packet(1, echo({_HELLO}), checksum=1)"),
            _file("echo", f"ME + {_IP} packet(1, echo({_HELLO}))"),
            _file("echo", f"PEER + {_IP} packet(1, echo({_HELLO} + b'!'))"),
            _file("echo", f"PEER + {_IP} packet(1, echo({_HELLO}), more=9)"),
            _file("echo", f"PEER + {_IP} packet(1, echo({_HELLO}, kind=0))"),
            _file("echo", f"PEER + {_IP} packet(1, echo({_HELLO}), target=9)"),
        ),
    ),
    Case(
        "9.3",
        before=_WIRE,
        right=(
            _file("udp", f"PEER + {_IP} packet(17, udp(b'anybody?'))"),
            _file("udp", f"PEER + {_IP} packet(17, udp(b'', port=40000)) + bytes(18)"),
            _file("udp", f"bytes(Ether(dst=PEER) / {_UDP})").replace("#python", _SCAPY),
        ),
        wrong=(
            _scapy("udp", f"{_ETHER} / {_UDP}"),  # nobody complains about a broadcast
            _file("udp", f"PEER + {_IP} packet(17, udp(b'anybody?', checksum=1))"),
            _file("udp", f"PEER + {_IP} packet(1, echo({_HELLO}))"),
            _file("udp", f"PEER + {_IP} packet(17, udp(b'anybody?'), target=9)"),
            _file("udp", f"PEER + {_IP} packet(6, udp(b'anybody?'))"),
            _file("udp", f"PEER + {_IP} packet(17, udp(b'anybody?'), checksum=1)"),
        ),
    ),
    Case(
        "9.4",
        before=_WIRE,
        right=(
            _file("time", f"PEER + {_IP} packet(1, {_TIME})"),
            _scapy("time", f"{_SCAPY_IP} / ICMP(type=13, id=5, ts_ori=77)"),
        ),
        wrong=(
            _file("time", f"PEER + {_IP} packet(1, echo({_HELLO}))"),
            _file("time", f"PEER + {_IP} packet(1, {_TIME}[:-8])"),
            _file("time", f"PEER + {_IP} packet(1, {_TIME}, target=9)"),
            _file("time", f"PEER + {_IP} packet(1, bytes([13, 0, 0, 0]) + bytes(16))"),
            _file("time", f"ME + {_IP} packet(1, {_TIME})"),
        ),
    ),
)
