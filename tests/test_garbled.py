# ruff: noqa: RUF001 - the confusable characters are the subject
"""Texts that were read in a wrong encoding are told from foreign names."""

import pytest

from sozialraum.garbled import find_garbled, reread

NAMES = ["Mühle", "Brückenau", "Straße", "Weberviertel", "Köln-Süd", "Größe"]


@pytest.mark.parametrize(
    ("meant", "read"),
    [
        ("utf-8", "cp1252"),
        ("utf-8", "latin-1"),
        ("utf-8", "mac_roman"),
        ("utf-8", "cp850"),
        ("cp850", "latin-1"),
        ("mac_roman", "cp1252"),
        ("mac_roman", "latin-1"),
        ("cp1252", "mac_roman"),
        ("cp1252", "cp850"),
    ],
)
def test_encoding_that_was_meant_is_found(meant, read):
    found = find_garbled([name.encode(meant).decode(read) for name in NAMES])
    assert found.encoding == meant
    assert set(found.meant) <= set(NAMES)


@pytest.mark.parametrize(
    "names",
    [
        ["Budyšin", "Chóśebuz", "Žylow"],
        ["Café – Süd", "„Alte“ Mühle", "«Neue» Höfe"],
        ["Île-de-France", "Ñuñoa", "São Paulo", "Łódź", "Ærø"],
        ["Fläche in m²", "§ 7 SGB II", "Einkommen €", "≥ 65 Jahre", "5 ‰"],
        ["MÜHLE", "GRÖẞE", "ÄLTERE", "Müller’s Hof"],
        [],
    ],
)
def test_foreign_names_and_signs_are_not_doubted(names):
    assert find_garbled(names) is None


def test_lost_letters_are_doubted_without_a_proposal():
    found = find_garbled(["Br\ufffdckenau", "Mühle"])
    assert found.examples == ("Br\ufffdckenau",)
    assert found.encoding is None


def test_ascii_stays_itself():
    assert reread("Weberviertel", "utf-8") == "Weberviertel"
    assert reread("Mühle", "utf-8") == "Mühle"
