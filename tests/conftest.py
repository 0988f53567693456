"""What several test folders share: lattices, a small city on disk, the real data where they are."""

import os
import pickle
import shutil
import textwrap
import time
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings
from selenium import webdriver
from shapely import box
from typer.testing import CliRunner

from sozialraum.cli import app
from sozialraum.confidential import Rules
from sozialraum.disclosure.protect import protect
from sozialraum.locks import holding
from sozialraum.preferences import options
from sozialraum.processes import ALONE, keep_memory
from sozialraum.project import flow
from sozialraum.project.file import load_project
from sozialraum.project.inputs import prepare, silent

# Keeps a plotting test from looking for a screen.
os.environ.setdefault("MPLBACKEND", "Agg")
# Most tests read the messages that German planners read.
os.environ.setdefault("SOZIALRAUM_LANGUAGE", "de")
# The filters of warnings have loaded the package before this line.
options.language = "de"

# A parallel test run has threads that are not to be seen; `test_processes.py` tries the second process.
os.environ.setdefault(ALONE, "1")
# As the command line does.
keep_memory()
# A process that a test starts would compile the whole package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# How long an example takes says more about what else the machine does than about the code; and what is found
# by chance stops nobody's unrelated work: `pytest --hypothesis-profile explore` looks for new cases.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("explore", deadline=None, max_examples=500)
settings.load_profile("steady")

DEMO = Path(__file__).parents[1] / "data" / "project.toml"
SHARED = Path(__file__).parents[2] / "shared" / "data"


WHOLE_RUNS = {"musterstadt_demo", "musterstadt_protected"}
"""Fixtures that take many seconds, whoever asks for them first."""


def pytest_collection_modifyitems(items):
    for item in items:
        if WHOLE_RUNS & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def shared_data():
    if not SHARED.is_dir():
        pytest.skip("the real data in ../shared/data are not there")
    return SHARED


@pytest.fixture(scope="session")
def built_once(tmp_path_factory):
    """Return a function: a name and what makes something in a folder, to that something.

    Whichever process of a parallel run asks first makes it; the others wait, and load it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "built-once"

    def build(name, make):
        place = shared / name
        place.mkdir(parents=True, exist_ok=True)
        kept = shared / f"{name}.pickle"
        with holding(place):
            if not kept.exists():
                kept.write_bytes(pickle.dumps(make(place)))
        return pickle.loads(kept.read_bytes())  # noqa: S301 - written a moment ago, by ourselves

    return build


@pytest.fixture(scope="session")
def musterstadt_protected(built_once):
    """Give the demo city's panel, what the public may see of it, and the processor seconds that took."""

    def make(_):
        project = load_project(DEMO)
        panel = prepare(project, silent)[0]
        rules = Rules(**project.content.disclosure.model_dump())
        start = time.process_time()
        public = protect(panel, audience="public", rules=rules, secret=b"test" * 4)
        return panel, public, time.process_time() - start

    return built_once("musterstadt-protected", make)


@pytest.fixture(scope="session")
def musterstadt_demo(built_once):
    """Give what `sozialraum demo` says, the folder that it makes, and its run."""

    def make(place):
        runs = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(flow, "run", partial(_kept, flow.run, runs))
            answer = CliRunner().invoke(app, ["demo", str(place / "demo")])
        return {
            "exit_code": answer.exit_code,
            "output": answer.output,
            "folder": place / "demo",
            "run": runs[0] if runs else None,
        }

    return built_once("musterstadt-demo", make)


def _kept(work, runs, *arguments, **options):
    runs.append(work(*arguments, **options))
    return runs[0]


@pytest.fixture(scope="session")
def lattice():
    """Return a function that makes rows x columns squares of 1 km with keys '00', '01', ... row by row."""

    def make(rows, columns, *, crs="EPSG:25832"):
        keys = [f"{number:02d}" for number in range(rows * columns)]
        cells = [
            box(
                500_000 + 1000 * column,
                5_700_000 + 1000 * row,
                501_000 + 1000 * column,
                5_701_000 + 1000 * row,
            )
            for row in range(rows)
            for column in range(columns)
        ]
        index = pd.Index(keys, name="district")
        return gpd.GeoDataFrame(
            {"name": [f"Quartier {key}" for key in keys]}, geometry=cells, index=index, crs=crs
        )

    return make


@pytest.fixture
def small_city(tmp_path, city_in):
    """Return a function that makes the city of `city_in`, in a folder of this test by default."""

    def write(folder=tmp_path / "city", **replacements):
        return city_in(folder, **replacements)

    return write


@pytest.fixture(scope="session")
def city_in(lattice):
    """Return a function: a folder to a project of 12 districts, two years and one indicator in it."""

    def write(folder, **replacements):
        folder.mkdir(parents=True, exist_ok=True)
        districts = lattice(3, 4).reset_index(names="id")
        districts["area"] = ["Nord"] * 6 + ["Süd"] * 6
        districts.to_file(folder / "districts.gpkg", driver="GPKG")
        rows = [
            f"{key};{year};{20 + 3 * number + (year - 2019)};{1000 + 10 * number}"
            for year in (2019, 2020)
            for number, key in enumerate(districts["id"])
        ]
        files = {
            "table.csv": "\n".join(["key;year;unemployed;working age", *rows]) + "\n",
            "catalogue.toml": """\
                [unemployment]
                label.de = "Arbeitslosenanteil"
                label.en = "Unemployment"
                description.de = "Arbeitslose an allen 15- bis 64-Jährigen"
                numerator = "unemployed"
                denominator = "working_age"
                kind = "share"
                polarity = "disadvantage"
                target_group = "working_age"
                theme = "Arbeit"
                source = "Test"
                """,
            "project.toml": """\
                city = "Klein-Musterstadt"
                [boundaries]
                file = "districts.gpkg"
                key = "id"
                name = "name"
                parents = ["area"]
                [catalogue]
                file = "catalogue.toml"
                [[tables]]
                file = "table.csv"
                key = "key"
                date_column = "year"
                [tables.variables]
                unemployed = "unemployed"
                working_age = "working age"
                [statistics]
                permutations = 499
                """,
        }
        for name, text in files.items():
            content = textwrap.dedent(text)
            for old, new in replacements.get(name.partition(".")[0], {}).items():
                assert old in content, f"{old!r} is not in {name}"
                content = content.replace(old, new)
            (folder / name).write_text(content, encoding="utf-8")
        return folder / "project.toml"

    return write


FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--lang=de",
]


@pytest.fixture(scope="session")
def driver():
    yield from _browser({"browser": "ALL"})


@pytest.fixture(scope="session")
def watched():
    """Give a browser that also tells what a page asks for, which costs a seventh of the time."""
    yield from _browser({"browser": "ALL", "performance": "ALL"})


def _browser(told):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    chromedriver = shutil.which("chromedriver")
    if chromium is None or chromedriver is None:
        reason = "chromium and chromedriver are needed (Debian: apt-get install chromium chromium-driver)"
        if os.environ.get("SOZIALRAUM_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", told)
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver))
    yield driver
    driver.quit()
