"""Rows chosen by what they hold or where they stand, so that nobody edits an office's file."""

from __future__ import annotations

import re
from fnmatch import translate
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from sozialraum.errors import shorten
from sozialraum.keys import as_keys, closest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from sozialraum.tables.columns import Reading

__all__ = ["Where", "categories", "choose_rows", "expand", "fill_down", "is_pattern", "leave_unlabelled_out"]

Where = "Mapping[str, str | int | Sequence[str | int]]"
"""Column to the text, or texts, that its cells must hold."""

FILL_ALL = "*"
"""As the only entry of `fill_down`: every column that tells rows apart."""


def is_pattern(text: str) -> bool:
    """Tell whether a text names many: ``W*``, ``0?12``, ``[Kk]eine Angabe``."""
    return any(sign in text for sign in "*?[")


def expand(entries: Iterable[str], texts: Collection[str], optional: Collection[str] = ()) -> tuple[str, ...]:
    """Replace patterns by the texts that they match; other entries stay as they are.

    Parameters
    ----------
    entries
        Texts and patterns; an entry that is itself among `texts` is a text.
    texts
        What there is.
    optional
        Entries that leave nothing behind where they match nothing.

    Returns
    -------
    tuple
        Each text once. A pattern that matches nothing stays, so that it can be told that it was not needed.
    """
    known = dict.fromkeys(texts)
    found: dict[str, None] = {}
    for entry in entries:
        if entry in known:
            found[entry] = None
        elif is_pattern(entry):
            matches = re.compile(translate(entry)).match
            hits = [text for text in known if isinstance(text, str) and matches(text)]
            found |= dict.fromkeys(hits or ([] if entry in optional else [entry]))
        elif entry not in optional:
            found[entry] = None
    return tuple(found)


def choose_rows(
    reading: Reading,
    where: Mapping[str, object] | None,
    rows: tuple[int, int] | None,
    skipped: Collection[int] = (),
) -> None:
    """Keep the rows between two rows of the file whose cells hold what is asked for; say how many are left.

    Faults become problems of `reading`: a column, text or row that is not there, no row left.
    """
    grid = reading.grid
    kept = ~np.isin(grid.rows, list(skipped))
    unknown = sorted(set(skipped) - set(grid.rows.tolist()))
    if unknown:
        reading.add("no_such_rows", values={"rows": shorten(unknown), "number": len(unknown)})
    if rows is not None:
        kept &= (grid.rows >= rows[0]) & (grid.rows <= rows[1])
    for column, wanted in (where or {}).items():
        kept &= _holds(reading, column, wanted)
    if kept.all() or any(problem.severity == "error" for problem in reading.problems):
        return
    asked = [f"{column} = {_quoted(wanted)}" for column, wanted in (where or {}).items()]
    asked += [f"rows = [{rows[0]}, {rows[1]}]"] if rows is not None else []
    asked += [f"skip_rows = [{shorten(skipped)}]"] if skipped else []
    values = {"number": int(kept.sum()), "total": len(kept), "asked": "; ".join(asked)}
    if not kept.any():
        reading.add("no_rows_chosen", values=values)
        return
    reading.add("rows_chosen", severity="note", values=values)
    reading.grid = grid.only(kept)


def _quoted(wanted: object) -> str:
    return ", ".join(f"'{text}'" for text in _texts(wanted))


def _texts(wanted: object) -> list[str]:
    entries = wanted if isinstance(wanted, (list, tuple, set, frozenset)) else [wanted]
    return [_clean(entry) for entry in entries]


def _clean(value: object) -> str:
    return " ".join(str(value).split())


def _holds(reading: Reading, column: str, wanted: object) -> NDArray[np.bool_]:
    position = reading.position(column)
    if position < 0:
        return np.zeros(len(reading.grid.rows), dtype=bool)
    cells = cell_texts(reading.grid.columns[position])
    codes, known = pd.factorize(cells, use_na_sentinel=False)
    kept = np.zeros(len(cells), dtype=bool)
    for text in _texts(wanted):
        hits = expand([text], list(known), optional=[text])
        if not hits:
            _unknown(reading, column, text, [str(one) for one in known if one])
        kept |= np.isin(codes, [i for i, one in enumerate(known) if one in hits])
    return kept


def cell_texts(cells: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return cells as texts that can be compared: NFC, whole numbers without ``.0``, single blanks."""
    codes, distinct = pd.factorize(cells, use_na_sentinel=False)
    keys = as_keys(pd.Series(list(distinct), dtype=object))
    return np.array([_clean(key) if key is not None else "" for key in keys], dtype=object)[codes]


def _unknown(reading: Reading, column: str, text: str, known: list[str]) -> None:
    similar = closest(text, known)
    values = {"text": text, "known": shorten(known), "similar": ", ".join(f"'{one}'" for one in similar)}
    code = "no_such_cell_similar" if similar else "no_such_cell"
    reading.add(code, column=column, values=values)


def categories(
    reading: Reading, column: str, variables: Mapping[str, str] | None
) -> NDArray[np.object_] | None:
    """Return the variable of each record of a long table, None where it belongs to none that is asked for.

    Parameters
    ----------
    reading
        The file.
    column
        Holds what each row counts.
    variables
        Variable to the text in that column. None: every text is a variable under its own name.

    Returns
    -------
    numpy array or None
        None if the column is not there.
    """
    position = reading.position(column)
    if position < 0:
        return None
    cells = cell_texts(reading.grid.columns[position])
    known = [str(text) for text in dict.fromkeys(cells) if text]
    asked = variables or dict(zip(known, known, strict=True))
    meant = {_clean(text): name for name, text in asked.items()}
    for text in meant:
        if text not in known:
            _unknown(reading, column, text, known)
    alike: dict[str, list[str]] = {}
    for text in known:
        alike.setdefault(re.sub(r"[\W_]+", "", text.casefold()), []).append(text)
    for texts in alike.values():
        if len(texts) > 1 and any(text in meant for text in texts):
            listed = ", ".join(f"'{text}' {int((cells == text).sum())}" for text in texts)
            values = {"texts": listed, "number": len(texts)}
            reading.add("categories_alike", severity="warning", column=column, values=values)
    left_out = [text for text in known if text not in meant]
    if left_out:
        values = {"column": column, "texts": shorten(left_out), "number": len(left_out)}
        reading.add("categories_left_out", severity="note", values=values)
    return np.array([meant.get(text) for text in cells], dtype=object)


def fill_down(reading: Reading, columns: Sequence[str], labels: Sequence[str]) -> None:
    """Repeat the cell above where one is empty, in columns that write each label once.

    Parameters
    ----------
    reading
        The file; its grid is replaced.
    columns
        Names; ``*`` stands for all of `labels`.
    labels
        Columns that tell rows apart.
    """
    asked = [*labels] if FILL_ALL in columns else list(columns)
    cells = list(reading.grid.columns)
    for column in asked:
        position = reading.position(column)
        if position < 0:
            continue
        series = pd.Series(cells[position], dtype=object)
        empty = np.array([not str(cell).strip() for cell in series])
        if not empty.any():
            continue
        cells[position] = series.mask(empty).ffill().fillna("").to_numpy(dtype=object)
        values = {"number": int(empty.sum())}
        reading.add("filled_down", severity="note", column=column, values=values)
    reading.grid = reading.grid.with_columns(tuple(cells))


def leave_unlabelled_out(
    reading: Reading, labels: NDArray[np.object_], kept: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Leave records without a key or name out, and say which.

    Parameters
    ----------
    reading
        Of the table; takes the note.
    labels, kept
        One per record: key or name, and whether it is read so far.
    """
    without = np.flatnonzero(pd.isna(labels) & kept)
    if len(without):
        rows = reading.grid.rows[without]
        values = {"rows": shorten(rows, 10), "number": len(without)}
        reading.add("left_out_no_key", severity="note", row=int(rows[0]), values=values)
    return kept & ~pd.isna(labels)
