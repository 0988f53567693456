"""Nonsense for an option is refused in words, with what is possible, by every function of the face."""

from __future__ import annotations

import ast
import contextlib
import inspect
import sys
import typing
from functools import cache

import pandas as pd
import pytest

import sozialraum as sr
from sozialraum.arguments import checked, refused_choice
from sozialraum.errors import SozialraumError

FIELDS_READ_FROM_FILES = {"Addresses", "CaseList"}
"""Models of the project file: its own messages name the entry."""
RESULTS = {"Panel", "Analysis", "Recipe"}
"""Made by us; a recipe is examined by whoever computes with it (below)."""


@cache
def names_of(module):
    """What a module's annotations may name, without loading what is for type checkers only."""
    known = dict(vars(module))
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            for statement in node.body:
                if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith(
                    "sozialraum"
                ):
                    with contextlib.suppress(ImportError):  # names that only type checkers see
                        exec(compile(ast.Module([statement], []), "", "exec"), known)  # noqa: S102
    return known


def words_of(annotation, known):
    try:
        kind = eval(annotation, known)  # noqa: S307 - our own annotations
    except NameError:
        return ()
    parts = [kind, *typing.get_args(kind)]
    return tuple(
        word for part in parts if typing.get_origin(part) is typing.Literal for word in typing.get_args(part)
    )


def asked():
    """Give every option of the face that is words, a flag or a number: function, option, words."""
    for name in sorted(sr.__all__):
        function = getattr(sr, name)
        plain = inspect.isfunction(function) or hasattr(function, "__dataclass_fields__")
        if not plain or name in FIELDS_READ_FROM_FILES | RESULTS:
            continue
        known = names_of(sys.modules[function.__module__])
        for option in inspect.signature(function).parameters.values():
            annotation = str(option.annotation)
            words = words_of(annotation, known) if not annotation.startswith(("Sequence", "Iterable")) else ()
            if words and not annotation.startswith("Mapping"):
                yield name, option.name, tuple(map(str, words))
            elif annotation in {"bool", "int", "float", "int | None", "float | None", "bool | None"}:
                yield name, option.name, ()


ASKED = list(asked())


def test_options_are_found():
    assert len({name for name, _, _ in ASKED}) > 70
    assert ("getis_ord", "star", ()) in ASKED
    assert ("verdict_sentences", "language", ("de", "en")) in ASKED


@pytest.mark.parametrize(("name", "option", "words"), ASKED)
def test_nonsense_is_refused_with_what_is_possible(name, option, words):
    function = getattr(sr, name)
    needed = [
        parameter.name
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty and parameter.kind is not parameter.VAR_KEYWORD
    ]
    given = {**dict.fromkeys(needed), option: "nonsense"}
    with pytest.raises(SozialraumError) as refusal:
        function(**{key: value for key, value in given.items() if key != "paths"})
    for language in ("en", "de"):
        told = next(line for line in refusal.value.text(language).splitlines() if "'nonsense'" in line)
        assert option in told
        assert all(word in told for word in words)


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("verdicts", {"rule": "x"}, "Something of the kind 'str' is not possible for rule. Needed: Rule."),
        ("verdict_robustness", {"rule": 3}, "kind 'int' is not possible for rule. Needed: Rule."),
        ("index_robustness", {"recipe": "mss"}, "kind 'str' is not possible for recipe. Needed: Recipe."),
        ("select", {"rules": "need"}, "kind 'str' is not possible for rules. Needed: SelectionRules."),
        ("effect_study", {"plan": None}, "kind 'NoneType' is not possible for plan. Needed: EffectPlan."),
        ("losing", {"flats": "x"}, "kind 'str' is not possible for flats. Needed: DataFrame."),
        ("exposure", {"counts": 7}, "kind 'int' is not possible for counts. Needed: DataFrame."),
        ("summarise", {"found": None}, "kind 'NoneType' is not possible for found. Needed: DataFrame."),
    ],
)
def test_what_is_no_table_and_no_setting_is_refused(name, given, said):
    function = getattr(sr, name)
    needed = {
        key: pd.DataFrame()
        for key, parameter in inspect.signature(function).parameters.items()
        if parameter.default is parameter.empty and key not in given
    }
    with pytest.raises(SozialraumError) as refusal:
        function(**needed, **given)
    assert said in refusal.value.text("en")


def test_rules_of_confidentiality_know_their_words():
    with pytest.raises(SozialraumError, match=": outsider, method known"):
        sr.Rules(against="everybody")
    with pytest.raises(SozialraumError) as refusal:
        sr.Rules(minimum_count=0, rounding=7, strict="no", minimum_denominator=2.5)
    assert len(refusal.value.problems) == 4


def test_all_faults_of_a_call_are_told_at_once_wherever_they_stand():
    @checked(side=("left", "right"))
    def turn(degrees: float, side: str = "left", *, often: int = 1, seed: int = 0, back: bool = False) -> str:
        return f"{degrees} {side} {often} {seed} {back}"

    assert turn(3, "right", often=2) == "3 right 2 0 False"
    assert turn(pd.Series([1.5])[0], back=pd.Series([True])[0]) == "1.5 left 1 0 True"
    with pytest.raises(SozialraumError) as refusal:
        turn("far", "up", often=1.5, seed=-1, back=1)
    lines = refusal.value.text("en").splitlines()
    options = ("degrees", "side", "often", "seed", "back")
    assert all(f"for {option}" in line for option, line in zip(options, lines, strict=True))
    with pytest.raises(TypeError, match="unexpected keyword"):
        turn(3, wrong=1)


def test_a_flag_is_no_number_and_a_number_no_flag():
    assert refused_choice("order", True, (1, 2))  # noqa: FBT003 - that is what is tested
    assert refused_choice("order", 1, (1, 2)) == []
