"""The machine that a notebook's kernel lives in: a sandbox of namespaces, or User-mode Linux.

All of this package needs the standard library only, and of the kit nothing but its errors and its
language: it starts before every notebook, with ``python -I -S``, where no other package can be
found, and looking for them would cost more time than the sandbox itself (`boot`).
``tests/project/test_layers.py`` keeps it so.
"""
