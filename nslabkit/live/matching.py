"""Matching two readings: which namespaces and links are the same in both?

A namespace is the same while its key is; a link while index and kind are, or, in another
namespace, while MAC address and kind are: it was moved then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.live.model import LinkModel, NamespaceModel

_Same = tuple["LinkModel", "LinkModel"]  # as it was, and as it is


@dataclass
class Pairs:
    """What belongs together.

    Attributes
    ----------
    namespaces : list of pairs
        As it was, and as it is; None: it was not, or is no more.
    moved : list of tuples
        The namespace where a link was, the one where it is, and the link as it was and is.
    """

    namespaces: list[tuple[NamespaceModel | None, NamespaceModel | None]]
    moved: list[tuple[NamespaceModel, NamespaceModel, _Same]] = field(default_factory=list)
    _gone: dict[str, list[LinkModel]] = field(default_factory=dict)
    _came: dict[str, list[LinkModel]] = field(default_factory=dict)
    _kept: dict[str, list[_Same]] = field(default_factory=dict)

    def gone(self, was: NamespaceModel | None) -> list[LinkModel]:
        """Return the links of a namespace that are nowhere any more."""
        return self._gone.get(was["key"], []) if was else []

    def came(self, now: NamespaceModel) -> list[LinkModel]:
        """Return the links of a namespace that were nowhere before."""
        return self._came.get(now["key"], [])

    def kept(self, now: NamespaceModel) -> list[_Same]:
        """Return the links of a namespace that were there, or elsewhere, before."""
        return self._kept.get(now["key"], [])

    def match_links(self) -> None:
        """Find out what became of each link."""
        left: list[tuple[NamespaceModel, LinkModel]] = []
        new: list[tuple[NamespaceModel, LinkModel]] = []
        for was, now in self.namespaces:
            _match_inside(was, now, self._kept, left, new)
        for space, link in new:
            origin = next((one for one in left if _moved(one[1], link)), None)
            if origin is None:
                self._came.setdefault(space["key"], []).append(link)
            else:
                left.remove(origin)
                self.moved.append((origin[0], space, (origin[1], link)))
                self._kept.setdefault(space["key"], []).append((origin[1], link))
        for space, link in left:
            self._gone.setdefault(space["key"], []).append(link)


def match(before: Sequence[NamespaceModel], after: Sequence[NamespaceModel]) -> Pairs:
    """Return which namespaces and links of two readings belong together."""
    was = {space["key"]: space for space in before}
    now = {space["key"]: space for space in after}
    gone = [(space, None) for key, space in was.items() if key not in now]
    rest = [(was.get(key), space) for key, space in now.items()]
    pairs = Pairs([*gone, *rest])
    pairs.match_links()
    return pairs


def _match_inside(
    was: NamespaceModel | None,
    now: NamespaceModel | None,
    kept: dict[str, list[_Same]],
    left: list[tuple[NamespaceModel, LinkModel]],
    new: list[tuple[NamespaceModel, LinkModel]],
) -> None:
    """Match the links that stayed; add the others to `left` and `new`."""
    before = {link["index"]: link for link in was["links"]} if was else {}
    for link in now["links"] if now else []:
        assert now is not None
        old = before.get(link["index"])
        if old is not None and old["kind"] == link["kind"] and _same_card(old, link):
            kept.setdefault(now["key"], []).append((before.pop(link["index"]), link))
        elif link["kind"] != "loopback":
            new.append((now, link))
        elif link["state"] != "down" or link["addresses"]:
            # Each new namespace has a lo that is down: only what was done to it counts.
            fresh: LinkModel = {**link, "state": "down", "addresses": []}
            kept.setdefault(now["key"], []).append((fresh, link))
    left += [(was, link) for link in before.values() if was and link["kind"] != "loopback"]


def _same_card(old: LinkModel, new: LinkModel) -> bool:
    return old["name"] == new["name"] or old["mac"] == new["mac"]


def _moved(old: LinkModel, new: LinkModel) -> bool:
    return old["kind"] == new["kind"] and bool(old["mac"]) and old["mac"] == new["mac"]
