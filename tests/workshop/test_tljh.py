"""The plugin for The Littlest JupyterHub, as its installer, its spawner and its hub call it."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING

import pluggy
from traitlets.config import Config

from nslabkit.workshop import tljh_plugin

if TYPE_CHECKING:
    import pytest

HOOKS = (
    "tljh_extra_apt_packages",
    "tljh_extra_user_pip_packages",
    "tljh_config_post_install",
    "tljh_post_install",
    "tljh_new_user_create",
    "tljh_custom_jupyterhub_config",
)


def test_tljh_finds_the_plugin_and_every_hook() -> None:
    [point] = importlib.metadata.entry_points(group="tljh", name="nslabkit")
    manager = pluggy.PluginManager("tljh")
    manager.register(point.load())
    [plugin] = manager.get_plugins()
    assert [name for name in HOOKS if manager.parse_hookimpl_opts(plugin, name)] == list(HOOKS)


def test_it_asks_for_what_lessons_need(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"iproute2", "uidmap", "nftables"} <= set(tljh_plugin.tljh_extra_apt_packages())
    [spec] = tljh_plugin.tljh_extra_user_pip_packages()
    assert spec == f"nslabkit=={importlib.metadata.version('nslabkit')}"
    monkeypatch.setenv("NSLABKIT_SPEC", "/srv/nslabkit.whl")
    assert tljh_plugin.tljh_extra_user_pip_packages() == ["/srv/nslabkit.whl"]


def test_a_lunch_break_is_survived_unless_somebody_decided() -> None:
    fresh: dict[str, object] = {}
    tljh_plugin.tljh_config_post_install(fresh)
    assert fresh == {"services": {"cull": {"timeout": 14400}}}
    chosen = {"services": {"cull": {"timeout": 900}}}
    tljh_plugin.tljh_config_post_install(chosen)
    assert chosen == {"services": {"cull": {"timeout": 900}}}


def test_one_map_of_users_for_instructor_and_class() -> None:
    c = Config()
    c.JupyterHub.services = [{"name": "cull-idle"}]
    c.Spawner.environment = {"TEACHERS": "own"}
    tljh_plugin.tljh_custom_jupyterhub_config(c)
    assert c.Spawner.environment["NSLAB_UIDMAP"] == "self"
    assert c.Spawner.environment["TEACHERS"] == "own"
    assert [one["name"] for one in c.JupyterHub.services] == ["cull-idle", "class"]
    assert c.Spawner.default_url.startswith("/nslabkit/open/")
