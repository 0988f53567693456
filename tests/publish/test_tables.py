import pandas as pd
import pytest

from sozialraum.publish.tables import escape_formulas


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_name_never_becomes_a_formula(start):
    names = pd.Series([f"{start}cmd|' /C calc'!A0", "Sieker"], index=["01", "02"])
    pd.testing.assert_series_equal(
        escape_formulas(names), pd.Series([f"'{start}cmd|' /C calc'!A0", "Sieker"], index=["01", "02"])
    )


def test_negative_numbers_stay_numbers():
    values = pd.Series([-1.5, 2.0])
    pd.testing.assert_series_equal(escape_formulas(values), values)
