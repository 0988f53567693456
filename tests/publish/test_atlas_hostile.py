"""Hostile words in everything that people write: names, labels, goals, measures, actors, reasons, sites."""

from dataclasses import replace
from itertools import cycle

import pytest
from page_faults import CLIPPED
from page_programme import programme

from sozialraum.publish.atlas.write import atlas

HOSTILE = (
    "\u202egnurhekmU\u2066 \u05d0\u05d1",
    "</script><script>window.harmed = 1</script><img src=x onerror='window.harmed = 1'>",
    "Donaudampfschifffahrts" * 14,
    "javascript:window.harmed=1 {{ 7 * 7 }} ${window.harmed = 1} \u2028",
)
WRITTEN = {
    *("name", "title", "reason", "text", "theme", "owner", "lead", "sentence", "why", "paper", "label"),
    *("word", "role", "basis", "unit", "kind", "group", "told"),
}
VIEWS = ("values", "status", "clusters", "verdict", "pair", "areas", "need")
STATES = (
    *(f"#view={view}&district=01" for view in VIEWS),
    *(f"#view=status&side={side}&compare=01,02,03" for side in ("groups", "changes", "charts", "compare")),
    "#view=areas&side=programme",
    "#view=values&side=city",
)


def poisoned(part, words, *, written=False):
    """Put hostile words wherever somebody's words stand; ids, keys and states stay what they are."""
    if isinstance(part, dict):
        found = {key: poisoned(one, words, written=written or key in WRITTEN) for key, one in part.items()}
        # A kind of a facility that is an id stays one.
        return {**found, "kind": part["kind"]} if isinstance(part.get("kind"), str) else found
    if isinstance(part, list):
        return [poisoned(one, words, written=written) for one in part]
    return next(words) if written and isinstance(part, str) else part


@pytest.fixture(scope="module")
def page(assessed, tmp_path_factory):
    words = cycle(HOSTILE)
    release = replace(
        assessed,
        city=HOSTILE[1],
        districts=assessed.districts.assign(
            name=[next(words) for _ in assessed.districts.index], area=HOSTILE[0]
        ),
        catalogue=assessed.catalogue.assign(
            **{
                name: [next(words) for _ in assessed.catalogue.index]
                for name in ("label_de", "description_de", "theme", "source", "unit_de")
            }
        ),
    )
    drawn = atlas(release)
    root = drawn.get_root()
    root.data = {**root.data, "programme": poisoned(programme(internal=False), words)}
    file = tmp_path_factory.mktemp("hostile") / "page.html"
    drawn.save(str(file))
    return file


def test_the_file_holds_no_sign_that_turns_the_direction(page):
    words = page.read_text("utf-8")
    assert "\u202e" not in words
    assert "\u2066" not in words
    assert "\u05d0\u05d1" in words


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_runs_turns_or_leaves_the_page(reader, page, width):
    reader.page = page
    reader.open(STATES[0], (width, 800))
    found = {}
    for state in STATES:
        reader.script("window.location.hash = arguments[0]", state)
        reader.until_shown(state)
        reader.script("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        found[state] = reader.script(CLIPPED)
        assert not reader.all("img, iframe, b"), state
    assert {state: faults for state, faults in found.items() if faults} == {}
    reader.script("document.getElementById('open-board').click()")
    assert reader.one("#board").is_displayed()
    assert reader.script("return window.harmed") is None
    assert reader.errors() == []
