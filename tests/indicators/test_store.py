"""Later figures replace earlier ones, which stay in the history; the summary tells what came from where."""

import numpy as np
import pandas as pd

from sozialraum.indicators.store import SUMMARY_COLUMNS, combine


def table(cells, *, source="a.csv", published=None, date="2017-12-31"):
    rows = [
        {
            "district": key,
            "date": date,
            "variable": variable,
            "value": value if not isinstance(value, str) else np.nan,
            "flag": value if isinstance(value, str) else "ok",
            "source": source,
            "row": position + 2,
            "vintage": "",
        }
        for position, (key, variable, value) in enumerate(cells)
    ]
    frame = pd.DataFrame(rows)
    return frame if published is None else frame.assign(published=published)


def values(store):
    found = store.observations.sort_values(["district", "variable"])
    return dict(
        zip(
            found["district"] + found["variable"],
            zip(found["value"], found["flag"], strict=True),
            strict=True,
        )
    )


def test_the_newest_publication_counts_whatever_the_order_of_the_tables():
    old = table([("01", "n", 10.0), ("02", "n", 20.0)], published="2018-03-01")
    new = table([("01", "n", 11.0)], source="b.csv", published="2019-03-01")
    for tables in ([old, new], [new, old]):
        store, problems = combine(tables)
        assert values(store) == {"01n": (11.0, "ok"), "02n": (20.0, "ok")}
        assert len(store.history) == 3
        assert store.history.set_index(["district", "source"])["current"].to_dict() == {
            ("01", "a.csv"): False,
            ("02", "a.csv"): True,
            ("01", "b.csv"): True,
        }
        (note,) = problems
        assert (note.code, note.severity, note.keys) == ("checks.revised", "note", ("01",))


def test_a_newer_secret_replaces_a_number_but_a_newer_gap_does_not():
    old = table([("01", "n", 10.0), ("02", "n", 20.0)], published="2018-03-01")
    new = table([("01", "n", "suppressed"), ("02", "n", "missing")], source="b.csv", published="2019-03-01")
    found = values(combine([old, new])[0])
    assert found["02n"] == (20.0, "ok")
    assert np.isnan(found["01n"][0])
    assert found["01n"][1] == "suppressed"


def test_different_figures_without_a_date_are_a_question():
    store, problems = combine([table([("01", "n", 10.0)]), table([("01", "n", 11.0)], source="b.csv")])
    assert [(p.code, p.severity, p.keys) for p in problems] == [("checks.undated", "error", ("01",))]
    assert "a.csv, b.csv" in problems[0].text()
    assert "published" in problems[0].text()
    assert len(store.observations) == 1


def test_the_same_table_twice_is_told():
    cells = [("01", "n", 10.0), ("02", "n", 20.0)]
    store, problems = combine([table(cells), table(cells, source="b.csv")])
    assert [(p.code, p.severity) for p in problems] == [("checks.repeated", "warning")]
    assert len(store.observations) == 2


def test_the_summary_tells_what_came_from_which_file():
    old = table([("01", "n", 10.0), ("02", "n", 20.0), ("02", "q", "suppressed")], published="2018-03-01")
    new = table([("01", "n", 11.0), ("03", "n", "missing")], source="b.csv", published="2019-03-01")
    summary = combine([old, new])[0].summary
    assert summary.columns.tolist() == list(SUMMARY_COLUMNS)
    assert summary.loc[
        "a.csv", ["districts", "variables", "cells", "numbers", "suppressed", "replaced"]
    ].tolist() == [2, 2, 3, 2, 1, 1]
    assert summary.loc["a.csv", "total"] == 30
    assert summary.loc["b.csv", ["published", "first", "last", "missing", "replaced"]].tolist() == [
        "2019-03-01",
        "2017-12-31",
        "2017-12-31",
        1,
        0,
    ]


def test_nothing_at_all():
    store, problems = combine([])
    assert len(store.observations) == len(store.history) == len(store.summary) == len(problems) == 0
