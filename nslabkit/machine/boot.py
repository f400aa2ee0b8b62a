"""The quick start of each program of a machine: launcher, guest and ``sudo``.

Run by path with ``python -I -S``: without site-packages, which cost more time than the sandbox.
The first argument names the program, whose ``main`` gets the rest.
"""

import importlib
import os
import sys

PATH = os.path.abspath(__file__)
PROGRAMS = {
    "launch": "sandbox.launcher",
    "sudo": "sandbox.sudo",
    "uml-launch": "uml.uml_launcher",
    "uml-guest": "uml.guest",
}

if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(PATH))))
    program = importlib.import_module(f"nslabkit.machine.{PROGRAMS[sys.argv[1]]}")
    sys.exit(program.main(sys.argv[2:]))
