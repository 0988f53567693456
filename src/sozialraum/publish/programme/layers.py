"""A programme's year as layers and tables of a GeoPackage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from sozialraum.publish.arrow import append_layer
from sozialraum.publish.gis import without_sync
from sozialraum.publish.programme.workbook import unknown

if TYPE_CHECKING:
    from pathlib import Path

    from sozialraum.panel import Panel
    from sozialraum.programme.run import ProgrammeResult

__all__ = ["append_layers", "programme_layers"]


def programme_layers(result: ProgrammeResult, panel: Panel) -> dict[str, gpd.GeoDataFrame]:
    """Return what a map shows of a programme.

    Returns
    -------
    dict
        `programme_areas`: one polygon per area (`area_id`, `area_name`, `districts`).
        `programme_districts`: every district with `area_id`, `conference` and the number of its goals by
        state. `programme_sites`: the outlines of the sites that name a file.
    """
    layers = {}
    areas = result.tables.get("area_districts")
    shapes = panel.districts[["name", "geometry"]]
    if areas is not None:
        known = areas[areas["district"].isin(shapes.index)]
        frame = gpd.GeoDataFrame(
            known[["area_id", "area_name", "district"]],
            geometry=shapes.geometry.loc[known["district"]].to_numpy(),
            crs=panel.districts.crs,
        )
        layers["programme_areas"] = frame.dissolve(
            by="area_id", aggfunc={"area_name": "first", "district": "|".join}, as_index=False
        ).rename(columns={"district": "districts"})
    if result.outlines is not None and len(result.outlines):
        sites = result.sheets["sites"].reindex(result.outlines.index)[
            ["name", "legal_basis", "since", "until"]
        ]
        layers["programme_sites"] = result.outlines.join(sites).reset_index()
    state = shapes.copy()
    conferences = result.tables.get("conferences")
    if conferences is not None:
        by_district = conferences.set_index("district")
        state["area_id"] = by_district["area_id"].reindex(state.index)
        state["conference"] = by_district["exists"].reindex(state.index)
    goals = result.tables.get("goals")
    if goals is not None:
        local = goals[goals["scope_type"] == "district"]
        counts = pd.crosstab(local["scope"], local["state"]).reindex(state.index).fillna(0).astype(int)
        state = state.join(counts.add_prefix("goals_"))
    layers["programme_districts"] = state.reset_index()
    return layers


def append_layers(result: ProgrammeResult, panel: Panel, path: Path) -> None:
    """Add layers and tables to a GeoPackage, made where there is none; names start with `programme_`."""
    layers = programme_layers(result, panel)
    with without_sync():
        for name, layer in layers.items():
            append_layer(layer, path, name)
        for name, table in result.tables.items():
            append_layer(_flat(table), path, f"programme_{name}")


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    """Write lists as one text, so that a column holds one type."""
    flat = table.copy()
    for column in flat.columns:
        cells = flat[column]
        if not (pd.api.types.is_numeric_dtype(cells) or isinstance(cells.dtype, pd.StringDtype)):
            flat[column] = [
                "|".join(map(str, cell))
                if isinstance(cell, (tuple, list))
                else None
                if unknown(cell)
                else str(cell)
                for cell in cells.tolist()
            ]
    return flat
