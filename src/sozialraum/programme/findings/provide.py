"""Provision from the sheets: supply, access, housing, double disadvantage, what a quarter carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.assessment.provision.access import floating_catchment
from sozialraum.assessment.provision.burden import (
    BURDEN_COLUMNS,
    QUADRANTS,
    double_disadvantage,
    provision_around,
    quadrant_shares,
)
from sozialraum.assessment.provision.city import LOAD_COLUMNS, load_shares
from sozialraum.assessment.provision.decoupling import DECOUPLING_COLUMNS, decoupling, decoupling_sentence
from sozialraum.assessment.provision.housing import bound_flats, losing
from sozialraum.assessment.provision.supply import capacity_by_year, supply, year_of
from sozialraum.assessment.provision.travel import travel_costs
from sozialraum.programme.findings.counts import group_counts, variable_counts
from sozialraum.texts import DEFAULT_LANGUAGE, Language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from libpysal.graph import Graph

__all__ = ["access_table", "burden_tables", "housing_tables", "load_table", "supply_table"]

CATCHMENT = 1500.0
"""Reach in metres of a facility that names none."""
HIGH_NEED = 1.0
"""Index value from which need is high: one standard deviation above the mean, status low."""
ENOUGH = 1.0
AHEAD = 10
CERTAINTY_COLUMNS = (*(f"share_{name}" for name in QUADRANTS), "certainty")
SHARE = 0.2


def supply_table(
    sheets: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    years: Sequence[int],
) -> pd.DataFrame:
    """Return `supply` of the facilities of the sheets, with the city's requirements.

    Parameters
    ----------
    sheets
        "facilities", "facility_years", "requirements".
    indicators, catalogue
        Give the people of each target group.
    years
        Wanted years.
    """
    places = sheets["facilities"].dropna(subset=["district"])
    groups = [str(group) for group in places["target_group"].dropna().unique()]
    people = {group: group_counts(group, indicators, catalogue) for group in groups}
    declared = sheets["requirements"]
    for variable, group in zip(declared["persons"], declared["target_group"], strict=True):
        # A requirement names its own persons: coverage is of them.
        people[str(group or "all")] = variable_counts(str(variable), indicators, catalogue)
    wanted = declared.assign(
        per_head=pd.to_numeric(declared["per_100_persons"]) / 100,
        target_group=declared["target_group"].where(declared["target_group"].notna(), "all"),
    )
    known = {group: _years(frame, years) for group, frame in people.items()}
    return supply(places, sheets["facility_years"], known, years=years, requirements=wanted)


def _years(frame: pd.DataFrame, years: Sequence[int]) -> pd.DataFrame:
    return frame.reindex(columns=list(years))


def access_table(
    sheets: Mapping[str, pd.DataFrame],
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    districts: gpd.GeoDataFrame,
    graph: Graph,
    years: Sequence[int],
) -> pd.DataFrame:
    """Return access by floating catchment per kind of facility, target group and year.

    Returns
    -------
    pd.DataFrame
        Index district; `kind`, `target_group`, `year`, `access` (capacity per head), `at_least`.
    """
    columns = ["kind", "target_group", "year", "access", "at_least"]
    places = sheets["facilities"].dropna(subset=["district", "target_group"])
    places = places.assign(
        open_to_all=places["access_rule"].isin(["school_district", "assignment"]).eq(other=False)
    )
    if places.empty:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="district"))
    costs = travel_costs(places, districts, graph)
    reach = pd.to_numeric(places["catchment_m"]).fillna(CATCHMENT)
    capacity = capacity_by_year(places, sheets["facility_years"], years)
    found = []
    for (kind, group), part in places.groupby(["kind", "target_group"], sort=True):
        people = group_counts(str(group), indicators, catalogue).reindex(districts.index)
        if people.empty or not set(years) & set(people.columns):
            continue
        keys = part.index
        one = floating_catchment(
            costs[keys], capacity.loc[keys], _years(people, years), catchment=reach.loc[keys]
        )
        long = one.access.melt(var_name="year", value_name="access", ignore_index=False)
        long["at_least"] = one.at_least.melt(ignore_index=False)["value"].to_numpy()
        found.append(long.assign(kind=str(kind), target_group=str(group)))
    if not found:
        return pd.DataFrame(columns=columns, index=pd.Index([], name="district"))
    return pd.concat(found).rename_axis("district")[columns]


def housing_tables(
    housing: pd.DataFrame, year: int, households: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rent-bound flats by year, and the districts that lose a fifth within ten years.

    Parameters
    ----------
    housing
        `district`, `period`, `kind`, `flats`, `binding_ends`; of several periods the latest up to `year`.
    year
        Counting starts at its end.
    households
        Index district, one column per year.
    """
    stock = housing[housing["kind"] == "rent_bound"].assign(_at=housing["period"].map(year_of))
    stock = stock[stock["_at"] <= year]
    stock = stock[stock["_at"] == stock.groupby("district")["_at"].transform("max")]
    flats = stock.rename(columns={"flats": "dwellings"})
    known = households[year] if year in households.columns else None
    ahead = bound_flats(flats, start=year, years=range(year, year + AHEAD + 1), households=known)
    return ahead, losing(ahead, by=year + AHEAD, share=SHARE)


def burden_tables(
    provided: pd.DataFrame,
    index: pd.DataFrame,
    graph: Graph,
    *,
    districts: gpd.GeoDataFrame | None = None,
    drawn: Mapping[tuple[str, int], pd.DataFrame] | None = None,
    language: Language = DEFAULT_LANGUAGE,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Put each target group's index beside the coverage of its requirements.

    Parameters
    ----------
    provided
        From `supply_table`; rows without a requirement are left out.
    index
        `Assessment.index`: `index` (target group or "all"), `date`, `value`.
    graph
        Neighbours.
    districts
        Their shapes, for an interval of the slopes that knows of neighbours.
    drawn
        Group and year to resampled index values (index district), whose 90 % interval bounds need.
    language
        Of the sentences.

    Returns
    -------
    burden
        Index district: `kind`, `target_group`, `year`, the columns of `double_disadvantage`; `share_both`,
        `share_need`, `share_provision`, `share_neither` (share of the redrawn data that lead to each) and
        `certainty` (that of the measured one), NaN where nothing was redrawn; `pattern` and `around` of
        `provision_around`.
    slopes
        Per kind and target group: the columns of `decoupling`, and a sentence.
    """
    covered = provided[provided["coverage"].notna()]
    rows, slopes = [], []
    for (kind, group, _), part in covered.groupby(["kind", "target_group", "unit"], sort=True):
        need = _index_of(index, str(group))
        coverage = part.set_index("year", append=True)["coverage"].unstack("year")  # noqa: PD010 - pairs are unique
        for year in sorted(set(coverage.columns) & set(need.columns)):
            bounds = _bounds(need[year], None if drawn is None else drawn.get((str(group), int(year))))
            both = double_disadvantage(bounds, coverage[year], need_limit=HIGH_NEED, provision_limit=ENOUGH)
            around = provision_around(coverage[year].reindex(both.index), graph, limit=ENOUGH)
            placed = both.assign(kind=str(kind), target_group=str(group), year=int(year))
            placed = placed.join(
                _certainty(both, None if drawn is None else drawn.get((str(group), int(year))))
            )
            rows.append(placed.assign(around=around["around"], pattern=around["pattern"]))
        slope = decoupling(need, coverage, districts=districts)
        said = [decoupling_sentence(row, language) for _, row in slope.iterrows()]
        slopes.append(slope.assign(kind=str(kind), target_group=str(group), sentence=said))
    columns = ["kind", "target_group", "year", *BURDEN_COLUMNS, *CERTAINTY_COLUMNS, "around", "pattern"]
    more = ["kind", "target_group", *DECOUPLING_COLUMNS, "sentence"]
    burden = pd.concat(rows)[columns] if rows else pd.DataFrame(columns=columns)
    return burden.rename_axis("district"), (
        pd.concat(slopes, ignore_index=True)[more] if slopes else pd.DataFrame(columns=more)
    )


def _certainty(both: pd.DataFrame, drawn: pd.DataFrame | None) -> pd.DataFrame:
    """Tell in which share of the redrawn data each quadrant comes out, and the measured one."""
    if drawn is None:
        return pd.DataFrame(np.nan, index=both.index, columns=list(CERTAINTY_COLUMNS))
    shares = quadrant_shares(
        drawn.reindex(both.index), both["provision"], need_limit=HIGH_NEED, provision_limit=ENOUGH
    )
    at = [QUADRANTS.index(name) if name in QUADRANTS else -1 for name in both["measured"]]
    cells = np.column_stack([shares[list(QUADRANTS)].to_numpy(dtype=float), np.full(len(both), np.nan)])
    found = shares[list(QUADRANTS)].add_prefix("share_")
    return found.assign(certainty=cells[np.arange(len(both)), at])[list(CERTAINTY_COLUMNS)]


def _index_of(index: pd.DataFrame, group: str) -> pd.DataFrame:
    names = set(index["index"])
    ours = index[index["index"] == (group if group in names else "all")]
    dated = ours.assign(_year=ours["date"].str[:4].astype(int)).rename_axis("district").reset_index()
    return dated.pivot_table(index="district", columns="_year", values="value", aggfunc="last", dropna=False)


def _bounds(value: pd.Series, drawn: pd.DataFrame | None) -> pd.DataFrame:
    if drawn is None:
        return value.to_frame("value")
    quantiles = drawn.reindex(value.index).quantile([0.05, 0.95], axis=1).T
    return pd.DataFrame(
        {
            "value": value,
            "lower": np.minimum(quantiles[0.05], value),
            "upper": np.maximum(quantiles[0.95], value),
        }
    )


def load_table(
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame,
    provided: pd.DataFrame,
    money: pd.DataFrame | None,
    year: int,
) -> pd.DataFrame:
    """Return for each disadvantage a quarter's share of the city's cases beside what it gets.

    Parameters
    ----------
    indicators, catalogue
        Shares with counts and the polarity "disadvantage".
    provided
        From `supply_table`: facilities' capacity in the unit that most rows of the target group have.
    money
        Index district, one column per year: amounts by district; None: not known.
    year
        Wanted year.

    Returns
    -------
    pd.DataFrame
        Index district: `indicator`, `year`, columns `LOAD_COLUMNS`.
    """
    ours = catalogue[(catalogue["polarity"] == "disadvantage") & (catalogue["kind"] == "share")]
    rows = indicators[indicators["date"].str.startswith(str(year))].sort_values("date", kind="stable")
    found = []
    for name, entry in ours.iterrows():
        part = rows[rows["indicator"] == name]
        part = part[~part.index.duplicated(keep="last")]
        if part["numerator"].notna().sum() < 2:
            continue
        capacity = _capacity(provided, str(entry["target_group"]), year)
        euros = (
            None
            if money is None or year not in money.columns
            else money[year].reindex(part.index).fillna(0.0)
        )
        shares = load_shares(part["numerator"], part["denominator"], provision=capacity, money=euros)
        found.append(shares.assign(indicator=str(name), year=year))
    columns = ["indicator", "year", *LOAD_COLUMNS]
    return (
        pd.concat(found)[columns].rename_axis("district")
        if found
        else pd.DataFrame(columns=columns, index=pd.Index([], name="district"))
    )


def _capacity(provided: pd.DataFrame, group: str, year: int) -> pd.Series | None:
    ours = provided[(provided["target_group"] == group) & (provided["year"] == year)]
    if ours.empty:
        return None
    unit = ours["unit"].mode().sort_values()
    same = ours[ours["unit"] == unit.iloc[0]] if len(unit) else ours
    known = same.groupby(level=0)["capacity"].agg(lambda column: column.sum(skipna=False))
    return known.astype(float)
