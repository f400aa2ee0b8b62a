"""Can anything that is sent here leave the notebook's machine?  If so, a closed page refuses."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base import own_machine
from nslabkit.base.errors import NotFoundError, NotSupportedError, SandboxError
from nslabkit.base.language import translate as _
from nslabkit.net import links, namespaces
from nslabkit.net.namespace import HOST, ip_command

if TYPE_CHECKING:
    from nslabkit.net.namespace import Namespace

_TRIED = "lab.closed()"
_INWARD = {"bridge", "dummy", "ifb"}  # they have no cable of their own


@dataclass(frozen=True)
class Closed:
    """That nothing can leave, and what was looked at.

    Attributes
    ----------
    machine : str
        ``sandbox`` or ``uml``, as `lab.backend` says.
    wires : int
        How many veth pairs there are; both ends of each are in this machine.
    places : int
        How many namespaces were looked through, the host included.
    """

    machine: str
    wires: int
    places: int

    def __repr__(self) -> str:
        """Return it in one sentence."""
        text = _(
            "✔ Closed (wires: {wires}, namespaces: {places}): both ends of each wire are in this "
            "notebook's machine, so nothing that is sent here can leave it."
        )
        return text.format(wires=self.wires, places=self.places)

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self))}</p>"


def closed() -> Closed:
    """Return that nothing sent here can leave the notebook's machine, or refuse.

    Every link of the host and of all named namespaces is looked at, as ``ip -d link`` shows it:
    it must be ``lo``, a bridge, or one end of a veth pair whose other end is here, too.

    Returns
    -------
    Closed
        Prints as a sentence.

    Raises
    ------
    SandboxError
        This process is not in a machine of its own, but on the real one.
    NotSupportedError
        A link may lead out of the machine, or does so in a way that cannot be followed.

    Examples
    --------
    >>> import nslabkit as lab
    >>> with lab.Lab():
    ...     _wire = lab.links.add_veth("near", "far")
    ...     lab.closed().wires
    1
    """
    machine = own_machine.kind()
    if machine == "none":
        raise SandboxError(
            _TRIED,
            _("This is the real machine: what is sent here reaches real people."),
            _("Open the page with `nslabkit lab`; its notebooks are machines of their own."),
        )
    places = [HOST, *map(namespaces.namespace, namespaces.names())]
    ends = sum(_ends(place) for place in places)
    return Closed(machine, ends // 2, len(places))


def _ends(where: Namespace) -> int:
    """Return how many ends of wires a namespace has, once none of its links leads out."""
    found = where.run(["ip", "-j", "-d", "link"], check=True, quiet=True).stdout
    return sum(_is_end(link, where) for link in json.loads(found))


def _is_end(link: dict[str, Any], where: Namespace) -> bool:
    kind = link.get("linkinfo", {}).get("info_kind")
    if link.get("link_type") == "loopback" or kind in _INWARD:
        return False
    name = str(link["ifname"])
    if kind != "veth":
        raise _leads_out(name, where, str(kind or link.get("link_type")))
    try:
        links.peer(name, where)
    except NotFoundError as error:
        raise _leads_out(name, where, error.reason) from None
    return True


def _leads_out(link: str, where: Namespace, why: str) -> NotSupportedError:
    return NotSupportedError(
        ip_command(where, f"-d link show {link}"),
        _("{link} in {place} may lead out of this machine: {why}").format(
            link=link, place=where.name or _("the host"), why=why
        ),
        _("Begin with an empty machine: restart the kernel, and run the page from its top."),
    )
