"""Tables of a release: one row per district, indicator and date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.assessment.cautious import cautious_changes
from sozialraum.assessment.rule import Rule
from sozialraum.assessment.told import verdict_sentences
from sozialraum.indicators.changes import changes
from sozialraum.publish.delimited import FORMULA_STARTS, escape_formula, write_csv

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.analysis import Analysis, Assessment

__all__ = ["all_tables", "escape_formulas", "results_table", "write_csv"]

KEYS = ["district", "indicator", "date"]


def results_table(release: Analysis) -> pd.DataFrame:
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
        `p`, `p_adjusted`, `quadrant` and `cluster`; where there is an assessment, `verdict`,
        `verdict_reason`, `verdict_told` (the reason in a sentence with its numbers), `verdict_difference` and
        `verdict_margin` (in the unit of `value`), `design_effect` and its source, `verdict_p`,
        `verdict_p_adjusted`, the Empirical-Bayes rate
        `smoothed` with its interval (drawn towards the city) and `smoothed_local` (drawn towards the
        neighbourhood), and `control_z` and `control_state` (the district against the city).
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
        for found in _conclusions(release.assessment, release):
            table = table.merge(found, how="left", on=KEYS, validate="one_to_one")
    first = ["district", "name", *release.parents, "indicator", "label", "date"]
    return table[[*first, *(column for column in table.columns if column not in first)]]


def _conclusions(assessment: Assessment, release: Analysis) -> Iterator[pd.DataFrame]:
    """Give the columns that the assessment adds to each row, under names of their own."""
    verdict = {
        "verdict": "verdict",
        "reason": "verdict_reason",
        "told": "verdict_told",
        "difference": "verdict_difference",
        "margin": "verdict_margin",
        "design_effect": "design_effect",
        "design_effect_source": "design_effect_source",
        "p": "verdict_p",
        "p_adjusted": "verdict_p_adjusted",
    }
    judged = assessment.verdicts
    if not judged.empty:
        rule = Rule(**(release.parameters.get("assessment") or {}).get("verdict") or {})
        told = verdict_sentences(judged, release.catalogue, rule=rule, language=release.language)
        judged = judged.assign(told=told)
    smoothed = {name: name for name in ("smoothed", "smoothed_lower", "smoothed_upper", "smoothed_local")}
    control = {"z": "control_z", "state": "control_state"}
    for frame, names in (
        (judged, verdict),
        (assessment.smoothed, smoothed),
        (assessment.control, control),
    ):
        if not frame.empty:
            yield frame.rename_axis("district").reset_index().rename(columns=names)[[*KEYS, *names.values()]]


def all_tables(release: Analysis) -> dict[str, pd.DataFrame]:
    """Return all tables of a release by name; those that were not asked for are left out.

    Returns
    -------
    dict
        `results` (see `results_table`); `changes` from each date to the next (see `indicators.changes` and
        `assessment.cautious`);
        `index` (district, index, date: the columns of `Assessment.index`, for the public without ranks);
        `trends` (district, indicator); `segregation` and `inequality` (indicator, date, level, measure);
        `fluidity` (indicator, date: are transitions between neighbours fluid?).
    """
    tables = {"results": results_table(release)}
    moved = _changes(release)
    if not moved.empty:
        tables["changes"] = _named(release, moved)
    found = release.assessment
    if found is None:
        return tables
    # A public release is no league table.
    public = release.audience == "public"
    index = found.index.drop(columns="rank", errors="ignore") if public else found.index
    tables |= {name: _named(release, frame) for name, frame in (("index", index), ("trends", found.trends))}
    tables |= {"segregation": found.segregation, "inequality": found.inequality, "fluidity": found.city_edges}
    return {name: table for name, table in tables.items() if not table.empty}


def _changes(release: Analysis) -> pd.DataFrame:
    """Compute the changes between the dates from what the release shows, up to the declared breaks."""
    ours = release.indicators["indicator"].unique()
    breaks = release.catalogue.get("breaks", pd.Series(dtype=object)).reindex(ours).dropna()
    moved = changes(release.indicators, breaks={str(name): dates for name, dates in breaks.items() if dates})
    return cautious_changes(moved, release.indicators, release.catalogue) if len(moved) else moved


def _named(release: Analysis, frame: pd.DataFrame) -> pd.DataFrame:
    """Put key, name and larger areas of the district before the columns of `frame`."""
    table = frame.rename_axis("district").reset_index()
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
    # Columns of texts repeat few of them: each is looked at once.
    found = {
        cell: escape_formula(cell)
        for cell in values.dropna().unique()
        if isinstance(cell, str) and cell.startswith(FORMULA_STARTS)
    }
    return values.map(lambda cell: found.get(cell, cell)) if found else values
