"""What the borders of a city say about 'fluid transitions', in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.texts import DEFAULT_LANGUAGE, Language, text

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

__all__ = ["fluidity_sentences"]


def fluidity_sentences(city: pd.DataFrame, language: Language = DEFAULT_LANGUAGE) -> pd.Series:
    """Say for each row of `Edges.city` whether transitions are fluid, and why.

    Parameters
    ----------
    city
        Columns `CITY_EDGE_COLUMNS` of `edges`.
    language
        Of the sentences.

    Returns
    -------
    pd.Series
        Index of `city`; text.
    """
    told = [" ".join(_sentences(row, language)) for row in city.to_dict("records")]
    return pd.Series(told, index=city.index, dtype=object)


def _sentences(row: dict[Hashable, Any], language: Language) -> Iterator[str]:
    """Give the claim, and one sentence for each thing that it rests on."""
    claim = row["claim"]
    yield text(f"mixing.claim.{claim}", language)
    if claim != "not assessable":
        yield from _reasons(row, language)
    key = "mixing.used.but" if row["omitted"] else "mixing.used"
    yield text(key, language, districts=row["districts"], omitted=row["omitted"])


def _reasons(row: dict[Hashable, Any], language: Language) -> Iterator[str]:
    if row["walls"]:
        told = {
            "walls": row["walls"],
            "borders": row["wall_borders"],
            "length": _number(row["wall_length"] / 1000, 1, language),
            "jump": _number(100 * row["wall_jump"], 1, language),
            "start": row["wall_from"],
            "end": row["wall_to"],
        }
        yield text("mixing.claim.wall" if row["walls"] == 1 else "mixing.claim.walls", language, **told)
    else:
        yield text("mixing.claim.no_wall" if row["tested"] else "mixing.claim.untested", language)
    if row["expected"] > 0:
        percent = round(100 * row["statistic"] / row["expected"])
        yield text("mixing.claim.mean", language, percent=percent)
    yield text(f"mixing.claim.{_direction(row)}", language)
    if row["tested"]:
        minimum = _number(100 * row["minimum"], 1, language)
        counts = {"sharp": row["sharp"], "tested": row["tested"], "minimum": minimum}
        yield text("mixing.claim.tested", language, **counts)
        if row["tested"] < row["borders"]:
            left = row["borders"] - row["tested"]
            yield text("mixing.claim.partly", language, untested=left, borders=row["borders"])
        yield text("mixing.claim.detectable", language, points=_number(100 * row["detectable"], 0, language))


def _direction(row: dict[Hashable, Any]) -> str:
    """Return what the comparison with random arrangements came to."""
    if pd.isna(row["p_smoother"]):
        return "uncompared"
    if row["p_smoother"] <= 0.025:
        return "smoother"
    return "rougher" if row["p_rougher"] <= 0.025 else "like_chance"


def _number(value: float, digits: int, language: Language) -> str:
    shown = f"{value:.{digits}f}".removesuffix(".0")
    return shown.replace(".", ",") if language == "de" else shown
