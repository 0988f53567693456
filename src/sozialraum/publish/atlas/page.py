"""The folium side of the atlas: a page, a map and a layer that bring everything with them.

folium fetches Leaflet, jQuery, Bootstrap and icons from the network; nothing of that is left here.
Imported only when an atlas is drawn, because folium is slow to import.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, cast

import folium
from branca.element import Element, Figure, MacroElement
from folium.template import Template
from jinja2 import Environment
from markupsafe import Markup

from sozialraum.publish.atlas.bundle import bundle
from sozialraum.publish.atlas.layers import added_layers, check_layer
from sozialraum.publish.direction import straight

if TYPE_CHECKING:
    from sozialraum.publish.atlas.contract import AtlasData

__all__ = ["AtlasMap", "DistrictLayer", "Page", "Verbatim", "background", "draw", "page"]

POLICY = "policy-of-this-page"
"""Stands in the page until its scripts are known."""

TILE_HOST = "https://sgx.geodatenzentrum.de"
TILES = f"{TILE_HOST}/wmts_topplus_open/tile/1.0.0/web_grau/default/WEBMERCATOR/{{z}}/{{y}}/{{x}}.png"


MANY_DISTRICTS = 2_000
"""Past this a canvas is quicker than one SVG element per district."""


@cache
def _asset(name: str) -> str:
    return (files("sozialraum.publish.atlas") / "assets" / name).read_text(encoding="utf-8")


@cache
def _script() -> str:
    return bundle("atlas.js", _asset, name="Sozialraum")


@cache
def _leaflet(name: str) -> str:
    """Return a file of Leaflet without anything that a browser would fetch."""
    import xstatic.pkg.leaflet as package  # noqa: PLC0415 - its import reads the file system

    source = (Path(package.BASE_DIR) / name).read_text(encoding="utf-8")
    if name.endswith(".js"):
        return re.sub(r"//# sourceMappingURL=\S+\s*$", "", source)
    # The images belong to markers and the layer switch, which the atlas does not have.
    return re.sub(r"[\w-]+:\s*url\([^)]*\)\s*;", "", source)


class Verbatim(Element):
    """A piece of the page that is written as it is; branca would read braces in it as a template."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._name = "Verbatim"
        self.html = html

    def render(self, **kwargs: object) -> str:  # noqa: ARG002 - branca hands options down
        """Return the piece."""
        return self.html


class Page(Figure):
    """The whole page: language, title, security policy and the layout around the map.

    Parameters
    ----------
    data
        What `atlas_data` returns.
    tiles
        Whether pictures of the background map may be fetched.
    """

    def __init__(self, data: AtlasData, *, tiles: bool) -> None:
        super().__init__(
            height="760px", title=data["texts"][data["language"]]["title"].format(city=data["city"])
        )
        self.data = data
        self.words = data["texts"][data["language"]]
        self.tiles = tiles
        self.small = False
        """Whether it is looked at in a notebook: map, list and profile without the texts below."""
        # branca's own header states the character set a second time.
        self.header = Element()
        self.header._parent = self  # noqa: SLF001 - as branca's own constructor does

    def render(self, **kwargs: object) -> str:
        """Return the HTML of the page; the same as often as it is asked for."""
        for child in self._children.values():
            child.render(**kwargs)
        template = Environment(autoescape=True).from_string(_asset("page.html"))
        html: str = template.render(
            language=self.data["language"],
            title=straight(self.title or ""),
            city=straight(str(self.data["city"])),
            t=self.words,
            simulated=self.data["simulated"],
            internal=self.data["internal"],
            tiles=self.tiles,
            small=self.small,
            assessed=self.data["assessment"] is not None,
            policy=POLICY,
            header=Markup(self.header.render(**kwargs)),  # noqa: S704 - our own files
            html=Markup(self.html.render(**kwargs)),  # noqa: S704 - the map's div
            data=Markup(_embedded(self._with_layers())),  # noqa: S704 - escaped there
            script=Markup(f"<script>(() => {{\n{self.script.render(**kwargs)}\n}})();</script>"),  # noqa: S704 - calls with fixed names
        )
        return html.replace(POLICY, self._policy(html), 1)

    def _with_layers(self) -> AtlasData:
        """Return the data with what was added to the map since it was made."""
        maps = [child for child in self._children.values() if isinstance(child, AtlasMap)]
        added = [layer for drawn in maps for layer in drawn.added()]
        return {**self.data, "layers": added_layers(added, otherwise=self.words["layer.unnamed"])}

    def _policy(self, html: str) -> str:
        """Allow the scripts that the page itself has, by their checksums, and no others."""
        pictures = f"data: {TILE_HOST}" if self.tiles else "data:"
        return (
            f"default-src 'none'; script-src {' '.join(_checksums(html))}; style-src 'unsafe-inline'; "
            f"img-src {pictures}; base-uri 'none'; form-action 'none'"
        )


def _checksums(html: str) -> list[str]:
    """Return the sources of a policy that allow the inline scripts of a page, in their order."""
    scripts = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    digests = (hashlib.sha256(script.encode()).digest() for script in dict.fromkeys(scripts))
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def _embedded(data: AtlasData) -> str:
    """Write data so that no part of it can end the element that carries it."""
    written = straight(json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    for character in "<>&\u2028\u2029":
        written = written.replace(character, f"\\u{ord(character):04x}")
    return f'<script type="application/json" id="sozialraum-data">{written}</script>'


class AtlasMap(folium.Map):
    """A folium map that fetches nothing and has the same name in every file."""

    _template = Template(
        """
        {% macro html(this, kwargs) %}
        <div class="folium-map" id={{ this.get_name()|tojson }}></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
        const {{ this.get_name() }} = Sozialraum.create(
            {{ this.get_name()|tojson }}, {{ this.options|tojavascript }}
        );
        {% endmacro %}
        """
    )

    def __init__(self, *, location: tuple[float, float], prefer_canvas: bool) -> None:
        super().__init__(location=location, prefer_canvas=prefer_canvas, tiles=None)
        self._id = "atlas"
        self.default_js: list[tuple[str, str]] = []
        self.default_css: list[tuple[str, str]] = []

    def add_child(self, child: Element, name: str | None = None, index: int | None = None) -> Element:
        """Add a layer; what needs a network is refused here, where it is asked for.

        Raises
        ------
        OutputError
            See `layers.check_layer`.
        """
        if not isinstance(child, OURS):
            check_layer(child)
        return super().add_child(child, name=name, index=index)

    def added(self) -> list[Element]:
        """Return what others have added, in their order."""
        return [child for child in self._children.values() if not isinstance(child, OURS)]

    def render(self, **kwargs: object) -> str:
        """Write the map without what was added: the page draws that itself, from its data."""
        everything = self._children
        self._children = type(everything)(
            (name, child) for name, child in everything.items() if isinstance(child, OURS)
        )
        try:
            super().render(**kwargs)  # type: ignore[no-untyped-call]  # branca's is without types
        finally:
            self._children = everything
        return ""


class DistrictLayer(MacroElement):
    """The districts and everything that the page does with them."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        Sozialraum.start({{ this._parent.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca's is without types
        self._name = "Districts"
        self._id = "atlas"

    def render(self, **kwargs: object) -> str:
        """Hand styles and scripts to the page; the layer itself leaves no text."""
        header = cast("Page", self.get_root()).header
        own = _asset("atlas.css") + _asset("answers.css")
        for name, style in (("leaflet_css", _leaflet("leaflet.css")), ("atlas_css", own)):
            header.add_child(Verbatim(f"<style>\n{style}\n</style>"), name=name)
        header.add_child(Verbatim(f"<script>{_leaflet('leaflet.js')}</script>"), name="leaflet_js")
        header.add_child(Verbatim(f"<script>\n{_script()}\n</script>"), name="atlas_js")
        super().render(**kwargs)  # type: ignore[no-untyped-call]  # branca's is without types
        return ""


class _Background(folium.TileLayer):
    """The page's own background, which only a reader who was asked gets."""


OURS = (DistrictLayer, _Background)
"""Layers that the page itself brings."""


def background(attribution: str) -> folium.TileLayer:
    """Return the grey background map of the German federal mapping agency (licence dl-de/by-2-0)."""
    layer = _Background(tiles=TILES, attr=attribution, name="background", max_zoom=18)
    layer._id = "background"  # noqa: SLF001 - the same name in every file
    return layer


def draw(data: AtlasData, *, tiles: bool) -> folium.Map:
    """Draw the map of what `atlas_data` returns; see `write.atlas`."""
    west, south, east, north = data["districts"]["bounds"]
    drawing = AtlasMap(
        location=((south + north) / 2, (west + east) / 2),
        prefer_canvas=len(data["districts"]["keys"]) > MANY_DISTRICTS,
    )
    if tiles:
        background(data["texts"][data["language"]]["map.background"]).add_to(drawing)
    DistrictLayer().add_to(drawing)
    Page(data, tiles=tiles).add_child(drawing)
    return drawing


def page(data: AtlasData, *, tiles: bool) -> str:
    """Return the HTML of the map of what `atlas_data` returns."""
    html: str = draw(data, tiles=tiles).get_root().render()
    return html
