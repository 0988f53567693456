"""A small city, made by hand: every flag, every label, every class; and somebody who reads its atlas."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select, WebDriverWait
from shapely.geometry import box

from sozialraum.analysis import CLUSTER_COLUMNS, MORAN_COLUMNS, Analysis, Assessment, ClusterSettings
from sozialraum.assessment.assess import declared_settings
from sozialraum.assessment.borders.edges import CITY_EDGE_COLUMNS
from sozialraum.assessment.index.monitoring import INDEX_COLUMNS
from sozialraum.assessment.verdict import VERDICT_COLUMNS
from sozialraum.confidential import Rules
from sozialraum.panel import CATALOGUE_COLUMNS, CITY_COLUMNS, INDICATOR_COLUMNS
from sozialraum.publish.atlas.write import write_atlas

ASSETS = Path(str(files("sozialraum.publish.atlas") / "assets"))
KEYS = [f"{number:02d}" for number in range(1, 13)]
DATES = ("2015-12-31", "2016-12-31", "2017-12-31")
HOSTILE = (
    "</script><script>window.harmed = 1</script><img src=x onerror='window.harmed = 1'> {{ 7 * 7 }} & \u2028"
)

# Twelve districts: 4 x 3 squares of 500 m; 12 stands apart.
NAMES = ["Altstadt", "Bergheim", "Cronenfeld", "Dornbusch", "Eichhof", "Fährdorf", "Grünau", "Hafen", "Insel",
         "Jägerhof", "Kämpen", HOSTILE]  # fmt: skip
POOR = [0.30, 0.28, 0.10, 0.05, 0.27, 0.25, 0.12, 0.04, 0.11, 0.09]
LABELS = ["high-high", "high-high", "not significant", "low-low", "high-high", "high-low", "low-high",
          "low-low", "not significant", "not significant", "undefined", "isolated"]  # fmt: skip


def _districts():
    squares = [
        box(x, y, x + 500.0, y + 500.0) for y in (0.0, 500.0, 1000.0) for x in (0.0, 500.0, 1000.0, 1500.0)
    ]
    squares[11] = box(3000.0, 2000.0, 3500.0, 2500.0)
    frame = {"name": NAMES, "area": ["Mitte"] * 6 + ["Nord"] * 6, "geometry": squares}
    districts = gpd.GeoDataFrame(frame, index=pd.Index(KEYS, name="district"), crs="EPSG:25832")
    return districts.set_geometry(districts.translate(470_000, 5_760_000))


def _catalogue():
    rows = {
        "poor": ("Kinderarmut", "Child poverty", "Kinder unter 15 Jahren in Familien mit SGB-II-Bezug",
                 "Children under 15 in families on benefits", "share", "disadvantage", "children_youth",
                 "Einkommen", "Amt für Statistik", "%", "%", 100.0, 1, False),
        "parks": ("Grünfläche je Kopf", "Green space per head", "", "", "value", "resource", "all",
                  "Umwelt", None, "m²", "m²", 1.0, 0, False),
        "old": ("Anteil Älterer", "Share of older people", "", "", "share", "context", "older",
                "Umwelt", "Jahrbuch", "%", "%", 100.0, 1, True),
    }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(CATALOGUE_COLUMNS))


def _poor(year, date):
    """Shares that rise by a point a year; 11 is suppressed, 12 not applicable, 10 unreliable."""
    shares = np.array([*POOR, np.nan, np.nan]) + 0.01 * year
    denominators = np.where(np.isnan(shares), np.nan, 1000.0)
    flags = ["ok"] * 9 + ["unreliable", "suppressed", "not applicable"]
    if year == 1:
        shares[2], denominators[2], flags[2] = np.nan, np.nan, "missing"
    frame = {
        "indicator": "poor", "date": date, "value": shares, "numerator": shares * denominators,
        "denominator": denominators, "lower": shares - 0.02, "upper": shares + 0.02, "flag": flags,
    }  # fmt: skip
    return pd.DataFrame(frame, index=pd.Index(KEYS, name="district"))


def _plain(indicator, values, flags):
    frame = {
        "indicator": indicator, "date": DATES[2], "value": values, "numerator": np.nan, "denominator": np.nan,
        "lower": np.nan, "upper": np.nan, "flag": flags,
    }  # fmt: skip
    return pd.DataFrame(frame, index=pd.Index(KEYS, name="district"))


def _indicators():
    parks = _plain("parks", [12.0] * 6 + [30.0] * 5 + [np.nan], ["ok"] * 11 + ["later"])
    old = _plain("old", [*np.linspace(0.1, 0.21, 11), np.nan], ["ok"] * 11 + ["unknown"])
    frames = [*(_poor(year, date) for year, date in enumerate(DATES)), parks, old]
    return pd.concat(frames)[list(INDICATOR_COLUMNS)]


def _clusters():
    tested = np.array([label not in ("isolated", "undefined") for label in LABELS])
    frame = {
        "indicator": "poor", "date": DATES[2], "statistic": np.where(tested, 1.5, np.nan),
        "p": np.where(tested, np.linspace(0.00001, 0.2, 12), np.nan),
        "p_adjusted": np.where(tested, np.linspace(0.0001, 0.4, 12), np.nan),
        "quadrant": np.nan, "label": LABELS,
    }  # fmt: skip
    return pd.DataFrame(frame, index=pd.Index(KEYS, name="district"))[list(CLUSTER_COLUMNS)]


def _by_district(columns):
    return pd.DataFrame(columns, index=pd.Index(KEYS, name="district"))


BURDENED, FAVOURABLE, PLAIN, OPEN = (
    "conspicuous (unfavourable)", "conspicuous (favourable)", "inconspicuous", "not assessable",
)  # fmt: skip
VERDICTS = [
    BURDENED,
    BURDENED,
    PLAIN,
    FAVOURABLE,
    BURDENED,
    BURDENED,
    PLAIN,
    FAVOURABLE,
    "undecided",
    OPEN,
    OPEN,
    OPEN,
]
STATUS = [
    "very low",
    "low",
    "medium",
    "high",
    "low",
    "medium",
    "medium",
    "high",
    "medium",
    "medium",
    OPEN,
    OPEN,
]
FIXED = ["low", "low", "medium", "high", "medium", *STATUS[5:]]
DYNAMIC = ["stable", "negative", "positive", "stable", "positive", "negative", "negative", "stable", "stable",
           "stable", OPEN, OPEN]  # fmt: skip
REASONS = [""] * 10 + ["missing value", "few inhabitants"]
INDEX = [1.9, 1.2, -0.2, -1.4, 1.05, 0.8, -0.1, -1.5, -0.3, -0.4, np.nan, np.nan]


def _verdicts():
    reasons = ["few cases" if verdict == OPEN else "" for verdict in VERDICTS]
    reasons[10] = reasons[11] = "no value"
    known = np.array([verdict != OPEN for verdict in VERDICTS])
    poor = {
        "indicator": "poor", "date": DATES[2], "verdict": VERDICTS, "reason": reasons, "value": np.nan,
        "city": 0.18, "difference": np.where(known, np.linspace(0.2, -0.16, 12), np.nan),
        "margin": np.where(known, 0.03, np.nan), "lower_90": np.nan, "upper_90": np.nan, "expected": 12.0,
        "design_effect": 2.0, "design_effect_source": "declared", "p_margin": np.where(known, 0.01, np.nan),
        "p_margin_adjusted": np.where(known, 0.02, np.nan),
        "distance": np.where(known, np.linspace(1.41, -1.3, 12), np.nan),
        "p": np.where(known, 0.00001, np.nan), "p_adjusted": np.where(known, 0.0312, np.nan),
    }  # fmt: skip
    frames = [_by_district(poor)]
    for indicator, reason in (("parks", "no counts"), ("old", "context")):
        empty = dict.fromkeys(VERDICT_COLUMNS, np.nan)
        frames.append(_by_district({**empty, "indicator": indicator, "date": DATES[2], "verdict": OPEN,
                                    "reason": reason}))  # fmt: skip
    return pd.concat(frames)[list(VERDICT_COLUMNS)]


def _profiles():
    names = {PLAIN: "inconspicuous on all"}
    whole = _by_district({
        "date": DATES[2], "group": "all", "profile": [names.get(verdict, verdict) for verdict in VERDICTS],
        "assessable": [int(verdict != OPEN) for verdict in VERDICTS],
        "unfavourable": [int(verdict == BURDENED) for verdict in VERDICTS],
        "favourable": [int(verdict == FAVOURABLE) for verdict in VERDICTS],
        "unfavourable_by": ["poor" if verdict == BURDENED else "" for verdict in VERDICTS],
        "favourable_by": ["poor" if verdict == FAVOURABLE else "" for verdict in VERDICTS],
    })  # fmt: skip
    whole.loc["03", "profile"] = "conspicuous (both)"
    return pd.concat([whole, whole.assign(group="children_youth")])


def _index(name, date, status, dynamic, shift):
    """One date; 02 and 05 are low, 06 and 07 medium and getting worse, 07 for the second time."""
    changed = dynamic is not None
    warned = ["early warning", "persistent early warning"]
    frame = {
        "index": name, "date": date, "value": np.array(INDEX) + shift,
        "rank": [1, 2, 6, 11, 3, 4, 5, 12, 7, 8, np.nan, np.nan], "status": status, "reason": REASONS,
        "fixed_value": np.array(INDEX) - 0.5, "fixed_status": FIXED,
        "change": [*np.linspace(1, -1, 10), np.nan, np.nan] if changed else np.nan,
        "dynamic": dynamic if changed else OPEN,
        "dynamic_reason": REASONS if changed else "no change known",
        "attention": ["yes", "yes" if changed else OPEN, *["no"] * 8, OPEN, OPEN],
        "status_periods": [2] * 10 + [0, 0], "negative_periods": [0, 1, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0],
        "early_warning": ["none"] * 5 + (warned if changed else [OPEN] * 2) + ["none"] * 3 + [OPEN, OPEN],
    }  # fmt: skip
    return _by_district(frame)[list(INDEX_COLUMNS)]


def _assessment(districts):
    sharp = [("03", "04", "poor", DATES[2], 0.07, 0.03, 0.11, 0.0001, 0.001, "sharp"),
             ("06", "07", "poor", DATES[2], 0.13, 0.1, 0.16, 0.0001, 0.001, "sharp"),
             ("04", "09", "poor", DATES[2], -0.06, -0.09, -0.03, 0.0001, 0.001, "sharp")]  # fmt: skip
    names = [
        "focal",
        "neighbor",
        "indicator",
        "date",
        "difference",
        "lower",
        "upper",
        "p",
        "p_adjusted",
        "border",
    ]
    geometry = [districts.loc[first, "geometry"].intersection(districts.loc[second, "geometry"])
                for first, second, *_ in sharp]  # fmt: skip
    city = [("poor", DATES[2], 0.05, 0.1, 0.001, 0.99, 0.06, 0.05, 17, 15, 3,
             1, 3, 900.0, 0.2, "Altstadt", "Bergheim", 10, 2, "rejected")]  # fmt: skip
    known = np.array([state != OPEN for state in STATUS])
    robust = _by_district({
        "status": STATUS,
        "same_status": [0.998, 0.9499, 0.8, 1, 0.79, 0.95, 0.6, 1, 0.9, 0.96, np.nan, np.nan],
        "rank": [1, 2, 6, 11, 3, 4, 5, 12, 7, 8, np.nan, np.nan],
        "rank_lower": [1, 1, 4, 10, 2, 3, 4, 10, 5, 6, np.nan, np.nan],
        "rank_upper": [2, 4, 8, 12, 6, 6, 8, 12, 9, 10, np.nan, np.nan],
    })  # fmt: skip
    variants = _by_district({
        "status": STATUS, "same": [108, 97, 100, 108, 60, 108, 108, 108, 108, 90, 108, 108], "variants": 108,
        "high": 0.0, "medium": 0.0, "low": 0.0, "very low": 0.0, OPEN: np.where(known, 0.0, 1.0),
    })  # fmt: skip
    variants.loc["02", ["medium", "low", "very low"]] = [3 / 108, 97 / 108, 8 / 108]
    return Assessment(
        index=pd.concat([
            _index("all", DATES[0], STATUS, None, 0.0), _index("all", DATES[2], STATUS, DYNAMIC, 0.01),
            _index("children_youth", DATES[2], FIXED, DYNAMIC, 0.02),
        ]).iloc[::-1],
        verdicts=_verdicts().iloc[::-1],
        profiles=_profiles(),
        robustness=robust.iloc[::-1],
        variants=variants,
        influence=pd.DataFrame({"moved": [0.123, 0.05]}, index=["weights", "limits"]),
        edges=gpd.GeoDataFrame(pd.DataFrame(sharp, columns=names), geometry=geometry, crs=districts.crs),
        city_edges=pd.DataFrame(city, columns=list(CITY_EDGE_COLUMNS)),
        signal=pd.DataFrame(),
        # Two indicators that make up the index of the latest date.
        contributions=pd.concat([
            _by_district({"index": "all", "date": DATES[2], "indicator": indicator, "contribution": part})
            for indicator, part in (("poor", np.array(INDEX) - 0.49), ("parks", np.where(known, 0.5, np.nan)))
        ]),
    )  # fmt: skip


ASSESSED = {
    "preset": "berlin_mss", "indicators": ["poor"], "minimum_population": 300, "excluded": ["12"],
    "dynamic_years": 2, "base_date": None, "resamples": 1000,
    "target_groups": True, "variants": True, "edges": True, "seed": 0,
    "verdict": {"unit": "sd", "distance": 1.0, "alpha": 0.05, "correction": "benjamini-hochberg",
                "minimum_denominator": 100, "minimum_expected": 20.0},
}  # fmt: skip


@pytest.fixture(scope="session")
def release():
    """A public release in German; rows are out of order on purpose."""
    city = [("poor", date, 0.16 + 0.01 * year, 1600.0 + 100 * year, 10_000.0, 0.115 + 0.01 * year, 10)
            for year, date in enumerate(DATES)]  # fmt: skip
    city += [("old", DATES[2], np.nan, np.nan, np.nan, 0.155, 11)]
    return Analysis(
        audience="public",
        city="Kleinstadt",
        districts=_districts(),
        catalogue=_catalogue(),
        indicators=_indicators().sample(frac=1, random_state=1),
        city_values=pd.DataFrame(city, columns=list(CITY_COLUMNS)),
        clusters=_clusters().iloc[::-1],
        moran=pd.DataFrame(
            [("poor", DATES[2], 0.4213, -0.1, 3.1, 0.0004, 10)], columns=list(MORAN_COLUMNS)
        ),
        parents=("area",),
        language="de",
        simulated=True,
        rules=Rules(),
        statistics=ClusterSettings(),
        provenance={"sozialraum": "0.1.0", "inputs": {"kinder.csv": "ab12"}},
    )  # fmt: skip


@pytest.fixture(scope="session")
def assessed(release):
    """The same with an assessment; rows are out of order here, too."""
    settings = declared_settings(ASSESSED, release.catalogue)
    return replace(release, assessment=replace(_assessment(release.districts), settings=settings))


@pytest.fixture(scope="session")
def internal_release(assessed):
    """The same in English, for internal use, of a real city."""
    return replace(assessed, audience="internal", language="en", simulated=False, rules=None)


DESKTOP = (1366, 768)
PHONE = (390, 844)

POLL = 0.02
"""Seconds between two looks at what is waited for."""


@pytest.fixture(scope="session")
def deno():
    """Run deno among the page's modules; a wheel of the development set, never needed to write a page."""
    found = shutil.which("deno", path=Path(sys.executable).parent) or shutil.which("deno")
    if found is None:
        pytest.skip("deno is not installed: pip install deno")
    environment = {"NO_COLOR": "1", "DENO_NO_UPDATE_CHECK": "1", "HOME": str(Path.home())}

    def run(*arguments):
        done = subprocess.run(
            [found, *arguments], cwd=ASSETS, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return run


@pytest.fixture(scope="session")
def pages(release, assessed, internal_release, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    return {
        "de": write_atlas(release, folder / "de.html"),
        "assessed": write_atlas(assessed, folder / "assessed.html"),
        "en": write_atlas(internal_release, folder / "en.html"),
    }


class Reader:
    """What a person can do with the page, and what it then says."""

    def __init__(self, driver, page):
        self.driver = driver
        self.page = page
        self.watched = False

    def watch(self, driver):
        """Go on in a browser that tells what a page asks for."""
        self.driver, self.watched = driver, True

    def open(self, address="", size=DESKTOP, *, forget=True):
        """Open the page; nobody was here before, unless the browser may remember."""
        if forget:
            kept = {"origin": "file://", "storageTypes": "local_storage"}
            self.driver.execute_cdp_cmd("Storage.clearDataForOrigin", kept)
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        if self.watched:
            self.driver.get_log("performance")
        self.driver.get(self.page.as_uri() + address)
        return self.until_ready()

    def until_ready(self):
        WebDriverWait(self.driver, 60, POLL).until(lambda _: self.all("body.ready"))
        return self

    def until(self, told):
        WebDriverWait(self.driver, 60, POLL).until(lambda _: told())

    def until_shown(self, address):
        """Wait until a page that was opened before shows the view of another address."""
        view = address.split("view=")[1].split("&")[0]
        told = "return document.getElementById('choose-view').value"
        WebDriverWait(self.driver, 60, POLL).until(lambda _: self.script(told) == view)
        return self.script(
            "return new Promise((done) => setTimeout(() => requestAnimationFrame(() => done(1)), 30))"
        )

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.one(selector).text

    def choose(self, *, view=None, indicator=None, group=None, date=None):
        wanted = {"view": view, "indicator": indicator, "group": group, "date": date}
        for name, value in wanted.items():
            if value:
                Select(self.one(f"#choose-{name}")).select_by_value(value)

    def legend(self):
        """Return label to number of districts, and the total."""
        rows, total = self.script("""
            const told = (row, part) => row.querySelector(part).textContent;
            const rows = [...document.querySelectorAll("#legend-table tbody tr")];
            return [rows.map((row) => [told(row, ".entry"), Number(told(row, ".number"))]),
                    Number(document.getElementById("legend-total").textContent)];
        """)
        counts = dict.fromkeys((label for label, _ in rows), 0)
        for label, count in rows:
            counts[label] += count
        return counts, total

    def marks(self):
        """Return what lies over the colours: its label to the number beside it."""
        return self.script("""
            const rows = [...document.querySelectorAll("#legend-marks:not([hidden]) tbody tr")];
            return Object.fromEntries(rows.map((row) =>
                [row.querySelector(".entry").textContent, Number(row.querySelector(".number").textContent)]));
        """)

    def paths(self):
        return self.all(".leaflet-overlay-pane path")

    def fills(self):
        return self.script("""
            const paths = [...document.querySelectorAll(".leaflet-overlay-pane path")];
            return paths.map((path) => path.getAttribute("fill"));
        """)

    def errors(self):
        return [entry["message"] for entry in self.driver.get_log("browser")]

    def requests(self):
        """Return the schemes of everything that the page has asked for."""
        messages = (json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance"))
        sent = [message for message in messages if message["method"] == "Network.requestWillBeSent"]
        assert sent, "not even the page itself"
        return {urlsplit(message["params"]["request"]["url"]).scheme for message in sent}

    def script(self, source, *arguments):
        return self.driver.execute_script(source, *arguments)

    def keys(self, *keys):
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)


@pytest.fixture
def reader(driver, pages):
    return Reader(driver, pages["de"])


@pytest.fixture
def english(driver, pages):
    return Reader(driver, pages["en"])


@pytest.fixture
def viewer(driver, pages):
    """Somebody before the page that has an assessment."""
    return Reader(driver, pages["assessed"])
