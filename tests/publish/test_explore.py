"""`explore`: one result on a small map, in a notebook."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box

import sozialraum as sr
from sozialraum.errors import AlignmentError
from sozialraum.publish.atlas.data import atlas_data


@pytest.fixture(scope="module")
def city():
    keys = [f"{number:02d}" for number in range(36)]
    squares = [
        box(
            500_000 + 1000 * (n % 6),
            5_700_000 + 1000 * (n // 6),
            501_000 + 1000 * (n % 6),
            5_701_000 + 1000 * (n // 6),
        )
        for n in range(36)
    ]
    districts = gpd.GeoDataFrame(
        {"name": [f"Quartier {key}" for key in keys]},
        geometry=squares,
        crs=25832,
        index=pd.Index(keys, name="district"),
    )
    values = pd.Series(np.linspace(0.05, 0.4, 36), index=districts.index, name="poor")
    return districts, values.iloc[::-1]


def data_of(drawn):
    return drawn.get_root().data


def test_local_moran_is_shown_with_the_values_it_came_from(city):
    districts, values = city
    result = sr.local_moran(values, sr.neighbours(districts).graph, permutations=99)
    drawn = sr.explore(result, districts, values=values)
    (indicator,) = data_of(drawn)["indicators"]
    labels = data_of(drawn)["labels"]
    ours = [labels[int(digit)] for digit in indicator["slices"][0]["clusters"]]
    assert ours == result.table["label"].reindex(districts.index).astype(str).tolist()
    assert (indicator["id"], indicator["decimals"]) == ("poor", 4)
    assert data_of(drawn)["statistics"]["permutations"] == 99
    html = drawn.get_root().render()
    assert '<body class="sozialraum small">' in html
    assert len(html) < 600_000


def test_an_index_is_shown_by_its_classes(city):
    districts, values = city
    both = pd.DataFrame({"a": values, "b": values**2})
    result = sr.composite_index(both, sr.preset("berlin_mss", ("a", "b")))
    found = data_of(sr.explore(result, districts, language="de"))
    words = found["assessment"]["words"]["status"]
    (part,) = found["assessment"]["index"]["all"]
    ours = [words[int(digit)] for digit in part["status"]]
    assert (
        ours == result.table["class"].reindex(districts.index).fillna("not assessable").astype(str).tolist()
    )
    assert found["indicators"][0]["id"].startswith("Indexwert")


def test_verdicts_are_shown_as_verdicts(assessed):
    found = data_of(sr.explore(assessed.assessment.verdicts.assign(value=0.1), assessed.districts))
    ours = next(one for one in found["indicators"] if one["id"] == "poor")["slices"][-1]["verdicts"]
    theirs = next(one for one in atlas_data(assessed)["indicators"] if one["id"] == "poor")["slices"][-1]
    assert ours == theirs["verdicts"]


def test_what_it_cannot_show_it_refuses(city):
    districts, values = city
    with pytest.raises(AlignmentError, match="local_moran"):
        sr.explore(values, districts, language="en")
    result = sr.local_moran(values, sr.neighbours(districts).graph, permutations=99)
    with pytest.raises(AlignmentError, match="values="):
        sr.explore(result, districts)
    with pytest.raises(AlignmentError, match="35"):
        sr.explore(result, districts.iloc[:-1], values=values)


@pytest.mark.browser
def test_it_opens_small(city, reader, tmp_path):
    districts, values = city
    result = sr.local_moran(values, sr.neighbours(districts).graph, permutations=99)
    reader.page = tmp_path / "small.html"
    sr.explore(result, districts, values=values).save(str(reader.page))
    reader.open("#view=clusters", size=(1000, 520))
    counts, total = reader.legend()
    assert total == sum(counts.values()) == 36
    assert not reader.one(".reading").is_displayed()
    assert reader.script("return document.documentElement.scrollHeight") <= 540
    assert reader.errors() == []
