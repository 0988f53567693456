"""The assessment on its way into the page: every class with its district, nothing that must not be seen."""

import json
import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from page_data import atlas_data

from sozialraum.analysis import Assessment
from sozialraum.assessment.index.recipes import DYNAMIC, STATUS
from sozialraum.assessment.profile import PROFILES
from sozialraum.assessment.rule import VERDICTS
from sozialraum.errors import AlignmentError
from sozialraum.publish.atlas.assessment import assessment_texts
from sozialraum.publish.atlas.write import atlas, write_atlas
from sozialraum.publish.palettes import ASSESSMENT_COLOURS, PATTERNS


@pytest.fixture(scope="module")
def data(assessed):
    return atlas_data(assessed)


@pytest.fixture(scope="module")
def found(data):
    return data["assessment"]


def _words(found, kind, digits):
    return [found["words"][kind][int(digit)] for digit in digits]


def _slice(data, indicator, date="2017-12-31"):
    (one,) = [one for one in data["indicators"] if one["id"] == indicator]
    return next(part for part in one["slices"] if part["date"] == date)


def _with(release, **frames):
    return replace(release, assessment=replace(release.assessment, **frames))


class TestData:
    def test_status_stands_in_the_order_of_the_districts_whatever_the_order_of_the_rows(self, found):
        now = found["index"]["all"][1]
        assert now["date"] == "2017-12-31"
        assert _words(found, "status", now["status"]) == [
            "very low", "low", "medium", "high", "low", "medium", "medium", "high", "medium", "medium",
            "not assessable", "not assessable",
        ]  # fmt: skip
        assert now["value"][:3] == [1.91, 1.21, -0.19]
        assert now["value"][10:] == [None, None]
        assert _words(found, "status", now["fixedStatus"])[:5] == ["low", "low", "medium", "high", "medium"]
        assert _words(found, "warning", now["warning"])[4:7] == [
            "none", "early warning", "persistent early warning",
        ]  # fmt: skip

    def test_each_missing_class_has_its_reason_in_words(self, found):
        now = found["index"]["all"][1]
        reasons = [found["reasons"]["index"][int(digit)] for digit in now["reason"]]
        assert reasons[9] == {"id": "", "label": ""}
        assert reasons[10]["label"] == "mindestens ein Merkmal hat keinen Wert"
        assert reasons[11]["label"] == "zu wenige Einwohnerinnen und Einwohner"
        first = found["index"]["all"][0]
        assert {found["reasons"]["index"][int(digit)]["id"] for digit in first["dynamicReason"]} == {
            "no change known"
        }

    def test_a_reason_nobody_knows_is_kept_and_called_not_assessable(self, assessed):
        verdicts = assessed.assessment.verdicts.replace({"reason": {"few cases": "rounded away"}})
        reasons = atlas_data(_with(assessed, verdicts=verdicts))["assessment"]["reasons"]["verdict"]
        assert reasons[-1] == {"id": "rounded away", "label": "nicht beurteilbar"}

    def test_verdicts_and_borders_belong_to_indicator_and_date(self, data, found):
        now = _slice(data, "poor")
        assert _words(found, "verdict", now["verdicts"])[:4] == [
            "conspicuous (unfavourable)", "conspicuous (unfavourable)", "inconspicuous",
            "conspicuous (favourable)",
        ]  # fmt: skip
        assert now["distance"][0] == 1.41
        assert now["distance"][9:] == [None, None, None]
        assert now["verdictP"][0] == 0
        assert now["edges"] == [[2, 3, 7], [3, 8, -6], [5, 6, 13]]
        assert now["claim"] == "rejected"
        assert "Eine Wand trennt Gebiete: 3 zusammenhängende" in now["claimTold"]
        assert {"verdicts", "edges", "claim"}.isdisjoint(_slice(data, "poor", "2015-12-31"))
        assert _slice(data, "parks")["verdicts"] == "4" * 12

    def test_profiles_and_target_groups(self, found):
        assert [group["id"] for group in found["groups"]] == ["all", "children_youth"]
        assert found["groups"][1]["label"] == "Kinder und Jugendliche"
        (whole,) = found["profiles"]["all"]
        assert _words(found, "profile", whole["profile"])[1:4] == [
            "conspicuous (unfavourable)", "conspicuous (both)", "conspicuous (favourable)",
        ]  # fmt: skip
        assert whole["assessable"] == [1] * 9 + [0] * 3

    def test_shares_are_never_rounded_up_into_a_surer_step(self, found):
        robust = found["robustness"]
        assert robust["same"] == [998, 949, 800, 1000, 790, 950, 600, 1000, 900, 960, None, None]

    def test_ranks_are_for_internal_use_alone(self, found, internal_release):
        assert {"rank", "lower", "upper"}.isdisjoint(found["robustness"])
        assert "rank" not in found["index"]["all"][-1]
        internal = atlas_data(internal_release)["assessment"]
        assert [internal["robustness"]["lower"][1], internal["robustness"]["upper"][1]] == [1, 4]
        assert internal["index"]["all"][-1]["rank"][:2] == [1, 2]

    def test_variants_are_counted(self, found):
        variants = found["variants"]
        assert (variants["same"][1], variants["count"]) == (97, 108)
        assert [classes[1] for classes in variants["classes"]] == [0, 3, 97, 8, 0]
        assert found["influence"] == [["weights", 12.3], ["limits", 5]]

    def test_thresholds_come_from_the_declared_preset(self, found):
        assert found["method"]["statusLimits"] == [-1, 1, 1.5]
        assert found["method"]["dynamicLimits"] == [-1, 1]
        assert found["method"]["indicators"] == ["Kinderarmut"]

    def test_without_an_assessment_the_page_has_none(self, release):
        plain = atlas_data(release)
        assert plain["assessment"] is None
        assert not any(name.startswith(("assessment.", "mixing.")) for name in plain["texts"])
        assert "verdicts" not in _slice(plain, "poor")

    def test_answers_in_the_council_claim_no_verdict_and_no_variant_that_is_not_there(self, assessed):
        held = assessed.assessment
        none = held.verdicts.assign(verdict="not assessable")
        bare = replace(assessed, assessment=replace(held, verdicts=none, variants=held.variants.iloc[:0]))
        for release, tested in ((assessed, True), (bare, False)):
            for language, words in (("de", "nicht berechnet"), ("en", "not been computed")):
                told = assessment_texts(release, language)
                assert (told["assessment.council.untested"] == "") is tested
                assert (words not in told["assessment.council.q7.answer"]) is tested
            page = atlas(release).get_root().render()
            assert ('<p data-t="assessment.council.untested">' not in page) is tested

    def test_empty_parts_are_left_out(self, assessed):
        frames = set(Assessment.__dataclass_fields__) - {"settings"}
        bare = Assessment(**dict.fromkeys(frames, pd.DataFrame()))
        found = atlas_data(replace(assessed, assessment=bare))["assessment"]
        assert (found["index"], found["profiles"], found["groups"]) == ({}, {}, [])
        assert found["robustness"] is found["variants"] is None

    def test_frames_of_the_release_are_not_changed(self, assessed):
        before = assessed.assessment.index.copy(deep=True)
        atlas_data(assessed)
        pd.testing.assert_frame_equal(assessed.assessment.index, before)


class TestProtection:
    def test_a_verdict_without_its_number_is_refused(self, assessed):
        verdicts = assessed.assessment.verdicts.copy()
        verdicts.loc[(verdicts.index == "11") & (verdicts["indicator"] == "poor"), "verdict"] = (
            "inconspicuous"
        )
        with pytest.raises(AlignmentError) as caught:
            atlas_data(_with(assessed, verdicts=verdicts))
        assert [(problem.code, problem.keys) for problem in caught.value.problems] == [
            ("atlas.error.unfounded", ("11",))
        ]

    def test_a_border_to_a_hidden_number_is_refused(self, assessed):
        edges = assessed.assessment.edges.assign(neighbor=["11", "07", "09"])
        with pytest.raises(AlignmentError) as caught:
            atlas_data(_with(assessed, edges=edges))
        assert caught.value.problems[0].keys == ("11",)

    def test_strange_and_double_rows_are_named(self, assessed):
        index = assessed.assessment.index
        wrong = pd.concat([index.rename(index={"01": "99"}), index[index.index == "02"]])
        with pytest.raises(AlignmentError) as caught:
            atlas_data(_with(assessed, index=wrong))
        assert [(problem.code, problem.keys) for problem in caught.value.problems] == [
            ("atlas.error.strange_key", ("99",)),
            ("atlas.error.doubled_row", ("02",)),
        ]
        assert "„index“" in str(caught.value)

    def test_no_number_of_the_tables_reaches_the_page_unasked(self, assessed):
        """`value` and `city` of a verdict are not on the page: the release's own numbers are."""
        verdicts = assessed.assessment.verdicts.assign(value=0.98765, city=0.87654)
        html = atlas(_with(assessed, verdicts=verdicts)).get_root().render()
        assert "98765" not in html
        assert "87654" not in html

    def test_hostile_words_stay_text(self, assessed):
        profiles = assessed.assessment.profiles.replace({"group": {"children_youth": "</script><b>x"}})
        html = atlas(_with(assessed, profiles=profiles)).get_root().render()
        assert "<b>x" not in html


class TestColours:
    def test_every_class_has_a_fixed_colour_or_a_pattern(self):
        for kind, classes in (
            ("verdict", VERDICTS),
            ("profile", PROFILES),
            ("status", STATUS),
            ("dynamic", DYNAMIC),
        ):
            assert set(ASSESSMENT_COLOURS[kind]) | set(PATTERNS) >= set(classes), kind
        assert "not assessable" in PATTERNS
        assert list(ASSESSMENT_COLOURS["status"]) == list(STATUS)

    @pytest.mark.parametrize("kind", ASSESSMENT_COLOURS)
    @pytest.mark.parametrize("vision", ["protan", "deutan"])
    def test_classes_differ_for_every_kind_of_colour_vision(self, kind, vision):
        """Viénot, Brettel & Mollon (1999): without one cone, red and green fall together."""
        seen = [_seen(colour, vision) for colour in ASSESSMENT_COLOURS[kind].values()]
        distances = [np.abs(a - b).sum() for place, a in enumerate(seen) for b in seen[:place]]
        assert min(distances) > 0.25


def _seen(colour, vision):
    rgb = (np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255) ** 2.2
    mixed = {
        "protan": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
        "deutan": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
    }[vision]
    return np.clip(np.array(mixed) @ rgb, 0, 1) ** (1 / 2.2)


class TestPage:
    @pytest.mark.slow
    def test_the_same_release_gives_the_same_bytes(self, assessed, tmp_path):
        shuffled = _with(
            assessed,
            index=assessed.assessment.index.sample(frac=1, random_state=3),
            edges=gpd.GeoDataFrame(assessed.assessment.edges.iloc[::-1]),
        )
        first = write_atlas(assessed, tmp_path / "a.html").read_bytes()
        assert first == write_atlas(assessed, tmp_path / "b.html").read_bytes()
        assert first == write_atlas(shuffled, tmp_path / "c.html").read_bytes()

    def test_classes_cost_a_digit_per_district(self, assessed, release):
        whole, plain = (len(atlas(one).get_root().render().encode()) for one in (assessed, release))
        assert whole - plain < 50_000

    def test_every_text_named_with_a_part_exists(self, assessed):
        """Keys that are put together on the page: one of each family, in both languages."""
        for language in ("de", "en"):
            texts = atlas_data(replace(assessed, language=language))["texts"]
            declared = json.loads(json.dumps(assessed.parameters["assessment"]))
            names = [
                f"method.preset.{declared['preset']}", f"method.far.{declared['verdict']['unit']}",
                f"correction.{declared['verdict']['correction']}",
                *(f"method.not.{name}" for name in ("verdict", "index", "dynamic", "robustness")),
                *(f"assessment.status.{name}.explain" for name in (*STATUS, "not assessable")),
                *(f"assessment.profile.{name}.explain" for name in PROFILES),
                *(f"robustness.{step}.detail" for step in ("sure", "fair", "unsure")),
            ]  # fmt: skip
            assert [name for name in names if name not in texts] == []
            assert not any(re.search(r"\bTODO\b", words) for words in texts.values())


def test_a_margin_that_differs_above_and_below_is_told_for_its_side(assessed):
    """An interval of Byar's is wider above the city's value than below it."""
    verdicts = assessed.assessment.verdicts
    above = verdicts["difference"] > 0
    known = verdicts["margin"].notna()
    moved = verdicts.assign(margin=np.where(above, 0.04, 0.02), difference=np.where(above, 0.1, -0.1))
    data = atlas_data(_with(assessed, verdicts=moved.assign(margin=moved["margin"].where(known))))
    told = {
        (one.get("margin"), one.get("marginBelow")) for part in data["indicators"] for one in part["slices"]
    }
    assert (4, 2) in told
    assert told <= {(4, 2), (4, None), (None, 2), (None, None)}
