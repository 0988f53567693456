"""All observations in one long store: later figures replace earlier ones, and nothing is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.distinct import doubled, kept
from sozialraum.errors import Problem, shorten
from sozialraum.tables.read import OBSERVATION_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SUMMARY_COLUMNS", "Store", "combine", "summarise"]

CELL = ["district", "date", "variable"]
SUMMARY_COLUMNS = (
    *("published", "vintage", "districts", "first", "last", "variables", "cells", "numbers"),
    *("suppressed", "missing", "replaced", "total"),
)
_NOTHING = ("missing", "later")
"""Flags that say nothing new: an earlier figure of the same cell still counts."""


@dataclass(frozen=True, kw_only=True)
class Store:
    """Observations of all tables.

    Parameters
    ----------
    observations
        One row per district, date and variable: the figures that count.
    history
        Every row of every table, with `published` (ISO text, "" if not named) and `current` (bool).
    summary
        What came from which file, see `summarise`.
    """

    observations: pd.DataFrame
    history: pd.DataFrame
    summary: pd.DataFrame


def combine(tables: Iterable[pd.DataFrame]) -> tuple[Store, tuple[Problem, ...]]:
    """Put tables together; of several figures for one cell the one published last counts.

    A newer "suppressed" replaces an older number; a newer "missing" or "later" does not.

    Parameters
    ----------
    tables
        As `read_table` or `join` returns them; those with revisions have a column `published`.

    Returns
    -------
    tuple
        The store, and problems: cells whose figures differ while nobody says which is newer (error), figures
        that stand in two files alike (warning), revisions (note).
    """
    parts = [table.assign(published=_published(table)) for table in tables if len(table)]
    if not parts:
        empty = pd.DataFrame(columns=[*OBSERVATION_COLUMNS, "published", "current"])
        return Store(observations=empty, history=empty, summary=summarise(empty)), ()
    history = pd.concat(parts, ignore_index=True)
    several = doubled(history, CELL, keep=False)
    history["current"] = ~several
    if several.any():
        again = history[several]
        says = ~again["flag"].isin(_NOTHING)
        order = again.assign(_says=says).sort_values(["_says", "published"], kind="stable")
        last = order.groupby(CELL, sort=False, dropna=False).tail(1).index
        history.loc[last, "current"] = True
    observations = kept(history, history["current"].to_numpy())
    observations = observations.drop(columns="current").reset_index(drop=True)
    problems = _compare(history[several])
    return Store(observations=observations, history=history, summary=summarise(history)), problems


def _published(table: pd.DataFrame) -> pd.Series | str:
    return table["published"].fillna("") if "published" in table else ""


def _compare(history: pd.DataFrame) -> tuple[Problem, ...]:
    """Report the cells that several tables fill; `history` has the rows of these alone."""
    double = history[~history["flag"].isin(_NOTHING)]
    if double.empty:
        return ()
    figures = double["value"].astype(str) + double["flag"].astype(str)
    different = double.assign(_figure=figures).drop_duplicates([*CELL, "_figure"])
    cells = double.groupby(CELL, sort=False, dropna=False)
    frame = pd.DataFrame(
        {
            "several": cells.size() > 1,
            "alike": different.groupby(CELL, sort=False, dropna=False).size() == 1,
            "dated": cells["published"].nunique() == cells.size(),
            "sources": cells["source"].agg(lambda names: ", ".join(dict.fromkeys(names))),
        }
    )
    frame = frame[frame["several"]]
    kinds = {
        "undated": ("error", frame[~frame["dated"] & ~frame["alike"]]),
        "repeated": ("warning", frame[~frame["dated"] & frame["alike"]]),
        "revised": ("note", frame[frame["dated"] & ~frame["alike"]]),
    }
    problems = []
    for code, (severity, found) in kinds.items():
        for sources, part in found.groupby("sources", sort=False):
            index = part.index
            values = {
                "sources": sources,
                "number": len(part),
                "variables": shorten(index.get_level_values("variable").unique()),
                "dates": shorten(index.get_level_values("date").unique()),
            }
            keys = tuple(map(str, index.get_level_values("district").unique()))
            problems.append(
                Problem(code=f"checks.{code}", severity=severity, keys=keys, values=values)  # type: ignore[arg-type]  # the three severities
            )
    return tuple(problems)


def summarise(history: pd.DataFrame) -> pd.DataFrame:
    """Tell what came from which file.

    Parameters
    ----------
    history
        Observations; a column `current` tells which of them count (all, without it).

    Returns
    -------
    pd.DataFrame
        Index "source"; columns `SUMMARY_COLUMNS`: number of districts, first and last date, number of
        variables, of cells, of cells with a number, suppressed, missing, replaced by later ones; `total` is
        the sum of all numbers, to compare with the file.
    """
    rows = {}
    for source, table in history.groupby("source", sort=False):
        flags = table["flag"].value_counts()
        current = table["current"] if "current" in table else pd.Series(data=True, index=table.index)
        rows[source] = {
            "published": _texts(table, "published"),
            "vintage": _texts(table, "vintage"),
            "districts": table["district"].nunique(),
            "first": table["date"].min(),
            "last": table["date"].max(),
            "variables": table["variable"].nunique(),
            "cells": len(table),
            "numbers": int(table["value"].notna().sum()),
            "suppressed": int(flags.get("suppressed", 0)),
            "missing": int(flags.get("missing", 0)),
            "replaced": int((~current).sum()),
            "total": float(table["value"].sum()),
        }
    index = pd.Index(list(rows), name="source", dtype=object)
    return pd.DataFrame(list(rows.values()), index=index, columns=list(SUMMARY_COLUMNS))


def _texts(table: pd.DataFrame, column: str) -> str:
    return ", ".join(sorted(filter(None, table[column].unique()))) if column in table else ""
