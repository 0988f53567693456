"""Long indicator tables for the assessment tests: from a few numbers, simulated, or the real ones."""

import numpy as np
import pandas as pd
import pytest

EMPTY = {"numerator": np.nan, "denominator": np.nan, "lower": np.nan, "upper": np.nan, "flag": "ok"}
BERLIN_YEARS = (2013, 2015, 2017)


def _counted(indicator, date, numerator, denominator, keys):
    numerator = np.asarray(numerator, dtype=float)
    denominator = np.broadcast_to(np.asarray(denominator, dtype=float), numerator.shape)
    flag = np.where(np.isnan(numerator), "missing", "ok")
    columns = {"indicator": indicator, "date": date, "value": numerator / denominator}
    counts = {"numerator": numerator, "denominator": denominator, "lower": np.nan, "upper": np.nan}
    return pd.DataFrame({**columns, **counts, "flag": flag}, index=pd.Index(keys, name="district"))


@pytest.fixture
def counted():
    """Return a function: (indicator, date, numerators, denominators, keys) to the rows of a long table."""
    return _counted


@pytest.fixture
def catalogue_of():
    """Return a function: {indicator: polarity} to a catalogue with shares for everybody."""

    def make(polarity, **columns):
        index = pd.Index(polarity, name="indicator")
        base = {"kind": "share", "polarity": list(polarity.values()), "target_group": "all"}
        return pd.DataFrame({**base, **columns}, index=index)

    return make


@pytest.fixture
def simulated(catalogue_of):
    """Return a function that draws a city: rates (districts x indicators) and denominators to counts."""

    def make(rates, denominators, *, seed=0, dates=("2020-12-31",)):
        rng = np.random.default_rng(seed)
        rates = np.atleast_2d(rates)
        sizes = np.broadcast_to(np.asarray(denominators), rates.shape)
        keys = [f"{number:03d}" for number in range(len(rates))]
        names = [f"i{number}" for number in range(rates.shape[1])]
        rows = [
            _counted(name, date, rng.binomial(sizes[:, column], rates[:, column]), sizes[:, column], keys)
            for date in dates
            for column, name in enumerate(names)
        ]
        return pd.concat(rows), catalogue_of(dict.fromkeys(names, "disadvantage"))

    return make


@pytest.fixture(scope="session")
def _berlin_frames():
    frames = {}

    def read(shared_data):
        if not frames:
            for year in BERLIN_YEARS:
                path = shared_data / "berlin" / f"mss-{year}-planning-areas.csv"
                frames[year] = pd.read_csv(path, dtype={"id": str}).set_index("id")
        return frames

    return read


@pytest.fixture
def berlin(shared_data, _berlin_frames):
    """Return year to published table, as it is; index key, s1..d4 as short names beside the long ones."""
    return {
        year: table.rename(columns=lambda name: name[:2] if name[1:2] in "1234" else name)
        for year, table in _berlin_frames(shared_data).items()
    }


@pytest.fixture
def berlin_long(berlin):
    """Return the long table of the published shares and changes, and inhabitants per date."""
    names = [f"{kind}{number}" for kind in "sd" for number in "1234"]
    rows = [
        table[names]
        .div(100)
        .rename_axis("district")
        .melt(ignore_index=False, var_name="indicator")
        .assign(date=f"{year}-12-31", **EMPTY)
        for year, table in berlin.items()
    ]
    people = {
        f"{year}-12-31": table.loc[:, "inhabitants"].rename_axis("district") for year, table in berlin.items()
    }
    return pd.concat(rows), pd.DataFrame(people)


LEIPZIG = {
    "unemployed": ("arbeitslose", "Arbeitslose insgesamt", "working_age"),
    "sgb2": ("bedarfsgemeinschaften", "Personen in Bedarfsgemeinschaften", "households"),
    "children_sgb2": ("bedarfsgemeinschaften", "unter 15 Jahre", "children_youth"),
    "lone_parents_sgb2": ("bedarfsgemeinschaften", "Alleinerziehende", "households"),
}


@pytest.fixture
def leipzig(shared_data, catalogue_of):
    """Return Leipzig 2008-2022 from counts (each per inhabitant), its catalogue and its inhabitants."""
    folder = shared_data / "leipzig"
    people = pd.read_csv(folder / "einwohner.csv", sep=";").set_index(["jahr", "ortsteil"])
    people = people["Einwohner insgesamt"].loc[2008:2022].sort_index()
    rows = []
    for name, (file, column, _) in LEIPZIG.items():
        table = pd.read_csv(folder / f"{file}.csv", sep=";").set_index(["jahr", "ortsteil"])
        found = table[column].reindex(people.index)
        for year in range(2008, 2023):
            keys = people.loc[year].index
            rows.append(_counted(name, f"{year}-12-31", found.loc[year], people.loc[year].to_numpy(), keys))
    catalogue = catalogue_of(
        dict.fromkeys(LEIPZIG, "disadvantage"), target_group=[group for _, _, group in LEIPZIG.values()]
    )
    inhabitants = pd.DataFrame({f"{year}-12-31": people.loc[year] for year in range(2008, 2023)})
    return pd.concat(rows), catalogue, inhabitants
