"""All files of results beside the map, in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from sozialraum.publish.gis import write_flatgeobuf, write_geojson, write_geopackage
from sozialraum.publish.results.datapackage import write_data_package
from sozialraum.publish.results.styles import drawn_layers, write_qgis_project
from sozialraum.publish.results.workbook import write_workbook
from sozialraum.publish.tables import all_tables, write_csv

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    import pandas as pd

    from sozialraum.analysis import Analysis

__all__ = ["FORMATS", "OutputFormat", "write_formats", "write_results", "write_tables"]

OutputFormat = Literal["xlsx", "qgis", "geojson", "flatgeobuf"]
FORMATS: tuple[OutputFormat, ...] = get_args(OutputFormat)
"""What can be written beside CSV and GeoPackage."""


def write_results(
    analysis: Analysis,
    folder: Path,
    *,
    formats: Collection[OutputFormat] = ("xlsx", "qgis"),
    tables: Mapping[str, pd.DataFrame] | None = None,
) -> list[str]:
    """Write GeoPackage, CSV with its data package, and the asked-for formats into a folder.

    Parameters
    ----------
    analysis
        What its audience may see.
    folder
        Exists.
    formats
        Of `FORMATS`.
    tables
        Those of `all_tables`, where they are at hand.

    Returns
    -------
    list of str
        Names of the files.
    """
    tables = all_tables(analysis) if tables is None else tables
    return [*write_formats(analysis, folder, tables, formats), *write_tables(analysis, folder, tables)]


def write_formats(
    analysis: Analysis,
    folder: Path,
    tables: Mapping[str, pd.DataFrame],
    formats: Collection[OutputFormat],
) -> list[str]:
    """Write the GeoPackage and the asked-for formats; parameters as for `write_results`."""
    maps = drawn_layers(analysis)
    layers = write_geopackage(analysis, folder / "results.gpkg", tables=tables, maps=maps)
    names = ["results.gpkg"]
    if "xlsx" in formats:
        write_workbook(analysis, folder / "results.xlsx", tables=tables)
        names.append("results.xlsx")
    if "qgis" in formats:
        write_qgis_project(analysis, folder / "results.qgs", "results.gpkg", layers, maps=maps)
        names.append("results.qgs")
    if "geojson" in formats:
        write_geojson(analysis, folder / "districts.geojson")
        names.append("districts.geojson")
    if "flatgeobuf" in formats:
        write_flatgeobuf(analysis, folder / "districts.fgb")
        names.append("districts.fgb")
    return names


def write_tables(analysis: Analysis, folder: Path, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    """Write every table as CSV, and what the files hold; parameters as for `write_results`."""
    names = []
    for name, table in tables.items():
        write_csv(table, folder / f"{name}.csv", analysis.language)
        names.append(f"{name}.csv")
    write_data_package(analysis, tables, folder / "datapackage.json")
    return [*names, "datapackage.json"]
