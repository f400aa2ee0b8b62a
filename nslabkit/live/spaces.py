"""All namespaces, what they hold, and where their wires lead.

`Spaces` remembers what it has read, and reads again only what it is told has changed.  Each
namespace is known by an id in the hidden namespace of an `Everywhere`; none is held open.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nslabkit.live import namespace_reading
from nslabkit.live.namespace_reading import Content
from nslabkit.net.namespace import HOST
from nslabkit.netlink import EnterError, KernelRefusedError, name_mounts
from nslabkit.netlink.worker import at_home

if TYPE_CHECKING:
    from collections.abc import Callable

    from nslabkit.live.model import End, NamespaceModel
    from nslabkit.netlink import brief
    from nslabkit.netlink.listener import Everywhere

_PERMANENT = 0x80  # NUD_PERMANENT: set by hand, it changes by hand only, and with a notice
_UNKNOWN = -1  # the namespace of that id has no name
_End = tuple[int, int]  # a namespace's inode, and a link's index there


@dataclass
class _Space:
    """A namespace that is watched."""

    inode: int
    name: str  # "" for the host
    number: int  # its id for the one that listens
    content: Content = field(default_factory=Content)
    ids: dict[int, int] = field(default_factory=dict)  # its own ids of others -> theirs here
    changed: set[str] = field(default_factory=lambda: set(namespace_reading.PARTS))
    model: NamespaceModel | None = None


class Spaces:
    """All namespaces that can be seen: the host, and those with a name."""

    def __init__(self, ears: Everywhere) -> None:
        self._ears = ears
        self._spaces: dict[int, _Space] = {}  # by inode
        self._numbers: dict[int, _Space] = {}  # by id
        self._ends: dict[_End, _End] = {}
        self._neighbours_made = -1

    def look_for_names(self) -> None:
        """Read which names there are; know the new namespaces, forget those without a name."""
        wanted = {HOST.inode: ""}
        for name, inode in sorted(name_mounts.named().items(), key=lambda one: one[0]):
            wanted.setdefault(inode, name)
        for inode in self._spaces.keys() - wanted.keys():
            self._forget(self._spaces[inode])
        for inode, name in wanted.items():
            space = self._spaces.get(inode)
            if space is None:
                self._meet(inode, name)
            elif space.name != name:
                space.name, space.model = name, None

    def mark(self, number: int | None, *parts: str) -> None:
        """Note that parts of a namespace have changed; None is every namespace."""
        if number is None:
            for space in self._spaces.values():
                space.changed.update(parts)
        elif number in self._numbers:
            self._numbers[number].changed.update(parts)

    def mark_other_ends(self) -> None:
        """Note that where some link has changed, any may have.

        A carrier lost at a wire's other end is there at once, but the kernel tells of it up to a
        second later (``net/core/link_watch.c``).
        """
        if any("links" in space.changed for space in self._spaces.values()):
            self.mark(None, "links")

    def gone(self, number: int) -> None:
        """Note that a namespace has ceased to be."""
        if number in self._numbers:
            self._forget(self._numbers[number])

    def forget_ids(self, number: int) -> None:
        """Note that a namespace's ids of others have changed."""
        if number in self._numbers:
            space = self._numbers[number]
            space.ids.clear()
            space.changed.add("links")

    def read(self) -> None:
        """Read what was marked, and the other ends of wires that were moved."""
        at_home(self._read)

    def _read(self) -> None:
        self._read_marked()
        moved = self._join()
        if moved:  # the kernel sends no notice for the other end of a link that was moved
            for inode, _index in moved:
                if inode in self._spaces:
                    self._spaces[inode].changed.add("links")
            self._read_marked()
            self._join()

    def read_neighbours(self) -> int:
        """Read the neighbours that may have changed without a notice; return how many were asked.

        For the states INCOMPLETE and DELAY the kernel sends no notice
        (``neigh_update_notify`` in ``net/core/neighbour.c`` is not called for them).  An entry may
        enter them at any time; a new one raises the kernel's counter of all that were ever made.
        """
        return at_home(self._read_neighbours)

    def _read_neighbours(self) -> int:
        made, before = self._ears.neighbours_made(), self._neighbours_made
        self._neighbours_made = made  # counted first: what comes meanwhile is read the next time
        may_have = _may_have_neighbours if made != before else _may_change_neighbours
        asked = [space for space in self._spaces.values() if may_have(space.content)]
        for space in asked:
            space.changed.add("neighbours")
        self._read_marked()
        return len(asked)

    def contents(self) -> dict[int, tuple[str, Content]]:
        """Return what was read: by a namespace's inode its name, and what it holds."""
        return {inode: (space.name, space.content) for inode, space in self._spaces.items()}

    def models(self) -> list[NamespaceModel]:
        """Return the models of all, the host first; unchanged ones are the same objects."""
        ordered = sorted(
            self._spaces.values(), key=lambda space: namespace_reading.in_order(space.name)
        )
        for space in ordered:
            if space.model is None:
                space.model = namespace_reading.described(
                    str(space.inode), space.name, space.content, self._end_of(space)
                )
        return [space.model for space in ordered if space.model is not None]

    def _meet(self, inode: int, name: str) -> None:
        with contextlib.suppress(EnterError):  # removed meanwhile: there will be a notice
            number = self._ears.know(namespace_reading.path_of(name))
            space = _Space(inode, name, number)
            for other in self._spaces.values():  # where a wire of theirs leads may be known now
                if _UNKNOWN in other.ids.values():
                    other.ids.clear()
            self._spaces[inode] = self._numbers[number] = space

    def _forget(self, space: _Space) -> None:
        self._spaces.pop(space.inode, None)
        if self._numbers.get(space.number) is space:
            del self._numbers[space.number]

    def _read_marked(self) -> None:
        for space in list(self._spaces.values()):
            if not space.changed:
                continue
            parts = frozenset(space.changed)
            try:
                content = namespace_reading.read(
                    namespace_reading.path_of(space.name), space.content, parts
                )
            except EnterError:  # removed meanwhile
                self._forget(space)
                continue
            space.changed.clear()
            if content != space.content:
                space.content, space.model = content, None

    def _join(self) -> set[_End]:
        """Find out anew where wires lead; return the ends for which that has changed."""
        before, self._ends = self._ends, {}
        for space in self._spaces.values():
            for link in space.content.links:
                far = self._look_up(space, link)
                if far is not None:
                    self._ends[space.inode, link.ifindex] = far
        changed = {
            end
            for end in before.keys() | self._ends.keys()
            if before.get(end) != self._ends.get(end)
        }
        touched = {
            other
            for end in changed
            for other in (end, before.get(end), self._ends.get(end))
            if other is not None
        }
        for inode, _index in touched:
            if inode in self._spaces:
                self._spaces[inode].model = None
        return touched

    def _look_up(self, space: _Space, link: brief.BriefLink) -> _End | None:
        if link.lower is None:
            return None
        if link.lower_nsid is None:
            return space.inode, link.lower
        if link.lower_nsid not in space.ids:
            with contextlib.suppress(KernelRefusedError):  # it has just ceased to be
                space.ids = self._ears.ids_of(space.number)
            space.ids.setdefault(link.lower_nsid, _UNKNOWN)
        far = self._numbers.get(space.ids[link.lower_nsid])
        return None if far is None else (far.inode, link.lower)

    def _end_of(self, space: _Space) -> Callable[[brief.BriefLink], End | None]:
        def end(link: brief.BriefLink) -> End | None:
            far = self._ends.get((space.inode, link.ifindex))
            return None if far is None else {"namespace": str(far[0]), "index": far[1]}

        return end


def _may_have_neighbours(content: Content) -> bool:
    return bool(content.neighbours) or any(
        link.hardware != namespace_reading.LOOPBACK
        and namespace_reading.state_of(link.flags) == "up"
        for link in content.links
    )


def _may_change_neighbours(content: Content) -> bool:
    return any(one.state != _PERMANENT for one in content.neighbours)
