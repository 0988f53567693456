"""Rates that do not let small districts shout: Empirical Bayes after Marshall and Assunção-Reis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.errors import Problem, SozialraumError
from sozialraum.spatial.engine.alignment import align, pair, standardise
from sozialraum.spatial.engine.inference import Alternative, Correction, Options
from sozialraum.spatial.global_moran import moran
from sozialraum.spatial.local_moran import judge
from sozialraum.stats.spread import city_and_variance

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sozialraum.spatial.engine.alignment import Adjacency, Links
    from sozialraum.spatial.engine.permutation import Progress
    from sozialraum.spatial.global_moran import Moran
    from sozialraum.spatial.local_moran import LocalMoran

    Values = pd.Series | pd.DataFrame

__all__ = ["local_moran_rates", "moran_rates", "smooth_locally", "smooth_rates", "standardise_rates"]


def smooth_rates(events: Values, population: Values, graph: Links | None = None) -> Values:
    """Draw each rate towards the rate of the city, or of its neighbourhood, the more, the fewer its people.

    w p + (1 - w) b with p = e / n, b = sum(e) / sum(n), w = a / (a + b / n), where a is the variance of the
    true rates: a = max(0, s2 - b / mean(n)) with s2 = sum(n (p - b)**2) / sum(n). The sums run over the whole
    city; with a graph, over the district and its neighbours, so that a small quarter amid poor ones is not
    drawn towards the rich ones across the town. A neighbourhood of half a dozen districts knows its own
    spread badly: the map is for looking at, no interval belongs to it.

    Parameters
    ----------
    events, population
        Counts on the same districts, in any order; columns of a DataFrame pair up by name. Where one of them
        is missing, or nobody lives, there is no rate. People who come in households: divide both by the
        design effect (`effective`).
    graph
        Neighbours on the same districts; each counts once, whatever its weight. None: the whole city.

    Returns
    -------
    Series or DataFrame
        Smoothed rates with the index (and columns) of `events`; NaN where there is none, and with a graph for
        districts without any neighbour that has a rate.

    Raises
    ------
    AlignmentError
        If a district or column is missing on one side.
    SozialraumError
        If a count is negative.

    References
    ----------
    Marshall (1991), Mapping disease and mortality rates using empirical Bayes estimators, global and local;
    the local one as `esda.smoothing.Spatial_Empirical_Bayes`, but for districts without neighbours.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.Series({"A": 1, "B": 60, "C": 20})
    >>> people = pd.Series({"A": 5, "B": 400, "C": 400})
    >>> smooth_rates(events, people).round(3).to_dict()
    {'A': 0.11, 'B': 0.145, 'C': 0.055}
    >>> from libpysal.graph import Graph
    >>> pairs = Graph.from_arrays(["A", "B", "C"], ["B", "A", "C"], [1, 1, 0])
    >>> smooth_rates(events, people, pairs).round(3).to_dict()
    {'A': 0.151, 'B': 0.151, 'C': nan}
    """
    if graph is not None:
        e, n = _counts(events, population)
        _, links = align(events, graph)
        columns = [smooth_locally(e[:, at], n[:, at], links) for at in range(e.shape[1])]
        return _like(events, np.column_stack(columns) if columns else e)
    rates = _rates(events, population)
    return _like(events, rates.weight * rates.raw + (1.0 - rates.weight) * rates.city)


def smooth_locally(
    events: NDArray[np.float64], population: NDArray[np.float64], links: Adjacency
) -> NDArray[np.float64]:
    """Return the rates of `smooth_rates` with a graph; arrays of shape (n,), in the order of `links`."""
    known = np.isfinite(events) & (population > 0)
    smoothed = np.full(len(events), np.nan)
    among = links.among(known).binary()
    e, n = events[known], population[known]
    people = n + among.sums(n)
    city = (e + among.sums(e)) / people
    # sum n (p - b)^2 over the neighbourhood, its own b each, without a matrix of pairs.
    squares = e**2 / n + among.sums(e**2 / n) - city**2 * people
    size = 1 + among.cardinalities
    variance = np.maximum(0.0, (squares - city * size) / people)
    total = variance + city / n
    weight = np.divide(variance, total, out=np.zeros_like(total), where=total > 0)
    found = weight * e / n + (1.0 - weight) * city
    smoothed[known] = np.where(among.cardinalities > 0, found, np.nan)
    return smoothed


def standardise_rates(events: Values, population: Values) -> Values:
    """Express each rate as its distance from the rate of the city, in standard deviations of such a district.

    (p - b) / sqrt(a + b / n), symbols as in `smooth_rates`. A small district's rate varies more by chance;
    its distance shrinks accordingly.

    Parameters
    ----------
    events, population
        As in `smooth_rates`.

    Returns
    -------
    Series or DataFrame
        Index (and columns) of `events`; NaN where there is no rate.

    References
    ----------
    Assunção & Reis (1999), A new proposal to adjust Moran's I for population density.

    Examples
    --------
    >>> import pandas as pd
    >>> events = pd.Series({"A": 1, "B": 60, "C": 20})
    >>> people = pd.Series({"A": 5, "B": 400, "C": 400})
    >>> standardise_rates(events, people).round(2).to_dict()
    {'A': 0.67, 'B': 1.0, 'C': -1.03}
    """
    rates = _rates(events, population)
    deviation = np.sqrt(rates.variance + rates.city / rates.population)
    distance = np.divide(
        rates.raw - rates.city, deviation, out=np.full_like(deviation, np.nan), where=deviation > 0
    )
    return _like(events, distance)


@checked(alternative=get_args(Alternative), correction=get_args(Correction))
def local_moran_rates(
    events: Values,
    population: Values,
    graph: Links,
    *,
    permutations: int = 99_999,
    alternative: Alternative = "two-sided",
    correction: Correction = "benjamini-hochberg",
    alpha: float = 0.05,
    seed: int = 0,
    progress: Progress | None = None,
) -> LocalMoran:
    """Find clusters of high or low rates without being misled by the wild rates of small districts.

    Local Moran's I of the Empirical Bayes standardised rates: I_i = z_i * (mean of the neighbours' z), with z
    from `standardise_rates`, standardised once more over the districts.

    p tells how often the neighbours' rates, each judged by its own precision, would look as extreme as they
    do, if they had been dealt out by chance among all other districts.

    Parameters
    ----------
    events, population
        As in `smooth_rates`.
    graph, permutations, alternative, correction, alpha, seed, progress
        As in `local_moran`.

    Returns
    -------
    LocalMoran
        As of `local_moran`, with the index (and columns) of `events`.

    Raises
    ------
    AlignmentError
        If a district is missing in one of the three inputs; names the keys.
    SozialraumError
        If a count is negative or an option is not possible.

    References
    ----------
    Assunção & Reis (1999); Anselin (1995).

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> events = pd.Series([90, 80, 7, 30, 2, 1], index=list("ABCDEF"))
    >>> people = pd.Series([300, 300, 20, 300, 20, 20], index=list("ABCDEF"))
    >>> local_moran_rates(events, people, graph, permutations=999).table["quadrant"].tolist()
    ['high-high', 'high-high', 'high-low', 'low-high', 'low-low', 'low-low']
    """
    options = Options(
        alternative=alternative, correction=correction, alpha=alpha, permutations=permutations, seed=seed
    )
    frame, adjacency = align(standardise_rates(events, population), graph)
    z = standardise(frame.to_numpy())
    single = isinstance(events, pd.Series)
    return judge(frame, adjacency, own=z, around=z, options=options, single=single, progress=progress)


@checked(alternative=get_args(Alternative))
def moran_rates(
    events: Values,
    population: Values,
    graph: Links,
    *,
    alternative: Alternative = "two-sided",
    permutations: int = 0,
    seed: int = 0,
) -> Moran:
    """Tell whether neighbouring districts have similar rates, each rate weighed by its precision.

    Global Moran's I of the Empirical Bayes standardised rates. p tells how often chance alone would give an I
    as far from its expected value, if the rates were dealt out anew among all districts.

    Parameters
    ----------
    events, population
        As in `smooth_rates`.
    graph, alternative, permutations, seed
        As in `moran`.

    Returns
    -------
    Moran
        As of `moran`.

    References
    ----------
    Assunção & Reis (1999).

    Examples
    --------
    >>> import pandas as pd
    >>> from libpysal.graph import Graph
    >>> graph = Graph.from_arrays(list("ABBCCDDEEF"), list("BACBDCEDFE"), [1] * 10)
    >>> events = pd.Series([90, 80, 7, 30, 2, 1], index=list("ABCDEF"))
    >>> people = pd.Series([300, 300, 20, 300, 20, 20], index=list("ABCDEF"))
    >>> float(moran_rates(events, people, graph).table["statistic"].iloc[0].round(3))
    0.434
    """
    rates = standardise_rates(events, population)
    return moran(rates, graph, alternative=alternative, permutations=permutations, seed=seed)


@dataclass(frozen=True, kw_only=True)
class _Rates:
    """Arrays of shape (n, columns) and, for the city, (columns,)."""

    raw: NDArray[np.float64]
    population: NDArray[np.float64]
    city: NDArray[np.float64]
    variance: NDArray[np.float64]

    @property
    def weight(self) -> NDArray[np.float64]:
        """How far each district's own rate is trusted; 0 where all rates are 0."""
        noise = self.city / self.population
        total = self.variance + noise
        return np.divide(self.variance, total, out=np.zeros_like(total), where=total > 0)


def _rates(events: Values, population: Values) -> _Rates:
    e, n = _counts(events, population)
    known = ~np.isnan(e) & (n > 0)
    n = np.where(known, n, np.nan)
    raw = e / n
    city, variance = city_and_variance(e, n)
    return _Rates(raw=raw, population=n, city=city, variance=variance)


def _counts(events: Values, population: Values) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first, second = pair(events, population)
    for table in (first, second):
        negative = (table < 0).any(axis=1).to_numpy(dtype=bool)
        if negative.any():
            keys = tuple(str(key) for key in table.index[negative])
            raise SozialraumError(Problem(code="spatial.negative_count", keys=keys))
    return first.to_numpy(), second.to_numpy()


def _like(events: Values, values: NDArray[np.float64]) -> Values:
    if isinstance(events, pd.Series):
        return pd.Series(values[:, 0], index=events.index, name=events.name)
    return pd.DataFrame(values, index=events.index, columns=events.columns)
