"""Does a closed page refuse wherever a frame could get out, and only there?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import nslabkit as lab
from nslabkit.base import own_machine
from nslabkit.base.errors import NotSupportedError, SandboxError
from nslabkit.course.claims.chapter import ip
from nslabkit.net.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def clean_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("NSLAB_LANG", "en")
    with Lab():
        yield


def test_wires_and_bridges_are_closed() -> None:
    assert lab.closed().wires == 0
    ip("netns add one")
    ip("link add br0 type bridge")
    ip("link add port type veth peer name eth0 netns one")
    ip("link set port master br0")
    found = lab.closed()
    assert (found.wires, found.places) == (1, 2)
    assert "wires: 1, namespaces: 2" in repr(found)
    assert "nothing" in found._repr_html_()


@pytest.mark.parametrize(
    "kind", ["link add way type vxlan id 5 dstport 4789", "link add way type macvlan"]
)
def test_a_link_that_may_lead_out_is_refused(kind: str) -> None:
    if "macvlan" in kind:
        ip("link add below type veth peer name far")
        kind = kind.replace("link add", "link add link below")
    ip(kind)
    with pytest.raises(NotSupportedError, match="way in the host"):
        lab.closed()


def test_a_wire_whose_other_end_cannot_be_seen_is_refused() -> None:
    """An open file keeps the namespace of the far end alive, but shows nobody the way to it."""
    ip("netns add one")
    ip("link add near type veth peer name far netns one")
    assert lab.closed().wires == 1
    with Path("/run/netns/one").open("rb"):
        ip("netns del one")
        with pytest.raises(NotSupportedError, match="near in the host"):
            lab.closed()


def test_it_refuses_on_the_real_machine() -> None:
    outside = {key: value for key, value in os.environ.items() if key != own_machine.OUTSIDE}
    code = "import nslabkit as lab\nlab.closed()"
    done = subprocess.run(
        [sys.executable, "-c", code], env=outside, capture_output=True, text=True, check=False
    )
    if own_machine.kind() == "uml":  # a machine of its own, whatever the environment says
        assert done.returncode == 0
        return
    assert done.returncode == 1
    assert "SandboxError" in done.stderr
    assert "real people" in done.stderr


def test_the_refusal_is_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_machine, "kind", lambda: "none")
    with pytest.raises(SandboxError) as refused:
        lab.closed()
    assert "nslabkit lab" in refused.value.fix
