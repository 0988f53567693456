"""What is slow to import is imported when it is used, and not before; asked in processes of their own."""

import subprocess
import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

SLOW = ("libpysal", "mapclassify", "matplotlib", "sklearn", "scipy.stats", "esda", "openpyxl", "docx")

PROJECT = """\
city = "Small"
audience = "{audience}"
[boundaries]
file = "districts.gpkg"
key = "key"
name = "name"
[[tables]]
file = "counts.csv"
key = "key"
date = "2024-12-31"
[tables.variables]
people = "people"
poor = "poor"
[indicators.poor]
label.de = "Arm"
label.en = "Poor"
numerator = "poor"
denominator = "people"
kind = "share"
polarity = "disadvantage"
[statistics]
permutations = 999
"""


def loaded(code, tmp_path):
    """Run code in a new interpreter; return which slow packages it has loaded in the end."""
    told = f"import sys\n{code}\nprint(*[name for name in {SLOW!r} if name in sys.modules])"
    run = [sys.executable, "-W", "ignore", "-c", told]
    done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[-1].split() if done.stdout.strip() else []


def test_the_package_itself_loads_none_of_them_nor_pandas(tmp_path):
    code = "import sozialraum, sozialraum.cli\nassert not {'pandas', 'numpy'} & sys.modules.keys()"
    assert loaded(code, tmp_path) == []


def write_project(tmp_path, audience, more=""):
    y, x = np.divmod(np.arange(16), 4)
    east, north = 400_000 + 500.0 * x, 5_800_000 + 500.0 * y
    keys = [f"{number:02d}" for number in range(16)]
    squares = shapely.box(east, north, east + 500, north + 500)
    districts = gpd.GeoDataFrame({"key": keys, "name": keys}, geometry=squares, crs=25833)
    districts.to_file(tmp_path / "districts.gpkg", driver="GPKG", engine="pyogrio")
    counts = pd.DataFrame({"key": keys, "people": 1_000, "poor": 100 + 7 * np.arange(16)})
    counts.to_csv(tmp_path / "counts.csv", index=False)
    (tmp_path / "project.toml").write_text(PROJECT.format(audience=audience) + more, "utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("audience", ["internal", "public"])
def test_a_run_to_the_map_without_assessment_loads_none_of_them(tmp_path, audience):
    write_project(tmp_path, audience)
    code = "import sozialraum as sr\nfrom pathlib import Path\n"
    code += "run = sr.open_project('project.toml').publish(Path('maps'))\nassert run.files[0].exists()"
    assert loaded(code, tmp_path) == []


@pytest.mark.slow
def test_where_only_shares_are_published_no_scipy_is_loaded(tmp_path):
    """Nobody has counted anything, so nothing is attacked; neighbours need no sparse matrices."""
    write_project(tmp_path, "public", "")
    path = tmp_path / "project.toml"
    shares = path.read_text("utf-8").replace('numerator = "poor"\ndenominator = "people"', 'value = "poor"')
    told = 'kind = "share"\nvalue_unit = "percent"\nalready_public = true'
    path.write_text(shares.replace('kind = "share"', told), "utf-8")
    counts = pd.read_csv(tmp_path / "counts.csv", dtype={"key": str})
    counts.assign(poor=10.3 + np.arange(16) / 7).to_csv(tmp_path / "counts.csv", index=False)
    code = "import sozialraum as sr\nfrom pathlib import Path\n"
    code += "run = sr.open_project('project.toml').publish(Path('maps'))\nassert run.files[0].exists()\n"
    code += "assert 'scipy' not in sys.modules\n"
    code += "assert run.analysis.indicators['value'].notna().all()"
    assert loaded(code, tmp_path) == []


@pytest.mark.slow
def test_esda_is_loaded_by_a_run_that_asks_for_its_statistics_and_by_no_other(tmp_path):
    write_project(tmp_path, "public", "[assessment]\nresamples = 20\n")
    code = (
        "import sozialraum as sr\nfrom pathlib import Path\npath = Path('project.toml')\n"
        "assert sr.open_project(path).analyse().further is None\n"
        "assert 'esda' not in sys.modules and 'libpysal' not in sys.modules\n"
        "asked = path.read_text().replace('[assessment]', 'further = true\\n[assessment]')\n"
        "path.write_text(asked)\nassert len(sr.open_project(path).analyse().further.city) == 3"
    )
    assert "esda" in loaded(code, tmp_path)


@pytest.mark.slow
def test_the_graph_is_libpysal_s_once_it_is_asked_for(tmp_path):
    code = (
        "import geopandas as gpd, shapely, sozialraum as sr\n"
        "squares = shapely.box([0, 100], 0, [100, 200], 100)\n"
        "city = gpd.GeoDataFrame(geometry=squares, index=['a', 'b'], crs=25833)\n"
        "found = sr.neighbours(city)\nassert 'libpysal' not in sys.modules\n"
        "assert found.graph.cardinalities.to_dict() == {'a': 1, 'b': 1}\nassert found.graph is found.graph\n"
        "assert 'libpysal' in sys.modules"
    )
    assert "libpysal" in loaded(code, tmp_path)
