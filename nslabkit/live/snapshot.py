"""A snapshot of every namespace, to compare with another."""

from __future__ import annotations

import contextlib
import errno
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.live import namespace_reading
from nslabkit.net.namespace import HOST
from nslabkit.netlink import EnterError, KernelRefusedError, name_mounts
from nslabkit.netlink.refusals import refusal
from nslabkit.netlink.worker import at_home

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nslabkit.live.difference import Difference
    from nslabkit.live.model import End, NamespaceModel
    from nslabkit.netlink import brief
    from nslabkit.netlink.listener import Everywhere

Contents = dict[
    int, tuple[str, namespace_reading.Content]
]  # a namespace's inode: its name, what it holds


@dataclass(frozen=True)
class Snapshot:
    """What existed at one moment; later changes do not appear in it.

    ``after - before`` is what changed between two of them.

    Attributes
    ----------
    namespaces : tuple of dict
        Each namespace as `nslabkit.live.model.NamespaceModel` describes it, the host first.
    """

    namespaces: tuple[NamespaceModel, ...]

    def __sub__(self, before: Snapshot) -> Difference:
        """Return what changed since the snapshot `before`."""
        if not isinstance(before, Snapshot):
            return NotImplemented
        from nslabkit.live.difference import difference

        return difference(before.namespaces, self.namespaces)

    def __repr__(self) -> str:
        """Return one line: the namespaces, each with its links."""
        from nslabkit.base.language import translate as _

        spaces = (
            f"{space['name'] or _('host')}: {', '.join(link['name'] for link in space['links'])}"
            for space in self.namespaces
        )
        return "; ".join(spaces)


def snapshot() -> Snapshot:
    """Return what is in the host and in each named namespace now.

    As if ``ip addr``, ``ip route``, ``ip neigh`` and ``nft list ruleset`` were asked in each.

    Raises
    ------
    NoPrivilegeError
        This process may not enter the namespaces.

    Examples
    --------
    >>> import nslabkit as lab
    >>> before = lab.snapshot()
    >>> blue = lab.namespaces.add("blue")
    >>> lab.snapshot() - before
    + blue
    >>> lab.namespaces.remove("blue")
    """
    try:
        return of(contents())
    except OSError as error:
        raise refusal(error, "ip netns exec NAME ip addr") from None


def contents() -> Contents:
    """Return what each namespace holds, without asking where wires lead: that is quick."""
    return at_home(_contents)


def _contents() -> Contents:
    by_inode: Contents = {}
    wanted = {HOST.inode: ""}
    for name, inode in sorted(name_mounts.named().items(), key=lambda item: item[0]):
        wanted.setdefault(inode, name)
    for inode, name in wanted.items():
        with _unless_gone():
            by_inode[inode] = (
                name,
                namespace_reading.read(
                    namespace_reading.path_of(name), namespace_reading.Content()
                ),
            )
    return by_inode


def of(by_inode: Contents) -> Snapshot:
    """Return a snapshot of what was read just now, having asked where the wires lead."""
    from nslabkit.netlink.listener import Everywhere

    crossing = any(
        link.lower_nsid is not None
        for _name, content in by_inode.values()
        for link in content.links
    )
    with Everywhere(()) if crossing else contextlib.nullcontext() as ears:
        ends = _ends(by_inode, ears)
    return Snapshot(_described(by_inode, ends))


def without_wires(found: Contents) -> tuple[NamespaceModel, ...]:
    """Return models that do not tell where wires to another namespace lead."""
    return _described(found, {})


def _described(found: Contents, ends: dict[tuple[int, int], int]) -> tuple[NamespaceModel, ...]:
    ordered = sorted(found.items(), key=lambda one: namespace_reading.in_order(one[1][0]))
    # The kernel gives the inode of a namespace that is gone to a new one, its cookie never.
    keys = {inode: str(content.cookie or inode) for inode, (_name, content) in found.items()}
    return tuple(
        namespace_reading.described(keys[inode], name, content, _end(ends, inode, keys))
        for inode, (name, content) in ordered
    )


def _ends(found: Contents, ears: Everywhere | None) -> dict[tuple[int, int], int]:
    """Return which namespace stands behind each id that one of them uses."""
    return {} if ears is None else at_home(lambda: _ask_for_ends(found, ears))


def _ask_for_ends(found: Contents, ears: Everywhere) -> dict[tuple[int, int], int]:
    numbers: dict[int, int] = {}
    for inode, (name, _content) in found.items():
        with _unless_gone():
            numbers[ears.know(namespace_reading.path_of(name))] = inode
    ends = {}
    for number, inode in numbers.items():
        with contextlib.suppress(KernelRefusedError):
            for own, there in ears.ids_of(number).items():
                if there in numbers:
                    ends[inode, own] = numbers[there]
    return ends


def _end(
    ends: dict[tuple[int, int], int], inode: int, keys: dict[int, str]
) -> Callable[[brief.BriefLink], End | None]:
    def end(link: brief.BriefLink) -> End | None:
        if link.lower is None:
            return None
        far = inode if link.lower_nsid is None else ends.get((inode, link.lower_nsid))
        return None if far is None else {"namespace": keys[far], "index": link.lower}

    return end


@contextlib.contextmanager
def _unless_gone() -> Iterator[None]:
    """Pass over a namespace that was removed while we looked."""
    try:
        yield
    except EnterError as error:
        if error.errno not in {errno.ENOENT, errno.EINVAL}:
            raise
