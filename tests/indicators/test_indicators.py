"""Indicators from counts, checked by hand; flags travel, nothing becomes 0 unseen."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, poisson

from sozialraum.errors import CatalogueError
from sozialraum.indicators.catalogue import catalogue
from sozialraum.indicators.derive import derive_indicators, load_indicators
from sozialraum.indicators.join import join
from sozialraum.panel import CITY_COLUMNS, INDICATOR_COLUMNS, wide
from sozialraum.stats.intervals import byar, wilson
from sozialraum.tables.read import read_table

DISTRICTS = pd.DataFrame({"name": ["A", "B", "C"]}, index=pd.Index(["01", "02", "03"], name="district"))


def entry(**fields):
    return {"label": "x", "polarity": "disadvantage", **fields}


SHARE = catalogue({"poor": entry(numerator="poor", denominator="people")})


def observe(cells, date="2020-12-31"):
    """Return observations from {variable: {district: number or flag}}."""
    rows = [
        {
            "district": district,
            "date": date,
            "variable": variable,
            "value": np.nan if isinstance(cell, str) else float(cell),
            "flag": cell if isinstance(cell, str) else "ok",
        }
        for variable, by_district in cells.items()
        for district, cell in by_district.items()
    ]
    return pd.DataFrame(rows)


def faults(observations, recipes=SHARE):
    *_, problems = load_indicators(observations, recipes, DISTRICTS)
    return [(problem.severity, problem.text()) for problem in problems]


def test_a_share_has_its_counts_and_its_wilson_interval():
    observations = observe({"poor": {"03": 30, "01": 10, "02": 0}, "people": {"01": 100, "02": 50, "03": 30}})
    indicators, city = derive_indicators(observations, SHARE, DISTRICTS)
    expected = pd.DataFrame(
        {
            "indicator": "poor",
            "date": "2020-12-31",
            "value": [0.1, 0.0, 1.0],
            "numerator": [10.0, 0.0, 30.0],
            "denominator": [100.0, 50.0, 30.0],
            "lower": [0.05522914, 0.0, 0.88648697],
            "upper": [0.17436566, 0.07134760, 1.0],
            "flag": "ok",
        },
        index=pd.Index(["01", "02", "03"], name="district"),
    )[list(INDICATOR_COLUMNS)]
    pd.testing.assert_frame_equal(indicators, expected, check_dtype=False, check_index_type=False, atol=1e-8)
    assert list(city.columns) == list(CITY_COLUMNS)
    assert city.iloc[0].tolist() == ["poor", "2020-12-31", 40 / 180, 40.0, 180.0, 0.1, 3]


@given(st.integers(1, 10**6), st.data())
def test_wilson_agrees_with_scipy(denominator, data):
    numerator = data.draw(st.integers(0, denominator))
    expected = binomtest(numerator, denominator).proportion_ci(0.95, "wilson")
    lower, upper = wilson(np.array([float(numerator)]), np.array([float(denominator)]))
    np.testing.assert_allclose([lower[0], upper[0]], expected, atol=1e-12)


@pytest.mark.parametrize("events", [0, 1, 5, 20, 400])
def test_byar_is_close_to_the_exact_poisson_limits_or_wider(events):
    lower, upper = byar(np.array([float(events)]), np.array([1000.0]))
    if events:
        assert 0.012 < poisson.sf(events - 1, lower[0] * 1000) < 0.0275
    else:
        assert lower[0] == 0
    assert 0.022 < poisson.cdf(events, upper[0] * 1000) < 0.0275


def test_flags_travel_and_known_counts_stay():
    cells = {
        "poor": {"01": "suppressed", "02": 5, "03": "missing"},
        "people": {"01": 100, "02": "missing", "03": "suppressed"},
    }
    indicators, city, _ = load_indicators(observe(cells), SHARE, DISTRICTS)
    assert indicators["flag"].tolist() == ["suppressed", "missing", "suppressed"]
    assert indicators[["value", "lower", "upper"]].isna().all(axis=None)
    assert indicators["numerator"].tolist()[1] == 5
    assert indicators["denominator"].tolist()[0] == 100
    assert np.isnan(city["value"][0])
    assert np.isnan(city["numerator"][0])
    assert city["districts"][0] == 0


def test_a_denominator_of_zero_is_not_applicable_never_zero():
    observations = observe({"poor": {"01": 0, "02": 4, "03": 2}, "people": {"01": 0, "02": 8, "03": 8}})
    indicators, city = derive_indicators(observations, SHARE, DISTRICTS)
    assert indicators["flag"].tolist() == ["not applicable", "ok", "ok"]
    assert np.isnan(indicators.loc["01", "value"])
    assert city.loc[0, ["value", "median", "districts"]].tolist() == [6 / 16, 0.375, 2]


def test_districts_without_rows_are_missing():
    observations = observe({"poor": {"02": 4}, "people": {"02": 8}})
    indicators, city = derive_indicators(observations, SHARE, DISTRICTS)
    assert indicators.index.tolist() == ["01", "02", "03"]
    assert indicators["flag"].tolist() == ["missing", "ok", "missing"]
    assert city["districts"].tolist() == [1]


def test_several_variables_are_summed_and_the_gravest_flag_counts():
    recipes = catalogue({"poor": entry(numerator=["a", "b"], denominator="people")})
    people = {"01": 10, "02": 10, "03": 10}
    cells = {
        "a": {"01": 1, "02": 1, "03": "missing"},
        "b": {"01": 2, "02": "suppressed", "03": 1},
        "people": people,
    }
    indicators, _ = derive_indicators(observe(cells), recipes, DISTRICTS)
    assert indicators["numerator"].tolist()[0] == 3
    assert indicators["value"].tolist()[0] == pytest.approx(0.3)
    assert indicators["flag"].tolist() == ["ok", "suppressed", "missing"]
    assert indicators["numerator"].isna().tolist() == [False, True, True]


def test_a_ratio_may_exceed_one():
    recipes = catalogue({"cars": entry(kind="ratio", numerator="poor", denominator="people")})
    observations = observe({"poor": {"01": 20, "02": 5, "03": 0}, "people": {"01": 10, "02": 10, "03": 10}})
    indicators, _, problems = load_indicators(observations, recipes, DISTRICTS)
    assert problems == ()
    assert indicators["value"].tolist() == [2.0, 0.5, 0.0]
    assert (indicators["lower"] <= indicators["value"]).all()
    assert (indicators["upper"] > indicators["value"]).all()


def test_ready_made_shares_become_fractions_without_counts():
    recipes = catalogue(
        {"s": entry(value="s1", value_unit="percent"), "i": entry(kind="value", value="income")}
    )
    cells = {"s1": {"01": 12.5, "02": 25, "03": "missing"}, "income": {"01": 1200, "02": 900, "03": 1000}}
    indicators, city = derive_indicators(observe(cells), recipes, DISTRICTS)
    assert indicators["value"].tolist()[:2] == [0.125, 0.25]
    assert indicators["value"].tolist()[3:] == [1200, 900, 1000]
    assert indicators[["numerator", "denominator", "lower", "upper"]].isna().all(axis=None)
    assert city["value"].isna().all()
    assert city["median"].tolist() == [0.1875, 1000]
    assert city["districts"].tolist() == [2, 3]


def test_order_is_catalogue_then_date_then_district():
    recipes = catalogue(
        {"z": entry(numerator="poor", denominator="people"), "a": entry(kind="value", value="poor")}
    )
    cells = {"poor": {"02": 1, "01": 1, "03": 1}, "people": {"03": 2, "01": 2, "02": 2}}
    observations = pd.concat([observe(cells, "2021-12-31"), observe(cells, "2020-12-31")])
    indicators, city = derive_indicators(observations, recipes, DISTRICTS)
    assert indicators.index.tolist() == ["01", "02", "03"] * 4
    order = [("z", "2020-12-31"), ("z", "2021-12-31"), ("a", "2020-12-31"), ("a", "2021-12-31")]
    assert list(zip(city["indicator"], city["date"], strict=True)) == order


def test_impossible_counts_are_errors_with_dates_and_keys():
    people = {"01": 10, "02": 10, "03": -1}
    found = faults(observe({"poor": {"01": 11, "02": 5, "03": 1}, "people": people}))
    assert found[0][0] == found[1][0] == "error"
    assert (
        "[poor]: Negative Fallzahlen in poor oder people, Stichtage 31.12.2020, Gebiete (1): 03."
        in found[0][1]
    )
    assert (
        "Der Zähler (poor) ist größer als der Nenner (people), Stichtage 31.12.2020, Gebiete (2): 01, 03."
        in found[1][1]
    )
    with pytest.raises(CatalogueError, match="Teilmenge"):
        derive_indicators(observe({"poor": {"01": 3}, "people": {"01": 2}}), SHARE, DISTRICTS)


def test_shares_outside_of_their_range_point_to_the_unit():
    recipes = catalogue({"s": entry(value="s1", value_unit="fraction")})
    ((severity, text),) = faults(observe({"s1": {"01": 12.5, "02": 0.5}}), recipes)
    assert severity == "error"
    assert (
        "[s]: Der Anteil s1 liegt nicht zwischen 0 und 100 %, Stichtage 31.12.2020, Gebiete (1): 01." in text
    )
    assert "value_unit" in text


def test_doubtful_figures_are_warnings():
    recipes = catalogue({"s": entry(value="s1", value_unit="percent")})
    ((severity, text),) = faults(observe({"s1": {"01": 0.125, "02": 0.5}}), recipes)
    assert severity == "warning"
    assert 'value_unit = "fraction"' in text
    ((severity, text),) = faults(observe({"poor": {"01": 2.5}, "people": {"01": 10}}))
    assert severity == "warning"
    assert "Keine ganzen Zahlen in poor oder people, Stichtage 31.12.2020, Gebiete (1): 01." in text


def test_a_date_at_which_every_district_is_zero_was_probably_not_collected():
    people = {"01": 10, "02": 10, "03": 10}
    good = observe({"poor": {"01": 1, "02": 0, "03": "missing"}, "people": people}, "2019-12-31")
    zero = observe({"poor": {"01": 0, "02": 0, "03": "missing"}, "people": people}, "2020-12-31")
    ((severity, text),) = faults(pd.concat([good, zero]))
    assert severity == "warning"
    assert "[poor]: Zu diesen Stichtagen ist der Wert in jedem Gebiet 0: 31.12.2020." in text


def test_blank_dates_are_left_out_and_named_unless_asked_for():
    people = {"01": 10, "02": 10, "03": 10}
    observations = pd.concat(
        [
            observe({"poor": {"01": 1, "02": 2, "03": 3}, "people": people}, "2019-12-31"),
            observe({"poor": dict.fromkeys(people, "missing"), "people": people}, "2020-12-31"),
            observe({"people": people}, "2021-12-31"),
        ]
    )
    indicators, _, problems = load_indicators(observations, SHARE, DISTRICTS)
    assert indicators["date"].unique().tolist() == ["2019-12-31"]
    assert [problem.severity for problem in problems] == ["note"]
    assert problems[0].text().endswith("in keinem Gebiet eine Zahl hat: 31.12.2020.")
    asked = catalogue({"poor": entry(numerator="poor", denominator="people", dates=[2019, 2020])})
    indicators, _, problems = load_indicators(observations, asked, DISTRICTS)
    assert indicators["flag"].tolist() == ["ok"] * 3 + ["missing"] * 3
    assert [problem.severity for problem in problems] == ["warning"]


def test_variables_without_a_common_date_are_an_error_that_lists_the_dates():
    observations = pd.concat(
        [observe({"poor": {"01": 1}}, "2019-06-30"), observe({"people": {"01": 2}}, "2019-12-31")]
    )
    ((severity, text),) = faults(observations)
    assert severity == "error"
    assert (
        "Es gibt keinen Stichtag, zu dem alle Variablen vorliegen. poor: 30.06.2019; people: 31.12.2019."
        in text
    )


def test_unknown_variables_and_double_observations_are_errors():
    ((severity, text),) = faults(observe({"poor": {"01": 1}}))
    assert severity == "error"
    assert "denominator nennt die Variable 'people'" in text
    observations = observe({"poor": {"01": 1}, "people": {"01": 2}})
    ((severity, text),) = faults(pd.concat([observations, observations.iloc[[0]]]))
    assert severity == "error"
    assert "(1): 01. Variablen: poor; Stichtage: 31.12.2020." in text


@pytest.mark.slow
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["suppressed", "missing"]) | st.integers(0, 50),
            st.sampled_from(["suppressed", "missing"]) | st.integers(50, 90) | st.just(0),
        ),
        min_size=1,
        max_size=12,
    ).filter(lambda pairs: not any(b == 0 and not isinstance(a, str) and a > 0 for a, b in pairs))
)
def test_a_value_exists_exactly_where_the_flag_says_ok(pairs):
    keys = [f"{i:02d}" for i in range(len(pairs))]
    numerators, denominators = (dict(zip(keys, side, strict=True)) for side in zip(*pairs, strict=True))
    recipes = catalogue({"poor": entry(numerator="poor", denominator="people", dates=2020)})
    districts = pd.DataFrame(index=keys)
    observations = observe({"poor": numerators, "people": denominators})
    indicators, city, _ = load_indicators(observations, recipes, districts)
    ok = indicators["flag"] == "ok"
    assert (indicators["value"].notna() == ok).all()
    assert (indicators["lower"].notna() == ok).all()
    assert ((indicators["lower"] <= indicators["value"]) & (indicators["value"] <= indicators["upper"]))[
        ok
    ].all()
    assert city["districts"].tolist() == [ok.sum()]


def test_wide_has_one_row_per_district_in_order():
    recipes = catalogue(
        {"z": entry(numerator="poor", denominator="people"), "a": entry(kind="value", value="poor")}
    )
    cells = {"poor": {"03": 3, "01": 1, "02": "missing"}, "people": {"03": 4, "01": 4, "02": 4}}
    observations = pd.concat([observe(cells, "2021-12-31"), observe(cells, "2020-12-31")])
    indicators, _ = derive_indicators(observations, recipes, DISTRICTS.loc[["03", "02", "01"]])
    by_date = wide(indicators, date="2020-12-31")
    assert by_date.index.tolist() == ["03", "02", "01"]
    assert by_date.columns.tolist() == ["z", "a"]
    assert by_date["z"].tolist()[::2] == [0.75, 0.25]
    assert np.isnan(by_date.loc["02", "z"])
    assert wide(indicators, "a").columns.tolist() == ["2020-12-31", "2021-12-31"]
    assert wide(indicators).columns.tolist()[0] == ("z", "2020-12-31")
    assert wide(indicators, "a", "2020-12-31").columns.tolist() == ["a"]
    with pytest.raises(CatalogueError, match="Vorhanden sind: z, a"):
        wide(indicators, "q")
    with pytest.raises(CatalogueError, match="Vorhanden sind: 2020-12-31, 2021-12-31"):
        wide(indicators, "a", "2022-12-31")


@pytest.mark.shared
def test_leipzig_rates_come_from_counts(shared_data):
    folder = shared_data / "leipzig"
    districts = (
        gpd.read_file(folder / "leipzig-districts.json").set_index("key").rename(columns={"title": "name"})
    )
    districts = districts.drop("XX")
    tables = {
        "einwohner": {"people": "Einwohner insgesamt"},
        "arbeitslose": {"unemployed": "Arbeitslose insgesamt", "long_term": "Langzeitarbeitslose"},
        "bedarfsgemeinschaften": {"sgb2": "Personen in Bedarfsgemeinschaften"},
    }
    rows = [
        read_table(folder / f"{name}.csv", name="ortsteil", date_column="jahr", variables=variables)
        for name, variables in tables.items()
    ]
    observations = pd.concat([join(districts, table, by="name") for table in rows])
    recipes = catalogue(
        {
            "sgb2": entry(numerator="sgb2", denominator="people"),
            "long_term": entry(numerator="long_term", denominator="unemployed"),
        }
    )
    indicators, city, problems = load_indicators(observations, recipes, districts)
    assert len(wide(indicators, "sgb2").columns) == 15
    city = city.set_index(["indicator", "date"])
    assert city.loc[("sgb2", "2008-12-31"), "value"] == pytest.approx(0.1636, abs=5e-5)
    found = "\n".join(problem.text() for problem in problems)
    assert "in keinem Gebiet eine Zahl hat: 31.12.2011, 31.12.2020." in found
    assert "in jedem Gebiet 0: 31.12.2018, 31.12.2019, 31.12.2021, 31.12.2022." in found
