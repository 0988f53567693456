"""A cautious change: what returns to the usual by itself is not counted as a development."""

import numpy as np
import pandas as pd

from sozialraum.assessment.cautious import CAUTIOUS_COLUMNS, cautious_changes
from sozialraum.indicators.changes import changes

DATES = ("2018-12-31", "2020-12-31")


def test_without_any_true_change_the_extremes_do_not_seem_to_move(simulated):
    truth = np.random.default_rng(1).normal(0.2, 0.02, (80, 1)).clip(0.05)
    first, catalogue = simulated(truth, 300, seed=1, dates=DATES[:1])
    second, _ = simulated(truth, 300, seed=2, dates=DATES[1:])
    table = pd.concat([first, second])
    found = cautious_changes(changes(table), table, catalogue)
    highest = found.sort_values("base_value").tail(15)
    assert highest["difference"].mean() < -0.02
    assert highest["cautious"].abs().mean() < 0.4 * highest["difference"].abs().mean()
    inside = (found["cautious_lower"] <= 0) & (found["cautious_upper"] >= 0)
    assert inside.mean() > 0.9


def test_a_true_change_of_large_districts_stays(simulated):
    rng = np.random.default_rng(2)
    before = rng.normal(0.2, 0.04, (40, 1)).clip(0.05)
    after = before + rng.normal(0, 0.03, (40, 1)).clip(-0.1)
    first, catalogue = simulated(before, 50_000, seed=1, dates=DATES[:1])
    second, _ = simulated(after.clip(0.01), 50_000, seed=2, dates=DATES[1:])
    table = pd.concat([first, second])
    found = cautious_changes(changes(table), table, catalogue)
    np.testing.assert_allclose(found["cautious"], found["difference"], atol=0.004)


def test_no_counts_no_cautious_change_and_the_order_stays(simulated):
    table, catalogue = simulated(np.full((12, 1), 0.2), 500, dates=DATES)
    blank = table.assign(numerator=np.nan, denominator=np.nan)
    found = cautious_changes(changes(blank), blank, catalogue)
    assert found[list(CAUTIOUS_COLUMNS)].isna().all(axis=None)
    some = table.copy()
    some.loc["003", ["value", "numerator"]] = np.nan
    found = cautious_changes(changes(some), some, catalogue)
    assert found["cautious"].isna().tolist() == [key == "003" for key in found.index]
