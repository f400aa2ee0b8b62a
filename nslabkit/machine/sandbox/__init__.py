"""The sandbox: a machine of its own for a notebook's kernel, without sudo.

`provisioner` (in the Jupyter server) starts `launcher` outside, which makes the namespaces and
starts `init` as process 1 inside, which starts the kernel.  The modules of that chain use the
standard library only and import as little as they can: they run before every notebook starts.
`docs/decisions` and `docs/threat-model.md` say what is decided and what it holds.
"""
