"""A learner's variant: which names, addresses and numbers do the tasks have for this learner?

A seed, a short word in ``NSLAB_VARIANT``, chooses them.  Without a seed everything is as the course
prints it.  A workshop gives each learner the word that `seed_of` makes of the learner and of a
secret of the class, so an answer that was copied from a neighbour names what this machine lacks.

`nslabkit.course.own_values` says which values a task has; here is how they are drawn and put into
texts.  A seed hides nothing from its own learner: what may vary is no secret, only different.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import ipaddress
import os
import random
import re
import secrets
from typing import TYPE_CHECKING

from nslabkit.course.variant_words import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

VARIANT = "NSLAB_VARIANT"
"""The variable that gives a notebook its seed; without it, the values are as the course prints."""

_LENGTH = 8  # letters of a seed: short enough to be read out, 40 bits


def new_secret() -> str:
    """Return a secret for a class, of which the seeds of its learners are made."""
    return secrets.token_hex(16)


def seed_of(secret: str, learner: str) -> str:
    """Return a learner's seed: always the same word, which tells nothing about another's.

    Parameters
    ----------
    secret : str
        The class's secret, from `new_secret`.
    learner : str
        By what the class knows the learner: in a workshop the account.
    """
    mixed = hmac.new(secret.encode(), learner.encode(), hashlib.sha256).digest()
    return base64.b32encode(mixed).decode().lower()[:_LENGTH]


@functools.cache
def seed() -> str:
    """Return the seed of this process, empty if it has none.

    It is read once, before a notebook's first cell, so that no cell gives itself another one.
    """
    return os.environ.get(VARIANT, "")


def become(learners_seed: str) -> None:
    """Do what follows for a learner: a process that delivers to one, or judges what one did."""
    os.environ[VARIANT] = learners_seed
    seed.cache_clear()


def mixer(*purpose: object) -> random.Random:
    """Return what draws for one purpose: the same for the same seed, whatever else is drawn."""
    return random.Random("\0".join(map(str, (seed(), *purpose))))  # noqa: S311 - mixing, no secret


def drawn(lesson: str, kinds: Mapping[str, str]) -> dict[str, str]:
    """Return this learner's values for a lesson's free ones, each different from all the others.

    Without a seed they are what the course prints.

    Parameters
    ----------
    lesson : str
        ``"01_one_wire"``.
    kinds : mapping
        What the course prints -> its kind, one of `KINDS`.
    """
    own: dict[str, str] = {}
    for printed, kind in kinds.items():
        source, value = mixer(lesson, printed), printed
        while seed() and value in {*kinds, *own.values()}:
            value = KINDS[kind](source, printed)
        own[printed] = value
    return own


def in_text(text: str, own: Mapping[str, str], kinds: Mapping[str, str]) -> str:
    """Return a sentence with a learner's values; a name counts only between backticks."""
    names = {printed: value for printed, value in own.items() if kinds[printed] == "name"}
    others = {printed: value for printed, value in own.items() if printed not in names}
    parts = in_code(text, others).split("`")
    parts[1::2] = [in_code(part, names) for part in parts[1::2]]
    return "`".join(parts)


def in_code(code: str, own: Mapping[str, str]) -> str:
    """Return commands or Python with a learner's values, however the bytes of one are written."""
    spelled = {
        old: new
        for printed, value in own.items()
        for old, new in zip(_spellings(printed), _spellings(value), strict=True)
    }
    if not spelled:
        return code
    longest_first = sorted(spelled, key=len, reverse=True)
    any_of = "|".join(f"{re.escape(one)}{_behind(one)}" for one in longest_first)
    return re.sub(
        rf"(?<![\w.-])(?:{any_of})", lambda found: spelled[found[0]], code, flags=re.ASCII
    )


def _behind(printed: str) -> str:
    """Return what must not follow; anything may where an address goes on."""
    return "" if printed[-1] in ".: " else r"(?![\w-]|\.\d)"


def _spellings(value: str) -> tuple[str, ...]:
    """Return a value and how Python's bytes have it: ``172, 16, 0, 7`` or ``02 00 00 00 00 01``.

    Of a link-local address the MAC address that it is made from, too.
    """
    mac = _mac_of(value) if value.startswith("fe80::") else value
    return value, value.replace(".", ", "), value.replace(":", " "), mac


def _mac_of(link_local: str) -> str:
    """Return the MAC address from which an address was made (RFC 4291, appendix A)."""
    half = ipaddress.ip_address(link_local).packed[8:]
    return bytes([half[0] ^ 2, *half[1:3], *half[5:]]).hex(":")


def shown(value: str) -> str:
    """Return a value as a learner reads it: a network with its length, all else as it is."""
    if value.endswith("::"):
        return f"{value}/64"
    return f"{value}0/24" if value.endswith(".") else value


def _name(source: random.Random, _printed: str) -> str:
    return f"{source.choice(WORDS)}{source.randint(10, 99)}"


def _network(source: random.Random, printed: str) -> str:
    if printed.endswith("::"):
        return f"fd00:{source.randint(0x1000, 0xFFFF):x}::"
    return f"10.{source.randint(16, 250)}.{source.randint(1, 254)}."


def _host(source: random.Random, printed: str) -> str:
    if printed.startswith("fe80::"):
        last = f"{source.randint(0x10, 0xFF):x}:{source.randint(0x1000, 0xFFFF):x}"
        return f"{printed.rpartition(':fe')[0]}:fe{last}"
    return f"{printed.rpartition('.')[0]}.{source.randint(100, 239)}"


def _mac(source: random.Random, _printed: str) -> str:
    return ":".join(["02", *(f"{source.randint(0, 255):02x}" for _byte in range(5))])


def _port(source: random.Random, _printed: str) -> str:
    return str(source.randint(8100, 8999))


def _number(source: random.Random, _printed: str) -> str:
    return str(source.randint(5, 60))


KINDS: dict[str, Callable[[random.Random, str], str]] = {
    "name": _name,
    "network": _network,
    "host": _host,
    "mac": _mac,
    "port": _port,
    "number": _number,
}
"""What can be drawn.  A name is a word and two digits.  A network is the first three numbers of a
private /24, ``10.0.3.``, or an IPv6 /64, ``fd00:7::``.  A host is the last number of an address,
from 100 to 239: no lesson has anybody there; of a link-local address that is made from a MAC
address, it is the three bytes that the maker of a card numbers.  A MAC address is a locally
administered one.  No well-known service has such a port.  A number is from 5 to 60: a ttl with
which no system sends, the number of a namespace that no kernel has reached.
"""
