"""One workshop from its start to its removal, with a real hub and real learners.

The tests follow one another as the day does: each leaves the workshop open.
"""

from __future__ import annotations

import csv
import grp
import json
import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from chromium import started
from other_account import PYTHON, environment, in_reach
from playwright.sync_api import Page, Route, expect, sync_playwright

from nslabkit.course import variants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Held
    from hub_visitor import HubVisitor

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
PATIENCE = 240  # seconds; a hub starts within five on a quiet machine
LESSON = "nslabkit-lessons/en/01_one_wire.ipynb"


def home(account: str) -> Path:
    return Path(pwd.getpwnam(account).pw_dir)


def found(*words: str) -> list[int]:
    """Return the processes that pgrep finds."""
    done = subprocess.run(["pgrep", *words], capture_output=True, text=True, check=False)
    return [int(word) for word in done.stdout.split()]


def shorten_idle(held: Held, minutes: float) -> None:
    """Let notebooks end after so many minutes, from the next start on."""
    state = held.state
    state["settings"]["idle"] = minutes
    (held.folder / "workshop.json").write_text(json.dumps(state))


def until(what: str, holds: object) -> None:
    assert callable(holds)
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


@pytest.fixture
def page() -> Iterator[Page]:
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = started(playwright)
        context = browser.new_context(ignore_https_errors=True)
        context.set_default_timeout(PATIENCE * 1000)
        yield context.new_page()
        browser.close()


def violations(page: Page, part: str = "html") -> list[str]:
    """Return what axe-core finds on the page, or in a part of it."""
    page.evaluate(AXE)
    found = page.evaluate("part => axe.run(part)", part)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


@pytest.fixture(scope="module")
def ada(held: Held) -> HubVisitor:
    visitor = held.visitor("Ada")
    visitor.open_lesson(LESSON)
    return visitor


@pytest.fixture(scope="module")
def ming(held: Held) -> HubVisitor:
    visitor = held.visitor("小明")
    visitor.open_lesson(LESSON)
    return visitor


def test_start_says_what_to_write_on_the_board(held: Held) -> None:
    assert f"https://127.0.0.1:{held.port}/" in held.said
    assert f"class code: {held.code}" in held.said
    assert held.state["settings"]["instructor_password"] in held.said
    assert "Installing into" in held.said
    assert "SHA-256" in held.said


def test_learners_are_ordinary_accounts(held: Held) -> None:
    seats = held.state["seats"]
    assert len(seats) == 3
    for seat in seats:
        entry = pwd.getpwnam(seat["account"])
        assert entry.pw_uid == seat["uid"] != 0
        assert stat.S_IMODE(home(seat["account"]).stat().st_mode) == 0o700
        groups = {group.gr_name for group in grp.getgrall() if seat["account"] in group.gr_mem}
        assert not groups & {"sudo", "wheel", "adm", held.state["group"]}
        assert f"{seat['account']}:" in Path("/etc/subuid").read_text()


def test_a_wrong_code_opens_nothing(held: Held) -> None:
    visitor = held.visitor("Eve")  # a seat for her is there
    assert visitor.account
    for name, code, word in (("Mallory", "WRONG", "abcdef"), ("Eve", held.code, "not hers")):
        stranger = type(visitor)(held.link)
        page = stranger.sign_in(name, code, word)
        assert not stranger.account
        assert 'class="login_error"' in page


def test_a_fourth_learner_reads_that_all_seats_are_taken(
    held: Held, ada: HubVisitor, ming: HubVisitor
) -> None:
    assert ada.account != ming.account
    late = type(ada)(held.link)
    assert "All seats are taken" in late.sign_in("Late", held.code, "my own word")
    said = held.command("add", "--learners", "1")
    assert "Made 1 accounts" in said
    late.sign_in("Late", held.code, "my own word")
    assert late.account == held.state["seats"][3]["account"]


def killed(held: Held, monkeypatch: pytest.MonkeyPatch, folder: Path) -> set[str]:
    """Kill `add` as soon as there is an account; return its name, which is written nowhere."""
    before = {one.pw_name for one in pwd.getpwall()}
    (folder / "useradd").write_text(f"""#!/bin/sh
{shutil.which("useradd")} "$@" || exit
[ "$1" = -D ] || kill -KILL $PPID
""")
    (folder / "useradd").chmod(0o755)
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        held.command("add", "--learners", "1", status=-signal.SIGKILL)
    new = {one.pw_name for one in pwd.getpwall()} - before
    return {name for name in new if name.startswith("learner")}


def test_a_command_that_was_killed_is_made_good(
    held: Held, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    [left] = killed(held, monkeypatch, tmp_path)
    held.command("start", "--no-ahead")
    with pytest.raises(KeyError):
        pwd.getpwnam(left)
    assert not Path("/home", left).exists()


def test_each_notebook_is_a_machine_of_its_own(ada: HubVisitor, ming: HubVisitor) -> None:
    for visitor in (ada, ming):  # the same names at the same time
        said = visitor.run(
            "!ip netns add netns1 && ip link add veth0 type veth peer name veth1 netns netns1\n"
            "!ip addr add 172.16.0.1/24 dev veth0 && ip link set veth0 up\n"
            "!ip -n netns1 addr add 172.16.0.2/24 dev veth1 && ip -n netns1 link set veth1 up\n"
            "!ping -c 1 172.16.0.2; whoami"
        )
        assert "1 received" in said, said
        assert said.split()[-1] == "root"


def test_each_learner_has_tasks_of_their_own(held: Held, ada: HubVisitor, ming: HubVisitor) -> None:
    secret = held.state["settings"]["variants"]
    goals = {}
    for visitor in (ada, ming):
        goals[visitor.account] = visitor.run("import nslabkit as lab; print(lab.goal('1.2').text)")
        seed = variants.seed_of(secret, visitor.account)
        assert visitor.run("import os; print(os.environ['NSLAB_VARIANT'])").split() == [seed]
        notebook = home(visitor.account) / LESSON
        assert goals[visitor.account].strip() in notebook.read_text(encoding="utf-8")
    assert goals[ada.account] != goals[ming.account]
    assert secret not in ada.run("!env")


def test_only_the_lessons_kernels_are_offered(ada: HubVisitor) -> None:
    assert set(ada.api("kernelspecs")["kernelspecs"]) == {"nslab", "nslab-zh"}


def test_the_start_page_opens_first(held: Held, ada: HubVisitor) -> None:
    address = ada.get(f"user/{ada.account}/")[1]
    assert address.endswith("lab/tree/nslabkit-lessons/en/00_start.ipynb"), address
    assert "nslabkit-workshop" in ada.get(f"user/{ada.account}/lab")[2]  # the page's own part
    assert "notebook | extension" not in held.log(ada.account)


def test_a_neighbour_is_out_of_reach(held: Held, ada: HubVisitor, ming: HubVisitor) -> None:
    assert ada.get(f"user/{ming.account}/api/contents")[0] in (403, 404)
    assert ada.get("hub/admin")[0] == 403
    assert ada.get("hub/api/users")[0] == 403
    theirs = home(ming.account)
    said = ada.run(
        f"import os\nfor path in ({str(theirs)!r}, {str(held.folder / 'hub')!r}, "
        f"{str(held.folder / 'class')!r}, {str(held.folder / 'progress')!r}):\n"
        "    try: print(os.listdir(path))\n"
        "    except PermissionError: print('closed')\n"
        f"try: print(open({str(held.folder / 'workshop.json')!r}).read())\n"
        "except PermissionError: print('closed')\n"
    )
    assert said.split() == ["closed"] * 5, said
    assert str(pwd.getpwnam(ming.account).pw_uid) not in ada.run("!ps -e -o uid")


def test_a_server_holds_nothing_of_roots_environment(ada: HubVisitor) -> None:
    uid = str(pwd.getpwnam(ada.account).pw_uid)
    servers = found("-u", uid, "-x", "nslab-server")
    assert len(servers) == 1
    assert b"ROOTS_OWN" not in Path(f"/proc/{servers[0]}/environ").read_bytes()
    status = Path(f"/proc/{servers[0]}/status").read_text()
    assert "CapEff:\t0000000000000000" in status
    groups = next(line for line in status.splitlines() if line.startswith("Groups:"))
    assert groups.split()[1:] == [str(pwd.getpwnam(ada.account).pw_gid)]
    for entry in Path(f"/proc/{servers[0]}/fd").iterdir():
        assert "template" not in str(entry.readlink())


def test_what_a_learner_sets_in_jupyterlab_is_kept_in_their_home(ada: HubVisitor) -> None:
    place = f"user/{ada.account}/lab/api"
    theme = f"{place}/settings/@jupyterlab/apputils-extension:themes"
    status, _address, said = ada.get(theme, {"raw": '{"theme": "JupyterLab Dark"}'}, "PUT")
    assert status < 300, said
    assert "JupyterLab Dark" in ada.get(theme)[2]
    kept = home(ada.account) / ".jupyter/lab/user-settings/@jupyterlab/apputils-extension"
    assert "Dark" in (kept / "themes.jupyterlab-settings").read_text()
    status, _address, said = ada.get(f"{place}/workspaces")
    assert status == 200, said


def test_progress_reaches_the_instructors_group(held: Held, ada: HubVisitor) -> None:
    ada.run("import nslabkit as lab; lab.check.namespace_exists('netns1')  # a remark of mine")
    shared = held.folder / "progress" / f"{ada.account}.json"
    until("shared", lambda: "01_one_wire" in shared.read_text())
    assert stat.S_IMODE(shared.stat().st_mode) == 0o640
    assert shared.stat().st_gid == grp.getgrnam(held.state["group"]).gr_gid
    assert "a remark of mine" not in shared.read_text()  # nothing of the cell


def test_a_hand_is_raised_and_lowered(held: Held, ada: HubVisitor) -> None:
    hand = held.folder / "hands" / ada.account
    path = f"user/{ada.account}/nslabkit/workshop/state"
    assert json.loads(ada.get(path, {"hand": True})[2])["hand"]
    assert hand.stat().st_uid == pwd.getpwnam(ada.account).pw_uid
    assert stat.S_IMODE(hand.stat().st_mode) == 0o640
    assert not json.loads(ada.get(path, {"hand": False})[2])["hand"]
    assert not hand.exists()


def test_the_instructor_sees_who_asks(
    held: Held, ada: HubVisitor, ming: HubVisitor, page: Page
) -> None:
    page.goto(held.link)
    assert "Administrators of this machine" in page.inner_text("#class-notice")
    assert violations(page, "#login-main") == []
    page.fill("#username_input", "Instructor")
    page.fill("#password_input", held.state["settings"]["instructor_password"])
    page.click("#login_submit")
    page.wait_for_url("**/user/**")
    ada.get(f"user/{ada.account}/nslabkit/workshop/state", {"hand": True})
    page.goto(f"{held.link}services/class/")
    row = page.locator("#rows tr").filter(has_text="Ada")
    expect(row).to_contain_text("☝")
    expect(page.locator("#tables")).to_contain_text("1.1")
    expect(page.locator("#rows")).to_contain_text("小明")
    assert violations(page) == []
    page.locator("#anonymous").focus()
    page.keyboard.press("Space")
    expect(page.locator("#rows")).not_to_contain_text("小明")
    assert "Ada" not in page.inner_text("main")
    with page.expect_download() as coming:
        page.click("#csv")
    table = Path(coming.value.path()).read_text("utf-8-sig")
    assert "Ada,01_one_wire,namespace_exists netns1" in table
    status, address, _text = ming.get("services/class/rows")
    assert status == 403, address


def test_a_learner_raises_a_hand_and_is_told_before_a_notebook_ends(
    held: Held, ming: HubVisitor, page: Page
) -> None:
    page.goto(held.link)
    page.fill("#username_input", "小明")
    page.fill("#password_input", "my own word")
    page.click("#login_submit")
    page.wait_for_url("**/lab/**")
    state = f"**/user/{ming.account}/nslabkit/workshop/state*"
    lesson = f"{held.link}user/{ming.account}/lab/tree/{LESSON}?reset"
    page.goto(lesson)
    button = page.locator(".nslabkit-hand").first
    expect(button).to_have_text("☝ Hand up")
    # "Notebook" would open a page that this server has not.
    expect(page.locator('.jp-Toolbar [data-jp-item-name="interfaceSwitcher"]')).to_have_count(0)
    page.route(state, _nearly_over)
    page.goto(lesson)
    notice = page.locator(".Toastify__toast").filter(has_text="At 12:00")
    expect(notice).to_be_visible()
    page.unroute(state)
    button.click()
    expect(button).to_have_text("☝ Hand down")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert (held.folder / "hands" / ming.account).exists()
    expect(notice).to_have_count(0)  # nothing ends soon any more


def _nearly_over(route: Route) -> None:
    """Say what the server says, as if the lesson's time were nearly over."""
    answer = route.fetch()
    said = {**answer.json(), "notice": {"when": "x", "text": "At 12:00 these notebooks will end"}}
    route.fulfill(response=answer, json=said)


@pytest.mark.parametrize("program", ["jupyterhub", "server_template", "configurable-http-proxy"])
def test_what_is_killed_comes_back(held: Held, ada: HubVisitor, program: str) -> None:
    [killed] = found("-P", str(held.keeper), "-f", program)
    begun = ada.api("status")["started"]
    os.kill(killed, signal.SIGKILL)

    def back() -> bool:
        try:
            statuses = [ada.get(path)[0] for path in ("hub/api/", f"user/{ada.account}/api/status")]
        except OSError:
            return False
        return statuses == [200, 200]

    until(f"{program} is back", back)
    assert ada.api("status")["started"] == begun  # the learner's server went on meanwhile
    ada.listen()  # a connection through the proxy ended with it
    assert "netns1" in ada.run("!ip netns")


def test_restart_gives_a_learner_a_new_server(
    held: Held, ming: HubVisitor, ada: HubVisitor
) -> None:
    before = {one.account: one.api("status")["started"] for one in (ming, ada)}
    assert f"{ming.account} runs again" in held.command("restart", "小明")
    assert held.visitor("小明").api("status")["started"] > before[ming.account]
    assert ada.api("status")["started"] == before[ada.account]
    refused = held.command("restart", "nobody", status=1)
    assert "Nobody in the workshop" in refused


def test_an_open_workshop_keeps_its_name(held: Held) -> None:
    said = held.command("start", "--host", "lab.test", status=1)
    for part in ("Tried:", "Reason: The workshop is open", "Fix: Close it first"):
        assert part in said


def test_reset_keeps_a_copy(held: Held, ada: HubVisitor) -> None:
    lesson = home(ada.account) / LESSON
    fresh = lesson.read_bytes()
    lesson.write_bytes(b"mine")
    said = held.command("reset", "Ada", "1")
    assert lesson.read_bytes() == fresh
    beside = lesson.parent.glob("01_one_wire.*.ipynb")
    [kept] = [path for path in beside if path.read_bytes() == b"mine"]
    assert kept.name in said
    assert kept.stat().st_uid == pwd.getpwnam(ada.account).pw_uid
    assert "Fix:" in held.command("reset", "Nobody", "1", status=1)
    assert "Fix:" in held.command("reset", "Ada", "77", status=1)


def test_deliver_overwrites_nothing_and_follows_no_link(held: Held, ada: HubVisitor) -> None:
    folder = home(ada.account) / "nslabkit-lessons" / "en"
    changed, gone = folder / "02_own_namespace.ipynb", folder / "03_arp_and_answer.ipynb"
    changed.write_bytes(b"my work")
    gone.unlink()
    treasure = held.folder / "hub" / "cookie_secret"
    before = treasure.read_bytes()
    link = next(folder.glob("04_*.ipynb"))
    link.unlink()
    link.symlink_to(treasure)
    said = held.command("deliver")
    [theirs] = [line for line in said.splitlines() if line.startswith(ada.account)]
    assert theirs.endswith("changed by the learner, kept: 2, new: 1")
    assert link.is_symlink()
    assert changed.read_bytes() == b"my work"
    assert gone.exists()
    assert treasure.read_bytes() == before


def test_collect_brings_what_was_changed(held: Held, ada: HubVisitor) -> None:
    closed = home(ada.account) / "nslabkit-lessons" / "en" / "closed.ipynb"
    closed.touch(mode=0)
    said = held.command("collect", status=1)
    folder = Path(said.splitlines()[0].removeprefix("Collected in "))
    for name in (closed.name, "04_beyond.ipynb"):  # as the learner, it may not follow that link
        assert f"{ada.account}: en/{name} was left out: Permission denied" in said
    with (folder / "learners.csv").open(encoding="utf-8-sig", newline="") as table:
        noted = {row["account"]: row["variant"] for row in csv.DictReader(table)}
    secret = held.state["settings"]["variants"]
    assert noted
    assert noted == {account: variants.seed_of(secret, account) for account in noted}
    theirs = folder / ada.account
    collected = {str(path.relative_to(theirs)) for path in theirs.rglob("*") if path.is_file()}
    assert ".nslabkit/progress.json" in collected
    assert any(name.startswith("en/02_") for name in collected)
    assert "en/05_two_nginx.ipynb" not in collected  # as it was delivered


def test_a_new_password_ends_the_old_one(held: Held, ada: HubVisitor) -> None:
    said = held.command("new-password", "Ada")
    [once] = [seat["once"] for seat in held.state["seats"] if seat["account"] == ada.account]
    assert once in said
    visitor = type(ada)(held.link)
    visitor.sign_in("Ada", held.code, "my own word")
    assert not visitor.account
    visitor.sign_in("Ada", once, "another word")
    assert visitor.account == ada.account


def test_status_says_who_sits_where(held: Held, ming: HubVisitor) -> None:
    said = held.command("status")
    row = next(line for line in said.splitlines() if line.startswith(ming.account))
    assert "小明" in row
    assert "running" in row


def test_work_survives_stop_and_start(held: Held, ming: HubVisitor) -> None:
    note = home(ming.account) / "nslabkit-lessons" / "mine.ipynb"
    note.write_text("mine")
    seats = held.state["seats"]
    held.command("stop", "--yes")
    uid = pwd.getpwnam(ming.account).pw_uid
    assert not found("-r", "S,R,D", "-u", str(uid))
    assert "closed" in held.command("status")
    shorten_idle(held, 0.1)
    shown = held.command("start", "--no-ahead", "--host", "localhost")
    assert f"https://localhost:{held.port}/" in shown
    assert "localhost" in held.state["settings"]["host"]
    assert held.state["seats"] == seats
    again = held.visitor("小明")
    assert again.account == ming.account
    assert note.read_text() == "mine"
    again.open_lesson(LESSON)
    assert "1" in again.run("print(1)")
    until("the idle notebook has ended", lambda: again.api("kernels") == [])
    assert "ended, idle: 01_one_wire.ipynb" in held.log(again.account)


def test_the_keeper_is_found_however_it_was_started(held: Held, ming: HubVisitor) -> None:
    os.kill(held.keeper, signal.SIGKILL)
    until("its programs have ended with it", lambda: not found("-f", held.word))
    assert "closed" in held.command("status")
    module = (PYTHON, "-m", "nslabkit.workshop.keeper", str(held.folder))
    keeper = subprocess.Popen(in_reach(*module), env=environment(), cwd="/")
    try:  # as systemd does
        until("the hub is back", lambda: "open:" in held.command("status"))
        assert ming.get("hub/api/")[0] == 200
    finally:
        held.command("stop", "--yes")
        keeper.wait(30)
    held.command("start", "--no-ahead")


def test_remove_lists_first_and_leaves_nothing(
    held: Held, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    accounts = [seat["account"] for seat in held.state["seats"]]
    accounts += killed(held, monkeypatch, tmp_path)
    group = held.state["group"]
    said = held.command("remove", status=1)  # nobody answers the question
    for account in accounts:
        assert f"account {account} with {home(account)}" in said
        assert home(account).is_dir()
    held.command("remove", "--yes")
    for account in accounts:
        with pytest.raises(KeyError):
            pwd.getpwnam(account)
        assert not Path("/home", account).exists()
    with pytest.raises(KeyError):
        grp.getgrnam(group)
    assert not held.folder.exists()
    assert not found("-f", held.word)
