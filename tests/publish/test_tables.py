import pandas as pd
import pytest

from sozialraum.publish.tables import escape_formulas, write_csv


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_name_never_becomes_a_formula(start):
    names = pd.Series([f"{start}cmd|' /C calc'!A0", "Sieker"], index=["01", "02"])
    pd.testing.assert_series_equal(
        escape_formulas(names), pd.Series([f"'{start}cmd|' /C calc'!A0", "Sieker"], index=["01", "02"])
    )


def test_negative_numbers_stay_numbers():
    values = pd.Series([-1.5, 2.0])
    pd.testing.assert_series_equal(escape_formulas(values), values)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_headings_are_escaped_like_values(tmp_path, start):
    heading = f"{start}cmd|' /C calc'!A0"
    write_csv(pd.DataFrame({heading: [1.5], "name": ["a"]}), tmp_path / "t.csv", "de")
    assert (tmp_path / "t.csv").read_text("utf-8-sig").startswith(f"'{heading};name\n")
