"""Keys stay text; spellings are proposed, never merged."""

import numpy as np
import pandas as pd

from sozialraum.keys import as_keys, closest, normalise_name, padded_matches, propose_names


def test_keys_keep_leading_zeros_and_lose_outer_blanks():
    keys = as_keys(pd.Series(["04", " 010 ", "", None, "Ü"], index=list("abcde")))
    expected = pd.Series(["04", "010", None, None, "Ü"], index=list("abcde"), dtype=object)
    pd.testing.assert_series_equal(keys, expected)


def test_whole_floats_become_keys_without_point():
    assert as_keys(pd.Series([4.0, np.nan, 12.0])).tolist() == ["4", None, "12"]


def test_decomposed_umlauts_equal_composed_ones():
    assert as_keys(pd.Series(["Mu\u0308hle"])).tolist() == ["Mühle"]


def test_spellings_of_one_place_become_equal():
    assert normalise_name("Sieben Hügel") == normalise_name("Siebenhügel")
    assert normalise_name("Schloßstraße") == normalise_name("Schlossstrasse")
    assert normalise_name("Nord-West") != normalise_name("Nord-Ost")


def test_a_name_is_proposed_only_if_one_candidate_fits():
    assert propose_names(["Sieben Hügel"], ["Siebenhügel", "Mitte"]) == {"Sieben Hügel": "Siebenhügel"}
    assert propose_names(["Sieben Hügel"], ["Siebenhügel", "Sieben-Hügel"]) == {}
    assert propose_names(["Hügel"], ["Siebenhügel"]) == {}


def test_keys_read_as_numbers_are_proposed_with_their_zeros():
    assert padded_matches(["4", "10.0", "5"], ["04", "010", "05", "005"]) == {"4": "04", "10.0": "010"}
    assert padded_matches(["04"], ["04"]) == {}


def test_closest_names_the_likeliest_first():
    known = ["25 bis unter 55 ahre", "55 Jahre und älter", "Bedarfsgemeinschaften"]
    assert closest("25 bis unter 55 Jahre", known)[0] == "25 bis unter 55 ahre"
    assert closest("BEDARFS-GEMEINSCHAFTEN", known) == ("Bedarfsgemeinschaften",)
    assert closest("xyz", known) == ()
