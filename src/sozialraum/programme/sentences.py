"""What a row of the follow-up means, in words that claim no more than its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sozialraum.programme.goals.targets import met
from sozialraum.programme.sheets.every import sheet
from sozialraum.programme.sheets.written import written_cell
from sozialraum.texts import Language, has_text, text
from sozialraum.texts.figures import spelled_days, with_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from sozialraum.panel import Panel
    from sozialraum.programme.register import Programme

__all__ = ["figure_words", "goal_sentence", "indicator_labels", "place_names"]


HALF_PER_CENT = 0.005


def place_names(programme: Programme) -> dict[str, str]:
    """Return the names of programme areas and facilities by their ids."""
    areas, places = programme["areas"], programme["facilities"]["name"]
    found = [*zip(areas["area_id"], areas["name"], strict=True), *zip(places.index, places, strict=True)]
    return {str(key): str(name) for key, name in found if isinstance(name, str)}


def indicator_labels(goals: pd.DataFrame) -> dict[str, str]:
    """Return the names that goals give to indicators of facilities, by the indicators' ids.

    Parameters
    ----------
    goals
        The sheet, with columns `indicator` and `indicator_label`.
    """
    pairs = zip(goals["indicator"], goals["indicator_label"], strict=True)
    return {str(name): label for name, label in pairs if isinstance(label, str)}


def goal_sentence(
    row: pd.Series,
    goal: pd.Series,
    panel: Panel,
    language: Language,
    places: Mapping[str, str] | None = None,
) -> str:
    """Return what is known of a goal at the end of a year.

    Parameters
    ----------
    row
        Of `goals.follow_up`.
    goal
        Its row of ``programme["goals"]``.
    panel
        Names of districts; a ratio is shown with its factor.
    language
        Of the sentence.
    places
        Names of areas and facilities, see `place_names`.
    """
    say = "programme_report.sentence"
    place = text("programme_report.place.city", language)
    if isinstance(row["scope"], str):
        names = {**(places or {}), **panel.districts["name"].to_dict()}
        place = str(names.get(row["scope"], row["scope"]))
    state = text(f"programme_report.state.{row['state']}", language)
    parts = [text(f"{say}.start", language, goal=row["goal_id"], text=goal["text"], place=place, state=state)]
    if isinstance(row["reason"], str):
        key = f"programme_report.reason.{row['reason']}"
        reason = text(key if has_text(key) else "programme_report.reason.other", language)
        parts.append(text(f"{say}.reason", language, reason=reason))
    if row["state"] in {"not_assessable", "not_comparable"}:
        return " ".join(parts)
    known = not np.isnan(row["expected"]) and row["expected"] != row["target"]
    parts.append(
        text(
            f"{say}.target" if known else f"{say}.only_target",
            language,
            target=figure_words(row["target"], goal, row, panel, language),
            due=spelled_days(str(written_cell(sheet("goals")["due_period"], goal["due_period"])), language),
            expected=figure_words(row["expected"], goal, row, panel, language),
        )
    )
    if not np.isnan(row["share_now"]):
        parts.append(_both(row, panel, language))
    if not np.isnan(row["attained"]):
        ends = {name: _signed(100 * row[f"attained_{name}"]) for name in ("lower", "upper")}
        key = "away" if row["attained"] <= -HALF_PER_CENT else "attained"
        parts.append(text(f"{say}.{key}", language, attained=f"{abs(100 * row['attained']):.0f}", **ends))
    if goal["direction"] != "hold" and met(goal, row["baseline"], row["target"]):
        parts.append(text(f"{say}.met_at_baseline", language))
    if isinstance(row["beyond_chance"], (bool, np.bool_)):
        key = "beyond_chance" if row["beyond_chance"] else "within_chance"
        parts.append(text(f"{say}.{key}", language))
    if row["one_sided"] == "count_only":
        parts.append(text(f"{say}.count_only", language))
    return " ".join(parts)


def _signed(value: float) -> str:
    return "\u2013" if np.isnan(value) else f"{value:.0f}".replace("-0", "0").replace("-", "\u2212")


def _both(row: pd.Series, panel: Panel, language: Language) -> str:
    """Put share and count of both dates side by side."""
    shares = [_rate(row[name], row, panel, language) for name in ("share_before", "share_now")]
    return text(
        "programme_report.sentence.share",
        language,
        before=shares[0],
        now=shares[1],
        count_before=f"{row['count_before']:.0f}",
        count_now=f"{row['count_now']:.0f}",
    )


def _rate(value: float, row: pd.Series, panel: Panel, language: Language) -> str:
    known = row["indicator"] in panel.catalogue.index
    factor, unit = 100.0, "%"
    if known:
        entry = panel.catalogue.loc[row["indicator"]]
        factor, unit = float(entry["factor"]), str(entry[f"unit_{language}"])
    return with_unit(_decimal(value * factor, 1, language), unit, language)


def figure_words(value: float, goal: pd.Series, row: pd.Series, panel: Panel, language: Language) -> str:
    """Write a figure of a goal in its own quantity, with its unit; a dash where it is not known."""
    if np.isnan(value):
        return "\u2013"
    if goal["quantity"] == "count":
        return _decimal(value, 0 if float(value).is_integer() else 1, language)
    return _rate(value, row, panel, language)


def _decimal(value: float, digits: int, language: Language) -> str:
    shown = f"{value:.{digits}f}"
    return shown.replace(".", ",") if language == "de" else shown
