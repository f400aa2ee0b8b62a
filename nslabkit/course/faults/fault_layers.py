"""The layer of a fault: named by the learner before the repair counts, with a word on each."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import translate as _
from nslabkit.course import learner_answers
from nslabkit.course.choosing import buttons
from nslabkit.course.faults.fault_catalogue import LEVELS, numbered
from nslabkit.course.faults.fault_network import name_layer, standing
from nslabkit.course.questions import Option, Question

__all__ = ["LAYERS", "LayerAnswer", "LayerQuestion", "layer"]

LAYERS = ("program", "route", "neighbour", "wire", "far")


@dataclass(frozen=True)
class LayerQuestion:
    """The five layers to choose from, as buttons; as text, with the call for each."""

    number: int
    question: Question

    def __repr__(self) -> str:
        """Return the question, and for each layer the call that names it."""
        calls = [f'  lab.faults.layer({self.number}, "{name}")' for name in LAYERS]
        return "\n".join(
            [
                self.question.ask,
                *(f"{call}  {_texts()[name]}" for call, name in zip(calls, LAYERS, strict=True)),
            ]
        )

    def _repr_mimebundle_(self, **_kwargs: object) -> dict[str, Any]:
        def reply(option: Option | None) -> str:
            if option is None:
                return _("Look first, then choose.")
            if option.right:
                name_layer(self.number)
            return f"{'✔' if option.right else '→'} {option.why}"

        widget = buttons(self.question, reply)
        return {**widget._repr_mimebundle_(), "text/plain": repr(self)}


@dataclass(frozen=True)
class LayerAnswer:
    """What was said of a layer that was named; true if the fault is there."""

    right: bool
    sentence: str

    def __bool__(self) -> bool:
        """Whether the fault is in this layer."""
        return self.right

    def __repr__(self) -> str:
        """Return the sentence with its mark."""
        return f"{'✔' if self.right else '→'} {self.sentence}"

    def _repr_html_(self) -> str:
        parts = html.escape(repr(self)).split("`")
        return "".join(
            f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts)
        )


def layer(number: int, name: str | None = None) -> LayerQuestion | LayerAnswer:
    """Ask for the layer of a network's fault, or take the answer.

    Parameters
    ----------
    number : int
        As for `lab.faults.build`.
    name : str, optional
        ``"program"``, ``"route"``, ``"neighbour"``, ``"wire"`` or ``"far"``.  Without it there are
        buttons.

    Returns
    -------
    LayerQuestion or LayerAnswer
        Something to show as the last line of a cell.

    Raises
    ------
    InvalidValueError
        There is no such number or layer, or another network stands here.

    Examples
    --------
    >>> import nslabkit as lab
    >>> lab.faults.build(1)
    >>> bool(lab.faults.layer(1, "program"))
    False
    >>> lab.faults.clear()
    """
    question = _question(number)
    if standing() != number:
        raise InvalidValueError(
            f"lab.faults.layer({number!r})",
            _("This network is not here to be looked at."),
            f"lab.faults.build({number})",
        )
    if name is None:
        return LayerQuestion(number, question)
    if name not in LAYERS:
        raise InvalidValueError(
            f"lab.faults.layer({number!r}, {name!r})",
            _("The layers are: {names}").format(names=", ".join(LAYERS)),
            f'lab.faults.layer({number}, "{LAYERS[0]}")',
        )
    option = question.options[LAYERS.index(name)]
    learner_answers.guessed(question.name, option.text, right=option.right)
    if option.right:
        name_layer(number)
    return LayerAnswer(option.right, option.why)


def _question(number: int) -> Question:
    level, place = numbered(number)
    fault = LEVELS[level][place]
    options = []
    for name in LAYERS:
        right = name in (fault.layer, fault.also)
        why = _("Yes. Now find which piece of it, and mend that.") if right else _if_it_were()[name]
        options.append(Option(_texts()[name], right, why))
    ask = _("Network {number}: in which layer is the fault?").format(number=number)
    return Question(f"fault {number}", "08_find_the_fault", ask, tuple(options))


def _texts() -> dict[str, str]:
    return {
        "program": _("the program: does the right one listen at this address and port?"),
        "route": _("address and route: has each machine on the way its address and knows the way?"),
        "neighbour": _("the neighbour: does its MAC address come back, and is it the right one?"),
        "wire": _("the wire: both ends there, up, and wide enough for the packet?"),
        "far": _("the far side: it arrives, but is it let in, and does the answer come back?"),
    }


def _if_it_were() -> dict[str, str]:
    """Return for each layer what would have to be seen if the fault were there."""
    return {
        "program": _(
            "If it were, everything would work up to the port: ping answered, and `ss -ltnp` on "
            "the server without the right program at 10.2.0.2:8080. Is that what you see?"
        ),
        "route": _(
            "If it were, an address, a prefix length or a route of the client or the router would "
            "differ from the plan. Compare `ip addr`, `ip rule` and `ip route get` line by line."
        ),
        "neighbour": _(
            "If it were, routes and links would be right, and `ip neigh` would show no MAC address "
            "or a wrong one for the next machine. Compare it with `ip link` over there."
        ),
        "wire": _(
            "If it were, a link would be missing, `DOWN`, without carrier, or too small for the "
            "packet. Compare both ends by `ip link`: name, state, mtu."
        ),
        "far": _(
            "If it were, `tcpdump` on the server would show the packet coming in. Does it? And "
            "does an answer leave, and get as far as the client?"
        ),
    }
