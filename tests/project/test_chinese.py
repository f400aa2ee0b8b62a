"""Does the core speak Chinese where the notebook's kernel is the Chinese one?"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import nslabkit as lab
from nslabkit.base.language import translate

PACKAGE = Path(lab.__file__).parent
CORE = (
    "base/commands",
    "base/errors",
    "net/addresses",
    "net/bridges",
    "net/lab",
    "net/link_names",
    "net/links",
    "net/namespaces",
    "net/neighbours",
    "net/routes",
    "net/typed_values",
    "netlink/refusals",
)


def spoken(module: str) -> set[str]:
    """Return each text that a module hands to ``_``."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        node.args[0].value
        for node in calls
        if isinstance(node.func, ast.Name)
        and node.func.id == "_"
        and isinstance(node.args[0], ast.Constant)
    }


@pytest.mark.parametrize("module", CORE)
def test_every_text_is_translated(module: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    texts = spoken(module)
    assert texts
    assert not [text for text in texts if translate(text) == text and text != "MTU"]


def test_an_error_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NSLAB_LANG", "zh_CN")
    with pytest.raises(lab.InvalidValueError, match=r"缺少前缀长度：172\.16\.0\.1"):
        lab.addresses.add("172.16.0.1", "veth1")
