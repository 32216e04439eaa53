"""Every example in a docstring gives what it says."""

import doctest
import importlib
import pkgutil

import pytest

import analytics
import data


def modules() -> list[str]:
    """Names of all modules of the two packages."""
    found = [
        m.name for package in (analytics, data) for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    ]
    return [name for name in found if not name.endswith("__main__")]


@pytest.mark.parametrize("name", modules())
def test_examples(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    assert sum(doctest.testmod(importlib.import_module(name)).attempted for name in modules()) > 10
