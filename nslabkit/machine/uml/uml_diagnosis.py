"""The User-mode Linux diagnosis: why does it not start here, and what helps?

Continues `sandbox_diagnosis`: the steps whose names begin with ``uml-``.  Sources:
``ptrace(2)``, ``proc_sys_kernel(5)`` and what the kernel's program prints (``arch/um/os-Linux``
in Linux's source).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nslabkit.base.errors import SandboxError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.machine.sandbox.sandbox_diagnosis import diagnose
from nslabkit.machine.uml.kernel_file import places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nslabkit.machine.system_calls import StageError

_KERNEL = "linux.uml"
_PTRACE = ("check_ptrace", "ptraced_child", "check_sysemu", "ptrace: Operation")
_NO_MEMORY = ("Cannot allocate memory", "Out of memory")


def told(failures: Sequence[StageError]) -> str:
    """Return the whole story of a machine that could not be made, in the current language.

    Parameters
    ----------
    failures : sequence of StageError
        What failed, one for each way that was tried.
    """
    parts = [str(explain(failures[0]))]
    if [failed.stage for failed in failures[1:]] == ["uml-missing"]:
        parts.append(
            _(
                "Or: run the lessons on a Linux kernel of their own. Build it once "
                "with `nslabkit kernel build-uml`; it needs no privileges."
            )
        )
        return "\n".join(parts)
    for failed in failures[1:]:
        parts.append(_("Then a Linux kernel of its own was tried (User-mode Linux):"))
        parts.append(str(explain(failed)))
    if len(failures) > 1:
        parts.append(
            _(
                "The lessons do run on any Linux computer with user namespaces "
                "(Debian, Ubuntu and Fedora have them), in a virtual machine, and in "
                "WSL 2."
            )
        )
    return "\n".join(parts)


def explain(failed: StageError) -> SandboxError:
    """Explain a step that failed, whichever way it belongs to; not raised here."""
    if failed.stage == "backend":
        return SandboxError(
            f"NSLAB_BACKEND={failed.detail}",
            _("There is no such choice; there are auto, sandbox and uml."),
            _("You: `unset NSLAB_BACKEND`, or correct the setting of the kernelspec."),
        )
    explained = _EXPLANATIONS.get(failed.stage)
    return diagnose(failed) if explained is None else explained(failed)


def _channels(failed: StageError) -> SandboxError:
    return SandboxError(
        f"ss -ltn; cat {failed.detail.partition(': ')[0]}",
        _(
            "The kernel's five channels could not be opened as the connection file says: {why}."
        ).format(why=failed.detail.partition(": ")[2]),
        _("You: start the kernel again; another program may have taken one of its ports."),
        errno=failed.errno or None,
    )


def _missing(_failed: StageError) -> SandboxError:
    return SandboxError(
        _KERNEL,
        _("There is no such kernel here; looked for: {places}.").format(
            places=enumeration(places())
        ),
        _(
            "You: build one with `nslabkit kernel build-uml` (a few minutes), or name "
            "one in NSLAB_UML_KERNEL."
        ),
    )


def _memory(failed: StageError) -> SandboxError:
    allowed, needed = failed.detail.split()
    return SandboxError(
        f"{_KERNEL} mem={needed}M",
        _(
            "A Linux kernel of its own needs {needed} MiB of memory for itself; this "
            "machine or container leaves only {allowed} MiB for it."
        ).format(needed=needed, allowed=allowed),
        _(
            "You: shut down other notebooks' kernels and close programs. Or whoever "
            "runs the container: allow it more memory; 1 GiB is comfortable."
        ),
    )


def _folder(failed: StageError) -> SandboxError:
    return SandboxError(
        "TMPDIR",
        _(
            "The kernel keeps its memory in an unnamed file, which needs a folder with "
            "{size} MiB of free space that is not mounted noexec; of /dev/shm, /tmp, "
            "/var/tmp none qualifies."
        ).format(size=failed.detail),
        _("You: name such a folder in NSLAB_TMP and start again, or free space in /tmp."),
    )


def _timeout(failed: StageError) -> SandboxError:
    return SandboxError(
        _KERNEL,
        _("The kernel started but was not ready after {seconds}.").format(seconds=failed.detail),
        _(
            "You: start it again; the first start on a busy machine is the slowest. "
            "Close other programs."
        ),
    )


def _ended(failed: StageError) -> SandboxError:
    said = failed.detail.strip()
    last = said.splitlines()[-1] if said else None
    if any(word in said for word in _PTRACE):
        return SandboxError(
            "ptrace",
            _(
                "A Linux kernel that runs as a program controls its own programs "
                "through ptrace; that system call is refused here, for example by a "
                "container's filter (seccomp) or by kernel.yama.ptrace_scope = 3."
            ),
            _(
                "Whoever runs the container or machine: allow ptrace (Docker's and Podman's "
                "default profiles do), or allow user namespaces. You: run the lessons elsewhere."
            ),
            said=last,
        )
    if any(word in said for word in _NO_MEMORY):
        return SandboxError(
            _KERNEL,
            _("The kernel did not get the memory it was promised."),
            _("You: close other programs, and shut down other notebooks' kernels."),
            said=last,
        )
    return SandboxError(
        _KERNEL,
        _("The kernel ended before it was ready, for a reason not yet known."),
        _("You: run `nslabkit doctor --report` and send the file with a bug report."),
        said=last,
    )


def _machine(failed: StageError) -> SandboxError:
    return SandboxError(
        failed.detail or _KERNEL,
        _("The kernel runs, but the machine in it could not be set up."),
        _("You: run `nslabkit doctor --report` and send the file with a bug report."),
        errno=failed.errno or None,
    )


_EXPLANATIONS = {
    "channels": _channels,
    "uml-missing": _missing,
    "uml-memory": _memory,
    "uml-folder": _folder,
    "uml-timeout": _timeout,
    "uml-ended": _ended,
    "uml-machine": _machine,
}
