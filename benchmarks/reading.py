"""How long does it take to read 100,000 packets: ours beside scapy's two readers and tshark?

usage: python benchmarks/reading.py [--packets N]

The packets are pings, ARP, TCP and UDP of different lengths, written to a file once; each program
then opens it in a process of its own, and the time is that from its start of reading to a table
of how many there are of each kind (ours), to a list of bytes or packets (scapy), or to the end
(tshark).
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

OURS = """
import sys, time
import nslabkit as lab
lab.open_capture
begun = time.perf_counter()
recording = lab.open_capture(sys.argv[1])
opened = time.perf_counter() - begun
table = recording.summary
table._repr_html_()
summed = time.perf_counter() - begun
recording._repr_html_()
print(opened, summed, time.perf_counter() - begun)
"""
SCAPY = """
import sys, time
from scapy.utils import rdpcap
from scapy.layers import l2, inet, inet6
begun = time.perf_counter()
packets = rdpcap(sys.argv[1])
print(time.perf_counter() - begun)
"""


RAW = """
import sys, time
begun = time.perf_counter()
from scapy.utils import RawPcapNgReader
loaded = time.perf_counter() - begun
begun = time.perf_counter()
packets = [(data, about) for data, about in RawPcapNgReader(sys.argv[1])]
print(loaded, time.perf_counter() - begun)
"""


def write(path: Path, count: int) -> None:
    """Write the packets."""
    from scapy.layers.inet import ICMP, IP, TCP, UDP
    from scapy.layers.l2 import ARP, Ether

    from nslabkit.capture import FRAME, NO_VLAN, Interface, Recording

    chance = random.Random(1)  # noqa: S311 - no secret
    ether, ip = (
        Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02"),
        IP(src="10.0.0.1", dst="10.0.0.2"),
    )
    kinds = [
        bytes(ether / ARP(psrc="10.0.0.1", pdst="10.0.0.2")),
        bytes(ether / ip / ICMP(id=1, seq=1) / bytes(56)),
        *(bytes(ether / ip / TCP(flags="PA") / bytes(chance.randrange(1400))) for _n in range(60)),
        *(bytes(ether / ip / UDP(dport=9) / bytes(chance.randrange(1400))) for _n in range(60)),
    ]
    places = np.cumsum([0, *map(len, kinds)])
    chosen = np.array([chance.randrange(len(kinds)) for _n in range(count)])
    frames = np.zeros(count, FRAME)
    frames["time"] = 10**18 + np.arange(count) * 1000
    frames["offset"] = places[chosen]
    frames["length"] = frames["captured"] = np.array([len(one) for one in kinds])[chosen]
    frames["vlan"] = NO_VLAN
    Recording([Interface(0, "netns1", "veth1")], frames, b"".join(kinds)).save(path)


def run(command: list[str]) -> list[float]:
    """Return the seconds that a program prints."""
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(word) for word in done.stdout.split()]


def main() -> None:
    """Measure and print a line for each program."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--packets", type=int, default=100_000)
    count = parser.parse_args().packets
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "many.pcapng")
        write(path, count)
        print(f"{count:,} packets, {path.stat().st_size / 1e6:.1f} MB")
        rounds = [run([sys.executable, "-c", OURS, str(path)]) for _round in range(3)]
        opened, summed, shown = min(rounds, key=lambda row: row[1])
        print(
            f"ours: opened {opened:.3f} s, summary table {summed:.3f} s, packet table {shown:.3f} s"
        )
        raw = [run([sys.executable, "-c", RAW, str(path)]) for _round in range(3)]
        loaded, listed = min(raw, key=lambda row: row[1])
        print(
            f"scapy's raw reader: {listed:.3f} s, {listed / opened:.1f} times our opening; "
            f"its import {loaded:.3f} s more"
        )
        begun = time.perf_counter()
        subprocess.run(["tshark", "-n", "-r", path], check=True, capture_output=True)
        tshark = time.perf_counter() - begun
        print(f"tshark: {tshark:.2f} s, {tshark / summed:.0f} times ours")
        (scapy,) = run([sys.executable, "-c", SCAPY, str(path)])
        print(f"rdpcap: {scapy:.2f} s, {scapy / summed:.0f} times ours")


if __name__ == "__main__":
    main()
