"""Netlink answers as plain dictionaries, decoded by pyroute2.

pyroute2 decodes; it is imported with the first answer that is read, as its import takes longer
than everything else of ours together.
"""

from __future__ import annotations

import errno
import functools
import os
import struct
import warnings
from typing import Any

from nslabkit.netlink.attributes import attributes

Answer = dict[str, Any]

_ENCAP_TYPE = 21  # RTA_ENCAP_TYPE, linux/rtnetlink.h
_LENGTH = struct.Struct("=I")  # of the whole message, by its header


@functools.cache
def _decoders() -> dict[str, Any]:
    with warnings.catch_warnings():
        # What a library warns its own authors of is nothing that a learner can act upon.
        warnings.simplefilter("ignore")
        from pyroute2.netlink.rtnl.ifaddrmsg import ifaddrmsg
        from pyroute2.netlink.rtnl.ifinfmsg import ifinfmsg
        from pyroute2.netlink.rtnl.ndmsg import ndmsg
        from pyroute2.netlink.rtnl.nsidmsg import nsidmsg
        from pyroute2.netlink.rtnl.rtmsg import rtmsg

    class WithUser(rtmsg):
        # Whoever used `rtmsg` before has compiled its list, and a subclass inherits the result.
        _nlmsg_base__compiled_nla = False
        # pyroute2 ends its list before the asker's user id, which `ip route get` shows.
        nla_map = (*rtmsg.nla_map, ("RTA_PAD", "none"), ("RTA_UID", "uint32"))  # type: ignore[assignment]

        def encap_info(self, *_argv: Any, **place: Any) -> Any:  # type: ignore[override]  # noqa: ANN401
            """Return what decodes RTA_ENCAP; pyroute2's own never leaves a length of 0 behind."""
            values = dict(attributes(place["data"], place["offset"]))
            [kind] = struct.unpack("=H", values.get(_ENCAP_TYPE, b"\0\0"))
            return self.encaps.get(kind, self.hex)

    return {
        "link": ifinfmsg,
        "address": ifaddrmsg,
        "route": WithUser,
        "neighbour": ndmsg,
        "nsid": nsidmsg,
    }


def decode(kind: str, messages: list[bytes]) -> list[Answer]:
    """Return each message as a dictionary of its header's fields and its attributes.

    Parameters
    ----------
    kind : str
        ``"link"``, ``"address"``, ``"route"``, ``"neighbour"`` or ``"nsid"``.
    messages : list of bytes
        As `Conversation.dump` and `Conversation.read` return them.

    Raises
    ------
    OSError
        EBADMSG: one is no message of that kind.
    """
    decoder = _decoders()[kind]
    try:
        return [plain_answer(_decoded(decoder, message)) for message in messages]
    except Exception as error:  # pyroute2 passes on whatever its parsers meet
        raise OSError(errno.EBADMSG, os.strerror(errno.EBADMSG)) from error


def _decoded(decoder: Any, message: bytes) -> Any:  # noqa: ANN401 - pyroute2 is untyped
    [length] = _LENGTH.unpack_from(message)
    if length > len(message):
        # pyroute2 would look for attributes up to there, again in each attribute.
        raise ValueError("the header counts bytes that are not there")
    decoded = decoder(message)
    decoded.decode()
    return decoded


def plain_answer(message: Any) -> Answer:  # noqa: ANN401 - pyroute2 is untyped
    """Return a message that pyroute2 has decoded as a dictionary, its attributes by name."""
    answer = {key: value for key, value in message.items() if key not in {"attrs", "header"}}
    repeated: dict[str, list[Any]] = {}
    for attribute in message["attrs"]:
        name, value = attribute[0], attribute[1]
        if isinstance(value, dict) and "attrs" in value:
            value = plain_answer(value)
        repeated.setdefault(name, []).append(value)
    for name, values in repeated.items():  # a link may have several alternative names
        answer[name] = values[0] if len(values) == 1 else values
    return answer
