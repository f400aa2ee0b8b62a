"""The layer of a fault: named by the learner before the repair counts, with a word on each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nslabkit.base.errors import InvalidValueError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.base.markup import with_code
from nslabkit.course import learner_answers
from nslabkit.course.choosing import buttons
from nslabkit.course.faults.fault_catalogue import LEVELS, numbered
from nslabkit.course.faults.fault_network import name_layer, standing
from nslabkit.course.faults.fault_wire import layer_of, name_wire_layer, standing_wire
from nslabkit.course.questions import Option, Question

if TYPE_CHECKING:
    from collections.abc import Callable

LAYERS = ("program", "route", "neighbour", "wire", "far")


@dataclass(frozen=True)
class LayerQuestion:
    """The five layers to choose from, as buttons; as text, with the call for each."""

    number: int
    question: Question
    call: str = "layer"
    name_it: Callable[[int], None] = name_layer

    def __repr__(self) -> str:
        """Return the question, and for each layer the call that names it."""
        calls = [f'  lab.faults.{self.call}({self.number}, "{name}")' for name in LAYERS]
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
                self.name_it(self.number)
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
        return with_code(repr(self))


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
    level, place = numbered(number)
    fault = LEVELS[level][place]
    ask = _("Network {number}: in which layer is the fault?").format(number=number)
    options = _options({fault.layer, fault.also or ""}, _if_it_were())
    question = Question(f"fault {number}", "08_find_the_fault", ask, options)
    if standing() != number:
        raise InvalidValueError(
            f"lab.faults.layer({number!r})",
            _("This network has not been built."),
            f"lab.faults.build({number})",
        )
    return _ask_or_take(LayerQuestion(number, question), name)


def wire_layer(number: int, name: str | None = None) -> LayerQuestion | LayerAnswer:
    """Ask for the layer of a wire's fault, or take the answer.

    Parameters
    ----------
    number : int
        As for `lab.faults.wire`.
    name : str, optional
        As for `lab.faults.layer`.

    Returns
    -------
    LayerQuestion or LayerAnswer
        Something to show as the last line of a cell.

    Raises
    ------
    InvalidValueError
        There is no such number or layer, or another wire stands here.
    """
    ask = _("Wire {number}: in which layer is the fault?").format(number=number)
    options = _options({layer_of(number)}, _if_it_were_on_the_wire())
    question = Question(f"wire {number}", "01_one_wire", ask, options)
    if standing_wire() != number:
        raise InvalidValueError(
            f"lab.faults.wire_layer({number!r})",
            _("This wire has not been built."),
            f"lab.faults.wire({number})",
        )
    return _ask_or_take(LayerQuestion(number, question, "wire_layer", name_wire_layer), name)


def _ask_or_take(asked: LayerQuestion, name: str | None) -> LayerQuestion | LayerAnswer:
    """Return the question, or the answer to the layer that was named."""
    if name is None:
        return asked
    call = f"lab.faults.{asked.call}"
    if name not in LAYERS:
        raise InvalidValueError(
            f"{call}({asked.number!r}, {name!r})",
            _("The layers are: {names}").format(names=enumeration(LAYERS)),
            f'{call}({asked.number}, "{LAYERS[0]}")',
        )
    option = asked.question.options[LAYERS.index(name)]
    learner_answers.guessed(asked.question.name, option.text, right=option.right)
    if option.right:
        asked.name_it(asked.number)
    return LayerAnswer(option.right, option.why)


def _options(fitting: set[str], if_it_were: dict[str, str]) -> tuple[Option, ...]:
    """Return the five layers with what is said of each: yes, or what would have to be seen."""
    yes = _("Yes. Now find which piece of it, and mend that.")
    return tuple(
        Option(_texts()[name], name in fitting, yes if name in fitting else if_it_were[name])
        for name in LAYERS
    )


def _texts() -> dict[str, str]:
    return {
        "program": _("the program: does the right one listen at this address and port?"),
        "route": _("address and route: does each machine have its address and know the way?"),
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


def _if_it_were_on_the_wire() -> dict[str, str]:
    """Return the same for a wire between two namespaces, where nothing listens at a port."""
    return {
        "program": _(
            "If it were, `ping` itself could not start, or would complain about its arguments. "
            "It sends; nobody answers."
        ),
        "route": _(
            "If it were, `ip addr` would show an address that is missing, on the wrong side or of "
            "another network. Compare both sides with the plan: netns1 .1/24, netns2 .2/24."
        ),
        "neighbour": _(
            "If it were, addresses, routes and both ends would be right, and only `ip neigh` "
            "would show no MAC address or a wrong one."
        ),
        "wire": _(
            "If it were, an end would be missing, `DOWN` or without carrier. Compare both ends by "
            "`ip link`, each in its namespace."
        ),
        "far": _(
            "If it were, `tcpdump` in netns2 would show the ping coming in and nothing going out."
        ),
    }
