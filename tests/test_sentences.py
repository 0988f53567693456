"""docs/saetze.md lists every German sentence that a planner reads, with the test that carries it, up to date.

The table is made from the texts: ``python tests/test_sentences.py`` writes it anew. A sentence that no test
is named for fails here, so that none arrives without somebody having asked what carries it. Words and
headings are not listed; what is wrong with an input is told by `Problem`s with tests in their own room.
"""

import re
import tomllib
from importlib.resources import files
from pathlib import Path

from sozialraum import texts

DOCUMENT = Path(__file__).parents[1] / "docs" / "saetze.md"
AREAS = {
    "assessment": "Beurteilung: Einstufungen, Urteile, Hinweise, Fragen im Rat",
    "mixing": "Durchmischung, Übergänge, Trends",
    "atlas": "Die Karte",
    "atlas_answers": "Die Karte: Antworten neben ihr",
    "programme_page": "Die Karte: Programm",
    "report": "Bericht",
    "provision": "Angebot und Bedarf",
    "selection": "Auswahl der Programmgebiete",
    "effect": "Wirkung",
    "programme_report": "Bericht über das Programm",
    "audit": "Prüfung veröffentlichter Zahlen",
    "start": "Startseite",
}

WORDS = "sagt, was zu sehen oder zu tun ist"
LIMITS = "sagt, was nicht gezeigt ist"
CARRIED = {
    "assessment.status": (
        "Klassengrenzen am Index, gegen Berlins Klassen",
        "assessment/index/test_berlin.py",
    ),
    "assessment.dynamic": ("Klassengrenzen an der Veränderung des Index", "assessment/index/test_berlin.py"),
    "assessment.attention": ("Regel aus Status und Dynamik", "assessment/index/test_classes.py"),
    "assessment.early_warning": ("Regel aus Status und Dynamik", "assessment/index/test_monitoring.py"),
    "assessment.index_reason": ("Grund ist im Ergebnis angegeben", "assessment/test_assessment_texts.py"),
    "assessment.verdict": ("Grenze, zwei Prüfungen, Äquivalenz", "assessment/test_verdict.py"),
    "assessment.told": ("dieselben Bedingungen, mit ihren Zahlen", "assessment/test_told.py"),
    "assessment.verdict_reason": ("Grund ist im Ergebnis angegeben", "assessment/test_verdict.py"),
    "assessment.profile": ("zweiter Schritt nach Benjamini-Bogomolov", "assessment/test_verdict.py"),
    "assessment.target_group": ("Bezeichnung, keine Aussage", "assessment/test_assessment_texts.py"),
    "assessment.note.healthy_mix": ("sagt, was nicht geprüft ist", "publish/test_atlas_views.py"),
    "assessment.note.ecological_fallacy": (
        "sagt, was nicht geprüft ist",
        "assessment/test_assessment_texts.py",
    ),
    "assessment.note.relative": ("feste Basis gegen bewegliche", "assessment/index/test_monitoring.py"),
    "assessment.note.comparison": ("eine Familie je Merkmal und Stichtag", "assessment/test_verdict.py"),
    "assessment.note.households": ("Wirkung des Haushaltsfaktors", "stats/test_intervals.py"),
    "assessment.note.independent": ("Wirkung des fehlenden Faktors", "stats/test_intervals.py"),
    "assessment.note.variants": ("Zahl der Varianten", "assessment/index/test_multiverse.py"),
    "assessment.note.resamples": ("Anteil wahrer Einstufungen", "assessment/index/test_robustness.py"),
    "assessment.note.regression": ("Rückkehr zum Üblichen", "assessment/test_cautious.py"),
    "assessment.effect_source": ("Herkunft steht im Katalog", "indicators/test_people.py"),
    "assessment.chance": ("Erklärung, keine Aussage über ein Gebiet", "test_texts.py"),
    "assessment.council.title": ("Überschrift", "test_texts.py"),
    "assessment.council.untested": ("Urteile des Laufs", "publish/test_atlas_assessment.py"),
    "assessment.council.q7.alone": ("Varianten des Laufs", "publish/test_atlas_assessment.py"),
    "assessment.council.q1": ("Erklärung, siehe chance", "test_texts.py"),
    "assessment.council.q2": ("Haushalte am kleinsten Beispiel", "assessment/test_verdict.py"),
    "assessment.council.q3": ("andere Merkmale ändern nichts", "assessment/test_verdict.py"),
    "assessment.council.q4": ("Unterschied belegt, Grenze nicht", "assessment/test_verdict.py"),
    "assessment.council.q5": ("Wände, ungeprüfte Grenzen", "assessment/borders/test_edges.py"),
    "assessment.council.q6": ("Stadt ohne Unterschiede", "assessment/test_verdict.py"),
    "assessment.council.q7": ("Zahl der Varianten", "assessment/index/test_multiverse.py"),
    "assessment.council.q8": ("sagt, was nicht geprüft ist", "test_texts.py"),
    "assessment.constant_indicator": ("Merkmal ohne Unterschiede", "assessment/index/test_index.py"),
    "mixing.used": ("Zahl der Gebiete", "assessment/mixing/test_segregation.py"),
    "mixing.note": (LIMITS, "assessment/mixing/test_segregation.py"),
    "mixing.measure": (
        "Formel am kleinsten Beispiel, Überdeckung in der Simulation",
        "assessment/mixing/test_segregation.py",
    ),
    "mixing.border": ("Grenze in Punkten, zwei Prüfungen", "assessment/borders/test_edges.py"),
    "mixing.claim": (
        "Wände, geprüfte und ungeprüfte Grenzen, Vergleich mit zufälligen Anordnungen",
        "assessment/borders/test_edges.py",
    ),
    "mixing.state": (
        "Kontrollgrenzen mit der Streuung zwischen den Gebieten",
        "assessment/trends/test_series.py",
    ),
    "mixing.trend": (
        "Trendprüfung, die Ähnlichkeit der Jahre einrechnet",
        "assessment/trends/test_series.py",
    ),
    "mixing.break": (
        "Bruchprüfung mit den Veränderungen des Gebiets selbst",
        "assessment/trends/test_series.py",
    ),
    "mixing.persistence": ("Zählung der Stichtage", "assessment/trends/test_series.py"),
    "mixing.similar": ("Abstand in Merkmalen und Größe", "assessment/test_similar.py"),
    "atlas.simulated": ("Angabe der Projektdatei", "publish/test_atlas.py"),
    "atlas.internal": ("Zielgruppe des Laufs", "publish/test_atlas.py"),
    "atlas.noscript": (WORDS, "publish/test_atlas.py"),
    "atlas.never": (LIMITS, "publish/test_atlas.py"),
    "atlas.control": (WORDS, "publish/test_atlas_browser.py"),
    "atlas.map": (WORDS, "publish/test_atlas_browser.py"),
    "atlas.view": (WORDS, "publish/test_atlas_browser.py"),
    "atlas.tool": (WORDS, "publish/test_atlas_browser.py"),
    "atlas.list": (WORDS, "publish/test_atlas_browser.py"),
    "atlas.read": (WORDS, "publish/test_atlas_browser.py"),
    "atlas.print": (LIMITS, "publish/test_atlas_browser.py"),
    "atlas.footer": ("Sperre jeder Anfrage ans Netz", "publish/test_atlas_browser.py"),
    "atlas.record": ("Regeln der Geheimhaltung des Laufs", "publish/test_atlas.py"),
    "atlas.origin": ("Vereinfachung der Grenzen", "publish/test_atlas.py"),
    "atlas.board": (WORDS, "publish/test_atlas_board.py"),
    "atlas.limits": (LIMITS, "publish/test_atlas.py"),
    "atlas.legend": ("Zählung der Gebiete je Klasse", "publish/test_atlas_browser.py"),
    "atlas.colour": ("Farben und Klassen der Ansicht", "publish/test_atlas_views.py"),
    "atlas.robustness": ("Anteil nachgezogener Jahre mit derselben Klasse", "publish/test_atlas_views.py"),
    "atlas.why": ("Kennzeichen des Werts", "publish/test_atlas_browser.py"),
    "atlas.cluster": ("lokales Moran's I, Benjamini-Hochberg", "spatial/test_local_statistics.py"),
    "atlas.panel": ("Zahlen des Gebiets", "publish/test_atlas_browser.py"),
    "atlas.sure": ("Prüfung, Korrektur und Unsicherheitsbereich des Laufs", "publish/test_atlas_browser.py"),
    "atlas.sure.adjusted": (
        "Anteil falscher Funde ohne und mit gepflanztem Cluster",
        "spatial/test_inference.py",
    ),
    "atlas.moran": ("globales Moran's I gegen zufällige Anordnungen", "spatial/test_autocorrelation.py"),
    "atlas.method": ("Regel und Grenzen des Laufs", "publish/test_atlas_assessment.py"),
    "atlas.method.edges": ("Grenze in Punkten, zwei Prüfungen", "assessment/borders/test_edges.py"),
    "atlas.classes": ("Klassengrenzen der Ansicht", "publish/test_classes.py"),
    "atlas.smoothed": ("geglättete Anteile von Hand, gegen esda", "spatial/test_rates.py"),
    "atlas.pair": ("Drittel je Merkmal, ohne Aussage über Ursachen", "publish/test_atlas_pair.py"),
    "atlas.borders": ("zusammenhängende deutliche Sprünge", "assessment/borders/test_edges.py"),
    "atlas.need": ("Anteil nachgezogener Daten im selben Feld", "assessment/provision/test_burden.py"),
    "atlas.goal": (WORDS, "publish/test_atlas_answers.py"),
    "atlas.programme": (WORDS, "publish/test_atlas_answers.py"),
    "atlas.side": (WORDS, "publish/test_atlas_beside.py"),
    "atlas.headline": ("Zählung der Klassen der gezeigten Ansicht", "publish/test_atlas_views.py"),
    "atlas_answers": ("Zählung und Anordnung dessen, was die Karte zeigt", "publish/test_atlas_answers.py"),
    "programme_page": (
        "Beschlüsse und Stellung der Gebiete, wie das Programm sie führt",
        "programme/findings/test_findings.py",
    ),
    "report": ("Sätze folgen den Ergebnissen des Laufs", "publish/report"),
    "provision": ("Bedarf und Angebot, mit Unsicherheitsbereich", "assessment/provision/test_burden.py"),
    "selection": ("Regeln, Haltedauer, Gründe", "programme/selection/test_selection.py"),
    "effect": ("Abweichung von der Erwartung, gegen Placebo-Gebiete", "programme/effect/test_study.py"),
    "programme_report": ("Stand der Ziele und Maßnahmen", "programme/goals/test_follow_up.py"),
    "audit": ("Widersprüche in veröffentlichten Zahlen", "audit"),
    "start": (WORDS, "publish/test_index.py"),
}
"""Beginning of a key, with its area, to what carries the sentence, and the tests; the longest one counts."""


def _walk(prefix, node, language="de"):
    if isinstance(node.get(language), str):
        yield prefix, node[language]
    for name, child in node.items():
        if isinstance(child, dict):
            yield from _walk(f"{prefix}.{name}".removeprefix("."), child, language)


def _texts(area):
    return dict(_walk("", tomllib.loads((files(texts) / f"{area}.toml").read_text("utf-8"))))


def _sentences():
    """Return (area.key, sentence) of all but words, headings, and messages about inputs."""
    for area in AREAS:
        found = _texts(area)
        for key, told in found.items():
            message = key.endswith(".do") or f"{key}.do" in found or f"{area}.{key}" in RAISED
            if not message and told.rstrip().endswith((".", "?", "!")):
                yield f"{area}.{key}", told


RAISED = {
    code
    for path in Path(texts.__file__).parents[1].rglob("*.py")
    for code in re.findall(r'code="([a-z_.]+)"', path.read_text("utf-8"))
}
"""What the code raises as a problem."""


def _carried(key):
    beginnings = [known for known in CARRIED if key == known or key.startswith(f"{known}.")]
    return CARRIED[max(beginnings, key=len)] if beginnings else None


def _table():
    lines = ["# Jeder Satz und was ihn trägt", "",
             "Erzeugt mit `python tests/test_sentences.py`; ein Satz ohne Test lässt die Tests scheitern.",
             "Wörter, Überschriften und Meldungen zu Eingaben sind nicht aufgeführt.", ""]  # fmt: skip
    told_by_area = {}
    for key, told in _sentences():
        told_by_area.setdefault(key.split(".")[0], []).append((key, told))
    for area, title in AREAS.items():
        lines += [f"## {title}", "", "| Schlüssel | Satz | getragen von | Test |", "|---|---|---|---|"]
        for key, told in told_by_area.get(area, []):
            what, where = _carried(key) or ("-", "-")
            shown = told.replace("|", "\\|").replace("\n", " ")
            lines.append(f"| `{key.removeprefix(f'{area}.')}` | {shown} | {what} | `tests/{where}` |")
        lines.append("")
    return "\n".join(lines)


def test_every_sentence_has_its_test_and_every_test_exists():
    assert [key for key, _ in _sentences() if _carried(key) is None] == []
    folder = Path(__file__).parent
    assert [where for _, where in CARRIED.values() if not (folder / where).exists()] == []
    known = [f"{area}.{key}" for area in AREAS for key in _texts(area)]
    assert [start for start in CARRIED if not any(key.startswith(start) for key in known)] == []


def test_the_table_in_the_docs_is_up_to_date():
    assert DOCUMENT.read_text("utf-8") == _table(), "python tests/test_sentences.py writes it anew"


def test_no_sentence_says_more_than_a_test_can():
    """Words that the findings refuse: certainty, proof of a healthy mix, burdened people, formulas."""
    refused = (
        "so gut wie sicher", "mit Sicherheit", "zweifelsfrei", "bewiesen", "gesunde Durchmischung",
        "gesunde Mischung", "belastet", "Problemgebiet", "sozialer Brennpunkt",
        "Zufall erklärt das nicht", "ohne Näherung",
        "ist die Einstufung sicher", "Moran's I =", "p <", "p =", "λ", "φ", "τ",
    )  # fmt: skip
    second_layer = {"atlas.moran.numbers"}
    found = [
        (key, word) for key, told in _sentences() for word in refused
        if word.lower() in told.lower() and key not in second_layer and not key.startswith("audit.")
    ]  # fmt: skip
    assert found == []


def test_both_languages_end_a_sentence_alike():
    for area in AREAS:
        content = tomllib.loads((files(texts) / f"{area}.toml").read_text("utf-8"))
        english = dict(_walk("", content, "en"))
        for key, told in _walk("", content):
            ends = [sentence.rstrip().endswith((".", "?", "!")) for sentence in (told, english[key])]
            assert ends[0] == ends[1], f"{area}.{key}"


if __name__ == "__main__":
    DOCUMENT.write_text(_table(), "utf-8")
