"""Does each mistake a learner makes get an error of the right kind, in four parts?"""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from kernel_shell import ip, link_names, sh, wait_for

import nslabkit as lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Pair = tuple[lab.Namespace, lab.Namespace]


def refused(call: Callable[[], object], kind: type[lab.NslabError], number: int | None) -> str:
    """Return the text of the error that `call` raises, after looking at its four parts."""
    with pytest.raises(lab.NslabError) as caught:
        call()
    error = caught.value
    assert type(error) is kind, error
    assert error.errno == number
    assert error.errno_name == (None if number is None else _name(number))
    assert all((error.tried, error.said, error.reason, error.fix))
    assert [line.split(":")[0] for line in str(error).splitlines()[:4]] == [
        "Tried",
        "Kernel",
        "Reason",
        "Fix",
    ]
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    return str(error)


def _name(number: int) -> str:
    return "EOPNOTSUPP" if number == errno.EOPNOTSUPP else errno.errorcode[number]


@pytest.mark.usefixtures("pair")
def test_a_name_that_exists() -> None:
    text = refused(lambda: lab.namespaces.add("netns1"), lab.AlreadyExistsError, errno.EEXIST)
    assert "Tried: ip netns add netns1\n" in text
    assert "File exists (EEXIST, errno 17)" in text


def test_a_name_that_is_missing() -> None:
    sh("ip netns add red")
    text = refused(lambda: lab.namespaces.remove("rde"), lab.NotFoundError, errno.ENOENT)
    assert "red" in text.splitlines()[2]
    for call in (
        lambda: lab.links.links("rde"),
        lambda: lab.addresses.add("10.0.0.1/24", "lo", namespace="rde"),
        lambda: lab.links.add_veth("a", "b", peer_namespace="rde"),
        lambda: lab.links.move("lo", to="rde"),
        lambda: lab.namespaces.namespace("rde"),
        lambda: lab.namespaces.namespace("rde").run("ip addr"),
        lambda: lab.Namespace("rde", "/run/netns/rde").run("ip addr"),
        lambda: lab.namespaces.pids(4_000_000),
        lambda: lab.namespaces.namespace("/proc/nonsense/ns/net"),
    ):
        refused(call, lab.NotFoundError, errno.ENOENT)
    assert link_names() == ["lo"]


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0b", "x" * 256, "ä" * 128, None, 3.5])
def test_a_name_that_no_namespace_can_have(name: str) -> None:
    refused(lambda: lab.namespaces.add(name), lab.InvalidValueError, None)
    refused(lambda: lab.namespaces.remove(name), lab.InvalidValueError, None)


def test_a_name_that_ip_would_take_for_an_option() -> None:
    refused(lambda: lab.namespaces.add("-x"), lab.InvalidValueError, None)
    # One that something else has made can be removed all the same.
    refused(lambda: lab.namespaces.remove("-x"), lab.NotFoundError, errno.ENOENT)


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a b", "a:b", "a\0b", "a\n", "x" * 16, "äöüäöüäö", "à", None]
)
def test_a_name_that_no_link_can_have(name: str) -> None:
    refused(lambda: lab.links.add_veth(name, "b"), lab.InvalidValueError, None)
    refused(lambda: lab.links.add_veth("b", name), lab.InvalidValueError, None)
    refused(lambda: lab.links.up(name), lab.InvalidValueError, None)
    refused(lambda: lab.links.remove(name), lab.InvalidValueError, None)
    refused(lambda: lab.addresses.add("10.0.0.1/24", name), lab.InvalidValueError, None)
    refused(lambda: lab.bridges.add(name), lab.InvalidValueError, None)


@pytest.mark.parametrize("name", ["a b", "a:b", "à", "x" * 16])
def test_the_kernel_refuses_the_link_names_that_we_refuse(name: str) -> None:
    done = subprocess.run(
        ["ip", "link", "add", name, "type", "veth"], capture_output=True, check=False
    )
    assert done.returncode != 0


@pytest.mark.parametrize(
    "address",
    [
        "172.16.0/24",
        "172.16.0.256/24",
        "172.16.0.1.5/24",
        "172.16.0.1/33",
        "172.16.0.1/-1",
        "172.16.0.1/",
        "172.16.0.1/x",
        "172.16.0.1",
        "fd00::1",
        "fd00::1/129",
        "fd00::1::2/64",
        "fd00::g/64",
        "hello",
        "",
        "/24",
        " 172.16.0.1/24",
        None,
        1234,
    ],
)
def test_a_malformed_address(pair: Pair, address: str) -> None:
    one, _two = pair
    before = sh("ip -n netns1 -o -4 addr")
    for call in (lab.addresses.add, lab.addresses.remove):
        refused(lambda c=call: c(address, "veth1", namespace=one), lab.InvalidValueError, None)
    assert sh("ip -n netns1 -o -4 addr") == before
    assert "fd00" not in sh("ip -n netns1 -o -6 addr")


@pytest.mark.usefixtures("pair")
def test_what_misses_of_an_address_is_said() -> None:
    def text(address: str) -> str:
        return refused(lambda: lab.addresses.add(address, "veth1"), lab.InvalidValueError, None)

    assert "172.16.0.1/24" in text("172.16.0.1").splitlines()[3]
    assert "0 to 32" in text("172.16.0.1/33")
    assert "0 to 128" in text("fd00::1/129")


@pytest.mark.parametrize("address", ["ff02::1/64", "::/64"])
def test_an_address_that_no_link_can_have(pair: Pair, address: str) -> None:
    one, _two = pair
    with pytest.raises(lab.InvalidValueError):
        lab.addresses.add(address, "veth1", namespace=one)


@pytest.mark.parametrize("address", ["172.16.0.1/24", "fd00::1/64"])
def test_a_duplicate_address(pair: Pair, address: str) -> None:
    one, _two = pair
    if ":" in address:
        lab.addresses.add(address, "veth1", namespace=one)
    call = lambda: lab.addresses.add(address, "veth1", namespace=one)  # noqa: E731 - typed once
    refused(call, lab.AlreadyExistsError, errno.EEXIST)


def test_ipv6_switched_off(pair: Pair) -> None:
    one, _two = pair
    sh("ip netns exec netns1 sysctl -qw net.ipv6.conf.veth1.disable_ipv6=1")
    text = refused(
        lambda: lab.addresses.add("fd00::1/64", "veth1", namespace=one),
        lab.NotSupportedError,
        errno.EACCES,
    )
    assert "disable_ipv6=0" in text


def test_an_address_that_is_not_there(pair: Pair) -> None:
    one, _two = pair
    for address in ("172.16.0.7/24", "fd00::7/64"):
        refused(
            lambda a=address: lab.addresses.remove(a, "veth1", namespace=one),
            lab.NotFoundError,
            errno.EADDRNOTAVAIL,
        )


def test_a_link_that_is_missing(pair: Pair) -> None:
    one, _two = pair
    for call in (
        lambda: lab.links.up("veth9", namespace=one),
        lambda: lab.links.down("veth9", namespace=one),
        lambda: lab.links.remove("veth9", namespace=one),
        lambda: lab.links.move("veth9", namespace=one, to=lab.HOST),
        lambda: lab.links.link("veth9", one),
        lambda: lab.links.peer("veth9", one),
        lambda: lab.addresses.add("10.0.0.1/8", "veth9", namespace=one),
        lambda: lab.addresses.remove("10.0.0.1/8", "veth9", namespace=one),
        lambda: lab.addresses.addresses(one, "veth9"),
        lambda: lab.routes.add("10.0.0.0/8", link="veth9", namespace=one),
        lambda: lab.neighbours.neighbours(one, "veth9"),
        lambda: lab.neighbours.remove("10.0.0.1", "veth9", namespace=one),
        lambda: lab.bridges.attach("veth9", "veth1", namespace=one),
        lambda: lab.bridges.attach("veth1", "veth9", namespace=one),
        lambda: lab.bridges.detach("veth9", namespace=one),
    ):
        assert "veth9" in refused(call, lab.NotFoundError, errno.ENODEV)


def test_a_link_that_is_there_already(pair: Pair) -> None:
    one, two = pair
    text = refused(lambda: lab.links.move("veth1", to=one), lab.AlreadyExistsError, errno.ENODEV)
    assert "veth1 is already in netns1" in text
    refused(lambda: lab.links.move("veth1", namespace=one, to=one), lab.AlreadyExistsError, None)
    sh("ip link add veth1 type veth peer name other")
    refused(lambda: lab.links.move("veth1", to="netns1"), lab.AlreadyExistsError, errno.EEXIST)
    assert "veth1" in link_names()
    assert "veth1-peer" in link_names("netns2")
    refused(lambda: lab.links.move("nope", namespace=two, to=two), lab.NotFoundError, errno.ENODEV)


def test_a_taken_name_leaves_nothing_half_made(pair: Pair) -> None:
    one, two = pair

    def there() -> list[list[str]]:
        return [link_names("netns1"), link_names("netns2"), link_names()]

    before = there()
    for call in (
        lambda: lab.links.add_veth("new", "veth1-peer", namespace=one, peer_namespace=two),
        lambda: lab.links.add_veth("new", "veth1-peer", peer_namespace=two),
        lambda: lab.links.add_veth("veth1", "new", namespace=one, peer_namespace=two),
        lambda: lab.links.add_veth("veth1", "new", namespace=one),
        lambda: lab.bridges.add("veth1", namespace=one),
    ):
        refused(call, lab.AlreadyExistsError, errno.EEXIST)
    refused(lambda: lab.links.add_veth("a", "a"), lab.InvalidValueError, errno.EEXIST)
    assert there() == before


def test_a_namespace_removed_under_our_feet(pair: Pair) -> None:
    one, _two = pair
    sh("ip netns del netns1")
    for call in (
        lambda: lab.links.up("veth1", namespace=one),
        lambda: lab.addresses.addresses(one),
        lambda: lab.routes.routes(one),
        lambda: lab.routes.lookup("172.16.0.2", one),
        lambda: lab.neighbours.neighbours(one),
        lambda: one.run("true"),
        lambda: one.inode,
        lambda: lab.namespaces.pids(one),
        lambda: lab.namespaces.remove(one),
    ):
        assert "netns1" in refused(call, lab.NotFoundError, errno.ENOENT)


def test_a_name_on_which_nothing_is_mounted() -> None:
    sh("touch /run/netns/broken")
    text = refused(lambda: lab.links.links("broken"), lab.NotFoundError, errno.EINVAL)
    assert "ip netns del broken" in text
    assert lab.namespaces.namespaces().json == [{"name": "broken"}]
    lab.namespaces.remove("broken")
    assert lab.namespaces.names() == []


def test_a_name_that_is_a_link_to_one_that_has_gone() -> None:
    sh("ip netns add first; ln -s first /run/netns/second; ip netns del first")
    lab.namespaces.remove("second")
    assert lab.namespaces.names() == []


def test_a_kind_that_this_kernel_lacks() -> None:
    text = refused(
        lambda: lab.links.add("x", kind="nosuchkind"), lab.NotSupportedError, errno.EOPNOTSUPP
    )
    assert "Unknown device type" in text
    assert link_names() == ["lo"]


def test_a_link_that_cannot_go() -> None:
    refused(lambda: lab.links.remove("lo"), lab.InvalidValueError, errno.EOPNOTSUPP)


def test_what_is_no_bridge(pair: Pair) -> None:
    one, _two = pair
    lab.bridges.add("br0", namespace=one)
    for port, bridge in (("veth1", "lo"), ("lo", "br0")):
        with pytest.raises(lab.InvalidValueError):
            lab.bridges.attach(port, bridge, namespace=one)


def test_routes_that_cannot_be(pair: Pair) -> None:
    one, _two = pair

    def add(destination: str, **how: str) -> Callable[[], object]:
        return lambda: lab.routes.add(destination, namespace=one, **how)

    refused(add("10.0.0.1/8", via="172.16.0.2"), lab.InvalidValueError, None)
    refused(add("nowhere", via="172.16.0.2"), lab.InvalidValueError, None)
    refused(add("10.0.0.0/8", via="nobody"), lab.InvalidValueError, None)
    refused(add("10.0.0.0/8", via="9.9.9.9"), lab.InvalidValueError, errno.ENETUNREACH)
    with pytest.raises(lab.InvalidValueError):
        add("10.0.0.0/8")()
    with pytest.raises(lab.InvalidValueError):
        add("10.0.0.0/8", via="fd00::2")()
    refused(add("172.16.0.0/24", link="lo"), lab.InvalidValueError, errno.ENETDOWN)
    add("10.0.0.0/8", via="172.16.0.2")()
    refused(add("10.0.0.0/8", via="172.16.0.2"), lab.AlreadyExistsError, errno.EEXIST)
    refused(lambda: lab.routes.remove("11.0.0.0/8", namespace=one), lab.NotFoundError, errno.ESRCH)
    refused(lambda: lab.routes.lookup("9.9.9.9", one), lab.NotFoundError, errno.ENETUNREACH)
    refused(lambda: lab.routes.lookup("nobody", one), lab.InvalidValueError, None)
    refused(lambda: lab.routes.routes(one, family=5), lab.InvalidValueError, None)
    refused(lambda: lab.routes.routes(one, table="own"), lab.InvalidValueError, None)


def test_a_link_without_a_peer_and_a_neighbour_that_is_not_there(pair: Pair) -> None:
    one, _two = pair
    refused(lambda: lab.links.peer("lo", one), lab.NotFoundError, None)
    refused(
        lambda: lab.neighbours.remove("172.16.0.9", "veth1", namespace=one),
        lab.NotFoundError,
        errno.ENOENT,
    )


@pytest.fixture
def few_files() -> Iterator[None]:
    """Leave no file descriptor free; the tests' own clean-up gets them back."""
    lab.links.links()  # what is loaded with the first reading needs files of its own
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest = os.open("/dev/null", os.O_RDONLY)
    os.close(lowest)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


@pytest.mark.usefixtures("few_files")
def test_out_of_file_descriptors() -> None:
    for call in (
        lambda: lab.namespaces.add("x"),
        lab.links.links,
        lambda: lab.links.add_veth("a", "b"),
        lambda: lab.addresses.add("10.0.0.1/24", "lo"),
    ):
        refused(call, lab.OutOfResourcesError, errno.EMFILE)


def test_out_of_file_descriptors_left_nothing() -> None:
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    lab.links.links()
    for spare in range(1, 4):  # each time it fails one step later
        lowest = os.open("/dev/null", os.O_RDONLY)
        os.close(lowest)
        resource.setrlimit(resource.RLIMIT_NOFILE, (lowest + spare, limits[1]))
        try:
            lab.namespaces.add(f"x{spare}")
            lab.links.add_veth("a", "b", peer_namespace=f"x{spare}")
        except lab.OutOfResourcesError:
            pass
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert set(lab.namespaces.names()) == {row["name"] for row in ip("netns")}
        for name in lab.namespaces.names():
            assert link_names(name)[0] == "lo"
            lab.namespaces.remove(name)
        wait_for(lambda: link_names() == ["lo"])


def test_a_mount_that_fails_leaves_no_file() -> None:
    # Real: in a mount namespace of its own /proc is empty, so there is nothing to mount.
    # The home namespace is opened before that, the new one's file cannot be.
    code = """
import ctypes, os, nslabkit as lab
libc = ctypes.CDLL(None, use_errno=True)
assert libc.unshare(0x20000) == 0
assert libc.mount(None, b"/", None, 0x4000 | 0x40000, None) == 0
lab.links.remove  # everything is imported
from nslabkit import netlink
netlink.inside(None, lambda conversation: None)
assert libc.mount(b"none", b"/proc", b"tmpfs", 0, None) == 0
try:
    lab.namespaces.add("second")
except lab.NslabError as error:
    print(error.errno_name, os.listdir("/run/netns"))
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "ENOENT []\n"
