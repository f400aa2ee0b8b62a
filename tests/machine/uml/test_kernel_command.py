"""Does the kernelspec's own command fall back on a Linux kernel of its own, for any client?

The client is a program of its own: plain ``jupyter_client`` without the provisioner, where nobody
may make user namespaces.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from uml_machines import forbidding_user_namespaces

if TYPE_CHECKING:
    from conftest import Host, Uml

ROOT = Path(__file__).parents[3]
PATIENCE = 150.0  # seconds; it boots a Linux kernel
CLIENT = """
import json, sys
from jupyter_client.manager import KernelManager
manager = KernelManager(kernel_name="nslab", connection_file=sys.argv[1])
manager.start_kernel()
assert type(manager.provisioner).__name__ == "LocalProvisioner"
client = manager.client()
client.start_channels()
said = {}
def run(code):
    text = []
    hear = lambda message: text.append(message["content"].get("text", ""))
    reply = client.execute_interactive(code, output_hook=hear, timeout=120)
    return "".join(text), reply["content"].get("ename", "")
try:
    client.wait_for_ready(timeout=140)
    said["banner"] = client.kernel_info(reply=True)["content"]["banner"]
    said["cell"] = run("!uname -r; hostname; echo $NSLAB_SANDBOX; ip netns add netns1; ip netns")[0]
    said["carried"] = len(run("print('x' * 2_000_000)")[0])
    request = client.execute("import time\\nprint('go', flush=True)\\nwhile True: time.sleep(0.01)")
    while client.get_iopub_msg(timeout=60)["msg_type"] != "stream":
        pass
    manager.interrupt_kernel()
    while (reply := client.get_shell_msg(timeout=60))["parent_header"].get("msg_id") != request:
        pass
    said["interrupted"] = reply["content"].get("ename")
    print(json.dumps(said), flush=True)
    if "wait" in sys.argv:
        sys.stdin.read()
except RuntimeError as error:
    print(json.dumps({"died": str(error)}), flush=True)
client.stop_channels()
manager.shutdown_kernel()
"""


@pytest.fixture(autouse=True)
def _without_provisioner(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    assert host
    folder = Path("kernelspecs").absolute() / "kernels" / "nslab"
    folder.mkdir(parents=True)
    spec = json.loads((ROOT / "kernels" / "nslab" / "kernel.json").read_text())
    del spec["metadata"]
    spec["argv"][0] = sys.executable
    (folder / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(folder.parents[1]))
    monkeypatch.delenv("NSLAB_BACKEND", raising=False)


def _client(host: Host, *words: str) -> subprocess.Popen[str]:
    file = str(host.runtime / "kernel-client.json")
    return subprocess.Popen(
        [*forbidding_user_namespaces(), sys.executable, "-c", CLIENT, file, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.long
def test_without_a_sandbox_it_runs_on_a_linux_of_its_own(
    uml: Uml, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NSLAB_BACKEND")  # the choice is free: the sandbox is tried first
    with _client(host) as client:
        out, err = client.communicate(timeout=PATIENCE)
    said = json.loads(out)
    release, name, kind, namespace = said["cell"].split()
    assert release.endswith("-nslab"), err
    assert (name, kind, namespace) == ("lab", "uml", "netns1")
    assert "User-mode Linux" in said["banner"]
    assert said["carried"] == 2_000_001
    assert said["interrupted"] == "KeyboardInterrupt"
    uml.expect_no_trace()


@pytest.mark.long
def test_nothing_is_left_when_the_client_is_killed(
    uml: Uml, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NSLAB_BACKEND")
    with _client(host, "wait") as client:
        assert client.stdout is not None
        assert "cell" in json.loads(client.stdout.readline())
        assert uml.processes()
        os.kill(client.pid, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE
    while uml.processes():
        assert time.monotonic() < deadline, uml.processes()
        time.sleep(0.05)
    uml.expect_no_trace()


def test_where_neither_works_the_client_hears_of_both(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NSLAB_UML_KERNEL", "/bin/false")
    with _client(host) as client:
        out, err = client.communicate(timeout=PATIENCE)
    assert "died" in json.loads(out)
    said = " ".join(err.split())
    assert "user.max_user_namespaces is 0" in said
    assert "Then a Linux kernel of its own was tried (User-mode Linux):" in said
    assert "ended before it was ready" in said
    host.expect_no_trace(set())
