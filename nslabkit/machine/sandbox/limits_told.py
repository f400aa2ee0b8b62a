"""The sentence that tells a learner which limits a notebook has, and how they are taken away."""

from __future__ import annotations

from nslabkit.base.language import translate as _
from nslabkit.machine.sandbox.limits import MIB, from_environment


def sentence() -> str:
    """Return the limits that notebooks of this environment get."""
    limits = from_environment()
    if limits is None:
        return _("No limits are set (NSLAB_LIMITS=off): a mistake may slow the whole machine.")
    return _(
        "Limits of a notebook: {processes} processes, {namespaces} network namespaces, {memory} "
        "MiB of memory per process, {run} MiB in /run. NSLAB_LIMITS=off takes them away."
    ).format(
        processes=limits.processes,
        namespaces=limits.namespaces,
        memory=limits.process_memory // MIB,
        run=limits.run // MIB,
    )
