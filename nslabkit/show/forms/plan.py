"""The plan of a form: its fields, its command, its work."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from nslabkit.base.errors import InvalidValueError, NslabError

if TYPE_CHECKING:
    from nslabkit.live.model import LinkModel, Model, NamespaceModel
    from nslabkit.show.topology.acts import Commands

Values: TypeAlias = Mapping[str, str]
Choice: TypeAlias = tuple[str, str]  # what is read, and what it stands for


@dataclass(frozen=True)
class FormField:
    """One field of a form.

    Attributes
    ----------
    name : str
        By which `Form.fill` knows it.
    label : callable
        Returns what stands before it, in the reader's language.
    kind : str
        ``"text"``, ``"choice"``, ``"offer"`` (text, with a list to choose from) or ``"tick"``.
    first : str
        What is in it at the start; for a tick ``"yes"`` or ``""``.
    choices : callable, optional
        Returns what can be chosen now.
    wrong : callable, optional
        Returns why what is in it cannot be, one or two sentences; None where it can.
    wanted : callable
        Whether it is needed with what is in the other fields.
    """

    name: str
    label: Callable[[], str]
    kind: str = "text"
    first: str = ""
    choices: Callable[[Model, Values], list[Choice]] | None = None
    wrong: Callable[[Values, Model], str | None] | None = None
    wanted: Callable[[Values], bool] = lambda _values: True


class Job:
    """What is under way: where it shows what it has to say, and how it is cancelled."""

    def __init__(self, show: Callable[[str], None], keep: Callable[[Any], None]) -> None:
        self.show = show
        self.keep = keep
        self.cancelled = threading.Event()
        self._stop: Callable[[], None] | None = None

    def cancel(self) -> None:
        """Ask it to end."""
        self.cancelled.set()
        if self._stop is not None:
            self._stop()

    def stops_with(self, stop: Callable[[], None]) -> None:
        """Have `cancel` call `stop`; at once, where it was cancelled before."""
        self._stop = stop
        if self.cancelled.is_set():
            stop()


@dataclass(frozen=True)
class FormPlan:
    """What a form is for.

    Attributes
    ----------
    name : str
        The function of `nslabkit.show.forms` that shows it.
    title : callable
        What it does, in the reader's language.
    fields : tuple of FormField
        In their order.
    commands : callable
        Returns the commands for what is in the fields.
    work : callable
        Does it; returns a sentence on how it went.
    seconds : callable, optional
        About how long it takes; None: no time worth showing.  What has it can be cancelled.
    clears : tuple of str
        The fields that are emptied when it was done: what they hold is there now.
    """

    name: str
    title: Callable[[], str]
    fields: tuple[FormField, ...]
    commands: Callable[[Values], Commands]
    work: Callable[[Values, Job], str]
    seconds: Callable[[Values], float] | None = None
    clears: tuple[str, ...] = ()


def reason_of(check: Callable[[], object]) -> str | None:
    """Return why `check` refuses, in the words of its error; None where it does not."""
    try:
        check()
    except InvalidValueError as error:
        return error.advice
    except NslabError as error:
        return error.reason
    return None


def named_spaces(model: Model) -> dict[str, NamespaceModel]:
    """Return the namespaces by name; "" is the host."""
    return {space["name"]: space for space in model["namespaces"]}


def links_in(model: Model, name: str) -> list[LinkModel]:
    """Return the links of a namespace; none where there is no such namespace."""
    space = named_spaces(model).get(name)
    return space["links"] if space else []
