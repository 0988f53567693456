"""Further findings: themes together, groups beside each other, pockets, methods beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.assessment.provision.burden import BURDEN_COLUMNS, double_disadvantage_by_theme
from sozialraum.assessment.provision.city import EXPOSURE_COLUMNS, exposure
from sozialraum.assessment.provision.pockets import POCKET_COLUMNS, pockets
from sozialraum.assessment.rule import UNFAVOURABLE
from sozialraum.programme.findings.counts import group_counts
from sozialraum.programme.findings.provide import ENOUGH, HIGH_NEED
from sozialraum.programme.selection.stability import lists_by_variant, variant_lists
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text

if TYPE_CHECKING:
    from sozialraum.analysis import Analysis
    from sozialraum.assessment.index.recipes import Recipe
    from sozialraum.programme.selection.rules import SelectionRules

__all__ = ["exposure_table", "housing_words", "overall_burden", "pocket_table", "variant_tables"]

PEOPLE = ("children_youth", "working_age", "older")
"""Groups that exclude one another, beside all inhabitants."""


def overall_burden(burden: pd.DataFrame) -> pd.DataFrame:
    """Put the themes (kind of facility and target group) of the latest common year together.

    Parameters
    ----------
    burden
        From `provide.burden_tables`.

    Returns
    -------
    pd.DataFrame
        Index district: `year`, `theme` ("kind:group", and "overall" last) and `BURDEN_COLUMNS`; empty unless
        there are two themes with one year in common.
    """
    columns = ["year", "theme", *BURDEN_COLUMNS]
    empty = pd.DataFrame(columns=columns, index=pd.Index([], name="district"))
    if burden.empty:
        return empty
    parts = {f"{kind}:{group}": part for (kind, group), part in burden.groupby(["kind", "target_group"])}
    years = set.intersection(*(set(part["year"]) for part in parts.values()))
    if len(parts) < 2 or not years:
        return empty
    year = max(years)

    def bounds(part: pd.DataFrame, name: str) -> pd.DataFrame:
        own = part[part["year"] == year][[name, f"{name}_lower", f"{name}_upper"]]
        found: pd.DataFrame = own.astype(float).set_axis(["value", "lower", "upper"], axis=1)
        return found

    themes = {
        name: (bounds(part, "need"), bounds(part, "provision"), HIGH_NEED, ENOUGH)
        for name, part in sorted(parts.items())
    }
    table: pd.DataFrame = double_disadvantage_by_theme(themes)
    return table.assign(year=year).rename_axis("district")[columns]


def exposure_table(indicators: pd.DataFrame, catalogue: pd.DataFrame, year: int) -> pd.DataFrame:
    """Tell whom children, people of working age and older people have around, on average over each group.

    Returns
    -------
    pd.DataFrame
        `year` and `EXPOSURE_COLUMNS`; empty where inhabitants or two of the groups are not counted.
    """
    counts = {}
    for group in (*PEOPLE, "all"):
        people = group_counts(group, indicators, catalogue)
        if year in people:
            counts[group] = people[year]
    columns = ["year", *EXPOSURE_COLUMNS]
    if "all" not in counts or len(counts) < 3:
        return pd.DataFrame(columns=columns)
    return exposure(pd.DataFrame(counts), total="all").assign(year=year)[columns]


def pocket_table(blocks: pd.DataFrame, analysis: Analysis) -> pd.DataFrame:
    """Find blocks that carry an otherwise inconspicuous district. Internal, never published.

    Parameters
    ----------
    blocks
        Sheet "block_values"; of each indicator the latest period counts.
    analysis
        Verdicts; design effects of the catalogue.

    Returns
    -------
    pd.DataFrame
        Index block: `indicator`, `period` and `POCKET_COLUMNS`.
    """
    judged = analysis.assessment.verdicts if analysis.assessment is not None else pd.DataFrame()
    found = []
    for name, rows in blocks.dropna(subset=["block", "district", "indicator", "period"]).groupby("indicator"):
        last = rows[rows["period"] == rows["period"].max()]
        conspicuous: set[str] = set()
        if not judged.empty:
            own = judged[judged["indicator"] == name]
            latest = own[own["date"] == own["date"].max()]
            conspicuous = set(latest.index[latest["verdict"].astype(str) == UNFAVOURABLE])
        quiet = [key for key in map(str, analysis.districts.index) if key not in conspicuous]
        one = pockets(last.set_index("block"), inconspicuous=quiet, design=_design(analysis, str(name)))
        found.append(one.assign(indicator=name, period=last["period"].iloc[0]))
    columns = ["indicator", "period", *POCKET_COLUMNS]
    filled = [one for one in found if not one.empty]
    table = pd.concat(filled) if filled else pd.DataFrame(columns=columns)
    return table.rename_axis("block")[columns]


def _design(analysis: Analysis, indicator: str) -> float:
    if "design_effect" not in analysis.catalogue or indicator not in analysis.catalogue.index:
        return 1.0
    effect = pd.to_numeric(analysis.catalogue["design_effect"], errors="coerce")[indicator]
    return float(effect) if effect >= 1 else 1.0


def variant_tables(
    found: pd.DataFrame, rules: SelectionRules, recipe: Recipe, analysis: Analysis, *, date: str
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compare the lists of a year under other methods with the declared one, one choice at a time.

    Returns
    -------
    by_variant
        Column `variant`, and those of `lists_by_variant`.
    by_district
        Index district; `selected`, `share` of the methods that select it.
    """
    lists = variant_lists(
        found,
        rules,
        recipe,
        analysis.indicators,
        date=date,
        population=analysis.population,
        keys=map(str, analysis.districts.index),
    )
    by_variant, by_district = lists_by_variant(lists, declared="declared")
    return by_variant.reset_index(), by_district


def housing_words(
    loss: pd.DataFrame, flats: pd.DataFrame, names: pd.Series, language: Language = DEFAULT_LANGUAGE
) -> pd.DataFrame:
    """Say of each district that loses a fifth of its rent-bound flats when, and how many.

    Parameters
    ----------
    loss, flats
        From `provide.housing_tables`.
    names
        District to its name.
    language
        Of the sentence.

    Returns
    -------
    pd.DataFrame
        `loss` with `fifth_lost_in` (first year at whose end a fifth is lost for certain; NaN: never in the
        years looked at) and `sentence`.
    """
    if loss.empty:
        return loss.assign(fifth_lost_in=pd.Series(dtype=float), sentence=pd.Series(dtype=object))
    lost = flats[flats["lost"] >= 0.2 - 1e-12]
    first = lost.groupby(level=0)["year"].min().reindex(loss.index)
    start = flats[flats["year"] == flats["year"].min()]["bound"]
    last = int(flats["year"].max())
    said = []
    for key, row in zip(map(str, loss.index), loss.to_dict("records"), strict=True):
        values = {
            "name": names.get(key, key),
            "year": last,
            "ended": f"{row['ended']:.0f}",
            "bound": f"{start[key]:.0f}",
            "share": f"{100 * row['lost']:.0f}",
            "most": f"{100 * row['lost_most']:.0f}",
            "first": "" if pd.isna(first[key]) else int(first[key]),
        }
        kind = "certain" if row["certain"] else "possible"
        said.append(text(f"findings.housing.{kind}", language, **values))
    return loss.assign(fifth_lost_in=first.astype(float), sentence=said)
