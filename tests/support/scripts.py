"""Scripts that are in no package, such as those of `tools/`, as modules for a test."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def loaded(path: str) -> Any:  # noqa: ANN401 - a module has no narrower type
    """Return the module that the script at this path of the repository makes, each time anew."""
    spec = importlib.util.spec_from_file_location(f"script_{Path(path).stem}", ROOT / path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
