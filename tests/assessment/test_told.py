"""Each verdict in one sentence with its numbers, every branch in both languages."""

import pandas as pd
import pytest

from sozialraum.assessment.rule import REASONS
from sozialraum.assessment.told import verdict_sentences

ROW = {
    "indicator": "i", "verdict": "inconspicuous", "reason": "", "difference": 0.004, "margin": 0.03,
    "expected": 80.0, "p_adjusted": 0.5,
}  # fmt: skip


def told(catalogue, language="de", **changes):
    found = pd.DataFrame([{**ROW, **changes}], index=["a"])
    return verdict_sentences(found, catalogue, language=language).loc["a"]


@pytest.fixture
def shares(catalogue_of):
    return catalogue_of({"i": "disadvantage"}, factor=100.0, decimals=1)


@pytest.mark.parametrize(
    ("changes", "beginning", "end"),
    [
        (
            {},
            "Unauffällig: 0,4 Prozentpunkte über der Stadt, Grenze 3,0 Prozentpunkte;",
            "innerhalb der Grenze.",
        ),
        (
            {"difference": -0.0004},
            "Unauffällig: gleichauf mit der Stadt, Grenze 3,0 Prozentpunkte;",
            "Grenze.",
        ),
        (
            {"verdict": "conspicuous (unfavourable)", "difference": 0.14},
            "Auffällig, ungünstiger: 14,0 Prozentpunkte über der Stadt, Grenze 3,0 Prozentpunkte;",
            "kaum zu erklären.",
        ),
        (
            {"verdict": "conspicuous (favourable)", "difference": -0.05},
            "Auffällig, günstiger: 5,0 Prozentpunkte unter der Stadt, Grenze 3,0 Prozentpunkte;",
            "kaum zu erklären.",
        ),
        ({"verdict": "undecided"}, "Nicht entscheidbar: 0,4 Prozentpunkte über", "auch außerhalb liegen."),
        ({"verdict": "undecided", "difference": 0.05}, "Nicht entscheidbar: 5,0", "kann das Zufall sein."),
        (
            {"verdict": "undecided", "difference": 0.05, "p_adjusted": 0.01},
            "Nicht entscheidbar: 5,0",
            "größer ist als die Grenze, nicht.",
        ),
        (
            {"verdict": "not assessable", "reason": "few cases", "expected": 7.2},
            "Nicht beurteilbar: zu wenige unabhängige Fälle (zu erwarten: 7,",
            "nötig: 20).",
        ),
        (
            {"verdict": "not assessable", "reason": "few cases", "expected": 33.0},
            "Nicht beurteilbar: zu wenige Menschen oder Haushalte gezählt;",
            "nötig sind 100.",
        ),
    ],
)
def test_every_branch(shares, changes, beginning, end):
    sentence = told(shares, **changes)
    assert sentence.startswith(beginning)
    assert sentence.endswith(end)
    assert told(shares, "en", **changes) != sentence


def test_no_number_looks_like_the_limit_that_it_misses(shares):
    # 19.6 of 20 expected cases, a difference of 3.04 or 2.96 points where 3 are the limit.
    few = told(shares, verdict="not assessable", reason="few cases", expected=19.6)
    assert few.endswith("(zu erwarten: 19,6, nötig: 20).")
    beyond = told(shares, verdict="conspicuous (unfavourable)", difference=0.0304)
    assert beyond.startswith("Auffällig, ungünstiger: 3,04 Prozentpunkte über der Stadt, Grenze 3,00")
    within = told(shares, verdict="undecided", difference=-0.02996)
    assert within.startswith("Nicht entscheidbar: 2,996 Prozentpunkte unter der Stadt, Grenze 3,000")
    exact = told(shares, difference=0.03)
    assert exact.startswith("Unauffällig: 3,0 Prozentpunkte über der Stadt, Grenze 3,0")


@pytest.mark.parametrize("reason", [reason for reason in REASONS if reason != "few cases"])
def test_every_reason(shares, reason):
    empty = {"difference": float("nan"), "margin": float("nan"), "expected": float("nan")}
    assert told(shares, verdict="not assessable", reason=reason, **empty).startswith("Nicht beurteilbar: ")


def test_a_ratio_has_its_own_unit_and_digits(catalogue_of):
    ratio = catalogue_of(
        {"i": "disadvantage"},
        kind="ratio",
        factor=1000.0,
        decimals=0,
        unit_de="je 1.000",
        unit_en="per 1,000",
    )
    assert told(ratio).startswith("Unauffällig: 4 je 1.000 über der Stadt, Grenze 30 je 1.000;")
    assert told(ratio, "en").startswith("Inconspicuous: 4 per 1,000 above the city, margin 30 per 1,000;")


def test_numbers_half_way_between_two_are_rounded_as_python_rounds_them(catalogue_of):
    # 1.115 lies a little below 1,115: a hundred times as much is 111.50000000000001.
    plain = catalogue_of({"i": "disadvantage"}, factor=1.0, decimals=2)
    found = told(plain, verdict="conspicuous (unfavourable)", difference=1.115, margin=0.5)
    assert round(1.115, 2) == 1.11
    assert "1,11" in found
