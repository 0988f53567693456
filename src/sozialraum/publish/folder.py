"""All that a run leaves for one audience, in one folder, all or nothing; as much of it at once as goes."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from sozialraum.files import replace_folder
from sozialraum.processes import beside

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    import geopandas as gpd

    from sozialraum.analysis import Analysis
    from sozialraum.programme.run import ProgrammeResult
    from sozialraum.publish.atlas.contract import AtlasData
    from sozialraum.publish.results.write import OutputFormat

    PageGiven = tuple[AtlasData, Path, bool]

__all__ = ["page_writer", "publish"]

MANY, TOO_MANY = 1_000, 200_000
"""Rows between which a second process is worth its memory; so many without an assessment are shared out."""


def page_writer() -> Callable[[PageGiven], None]:
    """Load what draws the map, which is slow, and return the function that writes it."""
    from sozialraum.publish.atlas.page import page  # noqa: PLC0415 - folium is slow to import

    def written(given: PageGiven) -> None:
        data, path, tiles = given
        # The folder is new and nobody else's: what is half-written in it is never seen.
        path.write_text(page(data, tiles=tiles), encoding="utf-8", newline="\n")

    return written


def publish(
    analysis: Analysis,
    directory: Path,
    *,
    tiles: bool,
    formats: Collection[OutputFormat],
    programme: Callable[[], ProgrammeResult | None],
    orientation: Sequence[gpd.GeoDataFrame],
    hand_over: Callable[[PageGiven], Callable[[], None]],
) -> tuple[Path, ...]:
    """Write an analysis's atlas, GeoPackage, tables and provenance into `directory`, all or nothing.

    Parameters
    ----------
    analysis
        What its audience may see.
    directory
        Takes the place of what is there.
    tiles
        Whether the map may fetch a background from the internet.
    formats
        What is written beside CSV and GeoPackage, see `results.write.FORMATS`.
    programme
        Gives the programme's result, where the project has one; called once, while the results are written.
        It adds its workbook, its sentences, a folder of CSV files, layers of the GeoPackage, and its part of
        the atlas.
    orientation
        Layers that help to find one's way on the map.
    hand_over
        Gives the map to who writes it (`page_writer`), and returns the function that waits for it.

    Returns
    -------
    tuple of Path
        The files, the atlas first.

    Raises
    ------
    OutputError
        If the folder cannot be written; what was there before is unchanged.
    """
    from sozialraum.publish.atlas.data import atlas_data  # noqa: PLC0415 - slow to import
    from sozialraum.publish.index import write_index  # noqa: PLC0415 - as above
    from sozialraum.publish.provenance import write_provenance  # noqa: PLC0415 - as above

    # A large area with an assessment fills the memory as it is.
    few = analysis.assessment is None or len(analysis.indicators) < TOO_MANY
    worth = few and len(analysis.indicators) > MANY
    with (
        replace_folder(directory, audience=analysis.audience) as folder,
        _results_beside(analysis, folder, formats, worth=worth) as results,
    ):
        result = programme()
        with _programme_beside(result, analysis, folder, worth=worth) as others:
            data = atlas_data(analysis, result, around=orientation)
            drawn = hand_over((data, folder / "atlas.html", tiles))
            names = ["atlas.html", *results(), "provenance.json", *others()]
            if result is not None:
                from sozialraum.publish.programme.layers import append_layers  # noqa: PLC0415 - as above

                append_layers(result, analysis, folder / "results.gpkg")
            drawn()
        write_provenance(analysis, folder / "provenance.json")
        write_index(analysis, folder / "index.html", names)
    return tuple(directory / name for name in (*names, "index.html"))


@contextmanager
def _programme_beside(
    result: ProgrammeResult | None, analysis: Analysis, folder: Path, *, worth: bool
) -> Iterator[Callable[[], list[str]]]:
    """Write the programme's files beside other work, where there is a programme."""
    if result is None:
        yield list
        return
    from sozialraum.publish.programme.write import write_programme_files  # noqa: PLC0415 - slow to import

    with beside(partial(write_programme_files, result, analysis, folder), worth=worth) as names:
        yield names


@contextmanager
def _results_beside(
    analysis: Analysis, folder: Path, formats: Collection[OutputFormat], *, worth: bool
) -> Iterator[Callable[[], list[str]]]:
    """Write the results beside other work; of many rows share the writing out, CSV being this process's."""
    from sozialraum.publish.results.write import write_formats, write_results, write_tables  # noqa: PLC0415
    from sozialraum.publish.tables import all_tables  # noqa: PLC0415

    if not worth or len(analysis.indicators) < TOO_MANY:
        with beside(partial(write_results, analysis, folder, formats=formats), worth=worth) as results:
            yield results
        return
    tables = all_tables(analysis)
    with beside(partial(write_formats, analysis, folder, tables, formats)) as others:

        def shared_out() -> list[str]:
            written = write_tables(analysis, folder, tables)
            return [*others(), *written]

        yield shared_out
