"""Rows emptied or rounded, and what sums up rows, made again from those that are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.disclosure.knowledge import rounded
from sozialraum.errors import Problem
from sozialraum.indicators.effects import with_effects
from sozialraum.stats.intervals import byar, wilson

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from numpy.typing import NDArray

    from sozialraum.confidential import Rules
    from sozialraum.panel import Panel


__all__ = [
    "city_of_shown",
    "leaking_sums",
    "numbers_left",
    "round_counts",
    "slices",
    "suppress",
    "without_hashes",
]

NUMBERS = ["value", "numerator", "denominator", "lower", "upper"]
"""Columns of an indicator's row that must be empty where it is suppressed."""


def numbers_left(release: Panel) -> Iterator[Problem]:
    """Report rows that are flagged as suppressed and hold a number all the same."""
    shown = release.indicators
    left = (shown["flag"] == "suppressed") & shown[NUMBERS].notna().any(axis=1)
    if left.any():
        keys = tuple(map(str, shown.index[left].unique()))
        yield Problem(code="disclosure.number_left", keys=keys)


def leaking_sums(release: Panel, rules: Rules) -> Iterator[Problem]:
    """Report city values that depend on more than what is shown."""
    shown, city = release.indicators, release.city_values
    blank = (shown["flag"] == "suppressed").to_numpy()
    partial = set(slices(shown if rules.rounding is not None else shown[blank]))
    columns = ["value", "numerator", "denominator", "median", "districts"]
    again = city_of_shown(city, shown, partial)[columns].to_numpy(float)
    same = np.isclose(city[columns].to_numpy(float), again, equal_nan=True)
    for row in np.flatnonzero(~same.all(axis=1)).tolist():
        values = {"indicator": city["indicator"].iloc[row], "date": city["date"].iloc[row]}
        yield Problem(code="disclosure.city_leaks", values=values)


def suppress(indicators: pd.DataFrame, hidden: NDArray[np.bool_]) -> pd.DataFrame:
    """Empty the hidden rows and flag them; those that arrived as suppressed lose what part is known, too."""
    # What a sign leaves possible may be the sum of a count that is hidden here and of one that is not.
    protected = indicators.drop(columns="at_most", errors="ignore")
    blank = hidden | (protected["flag"] == "suppressed").to_numpy()
    for column in NUMBERS:
        protected[column] = protected[column].mask(blank)
    protected["flag"] = protected["flag"].astype(object).mask(blank, "suppressed")
    return protected


def round_counts(indicators: pd.DataFrame, catalogue: pd.DataFrame, base: int) -> pd.DataFrame:
    """Round all counts to multiples of `base`; rates and their intervals follow from the rounded counts."""
    result = indicators.copy()
    numerator = rounded(result["numerator"].to_numpy(float), base)
    denominator = rounded(result["denominator"].to_numpy(float), base)
    counted = ~np.isnan(numerator) & (denominator > 0)
    known = "kind" in catalogue
    kind = result["indicator"].map(catalogue["kind"].to_dict() if known else {}).to_numpy()
    above, below = np.where(counted, numerator, np.nan), np.where(counted, denominator, np.nan)
    ratio = (kind == "ratio") | (above > below)
    effects = with_effects(catalogue, result)["design_effect"] if known else pd.Series(dtype=float)
    phi = result["indicator"].map(effects.to_dict()).to_numpy(dtype=float)
    shares = wilson(np.where(ratio, np.nan, above), below, design_effect=phi)
    ratios = byar(np.where(ratio, above, np.nan), below, design_effect=phi)
    derived = {
        "value": above / below,
        "lower": np.where(ratio, ratios[0], shares[0]),
        "upper": np.where(ratio, ratios[1], shares[1]),
    }
    for column, numbers in derived.items():
        result[column] = np.where(counted, numbers, result[column])
    result["value"] = np.where(kind == "count", numerator, result["value"])
    result["numerator"], result["denominator"] = numerator, denominator
    return result


def slices(frame: pd.DataFrame) -> pd.MultiIndex:
    """Return indicator and date of each row."""
    return pd.MultiIndex.from_frame(frame[["indicator", "date"]])


def city_of_shown(
    city_values: pd.DataFrame, indicators: pd.DataFrame, changed: set[tuple[str, str]]
) -> pd.DataFrame:
    """Sum up the city again from the rows that are shown, for the changed indicators and dates.

    The true total less the shown counts would be the sum of the suppressed ones.
    """
    keys = slices(city_values)
    shown = indicators.groupby(["indicator", "date"], observed=True)
    single = indicators["denominator"].isna() & indicators["value"].notna()
    pairs = indicators[indicators["numerator"].notna() & (indicators["denominator"].notna() | single)]
    sums = pairs.groupby(["indicator", "date"], observed=True)[["numerator", "denominator"]].sum(min_count=1)
    counts = sums.reindex(keys)
    alone = counts["numerator"].notna() & counts["denominator"].isna()
    again = pd.DataFrame(
        {
            "value": (counts["numerator"] / counts["denominator"])
            .where(~alone, counts["numerator"])
            .to_numpy(),
            "numerator": counts["numerator"].to_numpy(),
            "denominator": counts["denominator"].to_numpy(),
            "median": shown["value"].median().reindex(keys).to_numpy(),
            "districts": shown["value"].count().reindex(keys).to_numpy(),
        },
        index=city_values.index,
    )
    protected = city_values.copy()
    for column in again:
        protected[column] = protected[column].mask(keys.isin(changed), again[column])
    return protected


def without_hashes(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Withhold the input hashes: with few suppressed counts one could try all, and the hash would tell."""
    inputs = provenance.get("inputs")
    return {**provenance, "inputs": dict.fromkeys(inputs, "withheld")} if inputs else dict(provenance)
