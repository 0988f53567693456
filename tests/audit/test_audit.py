"""What the audit finds in figures that cannot all be true, and that it finds nothing in those that can."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sozialraum.audit.count_pairs import propose_counts
from sozialraum.audit.examine import (
    audit_published,
    published_from_observations,
    read_published,
    report_lines,
)
from sozialraum.audit.ranks import rank
from sozialraum.audit.rounding import Printed, Span, implied_denominator, printed
from sozialraum.errors import TableError
from sozialraum.tables.read import read_table


def published(*rows, **common):
    return pd.DataFrame([{"date": "2020-12-31", **common, **row} for row in rows]).fillna("")


def figure(indicator, place, share, count, **more):
    return {"indicator": indicator, "place": place, "share_percent": share, "count": count, **more}


def kinds(report):
    return report.findings["kind"].tolist()


def test_a_printed_figure_keeps_its_digits():
    assert printed("22.3") == Printed(223, 1)
    assert printed("48,0 %") == Printed(480, 1)
    assert printed("-1,1") == Printed(-11, 1)
    assert printed("7") == Printed(7, 0)
    assert printed("7.") is None
    assert printed("x") is None


def test_what_a_figure_can_be_before_it_was_printed():
    assert printed("22.3").range().lower == Fraction(2225, 100)
    assert printed("22.3").range().upper == Fraction(2235, 100)
    cut = printed("22.3").range("cut")
    assert (cut.lower, cut.upper) == (Fraction(223, 10), Fraction(224, 10))


@pytest.mark.parametrize(
    ("count", "share", "rounding", "expected"),
    [
        (18238, "10.9", "half", Span(166_558, 168_092)),
        (33368, "20.1", "half", Span(165_599, 166_423)),
        (1, "50", "half", Span(2, 2)),
        (1, "33", "cut", Span(3, 3)),
        (1, "50", "cut", Span(2, 2)),
        (1, "49", "cut", Span(3, 2)),
        (0, "0.0", "half", Span(1, None)),
        (0, "0.1", "half", Span(1, 0)),
        (3, "0.0", "half", Span(6000, None)),
        (5, "100.0", "half", Span(5, 5)),
    ],
)
def test_denominators_that_explain_a_figure(count, share, rounding, expected):
    found = implied_denominator(count, printed(share), rounding=rounding)
    assert found == expected or (found.empty and expected.empty)


@pytest.mark.slow
@given(st.integers(1, 400), st.integers(0, 3), st.data())
def test_implied_denominators_are_exactly_those_that_print_the_figure(denominator, digits, data):
    count = data.draw(st.integers(1, denominator))
    value = Fraction(100 * count, denominator)
    units = round(value * 10**digits)
    span = implied_denominator(count, Printed(units, digits))
    for candidate in range(count, 2 * denominator):
        off = abs(Fraction(100 * count, candidate) * 10**digits - units)
        inside = span.lower <= candidate and (span.upper is None or candidate <= span.upper)
        assert inside == (off <= Fraction(1, 2)), (candidate, span)


@pytest.mark.shared
class TestBielefeld:
    @pytest.fixture
    def report(self, shared_data):
        return audit_published(read_published(shared_data / "bielefeld" / "published.csv"))

    def test_lone_parents_are_a_share_of_all_households(self, report):
        finding = report.findings[report.findings["kind"] == "denominator"].iloc[0]
        assert (finding["indicator"], finding["places"]) == ("single_parents", ("Stadt",))
        assert (finding["lower"], finding["upper"], finding["other_lower"]) == (162_026, 166_233, 33_368)
        assert "19,2 %" in finding["de"]
        assert "19.2 %" in finding["en"]
        assert "165,599 to 166,423" in finding["en"]

    def test_households_implied_by_two_indicators_are_disjoint(self, report):
        shared = report.findings[report.findings["kind"] == "shared"].set_index("other")
        finding = shared.loc["households_with_children"]
        assert (finding["lower"], finding["other_upper"]) == (166_558, 166_423)
        assert "166.558" in finding["de"]
        assert "166.423" in finding["de"]
        assert "'households'" in finding["en"]

    def test_the_index_of_one_district_is_outside_what_rounding_explains(self, report):
        finding = report.findings[report.findings["kind"] == "index"]
        assert finding["places"].tolist() == [("Dürkopp",)]
        assert round(finding["other_lower"].item(), 2) == 128.76
        assert round(finding["other_upper"].item(), 2) == 129.77
        assert "128,76 bis 129,77" in finding["de"].item()

    def test_the_change_is_an_index(self, report):
        finding = report.findings[report.findings["kind"] == "label"]
        assert finding["indicator"].tolist() == ["alg2_households_change"]
        assert finding["places"].item() == ("Stadt", "Oldentrup Ost", "Eggeweg")

    def test_one_district_in_two_spellings(self, report):
        finding = report.findings[report.findings["kind"] == "spelling"]
        assert finding["places"].tolist() == [("Sieben Hügel", "Siebenhügel")]
        assert finding["keys"].tolist() == [("30",)]

    def test_nothing_else_is_found(self, report):
        assert kinds(report) == ["denominator", "shared", "index", "label", "spelling"]
        assert len(report.figures) == 25

    def test_the_report_says_it_in_both_languages(self, report):
        for language in ("de", "en"):
            lines = report_lines(report, language)
            assert all(sentence in "\n".join(lines) for sentence in report.findings[language])

    def test_a_declared_denominator_settles_the_doubt(self, shared_data):
        frame = read_published(shared_data / "bielefeld" / "published.csv")
        wrong = audit_published(frame, denominators={"single_parents": "households_with_children"})
        assert wrong.findings.loc[wrong.findings["kind"] == "denominator", "certain"].tolist() == [True]
        names = ("single_parents", "households_with_children", "alg2_households_change")
        right = audit_published(frame, denominators=dict.fromkeys(names, "households"))
        assert "denominator" not in kinds(right)
        assert right.findings.loc[right.findings["kind"] == "shared", "certain"].tolist() == [True, True]


LEIPZIG = {
    "migranten": {
        "foreigners_rate": "Ausländeranteil",
        "foreigners": "Ausländer",
        "migrants_rate": "Migrantenanteil",
        "migrants": "Migranten",
    },
    "einwohner": {"inhabitants": "Einwohner insgesamt", "women": "Frauen"},
    "bedarfsgemeinschaften": {
        "benefit_rate": "Anteil an den Erwerbsfähigen",
        "able": "Erwerbsfähige Leistungsberechtigte",
        "quota": "SGB-II-Quote",
        "persons": "Personen in Bedarfsgemeinschaften",
        "children_rate": "Anteil an Kindern",
        "poor_children": "unter 15 Jahre",
        "household_size": "Personen je Bedarfsgemeinschaft",
        "households": "Bedarfsgemeinschaften",
    },
    "arbeitslose": {"jobless_rate": "Anteil an den Erwerbsfähigen", "jobless": "Arbeitslose insgesamt"},
    "altersstruktur": {"young": "Jugendquote", "old": "Altenquote"},
}


@pytest.fixture
def leipzig(shared_data):
    return pd.concat(
        read_table(
            shared_data / "leipzig" / f"{file}.csv",
            name="ortsteil",
            date_column="jahr",
            variables=variables,
        )
        for file, variables in LEIPZIG.items()
    )


def age_groups(observations):
    """Bound the age groups by the inhabitants and the two cut ratios of young and old to 15-64."""
    table = observations.pivot_table(index=["district", "date"], columns="variable", values="value")
    inhabitants, young, old = table["inhabitants"], table["young"] / 100, table["old"] / 100
    ends = {
        "working_age": (1 / (1.02 + young + old), 1 / (1 + young + old)),
        "under_65": ((1 + young) / (1.01 + young + old), (1.01 + young) / (1.01 + young + old)),
        "children": (young / (1.01 + young + old), (young + 0.01) / (1.01 + young + old)),
    }
    parts = [
        (inhabitants * low)
        .apply(np.floor)
        .to_frame("value")
        .assign(upper=(inhabitants * high).apply(np.ceil), variable=name)
        for name, (low, high) in ends.items()
    ]
    return pd.concat(parts).reset_index()


@pytest.mark.shared
class TestLeipzig:
    def test_every_rate_that_its_own_counts_contradict(self, leipzig):
        numerators = {
            "foreigners_rate": "foreigners",
            "migrants_rate": "migrants",
            "household_size": "persons",
            "benefit_rate": "able",
            "jobless_rate": "jobless",
        }
        rates = published_from_observations(leipzig, numerators)
        report = audit_published(
            rates,
            denominators={
                "foreigners_rate": "inhabitants",
                "migrants_rate": "inhabitants",
                "household_size": "households",
                "benefit_rate": "of working age",
                "jobless_rate": "of working age",
            },
            counts=leipzig,
            ratios={"household_size": 1},
        )
        found = report.findings
        rate = found[found["kind"] == "rate"]
        assert rate["indicator"].value_counts().to_dict() == {
            "household_size": 752,
            "foreigners_rate": 524,
            "migrants_rate": 516,
        }
        assert (found["kind"] == "shared").sum() == 45
        assert found.loc[found["kind"] == "cut", "indicator"].tolist() == [
            "foreigners_rate",
            "migrants_rate",
            "household_size",
            "benefit_rate",
        ]
        left = rate[~rate["cut"]]
        assert left["indicator"].tolist() == ["household_size"] * 7
        assert left["places"].str[0].iloc[0] == "Althen-Kleinpösna"
        assert left["date"].iloc[0] == "2008-12-31"

    def test_denominators_that_are_only_known_as_ranges(self, leipzig):
        """Age groups follow from inhabitants and two ratios; all rates were cut, and twelve are wrong."""
        denominators = {
            "benefit_rate": "working_age",
            "jobless_rate": "working_age",
            "quota": "under_65",
            "children_rate": "children",
        }
        numerators = dict(zip(denominators, ("able", "jobless", "persons", "poor_children"), strict=True))
        report = audit_published(
            published_from_observations(leipzig, numerators),
            denominators=denominators,
            counts=age_groups(leipzig),
            rounding=dict.fromkeys(numerators, "cut"),
        )
        assert len(report.figures) == 3 * 945 + 1449
        assert report.findings["indicator"].tolist() == ["jobless_rate"] * 12
        assert report.findings["date"].max() == "2005-12-31"
        worst = report.findings[report.findings["published"] == "0"]
        assert worst["places"].tolist() == [("Hartmannsdorf-Knautnaundorf",)] * 5

    def test_the_counts_behind_a_rate_are_proposed(self, leipzig):
        proposals = propose_counts(
            leipzig,
            ["foreigners_rate", "migrants_rate", "household_size"],
            ratios={"household_size": 1},
        )
        best = proposals.drop_duplicates("rate").set_index("rate")
        pairs = best[["numerator", "denominator"]].apply(tuple, axis=1)
        assert pairs["foreigners_rate"] == ("foreigners", "inhabitants")
        assert pairs["migrants_rate"] == ("migrants", "inhabitants")
        assert best["wrong"].tolist()[:2] == [524, 516]
        assert best["wrong_if_cut"].tolist() == [0, 0, 7]
        # Two pairs explain the size of a household equally well: a proposal shows both.
        size = proposals[(proposals["rate"] == "household_size") & (proposals["wrong_if_cut"] == 7)]
        assert ("persons", "households", 752) in set(
            size[["numerator", "denominator", "wrong"]].itertuples(index=False, name=None)
        )


def rounded(count, denominator, digits):
    units = Fraction(100 * count * 10**digits, denominator)
    return round(units), digits


def write(units, digits):
    return f"{units // 10**digits}.{units % 10**digits:0{digits}d}" if digits else str(units)


@st.composite
def cities(draw):
    """Draw counts, print them as shares of one total per place, with ranks or an index; the totals, too."""
    digits = draw(st.integers(0, 2))
    totals = draw(st.lists(st.integers(20, 100_000), min_size=2, max_size=5))
    rows = []
    for name in ("one", "two"):
        counts, earlier = ([draw(st.integers(1, total)) for total in totals] for _ in range(2))
        shares = [Fraction(count, total) for count, total in zip(counts, totals, strict=True)]
        roles = ["highest" if s == max(shares) else "lowest" if s == min(shares) else "" for s in shares]
        columns = ([*totals, sum(totals)], [*counts, sum(counts)], [*earlier, sum(earlier)], [*roles, "city"])
        for i, (total, count, before, role) in enumerate(zip(*columns, strict=True)):
            rows.append(
                figure(
                    name,
                    f"place {i}",
                    write(*rounded(count, total, digits)),
                    str(count),
                    key=str(i),
                    role=role,
                    denominator="all",
                    base_date="2018-12-31",
                    base_share_percent=write(*rounded(before, total, digits)),
                    base_count=str(before),
                    index_percent=write(*rounded(count, before, 1)),
                )
            )
    left_out = draw(st.sampled_from(["index_percent", "role"]))
    return published(*rows).drop(columns=left_out), [*totals, sum(totals)]


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(cities())
def test_nothing_is_found_in_figures_that_were_counted_and_rounded(city):
    report = audit_published(city[0])
    assert report.consistent, report.findings["en"].tolist()


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(cities(), st.data())
def test_a_share_changed_beyond_rounding_is_found(city, data):
    rows, totals = city
    row = data.draw(st.integers(0, len(rows) - 1))
    total, count = totals[int(rows["key"][row])], int(rows["count"][row])
    share = printed(rows["share_percent"][row])
    off = data.draw(st.integers(1, 5)) * data.draw(st.sampled_from([1, -1]))
    moved = abs(share.units + off)
    assume(abs(Fraction(100 * count * 10**share.digits, total) - moved) > Fraction(1, 2))
    wrong = rows.assign(denominator_count=[str(totals[int(key)]) for key in rows["key"]])
    wrong.loc[row, "share_percent"] = write(moved, share.digits)
    report = audit_published(wrong)
    assert (row + 1,) in report.findings.loc[report.findings["kind"].isin(["rate", "ratio"]), "rows"].tolist()


def test_a_rate_that_its_printed_denominator_contradicts():
    report = audit_published(
        published(figure("poor", "Nord", "12.5", "25", key="1", denominator_count="190"))
    )
    assert kinds(report) == ["rate"]
    finding = report.findings.iloc[0]
    assert (finding["lower"], finding["upper"], finding["other_lower"]) == (200, 200, 190)
    assert finding["keys"] == ("1",)
    assert finding["certain"]
    assert "25 out of 190" in finding["en"]
    assert "13.158 %" in finding["en"]


def test_a_share_of_no_denominator():
    report = audit_published(published(figure("poor", "Nord", "41.0", "1")))
    assert kinds(report) == ["ratio"]
    assert audit_published(published(figure("poor", "Nord", "120", "6"))).findings["kind"].item() == "ratio"
    assert audit_published(published(figure("old", "Nord", "120", "6")), ratios={"old": 100}).consistent


def test_a_denominator_named_wrongly_is_replaced_by_the_one_that_fits():
    counts = pd.DataFrame(
        [
            {"district": place, "date": "2020-12-31", "variable": name, "value": value}
            for place, people, households in (("Nord", 1000, 480), ("Süd", 2000, 1100))
            for name, value in (("people", people), ("households", households))
        ]
    )
    rows = published(
        figure("singles", "Nord", "25.0", "120", denominator="people"),
        figure("singles", "Süd", "20.0", "220", denominator="people"),
    )
    report = audit_published(rows, counts=counts)
    assert kinds(report) == ["denominator"] * 2
    assert report.findings["en"].str.contains("The share fits: households").all()
    assert "would be 12.0 %" in report.findings["en"][0]
    assert audit_published(rows.assign(denominator="households"), counts=counts).consistent
    unnamed = rows.assign(denominator="", denominator_count=["1000", "2000"])
    printed_total = audit_published(unnamed, counts=counts[counts["variable"] == "households"])
    assert "printed is 1,000" in printed_total.findings["en"][0]


def test_what_is_usual_is_only_said_where_another_denominator_fits():
    rows = published(
        figure("single_parents", "Stadt", "3.9", "6400"),
        figure("households_with_children", "Stadt", "20.1", "33368"),
    )
    report = audit_published(rows)
    assert kinds(report) == ["denominator"]
    assert not report.findings["certain"].item()
    assert audit_published(rows.assign(count=["6400", "23368"])).consistent
    right = rows.assign(share_percent=["19.2", "20.1"])
    assert audit_published(right).consistent
    mixed = pd.concat([rows, rows[:1].assign(place="Nord", denominator_count="9999")], ignore_index=True)
    assert kinds(audit_published(mixed)) == ["rate"]


def test_figures_of_one_stated_total_that_leave_none():
    rows = published(figure("a", "Nord", "50", "100"), figure("b", "Nord", "10", "30"))
    assert audit_published(rows).consistent
    report = audit_published(rows, denominators={"a": "people", "b": "people"})
    finding = report.findings.iloc[0]
    assert (finding["kind"], finding["indicator"], finding["other"]) == ("shared", "b", "a")
    assert (finding["lower"], finding["other_upper"]) == (286, 202)


def test_digits_cut_off_are_recognised_and_can_be_declared():
    totals = range(101, 111)
    rows = published(
        *(
            figure("a", f"place {total}", str(100 * 37 // total), "37", denominator_count=str(total))
            for total in totals
        )
    )
    report = audit_published(rows)
    wrong = sum(Fraction(3700, total) % 1 > Fraction(1, 2) for total in totals)
    assert kinds(report) == ["cut"] + ["rate"] * wrong
    assert report.findings["cut"].all()
    assert audit_published(rows, rounding={"a": "cut"}).consistent
    assert any(f"{wrong} figures that cutting explains" in line for line in report_lines(report, "en"))


def with_base(indicator, share, base, **more):
    return figure(
        indicator, "Nord", share, "", base_date="2018-12-31", base_share_percent=base, base_count="", **more
    )


@pytest.mark.parametrize(
    ("indicator", "column", "printed_value", "expected"),
    [
        ("poor", "index_percent", "80.0", []),
        ("poor", "index_percent", "70.0", ["index"]),
        ("poor", "index_percent", "-20.0", ["label"]),
        ("poor", "change_percent", "-20.0", []),
        ("poor", "change_percent", "80.0", ["label"]),
        ("poor", "change_percent", "-2.0", ["index"]),
        ("change_of_poverty", "index_percent", "80.0", ["label"]),
        ("Veränderung der Armut", "change_percent", "-20.0", []),
    ],
)
def test_an_index_is_no_change(indicator, column, printed_value, expected):
    report = audit_published(published(with_base(indicator, "8.0", "10.0", **{column: printed_value})))
    assert kinds(report) == expected


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("highest", 1),
        ("höchster Wert", 1),
        ("dritthöchster Wert", 3),
        ("4th", 4),
        ("2. höchster Wert", 2),
        ("lowest (one of nine)", -1),
        ("zweitniedrigster Wert", -2),
        ("", None),
        ("example", None),
    ],
)
def test_claimed_ranks(role, expected):
    assert rank(role) == expected


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"highest": "30", "2nd": "20", "lowest": "10", "city": "15"}, None),
        ({"highest": "20", "2nd": "30"}, "lies below"),
        ({"2nd": "20", "4th": "22"}, "lies below"),
        ({"highest": "20", "lowest": "30"}, "lies below"),
        ({"highest": "20", "": "30"}, "cannot have this rank"),
        ({"2nd": "20", "": "30"}, None),
        ({"lowest": "20", "": "10"}, "has only 10"),
        ({"highest": "20", "city": "25"}, "above its highest"),
        ({"lowest": "20", "city": "15"}, "below its lowest"),
    ],
)
def test_ranks_that_contradict_the_values(values, code):
    rows = [figure("a", f"{role}x", share, "", role=role) for role, share in values.items()]
    report = audit_published(published(*rows))
    assert kinds(report) == (["rank"] if code else [])
    assert code is None or code in report.findings["en"].item()


def test_a_district_with_more_than_the_city_and_a_figure_printed_twice():
    rows = published(
        figure("a", "Stadt", "10", "100", role="city"),
        figure("a", "Nord", "20", "101"),
        figure("b", "Nord", "20", "50"),
        figure("b", "Nord", "21", "50"),
        figure("b", "Nord", "23", "50"),
    )
    report = audit_published(rows)
    assert kinds(report) == ["total", "twice"]
    assert report.findings["rows"].tolist() == [(2, 1), (3, 5)]


def test_names_of_one_key_and_spellings_without_a_key():
    rows = published(
        figure("a", "Sieker Mitte", "1", ""),
        figure("b", "Sieker-Mitte", "1", ""),
        figure("a", "Ost", "1", "", key="07"),
        figure("b", "West", "1", "", key="07"),
        figure("a", "Schloßstraße", "1", "", key="01"),
        figure("b", "Schloss-Straße", "1", "", key="02"),
    )
    report = audit_published(rows)
    assert report.findings["places"].tolist() == [("Sieker Mitte", "Sieker-Mitte"), ("Ost", "West")]


def test_near_totals_are_only_taken_for_one_where_names_and_all_cells_agree():
    one, two = "Haushalte mit ALG II", "Haushalten mit Kindern"
    near = [figure(one, "Stadt", "10.9", "18238"), figure(two, "Stadt", "20.1", "33368")]
    far = [figure(one, "Nord", "10.90", "1090"), figure(two, "Nord", "20.10", "4020")]
    report = audit_published(published(*near))
    assert kinds(report) == ["shared"]
    assert not report.findings["certain"].item()
    assert audit_published(published(*near, *far)).consistent
    assert audit_published(published(near[0], {**near[1], "indicator": "Alleinerziehende"})).consistent


def test_a_report_counts_what_it_does_not_list():
    rows = [figure("a", f"place {i}", "41.0", "1") for i in range(25)]
    lines = report_lines(audit_published(published(*rows)))
    assert sum("ergibt bei keinem" in line for line in lines) == 20
    assert lines[-1] == "- a: und 5 weitere."
    assert report_lines(audit_published(published(figure("a", "Nord", "50", "1")))) == [
        "1 Angabe geprüft: kein Widerspruch gefunden."
    ]


def test_numbers_instead_of_text_are_printed_with_the_digits_of_their_indicator():
    rows = pd.DataFrame(
        {
            "indicator": ["a", "a", "b"],
            "place": ["x", "y", "x"],
            "date": "2020",
            "share_percent": [22.3, 48.0, 7.0],
            "count": [223, 48, None],
            "denominator_count": [1000, 100, None],
        }
    )
    before = rows.copy()
    report = audit_published(rows)
    assert report.consistent
    assert report.figures["lower"].tolist()[:2] == [998, 100]
    pd.testing.assert_frame_equal(rows, before)


def test_a_german_file_is_read_as_printed(tmp_path):
    path = tmp_path / "zahlen.csv"
    path.write_text(
        "Indikator;Quartier;Stichtag;Anteil Prozent;Anzahl;Nenner Anzahl\n"
        "Armut;Nord;31.12.2020;12,50 %;1.250;10.000\n"
        "Armut;Süd;31.12.2020;13,50 %;1 250;10.000\n",
        encoding="cp1252",
    )
    frame = read_published(path)
    assert frame["share_percent"].tolist() == ["12,50 %", "13,50 %"]
    assert frame.index.tolist() == [2, 3]
    report = audit_published(frame)
    assert report.findings.set_index("kind")["rows"].to_dict() == {"rate": (3,)}


def test_unreadable_cells_and_missing_columns_are_all_reported(tmp_path):
    rows = published(figure("a", "x", "viel", "12,5"), figure("a", "y", "1", "2", date="gestern"))
    with pytest.raises(TableError) as error:
        audit_published(rows)
    assert {(problem.column, problem.row) for problem in error.value.problems} == {
        ("share_percent", 1),
        ("count", 1),
        ("date", 2),
    }
    path = tmp_path / "zahlen.csv"
    path.write_text("indicator;share_percent\na;1\n", encoding="utf-8")
    with pytest.raises(TableError) as error:
        read_published(path)
    assert [problem.column for problem in error.value.problems] == ["date", "place"]
