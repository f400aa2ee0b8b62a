"""Checks of wires: plugged in, addressed, up, and does a ping get through?"""

from __future__ import annotations

from nslabkit.base.errors import NotFoundError
from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, kindly, missing, right
from nslabkit.net import addresses, links, namespaces, routes
from nslabkit.net.namespace import ip_command


@kindly
def wire(link: str, namespace: str, peer: str, peer_namespace: str) -> CheckResult:
    """Check that two links are the ends of one veth pair, each in its namespace.

    Parameters
    ----------
    link, namespace : str
        One end and the namespace that it should be in.
    peer, peer_namespace : str
        The other end and its namespace.
    """
    both = (namespace, peer_namespace)
    for end, where, elsewhere in zip((link, peer), both, reversed(both), strict=True):
        namespaces.namespace(where)
        if _has(end, where):
            continue
        if _has(end, None):
            text = _("{link} is still in the host. Type: !ip link set {link} netns {namespace}")
        elif _has(end, elsewhere):
            text = _(
                "{link} is in {other}, not in {namespace}. "
                "Type: !ip -n {other} link set {link} netns {namespace}"
            )
        else:
            text = _("there is no {link}. Type: !ip link add {near} type veth peer name {far}")
        return missing(text.format(link=end, near=link, far=peer, namespace=where, other=elsewhere))
    far = links.peer(link, namespace)
    if far.name == peer and far.namespace.inode == namespaces.namespace(peer_namespace).inode:
        return right(
            _("{link} in {namespace} and {peer} in {other} are the two ends of a wire.").format(
                link=link, namespace=namespace, peer=peer, other=peer_namespace
            )
        )
    text = _(
        "the other end of {link} is {far} in {place}, not {peer} in {other}. "
        "Type: !ip -n {namespace} link"
    )
    place = far.namespace.name or _("the host")
    return missing(
        text.format(
            link=link,
            far=far.name,
            place=place,
            peer=peer,
            other=peer_namespace,
            namespace=namespace,
        )
    )


@kindly
def address(address: str, link: str, namespace: str) -> CheckResult:
    """Check that a link has an address.

    Parameters
    ----------
    address : str
        With its prefix length: ``"172.16.0.1/24"``.
    link, namespace : str
        Where it should be.
    """
    mine = [row.address for row in addresses.addresses(namespace, link)]
    if address in mine:
        return right(
            _("{link} in {namespace} has the address {address}.").format(
                link=link, namespace=namespace, address=address
            )
        )
    plain = address.partition("/")[0]
    near = next((one for one in mine if one.partition("/")[0] == plain), None)
    if near is not None:
        return missing(
            _(
                "{link} has {near}, with a different prefix length. Type: !ip -n "
                "{namespace} addr del {near} dev {link}"
            ).format(link=link, near=near, namespace=namespace)
        )
    return missing(
        _(
            "{link} does not have {address}. "
            "Type: !ip netns exec {namespace} ip addr add {address} dev {link}"
        ).format(link=link, address=address, namespace=namespace)
    )


@kindly
def link_up(link: str, namespace: str) -> CheckResult:
    """Check that a link is up and that its other end is, too (``LOWER_UP``).

    Parameters
    ----------
    link, namespace : str
        Which link, and where it is.
    """
    near = links.link(link, namespace)
    if not near.up:
        return missing(
            _("{link} is down. Type: !ip netns exec {namespace} ip link set dev {link} up").format(
                link=link, namespace=namespace
            )
        )
    if not near.carrier:
        return missing(
            _("{link} is up, but has no carrier (NO-CARRIER): set the other end up, too.").format(
                link=link
            )
        )
    return right(
        _("{link} in {namespace} is up, and so is the other end.").format(
            link=link, namespace=namespace
        )
    )


@kindly
def route(destination: str, link: str, namespace: str) -> CheckResult:
    """Check by which link a packet to `destination` would leave (``ip route get``).

    Parameters
    ----------
    destination : str
        An IP address.
    link, namespace : str
        The link that is expected, and the namespace that is asked.
    """
    way = routes.lookup(destination, namespace)
    if way.link == link:
        return right(
            _("to {destination}, {namespace} sends by {link}, from {source}.").format(
                destination=destination, namespace=namespace, link=link, source=way.source
            )
        )
    return missing(
        _("to {destination}, {namespace} would send by {found}, not by {link}.").format(
            destination=destination, namespace=namespace, found=way.link, link=link
        )
    )


@kindly
def reach(destination: str, namespace: str | None = None) -> CheckResult:
    """Check that one ping from a namespace is answered within three seconds.

    Parameters
    ----------
    destination : str
        An IP address.
    namespace : str, optional
        Where to ping from; the host by default.
    """
    where = namespaces.namespace(namespace)
    answer = where.run(["ping", "-c", "1", "-W", "3", str(destination)], quiet=True)
    if answer.returncode == 0:
        return right(
            _("{destination} answers {namespace}.").format(
                destination=destination, namespace=namespace or _("the host")
            )
        )
    said = (answer.stderr.strip() or _("no answer within three seconds")).splitlines()[0]
    return missing(
        _("no answer from {destination} ({said}). Look at addresses and links: !{command}").format(
            destination=destination, said=said, command=ip_command(where, "addr")
        )
    )


def _has(link: str, namespace: str | None) -> bool:
    try:
        links.link(link, namespace)
    except NotFoundError:
        return False
    return True
