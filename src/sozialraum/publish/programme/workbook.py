"""A programme's year as a workbook to read: one sheet per table, the same bytes for the same results."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.publish.programme.words import heading, in_words
from sozialraum.publish.tables import escape_formulas
from sozialraum.texts import text

if TYPE_CHECKING:
    from sozialraum.programme.run import ProgrammeResult

__all__ = ["unknown", "workbook_of"]

_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
MOMENT = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
"""Written as the time of creation, so that the same results give the same bytes."""


def workbook_of(result: ProgrammeResult) -> bytes:
    """Return one sheet per table, the same bytes for the same tables."""
    from openpyxl import Workbook  # type: ignore[import-untyped]  # noqa: PLC0415 - slow, only needed here
    from openpyxl.styles import Alignment, Font  # type: ignore[import-untyped]  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # noqa: PLC0415

    book = Workbook()
    book.remove(book.active)
    for name, table in result.tables.items():
        sheet = book.create_sheet(heading(name, result.language)[:31])
        shown = in_words(table, result.language).apply(escape_formulas)
        sheet.append(list(map(str, shown.columns)))
        for record in shown.itertuples(index=False, name=None):
            sheet.append([None if unknown(cell) else cell for cell in record])
        for place, column in enumerate(shown.columns, 1):
            head = sheet.cell(row=1, column=place)
            head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
            longest = max([len(str(column)), *(len(str(cell)) for cell in shown.iloc[:200, place - 1])])
            sheet.column_dimensions[get_column_letter(place)].width = min(60, longest + 2)
        sheet.freeze_panes = "B2"
    if not result.tables:
        book.create_sheet(text("programme_report.report.nothing", result.language)[:31])
    book.properties.creator, book.properties.created = "sozialraum", MOMENT
    stream = io.BytesIO()
    book.save(stream)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(stream.getvalue())) as source, zipfile.ZipFile(target, "w") as archive:
        for part in source.namelist():
            content = source.read(part)
            if part == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>2000-01-01T00:00:00Z", content)
            archive.writestr(zipfile.ZipInfo(part, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def unknown(cell: Any) -> bool:  # noqa: ANN401 - cells of every kind
    """Tell whether a cell holds nothing."""
    return cell is None or cell is pd.NA or (isinstance(cell, float) and pd.isna(cell))
