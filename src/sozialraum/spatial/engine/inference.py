"""From counts of permutations to p-values, and from many p-values to findings that hold together."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from html import escape
from numbers import Integral
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import refused_choice, refused_option
from sozialraum.errors import Problem, SozialraumError, raise_problems
from sozialraum.preferences import options as preferred
from sozialraum.stats.multiple import Correction, adjust
from sozialraum.texts import text

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Counts = NDArray[np.int64]

__all__ = [
    "Alternative",
    "Correction",
    "LocalResult",
    "Options",
    "StatisticsWarning",
    "Verdict",
    "adjust",
    "categories",
    "p_values",
    "reach",
    "refuse_permutations",
    "side_by_side",
    "smallest_p",
    "standard_error",
    "two_labels",
    "verdict",
    "warn",
    "warn_of_none",
    "warn_of_reach",
]

Alternative = Literal["two-sided", "greater", "less", "directed"]


@dataclass(frozen=True, kw_only=True, eq=False)
class LocalResult:
    """What a local statistic says of every district.

    Parameters
    ----------
    table
        Index: that of the values. For a Series the columns are the fields of the statistic; for a DataFrame
        they are pairs (indicator, field), so that ``table[indicator]`` is the table of one indicator.
    alternative, correction, alpha, permutations, seed
        As asked for.
    problems
        Remarks, for example that the permutations cannot reach the corrected threshold.
    """

    table: pd.DataFrame
    alternative: Alternative
    correction: Correction
    alpha: float
    permutations: int
    seed: int
    problems: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        for problem in self.problems:
            warn(problem)

    def flat(self) -> pd.DataFrame:
        """Return the table with plain columns, ready to be joined to a GeoDataFrame of the districts.

        Returns
        -------
        pd.DataFrame
            Index of the values. For a DataFrame of values, columns are called "indicator field", for example
            "poverty label".
        """
        if self.table.columns.nlevels == 1:
            return self.table.copy()
        named = [" ".join(map(str, column)) for column in self.table.columns]
        return self.table.set_axis(named, axis=1)

    def long(self) -> pd.DataFrame:
        """Return one row per district and indicator.

        Returns
        -------
        pd.DataFrame
            Index of the values, repeated. For a DataFrame of values the first columns name the indicator
            (as many columns as its name has levels), the others are the fields.
        """
        if self.table.columns.nlevels == 1:
            return self.table.copy()
        levels = list(self.table.columns.names[:-1])
        parts = []
        for name in dict.fromkeys(column[:-1] for column in self.table.columns):
            part = self.table[name if len(name) > 1 else name[0]].copy()
            for at, (level, value) in enumerate(zip(levels, name, strict=True)):
                part.insert(at, level or f"level {at + 1}", value)
            parts.append(part)
        return pd.concat(parts) if parts else pd.DataFrame(index=self.table.index)

    def _repr_html_(self) -> str:
        settings = ("alternative", "correction", "alpha", "permutations", "seed")
        asked = ", ".join(f"{name} = {getattr(self, name)}" for name in settings)
        remarks = "".join(f"<p>{escape(problem.text())}</p>" for problem in self.problems)
        shown = str(self.table._repr_html_())  # type: ignore[operator] # pandas has it, its stubs do not
        return f"<p><b>{type(self).__name__}</b> ({escape(asked)})</p>{remarks}{shown}"


def warn(problem: Problem) -> None:
    """Tell a person at a notebook what they would not look for."""
    warnings.warn(problem.text(), StatisticsWarning, stacklevel=6)


class StatisticsWarning(UserWarning):
    """A statistic was computed, but it cannot show what it was asked for."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a local statistic is judged.

    Parameters
    ----------
    alternative, correction, alpha, permutations, seed
        As in `local_moran`.

    Raises
    ------
    SozialraumError
        If a value is not possible; names all of them.
    """

    alternative: Alternative = "two-sided"
    correction: Correction = "benjamini-hochberg"
    alpha: float = 0.05
    permutations: int = 99_999
    seed: int = 0

    def __post_init__(self) -> None:
        faults = [
            *refused_choice("alternative", self.alternative, get_args(Alternative)),
            *refused_choice("correction", self.correction, get_args(Correction)),
        ]
        if not 0 < self.alpha < 1:
            faults.append(refused_option("alpha", self.alpha, "0 < alpha < 1"))
        raise_problems([*faults, *_draw_faults(self.permutations, self.seed)], SozialraumError)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """The judgement of all districts for one indicator; arrays of shape (n,).

    Parameters
    ----------
    p, p_adjusted, p_error
        NaN where a district was not judged.
    significant
        Whether the adjusted p is at most alpha.
    problems
        Remarks on the reach of the permutations.
    """

    p: Floats
    p_adjusted: Floats
    p_error: Floats
    significant: NDArray[np.bool_]
    problems: tuple[Problem, ...]


def verdict(
    lower: Counts, upper: Counts, judged: NDArray[np.bool_], options: Options, *, indicator: Hashable = ""
) -> Verdict:
    """Judge the districts of one indicator by their counts; shapes (n,)."""
    p = np.where(judged, p_values(lower, upper, options.permutations, options.alternative), np.nan)
    adjusted = adjust(p, options.correction)
    return Verdict(
        p=p,
        p_adjusted=adjusted,
        p_error=standard_error(p, options.permutations, options.alternative),
        significant=adjusted <= options.alpha,
        problems=reach(
            int(judged.sum()),
            permutations=options.permutations,
            alternative=options.alternative,
            correction=options.correction,
            alpha=options.alpha,
            indicator=indicator,
        ),
    )


def p_values(lower: Counts, upper: Counts, permutations: int, alternative: Alternative) -> Floats:
    """Turn counts of permutations at most (`lower`) and at least (`upper`) as large into p-values.

    p = (count + 1) / (P + 1), the observed arrangement being one of those that chance could have dealt.
    ``"two-sided"`` doubles the smaller tail, up to 1; ``"directed"`` is the smaller tail as it is, as esda
    and GeoDa report it, and therefore not a test at its nominal level: under chance twice as many districts
    fall below a threshold.

    Returns
    -------
    NDArray
        The shape of the counts, never above 1.

    References
    ----------
    Phipson & Smyth (2010), on the + 1.
    """
    tails = {"greater": upper, "less": lower}
    count = tails.get(alternative, np.minimum(lower, upper))
    p = np.asarray((count + 1.0) / (permutations + 1.0), dtype=float)
    return np.minimum(2.0 * p, 1.0) if alternative == "two-sided" else p


def standard_error(p: Floats, permutations: int, alternative: Alternative) -> Floats:
    """Return the Monte Carlo standard error of a p-value: how far another seed would move it.

    sqrt(t (1 - t) / (P + 1)) for a tail t; twice that of the halved p for ``"two-sided"``.
    """
    sides = 2.0 if alternative == "two-sided" else 1.0
    tail = p / sides
    error: Floats = sides * np.sqrt(tail * (1.0 - tail) / (permutations + 1.0))
    return error


def smallest_p(permutations: int, alternative: Alternative) -> float:
    """Return the smallest p-value that a number of permutations can give."""
    return min((2.0 if alternative == "two-sided" else 1.0) / (permutations + 1.0), 1.0)


def reach(
    assessable: int,
    *,
    permutations: int,
    alternative: Alternative,
    correction: Correction,
    alpha: float,
    indicator: Hashable = "",
) -> tuple[Problem, ...]:
    """Tell if the permutations are too few for one single district to pass the corrected threshold.

    The first step of Benjamini-Hochberg is alpha / m, like Bonferroni's; that of Benjamini-Yekutieli is
    smaller by 1 + 1/2 + ... + 1/m.

    Returns
    -------
    tuple of Problem
        Empty, or one note with the number of permutations that would suffice.
    """
    if correction == "none" or not assessable:
        return ()
    harmonic = float((1.0 / np.arange(1, assessable + 1)).sum())
    tests = assessable * (harmonic if correction == "benjamini-yekutieli" else 1.0)
    threshold = alpha / tests
    smallest = smallest_p(permutations, alternative)
    if smallest <= threshold:
        return ()
    sides = 2 if alternative == "two-sided" else 1
    values = {
        "permutations": permutations,
        "correction": correction,
        "assessable": assessable,
        "indicator": indicator,
        "smallest": smallest,
        "threshold": threshold,
        # A permutation more than the quotient, which rounding may leave just short of the threshold.
        "needed": int(np.ceil(sides / threshold)),
    }
    return (Problem(code="spatial.reach", severity="note", values=values),)


def warn_of_reach(
    p: Floats,
    permutations: int,
    alpha: float,
    *,
    indicator: Hashable,
    alternative: Alternative = "two-sided",
) -> None:
    """Tell if no district could pass Benjamini-Hochberg with so few permutations, however clear its case."""
    for problem in reach(
        int(np.isfinite(p).sum()),
        permutations=permutations,
        alternative=alternative,
        correction="benjamini-hochberg",
        alpha=alpha,
        indicator=indicator,
    ):
        warnings.warn(problem.text(), StatisticsWarning, stacklevel=3)


def warn_of_none(statistic: str, reason: str) -> None:
    """Tell why a statistic is not a number; `reason` is one of the words of ``columns.word``."""
    values = {"statistic": statistic, "why": text(f"columns.word.{reason}", preferred.language)}
    warnings.warn(Problem(code="spatial.none", values=values).text(), StatisticsWarning, stacklevel=3)


def refuse_permutations(permutations: int, seed: int = 0) -> None:
    """Refuse to draw nothing, or half a time, or from no beginning."""
    raise_problems(_draw_faults(permutations, seed), SozialraumError)


def _draw_faults(permutations: object, seed: object) -> list[Problem]:
    asked = (("permutations", permutations, 1), ("seed", seed, 0))
    return [
        refused_option(name, value, f"{least}, {least + 1}, {least + 2}, ...")
        for name, value, least in asked
        if not isinstance(value, Integral) or int(value) < least
    ]


def side_by_side(tables: Iterable[pd.DataFrame], columns: pd.Index, *, single: bool) -> pd.DataFrame:
    """Set the tables of several indicators side by side; the table of a Series stays as it is.

    Returns
    -------
    pd.DataFrame
        Columns (indicator, field), or the fields alone if `single`.
    """
    found = list(tables)
    if single:
        return found[0]
    if not found:
        return pd.DataFrame()
    # Columns of several levels (indicator and year) keep the names of their levels.
    levels = list(columns.names) if isinstance(columns, pd.MultiIndex) else ["indicator"]
    return pd.concat(found, axis=1, keys=list(columns), names=[*levels, "field"])


def categories(codes: NDArray[np.integer], labels: Sequence[str]) -> pd.Categorical[str]:
    """Turn codes into labels of a fixed order."""
    return pd.Categorical.from_codes(codes, categories=pd.Index(labels))


def two_labels(
    up: NDArray[np.bool_],
    found: Verdict,
    labels: Sequence[str],
    *,
    isolated: NDArray[np.bool_],
    known: NDArray[np.bool_],
) -> pd.Categorical[str]:
    """Label districts by the direction in which they are unusual.

    Parameters
    ----------
    up
        Which direction, shape (n,).
    found
        The judgement.
    labels
        For up, down, not significant, isolated and undefined, in this order.
    isolated, known
        Districts without neighbours in the graph, and those with a value; shape (n,).
    """
    codes = np.where(found.significant, np.where(up, 0, 1), 2)
    codes[np.isnan(found.p)] = 4
    codes[isolated & known] = 3
    return categories(codes, labels)
