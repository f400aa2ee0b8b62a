"""How does each side start quickly?

Run by path with ``python -I -S``, outside as the launcher and inside as process 1 (see
`nslabkit.sandbox.boot`).
"""

import os
import sys

if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, os.path.dirname(os.path.dirname(here)))
    if sys.argv[1] == "guest":
        from nslabkit.uml.guest import main
    else:
        from nslabkit.uml.launcher import main
    sys.exit(main(sys.argv[2:]))
