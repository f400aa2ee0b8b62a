"""How nbgrader runs a submission: in a machine of its own, as its learner, never as root.

Of the grader's environment it gets what the kit needs, and nothing else: under a JupyterHub there
is a token in it that opens the grader's server, and what a cell prints the learner reads.

The notebook's own kernel makes the machine, as everywhere; nbgrader finds it by the kernelspec.
Only a course that `nslabkit course nbgrader` has written loads this, with nbgrader.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nbgrader.preprocessors import Execute
from traitlets import Unicode

from nslabkit.base.errors import NoPrivilegeError
from nslabkit.base.language import translate as _
from nslabkit.course import variants
from nslabkit.course.assignments import learners_variant

_KEPT = (
    *("HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "SHELL", "TERM", "TMPDIR"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "TZ", "USER", "XDG_RUNTIME_DIR"),
    *("NSLAB_BACKEND", "NSLAB_LANG", "NSLAB_LIMITS", "NSLAB_TMP", "NSLAB_UIDMAP"),
    "NSLAB_UML_KERNEL",
)


class ExecuteAsLearner(Execute):  # type: ignore[misc,unused-ignore]  # nbgrader may not be there
    """Run a learner's notebook with the values that are theirs, and without the grader's tokens."""

    _environment: dict[str, str]

    course = Unicode("", help="The course's folder, if learners have variants.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - nbgrader's
        """Run it.

        Raises
        ------
        NoPrivilegeError
            This is root: a learner's program could change every file of this machine.
        """
        if os.geteuid() == 0:
            raise NoPrivilegeError(
                "nbgrader autograde",
                _("This is root, and the cells of a submission may do what you may."),
                _("Grade as an account of its own that has only the course: see docs/nbgrader."),
            )
        learner = resources["nbgrader"]["student"]
        variant = learners_variant(Path(self.course), learner) if self.course else ""
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        self._environment = {**kept, variants.VARIANT: variant}
        return super().preprocess(nb, resources, *args, **kwargs)

    def start_new_kernel(self, **kwargs: Any) -> None:  # noqa: ANN401 - nbclient's
        """Start the notebook's kernel in the environment that is meant for it."""
        super().start_new_kernel(env=self._environment, **kwargs)
