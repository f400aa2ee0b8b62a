"""Does the check of the Chinese see what is wrong, and leave alone what is right?"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


def _load() -> Any:  # noqa: ANN401 - a module has no narrower type
    """Import the tool, which is a script and in no package."""
    spec = importlib.util.spec_from_file_location("terms_tool", TOOLS / "terms.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


tool = _load()


def _wrong(text: str) -> list[str]:
    return list(tool.problems(tool.Text("here", tool.prose(text))))


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("这是一个网络名字空间。", "命名空间"),
        ("内核查的是 ARP 表。", "邻居表"),
        ("新的网卡没有启用。", "网络接口"),
        ("从宿主机上看。", "主机"),
        ("环回接口", "回环"),
        ("打开这个 Notebook 看看", "笔记本"),
        ("您可以试试", "你"),
        ("其它的地址", "其他"),
        ("它的的地址", "the word once"),
        ("先看地址,再看路由。", "full-width"),
        ("先看地址, 再看路由。", "full-width"),
        ("用 `ip addr`, 再看", "full-width"),
        ("结束了.", "。"),
        ("网桥(bridge)", "（ ）"),
        ('他说"好"', "“ ”"),
        ("一个ping", "a space between"),
        ("运行`ip addr`", "a space between"),
        ("用**veth**连接", "a space between"),
        ("共 98字节", "a space between"),
        ("命名 空间", "no space between Han"),
        ("地址： 在这里", "no space beside"),
        ("等一下...", "……"),
        ("这是*下一站*，不是终点", "no italics"),
        ("| 网卡没有启用 |", "网络接口"),
    ],
)
def test_what_is_wrong_is_found(text: str, advice: str) -> None:
    found = _wrong(text)
    assert any(advice in line.rpartition(": ")[2] for line in found), found


@pytest.mark.parametrize(
    "text",
    [
        "**网络命名空间**（network namespace）就是一套自成一体的网络。",
        "运行 `ip addr,ip link`，再看第 3 课。",
        "**先猜一猜：** 会怎样？",
        "没有无线网卡，也没有以太网卡。",
        "这样容器对宿主机的保护会减弱。",
        "一套 Jupyter Notebook 课程",
        "见[《一根线，两个世界》](01_one_wire.ipynb)。",
        "```sh\nip addr  # 地址,地址\n```",
        "ping 得到回答：56(84) 字节。",
        "按 <kbd>Shift</kbd>+<kbd>Enter</kbd> 运行",
        "谁是这个地址？”主机说。",
        "等等……",
    ],
)
def test_what_is_right_is_left_alone(text: str) -> None:
    assert _wrong(text) == []


def test_a_message_is_prose_around_its_values() -> None:
    def wrong(text: str) -> list[str]:
        return list(tool.problems(tool.Text("here", tool.message(text))))

    assert wrong("{link} 在 {namespace} 里，已启用。") == []
    assert wrong("{link}在 {namespace} 里")
    assert wrong("已启用, 但没有载波")


def test_all_of_the_projects_chinese_is_read() -> None:
    places = {text.where.partition(",")[0] for text in tool.texts()}
    assert {"00_start.py", "README.zh.md", "instructor.zh.md", "nslabkit.po"} <= places


def test_the_projects_own_chinese_is_right() -> None:
    assert [line for text in tool.texts() for line in tool.problems(text)] == []
