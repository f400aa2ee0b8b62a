"""What is connected with what at this moment?

`picture` reads the kernel and draws namespaces as boxes, links as ports and veth pairs as wires.
The drawing itself is made in `nslabkit.show.picture_drawing`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nslabkit.base.errors import NotFoundError, NslabError
from nslabkit.base.language import translate as _
from nslabkit.net import addresses, links, namespaces
from nslabkit.net.namespaces import HOST, Namespace
from nslabkit.show import picture_drawing

__all__ = ["Box", "Picture", "Port", "Wire", "picture"]


@dataclass(frozen=True)
class Port:
    """A link, as the picture shows it.

    Attributes
    ----------
    name : str
        The link's name.
    state : str
        ``"up"``, ``"down"`` or ``"no carrier"``: up itself, but nothing answers on the wire.
    addresses : tuple of str
        With prefix length, as ``ip addr`` shows them; link-local IPv6 addresses, which each link
        gives itself, are left out.
    bridge : str or None
        The bridge that it is a port of.
    tied : bool
        Whether it hangs on another link: ``ip link`` shows an ``@`` behind its name.
    """

    name: str
    state: str
    addresses: tuple[str, ...] = ()
    bridge: str | None = None
    tied: bool = False

    @property
    def words(self) -> str:
        """Its state in the reader's language."""
        return {"up": _("up"), "down": _("down")}.get(self.state, _("up, no carrier"))


@dataclass(frozen=True)
class Box:
    """A namespace with its links; a bridge stands before its ports."""

    name: str
    ports: tuple[Port, ...]
    is_host: bool = False


@dataclass(frozen=True)
class Wire:
    """A veth pair: two ends, each given by the number of its box and the name of its link."""

    ends: tuple[tuple[int, str], tuple[int, str]]


@dataclass(frozen=True)
class Picture:
    """What was there when the picture was taken; it does not follow what changes later.

    Attributes
    ----------
    boxes : tuple of Box
        The host first, then the named namespaces by name.
    wires : tuple of Wire
        The veth pairs between their links.
    """

    boxes: tuple[Box, ...]
    wires: tuple[Wire, ...]

    @property
    def title(self) -> str:
        """What the picture shows, one sentence."""
        others = ", ".join(box.name for box in self.boxes if not box.is_host)
        if not others:
            return _("The host alone: no other namespace has a name.")
        return _("The host and {names}; wires: {count}.").format(
            names=others, count=len(self.wires)
        )

    @property
    def description(self) -> str:
        """The whole picture in words, for who does not see it."""
        return " ".join(
            [*map(self._box_in_words, self.boxes), *map(self._wire_in_words, self.wires)]
        )

    def _box_in_words(self, box: Box) -> str:
        ports = "; ".join(
            " ".join([port.name, f"({port.words})", *port.addresses]) for port in box.ports
        )
        return _("{namespace}: {links}.").format(namespace=box.name, links=ports)

    def _wire_in_words(self, wire: Wire) -> str:
        (here, near), (there, far) = wire.ends
        return _("A wire joins {near} in {here} and {far} in {there}.").format(
            near=near, here=self.boxes[here].name, far=far, there=self.boxes[there].name
        )

    def __repr__(self) -> str:
        """Return the picture in words."""
        return f"{self.title} {self.description}"

    def _repr_svg_(self) -> str:
        return picture_drawing.svg(self)

    def _repr_html_(self) -> str:
        # JupyterLab shows SVG as an image, which cannot know its theme; inside HTML it can.
        return f'<div style="overflow-x:auto">{picture_drawing.svg(self)}</div>'


def picture() -> Picture:
    """Return a picture of the kernel's state: namespaces, links, addresses and wires.

    ``ip netns``, and ``ip addr`` in each of them, tell the same in words.  Namespaces without a
    name are not in it.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.picture()
    The host alone: no other namespace has a name. host: lo (up) 127.0.0.1/8 ::1/128.
    """
    spaces = [HOST, *(Namespace(name, f"/run/netns/{name}") for name in _sorted_names())]
    boxes: list[Box] = []
    seen: list[Namespace] = []
    for space in spaces:
        try:
            boxes.append(_box(space))
        except NslabError:
            continue  # removed while we looked, or a name with nothing mounted on it
        seen.append(space)
    return Picture(tuple(boxes), _wires(seen, boxes))


def _sorted_names() -> list[str]:
    """Return the names in an order that stays: netns2 before netns10."""
    return sorted(
        namespaces.names(),
        key=lambda name: [
            (not part.isdecimal(), int(part) if part.isdecimal() else 0, part)
            for part in re.split(r"([0-9]+)", name)
        ],
    )


def _box(space: Namespace) -> Box:
    found = list(links.links(space))
    mine: dict[str, list[str]] = {}
    for row in addresses.addresses(space):
        if not row.address.lower().startswith("fe80:"):
            mine.setdefault(row.link, []).append(row.address)
    ports = {
        link.name: Port(
            link.name,
            _state(link),
            tuple(mine.get(link.name, ())),
            link.json.get("master"),
            tied="link_index" in link.json or "link" in link.json,
        )
        for link in found
    }
    name = _("host") if space == HOST else space.name or space.path
    return Box(name, tuple(_bridges_first(ports)), space == HOST)


def _state(link: links.Link) -> str:
    if not link.up:
        return "down"
    return "up" if link.carrier else "no carrier"


def _bridges_first(ports: dict[str, Port]) -> list[Port]:
    """Return the ports in the kernel's order, those of a bridge moved behind it."""
    ordered: list[Port] = []
    for port in ports.values():
        if port.bridge in ports:
            continue
        ordered.append(port)
        ordered += [other for other in ports.values() if other.bridge == port.name]
    return ordered


def _wires(spaces: list[Namespace], boxes: list[Box]) -> tuple[Wire, ...]:
    numbers: dict[int, int] = {}
    for number, space in enumerate(spaces):
        numbers.setdefault(space.inode, number)
    wires: list[Wire] = []
    for number, (space, box) in enumerate(zip(spaces, boxes, strict=True)):
        for port in box.ports:
            near = (number, port.name)
            if not port.tied or any(near in wire.ends for wire in wires):
                continue
            try:
                far = links.peer(port.name, space)
                end = (numbers[far.namespace.inode], far.name)
            except (NotFoundError, KeyError):
                continue  # not a veth, or its other end is in a namespace without a name
            wires.append(Wire((near, end)))
    return tuple(wires)
