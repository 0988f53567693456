"""`Programme`: everything that the social planner's sheets say, read strictly and frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialraum.errors import Problem, SozialraumError, raise_problems
from sozialraum.programme.sheets.every import SHEETS, sheet
from sozialraum.programme.sheets.read import ReadSheet, read_sheets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

__all__ = ["Programme", "ProgrammeError", "load_programme", "read_programme", "rows_of"]


def rows_of(frame: pd.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the rows of a sheet with their index; what is not known stays None.

    `DataFrame.iterrows` would turn None into NaN wherever a row holds nothing but texts.
    """
    records = ({str(name): cell for name, cell in row.items()} for row in frame.to_dict("records"))
    yield from zip(map(str, frame.index), records, strict=True)


class ProgrammeError(SozialraumError):
    """Sheets of a programme that contradict themselves, one another, or the data."""


@dataclass(frozen=True, kw_only=True)
class Programme:
    """All sheets of a programme.

    Parameters
    ----------
    sheets
        By English id, see `sheets.every.SHEETS`; every declared sheet is there, even if empty.
    path
        Where it was read from.

    Notes
    -----
    ``programme["goals"]`` gives the frame of a sheet: index the sheet's id (several rows of one id where
    versions or districts differ), or 0, 1, ... where it has none; columns as `sheets.model.Kind` says.
    """

    sheets: Mapping[str, ReadSheet]
    path: Path = field(default_factory=Path)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return the frame of a sheet; a copy, the programme itself stays as it is.

        Raises
        ------
        KeyError
            If no sheet has this English id.
        """
        schema, frame = sheet(name), self.sheets[name].frame.copy()
        return frame if schema.index is None else frame.set_index(schema.index)

    def place(self, name: str, position: int, column: str) -> dict[str, object]:
        """Return file, sheet, row and heading of a cell, ready for a `Problem`."""
        read = self.sheets[name]
        return {
            "file": read.file,
            "sheet": read.sheet,
            "row": read.rows[position],
            "column": sheet(name)[column].heading,
        }

    def problem(
        self, code: str, name: str, position: int, column: str, *, severity: str = "error", **values: object
    ) -> Problem:
        """Return a `Problem` at a cell of a sheet."""
        place = self.place(name, position, column)
        return Problem(code=f"programme.{code}", severity=severity, values=values, **place)  # type: ignore[arg-type]  # place holds places only

    @property
    def goals(self) -> pd.DataFrame:
        """The latest version of each goal; index: goal id."""
        goals = self["goals"]
        latest = goals.groupby(level=0)["version"].transform("max") == goals["version"]
        return goals[latest]


def load_programme(path: str | Path) -> tuple[Programme, tuple[Problem, ...]]:
    """Read a programme, and give every fault of its cells back instead of raising them.

    Parameters
    ----------
    path
        A workbook, or a folder with one CSV file per sheet.

    Returns
    -------
    programme
        Cells that could not be read count as unknown.
    problems
        Faults of cells and headings, double ids. The rules between sheets: see `rules.every`.
    """
    path = Path(path)
    sheets, problems = read_sheets(path)
    programme = Programme(sheets=sheets, path=path)
    doubles = [problem for schema in SHEETS for problem in _doubles(programme, schema.id)]
    return programme, (*problems, *doubles)


def _doubles(programme: Programme, name: str) -> list[Problem]:
    schema = sheet(name)
    if not schema.unique:
        return []
    frame = programme.sheets[name].frame
    first: dict[tuple[str, ...], int] = {}
    found = []
    for position, cells in enumerate(zip(*(frame[column] for column in schema.unique), strict=True)):
        key = tuple(str(cell) for cell in cells)
        if cells[0] is None:
            continue
        if key in first:
            row = programme.sheets[name].rows[first[key]]
            written = ", ".join(part.removesuffix(".0") for part in key if part not in {"None", "nan"})
            found.append(
                programme.problem("double_id", name, position, schema.unique[0], written=written, first=row)
            )
        else:
            first[key] = position
    return found


def read_programme(path: str | Path) -> Programme:
    """Read a programme strictly.

    Raises
    ------
    ProgrammeError
        With every fault of its cells, each with sheet, row, column and remedy.
    """
    programme, problems = load_programme(path)
    raise_problems(problems, ProgrammeError)
    return programme
