"""How does a test show the live picture a network that no kernel has to build first?

The page's own model is a few lines here; what it is given has the shape of
`nslabkit.live.model`.  For layout, looks and accessibility; that it follows the kernel is tested
in JupyterLab.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lab_page import LONGEST

from nslabkit.base.units import moment
from nslabkit.show.topology.topology_widget import Page as Shown
from nslabkit.show.topology.topology_words import words

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "nslabkit" / "show" / "topology"
SOURCES = ROOT / "frontend" / "topology"
ORIGIN = "http://page.test"

# JupyterLab's own values of what the stylesheet refers to, 4.4.
LIGHT = {
    "--jp-ui-font-color1": "rgba(0, 0, 0, 0.87)",
    "--jp-ui-font-color2": "rgba(0, 0, 0, 0.54)",
    "--jp-layout-color1": "white",
    "--jp-layout-color2": "#eeeeee",
}
DARK = {
    "--jp-ui-font-color1": "rgba(255, 255, 255, 1)",
    "--jp-ui-font-color2": "rgba(255, 255, 255, 0.7)",
    "--jp-layout-color1": "#111111",
    "--jp-layout-color2": "#424242",
}
PAGE = """<!doctype html><html lang="en"><title>test</title>
<link rel="stylesheet" href="/topology.css">
<body data-jp-theme-light="{light}" style="{variables};margin:8px;background:{paper}"><main></main>
<script type="module">
import widget from "/topology.js";
const listeners = {{}};
const state = {state};
window.model = {{
  sent: [],
  get: name => state[name],
  set(name, value) {{ state[name] = value; this.emit(`change:${{name}}`); }},
  on(name, call) {{ (listeners[name] ??= []).push(call); }},
  off(name, call) {{ listeners[name] = (listeners[name] ?? []).filter(one => one !== call); }},
  emit(name, ...given) {{ for (const call of listeners[name] ?? []) call(...given); }},
  send(message) {{ this.sent.push(message); }},
}};
if ({beats}) setInterval(() => window.model.emit("msg:custom", {{type: "beat"}}), 1000);
window.end = widget.render({{model: window.model, el: document.querySelector("main")}});
window.ready = true;
</script>"""


def link(index: int, name: str, **other: object) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "index": index,
        "name": name,
        "kind": "veth",
        "state": "up",
        "mac": f"02:00:00:00:00:{index % 256:02x}",
        "mtu": 1500,
        "addresses": [],
        "master": None,
        "peer": None,
        "lower": None,
        "vni": None,
    }
    return usual | other


def namespace(key: str, name: str, *links: dict[str, Any], **other: object) -> dict[str, Any]:
    lo = link(1, "lo", kind="loopback", state="down")
    usual: dict[str, Any] = {"key": key, "name": name, "host": not name, "links": [lo, *links]}
    return usual | {"routes": [], "neighbours": [], "rules": 0} | other


def network(*namespaces: dict[str, Any], generation: int = 1) -> dict[str, Any]:
    return {
        "generation": generation,
        "namespaces": list(namespaces),
        "lost": 0,
        "problem": None,
    }


def pair() -> dict[str, Any]:
    """Two namespaces and a wire, with all that a box can show."""
    route = {"destination": "172.16.0.0/24", "via": None, "link": "veth1", "source": "172.16.0.1"}
    knows = {"address": "172.16.0.2", "mac": "02:00:00:00:00:02", "state": "STALE", "link": "veth1"}
    return network(
        namespace("1", "", link(5, "macvlan0", kind="macvlan", state="no carrier")),
        namespace(
            "2",
            "netns1",
            link(2, "veth1", addresses=["172.16.0.1/24"], peer={"namespace": "3", "index": 2}),
            routes=[route],
            neighbours=[knows],
            rules=2,
        ),
        namespace(
            "3",
            "netns2",
            link(2, "veth1-peer", state="no carrier", peer={"namespace": "2", "index": 2}),
        ),
    )


def star(count: int) -> dict[str, Any]:
    """A bridge on the host, and so many namespaces on it."""
    host = [link(2, "br0", kind="bridge", addresses=["10.0.0.254/24"])]
    others = []
    for number in range(count):
        key, state = str(100 + number), "up" if number % 5 else "no carrier"
        end = {"namespace": key, "index": 2}
        host.append(link(10 + number, f"v{number}", state=state, master="br0", peer=end))
        here = link(
            2,
            "eth0",
            state="up" if number % 5 else "down",
            addresses=[f"10.0.{number // 250}.{number % 250 + 1}/16"],
            peer={"namespace": "1", "index": 10 + number},
        )
        others.append(namespace(key, f"h{number}", here))
    return network(namespace("1", "", *host), *others)


def recording() -> dict[str, Any]:
    taps = [
        {"namespace": "netns1", "link": "veth1", "index": 2},
        {"namespace": "", "link": "lo", "index": 1},
    ]
    frames: list[dict[str, Any]] = [
        {"time": 0, "tap": 0, "outgoing": True, "kind": "ARP request"},
        {"time": 31.5, "tap": 0, "outgoing": False, "kind": "ARP reply"},
        {"time": 900_000, "tap": 1, "outgoing": True, "kind": "ICMP echo request"},
    ]
    for number, frame in enumerate(frames, start=1):
        frame |= {
            "number": number,
            "length": 42,
            "moment": moment(frame["time"] * 1000),
            "pause": "900 ms",
            "summary": frame["kind"],
            "meaning": "A question.",
        }
    return {"id": 1, "taps": taps, "frames": frames, "left": 3, "notes": ["Something was noted."]}


def shown(  # noqa: PLR0913 - ways of seeing it
    browser: Browser,
    what: dict[str, Any],
    *,
    width: int = 1280,
    theme: str = "light",
    playing: dict[str, Any] | None = None,
    silent: bool = False,
    **context: Any,  # noqa: ANN401 - what playwright takes
) -> Page:
    """Open the picture of a network in a page of its own; the context ends with the browser."""
    page = browser.new_context(
        viewport={"width": width, "height": width * 9 // 16}, **context
    ).new_page()
    page.set_default_timeout(LONGEST)
    if silent:
        page.clock.install()  # time passes when the test says so
    state = {"words": words(), "network": what, "positions": {}, "recording": playing}
    variables = DARK if theme == "dark" else LIGHT
    body = PAGE.format(
        light="false" if theme == "dark" else "true",
        variables=";".join(f"{name}:{value}" for name, value in variables.items()),
        beats=json.dumps(not silent),
        paper=variables["--jp-layout-color1"],
        state=json.dumps(state).replace("<", "\\u003c"),
    )
    _serve(page, body)
    page.wait_for_function("window.ready && document.querySelector('.nst-box')")
    return page


def sources(browser: Browser) -> Page:
    """Open an empty page that can import the sources: ``import('/layout.js')``."""
    page = browser.new_context().new_page()
    _serve(page, "<!doctype html><title>test</title>")
    return page


def _serve(page: Page, body: str) -> None:
    page.route(
        f"{ORIGIN}/*.js",
        lambda route: route.fulfill(path=_file(route.request.url), content_type="text/javascript"),
    )
    page.route(
        f"{ORIGIN}/*.css",
        lambda route: route.fulfill(body=Shown._css, content_type="text/css"),
    )
    page.route(f"{ORIGIN}/", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto(f"{ORIGIN}/")


def _file(url: str) -> Path:
    name = url.rpartition("/")[2]
    return SHIPPED / name if (SHIPPED / name).exists() else SOURCES / name
