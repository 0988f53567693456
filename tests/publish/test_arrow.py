"""Tables that are handed to GDAL in one piece arrive as those that are handed over cell by cell."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import geopandas as gpd
import nanoarrow
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from sozialraum.publish import arrow
from sozialraum.publish.arrow import append_layer

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = {
    "text": ["Zähringen", None, "", "a;b", "Zähringen"],
    "number": [0.1, np.nan, -0.0, 1e-300, 7.0],
    "whole": [1, 2**53, -3, 0, 5],
    "truth": [True, False, False, True, True],
    "no truth": pd.array([True, None, False, True, None], dtype="boolean"),
    "no whole": pd.array([1, None, 3, 4, None], dtype="Int64"),
    "group": pd.Categorical(["low", "high", None, "low", "low"]),
    "nothing": [None] * 5,
}


@pytest.fixture(params=[2, 1_000])
def rows(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrow, "ROWS", request.param)


def compared(table: pd.DataFrame, folder: Path) -> None:
    append_layer(table, folder / "ours.gpkg", "layer")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        pyogrio.write_dataframe(table, folder / "theirs.gpkg", layer="layer", driver="GPKG")
    ours, theirs = (pyogrio.read_dataframe(folder / name) for name in ("ours.gpkg", "theirs.gpkg"))
    assert type(ours) is type(theirs)
    pd.testing.assert_frame_equal(pd.DataFrame(ours), pd.DataFrame(theirs))
    if "geometry" in table:
        assert ours.crs == theirs.crs
        kinds = [pyogrio.read_info(folder / name)["geometry_type"] for name in ("ours.gpkg", "theirs.gpkg")]
        assert kinds[0] == kinds[1]


@pytest.mark.usefixtures("rows")
def test_cells_of_every_kind(tmp_path: Path) -> None:
    compared(pd.DataFrame(COLUMNS), tmp_path)


def test_texts_may_hold_the_sign_that_tells_where_one_ends() -> None:
    texts = ["Zähr\0ingen", "", None, "b"]
    assert nanoarrow.Array(arrow._column(pd.Series(texts), shapes=False)).to_pylist() == texts


def test_columns_that_lie_between_others_in_one_array(tmp_path: Path) -> None:
    compared(pd.DataFrame(np.arange(12.0).reshape(4, 3), columns=list("abc")), tmp_path)


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    append_layer(pd.DataFrame(COLUMNS).iloc[:0], tmp_path / "empty.gpkg", "layer")
    assert list(pyogrio.read_info(tmp_path / "empty.gpkg", layer="layer")["fields"]) == list(COLUMNS)


@pytest.mark.slow
@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("crs", ["EPSG:25833", "+proj=tmerc +lat_0=0 +lon_0=9 +ellps=GRS80 +units=m"])
@pytest.mark.parametrize(
    "shapes",
    [
        [shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(2, 0, 3, 1)],
        [shapely.box(0, 0, 1, 1), shapely.MultiPolygon([shapely.box(1, 0, 2, 1), shapely.box(5, 5, 6, 6)])],
        [shapely.LineString([(0, 0), (1, 1)]), shapely.MultiLineString([[(0, 0), (1, 2)]]), None],
        [shapely.Point(1, 2), shapely.box(0, 0, 1, 1)],
    ],
    ids=["alone", "groups", "lines, one missing", "two kinds"],
)
def test_shapes(shapes: list[shapely.Geometry], crs: str, tmp_path: Path) -> None:
    table = {name: values[: len(shapes)] for name, values in COLUMNS.items()}
    compared(gpd.GeoDataFrame(table, geometry=shapes, crs=crs), tmp_path)


def test_a_second_layer_leaves_the_first(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    for name in ("first", "second"):
        append_layer(pd.DataFrame({"text": [name]}), path, name)
    assert pyogrio.list_layers(path)[:, 0].tolist() == ["first", "second"]
    assert pyogrio.read_dataframe(path, layer="first")["text"].tolist() == ["first"]
