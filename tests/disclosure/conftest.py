import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from sozialraum.indicators.derive import load_indicators
from sozialraum.panel import Panel


@pytest.fixture(autouse=True)
def one_secret(monkeypatch):
    """Draw the same companions in every test; a project keeps a secret of its own."""
    monkeypatch.setattr(
        "sozialraum.disclosure.protect.secrets.token_bytes", lambda size: b"test" * (size // 4)
    )


def build_city(counts, indicators, *, parents=None, kinds=None, flags=None, prefix="d"):
    """Make a panel of counts (variable -> date -> list over districts) and indicators (id -> parts)."""
    size = len(next(iter(next(iter(counts.values())).values())))
    keys = [f"{prefix}{number:03d}" for number in range(size)]
    districts = pd.DataFrame({"name": keys, **(parents or {})}, index=pd.Index(keys, name="district"))
    observations = [
        pd.DataFrame(
            {
                "district": keys,
                "date": date,
                "variable": variable,
                "value": np.asarray(numbers, float),
                "flag": (flags or {}).get((variable, date), ["ok"] * size),
                "source": "",
            }
        )
        for variable, dates in counts.items()
        for date, numbers in dates.items()
    ]
    catalogue = pd.DataFrame(
        [
            {
                "label_de": name,
                "label_en": name,
                "kind": (kinds or {}).get(name, "share"),
                "numerator": tuple(above.split()),
                "denominator": tuple(below.split()),
                "value": "",
                "value_unit": "",
                "dates": (),
                "factor": 100.0,
                "decimals": 1,
                "published": False,
            }
            for name, (above, below) in indicators.items()
        ],
        index=list(indicators),
    )
    long, city_values, problems = load_indicators(pd.concat(observations), catalogue, districts)
    assert not [problem for problem in problems if problem.severity == "error"]
    return Panel(
        city="Testdorf",
        districts=districts,
        catalogue=catalogue,
        indicators=long,
        city_values=city_values,
        parents=tuple(parents or ()),
    )


@pytest.fixture(scope="session")
def city():
    return build_city


class Outsider:
    """Attacks a release on its own terms: unknown variables per district, not the package's model.

    Knows all shown numbers, the totals of each variable per area, sums of variables in `identities`, and
    that numerators of shares do not exceed denominators.
    """

    def __init__(self, analysis, shown, date, identities=(), lowest=None):
        self.keys = list(analysis.districts.index)
        recipes = analysis.catalogue
        self.variables = sorted(
            {name for part in ("numerator", "denominator") for sum_ in recipes[part] for name in sum_}
        )
        self.size = len(self.variables) * len(self.keys)
        self.equal, self.sums, self.below = [], [], []
        self.lowest = lowest or {}
        rows = analysis.indicators[analysis.indicators["date"] == date]
        seen = shown[shown["date"] == date]
        self._know_rows(seen, recipes)
        self._know_totals(analysis, self._truth(rows, recipes))
        for plus, minus in identities:
            for key in self.keys:
                self._know(self._sum(plus, [key]) - self._sum(minus, [key]), 0)
        for _, recipe in recipes[recipes["kind"] == "share"].iterrows():
            for key in self.keys:
                above, below = (self._sum(recipe[part], [key]) for part in ("numerator", "denominator"))
                self.below.append(above - below)

    def _know_rows(self, seen, recipes):
        for key, row in seen.iterrows():
            for part in ("numerator", "denominator"):
                if not np.isnan(row[part]):
                    self._know(self._sum(recipes.loc[row["indicator"], part], [key]), row[part])

    def _know_totals(self, analysis, truth):
        areas = [self.keys]
        for parent in analysis.parents:
            areas += [list(part.index) for _, part in analysis.districts.groupby(parent)]
        for area in areas:
            for quantity, numbers in truth.items():
                self._know(self._sum(quantity, area), sum(numbers[key] for key in area))

    def _truth(self, rows, recipes):
        found = {}
        for indicator, part in rows.groupby("indicator"):
            for name in ("numerator", "denominator"):
                found[recipes.loc[indicator, name]] = part[name].reindex(self.keys).to_dict()
        return found

    def _sum(self, variables, keys):
        vector = np.zeros(self.size)
        for variable in variables:
            for key in keys:
                vector[self.variables.index(variable) * len(self.keys) + self.keys.index(key)] += 1
        return vector

    def _know(self, vector, number):
        self.equal.append(vector)
        self.sums.append(number)

    def interval(self, variables, key, minus=()):
        wanted = self._sum(variables, [key]) - self._sum(minus, [key])
        bounds = [
            (self.lowest.get((variable, district), 0), None)
            for variable in self.variables
            for district in self.keys
        ]
        ends = []
        for sign in (1, -1):
            result = linprog(
                sign * wanted,
                A_eq=np.array(self.equal),
                b_eq=self.sums,
                A_ub=np.array(self.below) if self.below else None,
                b_ub=np.zeros(len(self.below)) if self.below else None,
                bounds=bounds,
            )
            assert result.status == 0, result.message
            ends.append(sign * result.fun)
        return tuple(ends)


@pytest.fixture(scope="session")
def outsider():
    return Outsider
