"""Tables of a release: everything that was computed, under names of its own and with its period in words."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.assessment.assess import settings_of
from sozialraum.assessment.cautious import cautious_changes
from sozialraum.assessment.rule import Rule
from sozialraum.assessment.told import verdict_sentences
from sozialraum.assessment.trends.series import TRENDS
from sozialraum.distinct import groups_of, numbered
from sozialraum.errors import require_panel
from sozialraum.indicators.changes import changes
from sozialraum.indicators.periods import PeriodNames
from sozialraum.publish.delimited import FORMULA_STARTS, escape_formula, write_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sozialraum.analysis import Analysis, Assessment, FurtherStatistics

    Names = Callable[..., tuple[str, str]]

__all__ = ["all_tables", "escape_formulas", "results_table", "write_csv"]

KEYS = ["district", "indicator", "date"]

DIGITS = 12
"""Significant digits of a written number: what a computer's arithmetic leaves behind them says nothing."""

_PERIODS = {
    "date": ("period", "period_label"),
    "base_date": (None, "base_period_label"),
    "first": (None, "first_label"),
    "last": (None, "last_label"),
}
"""Columns with dates to the columns that say which kind of period they stand for, and how people write it."""


def results_table(release: Analysis, names: Names | None = None) -> pd.DataFrame:
    """Return all results of a release as one long table.

    Parameters
    ----------
    release
        What its audience may see.
    names
        Those of its periods, where they are at hand.

    Returns
    -------
    pd.DataFrame
        One row per district, indicator and date, in the order of `release.indicators`. Columns: `district`,
        `name`, one per parent level, `indicator`, `label`, `date` (the last day), `period` (its kind, one of
        `PERIOD_KINDS`), `period_label` (as people write it), `value` (a share as 0..1), `numerator`,
        `denominator`, `lower`, `upper`, `flag`, and, where clusters were computed, `moran` (local Moran's I),
        `p`, `p_adjusted`, `quadrant` and `cluster`; where there is an assessment, `verdict`,
        `verdict_reason`, `verdict_told` (the reason in a sentence with its numbers), `verdict_difference` and
        `verdict_margin` (in the unit of `value`), `design_effect` and its source, `verdict_p`,
        `verdict_p_adjusted`, the Empirical-Bayes rate
        `smoothed` with its interval (drawn towards the city) and `smoothed_local` (drawn towards the
        neighbourhood), and `control_z` and `control_state` (the district against the city).
    """
    require_panel(release)
    districts = release.districts[["name", *release.parents]]
    labels = release.catalogue[f"label_{release.language}"]
    table = release.indicators.rename_axis("district").reset_index()
    table["label"] = table["indicator"].map(labels.to_dict())
    table = table.join(districts, on="district")
    if not release.clusters.empty:
        clusters = release.clusters.rename_axis("district").reset_index()
        clusters = clusters.rename(columns={"label": "cluster", "statistic": "moran"})
        table = _with(table, clusters)
    if release.assessment is not None:
        for found in _conclusions(release.assessment, release):
            table = _with(table, found)
    first = ["district", "name", *release.parents, "indicator", "label", "date"]
    table = table[[*first, *(column for column in table.columns if column not in first)]]
    return _tidy(_with_periods(table, names or _period_names(release)))


def _with(table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Put columns beside the rows with the same district, indicator and date."""
    if len(found) == len(table) and all(_same(table[key], found[key]) for key in KEYS):
        # Most results come row by row as the figures do: nothing has to be looked up.
        return table.assign(**{str(name): found[name].array for name in found if name not in KEYS})
    return table.merge(found, how="left", on=KEYS, validate="one_to_one")


def _same(one: pd.Series, two: pd.Series) -> bool:
    return bool((one.to_numpy(dtype=object) == two.to_numpy(dtype=object)).all())


def _period_names(release: Analysis) -> Names:
    """Name periods in the release's language; many tables ask for the same ones."""
    return cache(partial(PeriodNames(release.periods), language=release.language))


def _with_periods(table: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Say behind each date what it stands for, and how people write it."""
    for column, (kind_column, label_column) in _PERIODS.items():
        if column not in table or table[column].dropna().empty:
            continue
        # An index has no indicator: its date is named where all indicators mean the same by it.
        by = ["indicator", column] if "indicator" in table else [column]
        codes, first = groups_of(table, by)
        pairs = table[by].iloc[first]
        named = [names(date, *indicator) for *indicator, date in pairs.itertuples(index=False, name=None)]
        place = list(table.columns).index(column) + 1
        for offset, (name, words) in enumerate(
            (name, words) for name, words in ((kind_column, 0), (label_column, 1)) if name is not None
        ):
            found = np.array([pair[words] for pair in named], dtype=object)
            table.insert(place + offset, name, found[codes])
    return table


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    """Round numbers to the digits that say something: 0.009, not 0.009000000000000001."""
    floats = [column for column in table if pd.api.types.is_float_dtype(table[column])]
    return table.assign(**{str(column): _significant(table[column]) for column in floats})


def _significant(column: pd.Series) -> pd.Series:
    numbers = column.to_numpy(dtype=float, na_value=np.nan)
    known = np.isfinite(numbers) & (numbers != 0)
    exponent = np.floor(np.log10(np.abs(numbers, where=known, out=np.ones_like(numbers))))
    # Where 12 digits reach beyond what a double can be multiplied by, the number is as good as 0.
    digits = np.clip(DIGITS - 1 - exponent, -300, 300)
    scale = 10.0**digits
    rounded = np.where(known, np.round(numbers * scale) / scale, numbers)
    return pd.Series(rounded + 0.0, index=column.index, name=column.name)


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
        settings = settings_of(release)
        rule = Rule() if settings is None else settings.rule
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
        `results` (see `results_table`); `city` (indicator, date: the city's own rate); `changes` from each
        date to the next (see `indicators.changes` and `assessment.cautious`); `moran` (indicator, date:
        global Moran's I); `signal` (indicator, date: how much of the differences is more than chance);
        `smoothed` (district, indicator, date: Empirical-Bayes rates);
        `index` (district, index, date: the columns of `Assessment.index`), `profiles` (district, date, target
        group: what the verdicts come to), `robustness` (district: how often a class stays in redrawn data),
        `variants` (district: share of other methods that give each class), `influence` (choice of method:
        share of districts whose class it changes); `trends` (district, indicator);
        `segregation` and `inequality` (indicator, date, level, measure); `fluidity` (indicator, date: are
        transitions between neighbours fluid?); `borders` (pairs of neighbours: sharp borders);
        where esda's statistics were asked for `further` (indicator, date, measure), `surroundings` (district,
        indicator, date) and `pairs` (two indicators, date), see `FurtherStatistics`.
        For the public none has ranks. No table is empty; numbers have 12 significant digits.
    """
    names = _period_names(release)
    tables = {
        "results": results_table(release, names),
        "city": _labelled(release, release.city_values),
        "changes": _named(release, _changes(release)),
        "moran": _labelled(release, release.moran),
    }
    if release.assessment is not None:
        tables |= _assessed(release, release.assessment)
    if release.further is not None:
        tables |= _further(release, release.further)
    if release.audience == "public":
        # A public release is no league table.
        ranks = ["rank", "rank_lower", "rank_upper"]
        # In `moran` and elsewhere no column begins with these names.
        tables = {name: table.drop(columns=ranks, errors="ignore") for name, table in tables.items()}
    return {
        name: table if name == "results" else _tidy(_with_periods(table, names))
        for name, table in tables.items()
        if not table.empty
    }


def _further(release: Analysis, found: FurtherStatistics) -> dict[str, pd.DataFrame]:
    """Return the tables of esda's statistics."""
    pairs = _labelled(release, found.pairs)
    if len(pairs):
        labels = release.catalogue[f"label_{release.language}"].to_dict()
        pairs.insert(list(pairs.columns).index("other") + 1, "other_label", pairs["other"].map(labels))
    return {
        "further": _labelled(release, found.city),
        "surroundings": _named(release, found.surroundings),
        "pairs": pairs,
    }


def _assessed(release: Analysis, found: Assessment) -> dict[str, pd.DataFrame]:
    """Return the tables of an assessment."""
    shares = found.variants.rename(
        columns={
            column: f"share_{str(column).replace(' ', '_')}"
            for column in found.variants.columns
            if column not in {"status", "same", "variants"}
        }
    )
    influence = (
        found.influence.rename_axis("choice").reset_index() if len(found.influence) else pd.DataFrame()
    )
    return {
        "smoothed": _named(release, found.smoothed),
        "signal": _labelled(release, found.signal),
        "index": _named(release, found.index),
        "profiles": _named(release, found.profiles),
        "robustness": _named(release, found.robustness),
        "variants": _named(release, shares),
        "influence": influence,
        "trends": _named(release, _told_trends(found.trends)),
        "segregation": _labelled(release, found.segregation),
        "inequality": _labelled(release, found.inequality),
        "fluidity": _labelled(release, found.city_edges),
        "borders": _borders(release, found.edges),
    }


def _told_trends(found: pd.DataFrame) -> pd.DataFrame:
    """Leave the table out where no district has years enough for a trend: every cell would be empty."""
    ways = [column for column in ("direction", "relative_direction") if column in found]
    return found if (found[ways] != TRENDS[-1]).any(axis=None) else found.iloc[:0]


def _borders(release: Analysis, edges: pd.DataFrame) -> pd.DataFrame:
    """Name both sides of each sharp border."""
    if edges.empty:
        return pd.DataFrame()
    table = pd.DataFrame(edges.drop(columns="geometry"))
    names = release.districts["name"]
    for side in ("neighbor", "focal"):
        table.insert(2, f"{side}_name", names.reindex(table[side]).to_numpy())
    return _labelled(release, table)


def _changes(release: Analysis) -> pd.DataFrame:
    """Compute the changes between the dates from what the release shows, up to the declared breaks."""
    if len(numbered(release.indicators["date"])[1]) < 2:
        return release.indicators.iloc[:0]
    ours = release.indicators["indicator"].unique()
    breaks = release.catalogue.get("breaks", pd.Series(dtype=object)).reindex(ours).dropna()
    moved = changes(release.indicators, breaks={str(name): dates for name, dates in breaks.items() if dates})
    return cautious_changes(moved, release.indicators, release.catalogue) if len(moved) else moved


def _named(release: Analysis, frame: pd.DataFrame) -> pd.DataFrame:
    """Put key, name and larger areas of the district before the columns of `frame`."""
    if frame.empty:
        return frame
    table = frame.rename_axis("district").reset_index()
    table = table.join(release.districts[["name", *release.parents]], on="district")
    first = ["district", "name", *release.parents]
    return _labelled(release, table[[*first, *(column for column in table.columns if column not in first)]])


def _labelled(release: Analysis, table: pd.DataFrame) -> pd.DataFrame:
    """Put an indicator's name for people behind its id."""
    if table.empty or "indicator" not in table:
        return table
    labels = release.catalogue[f"label_{release.language}"].to_dict()
    labelled = table.copy()
    labelled.insert(list(table.columns).index("indicator") + 1, "label", table["indicator"].map(labels))
    return labelled


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
