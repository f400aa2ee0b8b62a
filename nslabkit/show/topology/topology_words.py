"""The live picture's texts in the notebook's language, for the browser.

The page knows keys only; `{name}` is filled in there.  Words that ``ip`` prints (``REACHABLE``,
``172.16.0.0/24 dev veth1``) stay as they are.
"""

from __future__ import annotations

from nslabkit.base.language import for_html
from nslabkit.base.language import translate as _


def words() -> dict[str, str]:
    """Return each text of the page by its key."""
    return _picture() | _news() | _kernel() | _acts() | _panel() | _player()


def _picture() -> dict[str, str]:
    return {
        "language": for_html(),
        "title": _("Live picture of the network"),
        "picture": _("Namespaces and their wires"),
        "host": _("host"),
        "namespace": _("Namespace {namespace}"),
        "bridge": _("bridge"),
        "ports of": _("Ports of {bridge}"),
        "state up": _("up"),
        "state down": _("down"),
        "state no carrier": _("up, no carrier"),
        "hangs on": _("{kind} on {link}"),
        "more links": _("More links: {count}"),
        "more": _("More: {count}"),
        "facts": _("Routes: {routes} · neighbours: {neighbours} · firewall rules: {rules}"),
        "box help": _("Click: look inside. Drag, or Shift and an arrow key: move the box."),
        "wire from": _("Draw a wire from {namespace}"),
        "tidy": _("Tidy up"),
        "keys": _("Keys"),
        "keys text": _(
            "Tab moves from box to box; arrow down and up go into a box, left and "
            "right to the box beside it. Enter opens what has the focus, Escape closes "
            "a form. Shift and an arrow key move a box. Drag the + of a box to another "
            "box to draw a wire."
        ),
        "search": _("Search by name, link or address"),
        "list": _("All namespaces"),
        "found": _("Shown: {count} of {all}. Choose one to draw it."),
        "summary": _("Links: {links}, up: {up}"),
    }


def _news() -> dict[str, str]:
    return {
        "namespace added": _("{namespace} was added."),
        "namespace removed": _("{namespace} was removed."),
        "link added": _("{link} is now in {namespace}."),
        "link removed": _("{link} is no longer in {namespace}."),
        "link renamed": _("{before} in {namespace} is now called {link}."),
        "link up": _("{link} in {namespace} is up."),
        "link down": _("{link} in {namespace} is down."),
        "link no carrier": _("{link} in {namespace} is up, but without a carrier."),
        "address added": _("{link} in {namespace} has the address {address}."),
        "address removed": _("{link} in {namespace} no longer has the address {address}."),
        "routes changed": _("Routes in {namespace}: {count}."),
        "neighbour": _("{namespace}: neighbour {address} is {state}."),
        "rules changed": _("Firewall rules in {namespace}: {count}."),
        "more changes": _("More changes: {count}."),
    }


def _kernel() -> dict[str, str]:
    return {
        "kernel quiet": _(
            "No word from the kernel since {time}: the picture shows how it was then."
        ),
        "kernel offline": _(
            "No connection to the server: the picture shows how it was at {time}. It "
            "resumes by itself when the server answers again."
        ),
        "kernel restarted": _(
            "The kernel was restarted: nothing is left of its network. Run the cell again for a "
            "new picture."
        ),
        "kernel dead": _(
            "The kernel has ended, and its whole network with it. Start it again, then "
            "run the cell again."
        ),
        "kernel saved": _(
            "A picture saved with the notebook, with no kernel behind it. Run the cell "
            "for a live one."
        ),
        "nobody to ask": _("Nothing was done: there is no kernel behind this picture."),
        "waiting": _("Waiting: a cell is running, and the kernel does this once it has ended."),
        "running": _("Running…"),
        "done": _("Done."),
        "refused": _("Not done:"),
        "tried": _("Tried:"),
        "kernel said": _("Kernel:"),
        "reason": _("Reason:"),
        "fix": _("Fix:"),
    }


def _acts() -> dict[str, str]:
    return {
        "acts": _("What can be done"),
        "button namespace": _("Add namespace"),
        "button wire": _("Draw a wire"),
        "button address": _("Add address"),
        "button remove address": _("Remove"),
        "button up": _("Set up"),
        "button down": _("Set down"),
        "button remove link": _("Remove link"),
        "button remove namespace": _("Remove namespace"),
        "button ping": _("Ping"),
        "button capture": _("Capture"),
        "act namespace": _("Add a namespace"),
        "act wire": _("Draw a wire: a veth pair"),
        "act address": _("Give a link an address"),
        "act remove address": _("Take an address from a link"),
        "act up": _("Set a link up"),
        "act down": _("Set a link down"),
        "act remove link": _("Remove a link"),
        "act remove namespace": _("Remove a namespace"),
        "act ping": _("Ping from here to there"),
        "act capture": _("Capture frames here"),
        "field name": _("Name"),
        "field namespace": _("In namespace"),
        "field to": _("Other end in"),
        "field peer": _("Other end's name"),
        "field link": _("Link"),
        "field address": _("Address"),
        "field count": _("How many"),
        "field seconds": _("Seconds"),
        "all links": _("all links"),
        "as a command": _("As a command"),
        "in python": _("In Python"),
        "copy": _("Copy"),
        "copy this": _("Copy: {what}"),
        "copied": _("Copied."),
        "not copied": _("The browser does not allow it: select the text and copy it."),
        "new cell": _("Put in a new cell"),
        "put in cell": _("Put in a new cell: {what}"),
        "inserted": _("It is in a new cell below."),
        "run": _("Run"),
        "stop": _("Stop"),
        "close": _("Close"),
        "output": _("What it prints"),
    }


def _panel() -> dict[str, str]:
    return {
        "details": _("Details"),
        "links": _("Links"),
        "addresses": _("Addresses"),
        "routes": _("Routes"),
        "neighbours": _("Neighbours"),
        "rules": _("Firewall rules: {count}"),
        "rules unknown": _("Firewall rules: this kernel has no nftables."),
        "show processes": _("Show processes"),
        "show ports": _("Show listening ports"),
        "processes": _("Processes"),
        "ports": _("Listening ports"),
        "no processes": _("No process is in this namespace."),
        "no ports": _("Nothing is listening in this namespace."),
        "column destination": _("destination"),
        "column source": _("source address"),
        "column address": _("address"),
        "column mac": _("MAC address"),
        "column state": _("state"),
        "column link": _("link"),
        "kind": _("kind"),
        "index": _("number (index)"),
        "port of": _("port of"),
        "other end": _("To the other end: {link}"),
        "back to": _("Back to {namespace}"),
    }


def _player() -> dict[str, str]:
    return {
        "recording": _("Recording"),
        "frame": _("Frame"),
        "frame of": _("Frame {number} of {count}"),
        "play": _("Play"),
        "pause": _("Pause"),
        "step back": _("Step back"),
        "step forward": _("Step forward"),
        "speed": _("Speed"),
        "slower": _("{factor} times slower"),
        "slower is": _(
            "The times between frames are shown {factor} times slower; the flight itself is "
            "drawn longer than it was."
        ),
        "before the first": _("Before the first of {count} frames."),
        "frame sent": _("Frame {number} of {count}, {time}, sent by {where}, {length} bytes:"),
        "frame received": _(
            "Frame {number} of {count}, {time}, received by {where}, {length} bytes:"
        ),
        "no wire": _("(It crossed no wire of this picture.)"),
        "gap cut": _("(Then {time} pass, which are cut short here.)"),
        "frames left out": _("Frames left out here: {count}."),
    }
