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
        links,
        namespaces,
        neighbours,
        routes,
    )
    from nslabkit import checks as check
    from nslabkit.backend import backend
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
    from nslabkit.lab import Lab
    from nslabkit.namespaces import HOST, Namespace
    from nslabkit.picture import picture
    from nslabkit.predict import predict
    from nslabkit.spread import spread

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
    "addresses",
    "backend",
    "bridges",
    "cgroups",
    "check",
    "claims",
    "connections",
    "doctor",
    "explain",
    "faults",
    "links",
    "namespaces",
    "neighbours",
    "picture",
    "predict",
    "routes",
    "spread",
]

# Public name -> the module that has it, and its name there; None is the module itself.
_WHERE: dict[str, tuple[str, str | None]] = {
    "HOST": ("namespaces", "HOST"),
    "Lab": ("lab", "Lab"),
    "Namespace": ("namespaces", "Namespace"),
    "addresses": ("addresses", None),
    "backend": ("backend", "backend"),
    "bridges": ("bridges", None),
    "cgroups": ("cgroups", None),
    "check": ("checks", None),
    "claims": ("claims", None),
    "connections": ("connections", None),
    "faults": ("faults", None),
    "doctor": ("doctor", "doctor"),
    "explain": ("explain", "explain"),
    "links": ("links", None),
    "namespaces": ("namespaces", None),
    "neighbours": ("neighbours", None),
    "picture": ("picture", "picture"),
    "predict": ("predict", "predict"),
    "routes": ("routes", None),
    "spread": ("spread", "spread"),
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


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _same_name(name: str) -> property:
    """Return a property for a function that is called like its module.

    Importing ``nslabkit.picture`` makes Python set the attribute ``picture`` of the package to
    the module; a learner who then types ``lab.picture()`` still means the function.
    """
    return property(lambda _package: _load(name), lambda _package, _module: None)


class _Package(ModuleType):
    """The package itself, with the functions that stand before the modules of their name."""

    backend = _same_name("backend")
    doctor = _same_name("doctor")
    explain = _same_name("explain")
    picture = _same_name("picture")
    predict = _same_name("predict")
    spread = _same_name("spread")


if not TYPE_CHECKING:
    sys.modules[__name__].__class__ = _Package
