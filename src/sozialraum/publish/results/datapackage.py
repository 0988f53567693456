"""`datapackage.json`: what the CSV files hold, for programs (frictionless data package)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.distinct import doubled, numbered
from sozialraum.publish.results.dictionary import column_words
from sozialraum.texts import text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sozialraum.analysis import Analysis

__all__ = ["data_package", "write_data_package"]

_DAY = re.compile(r"\d{4}-\d\d-\d\d")

_KEYS = (
    *(
        "district",
        "focal",
        "neighbor",
        "indicator",
        "other",
        "index",
        "group",
        "base_date",
        "date",
        "level",
        "measure",
    ),
    "choice",
)
"""Columns that tell one row from another, where a table has them."""


def write_data_package(release: Analysis, tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write the description of the CSV files beside `path`; see `data_package`."""
    content = json.dumps(data_package(release, tables), ensure_ascii=False, indent=2)
    path.write_text(content + "\n", encoding="utf-8", newline="\n")


def data_package(release: Analysis, tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Describe the CSV files of a release: per file its columns, their types, titles and meanings.

    Parameters
    ----------
    release
        Gives the language and the names of larger areas.
    tables
        Those of `all_tables`; ``NAME.csv`` holds each.

    Returns
    -------
    dict
        Ready for JSON.

    References
    ----------
    Frictionless Data: Data Package, Tabular Data Resource and Table Schema, version 1.
    """
    language = release.language
    return {
        "profile": "tabular-data-package",
        "name": "sozialraum-results",
        "title": text("columns.guide.title", language, city=release.city),
        "description": text(f"columns.guide.audience.{release.audience}", language),
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": name,
                "path": f"{name}.csv",
                "title": text(f"columns.sheet.{name}", language),
                "description": text(f"columns.sheet.{name}.about", language),
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"delimiter": ";" if language == "de" else ",", "header": True},
                "schema": _schema(name, table, release),
            }
            for name, table in tables.items()
        ],
    }


def _schema(name: str, table: pd.DataFrame, release: Analysis) -> dict[str, Any]:
    fields = []
    for column in map(str, table.columns):
        words = column_words(name, column, language=release.language, parents=release.parents)
        kind = _kind(table[column])
        field: dict[str, Any] = {"name": column, "type": kind, "title": words.title}
        if words.about:
            field["description"] = words.about
        if kind == "number":
            field["decimalChar"] = "," if release.language == "de" else "."
        fields.append(field)
    own = [column for column in _KEYS if column in table]
    key = {"primaryKey": own} if own and not doubled(table, own).any() else {}
    return {"fields": fields, "missingValues": [""], **key}


def _kind(column: pd.Series) -> str:
    if pd.api.types.is_bool_dtype(column):
        return "boolean"
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    if pd.api.types.is_float_dtype(column):
        return "number"
    # The first cells of most texts tell already that they are no days.
    for part in (column.iloc[:100], column):
        written = [cell for cell in numbered(part)[1].tolist() if cell != ""]
        if not all(_DAY.fullmatch(str(cell)) for cell in written):
            return "string"
    return "date" if written else "string"
