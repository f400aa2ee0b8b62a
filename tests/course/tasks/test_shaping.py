"""Does the first hint of task 13.1 know whether something shapes what leaves for the server?"""

from __future__ import annotations

import pytest
from kernel_shell import sh

from nslabkit.course.tasks import shaping_tasks


@pytest.mark.parametrize(
    ("command", "shapes"),
    [
        ("true", False),
        ("tc -n router qdisc add dev east root tbf rate 1mbit burst 5kb limit 10kb", True),
        ("tc -n router qdisc add dev east root handle 1: htb default 20", True),
        ("tc -n router qdisc add dev east root pfifo", False),
        ("tc -n router qdisc add dev west root tbf rate 1mbit burst 5kb limit 10kb", False),
        ("ip -n router link del east", False),
        ("ip netns del router", False),
    ],
)
def test_a_qdisc_that_shapes_is_found(command: str, *, shapes: bool) -> None:
    sh("ip netns add router")
    sh("ip -n router link add east type veth peer name west")
    sh(command)
    assert shaping_tasks._qdisc() is shapes
