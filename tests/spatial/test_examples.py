"""Every example in the docstrings of the statistics runs and gives what it says."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest

MODULES = (
    "local_moran",
    "bivariate",
    "geary",
    "getis_ord",
    "global_moran",
    "join_counts",
    "moments",
    "rates",
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    found = doctest.testmod(import_module(f"sozialraum.spatial.{name}"))
    assert found.attempted > 0
    assert found.failed == 0
