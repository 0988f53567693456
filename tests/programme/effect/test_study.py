"""From the long table to a sentence that claims no cause."""

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from libpysal.graph import Graph

from sozialraum.errors import SozialraumError
from sozialraum.programme.effect.power import detectable, power_of
from sozialraum.programme.effect.study import EFFECT_COLUMNS, EffectPlan, effect_studies, effect_study

KEYS = [f"{number:02d}" for number in range(70)]
YEARS = range(2003, 2012)
AREA = ("22", "23", "32", "33")


def graph():
    adjacency = {
        key: [
            KEYS[at + step]
            for step, fits in ((-10, at >= 10), (10, at < 60), (-1, at % 10 > 0), (1, at % 10 < 9))
            if fits
        ]
        for at, key in enumerate(KEYS)
    }
    return Graph.from_dicts(adjacency)


def table(effect=0.0, seed=5, size=1500, area=AREA):
    rng = np.random.default_rng(seed)
    base = np.clip(0.15 + 0.04 * rng.normal(size=len(KEYS)), 0.04, 0.4)
    rows = []
    for year in YEARS:
        rates = base - effect * np.isin(KEYS, area) * (year > 2008)
        events = rng.binomial(size, np.clip(rates, 0, 1)).astype(float)
        rows.append(
            pd.DataFrame(
                {
                    "indicator": "sgb2",
                    "date": f"{year}-12-31",
                    "value": events / size,
                    "numerator": events,
                    "denominator": float(size),
                },
                index=pd.Index(KEYS, name="district"),
            )
        )
    return pd.concat(rows)


PLAN = EffectPlan(
    effect_id="W1",
    districts=AREA,
    indicator="sgb2",
    start="2009-04-01",
    pre=tuple(f"{year}-12-31" for year in range(2003, 2009)),
    post=("2010-12-31", "2011-12-31"),
    smallest=0.03,
    registered_on="2009-03-01",
)


def test_a_planted_effect_reaches_the_sentence():
    study = effect_study(table(effect=0.05), graph(), PLAN)
    row = study.table.iloc[0]
    assert row["outcome"] == "better"
    assert row["effect"] == pytest.approx(-0.05, abs=0.012)
    assert row["lower"] < row["effect"] < row["upper"] < 0
    assert row["districts"] == 4
    assert row["compared"] == 70 - 4 - 8
    assert row["power"] > 0.8
    assert row["registered"] == "registered"
    assert "günstiger" in study.sentence("de")
    assert "Prozentpunkte" in study.sentence("de")
    # 'Better by 18' has an interval of 7 to 30, though the figure fell.
    assert study.table.iloc[0]["upper"] < 0
    said = re.search(r"um ([\d,]+) .*Intervall: ([\d,]+) bis ([\d,]+)\)", study.sentence("de"))
    size, lower, upper = (float(one.replace(",", ".")) for one in said.groups())
    assert 0 < lower < size < upper
    assert study.districts["role"].value_counts().to_dict() == {"compared": 58, "ring": 8, "programme": 4}
    assert list(effect_studies([study], language="en").columns) == list(EFFECT_COLUMNS)


def test_nothing_happened_is_said_with_what_may_go_unnoticed():
    study = effect_study(table(), graph(), dataclasses.replace(PLAN, registered_on=None))
    assert study.table.loc[0, "outcome"] == "none"
    sentence = study.sentence("de")
    assert "ließ sich nicht feststellen" in sentence
    assert "unbemerkt" in sentence
    assert sentence.endswith("nachträglich festgelegt.")
    assert [problem.code for problem in study.problems] == ["effect.afterwards_note"]


@pytest.mark.parametrize("effect", [0.05, 0.0, -0.05])
@pytest.mark.parametrize("language", ["de", "en"])
def test_no_sentence_claims_a_cause(effect, language):
    sentence = effect_study(table(effect=effect), graph(), PLAN).sentence(language).lower()
    assert not any(
        word in sentence for word in ("bewirk", "verursach", "wegen", "durch das", "caus", "due to")
    )


def test_higher_may_be_better():
    plan = dataclasses.replace(PLAN, better="higher")
    assert effect_study(table(effect=0.05), graph(), plan).table.loc[0, "outcome"] == "worse"
    assert effect_study(table(effect=-0.05), graph(), plan).table.loc[0, "outcome"] == "better"


def test_the_order_of_rows_does_not_matter_and_nothing_is_changed():
    data = table(effect=0.02)
    copy = data.copy()
    first = effect_study(data, graph(), PLAN).table
    second = effect_study(data.sample(frac=1, random_state=3), graph(), PLAN).table
    pd.testing.assert_frame_equal(first, second)
    pd.testing.assert_frame_equal(data, copy)


def test_districts_without_counts_are_left_out_by_name_but_keep_their_ring():
    data = table(effect=0.05)
    gone = (data.index.isin(["22", "60"])) & (data["date"] == "2005-12-31")
    study = effect_study(data.assign(numerator=data["numerator"].mask(gone)), graph(), PLAN)
    assert study.districts.loc[["22", "60"], "role"].tolist() == ["left out", "left out"]
    assert study.districts.loc["12", "role"] == "ring"  # next to 22 only
    assert [problem.keys for problem in study.problems if problem.code == "effect.left_out"] == [("22", "60")]
    nothing = effect_study(data.assign(numerator=np.nan), graph(), PLAN)
    assert nothing.table.loc[0, ["outcome", "reason"]].tolist() == ["not assessable", "no_counts"]
    assert "Fallzahlen" in nothing.sentence("de")


def test_scattered_areas_and_moves_are_pointed_at():
    data = table(area=("00", "69"))
    plan = dataclasses.replace(PLAN, districts=("00", "69"))
    grown = data["denominator"].mask(data.index.isin(["00", "69"]) & (data["date"] > "2009"), 1800.0)
    study = effect_study(data.assign(denominator=grown), graph(), plan)
    assert [problem.code for problem in study.problems] == ["effect.scattered", "effect.moves"]
    assert "+20,0" in study.problems[1].text("de")


def test_every_mistake_is_told_at_once():
    plan = dataclasses.replace(
        PLAN,
        districts=("22", "99"),
        comparison=("22",),
        pre=("2007-12-31", "2010-12-31"),
        post=("2008-12-31", "2012-12-31"),
    )
    with pytest.raises(SozialraumError) as caught:
        effect_study(table(), graph(), plan)
    assert [problem.code for problem in caught.value.problems] == [
        "effect.unknown_district",
        "effect.both_sides",
        "effect.unknown_date",
        "effect.wrong_side",
        "effect.few_years",
    ]


def test_power_by_the_noncentral_t():
    assert power_of(1e-9, 1.0, 12) == pytest.approx(0.05, abs=1e-6)
    assert float(power_of(detectable(0.01, 12), 0.01, 12)) == pytest.approx(0.8)
    # With many degrees of freedom: 1.645 + 0.842 standard errors.
    assert detectable(1.0, 100_000) == pytest.approx(2.4865, abs=1e-3)


def test_another_programme_area_is_compared_with_nobody():
    """Else the success of one area is the failure of the other, as they are the city's most extreme ones."""
    other = ("26", "27", "36", "37")
    high = pd.Series(0.0, index=KEYS)
    high[[*AREA, *other]] = 0.25
    data = table(area=other)
    rng = np.random.default_rng(1)
    late = data["date"] > "2009"
    rate = (data["value"] + data.index.map(high) - 0.2 * (late & data.index.isin(other))).clip(0, 1)
    data["numerator"] = rng.binomial(1500, rate).astype(float)
    alone = effect_study(data, graph(), dataclasses.replace(PLAN, excluded=other))
    mixed = effect_study(data, graph(), PLAN)
    assert mixed.table.loc[0, "effect"] > 0.05
    assert abs(alone.table.loc[0, "effect"]) < abs(mixed.table.loc[0, "effect"]) / 2
    assert alone.table.loc[0, "outcome"] == "none"
    assert set(alone.districts.loc[list(other), "role"]) == {"excluded"}
    assert "effect.beyond" in [problem.code for problem in alone.problems]
    assert "effect.beyond" not in [problem.code for problem in effect_study(table(), graph(), PLAN).problems]
