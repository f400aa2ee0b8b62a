"""User-mode Linux: a notebook's own Linux kernel where no sandbox may be made.

User-mode Linux is the Linux kernel built as an ordinary program.  `launcher` starts it outside,
`guest` is process 1 inside, and `mux` carries the notebook's five channels between them over one
serial line, so that nothing a learner does to the network in there can cut the notebook off.
`watcher` sees to it that nothing is left, whoever dies first.  All of these use the standard
library only.  `binder/uml/` builds the kernel, `docs/uml.md` says what differs.
"""
