"""A slice of the 2,000 damaged workbooks; see `mutations.py`."""

import importlib.util
from pathlib import Path

import pytest

SPEC = importlib.util.spec_from_file_location("mutations", Path(__file__).with_name("mutations.py"))
mutations = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(mutations)


@pytest.mark.slow
@pytest.mark.parametrize("first", [0, 500])
def test_a_damaged_workbook_ends_in_problems_with_their_place(tmp_path, first):
    for seed in range(first, first + 6):
        content, broken = mutations.damaged_workbook(seed)
        mutations.survive(content, tmp_path, broken=broken)
