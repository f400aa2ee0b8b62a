"""The class folder: how it must be set up, and who sees what in it.

Made once by an administrator::

    groupadd nslab-class
    usermod --append --groups nslab-class INSTRUCTOR
    mkdir /srv/nslab-class
    chown root:nslab-class /srv/nslab-class
    chmod 3773 /srv/nslab-class

Mode 3773 (``inode(7)``): everybody may put a file in (``-wx``) and nobody but the group may list
them; setgid (2000) gives each new file to the group; sticky (1000) lets a file be replaced or
removed by its owner and the folder's owner only.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from nslabkit.base.accounts import account, group, members, own_account
from nslabkit.base.errors import InvalidValueError, NoPrivilegeError, NotFoundError
from nslabkit.base.language import enumeration
from nslabkit.base.language import translate as _
from nslabkit.course import seat
from nslabkit.course.standing import begin, now

ENVIRONMENT = "NSLAB_CLASS"
"""The variable that tells a lesson's kernel which class folder its learner joined."""

# Each sandbox has folders of its own in these places (`nslabkit.machine.sandbox.mounts`).
_HIDDEN = ("/run", "/var/run", "/var/log", "/var/lib/nginx", "/var/lib/dhcp", "/proc", "/sys")
_PUT_IN = stat.S_IWOTH | stat.S_IXOTH
_LISTS = ("system.posix_acl_access", "system.posix_acl_default")


@dataclass(frozen=True)
class FolderFault:
    """Something that is wrong with a class folder.

    Attributes
    ----------
    what : str
        One sentence.
    fix : str
        The command that mends it.
    """

    what: str
    fix: str


@dataclass(frozen=True)
class Membership:
    """That this account takes part in a class.

    Attributes
    ----------
    folder : str
        The class folder, absolute.
    participant : str
        The account's name, as the instructor sees it.
    readers : tuple of str
        The accounts that can read the row, root aside.
    """

    folder: str
    participant: str
    readers: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        """What the lessons' kernels must find in their environment."""
        return {ENVIRONMENT: self.folder, seat.PARTICIPANT: self.participant}

    @property
    def notice(self) -> str:
        """What becomes visible to whom, for the participant to read."""
        return _(
            "You are in the class {folder}. Your account name ({participant}), the "
            "lesson, the last check passed, the time of your last check and the number "
            "of tries since can be read by: {readers} and root. Nothing else is "
            "shared. To leave, end this, start it without --class, and type: rm {file}"
        ).format(
            folder=self.folder,
            participant=self.participant,
            readers=enumeration(self.readers) or "-",
            file=f"{self.folder}/{self.participant}.json",
        )


def join(folder: str | Path) -> Membership:
    """Take part in the class of `folder`: look whether it is right and put a first row there.

    Parameters
    ----------
    folder : str or Path
        The class folder, as the administrator made it.

    Returns
    -------
    Membership
        What to tell the participant, and the environment for the lessons' kernels.

    Raises
    ------
    NotFoundError
        There is no such folder.
    InvalidValueError
        It would not show the row to the instructor, or it would show it to others.
    NoPrivilegeError
        This account's row cannot be written there.
    """
    path = resolved(folder)
    tried = f"nslabkit lab --class {folder}"
    problems = faults(path)
    if problems:
        raise InvalidValueError(
            tried,
            " ".join(fault.what for fault in problems),
            _("Ask the administrator for: {commands}").format(
                commands="; ".join(dict.fromkeys(fault.fix for fault in problems))
            ),
        )
    try:
        if not seat.exists(str(path)):
            seat.write(str(path), begin(None, now()))
    except OSError as error:
        raise NoPrivilegeError(
            tried,
            _("Your row cannot be written there, or its name is taken by somebody else's file."),
            _("Tell the instructor: nslabkit class {folder} says who put what there.").format(
                folder=path
            ),
            errno=error.errno,
        ) from error
    return Membership(str(path), own_account(), readers(path))


def readers(folder: Path) -> tuple[str, ...]:
    """Return the accounts, root aside, that can read the rows in `folder`."""
    seen = folder.stat()
    names = set(members(seen.st_gid)) | {account(seen.st_uid)}
    return tuple(sorted(names - {"root"}))


def faults(folder: str | Path) -> list[FolderFault]:
    """Return what is wrong with a class folder; an empty list if all is right.

    Raises
    ------
    NotFoundError
        There is no such folder.
    """
    path = resolved(folder)
    seen = path.stat()
    return [
        *_faults_of_place(path),
        *_faults_of_owner(path, seen),
        *_faults_of_mode(path, stat.S_IMODE(seen.st_mode)),
        *_faults_of_lists(path),
    ]


def resolved(folder: str | Path) -> Path:
    """Return the absolute path of a class folder, links followed.

    Raises
    ------
    NotFoundError
        There is no such folder.
    """
    path = Path(folder).expanduser().resolve()
    if not path.is_dir():
        raise NotFoundError(
            f"ls -d {folder}",
            _("There is no such folder."),
            _("nslabkit class --help says how an administrator makes one."),
        )
    return path


def _faults_of_place(path: Path) -> list[FolderFault]:
    problems = []
    if any(path.is_relative_to(hidden) for hidden in _HIDDEN):
        problems.append(
            FolderFault(
                _("Each lesson's sandbox has a folder of its own in this place."),
                "mkdir /srv/nslab-class",
            )
        )
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            what = _("Participants cannot pass through {parent}.").format(parent=parent)
            problems.append(FolderFault(what, f"chmod o+x {parent}"))
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            what = _("Anybody can replace folders in {parent}.").format(parent=parent)
            problems.append(FolderFault(what, f"chmod o-w {parent}"))
    return problems


def _faults_of_owner(path: Path, status: os.stat_result) -> list[FolderFault]:
    problems = []
    inside = set(members(status.st_gid)) - {"root"}
    owner, name = account(status.st_uid), group(status.st_gid)
    if not inside:
        problems.append(
            FolderFault(
                _("Nobody but root could read it: the group {group} has no members.").format(
                    group=name
                ),
                f"chgrp nslab-class {path}",
            )
        )
    if status.st_uid != 0 and owner not in inside:
        what = _("Its owner {owner} is neither root nor in the group {group}.").format(
            owner=owner, group=name
        )
        problems.append(FolderFault(what, f"chown root {path}"))
    return problems


def _faults_of_mode(path: Path, mode: int) -> list[FolderFault]:
    wrong = (
        (not mode & stat.S_ISGID, _("Files would not belong to its group (setgid is missing).")),
        (
            not mode & stat.S_ISVTX,
            _("Participants could replace each other's files (sticky is missing)."),
        ),
        (
            mode & stat.S_IRWXG != stat.S_IRWXG,
            _("The instructor's group cannot list it or take part (group: rwx)."),
        ),
        (mode & _PUT_IN != _PUT_IN, _("Participants cannot put files in (others: -wx).")),
        (bool(mode & stat.S_IROTH), _("Everybody could list who takes part (others: -wx).")),
        (mode & stat.S_IRWXU != stat.S_IRWXU, _("Its owner cannot use it (owner: rwx).")),
    )
    return [FolderFault(what, f"chmod 3773 {path}") for is_wrong, what in wrong if is_wrong]


def _faults_of_lists(path: Path) -> list[FolderFault]:
    try:
        attributes = os.listxattr(path)
    except OSError:
        return []  # not listable by this account, or a file system without such lists
    if not set(attributes) & set(_LISTS):
        return []
    what = _("An access control list may let others read the files.")
    return [FolderFault(what, f"setfacl --remove-all {path}")]
