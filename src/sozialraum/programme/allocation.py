"""Money by need instead of the watering can: shares without class cliffs, summing to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.arguments import checked, require_fields
from sozialraum.errors import Problem, SozialraumError, raise_problems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "ALLOCATION_COLUMNS",
    "Allocation",
    "AllocationPlan",
    "allocate",
    "allocation_interval",
    "compare_allocations",
    "need_weight",
    "round_to_sum",
]

ALLOCATION_COLUMNS = (
    "persons",
    "index",
    "weight",
    "base",
    "need",
    "share",
    "exact",
    "amount",
    "bound",
    "held",
)


@dataclass(frozen=True, kw_only=True)
class AllocationPlan:
    """How an amount is divided.

    Parameters
    ----------
    amount
        To divide, in Euro or posts.
    base
        Part of the amount (0..1) that is divided by persons alone; the rest goes by persons in need times
        the weight of the index.
    floor, cap
        Least and most that a district with persons gets; None: no limit.
    rounding
        Smallest unit: 0.01 (cents), 0.25 (quarter posts). The amount must be a multiple of it.
    strength
        How much more a person counts per standard deviation of the index: exp(strength x index). 0: persons
        alone; 0.5: 1.65 times.
    max_change
        Largest change against last year's amount, as a part of it (0.2: a fifth); None: no limit.
    """

    amount: float
    base: float = 0.2
    floor: float | None = None
    cap: float | None = None
    rounding: float = 0.01
    strength: float = 0.5
    max_change: float | None = None

    def __post_init__(self) -> None:
        require_fields(self)


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """Who gets what.

    Parameters
    ----------
    table
        Index district, columns `ALLOCATION_COLUMNS`. `base`, `need`: the two parts before limits; `share` of
        the amount after them; `exact` before rounding; `amount`: sums exactly to the plan's; `bound`:
        "floor", "cap" or "". `held`: "raised" or "lowered" by `max_change`, or "".
    plan
        What was divided, and how.
    problems
        Notes: districts without an index or persons.
    """

    table: pd.DataFrame
    plan: AllocationPlan
    problems: tuple[Problem, ...] = ()


def need_weight(index: pd.Series, *, strength: float = 0.5) -> pd.Series:
    """Turn an index into a weight per person, smoothly: no step at the border of a class.

    Parameters
    ----------
    index
        Higher is more need, in standard deviations.
    strength
        Growth per standard deviation. The weight is capped at three standard deviations, so that one
        outlier does not take it all.

    Returns
    -------
    pd.Series
        ``exp(strength * index)``; 1 for a district at the city's mean, NaN where the index is missing.
    """
    weight = np.exp(strength * index.astype(float).clip(-3.0, 3.0).to_numpy())
    return pd.Series(weight, index=index.index, name="weight")


@checked()
def allocate(
    persons: pd.Series,
    index: pd.Series | None,
    plan: AllocationPlan,
    *,
    people: pd.Series | None = None,
    last_year: pd.Series | None = None,
) -> Allocation:
    """Divide an amount by need.

    Parameters
    ----------
    persons
        Index district: persons in need (a count). Not known is an error, never 0.
    index
        Smoothed index, higher is more need; None: persons alone. A district without one counts as the
        city's mean (weight 1), and is named.
    plan
        Amount and rules.
    people
        All persons of the target group, for the base part; default: `persons`.
    last_year
        Amounts of last year, for `max_change`; districts without one are free.

    Returns
    -------
    Allocation
        On the sorted index of `persons`; the amounts sum to the plan's exactly.

    Raises
    ------
    SozialraumError
        Missing or negative persons, nobody at all, an amount that is no multiple of the rounding, floors
        that need more than the amount, caps that use less, limits that cross.

    Notes
    -----
    Floors and caps are met by raising and lowering all others in proportion (the unique solution of
    ``sum(clip(f x, floor, cap)) = amount``), rounding by largest remainders within the limits.
    """
    keys = pd.Index(sorted(persons.index, key=str), name="district")
    need = persons.reindex(keys).astype(float)
    crowd = need if people is None else people.reindex(keys).astype(float)
    _check(persons, need, crowd, plan)
    known = pd.Series(np.nan, index=keys) if index is None else index.reindex(keys).astype(float)
    weight = need_weight(known, strength=plan.strength).fillna(1.0)
    base = plan.base * plan.amount * crowd / crowd.sum()
    wanted = need * weight
    rest = (1 - plan.base) * plan.amount * wanted / wanted.sum()
    raw = (base + rest).to_numpy()
    present = (need + crowd > 0).to_numpy()
    lower, upper = _limits(plan, present)
    free_lower, free_upper = lower.copy(), upper.copy()
    before = None if last_year is None else last_year.reindex(keys).astype(float).to_numpy()
    if before is not None and plan.max_change is not None:
        known_before = np.isfinite(before) & present
        lower = np.where(known_before, np.maximum(lower, before * (1 - plan.max_change)), lower)
        upper = np.where(known_before, np.minimum(upper, before * (1 + plan.max_change)), upper)
        upper = np.maximum(upper, lower)
    _check_limits(lower, upper, plan)
    free = _scale(raw, free_lower, free_upper, plan.amount)
    exact = _scale(raw, lower, upper, plan.amount)
    amount = round_to_sum(exact, plan.amount, unit=plan.rounding, lower=lower, upper=upper)
    near = plan.rounding / 2
    table = pd.DataFrame(
        {
            "persons": need,
            "index": known,
            "weight": weight,
            "base": base,
            "need": rest,
            "share": exact / plan.amount if plan.amount else np.nan,
            "exact": exact,
            "amount": amount,
            "bound": _bounds(exact, free_lower, free_upper, present, plan),
            "held": np.select([exact > free + near, exact < free - near], ["raised", "lowered"], default="")
            if before is not None and plan.max_change is not None
            else "",
        },
        index=keys,
    )
    missing = tuple(map(str, keys[known.isna().to_numpy() & present])) if index is not None else ()
    notes = (Problem(code="allocation.no_index", severity="note", keys=missing),) if missing else ()
    return Allocation(table=table[list(ALLOCATION_COLUMNS)], plan=plan, problems=notes)


def _check(persons: pd.Series, need: pd.Series, crowd: pd.Series, plan: AllocationPlan) -> None:
    units = plan.amount / plan.rounding if plan.rounding > 0 else np.nan
    faults: dict[str, tuple[str, ...]] = {
        "double_district": tuple(map(str, persons.index[persons.index.duplicated()].unique())),
        "persons_unknown": tuple(map(str, need.index[(need.isna() | crowd.isna()).to_numpy()])),
        "persons_negative": tuple(map(str, need.index[((need < 0) | (crowd < 0)).to_numpy()])),
    }
    problems = [Problem(code=f"allocation.{name}", keys=keys) for name, keys in faults.items() if keys]
    if not need.sum() > 0 or not crowd.sum() > 0:
        problems.append(Problem(code="allocation.nobody"))
    if not (plan.amount > 0 and plan.rounding > 0 and abs(units - round(units)) < 1e-6):
        values = {"amount": plan.amount, "rounding": plan.rounding}
        problems.append(Problem(code="allocation.amount", values=values))
    if not 0 <= plan.base <= 1:
        problems.append(Problem(code="allocation.base", values={"base": plan.base}))
    raise_problems(problems, SozialraumError)


def _limits(plan: AllocationPlan, present: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    lower = np.where(present, plan.floor or 0.0, 0.0)
    upper = np.where(present, np.inf if plan.cap is None else plan.cap, 0.0)
    return lower, upper


def _check_limits(lower: Floats, upper: Floats, plan: AllocationPlan) -> None:
    crossing = bool((lower > upper + 1e-9).any())
    if crossing or lower.sum() > plan.amount + 1e-6 or upper.sum() < plan.amount - 1e-6:
        values = {"amount": plan.amount, "least": float(lower.sum()), "most": float(upper.sum())}
        raise_problems([Problem(code="allocation.limits", values=values)], SozialraumError)


def _scale(raw: Floats, lower: Floats, upper: Floats, amount: float) -> Floats:
    """Find the factor f with sum(clip(f * raw, lower, upper)) = amount; the sum grows with f."""
    low, high = 0.0, 1.0
    while np.clip(high * raw, lower, upper).sum() < amount - 1e-12 * amount and high < 1e15:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if np.clip(middle * raw, lower, upper).sum() < amount:
            low = middle
        else:
            high = middle
    return np.clip(high * raw, lower, upper)


def _bounds(
    exact: Floats, lower: Floats, upper: Floats, present: NDArray[np.bool_], plan: AllocationPlan
) -> NDArray[np.object_]:
    at_floor = present & (plan.floor is not None) & (exact <= lower + 1e-9)
    at_cap = present & (exact >= upper - 1e-9)
    return np.select([at_floor, at_cap], ["floor", "cap"], default="").astype(object)


def round_to_sum(
    exact: Floats,
    amount: float,
    *,
    unit: float,
    lower: Floats | None = None,
    upper: Floats | None = None,
) -> Floats:
    """Round to multiples of a unit so that the sum is exact: largest remainders, ties to the first.

    Parameters
    ----------
    exact
        Parts whose sum is `amount`.
    amount
        A multiple of `unit`.
    unit
        0.01: cents; 0.25: quarter posts.
    lower, upper
        Limits that rounding must not cross where a multiple of the unit lies between them.

    Returns
    -------
    NDArray
        Each part is less than a unit from the exact one, as long as the limits allow it.

    Examples
    --------
    >>> round_to_sum(np.array([1 / 3, 1 / 3, 1 / 3]), 1.0, unit=0.25).tolist()
    [0.5, 0.25, 0.25]
    """
    units = exact / unit
    whole = np.floor(units + 1e-9)
    least = np.ceil(np.zeros(len(exact)) if lower is None else lower / unit - 1e-9)
    most = np.floor(np.full(len(exact), np.inf) if upper is None else upper / unit + 1e-9)
    whole = np.maximum(whole, np.minimum(least, np.ceil(units - 1e-9)))
    left = round(amount / unit) - int(whole.sum())
    step = 1 if left > 0 else -1
    for respect in (True, False):
        order = np.argsort(-step * (units - whole), kind="stable")
        while left:
            allowed = [
                at
                for at in order
                if not respect
                or (whole[at] + step <= most[at] if step > 0 else whole[at] + step >= least[at])
            ]
            if not allowed:
                break
            for at in allowed[: abs(left)]:
                whole[at] += step
                left -= step
    # Multiples of a unit such as 0.01 are only exact when written with its digits.
    digits = max(0, int(np.ceil(-np.log10(unit))) + 2)
    found: Floats = np.round(whole * unit, digits) + 0.0
    return found


@checked()
def allocation_interval(
    events: pd.Series,
    population: pd.Series,
    index: pd.DataFrame | pd.Series | None,
    plan: AllocationPlan,
    *,
    design: float = 1.0,
    resamples: int = 200,
    confidence: float = 0.9,
    seed: int = 0,
) -> pd.DataFrame:
    """Tell how much each district's share moves when the counts are drawn again.

    Parameters
    ----------
    events, population
        Persons in need, and of how many; index district. Drawn binomially as if of n / design persons.
    index
        Index district: the index, or one column per resample (then as many are used).
    plan
        Amount and rules; `max_change` is left out.
    design, resamples, confidence, seed
        Design effect, number of draws, coverage, start of the random numbers.

    Returns
    -------
    pd.DataFrame
        Index district: `share`, `lower`, `upper` (0..1, before rounding).
    """
    keys = pd.Index(sorted(events.index, key=str), name="district")
    e, n = events.reindex(keys).to_numpy(dtype=float), population.reindex(keys).to_numpy(dtype=float)
    draws = index.shape[1] if isinstance(index, pd.DataFrame) else resamples
    first = index.mean(axis=1) if isinstance(index, pd.DataFrame) else index
    base = allocate(pd.Series(e, index=keys), first, plan).table["share"]
    rng = np.random.default_rng(seed)
    whole = np.maximum(np.rint(n / design), 1).astype(np.int64)
    rate = np.minimum(e / np.maximum(n, 1), 1.0)
    shares = np.empty((draws, len(keys)))
    for at in range(draws):
        drawn = pd.Series(rng.binomial(whole, rate) * n / whole, index=keys)
        one = index.iloc[:, at] if isinstance(index, pd.DataFrame) else index
        shares[at] = allocate(drawn, one, plan).table["share"]
    tail = (1 - confidence) / 2
    lower, upper = np.quantile(shares, [tail, 1 - tail], axis=0)
    return pd.DataFrame({"share": base, "lower": lower, "upper": upper}, index=keys)


@checked()
def compare_allocations(
    allocation: Allocation,
    *,
    classes: pd.Series | None = None,
    class_weights: Mapping[str, float] | None = None,
    last_year: pd.Series | None = None,
) -> pd.DataFrame:
    """Put the allocation beside equal shares, shares by class, and last year.

    Parameters
    ----------
    allocation
        From `allocate`.
    classes, class_weights
        Index district: status class; class to weight per person (a city's usual 'very low counts double').
    last_year
        Amounts of last year.

    Returns
    -------
    pd.DataFrame
        Index district: `amount`, `equal` (the same for each district with persons), `by_persons`,
        `by_class`, `last_year`, and `change` against last year (NaN where not given). All before rounding
        but for `amount`.
    """
    table, whole = allocation.table, allocation.plan.amount
    present = table["persons"] > 0
    found = pd.DataFrame({"amount": table["amount"]})
    found["equal"] = np.where(present, whole / present.sum(), 0.0)
    found["by_persons"] = whole * table["persons"] / table["persons"].sum()
    found["by_class"] = np.nan
    if classes is not None and class_weights is not None:
        weight = classes.reindex(table.index).map(dict(class_weights)).astype(float).fillna(1.0)
        wanted = table["persons"] * weight
        found["by_class"] = whole * wanted / wanted.sum()
    found["last_year"] = np.nan if last_year is None else last_year.reindex(table.index)
    found["change"] = found["amount"] - found["last_year"]
    return found
