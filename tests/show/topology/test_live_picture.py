"""The kernel's side of the live picture: what a click does, against what ``ip`` says."""

from __future__ import annotations

import json
import re
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from kernel_shell import sh, wait_for

import nslabkit as lab
from nslabkit.base.errors import AlreadyExistsError, CommandError, InvalidValueError, NotFoundError
from nslabkit.show.topology import acts, lasting, playing, topology_words
from nslabkit.show.topology.topology_widget import Topology, topology

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 120.0  # seconds
WIRE = {"namespace": "netns1", "name": "veth1", "to": "netns2", "peer": "veth1-peer"}


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    with lab.Lab():
        yield


@pytest.fixture
def live() -> Iterator[Topology]:
    shown = topology()
    yield shown
    shown.close()


def ip(*words: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    done = subprocess.run(["ip", "-j", *words], capture_output=True, text=True, check=True)
    return json.loads(done.stdout or "[]")


def state() -> Any:  # noqa: ANN401 - as above
    """All that the acts change, as ``ip`` tells it, without what differs each time."""
    found = {}
    for name in sorted(row["name"] for row in ip("netns")):
        found[name] = [
            (
                link["ifname"],
                "UP" in link["flags"],
                sorted(one["local"] for one in link["addr_info"] if one["scope"] != "link"),
            )
            for link in ip("-n", name, "addr")
        ]
    return found, sorted(link["ifname"] for link in ip("link"))


STEPS: list[tuple[str, dict[str, str]]] = [
    ("namespace", {"name": "netns1"}),
    ("namespace", {"name": "netns2"}),
    ("namespace", {"name": "it's <b>"}),
    ("wire", WIRE),
    ("wire", {"namespace": "netns1", "name": "inside", "to": "", "peer": "outside"}),
    ("wire", {"namespace": "", "name": "one", "to": "", "peer": "other"}),
    ("wire", {"namespace": "netns2", "name": "one", "to": "netns2", "peer": "other"}),
    ("address", {"namespace": "netns1", "link": "veth1", "address": "172.16.0.1/24"}),
    ("address", {"namespace": "", "link": "outside", "address": "fd00::1/64"}),
    ("up", {"namespace": "netns1", "link": "veth1"}),
    ("up", {"namespace": "", "link": "outside"}),
    ("down", {"namespace": "netns1", "link": "veth1"}),
    ("remove address", {"namespace": "netns1", "link": "veth1", "address": "172.16.0.1/24"}),
    ("remove link", {"namespace": "", "link": "one"}),
    ("remove link", {"namespace": "netns1", "link": "inside"}),
    ("remove namespace", {"namespace": "it's <b>"}),
]


def test_the_click_the_command_and_the_line_do_the_same() -> None:
    """Each act three times from the same beginning: its own, the shell's, Python's."""
    assert {act for act, _fields in STEPS} == set(acts.ACTS)
    ways: tuple[Callable[[str, dict[str, str]], object], ...] = (
        acts.do,
        lambda act, fields: sh(acts.commands(act, fields).ip),
        lambda act, fields: exec(acts.commands(act, fields).python, {"lab": lab}),  # noqa: S102
    )
    seen = []
    for way in ways:
        with lab.Lab():
            after = []
            for act, fields in STEPS:
                way(act, fields)
                after.append(state())
            seen.append(after)
    assert seen[0] == seen[1] == seen[2]
    assert seen[0][0] != seen[0][-1]


def test_an_error_keeps_its_four_parts() -> None:
    acts.do("namespace", {"name": "netns1"})
    with pytest.raises(AlreadyExistsError) as error:
        acts.do("namespace", {"name": "netns1"})
    parts = acts.four_parts(error.value)
    assert parts["kind"] == "AlreadyExistsError"
    assert parts["tried"] == "ip netns add netns1"
    assert "EEXIST" in parts["said"]
    assert parts["reason"]
    assert parts["fix"]


def wired() -> None:
    for name in ("netns1", "netns2"):
        lab.namespaces.add(name)
    acts.do("wire", WIRE)
    for name, link, address in (("netns1", "veth1", "1"), ("netns2", "veth1-peer", "2")):
        lab.addresses.add(f"172.16.0.{address}/24", link, namespace=name)
        lab.links.up(link, namespace=name)


def test_a_ping_is_shown_line_by_line() -> None:
    wired()
    lines: list[str] = []
    fields = {"namespace": "netns1", "address": "172.16.0.2", "count": "2"}
    assert lasting.Ping(fields, lines.append).run() == "Answered."
    assert sum("bytes from 172.16.0.2" in line for line in lines) == 2


def test_a_ping_that_fails_says_why() -> None:
    lab.namespaces.add("netns1")
    fields = {"namespace": "netns1", "address": "172.16.0.9", "count": "1"}
    with pytest.raises(CommandError) as error:
        lasting.Ping(fields, lambda _line: None).run()
    assert "unreachable" in error.value.said
    for wrong, kind in (
        ({"count": "many"}, InvalidValueError),
        ({"count": "0"}, InvalidValueError),
        ({"address": " "}, InvalidValueError),
        ({"address": "-f"}, InvalidValueError),
        ({"namespace": "nowhere"}, NotFoundError),
    ):
        with pytest.raises(kind):
            lasting.Ping(fields | wrong, lambda _line: None).run()


def test_a_ping_is_stopped() -> None:
    wired()
    lines: list[str] = []
    answered = threading.Event()

    def show(line: str) -> None:
        lines.append(line)
        if "icmp_seq=1" in line:
            answered.set()

    ping = lasting.Ping({"namespace": "netns1", "address": "172.16.0.2", "count": "600"}, show)
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(ping.run()))
    thread.start()
    assert answered.wait(PATIENCE)
    ping.stop()
    thread.join(PATIENCE)
    assert said == ["Stopped."]
    assert any("statistics" in line for line in lines)


def test_a_recording_is_kept_and_played_once_for_both_ends() -> None:
    wired()
    kept: list[Any] = []
    capture = lasting.LastingCapture(
        {"namespace": "netns1", "link": "", "seconds": "600"},
        kept.append,
        lambda _text: begun.set(),
    )
    begun = threading.Event()
    thread = threading.Thread(target=capture.run)
    thread.start()
    assert begun.wait(PATIENCE)
    lab.namespaces.namespace("netns1").run("ping -c 1 172.16.0.2", quiet=True)
    capture.stop()
    thread.join(PATIENCE)
    [recording] = kept
    assert [p.kind for p in recording.packets].count("ICMP echo request") == 1

    with lab.capture(progress=False) as both:
        lab.namespaces.namespace("netns1").run("ping -c 1 172.16.0.2", quiet=True)
    live = topology(both)
    try:
        played = live.widget.recording
    finally:
        live.close()
    echoes = [one for one in played["frames"] if one["kind"] == "ICMP echo request"]
    assert len([p for p in both.packets if p.kind == "ICMP echo request"]) == 2
    assert len(echoes) == 1
    assert echoes[0]["outgoing"]
    assert played["taps"][echoes[0]["tap"]]["namespace"] == "netns1"
    json.dumps(played)


def test_what_is_too_much_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playing, "MOST_FRAMES", 3)
    lab.links.up("lo")
    with lab.capture("lo", progress=False) as recording:
        lab.HOST.run("ping -c 2 -i 0.2 127.0.0.1", quiet=True)
    empty = {"generation": 0, "namespaces": [], "lost": 0, "problem": None}
    played = playing.playable(recording, empty, 1)  # type: ignore[arg-type]
    assert len(played["frames"]) == 3
    assert played["left"] == len(recording) - 3 > 0


def test_it_follows_the_kernel_and_holds_nothing(live: Topology) -> None:
    assert topology() is live  # one picture for each kernel
    subprocess.run(["ip", "netns", "add", "netns1"], check=True)
    sh("ip link add near type veth peer name far netns netns1")

    def names() -> list[str]:
        return [one["name"] for one in live.widget.network["namespaces"]]

    wait_for(lambda: names() == ["", "netns1"])
    # With the picture open, a namespace that is removed is gone, its wire's other end too.
    subprocess.run(["ip", "netns", "del", "netns1"], check=True)
    wait_for(lambda: "near" not in [link["ifname"] for link in ip("link")])
    wait_for(lambda: names() == [""])
    bundle, _metadata = live._repr_mimebundle_()
    assert "<svg" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_messages_of_the_page(live: Topology, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(live.widget, "send", sent.append)

    def ask(number: str, **message: object) -> dict[str, Any]:
        live._hear(None, {"id": number, **message}, None)
        wait_for(lambda: any(one.get("id") == number and one["type"] == "done" for one in sent))
        return next(one for one in sent if one.get("id") == number and one["type"] == "done")

    assert ask("1", type="act", act="namespace", fields={"name": "netns1"})["ok"]
    assert sent[0] == {"type": "received", "id": "1"}
    assert ip("netns") == [{"name": "netns1"}]
    again = ask("2", type="act", act="namespace", fields={"name": "netns1"})
    assert again["error"]["kind"] == "AlreadyExistsError"
    assert ask("3", type="ports", namespace="netns1")["rows"] == []
    with subprocess.Popen(["ip", "netns", "exec", "netns1", "sleep", "60"]) as sleeper:
        try:
            wait_for(lambda: Path(f"/proc/{sleeper.pid}/comm").read_text() == "sleep\n")
            [row] = ask("4", type="processes", namespace="netns1")["rows"]
        finally:
            sleeper.kill()
    assert row[0] == str(sleeper.pid)
    assert "sleep" in row[1]
    live._hear(None, {"type": "moved", "positions": {"1": [5, 6]}}, None)
    assert live.widget.positions == {"1": [5, 6]}
    live._hear(None, {"type": "tidy"}, None)
    assert live.widget.positions == {}


def test_after_a_fault_of_the_kit_the_next_act_is_done(
    live: Topology, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(live.widget, "send", sent.append)
    live._hear(None, {"id": "1", "type": "act", "act": "nonsense", "fields": {}}, None)
    live._hear(
        None, {"id": "2", "type": "act", "act": "namespace", "fields": {"name": "after"}}, None
    )
    wait_for(lambda: len([one for one in sent if one["type"] == "done"]) == 2)
    told, done = (one for one in sent if one["type"] == "done")
    assert not told["ok"]
    assert "bug in nslabkit, not your mistake: KeyError: 'nonsense'" in told["error"]["reason"]
    assert "KeyError" in capfd.readouterr().err
    assert done["ok"]
    assert ip("netns") == [{"name": "after"}]


def test_every_text_of_the_page_is_there() -> None:
    """What the page asks for by key is in the dictionary that it is given."""
    known = topology_words.words()
    folder = Path(__file__).resolve().parents[3] / "frontend" / "topology"
    asked = set()
    for source in folder.glob("*.js"):
        asked |= set(re.findall(r'\bsay\((?:found, )?"([^"]+)"', source.read_text()))
    assert len(asked) > 60
    assert asked - set(known) == set()
    for act in [*acts.ACTS, *lasting.LASTING]:
        assert f"act {act}" in known
        assert f"button {act}" in known
