"""A task of lesson 5: two servers on one port of one namespace, told apart by their addresses."""

from __future__ import annotations

from nslabkit.base.language import translate as _
from nslabkit.course.checks.check_result import CheckResult, missing, right
from nslabkit.course.own_values import own
from nslabkit.course.tasks import evidence, published

_WHERE = "netns2"
_INSIDE, _OUTSIDE = "127.0.0.1", "172.16.2.1"
_SECRET, _OPEN = "secret", "two"


def judge() -> CheckResult:
    """Judge which page comes from which address, and to whom."""
    secret = own("5.4", _SECRET)
    if not evidence.exists(_WHERE):
        return evidence.no_namespace(_WHERE)
    if published.page(f"http://{_INSIDE}/", _WHERE) != secret:
        text = _("inside `{name}`, http://{address}/ does not give the page `{page}` yet.")
        return missing(text.format(name=_WHERE, address=_INSIDE, page=secret))
    if evidence.has_address(_OUTSIDE, None):
        text = _("the host itself has {address}: what it reads there does not come from `{name}`.")
        return missing(text.format(address=_OUTSIDE, name=_WHERE))
    found = published.page(f"http://{_OUTSIDE}/", None)
    if found == secret:
        return missing(_("the host reads `{page}`, too.").format(page=secret))
    if found != _OPEN:
        text = _("the host does not get the page `{page}` from http://{address}/.")
        return missing(text.format(page=_OPEN, address=_OUTSIDE))
    return right(_("one port, two addresses, two servers: each page comes to whom it is for."))


def hints() -> tuple[str, str, str]:
    """Return the hints for what is there."""
    if not evidence.exists(_WHERE):
        first = evidence.build_again()
    elif not evidence.answers(_INSIDE, _WHERE, 1):
        first = _("Look at `ip -n {name} link show lo`: can anybody reach {address} in there?")
    else:
        first = _("Look at `ip netns exec {name} ss -ltn`: which address takes port 80 there?")
    return (
        first.format(name=_WHERE, address=_INSIDE),
        _("Compare `0.0.0.0:80` with `172.16.2.1:80`: the first one leaves no address over."),
        _("Stop the server, then start two: `python3 -m http.server 80 --bind ADDRESS`."),
    )
