"""Is what the public calls make what `ip` sees, and the other way round?"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from kernel_shell import ip, link_names, sh, wait_for

import nslabkit as lab

Pair = tuple[lab.Namespace, lab.Namespace]


def test_the_chapter(pair: Pair) -> None:
    one, two = pair
    assert sorted(lab.namespaces.names()) == ["netns1", "netns2"]
    assert sh("ip netns exec netns1 ping -c 1 -W 2 172.16.0.2").count("bytes from") == 1
    assert link_names("netns1") == ["lo", "veth1"]
    assert link_names("netns2") == ["lo", "veth1-peer"]
    result = one.run("ping -c 1 172.16.0.2", quiet=True)
    assert result.returncode == 0
    assert "1 received" in result.stdout
    lab.namespaces.remove("netns1")
    lab.namespaces.remove(two)
    assert lab.namespaces.names() == []


def test_names_are_listed_in_the_order_of_ip() -> None:
    for name in ("one", "two", "three"):
        lab.namespaces.add(name)
    sh("ip netns add four")
    assert lab.namespaces.names() == [row["name"] for row in ip("netns")]


@pytest.mark.usefixtures("pair")
def test_the_table_of_namespaces_is_what_ip_prints() -> None:
    sh("ip link add far type veth peer name near netns netns1")
    sh("ip netns set netns2 77")
    found = lab.namespaces.namespaces()
    assert found.json == ip("netns")
    assert any("id" in row for row in found.json)
    assert len(found) == 2


@pytest.mark.parametrize(
    "name",
    ["名字", "a b", "a\nb", "ä" * 127, "x" * 255, "a;b", "\udcff", "$HOME", "'"],
)
def test_any_name_that_a_file_may_have(name: str) -> None:
    made = lab.namespaces.add(name)
    assert lab.namespaces.names() == [name]
    assert made.run("echo hello", quiet=True).stdout == "hello\n"
    listed = subprocess.run(["ip", "netns"], capture_output=True, check=True).stdout
    assert listed == os.fsencode(name) + b"\n"
    lab.namespaces.remove(name)
    assert lab.namespaces.names() == []


@pytest.mark.parametrize("name", ["x" * 15, "-x", "äöü", "a;b", "v.1"])
def test_any_name_that_a_link_may_have(name: str) -> None:
    lab.links.add_veth(name, "far")
    lab.links.up(name)
    assert lab.links.link(name).up
    lab.links.remove(name)
    assert link_names() == ["lo"]


def test_a_namespace_by_every_kind_of_reference(pair: Pair) -> None:
    one, _two = pair
    with subprocess.Popen(["ip", "netns", "exec", "netns1", "sleep", "60"]) as process:
        wait_for(lambda: lab.namespaces.identify(process.pid) == "netns1")
        assert lab.namespaces.pids(one) == [process.pid]
        assert sh("ip netns pids netns1").split() == [str(process.pid)]
        path = f"/proc/{process.pid}/ns/net"
        for ref in ("netns1", one, process.pid, path, one.path, "/var/run/netns/netns1"):
            assert "veth1" in [link.name for link in lab.links.links(ref)]
            assert lab.namespaces.namespace(ref).inode == one.inode
            assert "veth1" in lab.namespaces.namespace(ref).run("ip link", quiet=True).stdout
        process.terminate()


@pytest.mark.usefixtures("pair")
def test_none_and_host_are_the_own_namespace() -> None:
    assert [link.name for link in lab.links.links()] == ["lo"]
    assert [link.name for link in lab.links.links(lab.HOST)] == ["lo"]
    assert lab.HOST.inode == Path("/proc/self/ns/net").stat().st_ino
    assert lab.namespaces.identify() is None
    assert lab.HOST.run("ip -br link", quiet=True).stdout.split()[0] == "lo"


@pytest.mark.usefixtures("pair")
def test_links_are_what_ip_prints() -> None:
    sh("ip -n netns1 link add br0 type bridge")
    sh("ip -n netns1 link set veth1 master br0")
    sh("ip -n netns1 link add in1 type veth peer name in2")
    sh("ip -n netns1 link set in2 up promisc on mtu 9000 alias wire")
    sh("ip -n netns1 link property add dev in1 altname another-name-that-is-long")
    sh("ip -n netns1 link property add dev in1 altname second")
    sh("ip -n netns1 link set br0 group 7")
    found = lab.links.links("netns1")
    assert found.json == ip("-n netns1 link")
    assert [link.name for link in found] == link_names("netns1")
    assert lab.links.link("second", "netns1").name == "in1"
    assert lab.links.link("in1", "netns1").json == ip("-n netns1 link show in1")[0]


def test_addresses_are_what_ip_prints(pair: Pair) -> None:
    one, _two = pair
    lab.links.up("lo", namespace=one)
    lab.addresses.add("172.16.0.9/24", "veth1", namespace=one)
    lab.addresses.add("fd00::1/64", "veth1", namespace=one)
    lab.addresses.add("127.1.0.1/8", "lo", namespace=one)
    sh("ip -n netns1 addr add 10.0.0.1 peer 10.0.0.2 dev veth1")
    sh("ip -n netns1 addr add 10.1.0.1/24 brd + dev veth1 label veth1:x")
    sh("ip -n netns1 addr add fd01::1/64 dev veth1 valid_lft 5000 preferred_lft 4000")
    wait_for(lambda: "tentative" not in sh("ip -n netns1 addr"))

    def without_clocks(entries: list[dict]) -> list[dict]:
        for entry in entries:
            for address in entry["addr_info"]:
                for key in ("valid_life_time", "preferred_life_time"):
                    if address[key] != 0xFFFFFFFF:
                        address[key] = address[key] // 4000
        return entries

    found = lab.addresses.addresses(one)
    assert without_clocks(found.json) == without_clocks(ip("-n netns1 addr"))
    assert "172.16.0.9/24" in [row.address for row in found]
    only = lab.addresses.addresses(one, "lo")
    assert only.json == ip("-n netns1 addr show dev lo")
    for address in ("172.16.0.9/24", "fd00::1/64"):
        lab.addresses.remove(address, "veth1", namespace=one)
        assert address not in sh("ip -n netns1 addr")


@pytest.mark.usefixtures("pair")
def test_adding_an_address_does_what_ip_does() -> None:
    sh("ip -n netns2 addr flush dev veth1-peer")
    sh("ip -n netns2 addr add 172.16.0.1/24 dev veth1-peer")
    wait_for(lambda: "tentative" not in sh("ip -n netns1 addr") + sh("ip -n netns2 addr"))
    mine, its = ip("-n netns1 -4 addr show veth1")[0], ip("-n netns2 -4 addr show veth1-peer")[0]
    for entry in (mine, its):
        entry["addr_info"][0].pop("label")
    assert mine["addr_info"] == its["addr_info"]


def test_routes_are_what_ip_prints(pair: Pair) -> None:
    one, _two = pair
    lab.links.up("lo", namespace=one)
    lab.addresses.add("fd00::1/64", "veth1", namespace=one)
    lab.routes.add("10.0.0.0/8", via="172.16.0.2", namespace=one)
    lab.routes.add("default", via="172.16.0.2", link="veth1", namespace=one)
    lab.routes.add("192.168.1.1", link="veth1", namespace=one)
    lab.routes.add("fd01::/64", via="fd00::2", namespace=one)
    lab.routes.add("default", via="fd00::2", namespace=one)
    sh("ip -n netns1 route add blackhole 10.66.0.0/16")
    sh("ip -n netns1 route add 10.67.0.0/16 via 172.16.0.2 src 172.16.0.1 metric 50")
    sh("ip -n netns1 route add 10.68.0.0/16 proto static via 172.16.0.2 table 100")
    wait_for(lambda: "tentative" not in sh("ip -n netns1 addr"))
    assert lab.routes.routes(one).json == ip("-n netns1 route")
    assert lab.routes.routes(one, family=6).json == ip("-n netns1 -6 route")
    for table in ("local", "all"):
        assert lab.routes.routes(one, table=table).json == ip(f"-n netns1 route show table {table}")
        assert lab.routes.routes(one, table=table, family=6).json == ip(
            f"-n netns1 -6 route show table {table}"
        )
    for destination in ("10.0.0.0/8", "default", "192.168.1.1", "fd01::/64"):
        lab.routes.remove(destination, namespace=one)
        version = "-6 " if ":" in destination else ""
        assert destination not in sh(f"ip -n netns1 {version}route").split()


ADVERTISE = """
from scapy.all import *
told = Ether(dst="33:33:00:00:00:01") / IPv6(src="fe80::1", dst="ff02::1", hlim=255)
told /= ICMPv6ND_RA(routerlifetime=1800, prf=0) / ICMPv6NDOptPrefixInfo(
    prefix="fd00:1::", prefixlen=64, validlifetime=7200, preferredlifetime=3600)
sendp(told, iface="veth1-peer", verbose=False)
"""


def test_what_a_router_has_advertised_is_what_ip_prints(pair: Pair) -> None:
    one, two = pair
    wait_for(lambda: "tentative" not in sh("ip -n netns1 addr"))
    two.run([sys.executable, "-c", ADVERTISE], check=True, quiet=True)
    wait_for(lambda: "fd00:1::" in sh("ip -n netns1 -6 addr"))
    wait_for(lambda: "tentative" not in sh("ip -n netns1 addr"))
    (mine,) = [row.json for row in lab.routes.routes(one, family=6) if row.via == "fe80::1"]
    (its,) = [entry for entry in ip("-n netns1 -6 route") if entry.get("gateway") == "fe80::1"]
    assert list(mine) == list(its)
    assert mine.pop("expires") == pytest.approx(its.pop("expires"), abs=1)
    assert mine == its
    (mine,) = [
        row.json for row in lab.addresses.addresses(one, "veth1") if "fd00:1::" in row.address
    ]
    (its,) = [
        info
        for info in ip("-n netns1 addr show dev veth1")[0]["addr_info"]
        if info["local"].startswith("fd00:1::")
    ]
    assert list(mine) == list(its)
    for life in ("valid_life_time", "preferred_life_time"):
        assert mine.pop(life) == pytest.approx(its.pop(life), abs=1)
    assert mine == its


def test_an_address_that_another_has_is_what_ip_prints(pair: Pair) -> None:
    one, two = pair
    for name in ("all", "veth1-peer"):  # a test's machine does not ask: it would take a second
        two.run(["sysctl", "-qw", f"net.ipv6.conf.{name}.accept_dad=1"], check=True)
    lab.addresses.add("fd00::1/64", "veth1", namespace=one)
    wait_for(lambda: "tentative" not in sh("ip -n netns1 addr"))
    lab.addresses.add("fd00::1/64", "veth1-peer", namespace=two)
    wait_for(lambda: "dadfailed" in sh("ip -n netns2 addr"))
    (mine,) = [row.json for row in lab.addresses.addresses(two) if row.address == "fd00::1/64"]
    assert mine in ip("-n netns2 addr show dev veth1-peer")[0]["addr_info"]
    assert mine["dadfailed"]


def test_adding_a_route_does_what_ip_does(pair: Pair) -> None:
    one, _two = pair
    for destination in ("10.0.0.0/8 via 172.16.0.2", "10.1.0.0/16 dev veth1"):
        sh(f"ip -n netns1 route add {destination}")
    its = ip("-n netns1 route")
    sh("ip -n netns1 route del 10.0.0.0/8; ip -n netns1 route del 10.1.0.0/16")
    lab.routes.add("10.0.0.0/8", via="172.16.0.2", namespace=one)
    lab.routes.add("10.1.0.0/16", link="veth1", namespace=one)
    assert ip("-n netns1 route") == its


def test_a_look_up_is_whole_where_pyroute2_was_used_before() -> None:
    """In a Python of its own: pyroute2 keeps what it has compiled once."""
    code = (
        "import nslabkit as lab; from pyroute2 import IPRoute; IPRoute().get_routes();"
        "lab.links.up('lo'); print(lab.routes.lookup('127.0.0.1').json['uid'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.stderr) == (str(os.getuid()), "")


@pytest.mark.parametrize(
    "destination", ["172.16.0.2", "172.16.0.1", "172.16.0.255", "10.1.2.3", "fd00::2", "fd00::1"]
)
def test_a_look_up_is_what_ip_prints(pair: Pair, destination: str) -> None:
    one, _two = pair
    lab.links.up("lo", namespace=one)
    lab.addresses.add("fd00::1/64", "veth1", namespace=one)
    lab.routes.add("10.0.0.0/8", via="172.16.0.2", namespace=one)
    wait_for(lambda: "tentative" not in sh("ip -n netns1 addr"))
    found = lab.routes.lookup(destination, namespace=one)
    assert [found.json] == ip(f"-n netns1 route get {destination}")


def test_neighbours_are_what_ip_prints_and_can_be_forgotten(pair: Pair) -> None:
    one, _two = pair
    lab.addresses.add("fd00::1/64", "veth1", namespace=one)
    sh("ip netns exec netns1 ping -c 1 172.16.0.2")
    sh("ip -n netns1 neigh add 172.16.0.77 lladdr 02:00:00:00:00:77 dev veth1")
    sh("ip -n netns1 neigh add fd00::77 lladdr 02:00:00:00:00:78 router dev veth1 nud reachable")
    found = lab.neighbours.neighbours(one)
    assert found.json == ip("-n netns1 neigh")
    assert {"172.16.0.2", "172.16.0.77", "fd00::77"} <= {row.address for row in found}
    assert lab.neighbours.neighbours(one, "veth1").json == ip("-n netns1 neigh show dev veth1")
    lab.neighbours.remove("fd00::77", "veth1", namespace=one)
    assert "fd00::77" not in sh("ip -n netns1 neigh | grep -v FAILED || true")
    lab.neighbours.flush(one)
    left = [entry["dst"] for entry in ip("-n netns1 neigh") if "FAILED" not in entry["state"]]
    assert left == ["172.16.0.77"]  # set by hand: it stays


def test_the_peer_is_found_wherever_it_is(pair: Pair) -> None:
    one, two = pair
    far = lab.links.peer("veth1", one)
    assert (far.name, far.namespace) == ("veth1-peer", two)
    assert lab.links.peer("veth1-peer", two).name == "veth1"
    lab.links.add_veth("here", "there", namespace=one)
    assert lab.links.peer("here", one).namespace == lab.HOST
    lab.links.add_veth("a", "b", namespace=one, peer_namespace=one)
    assert lab.links.peer("a", one).name == "b"
    with subprocess.Popen(["unshare", "-n", "sleep", "60"]) as process:
        wait_for(lambda: Path(f"/proc/{process.pid}/ns/net").stat().st_ino != lab.HOST.inode)
        lab.links.move("there", to=process.pid)
        assert lab.links.peer("here", one).name == "there"
        process.terminate()


def test_moving_keeps_the_mac_and_sets_down(pair: Pair) -> None:
    one, two = pair
    before = ip("-n netns1 link show veth1")[0]
    lab.links.move("veth1", namespace=one, to=lab.HOST)
    after = ip("link show veth1")[0]
    assert before["address"] == after["address"]
    assert "UP" not in after["flags"]
    lab.links.move("veth1", to=two)
    assert link_names("netns2") == ["lo", "veth1-peer", "veth1"] or "veth1" in link_names("netns2")


def test_a_bridge_joins_three(pair: Pair) -> None:
    del pair
    lab.bridges.add("br0")
    for number in (1, 2, 3):
        far = lab.namespaces.add(f"host{number}")
        lab.links.add_veth(f"port{number}", "eth0", peer_namespace=far)
        lab.bridges.attach(f"port{number}", "br0")
        lab.addresses.add(f"10.0.0.{number}/24", "eth0", namespace=far)
        lab.links.up("eth0", namespace=far)
        lab.links.up(f"port{number}")
    lab.links.up("br0")
    sh("ip netns exec host1 ping -c 1 -W 3 10.0.0.3")
    assert [e["ifname"] for e in ip("link show master br0")] == ["port1", "port2", "port3"]
    lab.bridges.detach("port2")
    assert [e["ifname"] for e in ip("link show master br0")] == ["port1", "port3"]
    lab.links.down("br0")
    assert "UP" not in ip("link show br0")[0]["flags"]


def test_what_a_shell_removes_is_gone_although_we_hold_objects(pair: Pair) -> None:
    one, two = pair
    lab.links.links(one), lab.addresses.addresses(two), lab.routes.lookup("172.16.0.2", one)
    far = lab.links.peer("veth1", one)
    lab.links.add_veth("near", "inside", peer_namespace=one)
    sh("ip netns del netns1")
    wait_for(lambda: link_names() == ["lo"])
    wait_for(lambda: link_names("netns2") == ["lo"])
    with pytest.raises(lab.NotFoundError):
        lab.links.links(one)
    assert far.name == "veth1-peer"


def test_in_a_thread_in_asyncio_and_after_a_fork() -> None:
    found: list[list[str]] = []

    def work() -> None:
        lab.namespaces.add("x")
        found.append([link.name for link in lab.links.links("x")])
        lab.namespaces.remove("x")

    work()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    async def inside() -> None:
        work()

    asyncio.run(inside())
    assert found == [["lo"]] * 3
    code = (
        "import os, nslabkit as lab; lab.links.links(); pid = os.fork()\n"
        "assert [link.name for link in lab.links.links()] == ['lo']\n"
        "if pid == 0: os._exit(0)\n"
        "assert os.waitpid(pid, 0)[1] == 0"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=120)


def test_many_threads_at_once() -> None:
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for _round in range(5):
                made = lab.namespaces.add(f"t{number}")
                lab.links.add_veth("a", "b", namespace=made, peer_namespace=made)
                assert lab.links.links(made)[0].name == "lo"
                lab.namespaces.remove(made)
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert Path("/proc/self/ns/net").samefile("/proc/thread-self/ns/net")


def test_results_print_in_one_line_and_as_a_table(pair: Pair) -> None:
    one, _two = pair
    for table in (
        lab.links.links(one),
        lab.addresses.addresses(one),
        lab.routes.routes(one),
        lab.neighbours.neighbours(one),
        lab.namespaces.namespaces(),
    ):
        assert "\n" not in repr(table)
        assert "<caption " in table._repr_html_()
        for row in table:
            assert "\n" not in repr(row)
