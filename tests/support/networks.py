"""Which networks are recorded?  Built with a learner's commands."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from kernel_shell import sh

import nslabkit as lab


def chapter() -> tuple[lab.Namespace, lab.Namespace]:
    """Build the chapter's network, with nobody known, and return its two namespaces."""
    sh(
        "ip netns add netns1; ip netns add netns2;"
        "ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2;"
        "ip -n netns1 addr add 172.16.0.1/24 dev veth1;"
        "ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer;"
        "ip -n netns1 link set veth1 up; ip -n netns2 link set veth1-peer up;"
        "ip -n netns1 neigh flush all; ip -n netns2 neigh flush all"
    )
    return lab.namespaces.namespace("netns1"), lab.namespaces.namespace("netns2")


def three_guests() -> None:
    """Build three namespaces at a bridge on the host."""
    sh("ip link add meeting type bridge; ip link set meeting up")
    for number in (1, 2, 3):
        sh(
            f"ip netns add guest{number};"
            f"ip link add seat{number} master meeting type veth peer name eth netns guest{number};"
            f"ip -n guest{number} addr add 172.16.5.{number}/24 dev eth;"
            f"ip -n guest{number} link set eth up; ip link set seat{number} up"
        )


def without() -> None:
    """Remove all namespaces and links but lo, and wait until they are gone."""
    folder = Path("/run/netns")
    for entry in folder.iterdir() if folder.exists() else ():
        subprocess.run(["ip", "netns", "del", entry.name], check=True)
    deadline = time.monotonic() + 120
    while names := [line.split(":")[1].strip() for line in sh("ip -o link").splitlines()]:
        others = [name.partition("@")[0] for name in names if name != "lo"]
        if not others:
            break
        assert time.monotonic() < deadline, others
        # A veth's peer may have gone with it, or with its namespace.
        subprocess.run(["ip", "link", "del", others[0]], check=False, capture_output=True)
