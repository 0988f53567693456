"""Spatial scan: places of whatever size where more cases occur than their people explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import Problem, SozialraumError
from sozialraum.keys import sorted_order
from sozialraum.spatial.engine.alignment import as_series, pair
from sozialraum.spatial.engine.inference import refuse_permutations
from sozialraum.spatial.patterns.places import places_of

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["SCAN_COLUMNS", "scan_counts"]

SCAN_COLUMNS = ("districts", "cases", "expected", "ratio", "statistic", "p", "keys")


@checked()
def scan_counts(
    cases: pd.Series,
    population: pd.Series,
    districts: gpd.GeoDataFrame,
    *,
    largest: float = 0.5,
    permutations: int = 999,
    seed: int = 0,
) -> pd.DataFrame:
    """Find the circular windows that hold more cases than their population explains.

    Around every district windows grow by the next nearest one, up to the share `largest` of the population.
    Each is rated by Kulldorff's likelihood ratio, and the highest of all compared with the highest of cities
    in which the same number of cases was dealt out by population. So p allows for all windows tried. Where
    no district has more cases than people, each person is a case once at most (Bernoulli); else cases are
    events, of which a person may have several (Poisson). Cases count as independent: people who come in
    households need `cases` and `population` divided by their design effect (`effective`).

    Parameters
    ----------
    cases, population
        Counts; index: district. Districts without both, or without people, are left out.
    districts
        Polygons in a metric CRS with the same keys.
    largest
        Largest share of the population in a window.
    permutations, seed
        Of the simulated cities.

    Returns
    -------
    pd.DataFrame
        Columns `SCAN_COLUMNS`, the most unlikely window first; further ones do not overlap it and have
        p <= 0.05.

    Raises
    ------
    AlignmentError
        If a district is missing on one side.
    BoundaryError
        If the districts' reference system is not metric.
    SozialraumError
        If `largest` is not in (0, 1), or a count is negative or no whole number.

    References
    ----------
    Kulldorff (1997), A spatial scan statistic, Communications in Statistics: Theory and Methods 26.
    """
    refuse_permutations(permutations, seed)
    if not 0 < largest < 1:
        values = {"name": "largest", "value": largest, "allowed": "0..1"}
        raise SozialraumError(Problem(code="common.option", values=values))
    one, two = pair(as_series(cases), as_series(population))
    keys = one.index[sorted_order(one.index)]
    c, n = one["value"].loc[keys].to_numpy(), two["value"].loc[keys].to_numpy()
    if (c < 0).any() or (n < 0).any():
        bad = tuple(map(str, keys[(c < 0) | (n < 0)]))
        raise SozialraumError(Problem(code="spatial.negative_count", keys=bad))
    broken = np.isfinite(c) & (np.abs(c - np.round(c)) > 1e-6)
    if broken.any():
        raise SozialraumError(Problem(code="spatial.not_whole", keys=tuple(map(str, keys[broken]))))
    used = np.isfinite(c) & (n > 0)
    places = places_of(districts, one.index, keys[used])
    keys, c, n = keys[used], np.round(c[used]), n[used]
    if len(keys) < 2 or not c.sum():
        return pd.DataFrame(columns=list(SCAN_COLUMNS))
    order, inside = _windows(places, n, largest)
    expected = np.cumsum((c.sum() * n / n.sum())[order], axis=1)
    people = np.maximum(np.round(n), 1.0)
    once = bool((c <= people).all())
    around = np.cumsum(people[order], axis=1) if once else None
    rng = np.random.default_rng(seed)
    highest = np.empty(permutations)
    for number in range(permutations):
        dealt = _dealt(c, n, people if once else None, rng)
        highest[number] = _ratios(dealt, order, expected, inside, around, people.sum()).max()
    found = _ratios(c, order, expected, inside, around, people.sum())
    rows: list[tuple[object, ...]] = []
    taken = np.zeros(len(keys), dtype=bool)
    for place in np.argsort(-found, axis=None):
        centre, size = np.unravel_index(place, found.shape)
        statistic = found[centre, size]
        p = ((highest >= statistic - 1e-9).sum() + 1) / (permutations + 1)
        if rows and p > 0.05:
            break
        members = order[centre, : size + 1]
        if taken[members].any() or statistic <= 0:
            continue
        taken[members] = True
        told = tuple(map(str, keys[np.sort(members)]))
        due = expected[centre, size]
        own = c[members].sum()
        rows.append((len(members), own, due, own / due, statistic, p, told))
    return pd.DataFrame(rows, columns=list(SCAN_COLUMNS))


def _windows(places: Floats, people: Floats, largest: float) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Return each district's nearest ones, itself first, and which windows are small enough."""
    from scipy.spatial import cKDTree  # noqa: PLC0415 - start-up time

    n = len(places)
    reach = min(n, max(2, int(np.ceil(largest * n))))
    _, order = cKDTree(places).query(places, k=reach)
    order = order.reshape(n, reach)
    inside = np.cumsum(people[order], axis=1) <= largest * people.sum()
    return order, inside


def _dealt(cases: Floats, population: Floats, people: Floats | None, rng: np.random.Generator) -> Floats:
    """Deal the cases out by population; with `people` each of them is a case once at most."""
    total = int(cases.sum())
    if people is None:
        return rng.multinomial(total, population / population.sum()).astype(float)
    return rng.multivariate_hypergeometric(people.astype(np.int64), total, method="marginals").astype(float)


def _ratios(
    cases: Floats,
    order: NDArray[np.intp],
    expected: Floats,
    inside: NDArray[np.bool_],
    people: Floats | None,
    population: float,
) -> Floats:
    """Return the log likelihood ratio of each window; 0 where there are no more cases than expected.

    With the `people` of each window it is that of persons who are a case or none, else that of events.
    """
    from scipy.special import xlogy  # noqa: PLC0415 - start-up time

    total = cases.sum()
    own = np.cumsum(cases[order], axis=1)
    more = inside & (own > expected)
    rest, due = total - own, np.maximum(total - expected, 1e-300)
    ratio = xlogy(own, own / expected) + xlogy(rest, rest / due)
    if people is not None and population > total:
        # The same for those who are no case.
        usual = (population - total) / population
        without, elsewhere = people - own, population - people - rest
        outside = np.maximum(population - people, 1e-300)
        ratio += xlogy(without, without / (people * usual)) + xlogy(elsewhere, elsewhere / (outside * usual))
    return np.where(more, ratio, 0.0)
