"""Take part in a class: open a sandbox kernel, build the chapter's network, have it checked.

Run as ``python take_part.py CLASS LESSONS CHECK`` by the account that takes part.  Writes "ready"
when the network stands and the check is recorded, and ends when its standard input ends.
"""

from __future__ import annotations

import os
import sys

from jupyter_client.manager import start_new_kernel

STEPS = """
import subprocess
for command in ("ip netns add netns1", "ip netns add netns2",
                "ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2",
                "ip -n netns1 addr add 172.16.0.1/24 dev veth1",
                "ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer",
                "ip -n netns1 link set veth1 up", "ip -n netns2 link set veth1-peer up",
                "ip netns exec netns1 ping -c 1 -W 2 172.16.0.2"):
    subprocess.run(command.split(), check=True, capture_output=True)
from nslabkit.course.progress import record
record("01_one_wire", {check!r}, True)
"""


def main() -> None:
    class_folder, lessons, check = sys.argv[1:]
    from nslabkit import classroom

    os.environ["NSLAB_LESSONS"] = lessons
    os.environ.update(classroom.join(class_folder).environment)
    manager, client = start_new_kernel(kernel_name="nslab", startup_timeout=60)
    try:
        answer = client.execute_interactive(
            STEPS.format(check=check), timeout=120, output_hook=lambda _said: None
        )
        ready = answer["content"]["status"] == "ok"
        sys.stdout.write("ready\n" if ready else f"{answer['content']}\n")
        sys.stdout.flush()
        sys.stdin.read()
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.context.destroy()


main()
