"""The bug report: facts about this machine that do not say whose it is."""

from __future__ import annotations

import os
import platform
import resource
from importlib import metadata
from typing import TYPE_CHECKING

from nslabkit.base import language
from nslabkit.base.errors import InvalidValueError, NslabError
from nslabkit.base.language import translate as _
from nslabkit.doctor import platforms, privacy, python_side, rendering
from nslabkit.machine import kernel_settings
from nslabkit.machine.uml import kernel_file

if TYPE_CHECKING:
    from pathlib import Path

    from nslabkit.doctor.examination import Examination

_HEADING = "nslabkit doctor report"
_WIDTH = 100
_LIMITS = ("NOFILE", "NPROC", "AS", "STACK")


def write(examination: Examination, file: Path) -> None:
    """Write the report to `file`; an older report is replaced.

    Raises
    ------
    InvalidValueError
        `file` is something else than an older report: it is left alone.
    NslabError
        It cannot be written.
    """
    tried = f"nslabkit doctor --report {file}"
    try:
        if file.exists() and not file.read_text(errors="replace").startswith(_HEADING):
            raise InvalidValueError(
                tried,
                _("This file already exists, and it is not a report."),
                _("You: choose another name."),
            )
        file.write_text(text(examination), encoding="utf-8")
    except OSError as error:
        raise NslabError(
            tried,
            _("The report cannot be written there."),
            _(
                "You: name a file in a folder that you can write to, such as `--report "
                "~/report.txt`."
            ),
            errno=error.errno,
        ) from None


def text(examination: Examination) -> str:
    """Return the report: versions, settings, limits and the table, nothing personal."""
    sections = {
        "Versions": _versions(),
        "Kernel and its settings": _settings(),
        "Limits": _limits(),
        "Checks": rendering.text(examination.checks, examination.notes, width=_WIDTH),
    }
    body = "\n\n".join(f"## {title}\n\n{lines}" for title, lines in sections.items())
    return privacy.without_names(f"{_HEADING}\n\n{body}\n")


def _versions() -> str:
    packages = {"nslabkit": metadata.version("nslabkit"), **python_side.versions()}
    lines = [f"{name} {version or 'missing'}" for name, version in packages.items()]
    return "\n".join([f"Python {platform.python_version()}", *lines])


def _settings() -> str:
    settings = kernel_settings.read()
    rows = {
        "kernel": f"{platform.release()} {platform.machine()}",
        "distribution": platforms.pretty_name(),
        "platform": ", ".join(platforms.names()) or "-",
        "root": str(os.geteuid() == 0),
        "seccomp filter": str(settings.filtered),
        "no new privileges": str(settings.no_new_privileges),
        "kernel.unprivileged_userns_clone": settings.unprivileged_userns_clone or "-",
        "kernel.apparmor_restrict_unprivileged_userns": settings.apparmor_restricts or "-",
        "language": language.current(),
        "NSLAB_SANDBOX": os.environ.get("NSLAB_SANDBOX", "-"),
        "NSLAB_UIDMAP": os.environ.get("NSLAB_UIDMAP", "-"),
        "NSLAB_BACKEND": os.environ.get("NSLAB_BACKEND", "-"),
        "Linux kernel of its own": "there" if kernel_file.find() else "-",
    }
    return "\n".join(f"{name}: {value}" for name, value in rows.items())


def _limits() -> str:
    lines = []
    for name in _LIMITS:
        soft, hard = resource.getrlimit(getattr(resource, f"RLIMIT_{name}"))
        lines.append(f"RLIMIT_{name}: {_number(soft)}, at most {_number(hard)}")
    for kind, value in kernel_settings.read().limits.items():
        lines.append(f"user.max_{kind}_namespaces: {'-' if value is None else value}")
    return "\n".join(lines)


def _number(limit: int) -> str:
    return "unlimited" if limit == resource.RLIM_INFINITY else str(limit)
