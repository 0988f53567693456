"""Published figures as they are printed: one row per figure, every cell kept as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.arguments import checked
from sozialraum.audit.rounding import Printed, Rounding, Span, implied_denominator, printed
from sozialraum.errors import Problem, TableError, raise_problems, shorten
from sozialraum.keys import as_keys, normalise_name
from sozialraum.tables.grid import read_grid
from sozialraum.tables.numbers import as_date

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "PUBLISHED_COLUMNS",
    "Figure",
    "digits_needed",
    "figures",
    "published_from_observations",
    "read_published",
]

PUBLISHED_COLUMNS = (
    "indicator",
    "place",
    "key",
    "role",
    "date",
    "share_percent",
    "count",
    "denominator",
    "denominator_count",
    "base_date",
    "base_share_percent",
    "base_count",
    "index_percent",
    "change_percent",
)
"""Of these, a file must have `indicator`, `place` or `key`, `date` and `share_percent`."""

_ALIASES = {
    "indikator": "indicator",
    "gebiet": "place",
    "quartier": "place",
    "bezirk": "place",
    "schlüssel": "key",
    "rang": "role",
    "stichtag": "date",
    "anteil_prozent": "share_percent",
    "anzahl": "count",
    "nenner": "denominator",
    "nenner_anzahl": "denominator_count",
    "basis_stichtag": "base_date",
    "basis_anteil_prozent": "base_share_percent",
    "basis_anzahl": "base_count",
    "index_prozent": "index_percent",
    "veränderung_prozent": "change_percent",
}
_SHARES = ("share_percent", "base_share_percent", "index_percent", "change_percent")
_COUNTS = ("count", "denominator_count", "base_count")
_GROUPED = re.compile(r"\d{1,3}(?:[.,' \u00a0\u202f\u2009\u2019]\d{3})+|\d+(?:[.,]0{1,2})?")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One printed share with its count.

    Parameters
    ----------
    row
        Row of the file, or position in the frame, counted from 1.
    place, key
        As printed; "" where there is none.
    share
        As printed.
    count
        The exact numerator, None if it was not printed.
    stated, total
        The denominator's name, and its exact number, where they are printed.
    index, change
        The printed change against the base, in per cent of it.
    base
        The figure of the base date that `index` and `change` refer to.
    factor, bounded
        100 and True for shares.
    rounding
        How the figure was rounded, as far as the user knows.
    """

    row: int
    indicator: str
    place: str
    key: str
    role: str
    date: str
    share: Printed
    count: int | None
    stated: str = ""
    total: int | None = None
    index: Printed | None = None
    change: Printed | None = None
    base: Figure | None = None
    factor: int = 100
    bounded: bool = True
    rounding: Rounding = "half"

    @property
    def cell(self) -> tuple[str, str]:
        """Place and date: figures of one cell may share a denominator."""
        return self.key or normalise_name(self.place), self.date

    def denominators(self, rounding: Rounding | None = None) -> Span | None:
        """Return the denominators that explain share and count; None without a count."""
        if self.count is None:
            return None
        return implied_denominator(
            self.count,
            self.share,
            factor=self.factor,
            bounded=self.bounded,
            rounding=rounding or self.rounding,
        )


def read_published(path: str | Path) -> pd.DataFrame:
    """Read a file of published figures, each cell as the text that was printed.

    Parameters
    ----------
    path
        CSV or XLSX with one row per figure and columns of `PUBLISHED_COLUMNS` (English, or German:
        ``Indikator``, ``Gebiet``, ``Schlüssel``, ``Stichtag``, ``Anteil_Prozent``, ``Anzahl`` ...).

    Returns
    -------
    pd.DataFrame
        Columns `PUBLISHED_COLUMNS`, text as printed (``"22.3"`` keeps its one digit), "" where there is
        nothing; the index "row" counts as the file's editor does.

    Raises
    ------
    TableError
        If the file cannot be read or lacks a needed column.
    """
    path = Path(path)
    grid, problems = read_grid(path)
    raise_problems(problems, TableError)
    columns: dict[str, list[str]] = {}
    for header, cells in zip(grid.header, grid.columns, strict=True) if grid else ():
        name = re.sub(r"[\s-]+", "_", header.casefold())
        columns.setdefault(_ALIASES.get(name, name), [_written(cell) for cell in cells])
    index = pd.Index(grid.rows if grid else [], name="row")
    frame = pd.DataFrame(
        {name: columns.get(name, "") for name in PUBLISHED_COLUMNS}, index=index, dtype=object
    )
    raise_problems(_missing_columns(set(columns), path.name), TableError)
    return frame


def _missing_columns(columns: set[str], file: str | None) -> list[Problem]:
    missing = [name for name in ("indicator", "date", "share_percent") if name not in columns]
    if not columns & {"place", "key"}:
        missing.append("place")
    known = shorten(sorted(columns))
    return [
        Problem(code="audit.missing_column", file=file, column=name, values={"columns": known})
        for name in missing
    ]


def _written(cell: object) -> str:
    if cell is None or cell is pd.NA or (isinstance(cell, float) and cell != cell):  # noqa: PLR0124 - NaN
        return ""
    return str(cell).strip()


@checked()
def published_from_observations(observations: pd.DataFrame, numerators: Mapping[str, str]) -> pd.DataFrame:
    """Lay published rates beside their counts, from tables that have both.

    Parameters
    ----------
    observations
        As `read_table` returns them.
    numerators
        Variable of the published rate to variable of its numerator.

    Returns
    -------
    pd.DataFrame
        Columns `PUBLISHED_COLUMNS`, one row per rate, district and date with both figures, as numbers: each
        rate counts as printed with the digits that its figures need.
    """
    known = observations[observations["value"].notna()]
    cells = known.drop_duplicates(["district", "date", "variable"]).set_index(["district", "date"])
    parts = [pd.DataFrame(columns=["place", "date", "share_percent", "count", "indicator"])]
    for rate, numerator in numerators.items():
        shares = cells.loc[cells["variable"] == rate, "value"].rename("share_percent")
        counts = cells.loc[cells["variable"] == numerator, "value"].rename("count")
        both = pd.concat([shares, counts], axis=1, join="inner").reset_index()
        parts.append(both.rename(columns={"district": "place"}).assign(indicator=rate))
    frame = pd.concat(parts[1:] or parts, ignore_index=True)
    missing = {name: "" for name in PUBLISHED_COLUMNS if name not in frame}
    return frame.assign(**missing)[list(PUBLISHED_COLUMNS)]


def digits_needed(values: pd.Series) -> pd.Series:
    """Return the digits behind the decimal sign that each number needs; 0 for none."""
    digits = values.map(lambda value: len(repr(float(value)).removesuffix(".0").partition(".")[2]))
    return digits.where(values.notna(), 0)


def figures(
    published: pd.DataFrame, factors: Mapping[str, int], rounding: Mapping[str, Rounding]
) -> list[Figure]:
    """Take a frame of published figures apart.

    Raises
    ------
    TableError
        With every cell that cannot be read.
    """
    raise_problems(_missing_columns(set(published.columns), None), TableError)
    texts = {name: _texts(published, name) for name in PUBLISHED_COLUMNS}
    problems: list[Problem] = []
    shares = {
        name: [_share(*cell, name, problems) for cell in _cells(published, texts[name])] for name in _SHARES
    }
    counts = {
        name: [_count(*cell, name, problems) for cell in _cells(published, texts[name])] for name in _COUNTS
    }
    dates = {
        name: [_date(*cell, name, problems) for cell in _cells(published, texts[name])]
        for name in ("date", "base_date")
    }
    found = []
    for i, row in enumerate(_rows(published)):
        indicator, share, base_share = texts["indicator"][i], *(shares[name][i] for name in _SHARES[:2])
        if share is None:
            continue
        own: dict[str, Any] = {
            "row": row,
            "indicator": indicator,
            "place": texts["place"][i],
            "key": texts["key"][i],
            "role": texts["role"][i],
            "factor": factors.get(indicator, 100),
            "bounded": indicator not in factors,
            "rounding": rounding.get(indicator, "half"),
        }
        base = None
        if base_share is not None:
            base = Figure(**own, date=dates["base_date"][i], share=base_share, count=counts["base_count"][i])
        found.append(
            Figure(
                **own,
                date=dates["date"][i],
                share=share,
                count=counts["count"][i],
                stated=texts["denominator"][i],
                total=counts["denominator_count"][i],
                index=shares["index_percent"][i],
                change=shares["change_percent"][i],
                base=base,
            )
        )
    raise_problems(problems, TableError)
    return found


def _rows(published: pd.DataFrame) -> list[int]:
    if published.index.name == "row":
        return [int(row) for row in published.index]
    return list(range(1, len(published) + 1))


def _cells(published: pd.DataFrame, texts: list[str]) -> list[tuple[int, str]]:
    return list(zip(_rows(published), texts, strict=True))


def _texts(published: pd.DataFrame, name: str) -> list[str]:
    """Return a column as printed; a column of floats is printed with the digits that its indicator needs."""
    if name not in published:
        return [""] * len(published)
    column = published[name]
    if name == "key":
        return [key or "" for key in as_keys(column)]
    if not pd.api.types.is_float_dtype(column):
        return [_written(cell) for cell in column]
    digits = digits_needed(column).groupby(published["indicator"].to_numpy()).transform("max")
    return [
        "" if pd.isna(value) else f"{value:.{int(places)}f}"
        for value, places in zip(column, digits, strict=True)
    ]


def _share(row: int, written: str, column: str, problems: list[Problem]) -> Printed | None:
    found = printed(written) if written else None
    if written and found is None:
        problems.append(_unreadable("share", row, column, written))
    return found


def _count(row: int, written: str, column: str, problems: list[Problem]) -> int | None:
    if not written:
        return None
    if not _GROUPED.fullmatch(written):
        problems.append(_unreadable("count", row, column, written))
        return None
    whole = re.sub(r"[.,]0{1,2}$", "", written)
    return int(re.sub(r"\D", "", whole))


def _date(row: int, written: str, column: str, problems: list[Problem]) -> str:
    found = as_date(written) if written else ""
    if found is None:
        problems.append(_unreadable("date", row, column, written))
    return found or ""


def _unreadable(what: str, row: int, column: str, written: str) -> Problem:
    return Problem(code=f"audit.unreadable_{what}", row=row, column=column, values={"written": written})
