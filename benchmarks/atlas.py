"""Size and speed of the atlas: ``python -m benchmarks.atlas [--cities 448x8x3,33000x3x1]``.

Beside it a page as one writes it by hand with folium: a GeoJSON layer with tooltip per indicator and
date, and a switch of layers. Speed is the processor time of the page's main thread as Chromium counts it
(`TaskDuration` of the DevTools protocol), which other work on the machine does not change; the median of
several tries. Needs Chromium and chromedriver. No network is asked: folium's page gets the Leaflet that the
atlas brings, and nothing else of what it would fetch.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from selenium import webdriver

from sozialraum.analysis import Analysis
from sozialraum.panel import CATALOGUE_COLUMNS, INDICATOR_COLUMNS
from sozialraum.publish.atlas.page import _leaflet
from sozialraum.publish.atlas.write import write_atlas
from sozialraum.stats.intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CITIES = "448x8x3,5000x20x10,33000x3x1"
TRIES = 5
FOLIUM_MOST = 20_000
"""Polygons (districts times layers) past which the hand-written page is not made: it grows with each."""

FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
         "--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND")  # fmt: skip


def city(size: int, indicators: int, dates: int) -> Analysis:
    """Return a city of many-cornered districts with shares, counts and intervals.

    Parameters
    ----------
    size, indicators, dates
        How many; districts are a little fewer where `size` is no product of rows and columns.
    """
    rng = np.random.default_rng(0)
    columns = int(np.sqrt(size))
    rows = size // columns
    keys = pd.Index([f"{number:05d}" for number in range(rows * columns)], name="district")
    names = [f"Quartier {key}" for key in keys]
    areas = [f"Bezirk {int(key) % columns // 8}" for key in keys]
    shapes = _shapes(rows, columns, rng)
    districts = gpd.GeoDataFrame({"name": names, "area": areas}, geometry=shapes, index=keys, crs=25832)
    frames, entries = [], {}
    for name in (f"i{number}" for number in range(indicators)):
        entries[name] = _entry(name)
        rate, people = rng.beta(2, 10, len(keys)), rng.integers(300, 4_000, len(keys))
        for date in (f"{2010 + number}-12-31" for number in range(dates)):
            cases = rng.binomial(people, rate)
            lower, upper = wilson(cases, people)
            cells = {
                "indicator": name, "date": date, "value": cases / people, "numerator": cases.astype(float),
                "denominator": people.astype(float), "lower": lower, "upper": upper, "flag": "ok",
            }  # fmt: skip
            frames.append(pd.DataFrame(cells, index=keys))
    catalogue = pd.DataFrame.from_dict(entries, orient="index").reindex(columns=list(CATALOGUE_COLUMNS))
    table = pd.concat(frames)[list(INDICATOR_COLUMNS)]
    return Analysis(
        audience="public", city="Großstadt", districts=districts, catalogue=catalogue, indicators=table,
        parents=("area",), simulated=True,
    )  # fmt: skip


def _shapes(rows: int, columns: int, rng: np.random.Generator) -> list[shapely.Geometry]:
    """Return squares whose shared sides are bent: eight points a side, as a simplified district has."""
    step, bends = 400.0, 8
    x, y = np.meshgrid(np.arange(columns * bends + 1), np.arange(rows * bends + 1))
    origin = np.array([400_000, 5_700_000])
    points = origin + np.stack([x, y], axis=-1) * (step / bends) + rng.normal(0, 6, (*x.shape, 2))
    found = []
    for row in range(0, rows * bends, bends):
        for column in range(0, columns * bends, bends):
            south = points[row, column : column + bends]
            east = points[row : row + bends, column + bends]
            north = points[row + bends, column + bends : column : -1]
            west = points[row + bends : row : -1, column]
            found.append(shapely.Polygon(np.concatenate([south, east, north, west])))
    return found


def _entry(name: str) -> dict[str, Any]:
    return {
        "label_de": f"Merkmal {name}", "label_en": f"Indicator {name}", "kind": "share",
        "polarity": "disadvantage", "target_group": "all", "theme": "", "source": "", "unit_de": "%",
        "unit_en": "%", "factor": 100.0, "decimals": 1, "published": False,
    }  # fmt: skip


def by_hand(analysis: Analysis, path: Path) -> None:
    """Write what one writes with folium alone: a coloured GeoJSON layer per indicator and date."""
    shapes = analysis.districts.to_crs(4326)
    west, south, east, north = shapes.total_bounds
    drawn = folium.Map(((south + north) / 2, (west + east) / 2), zoom_start=11, tiles=None)
    ramp = ("#fdeccd", "#f9c687", "#eb924c", "#c4562a", "#7d2614")
    for (name, date), part in analysis.indicators.groupby(["indicator", "date"]):
        found = shapes.join(part[["value", "lower", "upper", "numerator", "denominator", "flag"]])
        limits = found["value"].quantile([0.2, 0.4, 0.6, 0.8]).to_numpy()
        style = _style(limits, ramp)
        folium.GeoJson(
            found.reset_index(), name=f"{name} {date}", style_function=style, show=False,
            tooltip=folium.GeoJsonTooltip(["name", "value"]),
        ).add_to(drawn)  # fmt: skip
    folium.LayerControl().add_to(drawn)
    html = drawn.get_root().render()
    html = re.sub(r'<script src="[^"]*"></script>|<link rel="stylesheet" href="[^"]*"/?>', "", html)
    head = f"<head><style>{_leaflet('leaflet.css')}</style><script>{_leaflet('leaflet.js')}</script>"
    path.write_text(html.replace("<head>", head, 1), encoding="utf-8")


def _style(limits: np.ndarray, ramp: tuple[str, ...]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def style(feature: dict[str, Any]) -> dict[str, Any]:
        place = int(np.searchsorted(limits, feature["properties"]["value"]))
        return {"fillColor": ramp[place], "color": "#fff", "weight": 1, "fillOpacity": 1}

    return style


class Browser:
    """Chromium, and the processor time of what it does."""

    def __init__(self, folder: Path) -> None:
        options = webdriver.ChromeOptions()
        for flag in FLAGS:
            options.add_argument(flag)
        # Both are named, or the driver's manager would look for them in the network.
        options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
        service = webdriver.ChromeService(shutil.which("chromedriver"))
        self.driver = webdriver.Chrome(options=options, service=service)
        self.driver.set_script_timeout(300)
        self.empty = folder / "empty.html"
        self.empty.write_text("<!DOCTYPE html><title>-</title>", encoding="utf-8")
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": 1440, "height": 900, "deviceScaleFactor": 1, "mobile": False},
        )

    def spent(self) -> float:
        """Return the milliseconds that the page's main thread has worked so far."""
        found = self.driver.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
        return 1000 * next(one["value"] for one in found if one["name"] == "TaskDuration")

    def settled(self) -> None:
        """Wait until what was asked for is drawn."""
        self.driver.execute_async_script("""
            const done = arguments[0];
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 0)));
        """)

    def load(self, page: Path, ready: str) -> float:
        """Open a page; return the milliseconds until `ready` (an expression) holds and all is drawn."""
        self.driver.get(self.empty.as_uri())
        self.driver.execute_cdp_cmd("Performance.enable", {"timeDomain": "threadTicks"})
        before = self.spent()
        self.driver.get(page.as_uri())
        limit = time.monotonic() + 300
        while not self.driver.execute_script(f"return {ready}") and time.monotonic() < limit:
            time.sleep(0.02)
        self.settled()
        return self.spent() - before

    def work(self, script: str) -> float:
        """Return the milliseconds that a script causes, drawing included; the median of several tries."""
        found = []
        for number in range(TRIES):
            before = self.spent()
            self.driver.execute_script(script, number)
            self.settled()
            found.append(self.spent() - before)
        return statistics.median(found)


NEXT = """
const [id, number] = [%r, arguments[0]];
const list = document.getElementById(id);
list.selectedIndex = (list.selectedIndex + 1) %% list.options.length;
list.dispatchEvent(new Event("change"));
"""
SEARCH = """
const field = document.getElementById("districts-search");
field.value = ["quartier 0012", "9", "quartir 00123", "0004", ""][arguments[0] % 5];
field.dispatchEvent(new Event("input"));
"""
CHOOSE = """
const rows = [...document.querySelectorAll("#districts-rows button")];
if (document.getElementById("panel-back")) document.getElementById("panel-back").click();
rows[arguments[0] % rows.length].click();
"""


def measure(sizes: tuple[int, int, int], browser: Browser, folder: Path) -> dict[str, float]:
    """Return megabytes and milliseconds of one city's two pages."""
    analysis = city(*sizes)
    page = write_atlas(analysis, folder / "atlas.html")
    found = {"MB": page.stat().st_size / 1e6}
    found |= {"ready ms": statistics.median(
        browser.load(page, "document.body.classList.contains('ready')") for _ in range(3)
    )}  # fmt: skip
    for name in ("indicator", "date", "view"):
        found[f"{name} ms"] = browser.work(NEXT % f"choose-{name}")
    found |= {"search ms": browser.work(SEARCH), "district ms": browser.work(CHOOSE)}
    if sizes[0] * sizes[1] * sizes[2] <= FOLIUM_MOST:
        by_hand(analysis, folder / "folium.html")
        found["folium MB"] = (folder / "folium.html").stat().st_size / 1e6
        found["folium ready ms"] = browser.load(folder / "folium.html", "document.readyState === 'complete'")
    return found


def table(cities: str = CITIES) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield what was measured for each city of a list such as ``448x8x3,33000x3x1``."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        browser = Browser(folder)
        try:
            for name in cities.split(","):
                districts, indicators, dates = map(int, name.split("x"))
                yield name, measure((districts, indicators, dates), browser, folder)
        finally:
            browser.driver.quit()


def compare(cities: str = CITIES) -> None:
    """Print the table."""
    sys.stdout.write("atlas beside a folium page by hand; CPU time of the page's main thread\n")
    sys.stdout.write(pd.DataFrame(dict(table(cities))).T.round(2).to_string() + "\n")


def main() -> None:
    """Print the table of the cities that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.atlas", description=__doc__)
    parser.add_argument("--cities", default=CITIES, help="districts x indicators x dates")
    compare(parser.parse_args().cities)


if __name__ == "__main__":
    main()
