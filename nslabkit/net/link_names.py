"""Names of links: which are allowed, and the errors for a missing, taken or invalid one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from nslabkit import netlink
from nslabkit.base.errors import AlreadyExistsError, InvalidValueError, NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.net.namespace import HOST, ip_command, place
from nslabkit.netlink.refusals import Meaning

if TYPE_CHECKING:
    from nslabkit.net.namespace import Namespace

_LONGEST = 15  # bytes: IFNAMSIZ of linux/if.h, less the closing zero
# What the kernel's dev_valid_name() refuses: its isspace() takes byte 0xa0 for a space too.
_REFUSED_BYTES = frozenset(b"/: \t\n\v\f\r\xa0\0")
# Devices that some kernels put into every new namespace (sysctl net.core.fb_tunnels_only_for_
# init_net, https://docs.kernel.org/admin-guide/sysctl/net.html).
FALLBACK = frozenset(
    {"tunl0", "sit0", "ip6tnl0", "gre0", "gretap0", "erspan0", "ip_vti0", "ip6_vti0", "ip6gre0"}
)
GIVEN = frozenset({"lo", *FALLBACK})  # what nobody has made


def link_name(name: str, tried: str) -> bytes:
    """Return a link's name as the kernel takes it.

    Raises
    ------
    InvalidValueError
        No link can have that name.
    """
    if not isinstance(name, str):
        raise InvalidValueError(
            tried,
            _("A name must be text, not {kind}.").format(kind=type(name).__name__),
            _('Put it in quotes: "veth1".'),
        )
    encoded = os.fsencode(name)
    if len(encoded) > _LONGEST:
        raise InvalidValueError(
            tried,
            _("{name} is {length} bytes long; a link's name can have at most {most}.").format(
                name=name, length=len(encoded), most=_LONGEST
            ),
            _("Shorten it to {name}, for example.").format(
                name=encoded[:_LONGEST].decode(errors="ignore")
            ),
        )
    if not encoded or encoded in {b".", b".."} or not _REFUSED_BYTES.isdisjoint(encoded):
        raise InvalidValueError(
            tried,
            _(
                "A link's name cannot be empty, `.` or `..`, nor contain a space, `/`, "
                "`:` or a NUL byte (nor the byte 0xa0, which the kernel treats as a "
                "space)."
            ),
            _("Choose a short word, such as veth1."),
        )
    return encoded


def missing_link(name: str, where: Namespace) -> Meaning:
    """Return what it means that a namespace has no link called `name`."""
    return Meaning(
        NotFoundError,
        _("There is no link called {link} in {namespace}.").format(
            link=name, namespace=spoken(where)
        ),
        _("See what exists: `{command}`. It may be in another namespace.").format(
            command=ip_command(where, "link")
        ),
    )


def spoken(where: Namespace) -> str:
    """Return how a sentence speaks of a namespace."""
    return _("the kernel's own namespace") if where == HOST else where.name or where.path


def taken(name: str, where: Namespace) -> Meaning:
    """Return what it means that a namespace has another link called `name`."""
    return Meaning(
        AlreadyExistsError,
        _("{namespace} already has a link called {link}.").format(
            link=name, namespace=spoken(where)
        ),
        _("Choose another name, or remove the old one: `{command}`.").format(
            command=ip_command(where, f"link del {name}")
        ),
    )


def moved_already(name: str, where: Namespace) -> Meaning:
    """Return what it means that a link is where it was to be moved to."""
    return Meaning(
        AlreadyExistsError,
        _("{link} is already in {namespace}.").format(link=name, namespace=spoken(where)),
        _("There is nothing left to do: `{command}` shows it.").format(
            command=ip_command(where, f"link show {name}")
        ),
    )


def is_there(name: bytes, where: Namespace) -> bool:
    """Return whether a namespace has a link of that name."""
    try:
        netlink.inside(place(where), lambda conversation: conversation.index(name))
    except OSError:
        return False
    return True
