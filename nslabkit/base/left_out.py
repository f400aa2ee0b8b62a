"""What libraries load and nobody here uses."""

from __future__ import annotations

import sys

# jsonschema takes it for two formats that no schema of Jupyter's has (iri, iri-reference), and it
# builds a grammar when it is imported: most of a server's start.  Without it, jsonschema leaves
# those formats out.
_UNUSED = "rfc3987_syntax"


def leave_out() -> None:
    """Let this process go without; to be called before Jupyter is imported."""
    sys.modules.setdefault(_UNUSED, None)  # type: ignore[arg-type]
