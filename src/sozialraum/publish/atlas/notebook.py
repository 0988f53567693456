"""The atlas of a notebook: a panel, its clusters, one call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialraum.analysis import Analysis
from sozialraum.publish.atlas.write import atlas as draw

if TYPE_CHECKING:
    import folium

    from sozialraum.panel import Panel
    from sozialraum.spatial.clusters import Clusters

__all__ = ["analysis", "atlas"]


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
        graph=clusters.graph,
        clusters=clusters.table,
        moran=clusters.moran,
        parameters={"statistics": dict(clusters.settings)},
    )


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
