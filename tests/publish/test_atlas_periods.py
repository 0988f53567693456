"""The page names what a date stands for: a school year is no day, and no year of another indicator."""

from dataclasses import replace

import contract
import pandas as pd
import pytest

from sozialraum.panel import PERIOD_COLUMNS
from sozialraum.publish.atlas.data import atlas_data
from sozialraum.publish.atlas.write import write_atlas

PERIODS = [
    ("poor", "2015-12-31", "month", "2015-12-01"),
    ("poor", "2016-12-31", "quarter", "2016-10-01"),
    ("poor", "2017-12-31", "window", "2015-01-01"),
    ("parks", "2017-12-31", "date", "2017-12-31"),
]


@pytest.fixture(scope="module")
def dated(release):
    return replace(release, periods=pd.DataFrame(PERIODS, columns=list(PERIOD_COLUMNS)))


def test_slices_carry_the_name_of_their_period_in_both_languages(dated):
    data = atlas_data(dated)
    told = {entry["id"]: [one.get("period") for one in entry["slices"]] for entry in data["indicators"]}
    assert told["poor"] == [
        {"de": "Dezember 2015", "en": "December 2015"},
        {"de": "IV. Quartal 2016", "en": "Q4 2016"},
        {"de": "2015 bis 2017", "en": "2015 to 2017"},
    ]
    # A reference date needs no other words, stated or not.
    assert told["parks"] == told["old"] == [None]
    size = len(data["districts"]["keys"])
    assert contract.faults(data, {"record": "AtlasData"}, contract.records(), size) == []


@pytest.mark.slow
def test_selector_and_headline_say_the_period(reader, driver, dated, tmp_path):
    reader = type(reader)(driver, write_atlas(dated, tmp_path / "dated.html")).open()
    reader.choose(indicator="poor")
    options = [option.text for option in reader.all("#choose-date option")]
    assert options == ["Dezember 2015", "IV. Quartal 2016", "2015 bis 2017"]
    assert "2015 bis 2017" in reader.text("body")
    reader.choose(indicator="parks")
    assert [option.text for option in reader.all("#choose-date option")] == ["31.12.2017"]
    reader.open("#view=values&indicator=poor&date=2016-12-31&side=changes")
    assert "von Dezember 2015 bis IV. Quartal 2016 die Klasse gewechselt" in reader.text("#answer .told")
