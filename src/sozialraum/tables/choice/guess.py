"""What is guessed of a table, step by step: its columns, dates, kinds of rows and variables."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.errors import Problem, shorten
from sozialraum.keys import as_keys
from sozialraum.tables.choice.headings import (
    date_in,
    date_of_name,
    dated_groups,
    dates_in,
    is_date_column,
    is_part_column,
    of_another_time,
    unbroken,
)
from sozialraum.tables.choice.long import find_level, find_long
from sozialraum.tables.choice.presets import PRESETS, recognise_preset
from sozialraum.tables.choice.rows import fill_down
from sozialraum.tables.choice.times import choose_time, unread_times
from sozialraum.tables.columns import Reading
from sozialraum.tables.dates import as_period
from sozialraum.tables.decimal_sign import recognise_signs
from sozialraum.tables.doubts.codes import find_codes, missing_codes
from sozialraum.tables.doubts.status import is_status
from sozialraum.tables.layout import DATE, column_place
from sozialraum.tables.options import MONTH, YEAR
from sozialraum.tables.symbols import is_nothing_said, meanings_of
from sozialraum.tables.totals import is_total_word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from sozialraum.tables.columns import Series
    from sozialraum.tables.grid import Grid

__all__ = ["Guess", "identifier"]

ENOUGH = 0.5
"""From this share of cells on that are district keys (or names), a column is taken for theirs."""

FEWEST, NEARLY_ALL = 5, 0.9
"""Districts, and share of all of them, that a column of many other areas must name."""

FEW_ROWS = 3
"""So few rows may well have a date each."""

_KEY_WORDS = re.compile(r"schl(?:ü|ue)ssel|key|id|nr\.?|nummer|code|ags|lor|plr(?:_id)?", re.IGNORECASE)
_CODE_WORDS = re.compile(
    r"schl(?:ü|ue)ssel|(?:^|[\W_])(?:key|id|nr|no|num|nummer|code|ags|kennung|kennziffer)(?:$|[\W_])|id$|nummer$",
    re.IGNORECASE,
)
"""Headings of numbers that name something and count nothing."""

_NAME_WORDS = re.compile(
    r"name|bezeichnung|gebiet|ortsteil|stadtteil|quartier|bezirk|stadtbezirk|planungsraum|district",
    re.IGNORECASE,
)
_COUNTER = re.compile(
    r"(?<![a-zäöü])(?:rang|rank|platz(?:ierung)?|lfd|laufende|fortlaufende|pos|position|reihenfolge|sortierung"
    r"|(?:ogc_)?fid|objectid(?:_\d)?|oid|gid|rowid|row|index|unnamed: 0)(?![a-zäöü])",
    re.IGNORECASE,
)
"""Headings of numbers that put rows in an order, or by which a program counts them."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class Guess:
    """What is guessed of one table, step by step; every step sees what the ones before it found."""

    def __init__(self, path: Path, newest: Path, grid: Grid) -> None:
        self.path, self.newest, self.grid = path, newest, grid
        self.options: dict[str, object] = {}
        self.variables: dict[str, str] = {}
        self.notes: list[Problem] = []
        self.asked: list[Problem] = []
        self.places: dict[str, int] = {}
        self.passed: set[int] = set()
        self.times: list[int] = []
        self.groups: dict[str, list[str]] = {}
        self.series: list[Series] = []
        self.meanings = meanings_of()

    def note(self, code: str, **values: object) -> None:
        """Say what was recognised."""
        problem = Problem(
            code=f"tables.{code}", severity="note", file=self.path.name, sheet=self.grid.sheet, values=values
        )
        self.notes.append(problem)

    def columns(self, keys: Collection[str], names: Collection[str]) -> None:
        """Find the columns with the districts' keys and names."""
        cells = [set(as_keys(pd.Series(column)).dropna()) for column in self.grid.columns]
        key = _best(self.grid, cells, set(keys), _KEY_WORDS)
        if key is not None and keys and self._may_be_figures(key, cells[key], set(keys)):
            key = None
        name = _best(self.grid, cells, set(names), _NAME_WORDS)
        if key is not None and name is not None and keys and names:
            # Percentages happen to be keys, too; a column of keys has about as many as one of names.
            number, named = len(cells[key] & set(keys)), len(cells[name] & set(names))
            key = key if number * 2 >= named and not self._counts(key, cells[key], number, named) else None
        if key is None and name is not None:
            self.options["join"] = "name"
        for option, position in (("key", key), ("name", name)):
            if position is not None and position not in self.places.values():
                self.options[option] = self._named(position)
                self.places[option] = position
        label, known, words = ("name", names, _NAME_WORDS) if key is None else ("key", keys, _KEY_WORDS)
        if label in self.places and known:
            self._doubt_label(label, cells, set(known), words)
        self._leave_codes_out(cells, set(keys))

    def _counts(self, position: int, cells: set[str], number: int, named: int) -> bool:
        """Tell whether numbers beside as many names are no keys, but an order of rows, or counts."""
        header = self.grid.header[position]
        said = any(words.search(header) for words in (_KEY_WORDS, _CODE_WORDS, _NAME_WORDS))
        plain = bool(position) and not said and all(cell.isdigit() and cell[0] != "0" for cell in cells)
        return named >= number and (plain or _COUNTER.search(header) is not None)

    def _doubt_label(
        self, option: str, cells: list[set[str]], known: set[str], words: re.Pattern[str]
    ) -> None:
        """Ask where another column names as many districts, and others in the same rows."""
        own, header = self.places[option], self.grid.header
        number = len(cells[own] & known)
        own_cells = [str(cell).strip() for cell in self.grid.columns[own]]
        for place, found in enumerate(cells):
            if place == own or len(found & known) < number or len(found & known) < ENOUGH * len(found):
                continue
            if _COUNTER.search(header[place]) or (
                words.search(header[own]) and not words.search(header[place])
            ):
                continue
            if option == "key" and self._may_be_figures(place, found, known):
                continue
            if [str(cell).strip() for cell in self.grid.columns[place]] != own_cells:
                columns = f"'{self._named(own)}', '{self._named(place)}'"
                self._ask(f"which_{option}", columns=columns, column=self._named(own))
                return

    def _may_be_figures(self, position: int, cells: set[str], keys: set[str]) -> bool:
        """Tell whether numbers that are keys may well be counts: not first, not called so, not all keys."""
        header = self.grid.header[position]
        said = any(words.search(header) for words in (_KEY_WORDS, _CODE_WORDS, _NAME_WORDS))
        plain = all(cell.isdigit() and cell[0] != "0" for cell in cells)
        return plain and bool(position) and not said and len(cells & keys) < NEARLY_ALL * len(keys)

    def _named(self, position: int) -> str:
        return self.grid.header[position] or f"{{column {position + 1}}}"

    def _leave_codes_out(self, cells: list[set[str]], keys: set[str]) -> None:
        """Leave out numbers that name something: keys that lost their zeros, and one code in all rows."""
        own = set(self.places.values())
        bare = {key.lstrip("0") for key in keys}
        for position, header in enumerate(self.grid.header):
            silent = not any(re.search("[0-9]", cell) for cell in cells[position])
            if position not in own and is_status(header) and silent:
                self.passed.add(position)
            if position in own or not _CODE_WORDS.search(header):
                continue
            found = cells[position]
            lost = bool(found) and len({cell.lstrip("0") for cell in found} & bare) >= ENOUGH * len(found)
            if lost and not {"key", "name"} & set(self.options):
                # The join will tell that zeros are lost, and which rule brings them back.
                self.options["key"] = self._named(position)
                self.places["key"] = position
            elif lost or (len(found) == 1 and len(self.grid.rows) > 1 and found.copy().pop().isdigit()):
                self.passed.add(position)

    def fill(self) -> None:
        """Repeat labels that are written once for a block of rows, where each block lists the same kinds."""
        option = "key" if "key" in self.places else "name"
        position = self.places.get(option)
        if position is None or not self.grid.header[position]:
            return
        filled = np.array([bool(str(cell).strip()) for cell in self.grid.columns[position]])
        starts = np.flatnonzero(filled)
        if len(starts) < 2 or not filled[0] or starts[1] < 2:
            return
        height = int(starts[1])
        if len(filled) % height or list(starts) != list(range(0, len(filled), height)):
            return
        others = (column for place, column in enumerate(self.grid.columns) if place != position)
        blocks = [[list(column[i : i + height]) for i in starts] for column in others]
        if not any(
            len(set(map(str, rows[0]))) == height and all(row == rows[0] for row in rows) for rows in blocks
        ):
            return
        reading = Reading(self.path.name, self.grid)
        header = self.grid.header[position]
        fill_down(reading, [header], [])
        self.grid = reading.grid
        self.options["fill_down"] = [header]
        self.note("fill_guessed", column=header, number=height)

    def words(self) -> None:
        """Find what says in words that there is no figure, in columns that hold figures, too."""
        found: list[str] = []
        for position, column in enumerate(self.grid.columns):
            cells = dict.fromkeys(column)
            said = [str(cell).strip() for cell in cells if is_nothing_said(cell)]
            if said and position not in self.places.values() and any(map(_has_digits, cells)):
                found += said
        if found:
            self.options["symbols"] = dict.fromkeys(found, "missing")
            self.meanings = meanings_of(symbols=dict.fromkeys(found, "missing"))
            self.note("words_guessed", cells=", ".join(f"'{cell}'" for cell in dict.fromkeys(found)))

    def preset(self) -> None:
        """Recognise a known layout by its headings; what it says is written out."""
        name = recognise_preset(self.grid.header)
        if name is None:
            return
        self.note("preset_recognised", preset=name)
        for option, value in PRESETS[name].items():
            if option in {"variables", "without_district"}:
                continue
            heading = str(value)
            if option in {"key", "name", "date_column"}:
                if heading not in self.grid.header:
                    continue
                self.places[option] = self.grid.header.index(heading)
            self.options[option] = list(value) if isinstance(value, tuple) else value
        if "key" in self.options:
            self.options.pop("join", None)

    def dates(self) -> None:
        """Find the dates: a column, headings that differ in nothing else, the file's name, a title."""
        grid = self.grid
        own = set(self.places.values())
        times = [
            position
            for position, header in enumerate(grid.header)
            if position not in own
            and is_date_column(header, grid.columns[position], bare=_has_no_name(header))
        ]
        times = [position for position in times if not self._differs_by_district(position)]
        self.passed |= set(times)
        self.times = times
        if times and "date_column" not in self.options:
            self._take_time(times)
        rest = [header for position, header in enumerate(grid.header) if header and position not in own]
        self.groups = {} if "date_column" in self.options else dated_groups(rest)
        if "date_column" in self.options or self.groups:
            return
        self._date_of_all(rest)
        for position, cell in unread_times(grid, own) if not self._dated() else ():
            self.passed.add(position)
            self.times.append(position)
            self._ask("unread_dates", column=grid.header[position], cell=cell)

    def _differs_by_district(self, position: int) -> bool:
        """Tell a figure that looks like years (an income of 1950): another one in each district's one row."""
        label = self.places.get("key", self.places.get("name"))
        rows = len(self.grid.rows)
        if label is None or len(set(self.grid.columns[label])) < rows:
            return False
        return len(set(self.grid.columns[position])) * 2 > rows > FEW_ROWS

    def _dated(self) -> bool:
        return "date" in self.options or YEAR in self.path.name

    def _date_of_all(self, rest: Sequence[str]) -> None:
        """Find the one date of the table: in the name of its file or sheet, in a title, in its headings."""
        grid = self.grid
        own_name = date_of_name(self.newest.stem)
        if grid.sheet is not None and YEAR not in self.path.name:
            own_name = date_of_name(grid.sheet) or own_name
        if YEAR in self.path.name:
            # The year alone would stand for its last day.
            if own_name is not None and MONTH not in self.path.name and not own_name.end.endswith("-12-31"):
                self.options["date"] = YEAR + own_name.end[4:]
            return
        found = {period.end for _, text in grid.layout.titles for period in dates_in(text)}
        found |= {own_name.end} if own_name is not None else set()
        named = {header: dated[2] for header in rest if (dated := date_in(header)) is not None}
        if len(found) == 1:
            self.options["date"] = found.pop()
            if own_name is not None:
                name = grid.sheet if grid.sheet and date_of_name(grid.sheet) else self.newest.name
                self.note("date_from_name", name=name, day=own_name.end)
        elif not found and len({period.end for period in named.values()}) == 1 and len(named) > 1:
            self.options["date"] = next(iter(named.values())).end
        elif named:
            listed = [f"'{header}' ({period.end})" for header, period in named.items()]
            self.note("heading_dates", headings=shorten(listed))

    def _ask(self, code: str, **values: object) -> None:
        file, sheet = self.path.name, self.grid.sheet
        self.asked.append(Problem(code=f"tables.{code}", file=file, sheet=sheet, values=values))

    def _take_time(self, times: Collection[int]) -> None:
        """Take the column with the date; of several that contradict each other, ask."""
        chosen = choose_time(self.grid, list(times))
        if chosen.last is None:
            return
        self.options["date_column"] = self._named(chosen.last)
        self.places["date_column"] = chosen.last
        if chosen.first is not None:
            self.options["from_column"] = self._named(chosen.first)
            self.places["from_column"] = chosen.first
        others = [self._named(position) for position in times if position not in self.places.values()]
        if chosen.rivals:
            columns = [f"'{self._named(place)}' ({self.grid.columns[place][0]})" for place in chosen.rivals]
            self._ask("which_date", columns=", ".join(columns), column=self._named(chosen.last))
        elif others:
            self.note("times_passed", column=self._named(chosen.last), others=", ".join(others))
        if chosen.first is None:
            self._part_of_year({*self.places.values(), *times})

    def _part_of_year(self, taken: set[int]) -> None:
        """Find the column with the month or quarter beside the one with the year."""
        years = set(self.grid.columns[self.places["date_column"]])
        if any((found := as_period(cell)) is None or found.kind != "year" for cell in years):
            return
        for position, header in enumerate(self.grid.header):
            if position not in taken and header and is_part_column(header, self.grid.columns[position]):
                self.options["part_column"] = header
                self.places["part_column"] = position
                return

    def long(self, keys: Collection[str], names: Collection[str]) -> None:
        """Find the column that names what each row counts."""
        label = self.places.get("key", self.places.get("name"))
        if label is None:
            return
        taken = {*self.places.values(), *self.passed}
        figures = [one.position for one in self._numeric(taken)]
        districts = keys if "key" in self.places else names
        dates = [self.places[name] for name in ("date_column", "part_column") if name in self.places]
        dates += [position for position in self.times if position not in dates]
        shape = find_long(self.grid, label, dates, districts, figures)
        if shape is None:
            level = find_level(self.grid, label, dates, districts, figures)
            if level is not None:
                self.options["where"] = dict([level])
                self.note("level_guessed", column=level[0], chosen=level[1])
            return
        header = self.grid.header
        where = dict(shape.where)
        if len(self.groups) == 1 or (len(figures) == 1 and not self.groups):
            self.options["variable_column"] = header[shape.variable]
            self.options["value_column"] = next(iter(self.groups), None) or header[figures[0]]
            self.variables = {}
            for kind in shape.kinds:
                self.variables[identifier(kind, self.variables)] = kind
        else:
            where[header[shape.variable]] = (shape.kinds[0], shape.kinds[1:])
        if where:
            self.options["where"] = {column: chosen for column, (chosen, _) in where.items()}
        for column, (chosen, others) in where.items():
            listed = shorten(f"'{other}'" for other in others)
            if is_total_word(chosen):
                self.note("where_guessed", column=column, chosen=chosen, others=listed)
            else:
                self._ask("where_asked", column=column, chosen=chosen, others=listed)

    def _numeric(self, taken: set[int]) -> list[Series]:
        return Reading("", self.grid).numeric_series(taken, self.meanings)

    def choose_variables(self, *, everything: bool = False) -> None:
        """Name every numeric column; where dates are headings, one variable for all its dates.

        With `everything`, figures of another time than the table's, too.
        """
        taken = {*self.places.values(), *self.passed}
        self.series = self._numeric(taken)
        if self.variables:
            self.series = [one for one in self.series if self._is_value(one)]
            return
        dated = {heading: pattern for pattern, members in self.groups.items() for heading in members}
        names: dict[str, str] = {}
        plain, other = [], []
        day = self.options.get("date")
        for one in self.series:
            header = self.grid.header[one.position]
            if self.groups and header not in dated:
                plain.append(header)
                continue
            elsewhere = of_another_time(header, day if isinstance(day, str) else None)
            if header not in dated and elsewhere and not everything:
                other.append(header)
                continue
            header = dated.get(header, header)
            if header not in names.values():
                names[identifier(header.replace(DATE, " "), names)] = header
        if plain:
            self.note("headings_without_date", headings=", ".join(plain))
            self.series = [one for one in self.series if self.grid.header[one.position] in dated]
        if other and not names:
            self._keep_dated(other)
            self.choose_variables(everything=True)
            return
        if other:
            self.note("headings_of_other_times", headings=", ".join(other))
            self.series = [one for one in self.series if self.grid.header[one.position] not in other]
        self.variables = names

    def _keep_dated(self, headings: Iterable[str]) -> None:
        """Where all figures are of other times, the date of the file's name is that of the report, say."""
        found = [(header, date_in(header)) for header in headings]
        listed = [f"'{header}' ({one[2].end})" for header, one in found if one is not None]
        if listed and self.options.pop("date", None) is not None:
            self.notes = [note for note in self.notes if note.code != "tables.date_from_name"]
            self.note("heading_dates", headings=shorten(listed))

    def _is_value(self, one: Series) -> bool:
        header, wanted = self.grid.header[one.position], str(self.options["value_column"])
        return header == wanted or header in self.groups.get(wanted, ())

    def codes(self) -> dict[str, object]:
        """Propose the signs for 'missing', where far-out figures stand for it."""
        signs = recognise_signs([one.column for one in self.series], None, None)
        if not self.series or signs.undecided or signs.rivals is not None:
            return {}
        everyone = np.ones(len(self.grid.rows), dtype=bool)
        codes = find_codes(self.series, signs, everyone, self.meanings)
        if not codes:
            return {}
        self.note("codes_guessed", cells=", ".join(f"'{cell}'" for code in codes for cell in code.cells))
        return {"missing": missing_codes(self.series, self.meanings, codes)}


def _has_digits(cell: object) -> bool:
    return any(map(str.isdigit, str(cell)))


def _best(grid: Grid, cells: list[set[str]], known: set[str], words: re.Pattern[str]) -> int | None:
    """Choose the column whose cells are known; where nothing is known, the one with a fitting header."""
    if known:
        hits = [len(found & known) for found in cells]
        shares = [number / len(found) if found else 0.0 for number, found in zip(hits, cells, strict=True)]
        best = max(range(len(cells)), key=lambda i: _rank(grid, i, (shares[i], hits[i]), words))
        if shares[best] >= ENOUGH:
            return best
        # A table of all areas of a city, or of a state, names many others beside the districts.
        most = int(np.argmax(hits))
        return most if hits[most] >= max(FEWEST, NEARLY_ALL * len(known)) else None
    fitting = (i for i, header in enumerate(grid.header) if words.fullmatch(header))
    return next(fitting, None)


def _rank(
    grid: Grid, place: int, hit: tuple[float, int], words: re.Pattern[str]
) -> tuple[bool, float, int, bool, int]:
    """Order columns: no ranks and running numbers, then by hits, then by their headings and places."""
    header = grid.header[place]
    return not _COUNTER.search(header), *hit, words.search(header) is not None, -place


def _has_no_name(header: str) -> bool:
    return not header or column_place(header) is not None


def identifier(header: str, taken: Iterable[str]) -> str:
    """Make a short name that is unique: small letters, digits and underscores."""
    plain = unicodedata.normalize("NFKD", unbroken(header).lower().translate(_UMLAUTS))
    base = re.sub(r"[^a-z0-9]+", "_", plain.encode("ascii", "ignore").decode()).strip("_") or "wert"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}_{number}", number + 1
    return name
