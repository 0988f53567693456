"""The page's modules: bundled without a tool, and checked with one (deno, a wheel of the development set)."""

from importlib.resources import files
from pathlib import Path

import pytest

from sozialraum.publish.atlas.bundle import bundle

ASSETS = Path(str(files("sozialraum.publish.atlas") / "assets"))


def _bundle(**modules):
    sources = {name.replace("__", "/") + ".js": source for name, source in modules.items()}
    return bundle("entry.js", sources.__getitem__, name="Page")


class TestBundle:
    def test_a_module_stands_before_those_that_need_it_and_only_once(self):
        script = _bundle(
            entry='import { b } from "./parts/b.js";\nimport * as c from "./c.js";\n'
            "const a = b;\nexport { a };\n",
            parts__b='import { c } from "../c.js";\nconst b = c;\nexport { b };\n',
            c="const c = 1;\nexport { c };\n",
        )
        assert script == (
            '(() => {\n"use strict";\n'
            "const module_c = (() => {\nconst c = 1;\nreturn {c};\n})();\n"
            "const module_parts_b = (() => {\nconst {c} = module_c;\nconst b = c;\nreturn {b};\n})();\n"
            "const module_entry = (() => {\nconst {b} = module_parts_b;\nconst c = module_c;\nconst a = b;\n"
            "return {a};\n})();\n"
            "window.Page = module_entry;\n})();"
        )

    def test_a_name_can_be_changed_on_import(self):
        script = _bundle(
            entry='import { c as d } from "./c.js";\nexport { d };\n', c="const c = 1;\nexport { c };\n"
        )
        assert "const {c: d} = module_c;" in script

    def test_comments_stay_out_of_the_page_but_addresses_stay(self):
        script = _bundle(entry='// why\n/** @type {string} */\nconst a = "http://b";\nexport { a };\n')
        assert "why" not in script
        assert "@type" not in script
        assert 'const a = "http://b";' in script

    @pytest.mark.parametrize(
        ("modules", "told"),
        [
            ({"entry": 'import { b } from "./b.js";\nexport { b };\n',
              "b": 'import { c } from "./entry.js";\nexport { c };\n'}, "import each other"),
            ({"entry": "export default 1;\n"}, "one export"),
            ({"entry": "export const a = 1;\nexport { a };\n"}, "does not know"),
            ({"entry": 'import "./b.js";\nexport { };\n'}, "does not know"),
        ],
    )  # fmt: skip
    def test_what_it_cannot_bundle_it_refuses(self, modules, told):
        with pytest.raises(ValueError, match=told):
            _bundle(**modules)

    def test_every_module_of_the_page_is_reached(self):
        found = []

        def read(path):
            found.append(path)
            return (ASSETS / path).read_text("utf-8")

        bundle("atlas.js", read, name="Sozialraum")
        assert sorted(found) == sorted(path.relative_to(ASSETS).as_posix() for path in ASSETS.rglob("*.js"))


@pytest.mark.slow
def test_types_hold(deno):
    deno("check", "--no-lock", "--config", "deno.json", "atlas.js")


def test_the_linter_finds_nothing(deno):
    deno("lint", "--config", "deno.json")


@pytest.mark.slow
def test_pure_parts_do_what_they_say(deno):
    tests = Path(__file__).parent / "scripts"
    own = sorted(str(path) for path in tests.glob("*_test.js") if path.name != "contract_test.js")
    deno("test", "--no-lock", "--config", "deno.json", "--no-check", "--quiet", *own)
