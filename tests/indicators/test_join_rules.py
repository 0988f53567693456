"""Labels with something in front, another vintage, names beside keys: what the join says of them."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from sozialraum.errors import Problem
from sozialraum.indicators.join import load_join, settled_doubts

NAMES = ["Weberviertel", "Brückenau", "Rathaus", "Am Hang", "Süd", "Nord", "Park", "Hafen"]
KEYS = [f"{number:02d}" for number in range(1, 9)]


@pytest.fixture
def districts():
    shapes = [box(i, 0, i + 1, 1) for i in range(8)]
    index = pd.Index(KEYS, name="district")
    return gpd.GeoDataFrame({"name": NAMES}, geometry=shapes, index=index, crs="EPSG:25833")


def rows(entries, **columns):
    frame = pd.DataFrame({"district": entries, "value": range(len(entries))}, dtype=object)
    constants = {"date": "2020-12-31", "variable": "n", "flag": "ok", "source": "t.csv", "vintage": ""}
    return frame.assign(**constants, **columns)


def told(problems):
    return {problem.code: problem for problem in problems}


def test_rule_is_proposed_once_and_applied_only_when_written_down(districts):
    table = rows([f"{key} - {name}" for key, name in zip(KEYS, NAMES, strict=True)])
    joined, problems = load_join(districts, table)
    assert joined.empty
    assert list(told(problems)) == ["join.rule"]
    words = problems[0].text("de")
    assert 'key_rules = ["before first blank"]' in words
    assert "8 Einträge" in words
    joined, problems = load_join(districts, table, key_rules=["before first blank"])
    assert joined["district"].tolist() == KEYS
    assert [problem.severity for problem in problems] == ["note"]


def test_rules_of_other_tables_are_no_remark_here(districts):
    joined, problems = load_join(
        districts, rows(KEYS), key_rules=["strip prefix X"], shared_corrections={"Sued": "05", "z": "nowhere"}
    )
    assert len(joined) == 8
    assert problems == ()


def test_rules_that_contradict_each_other_decide_nothing(districts):
    table = rows([*KEYS[:7], "01-08"])
    joined, problems = load_join(districts, table, key_rules=["before first -", "after first -"])
    assert joined["district"].tolist() == KEYS[:7]
    assert "join.rows_without_district" in told(problems)


def test_shared_corrections_hold_in_each_table(districts):
    joined, problems = load_join(districts, rows([*KEYS[:7], "8a"]), shared_corrections={"8a": "08"})
    assert joined["district"].tolist() == KEYS
    assert problems == ()


def test_totals_beside_labels_do_not_hide_the_rule(districts):
    table = rows([*(f"{i}. {name}" for i, name in enumerate(NAMES, 1)), "Gesamtstadt"])
    _, problems = load_join(districts, table, by="name")
    found = told(problems)
    assert 'key_rules = ["after first blank"]' in found["join.rule"].text("de")
    assert found["join.rows_without_district"].keys == ("Gesamtstadt",)


def test_another_vintage_is_one_message_with_the_crosswalk(districts):
    written = [*KEYS[:5], "16", "17", "18"]
    _, problems = load_join(districts, rows(written, name=NAMES))
    assert [problem.code for problem in problems] == ["join.part_vintage"]
    words = problems[0].text("de")
    assert "3 davon heißen wie ein Gebiet mit anderem Schlüssel (16 → 06, 17 → 07, 18 → 08)" in words
    assert "[[crosswalks]]" in words


def test_two_moved_names_are_still_corrected_one_by_one(districts):
    written = [*KEYS[:6], "17", "18"]
    _, problems = load_join(districts, rows(written, name=NAMES))
    assert "join.part_vintage" not in told(problems)
    assert sum(problem.code == "join.same_name" for problem in problems) == 2


def test_names_stand_beside_keys_in_order(districts):
    _, problems = load_join(districts, rows(["08", "03", "01", "02", "04"]))
    assert "05 Süd, 06 Nord, 07 Park" in told(problems)["join.without_rows"].text("de")


def test_doubt_about_zeros_is_settled_by_tables_that_agree():
    doubt = Problem(code="boundaries.key_number", severity="warning")
    other = Problem(code="boundaries.repaired", severity="warning")
    assert settled_doubts([doubt, other], 1) == [other]
    assert settled_doubts([doubt, other], 0) == [doubt, other]
    assert settled_doubts([doubt, Problem(code="join.padded")], 1)[0] is doubt


# --- siblings: spellings, and names that belong to other keys ---


@pytest.mark.parametrize(
    "spell",
    [
        str.upper,
        lambda name: name.replace("ü", "ue").replace(" ", "-"),
        lambda name: f"{name.lower()}*",
        lambda name: f"{name.upper()} 1)",
    ],
)
def test_spellings_of_all_names_are_one_rule(districts, spell):
    table = rows([spell(name) for name in NAMES])
    _, problems = load_join(districts, table, by="name")
    found = told(problems)
    assert set(found) <= {"join.rule", "join.spelling"}
    rule = "same letters"
    if "join.rule" in found:
        assert rule in found["join.rule"].text("de")
    joined, _ = load_join(districts, table, by="name", key_rules=[rule])
    assert joined["district"].tolist() == KEYS


def test_spellings_that_two_districts_share_are_no_proposal(districts):
    twice = districts.assign(name=[*NAMES[:6], "Süd-Park", "Suedpark"])
    _, problems = load_join(twice, rows([*NAMES[:6], "SÜDPARK", "Suedpark"]), by="name")
    assert "join.spelling" not in told(problems)
    assert told(problems)["join.rows_without_district"].keys == ("SÜDPARK",)


@pytest.mark.parametrize(
    "written",
    [
        [*NAMES[1:], NAMES[0]],
        [NAMES[0], NAMES[2], NAMES[1], *NAMES[3:]],
        [name.upper() for name in reversed(NAMES)],
    ],
)
def test_keys_and_names_that_mean_different_districts_are_asked(districts, written):
    _, problems = load_join(districts, rows(KEYS, name=written))
    error = told(problems)["join.names_disagree"]
    assert error.severity == "error"
    wrong = {
        key: key for key, name, own in zip(KEYS, written, NAMES, strict=True) if name.lower() != own.lower()
    }
    assert set(error.keys) == set(wrong)
    assert "names_disagree" not in str(
        told(load_join(districts, rows(KEYS, name=written), corrections=wrong)[1])
    )


def test_one_name_of_another_district_is_a_warning(districts):
    _, problems = load_join(districts, rows(KEYS, name=[*NAMES[:7], NAMES[0]]))
    assert told(problems)["join.names_disagree"].severity == "warning"


def test_a_sum_under_a_districts_key_is_told_by_its_name(districts):
    _, problems = load_join(districts, rows(KEYS, name=[*NAMES[:7], "Probestadt"]))
    assert "08: 'Probestadt' / 'Hafen'" in told(problems)["join.other_name"].text("de")


@pytest.mark.parametrize(
    "written",
    [
        [f"Ortsteil {name}" for name in NAMES],
        [name.upper() for name in NAMES],
        [name[:4] for name in NAMES],
        ["Bezirk A"] * 4 + ["Bezirk B"] * 4,
    ],
)
def test_names_that_are_longer_shorter_or_of_larger_areas_are_no_remark(districts, written):
    _, problems = load_join(districts, rows(KEYS, name=written))
    assert not {"join.names_disagree", "join.other_name"} & set(told(problems))


@pytest.mark.parametrize(("by", "doubled"), [("key", "1"), ("key", "01.0"), ("name", "HAFEN")])
def test_an_entry_beside_the_one_it_looks_like_is_no_spelling_of_it(districts, by, doubled):
    """'1' beside '01' is a larger area; given the key of '01', the district had two figures."""
    written = list(districts.index) if by == "key" else list(NAMES)
    _, problems = load_join(districts, rows([*written, doubled]), by=by)
    assert {"join.padded", "join.spelling", "join.twice"}.isdisjoint(told(problems))
    assert told(problems)["join.rows_without_district"].keys == (doubled,)


def test_many_entries_that_begin_alike_are_acknowledged_by_one_pattern(districts):
    entries = [f"W{number:03d}" for number in range(900)] + ["S1", "S2", "99"]
    _, problems = load_join(districts, rows([*KEYS, *entries]))
    assert list(told(problems)) == ["join.rows_without_district"]
    words = told(problems)["join.rows_without_district"].text("de")
    assert 'without_district = ["W*", "S1", "S2", "99"]' in words
    assert len(words) < 600


@pytest.mark.parametrize("prefix", ["0", "W"])
def test_a_pattern_that_would_take_districts_along_is_not_proposed(districts, prefix):
    city = districts.rename(index={"08": "W8"})
    _, problems = load_join(city, rows([*city.index, *(f"{prefix}{number}" for number in range(50, 60))]))
    assert f'"{prefix}*"' not in told(problems)["join.rows_without_district"].text("de")


@pytest.mark.parametrize("by", ["key", "name"])
def test_entries_and_districts_that_are_left_over_together_may_be_another_vintage(districts, by):
    written = KEYS if by == "key" else NAMES
    _, problems = load_join(districts, rows([*written[:5], "x", "y", "z"]), by=by)
    assert "[[crosswalks]]" in told(problems)["join.maybe_vintage"].text("de")
    _, problems = load_join(districts, rows([*written[:5], "x", "Summe", "unbekannt"]), by=by)
    assert "join.maybe_vintage" not in told(problems)
