"""Every text exists in both languages and asks for the same values."""

import itertools
import string
import tomllib
from importlib.resources import files

import pytest

from sozialraum import texts


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


def test_unknown_text_is_our_own_mistake():
    with pytest.raises(KeyError):
        texts.text("common.no_such_text")
