"""Everything a programme's report needs, computed from what one audience may see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.assessment.rule import UNFAVOURABLE
from sozialraum.programme.goals.baseline import examination_sentence, examine_goals
from sozialraum.programme.goals.follow_up import follow_up
from sozialraum.programme.measures.finance import cost_overview, input_output
from sozialraum.programme.measures.matrix import (
    contribution_table,
    goal_matrix,
    loose_ends,
    missing_documentation,
)
from sozialraum.programme.network.conferences import conference_state, network_gaps, programme_districts
from sozialraum.programme.network.notes import note_conflicts, note_summary, poll_results
from sozialraum.programme.public import public_programme
from sozialraum.programme.register import rows_of
from sozialraum.programme.sentences import goal_sentence, place_names
from sozialraum.texts import DEFAULT_LANGUAGE, Language

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from sozialraum.analysis import Assessment
    from sozialraum.panel import Audience, Panel
    from sozialraum.programme.register import Programme

__all__ = ["ProgrammeResult", "run_programme"]


@dataclass(frozen=True, kw_only=True)
class ProgrammeResult:
    """What one audience may see of a programme in one year.

    Parameters
    ----------
    year
        End of this year.
    audience
        ``"public"`` holds no notes, no polls, no figures of single facilities, no internal reminders.
    tables
        By name; those without rows are left out.
    sheets
        The programme's sheets as far as the audience may see them, see `programme.public`.
    language
        Of sentences.
    city
        Its name.
    outlines
        Of the sites that name a file: index site id; None where no findings were computed.
    """

    year: int
    audience: Audience
    tables: Mapping[str, pd.DataFrame]
    sheets: Programme
    city: str = ""
    language: Language = DEFAULT_LANGUAGE
    outlines: gpd.GeoDataFrame | None = None


@checked(language=get_args(Language))
def run_programme(
    programme: Programme,
    panel: Panel,
    *,
    year: int,
    assessment: Assessment | None = None,
    language: Language | None = None,
) -> ProgrammeResult:
    """Compute the tables of a programme's year.

    Parameters
    ----------
    programme
        From `read_programme`; its rules hold, see `rules.every`.
    panel
        What the audience may see (`disclosure.protect`); attainment comes from nothing else.
    year
        The year reported on.
    assessment
        Verdicts of the same panel: need for `network_gaps`, and what notes are compared with.
    language
        Of sentences; the panel's by default.

    Returns
    -------
    ProgrammeResult
        `goals` (follow-up with sentence), `testability`, `matrix`, `cost_overview`, `input_output`,
        `conferences`, `network_gaps`, `area_districts`, `decisions`; for the internal audience also
        `contributions`, `loose_ends`, `missing_documentation`, `notes`, `note_conflicts`, `polls`.
    """
    words = language or panel.language
    public = panel.audience == "public"
    shown = public_programme(programme) if public else programme
    tables = {
        **_goal_tables(shown, panel, year, words),
        "matrix": _matrix(shown),
        "cost_overview": cost_overview(shown),
        "input_output": input_output(shown, year=year),
        "contributions": contribution_table(shown),
        "conferences": _conferences(shown, panel, year),
        "area_districts": _areas(shown, panel, year),
        "decisions": _decisions(shown, panel, year),
    }
    verdicts = _latest_verdicts(assessment, year)
    need = [str(key) for key in verdicts.index[verdicts["verdict"] == UNFAVOURABLE].unique()]
    gaps = network_gaps(shown, year, dict.fromkeys(need, True))
    tables["network_gaps"] = _named(gaps, panel)
    if public:
        tables["input_output"] = tables["input_output"].drop(columns="reached")
        tables["decisions"] = tables["decisions"].drop(columns="proposal")
        del tables["contributions"]
    else:
        tables |= {
            "loose_ends": loose_ends(programme),
            "missing_documentation": missing_documentation(programme, year=year),
            "notes": note_summary(programme, year=year),
            "note_conflicts": note_conflicts(programme, verdicts),
            "polls": poll_results(programme),
        }
    filled = {name: table for name, table in tables.items() if not table.empty}
    return ProgrammeResult(
        year=year, audience=panel.audience, tables=filled, sheets=shown, language=words, city=panel.city
    )


def _goal_tables(
    programme: Programme, panel: Panel, year: int, language: Language
) -> dict[str, pd.DataFrame]:
    goals = programme["goals"]
    table = follow_up(programme, panel.indicators, panel.catalogue, year=year)
    if panel.audience == "public":
        inside = table["scope_type"] == "facility"
        table["reason"] = table["reason"].astype(object).mask(inside, "internal_only")
    versions = {(key, goal["version"]): goal for key, goal in goals.iterrows()}
    places = place_names(programme)
    words = [
        goal_sentence(row, versions[row["goal_id"], row["version"]], panel, language, places)
        for _, row in table.iterrows()
    ]
    texts = [versions[row["goal_id"], row["version"]]["text"] for _, row in table.iterrows()]
    table.insert(2, "text", pd.Series(texts, dtype=object))
    table["sentence"] = pd.Series(words, dtype=object)
    latest = programme.goals
    examined = examine_goals(latest, programme, panel.indicators, panel.catalogue)
    sentences = [
        examination_sentence(row, latest.iloc[number], language)
        for number, (_, row) in enumerate(examined.iterrows())
    ]
    examined["sentence"] = pd.Series(sentences, dtype=object)
    return {"goals": table, "testability": examined}


def _matrix(programme: Programme) -> pd.DataFrame:
    matrix = goal_matrix(programme)
    names = programme["measures"]["name"]
    matrix.insert(0, "name", names.reindex(matrix.index).to_numpy())
    return matrix.reset_index()


def _named(table: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Put the district's key and name before the columns."""
    named = table.rename_axis("district").reset_index()
    named.insert(1, "name", named["district"].map(panel.districts["name"].to_dict()))
    return named


def _conferences(programme: Programme, panel: Panel, year: int) -> pd.DataFrame:
    table = _named(conference_state(programme, year, panel.districts.index), panel)
    if panel.audience == "public":
        table = table.drop(columns=["notes", "notes_per_meeting"])
    return table[table["exists"] | table["planned"] | table["area_id"].notna()].reset_index(drop=True)


def _areas(programme: Programme, panel: Panel, year: int) -> pd.DataFrame:
    inside = programme_districts(programme, year)
    areas = programme["areas"]
    own = [inside.get(row["district"]) == row["area_id"] for _, row in rows_of(areas)]
    kept = areas[np.array(own, dtype=bool)]
    open_ = kept["until"].isna() | (kept["until"] >= f"{year}-12-31")
    valid = kept[(kept["since"] <= f"{year}-12-31") & open_]
    table = valid.rename(columns={"name": "area_name"})
    table.insert(1, "name", table["district"].map(panel.districts["name"].to_dict()))
    return table.reset_index(drop=True)


def _decisions(programme: Programme, panel: Panel, year: int) -> pd.DataFrame:
    """Return the recorded decisions up to the year, with their written reasons."""
    table = programme["decisions"].reset_index()
    table = table[table["year"] <= year]
    table.insert(2, "name", table["district"].map(panel.districts["name"].to_dict()))
    return table.reset_index(drop=True)


def _latest_verdicts(assessment: Assessment | None, year: int) -> pd.DataFrame:
    """Return each indicator's verdicts at its last date up to the end of the year."""
    if assessment is None or assessment.verdicts.empty:
        return pd.DataFrame(columns=["indicator", "verdict"])
    found = assessment.verdicts
    found = found[found["date"].astype(str) <= f"{year}-12-31"]
    return found[found["date"] == found.groupby("indicator")["date"].transform("max")]
