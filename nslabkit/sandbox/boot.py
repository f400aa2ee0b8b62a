"""How does the launcher start quickly?

Run by path with ``python -I -S``: without site-packages, which cost more time than the sandbox.
The first argument names the module of this package whose ``main`` gets the rest.
"""

import os
import sys

if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, os.path.dirname(os.path.dirname(here)))
    if sys.argv[1] == "sudo":
        from nslabkit.sandbox.sudo import main
    else:
        from nslabkit.sandbox.launcher import main
    sys.exit(main(sys.argv[2:]))
