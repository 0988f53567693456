"""How context indicators go together with the others. They describe districts, they never judge them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import require_catalogue
from sozialraum.panel import check_rows, matrix

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["context_correlations"]


CONTEXT_COLUMNS = ("context", "indicator", "districts", "correlation")


@checked()
def context_correlations(indicators: pd.DataFrame, catalogue: pd.DataFrame, *, date: str) -> pd.DataFrame:
    """Correlate each context indicator with each of the others over the districts (Spearman's rho).

    Whatever shows this table must show the note ``assessment.note.ecological_fallacy`` with it: what holds
    between districts need not hold between people.

    Parameters
    ----------
    indicators
        Long table with `INDICATOR_COLUMNS`, index district.
    catalogue
        Its `polarity` tells context indicators from the others.
    date
        ISO text.

    Returns
    -------
    pd.DataFrame
        One row per pair: `context`, `indicator`, `districts` (with both values), `correlation` (-1..1, mean
        ranks for ties; NaN below three districts or where an indicator is constant).

    References
    ----------
    Spearman (1904); Robinson (1950) on ecological correlations.
    """
    check_rows(indicators)
    require_catalogue(catalogue)
    present = set(indicators.loc[indicators["date"] == date, "indicator"])
    names = [name for name in catalogue.index if name in present]
    if not names:
        return pd.DataFrame(columns=list(CONTEXT_COLUMNS))
    values = matrix(indicators, names, date)
    known = values.notna().astype(int)
    correlation = values.corr(method="spearman", min_periods=3)
    districts = known.T @ known
    context = set(catalogue.index[catalogue["polarity"] == "context"])

    def pairs() -> Iterator[tuple[str, str, int, float]]:
        for first in (name for name in names if name in context):
            for second in (name for name in names if name not in context):
                yield first, second, int(districts.loc[first, second]), float(correlation.loc[first, second])

    return pd.DataFrame(pairs(), columns=list(CONTEXT_COLUMNS))
