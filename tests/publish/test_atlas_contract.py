"""The contract between Python and the atlas page, from both sides; `helpers/contract.py` reads it."""

import json
from pathlib import Path

import contract
import pytest

from sozialraum.publish.atlas.data import atlas_data

SCRIPT = Path(__file__).parent / "scripts" / "contract_test.js"


def told(data):
    """List the faults of a page's data, as the page would read them."""
    data = json.loads(json.dumps(data, allow_nan=False))
    return contract.faults(data, {"record": "AtlasData"}, contract.records(), len(data["districts"]["keys"]))


def test_the_page_s_modules_are_told_what_the_contract_says():
    ours = contract.DECLARATIONS.read_text("utf-8")
    assert ours == contract.declarations(), "run: python tests/helpers/contract.py"


@pytest.mark.parametrize("name", ["release", "assessed", "internal_release"])
def test_a_page_holds_what_the_contract_says(name, request):
    assert told(atlas_data(request.getfixturevalue(name))) == []


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        (("indicators", 0, "decimals"), "1", "data.indicators[0].decimals: '1' is no whole"),
        (("indicators", 0, "slices", 2, "flags"), "01",
         "data.indicators[0].slices[2].flags: '01' is no digits"),
        (("indicators", 0, "label"), "Armut", "data.indicators[0].label: no object"),
        (("assessment", "robustness", "sme"), "0:A",
         "data.assessment.robustness.sme is not in publish/atlas/contract.py"),
        (("indicators", 0, "polarity"), "bad",
         "data.indicators[0].polarity: 'bad' is none of ['disadvantage', 'resource', 'context']"),
    ],
)  # fmt: skip
def test_other_data_are_noticed(assessed, place, value, fault):
    data = json.loads(json.dumps(atlas_data(assessed)))
    part = data
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    assert told(data) == [fault]


def test_a_missing_field_is_noticed(release):
    data = json.loads(json.dumps(atlas_data(release)))
    del data["districts"]["bounds"]
    assert told(data) == ["data.districts.bounds is missing"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["release", "internal_release"])
def test_the_page_s_own_modules_read_what_the_contract_says(name, request, tmp_path, deno):
    data, records = tmp_path / "data.json", tmp_path / "records.json"
    data.write_text(json.dumps(atlas_data(request.getfixturevalue(name))), "utf-8")
    records.write_text(json.dumps(contract.records()), "utf-8")
    deno("test", "--no-lock", "--config", "deno.json", "--no-check", "--quiet", "--allow-read", str(SCRIPT),
         "--", str(data), str(records))  # fmt: skip
