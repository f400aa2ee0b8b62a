"""Is every public name there, and the right thing behind it?"""

from __future__ import annotations

import importlib

import pytest

import nslabkit as lab


@pytest.mark.parametrize("name", lab.__all__)
def test_each_public_name_is_there_and_listed(name: str) -> None:
    assert getattr(lab, name) is not None
    assert name in dir(lab)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'topologies'"):
        lab.topologies  # noqa: B018 - the look-up is what is tested


@pytest.mark.parametrize("name", ["capture", "doctor", "timeline"])
def test_a_function_stands_before_the_package_of_its_name(name: str) -> None:
    package = importlib.import_module(f"nslabkit.{name}")
    assert getattr(lab, name) is not package
    assert callable(getattr(lab, name))


@pytest.mark.parametrize("name", lab.__all__)
def test_each_public_name_survives_the_import_of_its_module(name: str) -> None:
    """Python sets a package's attribute when a module of that name is imported."""
    module_name, attribute = lab._WHERE[name]
    module = importlib.import_module(f"nslabkit.{module_name}")
    meant = module if attribute is None else getattr(module, attribute)
    assert getattr(lab, name) is meant
