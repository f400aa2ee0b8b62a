"""Does the model follow the kernel, whoever changes it?  The oracle is ``ip -j``."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from kernel_shell import ip, sh, wait_for
from other_account import powerless

from nslabkit.base.errors import NotFoundError
from nslabkit.live.watcher import Watcher, shared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nslabkit.live.model import LinkModel, Model, NamespaceModel

PATIENCE = 120.0


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    with Watcher() as one:
        yield one


def space(model: Model, name: str = "") -> NamespaceModel | None:
    return next((one for one in model["namespaces"] if one["name"] == name), None)


def link(model: Model, name: str, where: str = "") -> LinkModel | None:
    found = space(model, where)
    return next((one for one in found["links"] if one["name"] == name), None) if found else None


def seen(watcher: Watcher, condition: Callable[[Model], object]) -> Model:
    model = watcher.wait_for(condition, PATIENCE)
    assert model is not None, json.dumps(watcher.snapshot(), indent=1)
    return model


def told_by_ip(name: str) -> dict[str, Any]:
    """Return what ``ip -j`` tells of a namespace, in the words of the model."""
    where = f"-n {name} " if name else ""
    links, routes = ip(f"{where}addr"), ip(f"{where}route") + ip(f"{where}-6 route")
    return {
        "links": {
            one["ifname"]: (
                one["ifindex"],
                one.get("address", ""),
                one["mtu"],
                one.get("master"),
                "UP" in one["flags"],
                sorted(
                    f"{a['local']}/{a['prefixlen']}"
                    for a in one["addr_info"]
                    if not a["local"].startswith("fe80")
                ),
            )
            for one in links
        },
        "routes": sorted(
            (one["dst"], one.get("gateway"), one.get("dev"))
            for one in routes
            if not one["dst"].startswith("fe80")
        ),
        "neighbours": sorted((one["dst"], one.get("lladdr")) for one in ip(f"{where}neigh")),
    }


def told_by_model(found: NamespaceModel) -> dict[str, Any]:
    return {
        "links": {
            one["name"]: (
                one["index"],
                one["mac"],
                one["mtu"],
                one["master"],
                one["state"] != "down",
                sorted(one["addresses"]),
            )
            for one in found["links"]
        },
        "routes": sorted((one["destination"], one["via"], one["link"]) for one in found["routes"]),
        "neighbours": sorted((one["address"], one["mac"]) for one in found["neighbours"]),
    }


def assert_as_ip_tells(watcher: Watcher) -> None:
    """Wait until the model says what ip says: both of them read a kernel that still works."""

    def same() -> bool:
        names = ["", *(one["name"] for one in ip("netns"))]
        model = watcher.snapshot()
        if sorted(one["name"] for one in model["namespaces"]) != sorted(names):
            return False
        return all(told_by_model(one) == told_by_ip(one["name"]) for one in model["namespaces"])

    wait_for(same, PATIENCE)


def test_the_chapters_commands_one_by_one(watcher: Watcher) -> None:
    sh("ip netns add netns1")
    seen(watcher, lambda m: space(m, "netns1"))
    sh("ip netns add netns2")
    seen(watcher, lambda m: space(m, "netns2"))
    sh("ip link add veth1 type veth peer name veth1-peer")
    model = seen(watcher, lambda m: (found := link(m, "veth1")) and found["peer"])
    near, far = link(model, "veth1"), link(model, "veth1-peer")
    assert near
    assert far
    assert near["peer"] == {"namespace": model["namespaces"][0]["key"], "index": far["index"]}
    sh("ip link set veth1 netns netns1")
    seen(watcher, lambda m: link(m, "veth1", "netns1") and not link(m, "veth1"))
    sh("ip link set veth1-peer netns netns2")
    model = seen(watcher, lambda m: link(m, "veth1-peer", "netns2") and not link(m, "veth1-peer"))
    sh("ip -n netns1 addr add 172.16.0.1/24 dev veth1")
    seen(watcher, lambda m: link(m, "veth1", "netns1")["addresses"] == ["172.16.0.1/24"])  # type: ignore[index]
    assert not space(watcher.snapshot(), "netns1")["routes"]  # type: ignore[index]
    sh("ip -n netns1 link set veth1 up")
    seen(watcher, lambda m: link(m, "veth1", "netns1")["state"] == "no carrier")  # type: ignore[index]
    sh("ip -n netns2 link set veth1-peer up; ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer")
    seen(watcher, lambda m: link(m, "veth1", "netns1")["state"] == "up")  # type: ignore[index]
    sh("ip netns exec netns1 ping -c 1 172.16.0.2")
    model = seen(watcher, lambda m: space(m, "netns1")["neighbours"])  # type: ignore[index]
    ends = [link(model, "veth1", "netns1"), link(model, "veth1-peer", "netns2")]
    keys = [space(model, name)["key"] for name in ("netns1", "netns2")]  # type: ignore[index]
    for here, there, key in ((ends[0], ends[1], keys[1]), (ends[1], ends[0], keys[0])):
        assert here
        assert there
        assert here["peer"] == {"namespace": key, "index": there["index"]}
    assert_as_ip_tells(watcher)


def test_routes_that_go_without_a_notice(watcher: Watcher) -> None:
    sh("ip link add v type veth peer name w; ip addr add 10.0.0.1/24 dev v")
    sh("ip link set v up; ip link set w up; ip route add 10.5.0.0/16 via 10.0.0.9")
    seen(watcher, lambda m: len(space(m)["routes"]) == 2)  # type: ignore[index]
    sh("ip link set v down")
    seen(watcher, lambda m: not space(m)["routes"])  # type: ignore[index]
    assert_as_ip_tells(watcher)


def test_bridges_macvlans_and_settings(watcher: Watcher) -> None:
    sh("ip netns add one; ip link add br0 type bridge; ip link add v type veth peer name w")
    sh("ip link set w master br0; ip link set v mtu 1400 address 02:00:00:00:00:01")
    sh("ip link add mac0 link v netns one type macvlan")
    model = seen(watcher, lambda m: (found := link(m, "mac0", "one")) and found["lower"])
    lower = link(model, "mac0", "one")["lower"]  # type: ignore[index]
    assert lower == {"namespace": space(model)["key"], "index": link(model, "v")["index"]}  # type: ignore[index]
    seen(watcher, lambda m: (found := link(m, "w")) and found["master"] == "br0")
    assert link(model, "br0")["kind"] == "bridge"  # type: ignore[index]
    assert link(model, "lo")["kind"] == "loopback"  # type: ignore[index]
    assert_as_ip_tells(watcher)


def test_firewall_rules_are_counted(watcher: Watcher) -> None:
    sh("ip netns add one")
    seen(watcher, lambda m: space(m, "one")["rules"] == 0 if space(m, "one") else False)  # type: ignore[index]
    sh("ip netns exec one nft 'add table inet t; add chain inet t c; add rule inet t c accept'")
    model = seen(watcher, lambda m: space(m, "one")["rules"] == 1)  # type: ignore[index]
    assert space(model)["rules"] == 0  # type: ignore[index]
    sh("ip netns exec one nft flush ruleset")
    seen(watcher, lambda m: space(m, "one")["rules"] == 0)  # type: ignore[index]


def test_a_neighbour_that_is_only_asked_for(watcher: Watcher) -> None:
    """INCOMPLETE: the kernel has no notice of that."""
    sh("ip link add v type veth peer name w; ip link set v up; ip link set w up")
    sh("ip addr add 10.0.0.1/24 dev v")
    with subprocess.Popen(
        ["ping", "-c", "1", "-w", "20", "10.0.0.9"], stdout=subprocess.DEVNULL
    ) as ping:
        seen(
            watcher,
            lambda m: [n for n in space(m)["neighbours"] if n["state"] == "INCOMPLETE"],  # type: ignore[index]
        )
        ping.kill()


def test_a_wire_into_a_namespace_without_a_name(watcher: Watcher) -> None:
    sh("ip link add v type veth peer name w")
    seen(watcher, lambda m: (found := link(m, "v")) and found["peer"])
    with subprocess.Popen(["unshare", "-n", "sleep", "600"]) as sleeper:
        own = Path("/proc/self/ns/net").readlink()
        wait_for(lambda: Path(f"/proc/{sleeper.pid}/ns/net").readlink() != own, PATIENCE)
        sh(f"ip link set w netns {sleeper.pid}")
        seen(watcher, lambda m: not link(m, "w") and link(m, "v")["peer"] is None)  # type: ignore[index]
        sh(f"ip netns attach named {sleeper.pid}")
        model = seen(watcher, lambda m: link(m, "w", "named"))
        assert link(model, "v")["peer"]["namespace"] == space(model, "named")["key"]  # type: ignore[index]
        sleeper.kill()
    sh("ip netns del named")
    seen(watcher, lambda m: not space(m, "named") and not link(m, "v"))


@pytest.mark.parametrize(
    "name",
    ["<img onerror=alert(1)>", "a b", 'quo"te', "back\\slash", "名字", "\u202egnol", "x" * 255],
)
def test_any_name_is_told_as_it_is(watcher: Watcher, name: str) -> None:
    subprocess.run(["ip", "netns", "add", name], check=True)
    found = space(seen(watcher, lambda m: space(m, name)), name)
    assert found
    assert found["key"] == str(Path("/run/netns", name).stat().st_ino)
    subprocess.run(["ip", "netns", "del", name], check=True)
    seen(watcher, lambda m: not space(m, name))


def test_a_name_that_is_used_again(watcher: Watcher) -> None:
    for _round in range(5):
        sh("ip netns add again; ip -n again link add sw0 type bridge")
        model = seen(watcher, lambda m: link(m, "sw0", "again"))
        inode = Path("/run/netns/again").stat().st_ino
        assert space(model, "again")["key"] == str(inode)  # type: ignore[index]
        sh("ip netns del again; ip netns add again")
        seen(watcher, lambda m: space(m, "again") and not link(m, "sw0", "again"))
        sh("ip netns del again")
        seen(watcher, lambda m: not space(m, "again"))


def test_it_holds_no_namespace(watcher: Watcher) -> None:
    sh("ip netns add one; ip link add here type veth peer name there netns one")
    seen(watcher, lambda m: link(m, "there", "one"))
    sh("ip netns del one")
    wait_for(lambda: [one["ifname"] for one in ip("link")] == ["lo"], PATIENCE)
    seen(watcher, lambda m: not space(m, "one") and not link(m, "here"))


def test_two_hundred_namespaces_in_one_go(watcher: Watcher, tmp_path: Path) -> None:
    batch = tmp_path / "batch"
    lines = []
    for number in range(200):
        lines += [
            f"netns add n{number}",
            f"link add v{number} type veth peer name w netns n{number}",
            f"addr add 10.0.{number}.1/24 dev v{number}",
            f"link set v{number} up",
        ]
    batch.write_text("\n".join(lines))
    sh(f"ip -batch {batch}")
    seen(watcher, lambda m: len(m["namespaces"]) == 201)
    assert_as_ip_tells(watcher)
    batch.write_text("\n".join(f"netns del n{number}" for number in range(200)))
    sh(f"ip -batch {batch}")
    seen(watcher, lambda m: len(m["namespaces"]) == 1 and len(space(m)["links"]) == 1)  # type: ignore[index]


def test_lost_notices_end_in_what_is_there(watcher: Watcher, tmp_path: Path) -> None:
    """The watcher is held up while more happens than the kernel remembers."""
    sh("ip netns add one; ip link set lo up")
    seen(watcher, lambda m: space(m, "one"))
    held, go_on = threading.Event(), threading.Event()

    def hold(model: Model) -> None:
        if link(model, "hold") and not held.is_set():
            held.set()
            assert go_on.wait(PATIENCE)

    unsubscribe = watcher.subscribe(hold)
    sh("ip link add hold type bridge")
    assert held.wait(PATIENCE)
    batch = tmp_path / "batch"
    batch.write_text(
        "\n".join(
            f"addr {verb} 10.1.{number // 250}.{number % 250 + 1}/32 dev lo"
            for number in range(4000)
            for verb in (("add", "del") if number else ("add",))
        )
    )
    sh(f"ip -n one -batch {batch}")
    go_on.set()
    model = seen(watcher, lambda m: m["lost"] and link(m, "lo", "one")["addresses"])  # type: ignore[index]
    assert link(model, "lo", "one")["addresses"] == ["10.1.0.1/32"]  # type: ignore[index]
    assert_as_ip_tells(watcher)
    watcher.subscribe(lambda _model: None)  # or the last one's end would stop it
    unsubscribe()


def test_it_follows_while_a_cell_never_rests(watcher: Watcher) -> None:
    code = "import subprocess, time; time.sleep(0.2); "
    code += "subprocess.run(['ip', 'netns', 'add', 'meanwhile'], check=True)"
    with subprocess.Popen([sys.executable, "-c", code]) as other:
        deadline = time.monotonic() + PATIENCE
        while not space(watcher.snapshot(), "meanwhile"):  # a cell's `while True: pass`
            assert time.monotonic() < deadline
        assert other.wait(PATIENCE) == 0


def test_a_subscriber_is_told_and_its_mistakes_stop_nothing(
    watcher: Watcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, mistakes = [], []
    monkeypatch.setattr(threading, "excepthook", mistakes.append)

    def wrong(_model: Model) -> None:
        raise ValueError("a mistake")

    watcher.subscribe(wrong)
    watcher.subscribe(lambda model: told.append(model["generation"]))
    sh("ip netns add one")
    seen(watcher, lambda m: space(m, "one"))
    sh("ip netns add two")
    seen(watcher, lambda m: space(m, "two"))
    wait_for(lambda: len(told) >= 2, PATIENCE)
    assert told == sorted(set(told))
    assert mistakes


def test_the_shared_one_runs_while_somebody_listens() -> None:
    interval = sys.getswitchinterval()
    one = shared()
    first, second = one.subscribe(lambda _model: None), one.subscribe(lambda _model: None)
    first()
    assert one.running
    second()
    assert not one.running
    assert sys.getswitchinterval() == interval
    again = one.subscribe(lambda _model: None)
    assert one.snapshot()["namespaces"]
    again()
    assert shared() is one


def test_what_may_not_be_seen_is_explained() -> None:
    """As an ordinary user outside a sandbox: no namespace can be made to listen in."""
    code = (
        "import json; from nslabkit.live.watcher import Watcher\n"
        "with Watcher() as one: print(json.dumps(one.snapshot()))"
    )
    command, variables = powerless(code)
    done = subprocess.run(command, env=variables, capture_output=True, text=True, check=True)
    model = json.loads(done.stdout)
    assert model["namespaces"] == []
    assert "sandbox" in model["problem"]


def test_processes_and_ports_are_told_on_demand(watcher: Watcher) -> None:
    sh("ip netns add one; ip -n one link set lo up")
    key = space(seen(watcher, lambda m: space(m, "one")), "one")["key"]  # type: ignore[index]
    assert watcher.processes(key) == []
    assert watcher.ports(key) == []
    code = (
        "import socket, time; a = socket.create_server(('127.0.0.1', 8080)); "
        "b = socket.create_server(('::1', 8081), family=socket.AF_INET6); "
        "c = socket.socket(type=socket.SOCK_DGRAM); c.bind(('0.0.0.0', 53)); "
        "print('ready', flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        ["ip", "netns", "exec", "one", sys.executable, "-c", code], stdout=subprocess.PIPE
    ) as server:
        assert server.stdout
        server.stdout.readline()
        assert [one["pid"] for one in watcher.processes(key)] == [server.pid]
        found = watcher.ports(key)
        assert [(one["protocol"], one["address"], one["port"]) for one in found] == [
            ("tcp", "127.0.0.1", 8080),
            ("tcp", "::1", 8081),
            ("udp", "0.0.0.0", 53),  # noqa: S104 - in a namespace of its own
        ]
        assert {one["pid"] for one in found} == {server.pid}
        assert {one["command"] for one in found} == {watcher.processes(key)[0]["command"]}
        server.kill()
    with pytest.raises(NotFoundError):
        watcher.processes("1")
