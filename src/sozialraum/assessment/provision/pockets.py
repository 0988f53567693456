"""Pockets: blocks that carry an otherwise inconspicuous district. Internal, never published."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialraum.arguments import checked
from sozialraum.errors import AlignmentError, Problem, raise_problems
from sozialraum.stats.distributions import binomial_more
from sozialraum.stats.multiple import adjust

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

__all__ = ["POCKET_COLUMNS", "pockets"]

POCKET_COLUMNS = (
    "district",
    "numerator",
    "denominator",
    "value",
    "city",
    "case_share",
    "people_share",
    "rest",
    "p",
    "p_adjusted",
)


@checked()
def pockets(
    blocks: pd.DataFrame,
    *,
    inconspicuous: Iterable[str],
    minimum: float = 50,
    distance: float = 0.05,
    design: float = 1.0,
    alpha: float = 0.05,
) -> pd.DataFrame:
    """Find blocks with clearly more cases than the city in districts that do not stand out.

    Parameters
    ----------
    blocks
        Index block; `district`, `numerator`, `denominator` of all blocks of the city. Missing counts are
        left out.
    inconspicuous
        Districts whose verdict is not 'unfavourable'; blocks of others are tested but not listed.
    minimum
        Fewest people of a block.
    distance
        Least distance from the city's share (0.05: 5 points), so that mere size makes no finding.
    design
        Design effect: people come in households; counts are divided by it.
    alpha
        Of the one-sided binomial test, Benjamini-Hochberg over all blocks that are large enough.

    Returns
    -------
    pd.DataFrame
        Index block, columns `POCKET_COLUMNS`, highest share first: `case_share` and `people_share` of its
        district, and `rest`, the district's share without the block. Internal: blocks are far too small for
        publication, and the district and the rest give them away.

    Raises
    ------
    AlignmentError
        Double blocks, or more cases than people; names them.
    """
    known = blocks.astype({"numerator": float, "denominator": float})
    known = known.dropna(subset=["numerator", "denominator"])
    wrong = known.index[(known["numerator"] > known["denominator"]) | known.index.duplicated()]
    if len(wrong):
        problem = Problem(code="provision.blocks", keys=tuple(map(str, wrong.unique())))
        raise_problems([problem], AlignmentError)
    city = known["numerator"].sum() / max(known["denominator"].sum(), 1)
    tested = known[known["denominator"] >= minimum].copy()
    people = np.floor(tested["denominator"] / design)
    cases = np.floor(tested["numerator"] / design)
    tested["p"] = binomial_more(cases - 1, people, city)
    tested["p_adjusted"] = adjust(tested["p"].to_numpy()) if len(tested) else []
    of_district = known.groupby("district")[["numerator", "denominator"]].sum()
    whole = of_district.reindex(tested["district"]).set_axis(tested.index)
    tested["value"] = tested["numerator"] / tested["denominator"]
    tested["city"] = city
    tested["case_share"] = tested["numerator"] / whole["numerator"]
    tested["people_share"] = tested["denominator"] / whole["denominator"]
    left = whole["denominator"] - tested["denominator"]
    tested["rest"] = (whole["numerator"] - tested["numerator"]) / left.where(left > 0)
    found = tested[
        (tested["p_adjusted"] <= alpha)
        & (tested["value"] - city >= distance)
        & tested["district"].isin(list(inconspicuous))
    ]
    return found.sort_values("value", ascending=False, kind="stable")[list(POCKET_COLUMNS)]
