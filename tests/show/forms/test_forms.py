"""Do forms do what they say, offer what there is, and say what cannot be?"""

from __future__ import annotations

import dataclasses
import errno
import threading
from typing import TYPE_CHECKING

import pytest
from kernel_shell import ip, sh, wait_for

import nslabkit as lab
from nslabkit.live import watcher
from nslabkit.show.forms import Form, cell_running, plans, traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nslabkit.live.model import NamespaceModel
    from nslabkit.show.forms.controls import Controls
    from nslabkit.show.forms.plan import FormPlan

PATIENCE = 120.0
ALL = (plans.NAMESPACE, plans.VETH, plans.ADDRESS, plans.LINK)
ALL += (traffic.PING, traffic.CAPTURE, traffic.FIREWALL)  # type: ignore[assignment]


@pytest.fixture
def forms() -> Iterator[Callable[[str], Form]]:
    made: list[Form] = []

    def make(name: str) -> Form:
        made.append(getattr(lab.forms, name)())
        return made[-1]

    yield make
    for form in made:
        form.close()
    assert not watcher.shared().running


def show(form: Form) -> Controls:
    return form._page


def choices(form: Form, field: str) -> list[str]:
    return [value for _text, value in form._controls[field].widget.options]


def build() -> None:
    sh("ip netns add netns1; ip netns add netns2")
    sh("ip link add veth1 netns netns1 type veth peer name veth1-peer netns netns2")
    sh("ip -n netns1 addr add 172.16.0.1/24 dev veth1; ip -n netns1 link set veth1 up")
    sh("ip -n netns2 addr add 172.16.0.2/24 dev veth1-peer; ip -n netns2 link set veth1-peer up")


def test_what_a_shell_removed_just_now_is_not_in_the_way(
    forms: Callable[[str], Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    sh("ip netns add netns1")
    form = forms("namespace")
    shared, heard = watcher.shared(), threading.Event()
    publish = shared.publish

    def late(found: list[NamespaceModel], lost: int, *, anyway: bool) -> bool:
        heard.wait(PATIENCE)
        return publish(found, lost, anyway=anyway)

    monkeypatch.setattr(shared, "publish", late)
    sh("ip netns del netns1")
    form.fill(name="netns1")
    assert "name" in form.reasons  # the removal is not known here yet
    threading.Timer(0.2, heard.set).start()
    assert form.run().said == "Done. ip netns add netns1"
    assert [one["name"] for one in ip("netns")] == ["netns1"]


def test_the_chapters_practice_by_forms_alone(forms: Callable[[str], Form]) -> None:
    for name in ("netns1", "netns2"):
        assert forms("namespace").fill(name=name).run().said == f"Done. ip netns add {name}"
    assert {one["name"] for one in ip("netns")} == {"netns1", "netns2"}
    forms("veth").fill(namespace="netns1", name="veth1", to="netns2", peer="veth1-peer").run()
    assert ip("-n netns1 link show veth1")[0]["flags"].count("UP") == 0
    for name, link, address in (
        ("netns1", "veth1", "172.16.0.1/24"),
        ("netns2", "veth1-peer", "172.16.0.2/24"),
    ):
        forms("address").fill(namespace=name, link=link, address=address, up="yes").run()
    ping = forms("ping").fill(namespace="netns1", address="172.16.0.2", count="1").run()
    assert ping.said == "Answered."
    assert "1 received" in show(ping).result.value
    firewall = forms("firewall").fill(namespace="netns2", what="ping").run()
    with pytest.raises(lab.CommandError):
        forms("ping").fill(namespace="netns1", address="172.16.0.2", count="1").run()
    firewall.fill(what="remove").run()
    assert sh("ip netns exec netns2 nft list ruleset") == ""
    for name in ("netns1", "netns2"):
        forms("namespace").fill(what="remove", namespace=name).run()
    assert ip("netns") == []


def test_what_a_form_shows_is_what_it_does(forms: Callable[[str], Form]) -> None:
    """The shown command, typed in a shell, makes the same as the form."""
    namespace = forms("namespace").fill(name="netns1")
    assert namespace.commands
    sh(namespace.commands.ip)
    forms("namespace").fill(name="netns2").run()
    veth = forms("veth").fill(namespace="netns1", to="netns2", up="yes")
    assert veth.commands
    exec(veth.commands.python, {"lab": lab})  # noqa: S102 - the shown line is what is tested
    address = forms("address").fill(namespace="netns1", link="veth1", address="172.16.0.1/24")
    assert address.commands
    sh(address.commands.ip)
    assert ip("-n netns1 addr show veth1")[0]["addr_info"][0]["local"] == "172.16.0.1"
    assert "UP" in ip("-n netns2 link show veth1-peer")[0]["flags"]
    firewall = forms("firewall").fill(namespace="netns1", what="tcp", port="80")
    assert firewall.commands
    sh(firewall.commands.ip)
    exec(firewall.commands.python, {"lab": lab})  # noqa: S102 - the same
    assert sh("ip netns exec netns1 nft list ruleset").count("tcp dport 80 drop") == 2
    move = forms("link").fill(what="move", namespace="netns1", link="veth1", to="")
    assert move.commands
    assert move.commands.ip == "ip -n netns1 link set veth1 netns 1"
    exec(move.commands.python, {"lab": lab})  # noqa: S102 - the same
    assert ip("link show veth1")


@pytest.mark.parametrize("what", ["up", "down", "move", "remove link"])
def test_each_thing_that_can_be_done_with_a_link(forms: Callable[[str], Form], what: str) -> None:
    build()
    sh("ip -n netns1 link set veth1 down" if what == "up" else "true")
    form = forms("link").fill(what=what, namespace="netns1", link="veth1")
    if what == "move":
        form.fill(to="netns2")
    form.run()
    here = {link["ifname"]: link for link in ip("-n netns1 link")}
    if what in {"up", "down"}:
        assert ("UP" in here["veth1"]["flags"]) is (what == "up")
    else:
        assert "veth1" not in here
    assert bool([one for one in ip("-n netns2 link") if one["ifname"] == "veth1"]) is (
        what == "move"
    )


@pytest.mark.parametrize(
    ("form", "fields", "field", "word"),
    [
        ("namespace", {"name": ""}, "name", "Write a name"),
        ("namespace", {"name": "a/b"}, "name", "`/`"),
        ("namespace", {"name": "/b"}, "name", "`/`"),
        ("namespace", {"name": "netns1"}, "name", "already exists"),
        ("namespace", {"name": "x" * 256}, "name", "256 bytes"),
        ("veth", {"namespace": "netns1", "name": "veth1"}, "name", "already"),
        ("veth", {"name": "a" * 16}, "name", "16 bytes"),
        ("veth", {"name": "a b"}, "name", "space"),
        ("veth", {"name": "new", "peer": "new"}, "peer", "Both ends"),
        ("veth", {"peer": ""}, "peer", "Write a name"),
        ("address", {"address": "172.16.0.1"}, "address", "prefix length"),
        ("address", {"address": "172.16.0.300/24"}, "address", "not an IPv4 or IPv6"),
        ("address", {"address": ""}, "address", "Write an address"),
        (
            "address",
            {"namespace": "netns1", "link": "veth1", "address": "172.16.0.1/24"},
            "address",
            "already",
        ),
        ("ping", {"address": "172.16.0.1/24"}, "address", "slash"),
        ("ping", {"address": "neighbour"}, "address", "not an IPv4"),
        ("ping", {"address": ""}, "address", "Write an address"),
        ("ping", {"count": "0"}, "count", "1 to 600"),
        ("ping", {"count": "²"}, "count", "1 to 600"),
        ("capture", {"seconds": "never"}, "seconds", "1 to 600"),
        ("firewall", {"what": "tcp", "port": "70000"}, "port", "1 to 65535"),
        ("firewall", {"what": "remove"}, "what", "no rule"),
    ],
)
def test_what_cannot_be_is_said_while_one_types(
    forms: Callable[[str], Form], form: str, fields: dict[str, str], field: str, word: str
) -> None:
    build()
    one = forms(form)
    wait_for(lambda: len(watcher.shared().snapshot()["namespaces"]) == 3, PATIENCE)
    one.fill(**fields)
    assert word in one.reasons[field]
    empty = fields.get(field, "-") == ""  # not wrong, only not yet typed
    assert ("✘" in one._controls[field].reason.value) != empty
    assert "`" not in one._controls[field].reason.value
    assert one.commands is None
    assert show(one).run.disabled
    with pytest.raises(lab.InvalidValueError):
        one.run()


def test_the_lists_follow_the_kernel(forms: Callable[[str], Form]) -> None:
    form = forms("address")
    assert choices(form, "namespace") == [""]
    build()
    wait_for(lambda: choices(form, "namespace") == ["", "netns1", "netns2"], PATIENCE)
    form.fill(namespace="netns2")
    assert choices(form, "link") == ["veth1-peer", "lo"]
    ping = forms("ping").fill(namespace="netns1")
    wait_for(lambda: "172.16.0.2" in ping._controls["address"].widget.options, PATIENCE)
    sh("ip netns del netns2")
    wait_for(lambda: choices(form, "namespace") == ["", "netns1"], PATIENCE)
    # What was chosen is gone: nothing else is taken for it, least of all the host.
    wait_for(lambda: "gone" in form.reasons.get("namespace", ""), PATIENCE)
    assert form.commands is None
    form.fill(namespace="netns1")
    wait_for(lambda: choices(form, "link") == ["lo"], PATIENCE)  # the wire went, too
    assert not form._controls["namespace"].missing


def test_what_is_chosen_stays_when_something_is_added(forms: Callable[[str], Form]) -> None:
    build()
    form = forms("address").fill(namespace="netns2", link="veth1-peer")
    sh("ip netns add aaa")
    wait_for(lambda: "aaa" in choices(form, "namespace"), PATIENCE)
    assert form._controls["namespace"].value == "netns2"
    assert form._controls["link"].value == "veth1-peer"


def test_an_error_is_told_in_its_place_in_four_parts(forms: Callable[[str], Form]) -> None:
    sh("touch /run/netns/ghost")  # a file of that name, which is no namespace
    form = forms("namespace").fill(name="ghost")
    with pytest.raises(lab.AlreadyExistsError):
        form.run()
    sh("rm /run/netns/ghost")
    page = show(form).result.value
    for part in ('role="alert"', "AlreadyExistsError", "Tried:", "Kernel:", "Reason:", "Fix:"):
        assert part in page


def test_a_fault_of_the_kit_is_told_in_its_place_too(
    forms: Callable[[str], Form],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Also when it comes by a click; the traceback is folded, and in the log."""
    left: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", left.append)
    form = forms("namespace")

    def fail(_values: object, _job: object) -> str:
        return {"here": "x"}["<b>"]

    monkeypatch.setattr(form, "_plan", dataclasses.replace(form._plan, work=fail))
    form.fill(name="one")
    form._clicked()
    wait_for(lambda: "nslabkit" in form.said, PATIENCE)
    wait_for(lambda: "</details>" in show(form).result.value, PATIENCE)
    told, _fold, folded = show(form).result.value.partition("<details>")
    for part in (
        'role="alert"',
        "Tried: lab.forms.namespace()",
        "Kernel: not at fault",
        "Reason: This is a bug in nslabkit, not your mistake: KeyError: &#x27;&lt;b&gt;&#x27;",
        "Fix: Please report it",
    ):
        assert part in told
    assert "Traceback (most recent call last)" not in told
    assert "Traceback (most recent call last)" in folded
    assert "<b>" not in folded
    assert "KeyError" in capfd.readouterr().err
    assert left == []
    wait_for(lambda: not show(form).run.disabled, PATIENCE)
    with pytest.raises(lab.NslabError, match="bug in nslabkit") as caught:
        form.run()
    assert isinstance(caught.value.__cause__, KeyError)

    def refused(_values: object, _job: object) -> str:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(form, "_plan", dataclasses.replace(form._plan, work=refused))
    with pytest.raises(lab.NslabError, match=r"Kernel: Too many open files \(EMFILE"):
        form.run()


def test_hostile_names_are_text(forms: Callable[[str], Form]) -> None:
    name = "<img src=x onerror=alert(1)>"
    form = forms("namespace").fill(name=name)
    assert "<img" not in show(form).commands.value
    assert "&lt;img" in show(form).commands.value
    form.run()
    form.fill(name=name + "\u202e")
    wait_for(lambda: any(one["name"] == name for one in ip("netns")), PATIENCE)


def test_what_takes_long_shows_progress_and_can_be_cancelled(
    forms: Callable[[str], Form],
) -> None:
    sh("ip link set lo up")
    form = forms("ping").fill(namespace="", address="127.0.0.1", count="600")
    page = show(form)
    assert page.progress.layout.display == "none"
    form._clicked()
    wait_for(lambda: page.progress.layout.display is None, PATIENCE)
    assert page.cancel.layout.display is None
    assert page.run.disabled
    form._clicked()  # a second click does nothing
    wait_for(lambda: "icmp_seq=2" in page.result.value, PATIENCE)
    wait_for(lambda: page.progress.value > 0, PATIENCE)
    form.cancel()
    wait_for(lambda: form.said == "Stopped.", PATIENCE)
    wait_for(lambda: page.progress.layout.display == "none", PATIENCE)
    assert "ping statistics" in page.result.value
    assert not page.run.disabled


def test_what_takes_no_time_shows_no_progress(forms: Callable[[str], Form]) -> None:
    form = forms("namespace").fill(name="one")
    shown: list[str | None] = []
    show(form).progress.layout.observe(lambda change: shown.append(change["new"]), "display")
    form.run()
    assert None not in shown


def test_a_recording_is_kept_and_shown(forms: Callable[[str], Form]) -> None:
    sh("ip link set lo up")
    form = forms("capture").fill(namespace="", link="lo", seconds="600")
    assert form.commands
    assert "lab.capture" in form.commands.python
    form._clicked()
    wait_for(lambda: "Recording" in show(form).result.value, PATIENCE)
    sh("ping -c 1 127.0.0.1")
    form.cancel()
    wait_for(lambda: form.said.startswith("Frames recorded"), PATIENCE)
    assert form.recording is not None
    assert "ICMP echo request" in [one.kind for one in form.recording.packets]
    wait_for(lambda: "<table" in show(form).result.value, PATIENCE)


def test_a_field_or_choice_that_is_not_there(forms: Callable[[str], Form]) -> None:
    with pytest.raises(lab.InvalidValueError, match="no field called colour"):
        forms("namespace").fill(colour="blue")
    with pytest.raises(lab.InvalidValueError, match="does not offer nowhere"):
        forms("address").fill(namespace="nowhere")


def test_where_a_click_would_wait_the_form_says_so(
    forms: Callable[[str], Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a real page and a real cell: tests/browser/widgets/test_without_subshells.py."""
    form = forms("namespace")
    cell_running._begins(None)
    assert "takes effect when it ends" in show(form).wait.value
    cell_running._ends(None)
    assert show(form).wait.value == ""
    monkeypatch.setattr(cell_running, "_has_subshell", lambda: True)
    cell_running._begins(None)
    assert show(form).wait.value == ""
    cell_running._ends(None)
    assert show(form).wait.value == ""


def test_a_form_is_a_line_of_text_where_no_widget_can_be(forms: Callable[[str], Form]) -> None:
    form = forms("namespace").fill(name="one")
    assert repr(form) == "A network namespace: what='add', name='one', namespace=''"
    assert form._repr_mimebundle_()["text/plain"] == repr(form)


@pytest.mark.parametrize("plan", ALL, ids=lambda plan: plan.name)
def test_each_form_follows_only_while_it_is_open(plan: FormPlan) -> None:
    form = Form(plan)
    assert watcher.shared().running
    form.close()
    assert not watcher.shared().running
