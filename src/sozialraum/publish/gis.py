"""GeoPackage of a release, whose layers open drawn in QGIS; FlatGeobuf and GeoJSON for other programs."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from sozialraum.publish.arrow import append_layer
from sozialraum.publish.results.styles import write_styles
from sozialraum.publish.tables import all_tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sozialraum.analysis import Analysis
    from sozialraum.publish.results.styles import DrawnLayer

__all__ = [
    "latest_results",
    "without_sync",
    "write_flatgeobuf",
    "write_geojson",
    "write_geopackage",
]


def latest_results(release: Analysis) -> gpd.GeoDataFrame:
    """Return the districts with each indicator's latest results beside one another.

    Parameters
    ----------
    release
        What its audience may see.

    Returns
    -------
    geopandas.GeoDataFrame
        Index and geometry of `release.districts`; for each indicator its id (the value as shown, a share in
        per cent), and the id followed by `_date`, `_flag`, `_cluster` and `_p_adjusted`. For each index
        `index_NAME_value`, `_status`, `_dynamic` and `_attention`.
    """
    districts = release.districts[["name", *release.parents, "geometry"]]
    columns = {}
    factors = release.catalogue["factor"].to_dict()
    clusters = (
        {}
        if release.clusters.empty
        else dict(iter(release.clusters.groupby(["indicator", "date"], sort=False)))
    )
    for indicator, rows in release.indicators.groupby("indicator", sort=False, observed=True):
        date = max(rows["date"].unique())
        latest = rows[(rows["date"] == date).to_numpy()].reindex(districts.index)
        columns[f"{indicator}"] = latest["value"] * factors[indicator]
        columns[f"{indicator}_date"] = pd.Series(date, index=districts.index)
        columns[f"{indicator}_flag"] = latest["flag"]
        same = clusters.get((indicator, date))
        if same is not None:
            columns[f"{indicator}_cluster"] = same["label"].reindex(districts.index)
            columns[f"{indicator}_p_adjusted"] = same["p_adjusted"].reindex(districts.index)
    columns |= _latest_index(release)
    return gpd.GeoDataFrame(pd.concat([districts, pd.DataFrame(columns)], axis=1), crs=districts.crs)


def _latest_index(release: Analysis) -> dict[str, pd.Series]:
    """Give the latest status, dynamic and attention of each index a column."""
    if release.assessment is None or release.assessment.index.empty:
        return {}
    found = {}
    for name, rows in release.assessment.index.groupby("index", sort=False):
        latest = rows[rows["date"] == rows["date"].max()].reindex(release.districts.index)
        for column in ("value", "status", "dynamic", "attention"):
            found[f"index_{name}_{column}"] = latest[column]
    return found


@contextmanager
def without_sync() -> Iterator[None]:
    """Let SQLite leave the writing to the system: the file counts only once its folder is complete."""
    import pyogrio  # noqa: PLC0415 - costs half a second, only this output needs it

    name = "OGR_SQLITE_SYNCHRONOUS"
    before = pyogrio.get_gdal_config_option(name)
    pyogrio.set_gdal_config_options({name: "OFF"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({name: before})


def write_geopackage(
    release: Analysis,
    path: Path,
    *,
    tables: Mapping[str, pd.DataFrame] | None = None,
    maps: Sequence[DrawnLayer] | None = None,
) -> dict[str, list[str]]:
    """Write layer `districts` (polygons with the latest results) and every table of `all_tables`.

    Where there is an assessment also layer `sharp_borders` (lines). The table `layer_styles` tells QGIS how
    the layers are drawn (the classes of the map, patterns where there is no number) and what their fields
    are called; `districts` has one style per indicator, its clusters, and the index.

    Parameters
    ----------
    release
        What its audience may see.
    path
        The file.
    tables
        Those of `all_tables`, where they are at hand.
    maps
        Those of `drawn_layers`, where they are at hand.

    Returns
    -------
    dict
        Layer to its fields.
    """
    path.unlink(missing_ok=True)
    districts = latest_results(release).reset_index()
    layers = {"districts": list(districts.columns.drop("geometry"))}
    with without_sync():
        append_layer(districts, path, "districts")
        if release.assessment is not None and not release.assessment.edges.empty:
            borders = gpd.GeoDataFrame(release.assessment.edges, crs=release.districts.crs)
            append_layer(borders, path, "sharp_borders")
            layers["sharp_borders"] = list(borders.columns.drop("geometry"))
        for layer, table in (all_tables(release) if tables is None else tables).items():
            append_layer(table, path, layer)
            layers[layer] = list(table.columns)
    write_styles(release, path, layers, maps=maps)
    return layers


def write_geojson(release: Analysis, path: Path) -> None:
    """Write the districts with their latest results as GeoJSON, in longitude and latitude (RFC 7946)."""
    districts = latest_results(release).reset_index()
    districts.to_file(path, driver="GeoJSON", engine="pyogrio", layer_options={"RFC7946": "YES"})


def write_flatgeobuf(release: Analysis, path: Path) -> None:
    """Write the districts with their latest results as FlatGeobuf, in their own reference system."""
    latest_results(release).reset_index().to_file(path, driver="FlatGeobuf", engine="pyogrio")
