"""docs/saetze.md lists every sentence of the assessment with the test that carries it, and is up to date.

The table is made from the texts: ``python tests/test_sentences.py`` writes it anew. A text that no test is
named for fails here, so that no sentence arrives without somebody having asked what carries it.
"""

import tomllib
from importlib.resources import files
from pathlib import Path

from sozialraum import texts

DOCUMENT = Path(__file__).parents[1] / "docs" / "saetze.md"
AREAS = ("assessment",)

CARRIED = {
    "status": ("Klassengrenzen am Index, gegen Berlins Klassen", "assessment/index/test_berlin.py"),
    "dynamic": ("Klassengrenzen an der Veränderung des Index", "assessment/index/test_berlin.py"),
    "attention": ("Regel aus Status und Dynamik", "assessment/index/test_classes.py"),
    "early_warning": ("Regel aus Status und Dynamik", "assessment/index/test_monitoring.py"),
    "index_reason": ("Grund ist im Ergebnis angegeben", "assessment/test_assessment_texts.py"),
    "verdict": ("Grenze, zwei Prüfungen, Äquivalenz", "assessment/test_verdict.py"),
    "told": ("dieselben Bedingungen, mit ihren Zahlen", "assessment/test_told.py"),
    "verdict_reason": ("Grund ist im Ergebnis angegeben", "assessment/test_verdict.py"),
    "profile": ("zweiter Schritt nach Benjamini-Bogomolov", "assessment/test_verdict.py"),
    "target_group": ("Bezeichnung, keine Aussage", "assessment/test_assessment_texts.py"),
    "note.healthy_mix": ("sagt, was nicht geprüft ist", "publish/test_atlas_views.py"),
    "note.ecological_fallacy": ("sagt, was nicht geprüft ist", "assessment/test_assessment_texts.py"),
    "note.relative": ("feste Basis gegen bewegliche", "assessment/index/test_monitoring.py"),
    "note.comparison": ("eine Familie je Merkmal und Stichtag", "assessment/test_verdict.py"),
    "note.households": ("Wirkung des Haushaltsfaktors", "stats/test_intervals.py"),
    "note.independent": ("Wirkung des fehlenden Faktors", "stats/test_intervals.py"),
    "note.variants": ("Zahl der Varianten", "assessment/index/test_multiverse.py"),
    "note.resamples": ("Anteil wahrer Einstufungen", "assessment/index/test_robustness.py"),
    "note.regression": ("Rückkehr zum Üblichen", "assessment/test_cautious.py"),
    "effect_source": ("Herkunft steht im Katalog", "indicators/test_people.py"),
    "chance": ("Erklärung, keine Aussage über ein Gebiet", "test_texts.py"),
    "council.title": ("Überschrift", "test_texts.py"),
    "council.q1": ("Erklärung, siehe chance", "test_texts.py"),
    "council.q2": ("Haushalte am kleinsten Beispiel", "assessment/test_verdict.py"),
    "council.q3": ("andere Merkmale ändern nichts", "assessment/test_verdict.py"),
    "council.q4": ("Unterschied belegt, Grenze nicht", "assessment/test_verdict.py"),
    "council.q5": ("Wände, ungeprüfte Grenzen", "assessment/borders/test_edges.py"),
    "council.q6": ("Stadt ohne Unterschiede", "assessment/test_verdict.py"),
    "council.q7": ("Zahl der Varianten", "assessment/index/test_multiverse.py"),
    "council.q8": ("sagt, was nicht geprüft ist", "test_texts.py"),
}
"""Beginning of a key to what carries the sentence, and the test file; the longest beginning counts."""

FAULTS = ("Meldung zu einer Eingabe", "assessment/test_assessment_texts.py")


def _walk(prefix, node):
    if "de" in node:
        yield prefix, node["de"]
    for name, child in node.items():
        if isinstance(child, dict):
            yield from _walk(f"{prefix}.{name}".removeprefix("."), child)


def _sentences():
    for area in AREAS:
        content = tomllib.loads((files(texts) / f"{area}.toml").read_text("utf-8"))
        yield from _walk("", content)


def _carried(key, faults):
    beginnings = [known for known in CARRIED if key == known or key.startswith(f"{known}.")]
    if beginnings:
        return CARRIED[max(beginnings, key=len)]
    return FAULTS if key.split(".")[0] in faults else None


def _faults():
    """Messages about inputs say what to do, or are raised as a problem."""
    source = "".join(path.read_text("utf-8") for path in Path(texts.__file__).parents[1].rglob("*.py"))
    keys = {key.split(".")[0] for key, _ in _sentences()}
    return {key for key in keys if f'"{key}"' in source or f"assessment.{key}" in source}


def _table():
    faults = _faults()
    rows = [(key, told, _carried(key, faults)) for key, told in _sentences()]
    lines = ["# Jeder Satz und was ihn trägt", "",
             "Erzeugt mit `python tests/test_sentences.py`; ein Satz ohne Test lässt die Tests scheitern.",
             "", "| Schlüssel | Satz | getragen von | Test |", "|---|---|---|---|"]  # fmt: skip
    for key, told, carried in rows:
        what, where = carried or ("-", "-")
        shown = told.replace("|", "\\|")
        lines.append(f"| `{key}` | {shown} | {what} | `tests/{where}` |")
    return "\n".join(lines) + "\n"


def test_every_sentence_has_its_test_and_every_test_exists():
    faults = _faults()
    assert [key for key, _ in _sentences() if _carried(key, faults) is None] == []
    folder = Path(__file__).parent
    assert [where for _, where in CARRIED.values() if not (folder / where).exists()] == []
    keys = [key for key, _ in _sentences()]
    assert [known for known in CARRIED if not any(key.startswith(known) for key in keys)] == []


def test_the_table_in_the_docs_is_up_to_date():
    assert DOCUMENT.read_text("utf-8") == _table()


def test_no_sentence_says_more_than_a_test_can():
    """Words that the findings refuse: certainty, proof of a healthy mix, burdened people."""
    refused = (
        "so gut wie sicher",
        "gesunde Durchmischung",
        "belastet",
        "Zufall erklärt das nicht",
        "ohne Näherung",
    )
    found = [(key, word) for key, told in _sentences() for word in refused if word in told]
    assert found == []


if __name__ == "__main__":
    DOCUMENT.write_text(_table(), "utf-8")
