"""A small city, made by hand: every flag, every label, nothing random."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

from sozialraum.analysis import (
    CATALOGUE_COLUMNS,
    CITY_COLUMNS,
    CLUSTER_COLUMNS,
    INDICATOR_COLUMNS,
    MORAN_COLUMNS,
)
from sozialraum.disclosure.release import Release

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


@pytest.fixture(scope="session")
def release():
    """A public release in German; rows are out of order on purpose."""
    city = [("poor", date, 0.16 + 0.01 * year, 1600.0 + 100 * year, 10_000.0, 0.115 + 0.01 * year, 10)
            for year, date in enumerate(DATES)]  # fmt: skip
    city += [("old", DATES[2], np.nan, np.nan, np.nan, 0.155, 11)]
    return Release(
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
        rules={"minimum_count": 3, "minimum_denominator": 100},
        parameters={"statistics": {"permutations": 99_999, "alternative": "two-sided",
                                   "correction": "benjamini-hochberg", "alpha": 0.05, "seed": 0}},
        provenance={"sozialraum": "0.1.0", "inputs": {"kinder.csv": "ab12"}},
    )  # fmt: skip


@pytest.fixture(scope="session")
def internal_release(release):
    """The same in English, for internal use, of a real city."""
    return replace(release, audience="internal", language="en", simulated=False, rules={})
