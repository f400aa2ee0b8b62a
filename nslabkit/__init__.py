"""Linux network namespaces made visible: create, connect, ping and watch them from a notebook.

``import nslabkit as lab`` loads nearly nothing: each name is imported when it is first used
(PEP 562), so that a cell's import line answers at once.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nslabkit.base.errors import (
        AlreadyExistsError,
        CommandError,
        InvalidValueError,
        NoPrivilegeError,
        NotFoundError,
        NotSupportedError,
        NslabError,
        OutOfResourcesError,
        SandboxError,
    )
    from nslabkit.course import checks as check
    from nslabkit.course import claims, faults
    from nslabkit.course.catch_up import catch_up
    from nslabkit.course.closed_page import closed
    from nslabkit.course.emptying import empty
    from nslabkit.course.explain.explain import explain
    from nslabkit.course.predict import compare, predict
    from nslabkit.course.progress_table import progress
    from nslabkit.course.recall import learned, recall
    from nslabkit.course.tasks.goal import goal
    from nslabkit.course.tasks.task import hint
    from nslabkit.course.wait_for import wait_for
    from nslabkit.doctor import doctor
    from nslabkit.live.snapshot import snapshot
    from nslabkit.machine.backend import backend
    from nslabkit.net import (
        addresses,
        bridges,
        cgroups,
        connections,
        links,
        namespaces,
        neighbours,
        offloads,
        qdiscs,
        routes,
    )
    from nslabkit.net.lab import Lab
    from nslabkit.net.namespace import HOST, Namespace
    from nslabkit.show import figures, forms
    from nslabkit.show.figures.style import style
    from nslabkit.show.lab_recording import capture, open_capture
    from nslabkit.show.picture import picture
    from nslabkit.show.scrubber import scrubber
    from nslabkit.show.topology import Topology, topology
    from nslabkit.timeline.making import timeline

__all__ = [
    "HOST",
    "AlreadyExistsError",
    "CommandError",
    "InvalidValueError",
    "Lab",
    "Namespace",
    "NoPrivilegeError",
    "NotFoundError",
    "NotSupportedError",
    "NslabError",
    "OutOfResourcesError",
    "SandboxError",
    "Topology",
    "addresses",
    "backend",
    "bridges",
    "capture",
    "catch_up",
    "cgroups",
    "check",
    "claims",
    "closed",
    "compare",
    "connections",
    "doctor",
    "empty",
    "explain",
    "faults",
    "figures",
    "forms",
    "goal",
    "hint",
    "learned",
    "links",
    "namespaces",
    "neighbours",
    "offloads",
    "open_capture",
    "picture",
    "predict",
    "progress",
    "qdiscs",
    "recall",
    "routes",
    "scrubber",
    "snapshot",
    "style",
    "timeline",
    "topology",
    "wait_for",
]

# Public name -> the module that has it, and its name there; None is the module itself.
_WHERE: dict[str, tuple[str, str | None]] = {
    "HOST": ("net.namespace", "HOST"),
    "Lab": ("net.lab", "Lab"),
    "Namespace": ("net.namespace", "Namespace"),
    "Topology": ("show.topology", "Topology"),
    "addresses": ("net.addresses", None),
    "backend": ("machine.backend", "backend"),
    "bridges": ("net.bridges", None),
    "capture": ("show.lab_recording", "capture"),
    "catch_up": ("course.catch_up", "catch_up"),
    "cgroups": ("net.cgroups", None),
    "check": ("course.checks", None),
    "claims": ("course.claims", None),
    "closed": ("course.closed_page", "closed"),
    "compare": ("course.predict", "compare"),
    "connections": ("net.connections", None),
    "doctor": ("doctor", "doctor"),
    "empty": ("course.emptying", "empty"),
    "explain": ("course.explain.explain", "explain"),
    "faults": ("course.faults", None),
    "figures": ("show.figures", None),
    "forms": ("show.forms", None),
    "goal": ("course.tasks.goal", "goal"),
    "hint": ("course.tasks.task", "hint"),
    "learned": ("course.recall", "learned"),
    "links": ("net.links", None),
    "namespaces": ("net.namespaces", None),
    "neighbours": ("net.neighbours", None),
    "offloads": ("net.offloads", None),
    "open_capture": ("show.lab_recording", "open_capture"),
    "picture": ("show.picture", "picture"),
    "predict": ("course.predict", "predict"),
    "progress": ("course.progress_table", "progress"),
    "qdiscs": ("net.qdiscs", None),
    "recall": ("course.recall", "recall"),
    "routes": ("net.routes", None),
    "scrubber": ("show.scrubber", "scrubber"),
    "snapshot": ("live.snapshot", "snapshot"),
    "style": ("show.figures.style", "style"),
    "timeline": ("timeline", "timeline"),
    "topology": ("show.topology", "topology"),
    "wait_for": ("course.wait_for", "wait_for"),
}
_WHERE |= {name: ("base.errors", name) for name in __all__ if name.endswith("Error")}


def _load(name: str) -> Any:  # noqa: ANN401 - a public name may be anything
    module_name, attribute = _WHERE[name]
    module = importlib.import_module(f"{__name__}.{module_name}")
    return module if attribute is None else getattr(module, attribute)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - see _load
    if name not in _WHERE:
        text = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(text, name=name, obj=sys.modules[__name__])
    value = globals()[name] = _load(name)
    return value


def load_ipython_extension(shell: Any) -> None:  # noqa: ANN401 - IPython is not loaded for it
    """Add ``%nslab``, ``%%explain`` and the line below each cell that changes something."""
    importlib.import_module(f"{__name__}.jupyter.magics").load(shell)


def unload_ipython_extension(shell: Any) -> None:  # noqa: ANN401 - the same
    """Take them away again."""
    importlib.import_module(f"{__name__}.jupyter.magics").unload(shell)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _function(name: str) -> property:
    """Return a property for a function that is called like its package.

    Importing ``nslabkit.capture`` makes Python set the attribute ``capture`` of the package to
    the module; a learner who then types ``lab.capture()`` still means the function.
    """
    return property(lambda _package: _load(name), lambda _package, _module: None)


class _Package(ModuleType):
    """The package itself, with the three functions that stand before the packages of their name."""

    capture = _function("capture")
    doctor = _function("doctor")
    timeline = _function("timeline")


if not TYPE_CHECKING:
    sys.modules[__name__].__class__ = _Package
