"""Forms: each step of the lessons by clicks, with the command it stands for.

Each form shows the ``ip`` command and the Python line before anything runs, offers what exists in
the kernel now, says while one types what cannot be, and tells an error in the kit's four parts
where it was made::

    lab.forms.namespace()   lab.forms.veth()   lab.forms.address()   lab.forms.link()
    lab.forms.ping()        lab.forms.capture()   lab.forms.firewall()
"""

from __future__ import annotations

from nslabkit.show.forms import plans, traffic
from nslabkit.show.forms.form import Form
from nslabkit.show.forms.shown import shown_once

__all__ = ["Form", "address", "capture", "firewall", "link", "namespace", "ping", "veth"]


def namespace() -> Form:
    """Return a form that creates a namespace, or removes one: ``ip netns add``, ``del``.

    Examples
    --------
    >>> import nslabkit as lab
    >>> form = lab.forms.namespace().fill(name="blue")
    >>> form.commands.ip
    'ip netns add blue'
    >>> form.run().said
    'Done. ip netns add blue'
    >>> lab.namespaces.remove("blue")
    >>> form.close()
    """
    return shown_once(plans.NAMESPACE)


def veth() -> Form:
    """Return a form that draws a wire between two namespaces: ``ip link add … type veth``."""
    return shown_once(plans.VETH)


def address() -> Form:
    """Return a form that gives a link an address: ``ip addr add``."""
    return shown_once(plans.ADDRESS)


def link() -> Form:
    """Return a form that switches a link on or off, moves or removes it: ``ip link``."""
    return shown_once(plans.LINK)


def ping() -> Form:
    """Return a form that pings from a namespace: ``ping -c``."""
    return shown_once(traffic.PING)


def capture() -> Form:
    """Return a form that records what passes a link; the recording is its ``.recording``."""
    return shown_once(traffic.CAPTURE)


def firewall() -> Form:
    """Return a form that makes a namespace drop packets, or stop dropping them: ``nft``."""
    return shown_once(traffic.FIREWALL)
