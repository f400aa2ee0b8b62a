"""Any command in a sandbox of its own: ``python -m nslabkit.machine.sandbox -- CMD…``."""

from __future__ import annotations

import sys

from nslabkit.base.errors import SandboxError
from nslabkit.machine.trial import run


def main() -> int:
    """Check the arguments and become the launcher."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--"]:
        arguments = arguments[1:]
    if not arguments:
        sys.stderr.write("usage: python -m nslabkit.machine.sandbox -- COMMAND [ARGUMENT…]\n")
        return 2
    try:
        return run(arguments)
    except SandboxError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
