"""Is the style kept, and is everything that is generated up to date?

Runs each check to its end, even if an earlier one failed, so that one run shows all there is to
mend.  The pre-commit hooks run the same commands.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent

CHECKS = {
    "style": (str(BIN / "ruff"), "check", "--quiet", "."),
    "format": (str(BIN / "ruff"), "format", "--check", "--quiet", "."),
    "types": (str(BIN / "mypy"), "--no-error-summary"),
    "unused code": (str(BIN / "vulture"),),
    "spelling": (str(BIN / "codespell"),),
    "translations": (sys.executable, "tools/messages.py", "check"),
    "glossary": (sys.executable, "tools/glossary.py", "--check"),
    "Chinese": (sys.executable, "tools/terms.py"),
    "widgets": (sys.executable, "tools/frontend.py", "--check"),
    "JavaScript": (sys.executable, "tools/javascript.py"),
    "notebooks": (sys.executable, "tools/notebooks.py", "--check"),
    "addresses": (sys.executable, "tools/owner.py", "--check"),
    "forms and workflows": (sys.executable, "tools/schemas.py"),
    "locked versions": ("tools/lock.sh", "--check"),
}


def main() -> int:
    """Run all checks and return the exit status."""
    failed = []
    for name, command in CHECKS.items():
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        print(f"{name}: {'ok' if status == 0 else 'to fix'}", flush=True)
        if status:
            failed.append(name)
    print("to fix: " + ", ".join(failed) if failed else "all checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
