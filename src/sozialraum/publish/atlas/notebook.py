"""The atlas of a notebook: a panel, its clusters, one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

import numpy as np
import pandas as pd

from sozialraum.analysis import CLUSTER_COLUMNS, Analysis, Assessment, ClusterSettings
from sozialraum.arguments import checked
from sozialraum.assessment.index.composite import IndexResult
from sozialraum.assessment.index.monitoring import INDEX_COLUMNS
from sozialraum.assessment.index.recipes import NOT_ASSESSABLE, STATUS
from sozialraum.errors import AlignmentError, Problem
from sozialraum.panel import INDICATOR_COLUMNS
from sozialraum.preferences import options
from sozialraum.publish.atlas.write import atlas as draw
from sozialraum.spatial.local_moran import LocalMoran
from sozialraum.texts import Language, text

if TYPE_CHECKING:
    import folium
    import geopandas as gpd

    from sozialraum.panel import Panel
    from sozialraum.publish.atlas.page import Page
    from sozialraum.spatial.clusters import Clusters

__all__ = ["analysis", "atlas", "explore"]

HEIGHT = "520px"


def analysis(panel: Panel, clusters: Clusters | None = None) -> Analysis:
    """Put a panel and what was computed from it together.

    Parameters
    ----------
    panel
        For the public: what `protect` returns.
    clusters
        As `clusters` returns them for this panel; their settings are named on the page.
    """
    if isinstance(panel, Analysis):
        return panel
    parts = vars(panel)
    if clusters is None:
        return Analysis(**parts)
    return Analysis(
        **parts,
        around=clusters.graph,
        clusters=clusters.table,
        moran=clusters.moran,
        statistics=clusters.settings,
    )


@checked()
def atlas(panel: Panel, clusters: Clusters | None = None, *, tiles: bool = False) -> folium.Map:
    """Draw the interactive map of a panel and its clusters.

    Parameters
    ----------
    panel
        What the audience may see; an `Analysis` brings its own clusters and assessment.
    clusters
        As `clusters` returns them for this panel.
    tiles
        Show a background map, which a reader's browser then fetches from the network.

    Returns
    -------
    folium.Map
        Shows itself in a notebook; ``.save("karte.html")`` makes a file of it.
    """
    return draw(analysis(panel, clusters), tiles=tiles)


@checked(language=get_args(Language))
def explore(
    result: LocalMoran | IndexResult | pd.DataFrame,
    districts: gpd.GeoDataFrame,
    *,
    values: pd.Series | pd.DataFrame | None = None,
    language: Language | None = None,
) -> folium.Map:
    """Look at one result on a small map: the atlas's own map, list and profiles, without its texts.

    Parameters
    ----------
    result
        From `local_moran` or `composite_index`, or the frame of `verdicts`.
    districts
        Index: district key, as in the result, in any order; a CRS; a column `name`, if there are names.
    values
        For `local_moran`: what it was computed from. An index and verdicts bring their own.
    language
        "de" or "en"; by default that of `options`.

    Returns
    -------
    folium.Map
        Shows itself in a notebook; layers can be added to it as to any folium map.

    Raises
    ------
    AlignmentError
        If the result is of another kind, if `values` are wanted and not given, or if a district of the
        result has no polygon.
    BoundaryError
        If the districts have no CRS or a key twice.
    """
    told = language or options.language
    if isinstance(result, LocalMoran):
        found = _moran(result, values)
    elif isinstance(result, IndexResult):
        found = _index(result, told)
    elif isinstance(result, pd.DataFrame) and {"verdict", "indicator", "date", "value"} <= set(
        result.columns
    ):
        found = _verdicts(result)
    else:
        raise AlignmentError(Problem(code="atlas.error.explore", values={"kind": type(result).__name__}))
    named = districts if "name" in districts else districts.assign(name=districts.index.astype(str))
    indicators, parts = found
    drawn = draw(
        Analysis(
            city="", districts=named, catalogue=_catalogue(indicators), indicators=indicators,
            audience="internal", language=told, **parts,
        )
    )  # fmt: skip
    page = cast("Page", drawn.get_root())
    page.small, page.height = True, HEIGHT
    return drawn


Found = tuple[pd.DataFrame, dict[str, Any]]


def _cells(values: pd.Series, indicator: str, date: str) -> pd.DataFrame:
    flags = np.where(values.notna(), "ok", "missing")
    columns = {"indicator": indicator, "date": date, "value": values.astype(float), "flag": flags}
    return pd.DataFrame(columns, index=values.index).reindex(columns=list(INDICATOR_COLUMNS))


def _moran(result: LocalMoran, values: pd.Series | pd.DataFrame | None) -> Found:
    if values is None:
        raise AlignmentError(Problem(code="atlas.error.explore_values"))
    several = values if isinstance(values, pd.DataFrame) else values.to_frame(str(values.name or "value"))
    tables = result.table
    cells, clusters = [], []
    for name in several.columns:
        table = tables if tables.columns.nlevels == 1 else tables[name]
        cells.append(_cells(several[name].reindex(table.index), str(name), ""))
        part = table.assign(
            label=table["label"].astype(str),
            quadrant=table["quadrant"].astype(str),
            indicator=str(name),
            date="",
        )
        clusters.append(part[list(CLUSTER_COLUMNS)])
    settings = ClusterSettings(
        permutations=result.permutations,
        alternative=result.alternative,
        correction=result.correction,
        alpha=result.alpha,
        seed=result.seed,
    )
    return pd.concat(cells), {"clusters": pd.concat(clusters), "statistics": settings}


def _assessment(*, index: pd.DataFrame | None = None, verdicts: pd.DataFrame | None = None) -> Assessment:
    nothing = pd.DataFrame()
    return Assessment(
        index=nothing if index is None else index,
        verdicts=nothing if verdicts is None else verdicts,
        profiles=nothing,
        robustness=nothing,
        variants=nothing,
        influence=nothing,
        edges=nothing,
        city_edges=nothing,
        signal=nothing,
    )


def _index(result: IndexResult, language: Language) -> Found:
    table = result.table
    cells = _cells(table["value"], text("atlas.panel.index_value", language), "")
    status = table["class"].astype(object).where(table["class"].isin(STATUS), NOT_ASSESSABLE)
    if not table["class"].isin(STATUS).any():
        return cells, {}
    frame = table.reindex(columns=list(INDEX_COLUMNS)).assign(
        index="all", date="", status=status, fixed_status=NOT_ASSESSABLE, dynamic=NOT_ASSESSABLE,
        dynamic_reason="no change known", attention=NOT_ASSESSABLE, early_warning=NOT_ASSESSABLE,
    )  # fmt: skip
    return cells, {"assessment": _assessment(index=frame)}


def _verdicts(table: pd.DataFrame) -> Found:
    parts = table.groupby(["indicator", "date"], sort=False)
    cells = [_cells(part["value"], str(name), str(date)) for (name, date), part in parts]
    return pd.concat(cells), {
        "assessment": _assessment(verdicts=table.assign(date=table["date"].astype(str)))
    }


def _catalogue(indicators: pd.DataFrame) -> pd.DataFrame:
    """Describe plain numbers: as many digits as four figures need, no unit, no direction."""
    sizes = indicators.groupby("indicator", sort=False)["value"].agg(lambda column: column.abs().max())
    rows = {}
    for name, size in sizes.items():
        whole = np.floor(np.log10(size)) if np.isfinite(size) and size > 0 else 0
        rows[name] = {
            "label_de": name, "label_en": name, "description_de": "", "description_en": "", "kind": "value",
            "polarity": "context", "target_group": "all", "theme": "", "source": "", "unit_de": "",
            "unit_en": "", "factor": 1.0, "decimals": int(np.clip(3 - whole, 0, 6)), "published": False,
        }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")
