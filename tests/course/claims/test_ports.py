"""The claim about two servers on one port: where it holds, and with its premise broken."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from judged import fails

from nslabkit.base.errors import NslabError
from nslabkit.course import claims
from nslabkit.course.claims import servers
from nslabkit.course.claims.chapter import ip
from nslabkit.course.claims.companions import eventually
from nslabkit.course.verdict import Outcome
from nslabkit.net.namespaces import HOST, namespace, pids


@pytest.fixture
def without_nginx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let PATH lead to every program of this machine but nginx."""
    for folder in ("/usr/bin", "/bin", "/usr/sbin", "/sbin"):
        for program in Path(folder).iterdir():
            link = tmp_path / program.name
            if program.name != "nginx" and not link.is_symlink():
                link.symlink_to(program)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(servers, "_SBIN", "")
    assert "http.server" in servers.program()


def serving(tmp_path: Path, *names: str) -> None:
    for name in names:
        ip(f"netns add {name}")
        servers.start(namespace(name), tmp_path / name, name)


def test_c11_holds_with_nginx() -> None:
    assert shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    verdict = claims.C11.run()
    assert verdict.outcome is Outcome.HOLDS
    assert "nginx" in verdict.evidence[0].value
    assert "already in use" in verdict.evidence[-1].value


def test_c11_holds_for_an_account_that_lets_nobody_read() -> None:
    before = os.umask(0o077)
    try:
        assert claims.C11.run().outcome is Outcome.HOLDS
    finally:
        os.umask(before)


@pytest.mark.usefixtures("without_nginx")
def test_c11_holds_with_pythons_server_where_nginx_is_missing() -> None:
    verdict = claims.C11.run()
    assert verdict.outcome is Outcome.HOLDS
    assert "nginx" not in verdict.evidence[0].value
    assert "python" in verdict.evidence[0].value


@pytest.mark.parametrize(("one", "other"), [("netns1", "netns2"), ("netns2", "netns1")])
def test_c11_fails_with_one_server_only(one: str, other: str, tmp_path: Path) -> None:
    serving(tmp_path, one)
    ip(f"netns add {other}")
    fails(claims.C11.check(), other)


def test_c11_fails_where_both_names_are_one_namespace(tmp_path: Path) -> None:
    serving(tmp_path, "netns1")
    ip(f"netns attach netns2 {pids('netns1')[0]}")
    fails(claims.C11.check(), "one namespace")


@pytest.mark.parametrize(
    "pages",
    [
        {"netns1": "same", "netns2": "same"},
        {"netns1": "one", "netns2": ""},
        {"netns1": "one"},
        {"netns1": ["one"], "netns2": []},
    ],
)
def test_c11_fails_without_two_different_pages(pages: dict[str, str], tmp_path: Path) -> None:
    serving(tmp_path, "netns1", "netns2")
    assert claims.C11.check()
    assert claims.C11.check(pages={"netns1": "one", "netns2": "two"})
    lines = {"netns1": ["HTTP/1.1 200 OK", "", "one"], "netns2": ["HTTP/1.1 200 OK", "", "two"]}
    assert claims.C11.check(pages=lines)
    fails(claims.C11.check(pages=pages))


def test_c11_fails_if_the_second_had_been_let_in(tmp_path: Path) -> None:
    serving(tmp_path, "netns1", "netns2")
    said = ["nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)", ""]
    assert claims.C11.check(refused=said)
    fails(claims.C11.check(refused="started"))


def test_two_addresses_of_one_namespace_share_the_port(tmp_path: Path) -> None:
    ip("netns add netns1")
    ip("-n netns1 link set lo up")
    where = namespace("netns1")
    servers.start(where, tmp_path / "one", "one", "127.0.0.1")
    servers.start(where, tmp_path / "two", "two", "127.0.0.2")
    assert len(servers.listeners(where)) == 2


@pytest.mark.usefixtures("without_nginx")
def test_a_server_that_does_not_start_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "eventually", lambda look: eventually(look, 0.5))
    ip("netns add netns1")
    ip("-n netns1 link set lo up")  # without any local route the kernel refuses no address
    with pytest.raises(NslabError, match="port 80"):
        servers.start(namespace("netns1"), tmp_path / "one", "one", "192.0.2.1")
    # It may still be on its way to its end: the experiment did not wait for long.
    assert eventually(lambda: not HOST.run("ip netns pids netns1", quiet=True).stdout)
