"""What a table seems to hold, as options for the project file: recognised once, never guessed again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sozialraum.errors import Problem
from sozialraum.tables.choice.guess import Guess, identifier
from sozialraum.tables.decimal_sign import recognise_signs
from sozialraum.tables.grid import read_grid
from sozialraum.tables.layout import NO_HEADER
from sozialraum.tables.read import YEAR, load_table, table_files
from sozialraum.tables.turn import holds_districts, may_lie_on_its_side

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sozialraum.tables.columns import Series
    from sozialraum.tables.grid import Grid

__all__ = ["TableProposal", "propose_table"]

UNDATED = "1900-12-31"
"""For the trial of a table whose date is asked for; stands in no project file."""


_CHOICES = {
    "where": "tables.where_asked",
    "date_column": "tables.which_date",
    "key": "tables.which_key",
    "name": "tables.which_name",
}
"""Options that are written as a comment, and the question to each."""


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
    choices
        Options that only show how an answer is written: one of several readings, tried to see the rest.
        They are among `options`, and each has its question in `asked`.
    asked
        The questions of `choices`.
    headings, rows
        Of the columns, as read, and how many rows there are.
    """

    options: Mapping[str, object]
    variables: Mapping[str, str]
    evidence: tuple[Problem, ...]
    questions: tuple[Problem, ...]
    choices: tuple[str, ...] = ()
    asked: tuple[Problem, ...] = ()
    headings: tuple[str, ...] = ()
    rows: int = 0


def propose_table(
    path: str | Path,
    *,
    keys: Collection[str] = (),
    names: Collection[str] = (),
    taken: Collection[str] = (),
    sheet: str | None = None,
    transposed: bool = False,
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
    transposed
        Whether the districts are known to be columns; found out where they are written as in `keys` or
        `names`.
    """
    path = Path(path)
    newest = next(reversed(table_files(path).values()), path)
    grid, problems = _grid(newest, sheet, keys, names, transposed=transposed)
    known = {*keys, *names}
    upright = grid is None or transposed or not may_lie_on_its_side(len(grid.rows))
    if known and grid is not None and not upright and not holds_districts(grid.columns, known):
        turned, told = _grid(newest, sheet, keys, names, transposed=True)
        if turned is not None and holds_districts(turned.columns, known):
            grid, problems, transposed = turned, told, True
    if grid is None:
        stated = {"sheet": sheet} if sheet else {}
        return TableProposal(options=stated, variables={}, evidence=(), questions=problems)
    guess = _guessed(path, newest, grid, (keys, names), transposed=transposed)
    grid = guess.grid
    suffix = identifier(path.stem.replace(YEAR, ""), ())
    found = {
        f"{name}_{suffix}" if name in taken else name: header for name, header in guess.variables.items()
    }
    options = guess.options
    answers = {name: value for name, value in options.items() if name != "join"}
    if options.get("join") == "name":
        answers.pop("key", None)
    coded = guess.codes()
    options |= _layout(grid, path, options) | _signs(path, guess.series) | coded
    problems = _nothing(newest, grid)
    read = False
    if found:
        # Not told how the file is written: this reading is to give its evidence.
        districts = tuple(names if options.get("join") == "name" else keys)
        reading = {**answers, **coded, "variables": found, "sheet": grid.sheet, "districts": districts}
        read, problems = _tried(path, reading)
    sums = [found for found in problems if found.code in {"tables.total_row", "tables.total_named"}]
    labels = [str(found.values["label"]) for found in sums]
    # An empty list would answer the question whether a district is a sum.
    doubted = any(problem.code == "tables.total_district" for problem in problems)
    if "totals" not in options and read and not doubted:
        options["totals"] = list(dict.fromkeys(labels))
    # Rows that are chosen for trial only are not told as chosen.
    codes = {problem.code for problem in guess.asked}
    passed = {"tables.rows_chosen"} if "tables.where_asked" in codes else set()
    found_out = [one for one in problems if one.severity != "error" and one.code not in passed]
    notes = (*guess.notes, *found_out)
    questions = tuple(problem for problem in problems if problem.severity == "error")
    return TableProposal(
        options=options,
        variables=found,
        evidence=notes,
        questions=questions,
        choices=tuple(option for option, code in _CHOICES.items() if code in codes),
        asked=tuple(guess.asked),
        headings=grid.header,
        rows=len(grid.rows),
    )


def _guessed(
    path: Path,
    newest: Path,
    grid: Grid,
    districts: tuple[Collection[str], Collection[str]],
    *,
    transposed: bool,
) -> Guess:
    """Go through all steps of a guess; `districts` are keys and names."""
    keys, names = districts
    bare = None
    if not transposed and _lacks_header(grid, {*keys, *names}):
        bare, _ = read_grid(newest, sheet=grid.sheet, header_rows=NO_HEADER)
    guess = Guess(path, newest, grid if bare is None else bare)
    if bare is not None:
        guess.note("no_header")
    if transposed:
        guess.options["transposed"] = True
    guess.columns(keys, names)
    guess.fill()
    guess.words()
    guess.preset()
    guess.dates()
    guess.long(keys, names)
    guess.choose_variables()
    return guess


def _lacks_header(grid: Grid, known: set[str]) -> bool:
    """Tell whether the first line is a district's, which no other line is: then the file has no header."""
    figures = any(re.fullmatch(r"[0-9.,]+", header) for header in grid.header)
    for header, column in zip(grid.header, grid.columns, strict=True):
        texts = {str(cell).strip() for cell in column}
        if figures and header in known and header not in texts and len(texts & known) * 2 >= len(texts):
            return True
    return False


def _tried(path: Path, reading: Mapping[str, object]) -> tuple[bool, tuple[Problem, ...]]:
    """Read as guessed; tell whether there were rows, and what was found."""
    rows, problems = load_table(path, **reading)  # type: ignore[arg-type]  # the options have the types of `load_table`
    asked = [problem for problem in problems if problem.code == "tables.no_date_option"]
    if asked:
        # One question must not hide the others: tried as if there were a date.
        rows, problems = load_table(path, **{**reading, "date": UNDATED})  # type: ignore[arg-type]  # as above
        problems = (*asked, *problems)
    return not rows.empty, problems


def _grid(
    path: Path, sheet: str | None, keys: Collection[str], names: Collection[str], *, transposed: bool
) -> tuple[Grid | None, tuple[Problem, ...]]:
    """Read the file; of several sheets the one with the keys, else the one with the names."""
    grid, problems = read_grid(path, sheet=sheet, labels=keys, transposed=transposed)
    if grid is None and names and any(problem.code == "tables.which_sheet" for problem in problems):
        return read_grid(path, sheet=sheet, labels=names, transposed=transposed)
    return grid, problems


def _nothing(path: Path, grid: Grid) -> tuple[Problem, ...]:
    values = {"columns": ", ".join(filter(None, grid.header))}
    return (Problem(code="tables.no_numbers", file=path.name, sheet=grid.sheet, values=values),)


def _layout(grid: Grid, path: Path, options: Mapping[str, object]) -> dict[str, object]:
    convention = options.get("convention", "cautious")
    stated: dict[str, object] = {"header_rows": grid.layout.header_rows, "convention": convention}
    # The files of a series may be written each in its own way.
    if YEAR in path.name and grid.layout.header_rows != NO_HEADER:
        del stated["header_rows"]
    if grid.sheet is not None:
        return {"sheet": grid.sheet, **stated}
    if YEAR in path.name:
        return stated
    return {"encoding": grid.encoding, "separator": grid.separator, **stated}


def _signs(path: Path, series: list[Series]) -> dict[str, object]:
    """Name the decimal sign where the file's own figures prove it; one year's prove it for no other."""
    if YEAR in path.name:
        return {}
    signs = recognise_signs([one.column for one in series], None, None)
    proved = signs.example is not None and signs.rivals is None and not signs.undecided
    return {"decimal": signs.decimal} if proved else {}
