"""A change in a namespace: asked of the kernel, and explained where the kernel refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from nslabkit import netlink
from nslabkit.net.namespace import Namespace, place
from nslabkit.netlink.refusals import Meaning, refusal
from nslabkit.netlink.requests import Request

Change: TypeAlias = Request | Callable[[netlink.Conversation], None]


def change(
    where: Namespace,
    tried: str,
    what: Change,
    meanings: Callable[[], Mapping[int, Meaning]] | None = None,
) -> None:
    """Ask the kernel for a change in a namespace.

    Parameters
    ----------
    where : Namespace
        The namespace.
    tried : str
        The command that does the same.
    what : Request or callable
        One request, or what is to be said in a conversation.
    meanings : callable, optional
        Returns what the kernel's error numbers mean here; asked only after a refusal.

    Raises
    ------
    NslabError
        The kernel refused.
    """
    try:
        if isinstance(what, Request):
            netlink.inside(place(where), lambda conversation: conversation.change(what))
        else:
            netlink.inside(place(where), what)
    except OSError as error:
        raise refusal(error, tried, meanings() if meanings else None) from None
