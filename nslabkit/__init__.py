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
    from nslabkit import (
        addresses,
        bridges,
        cgroups,
        claims,
        connections,
        figures,
        forms,
        links,
        namespaces,
        neighbours,
        routes,
    )
    from nslabkit import checks as check
    from nslabkit.backend import backend
    from nslabkit.capture import capture, open_capture
    from nslabkit.catch_up import catch_up
    from nslabkit.doctor import doctor
    from nslabkit.errors import (
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
    from nslabkit.explain import explain
    from nslabkit.figures.style import style
    from nslabkit.lab import Lab
    from nslabkit.live.snapshot import snapshot
    from nslabkit.namespaces import HOST, Namespace
    from nslabkit.picture import picture
    from nslabkit.predict import predict
    from nslabkit.progress_table import progress
    from nslabkit.scrubber import scrubber
    from nslabkit.spread import spread
    from nslabkit.timeline.making import timeline
    from nslabkit.topology import Topology, topology

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
    "connections",
    "doctor",
    "explain",
    "faults",
    "figures",
    "forms",
    "links",
    "namespaces",
    "neighbours",
    "open_capture",
    "picture",
    "predict",
    "progress",
    "routes",
    "scrubber",
    "snapshot",
    "spread",
    "style",
    "timeline",
    "topology",
]

# Public name -> the module that has it, and its name there; None is the module itself.
_WHERE: dict[str, tuple[str, str | None]] = {
    "HOST": ("namespaces", "HOST"),
    "Lab": ("lab", "Lab"),
    "Namespace": ("namespaces", "Namespace"),
    "Topology": ("topology", "Topology"),
    "addresses": ("addresses", None),
    "backend": ("backend", "backend"),
    "bridges": ("bridges", None),
    "catch_up": ("catch_up", "catch_up"),
    "capture": ("capture", "capture"),
    "cgroups": ("cgroups", None),
    "check": ("checks", None),
    "claims": ("claims", None),
    "connections": ("connections", None),
    "faults": ("faults", None),
    "figures": ("figures", None),
    "forms": ("forms", None),
    "doctor": ("doctor", "doctor"),
    "explain": ("explain", "explain"),
    "links": ("links", None),
    "namespaces": ("namespaces", None),
    "neighbours": ("neighbours", None),
    "open_capture": ("capture", "open_capture"),
    "picture": ("picture", "picture"),
    "predict": ("predict", "predict"),
    "progress": ("progress_table", "progress"),
    "routes": ("routes", None),
    "scrubber": ("scrubber", "scrubber"),
    "spread": ("spread", "spread"),
    "style": ("figures.style", "style"),
    "snapshot": ("live.snapshot", "snapshot"),
    "timeline": ("timeline", "timeline"),
    "topology": ("topology", "topology"),
}
_WHERE |= {name: ("errors", name) for name in __all__ if name.endswith("Error")}


def _load(name: str) -> Any:  # noqa: ANN401 - a public name may be anything
    module_name, attribute = _WHERE[name]
    module = importlib.import_module(f"{__name__}.{module_name}")
    return module if attribute is None else getattr(module, attribute)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - see _load
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = _load(name)
    return value


def load_ipython_extension(shell: Any) -> None:  # noqa: ANN401 - IPython is not loaded for it
    """Add ``%nslab``, ``%%explain`` and the line below each cell that changes something."""
    importlib.import_module(f"{__name__}.magics").load(shell)


def unload_ipython_extension(shell: Any) -> None:  # noqa: ANN401 - the same
    """Take them away again."""
    importlib.import_module(f"{__name__}.magics").unload(shell)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _same_name(name: str) -> property:
    """Return a property for a function that is called like a module.

    Importing ``nslabkit.picture`` makes Python set the attribute ``picture`` of the package to
    the module; a learner who then types ``lab.picture()`` still means the function.
    """
    return property(lambda _package: _load(name), lambda _package, _module: None)


class _Package(ModuleType):
    """The package itself, with the functions that stand before the modules of their name."""

    catch_up = _same_name("catch_up")
    capture = _same_name("capture")
    backend = _same_name("backend")
    doctor = _same_name("doctor")
    explain = _same_name("explain")
    picture = _same_name("picture")
    predict = _same_name("predict")
    progress = _same_name("progress")
    scrubber = _same_name("scrubber")
    spread = _same_name("spread")
    timeline = _same_name("timeline")
    topology = _same_name("topology")


if not TYPE_CHECKING:
    sys.modules[__name__].__class__ = _Package
