"""Do the files that other services read have the form that these services ask for?

GitHub's workflows, forms and dependabot, and the citation file, each held against the schema that
check-jsonschema brings with it: nothing is asked of the network.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Schema of check-jsonschema -> which files it is for.
SCHEMAS = {
    "vendor.github-workflows": ".github/workflows/*.yml",
    "vendor.github-issue-forms": ".github/ISSUE_TEMPLATE/[!c]*.yml",
    "vendor.github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
    "vendor.dependabot": ".github/dependabot.yml",
    "vendor.citation-file-format": "CITATION.cff",
}


def problems(root: Path = ROOT) -> list[str]:
    """Return what is wrong, a text for each schema."""
    found = []
    for schema, pattern in SCHEMAS.items():
        files = sorted(root.glob(pattern))
        if not files:
            found.append(f"{pattern}: there is no such file")
            continue
        command = [sys.executable, "-m", "check_jsonschema", "--quiet", "--builtin-schema", schema]
        if pattern.endswith(".cff"):
            command += ["--default-filetype", "yaml"]
        done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
        if done.returncode:
            found.append(f"{pattern}:\n{done.stdout}{done.stderr}")
    return found


if __name__ == "__main__":
    FOUND = problems()
    print("\n".join(FOUND), end="\n" if FOUND else "")
    sys.exit(1 if FOUND else 0)
