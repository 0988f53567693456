"""The results as a workbook for people: a sheet per theme, the other tables, and sheets that explain."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sozialraum.distinct import groups_of, numbered
from sozialraum.panel import FLAGS
from sozialraum.publish.results.dictionary import (
    COUNTS,
    SCALED,
    SHARES,
    cell_words,
    column_words,
    in_words,
)
from sozialraum.publish.results.spreadsheet import (
    BOLD,
    DATE_FORMATS,
    MOST_ROWS,
    TEXT,
    TITLE,
    Column,
    Sheet,
    sheet_title,
    spreadsheet_bytes,
)
from sozialraum.publish.tables import all_tables
from sozialraum.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from sozialraum.analysis import Analysis

__all__ = ["CELLS", "result_sheets", "write_workbook"]

CELLS = 2_000_000
"""Cells of a workbook, beyond which office programs become too slow to work with."""

_BESIDE = ("value", "lower", "upper", "numerator", "denominator", "flag", "cluster", "verdict")
"""What a theme's sheet shows of each indicator."""

_DATES = frozenset(("date", "base_date", "first", "last", "break_date"))
_EPOCH = dt.date(1899, 12, 30)


def write_workbook(
    release: Analysis, path: Path, *, tables: Mapping[str, pd.DataFrame] | None = None
) -> None:
    """Write the results as XLSX; the same results give the same bytes.

    The first sheet explains; then one sheet per theme (a row per district and date, newest first), one per
    table of `all_tables`, the indicators, and a dictionary of all columns. Keys and names are text, numbers
    are numbers, in the unit of the indicator.

    Parameters
    ----------
    release
        What its audience may see.
    path
        The file.
    tables
        Those of `all_tables`, where they are at hand.
    """
    path.write_bytes(spreadsheet_bytes(result_sheets(release, tables=tables)))


def result_sheets(release: Analysis, *, tables: Mapping[str, pd.DataFrame] | None = None) -> list[Sheet]:
    """Return the sheets of `write_workbook`.

    Sheets that are longer than a sheet can be, or beyond `CELLS`, are left out and named on the first one.
    """
    tables = all_tables(release) if tables is None else tables
    book = _Book(release)
    for title, about, frame in _themes(release, tables["results"]):
        book.add("results", title, about, frame)
    for name, table in tables.items():
        if name != "results":
            words = (text(f"columns.sheet.{name}{end}", release.language) for end in ("", ".about"))
            book.add(name, next(words), next(words), _scaled(name, table, release))
    return book.sheets()


class _Book:
    """Sheets as they are added, and what the first and the last sheet say of them."""

    def __init__(self, release: Analysis) -> None:
        self.release, self.language = release, release.language
        self.titles = [text("columns.guide.sheet", self.language)]
        self.told: list[tuple[str, str]] = []
        self.left_out: list[str] = []
        self.added: list[Sheet] = []
        self.words: list[tuple[str, str, str, str]] = []
        self.cells = 0

    def add(self, name: str, title: str, about: str, frame: pd.DataFrame) -> None:
        if len(frame) >= MOST_ROWS or self.cells + frame.size > CELLS:
            values = {"title": title, "file": f"{name}.csv"}
            self.left_out.append(text("columns.guide.too_long", self.language, **values))
            return
        self.cells += frame.size
        title = sheet_title(title, self.titles)
        self.titles.append(title)
        self.told.append((title, about))
        columns = [self._column(name, title, frame[column], column) for column in frame]
        frozen = sum(str(column) in {"district", "name"} for column in frame.columns[:2])
        self.added.append(Sheet(title=title, columns=columns, frozen=frozen))

    def _column(self, table: str, sheet: str, cells: pd.Series, name: object) -> Column:
        indicator, column = name if isinstance(name, tuple) else ("", str(name))
        parents = self.release.parents
        words = column_words(table, column, language=self.language, parents=parents)
        heading = words.title
        if indicator:
            entry: dict[Any, Any] = self.release.catalogue.loc[indicator].to_dict()
            label, unit = str(entry[f"label_{self.language}"]), entry[f"unit_{self.language}"]
            own = f" ({unit})" if isinstance(unit, str) and unit else ""
            heading = label + own if column == "value" else f"{label}: {words.title}"
        line = (sheet, heading, column, words.about)
        if not indicator or line[2:] not in {known[2:] for known in self.words if known[0] == sheet}:
            self.words.append(line if not indicator else (sheet, words.title, column, words.about))
        shown = in_words(cells.rename(column), language=self.language)
        style = self._style(table, column, indicator, shown)
        values = _cells(shown, column)
        return Column(heading=heading, cells=values, style=style, width=_width(heading, values, style))

    def _style(self, table: str, column: str, indicator: str, cells: pd.Series) -> str:
        if column in _DATES:
            return DATE_FORMATS[self.language]
        if not pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_bool_dtype(cells):
            return TEXT
        if column in COUNTS:
            return "#,##0"
        if column in SHARES:
            return "0.0%"
        if indicator:
            decimals = int(self.release.catalogue["decimals"].to_dict()[indicator])
            return f"#,##0.{'0' * decimals}" if decimals else "#,##0"
        return "#,##0.00" if column in SCALED.get(table, ()) else "0.000"

    def sheets(self) -> list[Sheet]:
        language = self.language
        indicators, dictionary = (
            sheet_title(text(f"columns.guide.{name}", language), self.titles)
            for name in ("indicators", "dictionary")
        )
        self.told += [
            (indicators, text("columns.guide.indicators.about", language)),
            (dictionary, text("columns.guide.dictionary.about", language)),
        ]
        last = [_indicators(self.release, indicators), _dictionary(self.words, dictionary, language)]
        return [self._guide(), *self.added, *last]

    def _guide(self) -> Sheet:
        """Say what the workbook holds and how to read it."""
        release, language = self.release, self.language

        def say(name: str, **values: object) -> str:
            return text(f"columns.guide.{name}", language, **values)

        lines: list[tuple[str, str]] = [(say("title", city=release.city), "")]
        lines.append((say(f"audience.{release.audience}"), ""))
        if release.simulated:
            lines.append((say("simulated"), ""))
        labels = release.indicators[["date"]].drop_duplicates()["date"].sort_values()
        shown = [_date_words(release, str(date)) for date in labels]
        lines.append((say("dates", dates=", ".join(dict.fromkeys(shown))), ""))
        lines += [("", ""), *((line, "") for line in say("how").splitlines()), ("", "")]
        bold = [len(lines) + 1]
        lines += [(say("sheets"), ""), *self.told, *((line, "") for line in self.left_out), ("", "")]
        bold.append(len(lines) + 1)
        lines.append((say("flags"), ""))
        lines += [(cell_words("flag", flag, language=language), flag) for flag in FLAGS]
        looks = {1: TITLE, **dict.fromkeys(bold, BOLD)}
        columns = [
            Column(heading="", cells=[line[place] for line in lines], width=width)
            for place, width in enumerate((34, 100))
        ]
        return Sheet(title=self.titles[0], columns=columns, headings=False, looks=looks)


def _date_words(release: Analysis, date: str) -> str:
    from sozialraum.indicators.periods import period_names  # noqa: PLC0415 - one use

    return period_names(release.periods, date, language=release.language)[1]


def _themes(release: Analysis, results: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Give each theme its title, what it holds, and its rows: district and date, indicators side by side."""
    language = release.language
    there = set(results["indicator"].unique())
    used = [name for name in release.catalogue.index if name in there]
    themes = release.catalogue["theme"].reindex(used)
    themes = themes.where(themes.notna() & (themes != ""), text("columns.guide.no_theme", language))
    rows = ["district", "name", *release.parents, "date", "period_label"]
    scaled = _scaled("results", results, release)
    parts = dict(iter(scaled.groupby("indicator", sort=False, observed=True)))
    for theme in themes.drop_duplicates():
        names = list(themes.index[themes == theme])
        ours = pd.concat([parts[name] for name in names], ignore_index=True)
        # Merging on texts looks each of them up anew for every indicator; rows are numbered once.
        number, first = groups_of(ours, ["district", "date", "period_label"])
        frame = ours[rows].iloc[first].reset_index(drop=True)
        for name, places in ours.groupby("indicator", sort=False, observed=True).indices.items():
            part = ours.iloc[places].set_axis(number[places])
            beside = part[[column for column in _BESIDE if column in part and part[column].notna().any()]]
            beside.columns = pd.Index([(name, column) for column in beside.columns], tupleize_cols=False)
            frame = pd.concat([frame, beside.reindex(frame.index)], axis=1)
        newest_first = -pd.factorize(frame["date"], sort=True)[0]
        order = np.lexsort((release.districts.index.get_indexer(frame["district"]), newest_first))
        labels = release.catalogue[f"label_{language}"].reindex(names)
        yield (
            str(theme),
            text("columns.guide.theme", language, indicators=", ".join(labels)),
            frame.iloc[order],
        )


def _scaled(name: str, table: pd.DataFrame, release: Analysis) -> pd.DataFrame:
    """Write a table in the unit of its indicators, named beside."""
    columns = [column for column in SCALED.get(name, ()) if column in table]
    if not columns or "indicator" not in table:
        return table
    factors = table["indicator"].map(release.catalogue["factor"].to_dict()).to_numpy(dtype=float)
    # What a multiplication by 100 adds behind the 12 digits says nothing.
    scaled = table.assign(**{column: (table[column] * factors).astype(float).round(10) for column in columns})
    if name != "results":
        units = table["indicator"].map(release.catalogue[f"unit_{release.language}"].to_dict())
        scaled.insert(list(scaled.columns).index("label") + 1, "unit", units)
    return scaled


def _cells(column: pd.Series, name: str) -> list[str | float | None] | NDArray[np.float64]:
    if name in _DATES:
        codes, days = numbered(column)
        serials = [*map(_serial, days), None]
        return [serials[code] for code in codes.tolist()]
    if pd.api.types.is_bool_dtype(column):
        return [str(cell) for cell in column.tolist()]
    if pd.api.types.is_numeric_dtype(column):
        return np.asarray(column.to_numpy(dtype=float, na_value=np.nan))
    if isinstance(column.dtype, pd.StringDtype):
        texts: list[str | float | None] = column.astype(object).where(column.notna(), None).tolist()
        return texts
    cells = zip(column.tolist(), column.isna().tolist(), strict=True)
    return [None if missing else str(cell) for cell, missing in cells]


def _serial(cell: object) -> float | str | None:
    """Return a day as spreadsheets count it; what is no day stays a text."""
    if not isinstance(cell, str) or not cell:
        return None
    try:
        days = (dt.date.fromisoformat(cell) - _EPOCH).days
    except ValueError:
        return cell
    # Before March 1900 spreadsheet programs do not agree on the day.
    return float(days) if days > 60 else cell


def _width(heading: str, cells: list[str | float | None] | NDArray[np.float64], style: str) -> float:
    """Guess how wide a column must be; headings are wrapped."""
    words = max((len(word) for word in heading.split()), default=0)
    if style == TEXT:
        words = max([words, *(len(cell) for cell in cells[:500] if isinstance(cell, str))])
    return float(min(max(9, words + 2, len(heading) / 3), 48))


def _indicators(release: Analysis, title: str) -> Sheet:
    """List the indicators with their definitions."""
    language = release.language
    used = set(release.indicators["indicator"].unique())
    entries = release.catalogue[release.catalogue.index.isin(used)]
    named = {
        "indicator": pd.Series(entries.index.astype(str), index=entries.index),
        "label": entries[f"label_{language}"],
        "description": entries[f"description_{language}"],
        "kind": entries["kind"],
        "unit": entries[f"unit_{language}"],
        "polarity": entries["polarity"],
        "target_group": entries["target_group"],
        "theme": entries["theme"],
        "source": entries["source"],
        "published": entries["published"].map(
            {True: text("columns.word.yes", language), False: text("columns.word.no", language)}
        ),
    }
    columns = []
    for name, cells in named.items():
        shown = _cells(in_words(cells.rename(name), language=language), name)
        heading = column_words("catalogue", name, language=language).title
        columns.append(Column(heading=heading, cells=shown, width=_width(heading, shown, TEXT)))
    return Sheet(title=title, columns=columns, frozen=2)


def _dictionary(words: list[tuple[str, str, str, str]], title: str, language: str) -> Sheet:
    """List every column of every sheet."""
    columns = []
    for place, name in enumerate(("sheet", "column", "written", "about")):
        cells: list[str | float | None] = [line[place] for line in words]
        heading = column_words("dictionary", name, language=language).title  # type: ignore[arg-type]  # a language
        columns.append(Column(heading=heading, cells=cells, width=_width(heading, cells, TEXT)))
    return Sheet(title=title, columns=columns, frozen=0)
