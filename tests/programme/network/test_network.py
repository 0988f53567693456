import numpy as np
import pandas as pd
import pytest

from sozialraum.programme.network.conferences import conference_state, network_gaps, programme_districts
from sozialraum.programme.network.notes import note_conflicts, note_summary, poll_results
from sozialraum.programme.register import read_programme

KEYS = ["0201", "0204", "0303", "0503", "0504"]


@pytest.fixture
def programme(programme_folder, example_rows):
    def make(**add):
        for sheet, records in add.items():
            example_rows[sheet] += [{**example_rows[sheet][0], **record} for record in records]
        return read_programme(programme_folder(example_rows))

    return make


def test_which_programme_quarters_lack_a_conference(programme):
    state = conference_state(programme(), 2009, KEYS)
    assert state.index[state["lacking"]].tolist() == ["0201", "0204"]
    assert state.loc["0303", "meetings"] == 4
    assert state.loc["0303", "meetings_due"] == 4
    # One note in four meetings; elsewhere nobody met, so nothing can be divided.
    assert state.loc["0303", "notes_per_meeting"] == pytest.approx(0.25)
    assert np.isnan(state.loc["0504", "notes_per_meeting"])
    assert state.loc["0503", "planned"]
    assert not state.loc["0503", "exists"]


def test_before_it_began_there_was_no_area_and_no_conference(programme):
    assert programme_districts(programme(), 2008) == {}
    assert not conference_state(programme(), 2005, KEYS)["exists"].any()


def test_high_need_and_nobody_on_site(programme):
    gaps = network_gaps(
        programme(), 2009, pd.Series({"0201": True, "0503": True, "0303": True, "0504": False})
    )
    assert gaps.index.tolist() == ["0201", "0503", "0303"]
    assert gaps["gap"].tolist() == [False, True, False]
    # GLIM and the Jugendbunker name the quarter; the facility there is the Jugendbunker's.
    assert gaps.loc["0201", "actors"] == 2
    assert network_gaps(programme(), 2009, {}).empty


def test_notes_by_theme_and_only_public_ones_for_the_public(programme):
    loaded = programme(notes=[{"note_id": "N020", "visibility": "öffentlich", "mentions": ""}])
    table = note_summary(loaded).set_index(["district", "theme"])
    assert table.loc[("0204", "Freizeit"), "notes"] == 2
    assert table.loc[("0204", "Freizeit"), "mentions"] == 14
    assert table.loc[("0204", "Freizeit"), "not_in_data"] == 2
    assert note_summary(loaded, public=True)["notes"].tolist() == [1]
    assert note_summary(loaded, year=2009)["district"].tolist() == ["0303"]


@pytest.mark.parametrize(
    ("verdict", "second", "conflict"),
    [
        ("inconspicuous", "Begehung", True),
        ("conspicuous (favourable)", "Begehung", True),
        ("undecided", "Begehung", False),
        ("conspicuous (unfavourable)", "Begehung", False),
        ("not assessable", "Begehung", False),
    ],
)
def test_independent_notes_against_the_verdict(programme, verdict, second, conflict):
    note = {"indicator": "a", "corroborated_by": ""}
    loaded = programme(
        notes=[
            {**note, "note_id": "N021"},
            {**note, "note_id": "N022", "source_role": second},
        ]
    )
    verdicts = pd.DataFrame({"indicator": ["a"], "verdict": [verdict]}, index=["0204"])
    found = note_conflicts(loaded, verdicts)
    assert found["conflict"].tolist() == [conflict]


def test_one_note_alone_makes_no_conflict(programme):
    loaded = programme(notes=[{"note_id": "N021", "indicator": "a", "corroborated_by": ""}])
    verdicts = pd.DataFrame({"indicator": ["a"], "verdict": ["inconspicuous"]}, index=["0204"])
    assert note_conflicts(loaded, verdicts)["conflict"].tolist() == [False]


def test_open_participation_never_gets_an_interval(programme):
    polls = poll_results(
        programme(
            polls=[
                {"poll_id": "B02", "sampling": "Zufallsstichprobe"},
                {"poll_id": "B03", "sampling": "Vollerhebung"},
                {"poll_id": "B04", "sampling": "Zufallsstichprobe", "count": "0", "respondents": "0"},
            ]
        )
    ).set_index("poll_id")
    assert polls["share"].tolist()[:3] == pytest.approx([31 / 84] * 3)
    assert polls.loc[["B01", "B03"], ["lower", "upper"]].isna().all(axis=None)
    assert polls.loc["B02", "lower"] == pytest.approx(0.2737, abs=1e-3)
    assert polls.loc["B02", "upper"] == pytest.approx(0.4759, abs=1e-3)
    assert np.isnan(polls.loc["B04", "share"])
