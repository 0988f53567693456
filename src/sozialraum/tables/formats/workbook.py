"""Workbooks (XLSX, XLS, ODS) as sheets: which reader takes them, and which of their sheets are wanted."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING

from sozialraum.tables.formats.biff import read_xls
from sozialraum.tables.formats.opendocument import read_ods
from sozialraum.tables.formats.spreadsheetml import LARGEST, read_xlsx
from sozialraum.tables.sheet import Refused, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["OLE", "ZIP", "read_workbook"]

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"
"""How files begin: XLSX and ODS are ZIP archives, XLS and protected workbooks OLE containers."""


def read_workbook(content: bytes, sheet: str | None) -> list[Sheet]:
    """Read one named sheet, or all sheets that hold anything and are not hidden.

    Raises
    ------
    Refused
        If the workbook is protected, damaged, empty, or has no such sheet.
    """

    def choose(names: list[str]) -> list[str]:
        return _choose(names, sheet)

    reader, broken = _reader(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # remarks on styles and validations that we do not read
            return _filled(reader(content, choose), named=sheet is not None)
    except Refused:
        raise
    except MemoryError:
        raise Refused("too_large", limit=f"{LARGEST // 2**20} MB") from None
    except Exception as error:  # noqa: BLE001 - a broken workbook fails in a dozen ways inside zip, XML and xlrd
        secret = broken == "broken_xls" and "encrypted" in str(error).lower()
        raise Refused("password" if secret else broken) from None


def _reader(content: bytes) -> tuple[Callable[[bytes, Callable[[list[str]], list[str]]], list[Sheet]], str]:
    if content.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise Refused("password")
        return read_xls, "broken_xls"
    if _is_opendocument(content):
        return (lambda source, choose: read_ods(source, LARGEST, choose)), "broken_ods"
    return read_xlsx, "broken_xlsx"


def _is_opendocument(content: bytes) -> bool:
    return (
        b"mimetypeapplication/vnd.oasis.opendocument" in content[:200] or b"content.xml" in content[-20_000:]
    )


def _choose(names: Sequence[str], sheet: str | None) -> list[str]:
    if sheet is None:
        return list(names)
    if sheet not in names:
        raise Refused("no_sheet", sheet=sheet, sheets=", ".join(names))
    return [sheet]


def _filled(sheets: Iterable[Sheet], *, named: bool) -> list[Sheet]:
    """Keep the visible sheets with content, or the named one; of nothing but empty ones, say so."""
    found = list(sheets)
    filled = [sheet for sheet in found if sheet.lines]
    visible = [sheet for sheet in filled if named or not sheet.hidden]
    if filled and not visible:
        raise Refused("hidden_sheets", sheets=", ".join(str(sheet.name) for sheet in filled))
    if not visible:
        faults = [sheet.fault for sheet in found if sheet.fault is not None]
        raise faults[0] if faults else Refused("empty", sheet=found[0].name if found else None)
    hidden = tuple(str(sheet.name) for sheet in filled if sheet.hidden and not named)
    return [replace(sheet, beside=hidden) for sheet in visible] if hidden else visible
