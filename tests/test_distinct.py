"""What repeats in long tables, held against pandas' own answers."""

import numpy as np
import pandas as pd
import pytest

from sozialraum.distinct import Numbers, doubled, groups_of, kept, members, numbered

COLUMNS = ["district", "date", "value"]


@pytest.fixture(params=["str", "object", "category"])
def table(request):
    rng = np.random.default_rng(7)
    texts = np.array(["a", "b", "ä", "", None], dtype=object)
    frame = pd.DataFrame(
        {
            "district": texts[rng.integers(0, 5, 300)],
            "date": texts[rng.integers(0, 5, 300)],
            "value": rng.choice([0.0, 1.5, np.nan], 300),
        },
        index=rng.integers(0, 9, 300),
    )
    return frame.astype({"district": request.param, "date": request.param})


def test_each_text_has_its_number():
    codes, distinct = numbered(pd.Series(["b", None, "a", "b", float("nan")]))
    assert codes.tolist() == [0, -1, 1, 0, -1]
    assert distinct.tolist() == ["b", "a"]


@pytest.mark.parametrize("keep", ["first", False])
def test_rows_that_are_double_are_those_of_pandas(table, keep):
    assert doubled(table, COLUMNS, keep=keep).tolist() == table.duplicated(COLUMNS, keep=keep).tolist()


def test_missing_and_empty_are_not_alike():
    rows = pd.DataFrame({"key": ["", None, "", None]}, dtype=object)
    assert doubled(rows, ["key"]).tolist() == [False, False, True, True]


def test_more_combinations_than_numbers_still_tell_rows_apart():
    """2,001 texts in each of six columns: their product is beyond 64 bits."""
    size = 2_000
    rows = pd.DataFrame({f"c{i}": np.roll(np.arange(size), i).astype(str) for i in range(6)})
    rows = pd.concat([rows, rows.iloc[[5]], rows.iloc[[5]].assign(c5="other")], ignore_index=True)
    assert np.flatnonzero(doubled(rows, list(rows))).tolist() == [size]


def test_groups_are_numbered_in_order_of_appearance(table):
    groups, first = groups_of(table, COLUMNS)
    expected = table.groupby(COLUMNS, sort=False, dropna=False, observed=True).ngroup().to_numpy()
    assert groups.tolist() == expected.tolist()
    assert first.tolist() == np.flatnonzero(~table.duplicated(COLUMNS)).tolist()


def test_members_hold_every_row_once_and_in_order(table):
    groups, first = groups_of(table, ["district"])
    rows = members(groups, len(first))
    assert [own[0] for own in rows] == first.tolist()
    assert sorted(np.concatenate(rows).tolist()) == list(range(len(table)))
    assert all((np.diff(own) > 0).all() and len(set(groups[own])) == 1 for own in rows)


def test_nothing_has_no_groups():
    groups, first = groups_of(pd.DataFrame({"key": []}), ["key"])
    assert len(groups) == len(first) == len(members(groups, 0)) == 0


def test_rows_are_kept_without_a_copy_where_all_are(table):
    assert kept(table, np.ones(len(table), dtype=bool)) is table
    assert len(kept(table, np.arange(len(table)) < 7)) == 7


def test_columns_that_are_numbered_once_answer_for_any_of_them(table):
    once = Numbers({column: table[column] for column in COLUMNS})
    for columns in (COLUMNS, COLUMNS[:2], COLUMNS[2:]):
        assert once.doubled(columns).tolist() == table.duplicated(columns).tolist()
        assert once.groups(columns)[0].tolist() == groups_of(table, columns)[0].tolist()
