"""Are the values right by the chart's own schema?  Laid over the chart's defaults, as helm does it.

usage: deploy/check.py FOLDER-OF-THE-CHART   (``jupyterhub`` of a clone of zero-to-jupyterhub-k8s)
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import jsonschema
import yaml

VALUES = Path(__file__).with_name("zero-to-jupyterhub.yaml")


def laid_over(below: Any, above: Any) -> Any:  # noqa: ANN401 - whatever YAML has
    """Return `above` with what it does not say taken from `below`."""
    if not isinstance(below, dict) or not isinstance(above, dict):
        return above
    return {
        key: laid_over(below.get(key), above[key]) if key in above else below[key]
        for key in [*below, *(key for key in above if key not in below)]
    }


def problems(chart: Path) -> list[str]:
    """Return what the schema finds wrong, a line each."""
    defaults, schema = (
        yaml.safe_load((chart / name).read_text(encoding="utf-8"))
        for name in ("values.yaml", "values.schema.yaml")
    )
    values = laid_over(defaults, yaml.safe_load(VALUES.read_text(encoding="utf-8")))
    found = jsonschema.Draft7Validator(schema).iter_errors(values)
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in found]


if __name__ == "__main__":
    wrong = problems(Path(sys.argv[1]))
    sys.stdout.write("".join(f"{line}\n" for line in wrong) or "The values are right.\n")
    sys.exit(bool(wrong))
