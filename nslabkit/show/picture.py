"""Picture of the network: namespaces as boxes, links as ports, veth pairs and tunnels as wires.

`picture` reads the kernel; the drawing itself is made in `nslabkit.show.picture_drawing`.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.live.snapshot import snapshot
from nslabkit.show.picture_drawing import Box, PictureWire, Port, svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.live.model import NamespaceModel

__all__ = ["Box", "Picture", "PictureWire", "Port", "picture"]


@dataclass(frozen=True)
class Picture:
    """What existed when the picture was taken; later changes do not appear in it.

    Attributes
    ----------
    boxes : tuple of Box
        The host first, then the named namespaces by name.
    wires : tuple of PictureWire
        The veth pairs between their links.
    tunnels : tuple of PictureWire
        Each two VXLAN links whose network has the same number.  Whether frames get through is
        another matter: that depends on the addresses and tables of both.
    """

    boxes: tuple[Box, ...]
    wires: tuple[PictureWire, ...]
    tunnels: tuple[PictureWire, ...] = ()

    @property
    def title(self) -> str:
        """What the picture shows, one sentence."""
        others = enumeration(box.name for box in self.boxes if not box.is_host)
        if not others:
            return _("The host alone: no other namespace has a name.")
        return _("The host and {names}; wires: {count}.").format(
            names=others, count=len(self.wires)
        )

    @property
    def description(self) -> str:
        """The whole picture in words, for readers who cannot see it."""
        return " ".join(
            [
                *map(self._box_in_words, self.boxes),
                *map(self._wire_in_words, self.wires),
                *map(self._tunnel_in_words, self.tunnels),
            ]
        )

    def _box_in_words(self, box: Box) -> str:
        ports = enumeration(
            (" ".join([port.name, f"({port.words})", *port.lines]) for port in box.ports), ";"
        )
        return _("{namespace}: {links}.").format(namespace=box.name, links=ports)

    def _wire_in_words(self, wire: PictureWire) -> str:
        (here, near), (there, far) = wire.ends
        return _("A wire joins {near} in {here} and {far} in {there}.").format(
            near=near, here=self.boxes[here].name, far=far, there=self.boxes[there].name
        )

    def _tunnel_in_words(self, tunnel: PictureWire) -> str:
        (here, near), (there, far) = tunnel.ends
        return _("{near} in {here} and {far} in {there} belong to one network, {kind}.").format(
            near=near,
            here=self.boxes[here].name,
            far=far,
            there=self.boxes[there].name,
            kind=tunnel.kind,
        )

    def __repr__(self) -> str:
        """Return the picture in words."""
        return f"{self.title} {self.description}"

    def _repr_svg_(self) -> str:
        return svg(self.boxes, (*self.wires, *self.tunnels), self.title, self.description)

    def _repr_html_(self) -> str:
        # JupyterLab shows SVG as an image, which cannot know its theme; inside HTML it can.
        return f'<div style="overflow-x:auto">{self._repr_svg_()}</div>'


def picture() -> Picture:
    """Return a picture of the kernel's state: namespaces, links, addresses and wires.

    ``ip netns``, and ``ip addr`` in each of them, say the same in words.  Namespaces without a
    name are not shown.

    Raises
    ------
    NoPrivilegeError
        This process may not enter the namespaces.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.picture()
    The host alone: no other namespace has a name. host: lo (up) 127.0.0.1/8 ::1/128.
    """
    spaces = snapshot().namespaces
    return Picture(tuple(map(_box, spaces)), _wires(spaces), _tunnels(spaces))


def _box(space: NamespaceModel) -> Box:
    ports = [
        Port(
            link["name"],
            link["state"],
            tuple(link["addresses"]),
            link["master"],
            _kind_of(link["vni"]),
        )
        for link in space["links"]
    ]
    return Box(
        _("host") if space["host"] else space["name"], tuple(_bridges_first(ports)), space["host"]
    )


def _bridges_first(ports: Sequence[Port]) -> list[Port]:
    """Return the ports in the kernel's order, those of a bridge moved behind it."""
    names = {port.name for port in ports}
    ordered: list[Port] = []
    for port in ports:
        if port.bridge in names:
            continue
        ordered.append(port)
        ordered += [other for other in ports if other.bridge == port.name]
    return ordered


def _wires(spaces: Sequence[NamespaceModel]) -> tuple[PictureWire, ...]:
    links = {
        (space["key"], link["index"]): (number, link)
        for number, space in enumerate(spaces)
        for link in space["links"]
    }
    wires: dict[frozenset[tuple[int, str]], PictureWire] = {}
    for number, near in links.values():
        end = near["peer"]
        there = links.get((end["namespace"], end["index"])) if end else None
        if there is not None:
            ends = ((number, near["name"]), (there[0], there[1]["name"]))
            wires.setdefault(frozenset(ends), PictureWire(ends))
    return tuple(wires.values())


def _tunnels(spaces: Sequence[NamespaceModel]) -> tuple[PictureWire, ...]:
    """Return each two VXLAN links that are of one network, in different namespaces."""
    found: dict[int, list[tuple[int, str]]] = {}
    for number, space in enumerate(spaces):
        for link in space["links"]:
            if link["vni"] is not None:
                found.setdefault(link["vni"], []).append((number, link["name"]))
    return tuple(
        PictureWire((near, far), _kind_of(vni))
        for vni, ends in found.items()
        for near, far in itertools.combinations(ends, 2)
        if near[0] != far[0]
    )


def _kind_of(vni: int | None) -> str:
    return "" if vni is None else f"VXLAN {vni}"
