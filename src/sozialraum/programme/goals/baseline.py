"""Where each goal starts, whether its stated baseline is right, and whether it can be tested."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.programme.goals.figures import goal_figures, row_at
from sozialraum.programme.goals.targets import met, target_figure
from sozialraum.programme.goals.testability import chance_of_meeting, power_of_change, smallest_change
from sozialraum.programme.sheets.cells import amount
from sozialraum.programme.sheets.periods import matching_date
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sozialraum.errors import Problem
    from sozialraum.programme.goals.testability import Model
    from sozialraum.programme.register import Programme

__all__ = [
    "Start",
    "baseline_problems",
    "design_effect",
    "examination_sentence",
    "examine_goals",
    "goal_start",
    "indicator_kind",
    "own_quantity",
]

WANTED_POWER = 0.80


@dataclass(frozen=True, kw_only=True)
class Start:
    """Where a goal starts.

    Parameters
    ----------
    date
        Date of the data that its baseline means; None if there is none.
    figures
        The whole series, see `figures.goal_figures`.
    figure
        Baseline in the goal's own quantity: from the data, else as stated, else NaN.
    numerator, denominator
        Counts behind it; NaN where there are none.
    source
        ``"data"``, ``"stated"`` or ``"none"``.
    """

    date: str | None
    figures: pd.DataFrame
    figure: float
    numerator: float
    denominator: float
    source: str


def own_quantity(goal: pd.Series, row: pd.Series) -> float:
    """Return the figure of a date in the goal's own quantity: the count for a count, else the value."""
    return float(row["numerator"] if goal["quantity"] == "count" else row["value"])


def goal_start(goal: pd.Series, programme: Programme, indicators: pd.DataFrame) -> Start:
    """Find the baseline of a goal in the data, or take the stated one."""
    figures = goal_figures(goal, programme, indicators)
    date = matching_date(goal["baseline_period"], figures.index)
    if date is not None:
        row = row_at(figures, date)
        figure = own_quantity(goal, row)
        if not np.isnan(figure):
            return Start(
                date=date,
                figures=figures,
                figure=figure,
                numerator=float(row["numerator"]),
                denominator=float(row["denominator"]),
                source="data",
            )
    stated = _stated(goal)
    return Start(
        date=date,
        figures=figures,
        figure=stated,
        numerator=np.nan,
        denominator=np.nan,
        source="none" if np.isnan(stated) else "stated",
    )


def _stated(goal: pd.Series) -> float:
    if goal["baseline"] is None:
        return float("nan")
    found = amount(goal["baseline"])
    return found.number / 100 if goal["quantity"] == "share" and found.unit != "fraction" else found.number


def design_effect(catalogue: pd.DataFrame | None, indicator: object) -> float:
    """Return the design effect that the catalogue declares for an indicator; 1 where it declares none."""
    if catalogue is None or "design_effect" not in catalogue or indicator not in catalogue.index:
        return 1.0
    number = pd.to_numeric(catalogue["design_effect"], errors="coerce").loc[str(indicator)]
    return float(number) if np.isfinite(number) and number > 0 else 1.0


def _prior(
    goal: pd.Series, start: Start, indicators: pd.DataFrame, effect: float
) -> tuple[float, float] | None:
    """Return mean and variance of the true rates between districts at the baseline (Marshall 1991)."""
    if goal["scope_type"] != "district" or start.date is None:
        return None
    rows = indicators[(indicators["indicator"] == goal["indicator"]) & (indicators["date"] == start.date)]
    known = rows[rows["numerator"].notna() & (rows["denominator"] > 0)]
    if len(known) < 3:
        return None
    events, people = known["numerator"].to_numpy(float), known["denominator"].to_numpy(float)
    city = events.sum() / people.sum()
    spread = float((people * (events / people - city) ** 2).sum() / people.sum())
    return float(city), max(0.0, spread - effect * city / float(people.mean()))


def examine_goals(
    goals: pd.DataFrame,
    programme: Programme,
    indicators: pd.DataFrame,
    catalogue: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Tell for each goal, before it is adopted, whether its attainment would stand out from chance.

    Parameters
    ----------
    goals
        Rows of ``programme["goals"]`` or `Programme.goals`.
    programme, indicators
        As in `figures.goal_figures`.
    catalogue
        Its `design_effect`, where declared, makes people who come in households count as fewer.

    Returns
    -------
    pd.DataFrame
        One row per goal, in its order: `goal_id`, `version`, `baseline`, `target` (own quantity),
        `numerator`, `denominator`, `design_effect`, `power` (of a two-sided 5 % test, if the goal is met
        exactly), `smallest_change` (own quantity; told with power .80), `chance_noise`,
        `chance_regression` (met although nothing changed, see `testability.Chance`), `testable`
        (True, False, or None where no counts are known).
    """
    return pd.DataFrame(
        [
            _one(str(key), goal, goal_start(goal, programme, indicators), indicators, catalogue)
            for key, goal in goals.iterrows()
        ],
        columns=[
            "goal_id",
            "version",
            "baseline",
            "target",
            "numerator",
            "denominator",
            "design_effect",
            "power",
            "smallest_change",
            "chance_noise",
            "chance_regression",
            "testable",
        ],
    )


def _one(
    key: str, goal: pd.Series, start: Start, indicators: pd.DataFrame, catalogue: pd.DataFrame | None
) -> dict[str, Any]:
    target = target_figure(goal, start.figure)
    effect = design_effect(catalogue, goal["indicator"])
    found: dict[str, Any] = {
        "goal_id": key,
        "version": goal["version"],
        "baseline": start.figure,
        "target": target,
        "numerator": start.numerator,
        "denominator": start.denominator,
        "design_effect": effect,
        "power": np.nan,
        "smallest_change": np.nan,
        "chance_noise": np.nan,
        "chance_regression": np.nan,
        "testable": None,
    }
    if indicator_kind(catalogue, goal["indicator"]) == "count":
        # A mere count: as many cases in one city-year, Poisson.
        start = replace(start, denominator=1.0)
    counted = goal["quantity"] in {"share", "count", "ratio"} and start.denominator > 0
    if not counted or np.isnan(target) or goal["direction"] == "hold" or met(goal, start.figure, target):
        return found
    kind = indicator_kind(catalogue, goal["indicator"])
    model: Model = "count" if kind in {"ratio", "count"} or start.numerator > start.denominator else "share"
    persons = start.denominator / effect
    rate = start.numerator / start.denominator
    scale = start.denominator if goal["quantity"] == "count" else 1.0
    after = target / scale
    lower = goal["direction"] == "lower"
    limit = after * persons
    prior = _prior(goal, start, indicators, effect)
    chance = chance_of_meeting(
        start.numerator / effect, persons, limit, lower=lower, prior=prior, model=model
    )
    if not 0 <= after <= (1 if model == "share" else np.inf):
        return found
    power = power_of_change(rate, after, persons, model=model)
    found |= {
        "power": power,
        "smallest_change": scale * smallest_change(rate, persons, lower=lower, model=model),
        "chance_noise": chance.noise,
        "chance_regression": chance.regression,
        "testable": bool(power >= WANTED_POWER),
    }
    return found


def indicator_kind(catalogue: pd.DataFrame | None, indicator: object) -> str:
    """Return the kind that the catalogue declares; a count inside a facility is part of its children."""
    if catalogue is None or indicator not in catalogue.index:
        return "share"
    return str(catalogue["kind"].loc[str(indicator)])


def examination_sentence(row: pd.Series, goal: pd.Series, language: Language = DEFAULT_LANGUAGE) -> str:
    """Say in words what a row of `examine_goals` means."""
    if row["testable"] is None:
        return text(f"programme_report.{_not_tested(row, goal)}", language)
    key = "test_good" if row["testable"] else "test_weak"
    chance = row["chance_noise"] if np.isnan(row["chance_regression"]) else row["chance_regression"]
    return text(
        f"programme_report.{key}",
        language,
        power=round(100 * row["power"]),
        smallest=change_text(goal, row["smallest_change"], language),
        chance=round(100 * chance),
    )


def _not_tested(row: pd.Series, goal: pd.Series) -> str:
    """Tell why a goal was not tested: it asks for nothing, for the impossible, or nothing is known."""
    if goal["direction"] != "hold" and met(goal, row["baseline"], row["target"]):
        return "test_met"
    return "test_impossible" if _is_impossible(goal, row["target"]) else "test_unknown"


def _is_impossible(goal: pd.Series, target: float) -> bool:
    return bool(target < 0 or (goal["quantity"] == "share" and target > 1))


def change_text(goal: pd.Series, change: float, language: Language) -> str:
    """Return a change in its unit, rounded up: a smaller one would not be told."""
    if np.isnan(change):
        return text("programme_report.no_change_enough", language)
    if goal["quantity"] == "share":
        return text("programme_report.points", language, number=int(np.ceil(100 * change - 1e-9)))
    if goal["quantity"] == "count":
        return text("programme_report.cases", language, number=int(np.ceil(change - 1e-9)))
    return f"{change:.3g}".replace(".", "," if language == "de" else ".")


def baseline_problems(
    programme: Programme, indicators: pd.DataFrame, catalogue: pd.DataFrame | None = None
) -> Iterator[Problem]:
    """Compare stated baselines with the data (Z-R2), and tell goals that can hardly be tested (Z-R7)."""
    frame = programme["goals"].reset_index()
    for position, goal in frame.iterrows():
        if (
            goal[["indicator", "quantity", "direction", "target_kind", "target", "baseline_period"]]
            .isna()
            .any()
        ):
            continue
        place = int(str(position))
        start = goal_start(goal, programme, indicators)
        if start.source != "data":
            yield programme.problem(
                "baseline_missing",
                "goals",
                place,
                "baseline_period",
                severity="warning",
                period=goal["baseline_period"],
                indicator=goal["indicator"],
                dates=", ".join(map(str, start.figures.index)) or "-",
            )
            continue
        stated = _stated(goal)
        if not np.isnan(stated) and not _same(goal, stated, start.figure):
            yield programme.problem(
                "baseline_differs",
                "goals",
                place,
                "baseline",
                severity="warning",
                stated=str(goal["baseline"]).replace(".", ","),
                found=_figure_text(goal, start.figure),
            )
        target = target_figure(goal, start.figure)
        if _is_impossible(goal, target):
            # Sizes that no share can have were told already, without the data.
            if goal["target_kind"] == "points":
                yield programme.problem("target_impossible", "goals", place, "target", written=goal["target"])
            continue
        if goal["direction"] != "hold" and met(goal, start.figure, target):
            limit = goal["target_kind"] in {"at_most", "at_least"}
            yield programme.problem(
                "met_at_baseline",
                "goals",
                place,
                "target",
                severity="note" if limit else "warning",
                found=_figure_text(goal, start.figure),
            )
        row = pd.Series(_one(str(goal["goal_id"]), goal, start, indicators, catalogue))
        if row["testable"] is False:
            yield programme.problem(
                "not_testable",
                "goals",
                place,
                "target",
                severity="note",
                power=round(100 * row["power"]),
                smallest=change_text(goal, row["smallest_change"], DEFAULT_LANGUAGE),
            )


def _same(goal: pd.Series, stated: float, found: float) -> bool:
    """Tell whether a stated baseline is the data's, as far as it was written out."""
    digits = len(amount_decimals(str(goal["baseline"])))
    factor = 100 if goal["quantity"] == "share" else 1
    return abs(stated - found) * factor <= 0.5 * 10.0**-digits + 1e-9


def amount_decimals(written: str) -> str:
    """Return the digits behind the decimal sign of a quantity."""
    return written.partition(" ")[0].partition(".")[2]


def _figure_text(goal: pd.Series, figure: float) -> str:
    if goal["quantity"] == "share":
        return f"{100 * figure:.1f}".replace(".", ",") + " %"
    return f"{figure:g}".replace(".", ",")
