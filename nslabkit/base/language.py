"""The kit's language, and its translated messages.

The notebook's kernel decides: the kernelspec ``nslab`` sets ``NSLAB_LANG=en`` and ``nslab-zh``
sets ``NSLAB_LANG=zh_CN``.  Messages are looked up with gettext
(https://docs.python.org/3/library/gettext.html) in the catalogues of ``nslabkit/base/locale``; the
English text is the key, so English needs no catalogue of its own to be complete.
"""

from __future__ import annotations

import functools
import gettext
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

CHOICES = ("en", "zh_CN")
_LOCALE = Path(__file__).parent / "locale"


def current() -> str:
    """Return the language of this process: ``"en"`` or ``"zh_CN"``.

    ``NSLAB_LANG`` wins.  Without it (a plain script, the command line) the usual variables of
    the system's locale are asked, in the order of ``locale(7)``.
    """
    for variable in ("NSLAB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")
        if value:
            return "zh_CN" if value.lower().startswith("zh") else "en"
    return "en"


def for_html() -> str:
    """Return the language of this process as the attribute ``lang`` of HTML names it."""
    return current().replace("zh_CN", "zh-CN")


def enumeration(words: Iterable[str], mark: str = ",") -> str:
    """Return words as a sentence lists them: ``a, b``, and in Chinese ``a、b``.

    The `mark` ``";"`` is for what has commas of its own: ``a; b``, in Chinese ``a；b``.
    """
    return ({",": "、", ";": "；"}[mark] if current() == "zh_CN" else f"{mark} ").join(words)


def close_up(sentence: str) -> str:
    """Return a sentence without spaces between Chinese characters.

    A translation leaves one beside a name, which is mostly Latin; where the name turns out to be
    Chinese, such as the host's, there must be none.
    """
    return re.sub(r"(?<=[\u3001-\u9fff]) (?=[\u3001-\u9fff])", "", sentence)


@functools.cache
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("nslabkit", _LOCALE, languages=[language], fallback=True)


def translate(message: str, language: str | None = None) -> str:
    """Return `message` in the current language, or as it is where no translation exists.

    `language` (``"en"`` or ``"zh_CN"``) is for what is shown in several at once.

    Modules import it as ``_``.  Fill in values after the look-up, by name, so that a
    translation may put them in another order: ``_("no link {link}").format(link=name)``.
    """
    return _catalogue(language or current()).gettext(message)
