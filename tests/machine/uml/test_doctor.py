"""Does the doctor find the Linux of its own that stands in for a sandbox?"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from uml_machines import forbidding_user_namespaces, run

if TYPE_CHECKING:
    from conftest import Uml


@pytest.mark.long
def test_it_boots_it_and_tries_everything_in_it(uml: Uml) -> None:
    doctor = (sys.executable, "-c", "from nslabkit.cli import main; main()", "doctor", "--json")
    ended = run(*forbidding_user_namespaces(), *doctor, NSLAB_BACKEND="auto")
    found = json.loads(ended.stdout)
    assert found["can_run_first_lesson"] is True
    checks = {check["name"]: check for check in found["checks"]}
    assert checks["sandbox"]["status"] == "warn"
    assert checks["limits"]["status"] == "warn"
    assert checks["uml"]["status"] == "ok"
    assert "one processor" in checks["uml"]["seen"]
    missing = [name for name, check in checks.items() if check["status"] != "ok"]
    assert missing == ["sandbox", "eight-kinds", "limits"]
    assert "time" in checks["eight-kinds"]["seen"]
    assert not uml.processes()
