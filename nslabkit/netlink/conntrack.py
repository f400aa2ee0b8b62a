"""Connection tracking over netlink: how the kernel is asked, and how its answers are read.

Connection tracking (`conntrack`) speaks netlink's netfilter family, not the one of links and
routes.  The layouts are those of the kernel's ``include/uapi/linux/netfilter/nfnetlink.h`` and
``nfnetlink_conntrack.h``; pyroute2 decodes.
"""

from __future__ import annotations

import warnings
from typing import Any

from nslabkit.netlink.decoding import Answer, plain_answer
from nslabkit.netlink.requests import dump_netfilter
from nslabkit.netlink.sockets import Conversation, NetfilterConversation
from nslabkit.netlink.worker import inside

_GET = 1 << 8 | 1  # NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET


def tracked(path: str | None) -> list[Answer]:
    """Return the tracked connections of the namespace of `path`, as ``conntrack -L`` lists them.

    Raises
    ------
    EnterError
        The namespace is not there.
    OSError
        EPROTONOSUPPORT or EINVAL: this kernel does not track connections.
    """

    def ask(_routing: Conversation) -> list[bytes]:
        # In the same thread, so in the same namespace, as the conversation that we do not need.
        with NetfilterConversation() as netfilter:
            return netfilter.dump(dump_netfilter(_GET))

    return [_decoded(message) for message in inside(path, ask)]


def _decoded(message: bytes) -> Answer:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in `decode`
        from pyroute2.netlink.nfnetlink.nfctsocket import nfct_msg

    decoder: Any = nfct_msg  # pyroute2 is untyped
    found = decoder(message)
    found.decode()
    return plain_answer(found)
