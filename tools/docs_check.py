"""Does every link of the built site lead somewhere, and no page load from elsewhere by itself?

Links to other sites are only looked at, not followed; what a page would load from another site by
itself (script, style, picture, font) is a fault.
"""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Tag -> the attribute that makes a browser load something by itself.
LOADS = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
}
# What a <link> only names.
NAMES_ONLY = {
    "canonical",
    "next",
    "prev",
    "index",
    "search",
    "author",
    "license",
    "help",
    "copyright",
    "up",
}
_CSS_OUTWARD = re.compile(r"(?:url\(|@import)\s*[\"']?(https?:)?//", re.IGNORECASE)


@dataclass
class Page(HTMLParser):
    """What one page has and what it needs."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    unnamed: int = 0

    def __post_init__(self) -> None:
        """Make the parser."""
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take an element's anchor and addresses."""
        said = {name: value or "" for name, value in attrs}
        self.anchors |= {said[name] for name in ("id", "name") if name in said}
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        if tag == "img" and "alt" not in said:
            self.unnamed += 1
        address = said.get(LOADS.get(tag, ""), "")
        if address and not (tag == "link" and said.get("rel", "") in NAMES_ONLY):
            self.loads.append(address)


def problems(folder: Path, *, whole: bool = True) -> list[str]:
    """Return what leads nowhere.

    Parameters
    ----------
    folder : Path
        The built site.
    whole : bool
        Whether all of it was built; otherwise links to pages that were not are no fault.
    """
    pages: dict[Path, Page] = {}
    for path in sorted(folder.rglob("*.html")):
        pages[path] = Page()
        pages[path].feed(path.read_text(encoding="utf-8"))
    found = []
    for path, page in pages.items():
        name = path.relative_to(folder)
        faults = [*_dead_links(path, page, pages, whole=whole), *_loads(path, page)]
        found += [f"{name}: {fault}" for fault in faults]
        if page.unnamed:
            found.append(f"{name}: {page.unnamed} pictures without a text alternative")
    for style in sorted(folder.rglob("*.css")):
        if _CSS_OUTWARD.search(style.read_text(encoding="utf-8")):
            found.append(f"{style.relative_to(folder)}: loads from another site")
    return found


def _dead_links(path: Path, page: Page, pages: dict[Path, Page], *, whole: bool) -> list[str]:
    found = []
    for link in page.links:
        parts = urllib.parse.urlsplit(link)
        if parts.scheme or parts.netloc:
            continue
        target = _target(path, parts.path)
        if not target.exists():
            if whole:
                found.append(f"link to {link}: there is no such file")
        elif parts.fragment and target in pages:
            anchor = urllib.parse.unquote(parts.fragment)
            if anchor not in pages[target].anchors:
                found.append(f"link to {link}: there is no such place in it")
    return found


def _loads(path: Path, page: Page) -> list[str]:
    found = []
    for address in page.loads:
        parts = urllib.parse.urlsplit(address)
        if parts.scheme == "data":
            continue
        if parts.scheme or parts.netloc:
            found.append(f"loads {address} from another site")
        elif not _target(path, parts.path).exists():
            found.append(f"needs {address}: there is no such file")
    return found


def _target(path: Path, address: str) -> Path:
    if not address:
        return path
    target = (path.parent / urllib.parse.unquote(address)).resolve()
    return target / "index.html" if target.is_dir() else target
