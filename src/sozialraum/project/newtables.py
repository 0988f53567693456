"""What a new project says of its tables: looked at once, joined for trial, guesses and questions told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.errors import SozialraumError
from sozialraum.indicators.join import load_join
from sozialraum.indicators.key_rules import propose_rule
from sozialraum.keys import as_keys
from sozialraum.tables.choice.headings import date_of_name
from sozialraum.tables.grid import read_grid
from sozialraum.tables.options import MONTH, YEAR
from sozialraum.tables.propose import propose_table
from sozialraum.tables.read import load_table, table_files
from sozialraum.tables.totals import is_no_district, is_total_word
from sozialraum.tables.turn import may_lie_on_its_side

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from sozialraum.errors import Problem
    from sozialraum.tables.propose import TableProposal

__all__ = ["NewTable", "by_year", "look_at", "look_at_all"]

LONG = 28
"""Letters of a variable's name; longer ones are shortened."""

FEW = 3
"""Up to so many entries without a district are guessed to be sums; more are a question."""

_COLUMNS = ("key", "name", "date_column", "from_column", "part_column", "variable_column", "value_column")
"""Options that name a column."""

_STAMPS = tuple(
    (re.compile(rf"(?<![0-9]){form}(?![0-9])"), pattern)
    for form, pattern in (
        (r"(?P<rest>(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2]))(?P<year>(?:19|20)[0-9]{2})", "{rest}{year}"),
        (r"(?P<year>(?:19|20)[0-9]{2})(?P<rest>(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]))", "{year}{rest}"),
        (r"(?P<year>(?:19|20)[0-9]{2})(?P<sign>[-_]?)(?P<month>0[1-9]|1[0-2])", "{year}{sign}{month}"),
        (
            r"(?<![A-Za-zäöü])(?P<month>0[1-9]|1[0-2])(?P<sign>[-_]?)(?P<year>(?:19|20)[0-9]{2})",
            "{month}{sign}{year}",
        ),
        (r"(?P<year>(?:19|20)[0-9]{2})", "{year}"),
    )
)
"""Ways in which names of files say their time, and how a series of them is written."""

_FILLERS = {
    "der",
    "die",
    "das",
    "den",
    "des",
    "dem",
    "an",
    "in",
    "im",
    "von",
    "mit",
    "und",
    "zu",
    "anzahl",
    "of",
    "the",
}


@dataclass(frozen=True, kw_only=True)
class NewTable:
    """One table part of a new project.

    Parameters
    ----------
    path
        The file; with ``{year}`` where there is one per year.
    options
        As the project file states them, guesses of the join among them.
    variables
        Short name to heading.
    guesses
        Options that rest on a trial and not on the file's own words.
    choices
        Options that are written as a comment: the user has to choose.
    rows
        The observations that found their district; None if the table could not be read.
    left_out
        Headings that are neither key, name, date nor variable.
    evidence, questions
        What was recognised, and what could not be told.
    rule
        A rule for keys that fits all rows, for the top of the project file.
    """

    path: Path
    options: Mapping[str, object]
    variables: Mapping[str, str]
    guesses: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    rows: pd.DataFrame | None = None
    left_out: tuple[str, ...] = ()
    evidence: tuple[Problem, ...] = ()
    questions: tuple[Problem, ...] = ()
    rule: str | None = None


@dataclass
class _Trial:
    """What a trial join adds to a table's options."""

    options: dict[str, object] = field(default_factory=dict)
    rows: pd.DataFrame | None = None
    rule: str | None = None
    questions: list[Problem] = field(default_factory=list)


def by_year(tables: Sequence[Path]) -> list[Path]:
    """Make one path with ``{year}`` (and ``{month}``) of files that differ in nothing but that."""
    series: dict[Path, list[Path]] = {}
    for table in tables:
        series.setdefault(table.with_name(_pattern(table.name, months=True)), []).append(table)
    found: list[Path] = []
    for pattern, files in series.items():
        # Of one month only, year after year, the month is no part of the series.
        plain = {table.with_name(_pattern(table.name, months=False)) for table in files}
        found += [files[0]] if len(files) == 1 else plain if len(plain) == 1 else [pattern]
    return found


def _pattern(name: str, *, months: bool) -> str:
    """Write ``{year}`` for the one year in a file's name; on request ``{month}`` for the month beside it."""
    for form, pattern in _STAMPS:
        found = list(form.finditer(name))
        if len(found) == 1:
            parts = found[0].groupdict()
            parts["year"] = YEAR
            parts["month"] = MONTH if months else parts.get("month")
            return name[: found[0].start()] + pattern.format(**parts) + name[found[0].end() :]
    return name


def look_at_all(
    tables: Sequence[Path], districts: gpd.GeoDataFrame | None, *, keys: set[str], names: set[str]
) -> list[NewTable]:
    """Look at all tables: files of one series as one, like sheets for several times one by one.

    Parameters
    ----------
    tables
        The files.
    districts, keys, names
        As for `look_at`.
    """
    new: list[NewTable] = []
    for path in by_year(tables):
        taken = {variable for table in new for variable in table.variables}
        look = partial(look_at, path, districts, keys=keys, names=names, taken=taken)
        table = look()
        sheets = _sheets_of_times(table)
        # Sheets that differ in their time are one series: their variables have the same names.
        new += [look(sheet=sheet) for sheet in sheets] or [table]
    return new


def _sheets_of_times(table: NewTable) -> list[str]:
    """Return the sheets among which a workbook leaves the choice, where each is named by its time."""
    asked = next((problem for problem in table.questions if problem.code == "tables.which_sheet"), None)
    if asked is None:
        return []
    sheets = asked.values.get("names")  # noqa: PD011 - no frame: the values of a problem
    dated = [sheet for sheet in sheets if date_of_name(sheet)] if isinstance(sheets, list) else []
    times = {date_of_name(sheet) for sheet in dated}
    return dated if len(dated) > 1 and len(times) == len(dated) else []


def look_at(
    path: Path,
    districts: gpd.GeoDataFrame | None,
    *,
    keys: set[str],
    names: set[str],
    taken: set[str],
    sheet: str | None = None,
) -> NewTable:
    """Recognise a table, and try whether its rows find their districts.

    Parameters
    ----------
    path
        The file, or a pattern with ``{year}``.
    districts
        As read; None if they have faults.
    keys, names
        Of the districts.
    taken
        Names of variables that other tables use.
    sheet
        Of a workbook with several.
    """
    proposal = propose_table(path, keys=keys, names=names, sheet=sheet)
    if keys and names and proposal.questions and "key" in proposal.options and "name" in proposal.options:
        # Small numbers happen to be keys, too; names are less likely to be anything else.
        by_name = propose_table(path, names=names, sheet=sheet)
        if by_name.options.get("join") == "name" and len(by_name.questions) < len(proposal.questions):
            proposal = by_name
    if (keys or names) and not {"key", "name"} & set(proposal.options):
        sides = (False, True) if may_lie_on_its_side(proposal.rows) else (False,)
        found = [(side, _labels(path, sheet, keys, names, transposed=side)) for side in sides]
        # Of both ways the one by which more districts are found; as it stands, where both find as many.
        transposed, known = max(found, key=lambda one: 0 if one[1] is None else len(one[1][0] | one[1][1]))
        if known is not None:
            proposal = propose_table(path, keys=known[0], names=known[1], sheet=sheet, transposed=transposed)
    variables = _short_names(proposal.variables, taken)
    options = dict(proposal.options)
    trial = _Trial()
    if districts is not None and variables and not proposal.questions:
        trial = _try(path, options, variables, districts)
    return NewTable(
        path=path,
        options=options | trial.options,
        variables=variables,
        guesses=tuple(trial.options),
        choices=proposal.choices,
        rows=trial.rows,
        left_out=_left_out(proposal),
        evidence=proposal.evidence,
        questions=(*proposal.questions, *proposal.asked, *trial.questions),
        rule=trial.rule,
    )


def _labels(
    path: Path, sheet: str | None, keys: set[str], names: set[str], *, transposed: bool
) -> tuple[set[str], set[str]] | None:
    """Find the column whose labels a rule turns into most districts; return them as keys, or as names."""
    grid, _ = read_grid(next(reversed(table_files(path).values()), path), sheet=sheet, transposed=transposed)
    columns = [] if grid is None else [set(as_keys(pd.Series(column)).dropna()) for column in grid.columns]
    best: tuple[int, tuple[set[str], set[str]]] | None = None
    # Figures can be made to look like keys; only in the first place are they likely to be some.
    for labels in (one for place, one in enumerate(columns) if not place or not _are_figures(one)):
        words = {label for label in labels if not is_no_district(label)}
        for known, as_names in ((names, True), (keys, False)):
            proposed = propose_rule(words, known) if known else None
            if proposed is not None and (best is None or len(proposed[1]) > best[0]):
                found = set(proposed[1])
                best = len(found), (set(), found) if as_names else (found, set())
    return best[1] if best is not None else None


def _are_figures(labels: set[str]) -> bool:
    return all(label.replace(".", "").replace(",", "").isdigit() for label in labels)


def _short_names(variables: Mapping[str, str], taken: set[str]) -> dict[str, str]:
    """Shorten names at a word's end, without fillers; unique among all tables."""
    short: dict[str, str] = {}
    for name, heading in variables.items():
        words = [word for word in name.split("_") if word not in _FILLERS] or [name]
        base = words[0][:LONG]
        for word in words[1:]:
            if len(base) + 1 + len(word) > LONG:
                break
            base += f"_{word}"
        unique, number = base, 2
        while unique in short or unique in taken:
            unique, number = f"{base}_{number}", number + 1
        short[unique] = heading
    return short


def _left_out(proposal: TableProposal) -> tuple[str, ...]:
    """Name the headings that no option and no variable uses."""
    options = proposal.options
    where = options.get("where")
    used = {str(options.get(option)) for option in _COLUMNS} | set(proposal.variables.values())
    used |= set(where) if isinstance(where, dict) else set()
    wide = [heading.split("{date}") for heading in used if "{date}" in heading]

    def is_used(heading: str) -> bool:
        return heading in used or any(
            heading.startswith(before) and heading.endswith(after) for before, after in wide
        )

    return tuple(dict.fromkeys(heading for heading in proposal.headings if heading and not is_used(heading)))


def _try(
    path: Path, options: Mapping[str, object], variables: Mapping[str, str], districts: gpd.GeoDataFrame
) -> _Trial:
    """Join for trial; what it asks to be acknowledged is guessed and marked, what it doubts is asked."""
    by_name = options.get("join") == "name"
    reading: dict[str, Any] = {name: value for name, value in options.items() if name != "join"}
    if by_name:
        reading.pop("key", None)
    trial = _Trial()
    try:
        rows, found = load_table(path, variables=dict(variables), **reading)
    except SozialraumError as error:
        trial.questions += error.problems
        return trial
    if rows.empty or any(problem.severity == "error" for problem in found):
        return trial
    answers: dict[str, Any] = {"by": "name" if by_name else "key"}
    sums = options.get("totals")
    unsure = isinstance(sums, list) and not all(map(is_total_word, sums))
    # Three rounds: a rule first, then what is left over, then what that leaves.
    problems: tuple[Problem, ...] = ()
    for _ in range(3):
        trial.rows, problems = load_join(districts, rows, **answers)
        if not _answer(problems, answers, trial, unsure=unsure):
            break
    for option in ("corrections", "without_district", "without_rows"):
        if answers.get(option):
            trial.options[option] = answers[option]
    trial.questions += [problem for problem in problems if problem.severity == "error"]
    return trial


def _answer(problems: Sequence[Problem], answers: dict[str, Any], trial: _Trial, *, unsure: bool) -> bool:
    """Take over what the join proposes; tell whether there was anything.

    With `unsure`, rows were left out as sums by their figures alone: a district without rows may be one.
    """
    taken = False
    mislabelled = {
        key
        for problem in problems
        if problem.code in {"join.same_name", "join.same_name_doubled"}
        for key in problem.keys
    }
    told = {problem.code.removeprefix("join."): problem.keys for problem in problems}
    unplaced = {*told.get("rows_without_district", ())} - mislabelled
    # An entry without a district beside a district without an entry may well be the same place.
    apart = "without_rows" in told and not all(map(is_no_district, unplaced))
    for problem in problems:
        code = problem.code.removeprefix("join.")
        if apart and code in {"rows_without_district", "without_rows"}:
            continue
        if code == "rule":
            trial.rule = str(problem.values["rule"])  # noqa: PD011 - no frame: the values of a problem
            answers["key_rules"] = [trial.rule]
        elif code in {"padded", "spelling"}:
            answers["corrections"] = {**answers.get("corrections", {}), **_pairs(problem)}
        elif (
            code == "rows_without_district" and len(problem.keys) <= FEW and not mislabelled & {*problem.keys}
        ):
            answers["without_district"] = [*answers.get("without_district", []), *problem.keys]
        elif code == "without_rows" and not unsure:
            answers["without_rows"] = sorted({*answers.get("without_rows", []), *problem.keys})
        else:
            continue
        taken = True
    return taken


def _pairs(problem: Problem) -> dict[str, str]:
    proposals = problem.values.get("proposals")  # noqa: PD011 - as above
    return dict(proposals) if isinstance(proposals, dict) else {}
