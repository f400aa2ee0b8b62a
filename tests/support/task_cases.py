"""Cases that each task is tried with: right ways, wrong ways, and machines in any state.

A way is what a learner types, run by a shell in the machine; one in Python begins with
``#python``.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

# Whatever the task is about, gone or turned round: nothing that a judge may stumble over.
_EACH = "for n in $(ip netns | cut -d' ' -f1); do {}; done"
# Whatever the task is about, gone or turned round: nothing that a judge may stumble over.
WRECKS = (
    _EACH.format("ip netns del $n"),
    _EACH.format("for l in $(ls /sys/class/net); do ip -n $n link set $l down; done"),
    _EACH.format("ip -n $n addr flush scope global"),
    "ip netns del netns1; touch /run/netns/netns1 /run/netns/netns3 /run/netns/solo",
)


@dataclass(frozen=True)
class Case:
    """A task with what is tried.

    Attributes
    ----------
    task : str
        Its name.
    before : str
        What the lesson has built when the task comes.
    right : tuple of str
        At least two ways of different kind that solve it.
    wrong : tuple of str
        At least three ways of different kind that do not; half-done and over-done ones too.
    """

    task: str
    before: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]


def do(way: str) -> None:
    """Do what a learner would."""
    shell = [sys.executable, "-c"] if way.startswith("#python") else ["bash", "-ec"]
    done = subprocess.run([*shell, way], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, f"{way}\n{done.stderr}"


def faulty_wire(number: int, named: str | None = None) -> str:
    """Return what builds a wire with a fault, and names a layer: the right one if none is given."""
    layer = "layer_of(number)" if named is None else repr(named)
    return f"""#python
import nslabkit as lab
from nslabkit.course.faults.fault_wire import layer_of
number = {number}
lab.faults.wire(number)
lab.faults.wire_layer(number, {layer})
"""
