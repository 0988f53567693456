"""The demo city: a clean map, consistent counts, clusters to be found, the same bytes every time."""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse.csgraph import connected_components

from sozialraum.project.file import load_project

DATA = Path(__file__).parents[2] / "data"
PROJECT = tomllib.loads((DATA / "project.toml").read_text(encoding="utf-8"))
CATALOGUE = tomllib.loads((DATA / "indicators/catalogue.toml").read_text(encoding="utf-8"))
OWN_GROUPS = CATALOGUE.pop("target_groups")
BRIDGES = [tuple(link) for link in PROJECT["neighbours"]["extra"]]

PARK, ENCLAVE, HOST, EXCLAVE, HAMLET, ISLAND = "0801", "0703", "0705", "0808", "0506", "0402"

PLACE_WORD = re.compile(
    r"(stadt|ufer|tor|wehr|hügel|viertel|bleiche|mauer|damm|bogen|hütte|hof|breite|bühl|feld|höhe|blick|werk"
    r"|marsch|kamp|park ost|moor|werder|bahn|wiesen|hafen|heide|grund|ring|kopf|mühle|garten|allee|turm"
    r"|gürtel|busch|park|teich|aue|äcker|hang|terrassen|berg|linden|grube|wald|warte|winkel)$",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def districts():
    frame = gpd.read_file(DATA / "boundaries/musterstadt.geojson")
    return frame.set_index("schluessel").to_crs("EPSG:25832")


@pytest.fixture(scope="module")
def touching(districts):
    geometry = districts.geometry.to_numpy()
    pairs = shapely.STRtree(geometry).query(geometry, predicate="dwithin", distance=1.0).T
    matrix = np.zeros((len(geometry), len(geometry)), dtype=bool)
    matrix[pairs[:, 0], pairs[:, 1]] = True
    np.fill_diagonal(matrix, val=False)
    return pd.DataFrame(matrix, index=districts.index, columns=districts.index)


@pytest.fixture(scope="module")
def cells():
    """Every cell as it stands in the files; rows: district and date; columns: variables of the project."""
    frames = []
    for table in PROJECT["tables"]:
        frame = pd.read_csv(DATA / table["file"], sep=";", dtype=str, keep_default_na=False)
        frame = frame.set_index(["schluessel", "stichtag"])
        names = {column: variable for variable, column in table["variables"].items()}
        frames.append(frame[list(names)].rename(columns=names))
    return pd.concat(frames, axis=1, verify_integrity=True)


@pytest.fixture(scope="module")
def counts(cells):
    return cells.replace({"-": None, "x": None}).astype(float)


@pytest.fixture(scope="module")
def generator():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DATA))
        # The wheel carries the folder as it is; a test leaves no compiled files in it.
        patch.setattr(sys, "dont_write_bytecode", True)
        return importlib.import_module("make_musterstadt")


def share(counts, indicator, date="2023-12-31"):
    entry = CATALOGUE[indicator]
    parts = entry["denominator"]
    rows = counts.xs(date, level="stichtag")
    total = rows[[parts] if isinstance(parts, str) else parts].sum(axis=1, skipna=False)
    return rows[entry["numerator"]] / total.where(total > 0)


def components(touching, links=()):
    matrix = touching.copy()
    for one, other in links:
        matrix.loc[one, other] = True
    number, labels = connected_components(matrix.to_numpy(), directed=False)
    return number, pd.Series(labels, index=matrix.index)


@pytest.mark.slow
def test_generator_writes_the_same_bytes_as_the_files_in_the_repository(generator, tmp_path):
    generator.make(tmp_path)
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert [str(path) for path in written] == [
        "boundaries/musterstadt.geojson",
        "indicators/bevoelkerung.csv",
        "indicators/bildung.csv",
        "indicators/haushalte.csv",
        "indicators/soziales.csv",
    ]
    assert [
        str(path) for path in written if (tmp_path / path).read_bytes() != (DATA / path).read_bytes()
    ] == []


def test_demo_stays_small():
    files = [path for folder in ("boundaries", "indicators") for path in (DATA / folder).iterdir()]
    assert sum(path.stat().st_size for path in files) < 1_000_000


def test_92_districts_in_10_city_districts_with_text_keys(districts):
    assert len(districts) == 92
    assert districts.index.is_unique
    assert districts.index.str.fullmatch(r"\d{4}").all()
    assert sorted(districts["stadtbezirk"].unique()) == [f"{number:02d}" for number in range(1, 11)]
    assert (districts.index.str[:2] == districts["stadtbezirk"]).all()
    assert districts.groupby("stadtbezirk")["stadtbezirk_name"].nunique().eq(1).all()
    assert districts.groupby("stadtbezirk").size().min() >= 5


def test_names_are_unique_place_names_with_umlauts_and_never_a_person(districts):
    names = districts["name"]
    assert names.is_unique
    assert names.str.contains("[äöüß]").sum() >= 15
    assert [name for name in names if not PLACE_WORD.search(name)] == []


def test_polygons_fit_without_overlap_or_gap_after_reprojection(districts):
    geometry = districts.geometry.to_numpy()
    assert shapely.is_valid(geometry).all()
    assert shapely.coverage_is_valid(geometry, gap_width=20.0)
    assert 80e6 < shapely.area(geometry).sum() < 120e6


def test_districts_are_small_in_the_centre_and_large_at_the_rim(districts):
    centre = districts.loc["0101"].geometry.centroid
    distance = districts.geometry.centroid.distance(centre)
    area = districts.geometry.area
    assert 3 * area[distance < 1_500].median() < area[distance > 4_500].median()


def test_river_separates_the_banks_and_only_bridges_join_them(districts, touching):
    assert components(touching)[0] == 4  # north, south, island, hamlet
    number, labels = components(touching, BRIDGES)
    assert number == 2
    assert labels.value_counts().tolist() == [91, 1]
    for one, other in BRIDGES:
        assert not touching.loc[one, other]
        assert 40 < districts.geometry[one].distance(districts.geometry[other]) < 160


def test_each_city_district_lies_on_one_bank_but_for_the_island_and_the_hamlet(districts, touching):
    labels = components(touching)[1].drop([ISLAND, HAMLET])
    assert labels.groupby(districts["stadtbezirk"]).nunique().eq(1).all()


def test_enclave_lies_wholly_within_one_district(districts, touching):
    assert touching.columns[touching.loc[ENCLAVE]].tolist() == [HOST]
    hole = shapely.polygons(shapely.get_interior_ring(districts.geometry[HOST], 0))
    assert hole.equals(districts.geometry[ENCLAVE])


def test_exclave_is_the_only_district_of_two_parts(districts):
    parts = shapely.get_num_geometries(districts.geometry.to_numpy())
    assert parts.tolist() == [2 if key == EXCLAVE else 1 for key in districts.index]
    one, other = shapely.get_parts(districts.geometry[EXCLAVE])
    assert one.distance(other) > 1_000


def test_hamlet_is_isolated(districts, touching):
    assert not touching.loc[HAMLET].any()
    assert HAMLET not in {key for link in BRIDGES for key in link}
    assert districts.geometry.drop(HAMLET).distance(districts.geometry[HAMLET]).min() > 1_000


def test_every_district_has_one_row_per_year_in_every_table(districts):
    dates = [f"{year}-12-31" for year in range(2012, 2024)]
    expected = pd.MultiIndex.from_product([districts.index, dates])
    for table in PROJECT["tables"]:
        frame = pd.read_csv(DATA / table["file"], sep=";", dtype=str)
        rows = pd.MultiIndex.from_frame(frame[["schluessel", "stichtag"]])
        assert rows.is_unique
        assert rows.sort_values().equals(expected.sort_values())
        names = frame.drop_duplicates("schluessel").set_index("schluessel")["quartier"]
        assert names.to_dict() == districts["name"].to_dict()


def test_cells_are_whole_numbers_or_a_declared_symbol(cells):
    assert cells.apply(lambda column: column.str.fullmatch(r"\d+|-|x")).all(axis=None)


def test_city_has_165_000_inhabitants_and_the_ages_add_up(counts):
    ages = counts[["inhabitants_under_15", "inhabitants_15_64", "inhabitants_65_plus"]].sum(axis=1)
    assert ages.equals(counts["inhabitants"])
    city = counts["inhabitants"].groupby("stichtag").sum()
    assert city["2023-12-31"] == pytest.approx(165_000, abs=100)
    assert city.between(158_000, 166_000).all()


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("unemployed", "inhabitants_15_64"),
        ("long_term_unemployed", "unemployed"),
        ("sgb2_children_under_15", "inhabitants_under_15"),
        ("sgb2_children_under_15", "sgb2_persons"),
        ("old_age_assistance", "inhabitants_65_plus"),
        ("migration_background", "inhabitants"),
        ("households", "inhabitants"),
        ("households_with_children", "households"),
        ("single_parent_households", "households_with_children"),
        ("children_tested", "inhabitants_under_15"),
        ("language_support_needs", "children_tested"),
        ("overweight_children", "children_tested"),
        ("school_leavers_grade_4", "inhabitants_under_15"),
        ("gymnasium_transitions", "school_leavers_grade_4"),
    ],
)
def test_a_part_never_exceeds_its_whole(counts, part, whole):
    both = counts[[part, whole]].dropna()
    assert len(both) > 900
    assert (both[part] <= both[whole]).all()


def test_sgb2_persons_of_working_age_fit_into_that_age(counts):
    adults = counts["sgb2_persons"] - counts["sgb2_children_under_15"]
    assert (adults.dropna() <= counts["inhabitants_15_64"][adults.notna()]).all()


def test_park_has_zeros_and_so_no_share(counts):
    assert (counts.loc[PARK] == 0).all(axis=None)
    assert share(counts, "child_poverty").isna()[PARK]


def test_some_districts_are_too_small_for_a_safe_rate(counts):
    last = counts["inhabitants"].xs("2023-12-31", level="stichtag")
    assert sorted(last.index[last.between(1, 299)]) == ["0208", "0304", ISLAND, HAMLET, ENCLAVE]


def test_missing_cells_are_marked_where_a_survey_did_not_take_place(cells):
    missing = cells == "-"
    assert 60 < missing.sum().sum() < 200
    examined = missing["children_tested"].xs("2020-12-31", level="stichtag")
    assert set(examined.index[examined].str[:2]) == {"04", "05", "07"}
    assert missing["children_tested"].equals(missing["language_support_needs"])
    assert not missing[["inhabitants", "unemployed", "sgb2_persons"]].any(axis=None)


@pytest.mark.slow
def test_suppressed_cells_stand_for_1_and_2_in_the_agency_table_only(cells, generator):
    _, drawn = generator.simulate()
    for table in PROJECT["tables"]:
        for variable, column in table["variables"].items():
            written = cells[variable].to_numpy().reshape(92, 12)
            hidden = written == "x"
            if table["file"] == "indicators/soziales.csv":
                assert (hidden == np.isin(drawn[column], (1, 2)) & (written != "-")).all()
            else:
                assert not hidden.any()
            shown = ~hidden & (written != "-")
            assert (written[shown].astype(int) == drawn[column][shown]).all()
    assert 100 < (cells == "x").sum().sum() < 400
    own = cells[["single_parent_households", "language_support_needs"]]
    assert own.isin(["1", "2"]).any(axis=None), "small counts are left for the disclosure rules to protect"


@pytest.mark.parametrize(
    ("indicator", "least"),
    [
        ("unemployment", 0.35),
        ("sgb2", 0.4),
        ("child_poverty", 0.4),
        ("old_age_poverty", 0.25),
        ("migration_background", 0.4),
        ("language_support", 0.25),
        ("gymnasium_transition", 0.25),
        ("households_with_children", 0.4),
    ],
)
@pytest.mark.parametrize("date", ["2012-12-31", "2023-12-31"])
def test_neighbours_resemble_each_other(counts, touching, indicator, least, date):
    values = share(counts, indicator, date).reindex(touching.index)
    known = values.notna() & touching.loc[:, values.notna()].any(axis=1)
    z = (values - values[known].mean())[known]
    weights = touching.loc[known, known]
    lag = (weights.to_numpy() @ z.to_numpy()) / weights.sum(axis=1)
    assert (z * lag).sum() / (z**2).sum() > least


def test_planted_clusters_lead_the_table(counts):
    poverty = share(counts, "child_poverty").rank(ascending=False)
    assert poverty[["0503", "0505", "0504", "0201", "0203", "0204"]].max() <= 8
    resource = share(counts, "gymnasium_transition")
    assert resource[["0909", "1006"]].min() > 0.55
    assert poverty[["0909", "0911", "0912"]].min() > 80


def test_one_quarter_gentrifies_and_one_declines(counts):
    last = counts["inhabitants"].xs("2023-12-31", level="stichtag")
    change = share(counts, "sgb2") - share(counts, "sgb2", "2012-12-31")
    change = change[last >= 300].sort_values()
    assert change.index[0] == "0112"
    assert change.iloc[0] < -0.04
    assert change.index[-1] == "0303"
    assert change.iloc[-1] > 0.05


def test_project_and_catalogue_fit_the_tables(cells):
    assert load_project(DATA / "project.toml").content.simulated
    used = set()
    for name, entry in CATALOGUE.items():
        parts = entry["denominator"]
        used |= {entry["numerator"], *([parts] if isinstance(parts, str) else parts)}
        assert set(entry["label"]) == set(entry["description"]) == {"de", "en"}, name
        assert "Simulierte Daten" in entry["source"], name
    assert used == set(cells.columns)
    assert {entry["polarity"] for entry in CATALOGUE.values()} == {"disadvantage", "resource", "context"}
    groups = {entry["target_group"] for entry in CATALOGUE.values()}
    assert groups == {"children_youth", "working_age", "older", "households", "all", *OWN_GROUPS}


def test_map_says_that_it_is_simulated():
    assert "Simulierte Daten" in (DATA / "boundaries/musterstadt.geojson").read_text(encoding="utf-8")[:300]
