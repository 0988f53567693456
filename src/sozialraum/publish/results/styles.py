"""How QGIS opens the results: styles inside the GeoPackage, and a project file beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from sozialraum.indicators.target_groups import group_label
from sozialraum.publish.results.dictionary import column_words
from sozialraum.publish.results.symbols import (
    aliases,
    border_rules,
    class_rules,
    cluster_rules,
    qml,
    renderer,
    status_rules,
    table_aliases,
)
from sozialraum.texts import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sozialraum.analysis import Analysis

__all__ = ["DrawnLayer", "drawn_layers", "write_qgis_project", "write_styles"]

_TABLE = """CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""

_CONTENTS = (
    "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) "
    "VALUES ('layer_styles', 'attributes', 'layer_styles', '', 0)"
)


class DrawnLayer(NamedTuple):
    """One way in which a layer is drawn.

    Parameters
    ----------
    table
        Layer of the GeoPackage.
    title
        For people.
    group
        "status", "indicators", "clusters", "borders".
    drawn
        Renderer.
    """

    table: str
    title: str
    group: str
    drawn: str


def drawn_layers(release: Analysis) -> list[DrawnLayer]:
    """Return the maps of a release: each index, each indicator, its clusters, sharp borders.

    The first is the one that opens; every map shows the latest date of its indicator.
    """
    language = release.language
    labels = release.catalogue[f"label_{language}"]
    layers = []
    index = None if release.assessment is None else release.assessment.index
    names = index["index"].drop_duplicates() if index is not None and len(index) else ()
    for name in sorted(names, key=lambda name: name != "all"):
        for kind in ("status", "dynamic"):
            title = column_words("index", kind, language=language).title
            if name != "all":
                title += f": {group_label(release.catalogue, str(name))[language]}"
            rules = status_rules(release, f"index_{name}_{kind}", kind)
            layers.append(DrawnLayer("districts", title, "status", renderer(rules)))
    cells = dict(iter(release.indicators.groupby("indicator", sort=False, observed=True)))
    clustered = set(release.clusters["indicator"].unique())
    for indicator in (name for name in release.catalogue.index if name in cells):
        ours = cells[indicator]
        title = f"{labels[indicator]} ({_label(release, indicator, max(ours['date'].unique()))})"
        rules = class_rules(release, indicator, ours)
        layers.append(DrawnLayer("districts", title, "indicators", renderer(rules)))
        if indicator in clustered:
            words = column_words("results", "cluster", language=language).title
            layers.append(
                DrawnLayer(
                    "districts", f"{words}: {title}", "clusters", renderer(cluster_rules(release, indicator))
                )
            )
    borders = border_rules(release)
    if borders:
        title = text("columns.sheet.borders", language)
        layers.append(DrawnLayer("sharp_borders", title, "borders", renderer(borders, lines=True)))
    return layers


def _label(release: Analysis, indicator: str, date: str) -> str:
    from sozialraum.indicators.periods import period_names  # noqa: PLC0415 - one use

    return period_names(release.periods, date, indicator, language=release.language)[1]


def _field_names(release: Analysis, layer: str, columns: Sequence[str]) -> dict[str, str]:
    """Return names for people of the fields of a layer; those of `districts` follow the indicators."""
    if layer != "districts":
        return table_aliases("borders" if layer == "sharp_borders" else layer, columns, release)
    language = release.language
    found = table_aliases("results", columns, release)
    for indicator, entry in release.catalogue.iterrows():
        label, unit = entry[f"label_{language}"], entry[f"unit_{language}"]
        if indicator in found:
            found[str(indicator)] = f"{label} ({unit})" if isinstance(unit, str) and unit else str(label)
        for end in ("date", "flag", "cluster", "p_adjusted"):
            if f"{indicator}_{end}" in found:
                words = column_words("results", end, language=language).title
                found[f"{indicator}_{end}"] = f"{label}: {words}"
    index = None if release.assessment is None else release.assessment.index
    for name in index["index"].drop_duplicates() if index is not None and len(index) else ():
        for end in ("value", "status", "dynamic", "attention"):
            words = column_words("index", end, language=language).title
            group = group_label(release.catalogue, str(name))[language]
            found[f"index_{name}_{end}"] = f"{words} ({group})"
    return found


def write_styles(
    release: Analysis,
    path: Path,
    layers: Mapping[str, Sequence[str]],
    *,
    maps: Sequence[DrawnLayer] | None = None,
) -> None:
    """Add the table `layer_styles` to a GeoPackage.

    Parameters
    ----------
    release
        What the layers show.
    path
        The GeoPackage.
    layers
        Layer to its fields.
    maps
        Those of `drawn_layers`, where they are at hand.

    References
    ----------
    QGIS keeps styles of a GeoPackage in this table; the one with `useAsDefault` is taken when a layer opens.
    """
    maps = drawn_layers(release) if maps is None else maps
    rows = []
    for layer, columns in layers.items():
        fields = aliases(_field_names(release, layer, columns))
        ours = [drawn for drawn in maps if drawn.table == layer]
        geometry = "geom" if ours else ""
        for place, drawn in enumerate(ours):
            rows.append((layer, geometry, drawn.title, qml(fields, drawn.drawn), place == 0))
        if not ours:
            rows.append((layer, geometry, layer, qml(fields), True))
    with closing(sqlite3.connect(path)) as base, base:
        base.execute(_TABLE)
        base.execute(_CONTENTS)
        base.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, "
            "styleName, styleQML, styleSLD, useAsDefault, description, owner) "
            "VALUES ('', '', ?, ?, ?, ?, '', ?, '', 'sozialraum')",
            rows,
        )


def write_qgis_project(
    release: Analysis,
    path: Path,
    geopackage: str,
    layers: Mapping[str, Sequence[str]],
    *,
    maps: Sequence[DrawnLayer] | None = None,
) -> None:
    """Write a QGIS project that opens the GeoPackage beside it: one layer per map, tables below.

    Parameters
    ----------
    release
        What the layers show.
    path
        The project file (``.qgs``).
    geopackage
        Name of the GeoPackage in the same folder.
    layers
        Layer of the GeoPackage to its fields.
    maps
        Those of `drawn_layers`, where they are at hand.
    """
    maps = [drawn for drawn in (drawn_layers(release) if maps is None else maps) if drawn.table in layers]
    shown: list[tuple[str, str, str, str, str]] = []
    for place, drawn in enumerate(maps):
        kind = "Line" if drawn.table == "sharp_borders" else "Polygon"
        shown.append((f"results_map_{place}", drawn.table, drawn.title, drawn.group, kind))
    spatial = {drawn.table for drawn in maps}
    for name in layers:
        if name not in spatial:
            title = text(f"columns.sheet.{name}", release.language)
            shown.append((f"results_table_{name}", name, title, "tables", "No geometry"))
    drawings = {f"results_map_{place}": drawn.drawn for place, drawn in enumerate(maps)}
    # Many maps show one table: its fields are named once.
    fields = {
        table: aliases(_field_names(release, table, layers[table])) for table in {line[1] for line in shown}
    }
    system = _reference_system(release, "srs")
    parts = [
        _project_layer(line, geopackage, fields[line[1]], drawings.get(line[0], ""), system) for line in shown
    ]
    path.write_text(_project(release, shown, parts), encoding="utf-8", newline="\n")


def _reference_system(release: Analysis, name: str) -> str:
    crs = release.districts.crs
    authority = crs.to_authority() if crs is not None else None
    named = f"<authid>{':'.join(authority)}</authid>" if authority else ""
    wkt = escape(crs.to_wkt()) if crs is not None else ""
    return f'<{name}><spatialrefsys nativeFormat="Wkt"><wkt>{wkt}</wkt>{named}</spatialrefsys></{name}>'


def _project_layer(
    line: tuple[str, str, str, str, str], geopackage: str, fields: str, drawn: str, system: str
) -> str:
    identity, table, title, _, kind = line
    source = f"./{geopackage}|layername={table}"
    return (
        f'<maplayer type="vector" geometry="{kind}" styleCategories="AllStyleCategories">'
        f"<id>{identity}</id><datasource>{escape(source)}</datasource><layername>{escape(title)}</layername>"
        f'{system if drawn else ""}<provider encoding="UTF-8">ogr</provider>{drawn}'
        f"{fields}</maplayer>"
    )


def _project(release: Analysis, shown: Sequence[tuple[str, str, str, str, str]], parts: Sequence[str]) -> str:
    language = release.language
    # Lines lie above areas; of the areas one at a time is to be seen.
    groups = ("borders", "status", "indicators", "clusters", "tables")
    first = next((line[0] for line in shown if line[0].startswith("results_map_")), "")
    tree = []
    for group in groups:
        members = [line for line in shown if line[3] == group]
        if not members:
            continue
        entries = "".join(
            f'<layer-tree-layer id="{identity}" name={quoteattr(title)} providerKey="ogr" source="" '
            f'checked="{_checked(identity == first)}" expanded="{int(identity == first)}"/>'
            for identity, _, title, _, _ in members
        )
        name = text(f"columns.qgis.{group}", language)
        open_group = any(line[0] == first for line in members)
        tree.append(
            f'<layer-tree-group name={quoteattr(name)} checked="Qt::Checked" '
            f'expanded="{int(open_group)}">{entries}</layer-tree-group>'
        )
    west, south, east, north = release.districts.total_bounds
    extent = f"<xmin>{west}</xmin><ymin>{south}</ymin><xmax>{east}</xmax><ymax>{north}</ymax>"
    title = text("columns.guide.title", language, city=release.city)
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        f'<qgis version="3.22" projectname={quoteattr(title)}><title>{escape(title)}</title>'
        f"{_reference_system(release, 'projectCrs')}"
        f"<layer-tree-group>{''.join(tree)}</layer-tree-group>"
        f'<mapcanvas name="theMapCanvas"><units>meters</units><extent>{extent}</extent>'
        f"{_reference_system(release, 'destinationsrs')}</mapcanvas>"
        f"<projectlayers>{''.join(parts)}</projectlayers>"
        '<properties><SpatialRefSys><ProjectionsEnabled type="int">1</ProjectionsEnabled></SpatialRefSys>'
        '<Paths><Absolute type="bool">false</Absolute></Paths></properties></qgis>\n'
    )


def _checked(state: bool) -> str:  # noqa: FBT001 - a plain truth value
    return "Qt::Checked" if state else "Qt::Unchecked"
