"""The atlas: one folium map in one HTML file that works by double click, without a network."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sozialraum.arguments import checked
from sozialraum.files import staged
from sozialraum.publish.atlas.data import atlas_data

if TYPE_CHECKING:
    from collections.abc import Sequence

    import folium
    import geopandas as gpd

    from sozialraum.analysis import Analysis
    from sozialraum.programme.run import ProgrammeResult

__all__ = ["atlas", "write_atlas"]

logger = logging.getLogger(__name__)


def atlas(
    release: Analysis,
    *,
    tiles: bool = False,
    programme: ProgrammeResult | None = None,
    orientation: Sequence[gpd.GeoDataFrame] = (),
) -> folium.Map:
    """Draw the interactive map of a release.

    The page lets its reader choose indicator, date and view (values in classes, clusters, verdicts, sharp
    borders), find a district, and read its figures. Where the release has an assessment, a second part shows
    the whole picture: verdicts over all indicators, status, dynamic, attention areas, robustness; for
    everyone or one target group. Everything is inside the page; nothing is fetched.

    Parameters
    ----------
    release
        What the audience may see: at least one indicator at one date.
    tiles
        Show a background map, which a reader's browser then fetches from the network
        (TopPlusOpen, Bundesamt für Kartographie und Geodäsie).
    programme
        Result of the city's programme for the same audience, if there is one.
    orientation
        Water (polygons), lines, and points with a column `name`, drawn so that people find their way.

    Returns
    -------
    folium.Map
        Shows itself in a notebook; `write_atlas` makes a file of it.

    Raises
    ------
    AlignmentError
        If rows belong to no district or catalogue entry, occur twice, or if there is no indicator at all.
    BoundaryError
        If the districts have no CRS or a key twice.
    """
    from sozialraum.publish.atlas.page import draw  # noqa: PLC0415 - imports folium, which is slow

    return draw(atlas_data(release, programme, around=orientation), tiles=tiles)


@checked()
def write_atlas(
    release: Analysis,
    path: str | Path,
    *,
    tiles: bool = False,
    programme: ProgrammeResult | None = None,
    orientation: Sequence[gpd.GeoDataFrame] = (),
) -> Path:
    """Write the atlas as one HTML file; the same release gives the same bytes.

    Parameters
    ----------
    release, tiles, programme, orientation
        As in `atlas`.
    path
        Where the file shall be; it is written beside first and then renamed.

    Returns
    -------
    Path
        `path`.

    Raises
    ------
    AlignmentError, BoundaryError
        As in `atlas`.
    OutputError
        If the file cannot be written; an earlier one stays whole.
    """
    from sozialraum.publish.atlas.page import page  # noqa: PLC0415 - imports folium, which is slow

    path = Path(path)
    html = page(atlas_data(release, programme, around=orientation), tiles=tiles)
    with staged(path.parent) as folder:
        (folder / path.name).write_text(html, encoding="utf-8", newline="\n")
    logger.info("%s: %d bytes", path, len(html.encode()))
    return path
