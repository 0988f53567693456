"""Tables of a release: one row per district, indicator and date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from pathlib import Path

    from sozialraum.analysis import Assessment
    from sozialraum.disclosure.release import Release
    from sozialraum.texts import Language

__all__ = ["escape_formulas", "index_table", "results_table", "write_csv"]

KEYS = ["district", "indicator", "date"]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def results_table(release: Release) -> pd.DataFrame:
    """Return all results of a release as one long table.

    Parameters
    ----------
    release
        What its audience may see.

    Returns
    -------
    pd.DataFrame
        One row per district, indicator and date, in the order of `release.indicators`. Columns: `district`,
        `name`, one per parent level, `indicator`, `label`, `date`, `value` (a share as 0..1), `numerator`,
        `denominator`, `lower`, `upper`, `flag`, and, where clusters were computed, `moran` (local Moran's I),
        `p`, `p_adjusted`, `quadrant` and `cluster`; where verdicts were given, `verdict`, `verdict_reason`,
        `verdict_p` and `verdict_p_adjusted`.
    """
    districts = release.districts[["name", *release.parents]]
    labels = release.catalogue[f"label_{release.language}"]
    table = release.indicators.rename_axis("district").reset_index()
    table["label"] = table["indicator"].map(labels.to_dict())
    table = table.join(districts, on="district")
    if not release.clusters.empty:
        clusters = release.clusters.rename_axis("district").reset_index()
        clusters = clusters.rename(columns={"label": "cluster", "statistic": "moran"})
        table = table.merge(clusters, how="left", on=KEYS, validate="one_to_one")
    if release.assessment is not None:
        table = table.merge(_verdicts(release.assessment), how="left", on=KEYS, validate="one_to_one")
    first = ["district", "name", *release.parents, "indicator", "label", "date"]
    return table[[*first, *(column for column in table.columns if column not in first)]]


def _verdicts(assessment: Assessment) -> pd.DataFrame:
    names = {"reason": "verdict_reason", "p": "verdict_p", "p_adjusted": "verdict_p_adjusted"}
    found = assessment.verdicts.rename_axis("district").reset_index().rename(columns=names)
    return found[[*KEYS, "verdict", *names.values()]]


def index_table(release: Release) -> pd.DataFrame:
    """Return the composite index of a release as one long table.

    Returns
    -------
    pd.DataFrame
        One row per district, index ("all" or a target group) and date; `district`, `name`, one column per
        parent level, and the columns of `Assessment.index`. Empty where no index was asked for.
    """
    if release.assessment is None or release.assessment.index.empty:
        return pd.DataFrame()
    table = release.assessment.index.rename_axis("district").reset_index()
    table = table.join(release.districts[["name", *release.parents]], on="district")
    first = ["district", "name", *release.parents]
    return table[[*first, *(column for column in table.columns if column not in first)]]


def escape_formulas(values: pd.Series) -> pd.Series:
    """Put an apostrophe before texts that a spreadsheet would take for a formula; numbers stay as they are.

    Parameters
    ----------
    values
        Any dtype, any length.

    Returns
    -------
    pd.Series
        The index of `values`.
    """
    if pd.api.types.is_numeric_dtype(values):
        return values
    return values.map(
        lambda cell: f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
    )


def write_csv(table: pd.DataFrame, path: Path, language: Language) -> None:
    """Write a table so that the office's spreadsheet opens it by a double click.

    German: fields separated by semicolons and a decimal comma; English: commas and a point. UTF-8 with a
    byte order mark. Numbers are written with the shortest digits that keep their value.
    """
    german = language == "de"
    table.apply(escape_formulas).to_csv(
        path,
        index=False,
        sep=";" if german else ",",
        decimal="," if german else ".",
        encoding="utf-8-sig",
        lineterminator="\n",
    )
