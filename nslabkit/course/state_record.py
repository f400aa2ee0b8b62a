"""The record of a passed check: what did it say, and what did the kernel hold at that moment?

Kept in ``DIR/.nslabkit/states/`` beside the progress (`nslabkit.course.progress`), one small file
for each check, so that ``nslabkit grade`` also knows of what was built in a terminal or by clicks.
It holds names, addresses, routes, neighbours, firewall rules and a few settings of the notebook's
own machine: nothing of cells, files, commands or packets.

Like the progress it must never stop a lesson: what cannot be read or written is left out.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base import files
from nslabkit.course.progress import kept_in
from nslabkit.course.standing import LONGEST, decode, moment, now
from nslabkit.net import links
from nslabkit.net.namespace import resolve
from nslabkit.net.settings import settings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path

    from nslabkit.live.model import LinkModel, NamespaceModel

FOLDER = "states"
"""Where the records are, in the kit's corner of the learner's folder."""
LARGEST = 1 << 16
"""Bytes of one record; of a larger state only the sentence is kept."""
MOST = 200
"""How many records are kept; the oldest go first."""
_RULES = 8192  # characters of a namespace's firewall rules
_SENTENCE = 600


@dataclass(frozen=True)
class StateRecord:
    """What a check said when it passed, and what was there.

    Attributes
    ----------
    lesson, check : str
        Their names, as in the progress.
    sentence : str
        What the check said.
    when : datetime
        When (UTC).
    namespaces : tuple of dict or None
        The host and the named namespaces, as `state` returns them; None where that was too much.
    """

    lesson: str
    check: str
    sentence: str
    when: dt.datetime
    namespaces: tuple[dict[str, Any], ...] | None


def keep(lesson: str, check: str, sentence: str) -> None:
    """Keep what a check that passed just now has seen; never raises.

    Parameters
    ----------
    lesson, check : str
        Their names.
    sentence : str
        What the check said.
    """
    corner = kept_in()
    if corner is None:
        return
    with contextlib.suppress(Exception):  # whatever it is, the check has passed
        folder = corner / FOLDER
        files.keep_private(folder)
        digest = hashlib.sha256(f"{lesson}\0{check}".encode(errors="replace")).hexdigest()
        content = _encoded(lesson, check, sentence)
        files.replace_file(folder / f"{digest[:16]}.json", content, 0o600)
        _forget_oldest(folder)


def records(folder: Path) -> tuple[StateRecord, ...]:
    """Return the records in a learner's folder; what is not in their form counts as nothing.

    They were written by the learner's own account, so they say what that account wants.

    Parameters
    ----------
    folder : Path
        The learner's folder, the one with the lessons in ``en`` or ``zh``.
    """
    found = []
    paths = sorted((folder / ".nslabkit" / FOLDER).glob("*.json"))
    for path in paths[:MOST]:
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
            content, _owner = files.read_foreign(path, LARGEST)
            if len(content) <= LARGEST:
                found.append(_record(decode(content)))
    return tuple(found)


def state() -> list[dict[str, Any]]:
    """Return what is in the host and in each named namespace now, by names alone.

    As `lab.snapshot` reads it, with the aliases of links, firewall rules and settings; a wire's
    other end is named by its namespace and link.
    """
    from nslabkit.live.snapshot import snapshot  # only a check that has passed needs it

    models = snapshot().namespaces
    return [_namespace(model, models) for model in models]


def _encoded(lesson: str, check: str, sentence: str) -> bytes:
    value: dict[str, Any] = {
        "lesson": lesson[:LONGEST],
        "check": check[:LONGEST],
        "sentence": sentence[:_SENTENCE],
        "when": now().isoformat(),
        "namespaces": state(),
    }
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    if len(content) > LARGEST:
        value["namespaces"] = None
        content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return content


def _namespace(model: NamespaceModel, models: Iterable[NamespaceModel]) -> dict[str, Any]:
    where = model["name"] or None
    aliases = {link.name: link.json.get("ifalias") for link in links.links(where)}
    return {
        "name": model["name"],
        "links": [_link(link, aliases.get(link["name"]), models) for link in model["links"]],
        "routes": model["routes"],
        "neighbours": model["neighbours"],
        "firewall": _firewall(where) if model["rules"] else "",
        "settings": settings(where),
    }


def _link(link: LinkModel, alias: object, models: Iterable[NamespaceModel]) -> dict[str, Any]:
    kept = ("name", "kind", "state", "mac", "mtu", "addresses", "master")
    told: dict[str, Any] = {name: link[name] for name in kept}  # type: ignore[literal-required]
    if alias:
        told["alias"] = alias
    end = link["peer"]
    for model in models if end else ():
        for other in model["links"]:
            if end == {"namespace": model["key"], "index": other["index"]}:
                told["peer"] = {"namespace": model["name"], "link": other["name"]}
    return told


def _firewall(where: str | None) -> str:
    """Return a namespace's rules as ``nft list ruleset`` prints them; nothing of very many."""
    said = resolve(where).run(["nft", "list", "ruleset"], quiet=True).stdout
    return said if len(said) <= _RULES else ""


def _forget_oldest(folder: Path) -> None:
    paths = list(folder.glob("*.json"))
    if len(paths) > MOST:
        paths.sort(key=lambda path: path.stat().st_mtime_ns)
        for path in paths[:-MOST]:
            path.unlink(missing_ok=True)


def _record(value: Any) -> StateRecord:  # noqa: ANN401 - whatever JSON gave
    namespaces = value["namespaces"]
    if namespaces is not None and not all(isinstance(one, dict) for one in namespaces):
        raise ValueError("namespaces")
    return StateRecord(
        _text(value["lesson"], LONGEST),
        _text(value["check"], LONGEST),
        _text(value["sentence"], _SENTENCE),
        moment(value["when"]),
        None if namespaces is None else tuple(namespaces),
    )


def _text(value: object, longest: int) -> str:
    if not isinstance(value, str) or not value.isprintable() or len(value) > longest:
        raise ValueError("text")
    return value
