"""Every text exists in both languages and asks for the same values."""

import errno
import itertools
import os
import re
import string
import tomllib
from importlib.resources import files

import pytest

from sozialraum import texts
from sozialraum.errors import Problem
from sozialraum.texts.paths import short_path


def _entries():
    for file in sorted(files(texts).iterdir(), key=lambda path: path.name):
        if file.name.endswith(".toml"):
            yield from _walk(file.name.removesuffix(".toml"), tomllib.loads(file.read_text("utf-8")))


def _walk(prefix, node):
    if "de" in node or "en" in node:
        yield prefix, node
    for name, child in node.items():
        if isinstance(child, dict):
            yield from _walk(f"{prefix}.{name}", child)


def _placeholders(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


AREAS = {
    area: dict(entries) for area, entries in itertools.groupby(_entries(), lambda one: one[0].split(".")[0])
}


@pytest.mark.parametrize("area", AREAS)
def test_both_languages_say_the_same(area):
    """A test per file, not per text: thousands of them take longer to count than to check."""
    entries = AREAS[area]
    assert {key for key, entry in entries.items() if not (entry.get("de") and entry.get("en"))} == set()
    other = {key for key, one in entries.items() if _placeholders(one["de"]) != _placeholders(one["en"])}
    assert other == set()


@pytest.mark.parametrize("area", AREAS)
def test_how_one_is_said_asks_for_nothing_else_and_says_no_number(area):
    counting = {
        key: entry
        for key, entry in AREAS[area].items()
        if "de" in entry.get("one", ()) and {"number", "count"} & _placeholders(entry["de"])
    }
    for key, entry in counting.items():
        for language in ("de", "en"):
            wanted, known = _placeholders(entry["one"][language]), _placeholders(entry[language])
            assert known - wanted <= {"number", "count", "cell", "columns"}, key
            assert wanted <= known, key
            assert not {"number", "count"} & wanted, key


MANY = {
    "de": "Gebiete|Fälle|Zeilen|Zellen|Spalten|Jahre|Merkmale|Indikatoren|Tabellen|Dateien|Werte|Zahlen"
    "|Personen|Menschen|Haushalte|Wohnungen|Maßnahmen|Ziele|Kanten|Grenzen|Nachbarn|Blätter|Stellen|Prozentpunkte"
    "|Einträge|Adressen|Quartiere|Angaben|Varianten|Wände|Teile|Schlüsseln|Objekte|Flächen|Meldungen|Größen"
    "|Hinweise|Warnungen|Widersprüche|Stichtage|Sprünge|Paare|Tage|Standardabweichungen|Häuser|Quellen"
    "|Sekunden|Programmgebiete|Permutationen|Eckpunkte|Orte|Straßen",
    "en": "districts|cases|rows|cells|columns|years|indicators|tables|files|values|numbers|persons|people"
    "|households|flats|measures|goals|edges|borders|neighbours|sheets|points|entries|addresses|quarters"
    "|figures|variants|walls|parts|keys|features|polygons|messages|quantities|variables|notes|warnings"
    "|errors|contradictions|findings|dates|jumps|pairs|days|deviations|houses|sources|seconds|areas"
    "|permutations|vertices|places|streets|counts",
}
BETWEEN = {
    "de": "der|die|das|von|in|mit|und|am|zum|bei|ist|hat|als|zu",
    "en": "of|in|with|and|the|on|is|has|at|to|as|between|for|by|or|where",
}
AFTER_ONE = {
    language: re.compile(
        rf"(?<![\w.,:§-])1 (?:(?!(?:{BETWEEN[language]}) )[a-zäöüß-]+ ){{0,2}}(?:{many})n?\b"
    )
    for language, many in MANY.items()
}
NEVER_ONE = {
    "assessment.bad_limits": "classes need two limits or more",
    "assessment.profile.conspicuous (both)": "two at least",
    "assessment.note.households": "said of effects above 1 only",
    "atlas.headline.districts": "another text says one",
    "atlas.method.enough": "a rule's minimum",
    "atlas.method.resamples": "hundreds",
    "atlas.record.rules_public": "a rule's minimum",
    "boundaries.several_documents": "two at least",
    "cases.no_house_coordinates": "a format has many fields",
    "cli.files": "two at least",
    "cli.number.error.more": "another text says one",
    "cli.number.note.more": "another text says one",
    "cli.number.warning.more": "another text says one",
    "effect.scattered": "two at least",
    "mixing.claim.walls": "another text says one",
    "neighbours.components": "two at least",
    "report.data.clusters": "99 at least",
    "spatial.one_column": "none, or two at least",
    "spatial.reach.do": "tens at least",
    "tables.bad_cell_several": "two at least",
    "tables.bad_date_several": "two at least",
    "tables.glued_footnote_several": "two at least",
}
"""Texts that are not asked for one, and why."""

NO_NUMBERS = {"name", "city", "field", "new_key", "lengths"}


@pytest.mark.parametrize("area", AREAS)
def test_nothing_is_said_of_1_districts(area):
    """Each number of each text in turn is 1; behind it no noun may stand for many."""
    found = {}
    for key, entry in AREAS[area].items():
        if key in NEVER_ONE or key.endswith(".one"):
            continue
        for language, many in AFTER_ONE.items():
            if "{" not in entry[language]:
                continue
            names = _placeholders(entry[language])
            for name in names - NO_NUMBERS:
                values = {other: _Any(other == name) for other in names}
                if "one" in entry and name in {"number", "count"}:
                    values[name] = 1
                told = texts.text(key, language, **values)
                if many.search(told):
                    found[key, language] = told
    assert found == {}


GARBLED = re.compile(
    r"[a-zäöüß];[a-zäöüß]| ;|(?<![x:]) {2}(?=[a-zäöüß])|; (?:es|it) is?t?;"
    r"|\b(?!(?:x|der|die|das|that)\b)(\w{2,}) \1\b(?! =)"
    r"|\b1 \w+,? (?:deren|zu denen|that belong|whose values) |\bAm  ?dem\b|\bwurden 1\b|\bfinden 1\b"
).search
"""What comes of a number put into the wrong place of a sentence."""


@pytest.mark.parametrize("area", AREAS)
def test_no_sentence_is_garbled_whatever_its_numbers(area):
    found = {}
    for key, entry in AREAS[area].items():
        for language in ("de", "en"):
            if "{" not in entry[language] or key in {"cli_programme.due", "cli_programme.overdue"}:
                continue
            names = _placeholders(entry[language])
            for one in (names, ()):
                values = {name: _Any(name in one) for name in names}
                if "one" in entry:
                    values |= dict.fromkeys({"number", "count"} & names, 1 if one else 3)
                told = texts.text(key, language, **values)
                if GARBLED(told):
                    found[key, language] = told
    assert found == {}


class _Any(str):
    """1, or a word that takes any format."""

    __slots__ = ()

    def __new__(cls, one):
        return super().__new__(cls, "1" if one else "x")

    def __format__(self, _):
        return str(self)


def test_what_is_said_of_none_one_and_many():
    assert [texts._told(number, "ein Fall|# Fälle") for number in ("0", "1", "2")] == [
        "0 Fälle",
        "ein Fall",
        "2 Fälle",
    ]
    assert texts._told("0", "kein Fall|ein Fall|# Fälle") == "kein Fall"
    told = texts.text("atlas_answers.changes.count", count=1, all=1, since="a", date="b")
    assert told == "1 von 1 Gebiet hat vom a bis zum b die Klasse gewechselt."


def test_paths_are_short_and_without_detours(tmp_path, monkeypatch):
    home = tmp_path / "amt" / "projekt"
    home.mkdir(parents=True)
    monkeypatch.chdir(home)
    assert short_path(home / "neu" / ".." / ".." / "daten" / "x.csv") == "../daten/x.csv"
    assert short_path(home / "tabellen" / "x_{year}.csv") == "tabellen/x_{year}.csv"
    assert short_path("neu/../neu/project.toml") == "neu/project.toml"
    assert short_path("../../../../../../a.csv") == "../../../../../../a.csv"
    far = tmp_path.joinpath("..", "..", "elsewhere", "deep", "x.csv")
    assert ".." not in short_path(far) or short_path(far).startswith("../")
    for same in ("x.csv", "a..b.csv", "https://example.org/a/../b", "/vsizip/a.zip/../b", ""):
        assert short_path(same) == same
    told = texts.text("tables.no_files", path=home / "neu" / ".." / "x_{year}.csv")
    assert told.endswith(": 'x_{year}.csv'.")


def test_why_a_file_cannot_be_opened_is_told_in_the_reader_s_language():
    for number, words in ((errno.ENOENT, "es gibt sie nicht"), (errno.EACCES, "kein Zugriff")):
        values = {"reason": os.strerror(number)}
        assert words in Problem(code="project.not_readable", values=values).text("de")
    assert "XYZ" in Problem(code="project.not_readable", values={"reason": "XYZ"}).text("de")


def test_unknown_text_is_our_own_mistake():
    with pytest.raises(KeyError):
        texts.text("common.no_such_text")
