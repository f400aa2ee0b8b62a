"""Do all addresses of the repository name the account that pyproject.toml names?

The account stands in one place, ``[tool.nslabkit] owner`` of pyproject.toml.  Every other address
of the repository, of its pages and of its badge on Binder is generated from it, in each text file
that git knows.  While the account is still ``OWNER``, ``--check`` reminds of it and does not fail.

usage: tools/owner.py [ACCOUNT | --check]

``tools/owner.py ACCOUNT`` (``make owner OWNER=ACCOUNT``) sets it, then writes all addresses.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UNSET = "OWNER"
PROJECT = "nslabkit"
TEXTS = {".bib", ".cff", ".md", ".toml", ".yaml", ".yml"}
# What GitHub allows as an account's name.
ACCOUNT = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?"
# The account in each address; after the project's name comes no letter, as in "nslabkit-course".
ADDRESSES = tuple(
    re.compile(rf"(?<={re.escape(before)}){ACCOUNT}(?={re.escape(after)}(?![\w-]))", re.IGNORECASE)
    for before, after in (
        ("https://github.com/", f"/{PROJECT}"),
        ("https://raw.githubusercontent.com/", f"/{PROJECT}"),
        ("https://mybinder.org/v2/gh/", f"/{PROJECT}"),
        ("https://", f".github.io/{PROJECT}"),
    )
)
_PLACE = re.compile(r'^(owner = ")[^"]*(")$', re.MULTILINE)


def owner(root: Path = ROOT) -> str:
    """Return the account that has the repository, ``OWNER`` until it is set."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["tool"][PROJECT]["owner"])


def set_owner(account: str, root: Path = ROOT) -> None:
    """Write the account to its one place."""
    if not re.fullmatch(ACCOUNT, account):
        raise SystemExit(
            f"{account!r} cannot be an account of GitHub: letters, digits, and - within"
        )
    path = root / "pyproject.toml"
    text, found = _PLACE.subn(rf"\g<1>{account}\g<2>", path.read_text(encoding="utf-8"))
    if found != 1:
        raise SystemExit('pyproject.toml needs exactly one line: owner = "…"')
    path.write_text(text, encoding="utf-8")


def texts(root: Path = ROOT) -> list[Path]:
    """Return the text files that git knows, and new ones that it does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.check_output(command, cwd=root, text=True).split("\0")
    paths = (root / name for name in names if Path(name).suffix in TEXTS)
    return sorted(path for path in paths if path.is_file())


def derived(text: str, account: str) -> str:
    """Return a text with the account in every address."""
    for address in ADDRESSES:
        text = address.sub(account, text)
    return text


def apply(account: str, root: Path = ROOT, *, only_check: bool = False) -> list[str]:
    """Write the account to all addresses; return which files named, or name, another one."""
    stale = []
    for path in texts(root):
        text = path.read_text(encoding="utf-8")
        wanted = derived(text, account)
        if wanted == text:
            continue
        stale.append(str(path.relative_to(root)))
        if not only_check:
            path.write_text(wanted, encoding="utf-8")
    return stale


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Set or check the account; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("account", nargs="?", metavar="ACCOUNT", help="the account on GitHub")
    parser.add_argument(
        "--check", action="store_true", help="write nothing, only say what is wrong"
    )
    options = parser.parse_args(arguments)
    if options.account and not options.check:
        set_owner(options.account, root)
    account = owner(root)
    stale = apply(account, root, only_check=options.check)
    for name in stale:
        print(
            f"{name} named another account than {account}"
            if not options.check
            else f"{name} names another account than pyproject.toml: tools/owner.py"
        )
    if account == UNSET:
        print("reminder: nobody has the repository yet: make owner OWNER=the-account-on-GitHub")
    return 1 if stale and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
