"""What a table seems to hold, as options for the project file: recognised once, never guessed again."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.errors import Problem
from sozialraum.keys import as_keys
from sozialraum.tables.columns import Reading
from sozialraum.tables.dates import as_date
from sozialraum.tables.decimal_sign import recognise_signs
from sozialraum.tables.grid import read_grid
from sozialraum.tables.layout import DATE
from sozialraum.tables.read import YEAR, load_table, table_files
from sozialraum.tables.symbols import meanings_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sozialraum.tables.columns import Series
    from sozialraum.tables.grid import Grid

__all__ = ["TableProposal", "propose_table"]

ENOUGH = 0.5
"""From this share of cells on that are district keys (or names), a column is taken for theirs."""

_KEY_WORDS = re.compile(r"schl(?:ü|ue)ssel|key|id|nr\.?|nummer|code|ags|lor|plr(?:_id)?", re.IGNORECASE)
_NAME_WORDS = re.compile(
    r"name|bezeichnung|gebiet|ortsteil|stadtteil|quartier|bezirk|stadtbezirk|planungsraum|district",
    re.IGNORECASE,
)
_DATE_WORDS = re.compile(r"jahr|year|stichtag|datum|date|stand|zeit|berichtsjahr", re.IGNORECASE)
_DATE_IN_TEXT = re.compile(
    r"[0-9]{1,2}\.\s?[0-9]{1,2}\.\s?[0-9]{4}|[0-9]{1,2}\.\s[A-Za-zä]+\s[0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"|(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])"
)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, kw_only=True)
class TableProposal:
    """Options for one table and what speaks for them.

    Parameters
    ----------
    options
        As a project file states them, in order; without `file` and `variables`.
    variables
        Variable to column.
    evidence
        What was recognised.
    questions
        What could not be told: errors to be answered in the project file.
    """

    options: Mapping[str, object]
    variables: Mapping[str, str]
    evidence: tuple[Problem, ...]
    questions: tuple[Problem, ...]


def propose_table(
    path: str | Path,
    *,
    keys: Collection[str] = (),
    names: Collection[str] = (),
    taken: Collection[str] = (),
    sheet: str | None = None,
) -> TableProposal:
    """Recognise how a table is to be read.

    Parameters
    ----------
    path
        The file; with ``{year}`` in its name the newest of them is looked at.
    keys, names
        Of the districts; by them the columns with key and name are found.
    taken
        Variable names of other tables; equal ones get the file's name behind them.
    sheet
        Of a workbook with several.
    """
    path = Path(path)
    newest = next(reversed(table_files(path).values()), path)
    grid, problems = read_grid(newest, sheet=sheet)
    if grid is None:
        stated = {"sheet": sheet} if sheet else {}
        return TableProposal(options=stated, variables={}, evidence=(), questions=problems)
    used, options = _columns(grid, keys, names)
    options |= _date(grid, path, used)
    wide = "date" not in options and "date_column" not in options
    found, series = _variables(grid, used, wide=wide)
    suffix = _identifier(path.stem.replace(YEAR, ""), ())
    found = {f"{name}_{suffix}" if name in taken else name: header for name, header in found.items()}
    answers = {name: value for name, value in options.items() if name != "join"}
    if options.get("join") == "name":
        answers.pop("key", None)
    options |= _layout(grid, path) | _signs(series)
    problems = _nothing(newest, grid)
    if found:
        # Not told how the file is written: this reading is to give its evidence.
        _, problems = load_table(path, variables=found, sheet=grid.sheet, **answers)  # type: ignore[arg-type]  # the options have the types of `load_table`
    sums = [found for found in problems if found.code in {"tables.total_row", "tables.total_named"}]
    labels = [str(found.values["label"]) for found in sums]  # noqa: PD011 - no frame: the values of a problem
    options["totals"] = list(dict.fromkeys(labels))
    notes = tuple(problem for problem in problems if problem.severity != "error")
    questions = tuple(problem for problem in problems if problem.severity == "error")
    return TableProposal(options=options, variables=found, evidence=notes, questions=questions)


def _nothing(path: Path, grid: Grid) -> tuple[Problem, ...]:
    values = {"columns": ", ".join(filter(None, grid.header))}
    return (Problem(code="tables.no_numbers", file=path.name, sheet=grid.sheet, values=values),)


def _columns(grid: Grid, keys: Collection[str], names: Collection[str]) -> tuple[set[int], dict[str, object]]:
    """Find the columns with the districts' keys and names."""
    cells = [set(as_keys(pd.Series(column)).dropna()) for column in grid.columns]
    key = _best(grid, cells, set(keys), _KEY_WORDS)
    name = _best(grid, cells, set(names), _NAME_WORDS)
    options: dict[str, object] = {}
    if key is None and name is not None:
        options["join"] = "name"
    options |= {
        option: grid.header[position]
        for option, position in (("key", key), ("name", name))
        if position is not None
    }
    return {position for position in (key, name) if position is not None}, options


def _best(grid: Grid, cells: list[set[str]], known: set[str], words: re.Pattern[str]) -> int | None:
    """Choose the column whose cells are known; where nothing is known, the one with a fitting header."""
    if known:
        shares = [len(found & known) / len(found) if found else 0.0 for found in cells]
        best = int(np.argmax(shares))
        return best if shares[best] >= ENOUGH and grid.header[best] else None
    fitting = (i for i, header in enumerate(grid.header) if words.fullmatch(header))
    return next(fitting, None)


def _date(grid: Grid, path: Path, taken: set[int]) -> dict[str, object]:
    """Find the dates: a column, else one date in the file's name or in the lines above the table."""
    for position, header in enumerate(grid.header):
        if position not in taken and _DATE_WORDS.fullmatch(header):
            dates = [as_date(cell) for cell in grid.columns[position]]
            if sum(date is not None for date in dates) >= ENOUGH * len(dates):
                taken.add(position)
                return {"date_column": header}
    if YEAR in path.name:
        return {}
    if any(_date_in(header) for header in grid.header):
        return {}
    texts = (path.stem.replace("_", " "), *(text for _, text in grid.layout.titles))
    found = {date for text in texts for date in _dates_in(text)}
    return {"date": found.pop()} if len(found) == 1 else {}


def _dates_in(text: str) -> list[str]:
    return [date for match in _DATE_IN_TEXT.findall(text) if (date := as_date(match)) is not None]


def _date_in(header: str) -> re.Match[str] | None:
    found = [match for match in _DATE_IN_TEXT.finditer(header) if as_date(match.group())]
    return found[0] if len(found) == 1 else None


def _variables(grid: Grid, taken: set[int], *, wide: bool) -> tuple[dict[str, str], list[Series]]:
    """Name every numeric column; where dates are headers, one variable for all its dates."""
    series = Reading("", grid).numeric_series(taken, meanings_of())
    names: dict[str, str] = {}
    for one in series:
        header = grid.header[one.position]
        date = _date_in(header) if wide else None
        if date is not None:
            header = header[: date.start()] + DATE + header[date.end() :]
        if header not in names.values():
            names[_identifier(header.replace(DATE, " "), names)] = header
    if any(DATE in header for header in names.values()):
        names = {name: header for name, header in names.items() if DATE in header}
        series = [one for one in series if _date_in(grid.header[one.position])]
    return names, series


def _identifier(header: str, taken: Iterable[str]) -> str:
    """Make a short name that is unique: small letters, digits and underscores."""
    plain = unicodedata.normalize("NFKD", header.lower().translate(_UMLAUTS))
    base = re.sub(r"[^a-z0-9]+", "_", plain.encode("ascii", "ignore").decode()).strip("_") or "wert"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name


def _layout(grid: Grid, path: Path) -> dict[str, object]:
    stated: dict[str, object] = {"header_rows": grid.layout.header_rows, "convention": "cautious"}
    if grid.sheet is not None:
        return {"sheet": grid.sheet, **stated}
    several = YEAR in path.name
    encoding: dict[str, object] = {} if several else {"encoding": grid.encoding}
    return {**encoding, "separator": grid.separator, **stated}


def _signs(series: list[Series]) -> dict[str, object]:
    """Name the decimal sign where the file's own figures prove it."""
    signs = recognise_signs([one.column for one in series], None, None)
    proved = signs.example is not None and signs.rivals is None and not signs.undecided
    return {"decimal": signs.decimal} if proved else {}
