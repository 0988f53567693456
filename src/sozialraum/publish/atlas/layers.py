"""What somebody adds to the map with folium, as plain shapes with plain texts.

folium would write each element as a script with an address in the network behind it, and names from tables as
HTML. Here only what is to be seen is read from its objects; the page draws it and tells every text as text.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import folium
from folium.features import GeoJsonDetail, GeoJsonPopup, GeoJsonTooltip
from folium.vector_layers import BaseMultiLocation

from sozialraum.errors import OutputError, Problem, raise_problems

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from branca.element import Element

    from sozialraum.publish.atlas.contract import AddedFeature, AddedLayer

    Nested = Sequence[Any]
    """Coordinates inside coordinates."""

__all__ = ["added_layers", "check_layer"]

LOOKS = ("color", "weight", "opacity", "fill", "fillColor", "fillOpacity", "dashArray", "radius")
"""What of a style is kept."""

DIGITS = 6
"""Of degrees: a tenth of a metre."""

POINT = {"color": "#ffffff", "weight": 1.5, "opacity": 1, "fill": True, "fillOpacity": 1, "radius": 6}
PIN_COLOURS = {"darkpurple": "#5b396b", "lightred": "#ff8e7f", "lightgray": "#a3a3a3"}
"""Names of folium's pins that are no colours of a browser."""

SILENT = folium.LayerControl
"""The legend is the switch."""

PARTS = (folium.Tooltip, folium.Popup, GeoJsonDetail, folium.Icon)


def added_layers(children: Iterable[Element], *, otherwise: str) -> list[AddedLayer]:
    """Read the layers of a map.

    Parameters
    ----------
    children
        What was added to the map, in its order.
    otherwise
        Name of a layer that has none.

    Returns
    -------
    list of AddedLayer
        Groups and GeoJSON are layers of their own; what was added one by one is one layer together.

    Raises
    ------
    OutputError
        If there is something that the page could not show without a network, see `check_layer`.
    """
    layers: list[AddedLayer] = []
    single: list[tuple[Mapping[str, Any], dict[str, Any], str]] = []
    for child in children:
        check_layer(child)
        if isinstance(child, folium.FeatureGroup | folium.GeoJson):
            name = str(child.layer_name)
            named = otherwise if name == child.get_name() else _plain(name)
            layers.append(_layer(named, list(_shapes(child)), shown=bool(child.show)))
        else:
            single += _shapes(child)
    if single:
        layers.append(_layer(otherwise, single, shown=True))
    return [layer for layer in layers if layer["features"]]


def check_layer(child: Element) -> None:
    """Refuse what the page could not show without a network, or would not show at all.

    Parameters
    ----------
    child
        Added to the map or to one of its groups.

    Raises
    ------
    OutputError
        With one problem that names the kind of element.
    """
    known = (folium.GeoJson, folium.Marker, folium.CircleMarker, folium.Circle, BaseMultiLocation)
    if isinstance(child, folium.FeatureGroup) and not _is_plugin(child):
        for part in child._children.values():  # noqa: SLF001 - branca has no other way in
            check_layer(part)
        return
    fetched = isinstance(child, folium.GeoJson) and not child.embed
    if (isinstance(child, (*known, SILENT)) and not _is_plugin(child) and not fetched) or isinstance(
        child, PARTS
    ):
        return
    raise_problems([Problem(code="atlas.error.layer", values={"kind": type(child).__name__})], OutputError)


def _is_plugin(child: Element) -> bool:
    """Whether it needs a script that only a network has."""
    return type(child).__module__.startswith("folium.plugins")


def _layer(
    name: str, shapes: list[tuple[Mapping[str, Any], dict[str, Any], str]], *, shown: bool
) -> AddedLayer:
    looks: list[dict[str, Any]] = []
    features: list[AddedFeature] = []
    for geometry, look, tip in shapes:
        if look not in looks:
            looks.append(look)
        features.append({"geometry": _rounded(geometry), "look": looks.index(look), "tip": tip})
    return {"name": name, "shown": shown, "looks": looks, "features": features}


def _shapes(child: Element) -> Iterator[tuple[Mapping[str, Any], dict[str, Any], str]]:
    """Yield geometry, look and text of everything that an element shows."""
    if isinstance(child, folium.FeatureGroup):
        for part in child._children.values():  # noqa: SLF001 - branca has no other way in
            yield from _shapes(part)
    elif isinstance(child, folium.GeoJson):
        yield from _features(child)
    elif isinstance(child, BaseMultiLocation):
        closed = isinstance(child, folium.Polygon | folium.Rectangle)
        options: Mapping[str, Any] = vars(child)["options"]
        yield _lines(child.locations, closed=closed), _look(options), _told(child, {})
    elif (location := vars(child).get("location")) is not None:
        latitude, longitude = location
        yield {"type": "Point", "coordinates": [longitude, latitude]}, _point(child), _told(child, {})


def _features(layer: folium.GeoJson) -> Iterator[tuple[Mapping[str, Any], dict[str, Any], str]]:
    data = layer.data
    found = data.get("features", [data]) if data.get("type") != "GeometryCollection" else [data]
    for feature in found:
        geometry = feature if "coordinates" in feature or "geometries" in feature else feature["geometry"]
        if not geometry:
            continue
        look = _look(layer.style_function(feature)) if layer.style else {}
        if "Point" in geometry["type"]:
            look = {**(_point(layer.marker) if layer.marker else POINT | {"fillColor": "#0b5a7a"}), **look}
        yield geometry, look, _told(layer, feature.get("properties") or {})


def _lines(locations: Nested, *, closed: bool) -> Mapping[str, Any]:
    """Turn folium's nested (latitude, longitude) into a geometry."""
    depth, part = 0, locations
    while isinstance(part[0], list | tuple):
        depth, part = depth + 1, part[0]
    found = _turned(locations)
    if closed:
        kind = "MultiPolygon" if depth == 3 else "Polygon"
        return {"type": kind, "coordinates": [found] if depth == 1 else found}
    return {"type": "LineString" if depth == 1 else "MultiLineString", "coordinates": found}


def _turned(places: Nested) -> list[Any]:
    if isinstance(places[0], list | tuple):
        return [_turned(place) for place in places if isinstance(place, list | tuple)]
    return [places[1], places[0]]


def _look(style: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what of a style is known, under the names of the page."""
    camel = {re.sub(r"_(\w)", lambda found: found[1].upper(), str(name)): style[name] for name in style}
    kept = {name: camel[name] for name in LOOKS if isinstance(camel.get(name), str | int | float)}
    return {name: value for name, value in kept.items() if value != ""}


def _point(marker: Element) -> dict[str, Any]:
    if isinstance(marker, folium.Circle | folium.CircleMarker):
        look = _look(vars(marker)["options"])
        if isinstance(marker, folium.CircleMarker):
            return look
        # A circle's radius is in metres, that of a marker in points of the screen.
        return {name: look[name] for name in look if name != "radius"} | {"metres": look["radius"]}
    options = getattr(vars(marker).get("icon"), "options", {})
    colour = str(options.get("marker_color", options.get("markerColor", "#0b5a7a")))
    return POINT | {"fillColor": PIN_COLOURS.get(colour, colour)}


def _told(element: Element, properties: Mapping[str, Any]) -> str:
    """Put together what an element tells when pointed at: its tooltip, then its popup."""
    told = []
    for child in element._children.values():  # noqa: SLF001 - branca has no other way in
        if isinstance(child, GeoJsonTooltip | GeoJsonPopup):
            aliases = child.aliases if child.labels else [""] * len(child.fields)
            values = [_value(properties.get(field)) for field in child.fields]
            told += [f"{alias} {value}".strip() for alias, value in zip(aliases, values, strict=True)]
        elif isinstance(child, folium.Tooltip):
            told.append(_plain(child.text))
        elif isinstance(child, folium.Popup):
            told += [_plain(str(getattr(part, "data", ""))) for part in child.html._children.values()]  # noqa: SLF001
    if not told and properties.get("name") is not None:
        told.append(_value(properties["name"]))
    return "\n".join(dict.fromkeys(line for line in told if line))


def _value(value: object) -> str:
    return "" if value is None else re.sub(r"\s+", " ", str(value)).strip()


def _plain(written: str) -> str:
    """Return the words of a piece of HTML."""
    return _value(html.unescape(re.sub(r"<[^<>]*>", " ", written)))


def _rounded(geometry: Mapping[str, Any]) -> dict[str, Any]:
    if "geometries" in geometry:
        return {"type": geometry["type"], "geometries": [_rounded(part) for part in geometry["geometries"]]}
    return {"type": geometry["type"], "coordinates": _short(geometry["coordinates"])}


def _short(places: Nested) -> list[Any]:
    return [_short(part) if isinstance(part, list | tuple) else round(part, DIGITS) for part in places]
