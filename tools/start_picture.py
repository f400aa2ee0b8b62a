"""What does the start page show before any word of it has been read?

Two servers on one port of one machine.  The drawing stands in the page itself, as an image in the
text: a learner's folder holds notebooks only.  JupyterLab tells an image nothing of its theme, so
every word stands on an area of the drawing's own, and the same drawing serves light and dark.
"""

from __future__ import annotations

import base64
import html

from nslabkit.base import palette

PLACE = "<!-- two servers -->"
"""Where the start page has the drawing."""

_INK, _PAPER = palette.INKS["light"].ink, palette.INKS["light"].paper
_WIDTH, _HEIGHT = 640, 300
_SHOWN = 560  # wide on the page, so that the button below is in sight at 1280 by 720
_WORDS = {
    "en": {
        "machine": "one machine, one Linux kernel",
        "server": "Nginx on port 80",
        "host": "host: curl",
        "alt": "One machine with one Linux kernel. In it two network namespaces, netns1 with the "
        "address 172.16.1.1 and netns2 with 172.16.2.1, and in each an Nginx on port 80. A wire "
        "joins each of them to the host, from where curl fetches both pages.",
    },
    "zh": {
        "machine": "一台机器，一个 Linux 内核",
        "server": "Nginx，80 端口",
        "host": "主机：curl",
        "alt": "一台机器，一个 Linux 内核。里面有两个网络命名空间："
        "netns1，地址 172.16.1.1；netns2，地址 172.16.2.1。两边各运行一个 Nginx，"
        "都用 80 端口。两根线把它们和主机连起来，在主机上用 curl 能取到两个页面。",
    },
}


def two_servers(language: str) -> str:
    """Return the drawing as an image for a text in Markdown.

    Parameters
    ----------
    language : str
        ``"en"`` or ``"zh"``.
    """
    words = _WORDS[language]
    source = base64.b64encode(_drawing(words).encode()).decode()
    alt = html.escape(words["alt"])
    return f'<img width="{_SHOWN}" alt="{alt}" src="data:image/svg+xml;base64,{source}">'


def button(text: str, target: str) -> str:
    """Return a link that looks like a button."""
    style = (
        "display:inline-block;padding:10px 18px;border-radius:4px;"
        f"background-color:{palette.FRAME};color:{_PAPER}"
    )
    return f'<a href="{target}" style="{style}"><b>{html.escape(text)}</b></a>'


def _drawing(words: dict[str, str]) -> str:
    parts = [
        _box((1, 1, _WIDTH - 2, _HEIGHT - 2), palette.LOGO_BOX, palette.STATES["DELAY"]),
        _text(_WIDTH // 2, 32, words["machine"], _PAPER, "18"),
        _wire(170, 250),
        _wire(470, 390),
        _namespace(50, "netns1", "172.16.1.1", words["server"]),
        _namespace(350, "netns2", "172.16.2.1", words["server"]),
        _box((220, 232, 200, 48), _PAPER, _PAPER),
        _text(320, 262, words["host"], _INK, "16"),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        f'font-family="sans-serif" text-anchor="middle">{"".join(parts)}</svg>'
    )


def _namespace(x: int, name: str, address: str, server: str) -> str:
    parts = [
        _box((x, 52, 240, 118), _PAPER, _PAPER),
        _text(x + 120, 78, name, _INK, "16"),
        _text(x + 120, 102, address, _INK, "15"),
        _box((x + 30, 116, 180, 40), palette.LIVE, palette.LIVE),
        _text(x + 120, 142, server, _INK, "16"),
    ]
    return "".join(parts)


def _wire(start: int, end: int) -> str:
    path = f"M{start} 170 C{start} 214 {end} 190 {end} 232"
    return f'<path d="{path}" fill="none" stroke="{palette.LOGO_PLUG}" stroke-width="5"/>'


def _box(place: tuple[int, int, int, int], fill: str, line: str) -> str:
    names = zip(("x", "y", "width", "height"), place, strict=True)
    where = " ".join(f'{name}="{value}"' for name, value in names)
    return f'<rect {where} rx="10" fill="{fill}" stroke="{line}" stroke-width="2"/>'


def _text(x: int, y: int, text: str, fill: str, size: str) -> str:
    return f'<text x="{x}" y="{y}" fill="{fill}" font-size="{size}">{html.escape(text)}</text>'
