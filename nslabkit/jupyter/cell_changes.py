"""Changes made by a cell, shown in a line below it.

Before and after each cell is read what the kernel has told of a change in; where something
differs, one folded line below the cell's output says what.  What reads is loaded beside
the kernel's start, while that waits for the page, and not as a part of it.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from nslabkit.live.difference import Difference
    from nslabkit.live.following import Follower
    from nslabkit.live.snapshot import Contents

_PATIENCE = 0.25  # seconds for a removed namespace's wires, which go a moment later
# A cell that builds a fault, or a command of which chance chooses a part.
_FAULT = re.compile(r"\bfaults\.(build|stream|wire)\(|^ *!.*\{random\.choice\(", re.MULTILINE)
_STEP = 0.01  # seconds between checks that they have; their going is what is compared


class CellChanges:
    """Looks before and after each cell of `shell`, while it is on.

    Parameters
    ----------
    shell : InteractiveShell
        Whose cells.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._shell = shell
        self._before = threading.local()  # a subshell's cells run beside the others
        self._follower: Follower | None = None
        self.on = False

    def turn_on(self) -> None:
        """Look at each cell from now on; twice is as once."""
        if not self.on:
            self._shell.events.register("pre_run_cell", self._look_before)
            self._shell.events.register("post_run_cell", self._look_after)
            self.on = True
            threading.Thread(target=_load, name="nslabkit-load", daemon=True).start()

    def turn_off(self) -> None:
        """Look no more."""
        if self.on:
            self._shell.events.unregister("pre_run_cell", self._look_before)
            self._shell.events.unregister("post_run_cell", self._look_after)
            self._before = threading.local()
            self.on = False
            follower, self._follower = self._follower, None
            if follower is not None:
                follower.close()

    def _look_before(self, _info: object) -> None:
        self._before.contents = None
        # An interrupt here was meant for the cell before; what this one changes is then not told.
        with contextlib.suppress(KeyboardInterrupt):
            self._before.contents = self._read()

    def _look_after(self, result: object) -> None:
        before = getattr(self._before, "contents", None)
        self._before.contents = None
        if before is None:  # it was turned on in this very cell, or could not look
            return
        try:
            after = self._read()
            if after is None or after == before:
                return
            if _would_tell(result):
                return
            if before.keys() - after.keys():
                after = _settled(after)
            self._show(_compare(before, after))
        except KeyboardInterrupt:
            pass  # meant for the cell, which has ended: its changes are not told

    def _read(self) -> Contents | None:
        from nslabkit.live.following import Follower

        try:
            if self._follower is None:
                self._follower = Follower()
            return self._follower.contents()
        except OSError as error:
            self._explain(error)
            return None

    def _explain(self, error: OSError) -> None:
        """Say once why nothing can be said, and look no more."""
        from nslabkit.base.language import translate as _
        from nslabkit.netlink.refusals import refusal

        self.turn_off()
        reason = refusal(error, "%nslab changes on").reason
        print(_("Changes made by cells are not shown: {reason}").format(reason=reason))  # noqa: T201

    def _show(self, changes: Difference) -> None:
        if not changes:  # only what the model leaves out, such as an address that begins with fe80
            return
        import html

        from nslabkit.base.language import translate as _

        summary = _("Changed: {line}").format(line=changes.line)
        folded = (
            f'<details><summary style="cursor:pointer">{html.escape(summary)}</summary>'
            f"{changes.table}</details>"
        )
        self._shell.display_pub.publish(
            data={"text/plain": summary, "text/html": folded},
            metadata={"nslabkit": {"changes": changes.json}},
        )


def _would_tell(result: object) -> bool:
    """Whether the line would find a fault for its reader: its network is built, or looked at."""
    source = getattr(getattr(result, "info", None), "raw_cell", None) or ""
    if _FAULT.search(source):
        return True
    if not os.path.lexists("/run/netns/router"):  # by far the most cells: nothing is loaded
        return False
    from nslabkit.course.faults import fault_network

    return fault_network.standing() is not None and not fault_network.layer_is_named()


def _load() -> None:
    """Load what the first cell needs; if the cell is quicker, it waits for the rest of it."""
    importlib.import_module("nslabkit.live.following")


def _compare(before: Contents, after: Contents) -> Difference:
    from nslabkit.live.difference import difference
    from nslabkit.live.snapshot import without_wires

    return difference(without_wires(before), without_wires(after))


def _settled(after: Contents) -> Contents:
    """Wait a moment for wires into a namespace that was removed: the kernel takes its time."""
    from nslabkit.live.snapshot import contents

    deadline = time.monotonic() + _PATIENCE
    while _has_loose_wires(after) and time.monotonic() < deadline:
        time.sleep(_STEP)
        after = contents()
    return after


def _has_loose_wires(found: Contents) -> bool:
    """Whether some veth's other end is in none of the namespaces."""
    wires = [
        (link.ifindex, link.lower)
        for _name, content in found.values()
        for link in content.links
        if link.kind == "veth"
    ]
    return any((far, near) not in wires for near, far in wires)
