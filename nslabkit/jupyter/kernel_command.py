"""The command of the kernelspecs: whoever runs it gets a notebook's kernel in its own machine.

``python -P -m nslabkit.jupyter.kernel_command -f {connection_file}``.  Jupyter's own programs start
kernels by the provisioner, which takes this command's place; any other client runs it, and it makes
the machine itself.  Loaded before each such kernel, so it imports next to nothing.
"""

from __future__ import annotations

import sys

MODULE = "nslabkit.jupyter.kernel_command"
_EXTENSION = "--ext=nslabkit.jupyter.kernel_extension"
# Two Linux kernels know nothing of each other's locks on one file.
_NO_SHARED_HISTORY = "--HistoryManager.hist_file=:memory:"
_FILE = ("-f", "--f", "--connection-file", "--IPKernelApp.connection_file")
_COULD_NOT_START = 70  # EX_SOFTWARE of sysexits.h


def kernel_in(way: str, python: str, connection_file: str, rest: list[str]) -> list[str]:
    """Return the command of the kernel itself, to be run inside of a machine made in this way."""
    command = [python, "-m", "ipykernel_launcher", "-f", connection_file, _EXTENSION, *rest]
    return [*command, _NO_SHARED_HISTORY] if way == "uml" else command


def split(arguments: list[str]) -> tuple[str, list[str]]:
    """Return the connection file among `arguments`, however it is written, and the others.

    Jupyter writes ``-f FILE``; VS Code ``--f=FILE``, in quotes if there is a blank in it.
    """
    file = ""
    rest = []
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name in _FILE:
            file = value if equals else next(words, "")
        else:
            rest.append(word)
    if len(file) > 1 and file[0] == file[-1] and file[0] in "\"'":
        file = file[1:-1]
    return file, rest


def main(arguments: list[str]) -> int:
    """Run a kernel in a machine of its own; return its exit status."""
    from nslabkit.machine import choice, stand_in

    file, rest = split(arguments)
    if not file:
        sys.stderr.write(f"usage: python -P -m {MODULE} -f CONNECTION_FILE\n")
        return 2
    try:
        return stand_in.run(lambda way, inside: kernel_in(way, sys.executable, inside, rest), file)
    except choice.AllFailedError as error:
        from nslabkit.machine.uml.uml_diagnosis import told

        sys.stderr.write(f"{told(error.failures)}\n")
        return _COULD_NOT_START


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
