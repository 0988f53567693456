import pytest

from sozialraum.programme.sheets.periods import as_period, matching_date, period_bounds


@pytest.mark.parametrize(
    ("written", "period", "bounds"),
    [
        ("31.12.2007", "2007-12-31", ("2007-12-31", "2007-12-31")),
        ("2007", "2007", ("2007-01-01", "2007-12-31")),
        ("2009/10", "2009/10", ("2009-08-01", "2010-07-31")),
        ("Schuljahr 2009/2010", "2009/10", ("2009-08-01", "2010-07-31")),
        ("1999/00", "1999/00", ("1999-08-01", "2000-07-31")),
        ("02/2008", "2008-02", ("2008-02-01", "2008-02-29")),
        ("IV/2007", "2007-Q4", ("2007-10-01", "2007-12-31")),
        ("Dez 2007", "2007-12", ("2007-12-01", "2007-12-31")),
    ],
)
def test_periods(written, period, bounds):
    assert as_period(written) == period
    assert as_period(period) == period
    assert period_bounds(period) == bounds


@pytest.mark.parametrize("written", ["2009/11", "31.02.2009", "13/2009", "gestern", "", "1/5", "2007-08"])
def test_no_periods(written):
    assert as_period(written) is None


def test_the_date_of_the_data_that_a_period_means():
    dates = ["2006-12-31", "2007-12-31", "2010-06-30"]
    assert matching_date("2007", dates) == "2007-12-31"
    assert matching_date("2007-12-31", dates) == "2007-12-31"
    assert matching_date("2009/10", dates) == "2010-06-30"
    assert matching_date("2008", dates) is None
    assert matching_date("2007-12-30", dates) is None
