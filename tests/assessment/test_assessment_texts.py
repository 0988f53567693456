"""Every class, verdict, reason and fault has its words, in both languages."""

import re
from pathlib import Path

import pytest

import sozialraum.assessment
from sozialraum.assessment.index.classes import NO, WARNINGS, YES
from sozialraum.assessment.index.monitoring import NO_CHANGE
from sozialraum.assessment.index.recipes import DYNAMIC, NOT_ASSESSABLE, STATUS
from sozialraum.assessment.profile import PROFILES
from sozialraum.assessment.rule import REASONS, VERDICTS
from sozialraum.texts import has_text

MODULES = (
    "rule",
    "verdict",
    "index/classes",
    "index/composite",
    "index/monitoring",
    "index/multiverse",
    "index/recipes",
    "index/robustness",
)
NAMED = {
    "status": (*STATUS, NOT_ASSESSABLE),
    "dynamic": (*DYNAMIC, NOT_ASSESSABLE),
    "attention": (YES, NO, NOT_ASSESSABLE),
    "early_warning": (*WARNINGS, NOT_ASSESSABLE),
    "verdict": VERDICTS,
    "profile": PROFILES,
}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in NAMED.items() for name in names])
def test_every_class_has_a_name_and_one_sentence(kind, name):
    assert has_text(f"assessment.{kind}.{name}")
    assert has_text(f"assessment.{kind}.{name}.explain")


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_of_a_verdict_has_words(reason):
    assert has_text(f"assessment.verdict_reason.{reason}")


@pytest.mark.parametrize(
    "reason", ["excluded", "few inhabitants", "population unknown", "missing value", NO_CHANGE]
)
def test_every_reason_of_an_index_has_words(reason):
    assert has_text(f"assessment.index_reason.{reason}")


def test_every_fault_in_the_code_has_words():
    folder = Path(sozialraum.assessment.__file__).parent
    source = "".join((folder / f"{name}.py").read_text("utf-8") for name in MODULES)
    codes = set(re.findall(r'"assessment[.]([a-z_]+)"', source))
    codes |= set(re.findall(r'(?:_problem|fault)[(]"([a-z_]+)"', source))
    codes |= {"unknown_indicator", "context_indicator"}
    assert len(codes) > 20
    assert [code for code in sorted(codes) if not has_text(f"assessment.{code}")] == []
