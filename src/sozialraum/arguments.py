"""`checked`: what cannot be an argument is refused in words, before anything is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from numbers import Integral, Real
from typing import ParamSpec, TypeVar

from sozialraum.errors import Problem, SozialraumError, raise_problems

__all__ = ["checked", "refused_choice", "refused_option", "require_fields"]

P = ParamSpec("P")
R = TypeVar("R")

SETTINGS = {
    *("AllocationPlan", "EffectPlan", "Programme", "Recipe", "Rule", "Rules", "Selection", "SelectionRules"),
}
"""Classes of ours; what is given must be one of them."""

DATA = {"pd.DataFrame", "pd.Series", "gpd.GeoDataFrame", "Graph"}
"""A single word or number is none of these; what else is no such thing, the function itself refuses."""

EXAMINED = {"catalogue"}
"""What every function examines itself, and says more than that it is no table."""

OPEN_SHARES = {"alpha", "confidence", "level", "power"}
"""Options between 0 and 1, neither of them included."""

CLOSED_SHARES = {"tolerated"}
"""Options between 0 and 1, both of them included."""

LEAST = {
    **dict.fromkeys(("seed", "permutations", "resamples", "ring", "flanking", "minimum"), 0),
    **dict.fromkeys(("minimum_count", "minimum_remainder", "minimum_width"), 1),
    "minimum_denominator": 0,
}
"""Smallest value of an option."""

Words = Mapping[str, Sequence[object]]


def checked(**words: Sequence[object]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a function refuse in words what its arguments cannot be, all of it at once.

    Flags, whole numbers and numbers are known by their annotations, and so are tables and settings.

    Parameters
    ----------
    **words
        Allowed values of options that are words, by name of the option.

    Returns
    -------
    Callable
        A decorator. The function it returns raises `SozialraumError` with a problem per argument.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        names = function.__code__.co_varnames
        annotations = {name: str(kind) for name, kind in function.__annotations__.items() if name != "return"}

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            given = {**dict(zip(names, args, strict=False)), **kwargs}
            raise_problems(_faults(given, annotations, words), SozialraumError)
            return function(*args, **kwargs)

        return call

    return decorate


def require_fields(settings: object, **words: Sequence[object]) -> None:
    """Refuse in words what the fields of a dataclass of settings cannot be.

    Parameters
    ----------
    settings
        The dataclass.
    **words
        Allowed values of fields that are words, by name.

    Raises
    ------
    SozialraumError
        With a problem per field.
    """
    annotations = {name: str(kind) for name, kind in type(settings).__annotations__.items()}
    raise_problems(_faults(vars(settings), annotations, words), SozialraumError)


def refused_choice(name: str, value: object, allowed: Iterable[object]) -> list[Problem]:
    """Say that an option cannot have this value, if it cannot."""
    possible = tuple(allowed)
    # Numbers and flags are equal where they are not the same: 1 is True.
    if any(type(value) is type(word) and value == word for word in possible):
        return []
    return [refused_option(name, value, ", ".join(map(str, possible)))]


def refused_option(name: str, value: object, allowed: str) -> Problem:
    """Say that an option cannot have this value."""
    return Problem(code="common.option", values={"name": name, "value": value, "allowed": allowed})


def _faults(given: Mapping[str, object], annotations: Mapping[str, str], words: Words) -> list[Problem]:
    return [
        problem
        for name, value in given.items()
        for problem in _fault(name, value, annotations.get(name, ""), words.get(name))
    ]


def _fault(name: str, value: object, annotation: str, words: Sequence[object] | None) -> list[Problem]:
    kinds = {kind.strip() for kind in annotation.split("|")}
    if name in EXAMINED or (value is None and "None" in kinds):
        return []
    if words is not None:
        return refused_choice(name, value, words)
    kinds.discard("None")
    if len(kinds) == 1:
        return _fault_of_kind(name, value, next(iter(kinds)))
    return _data_fault(name, value, kinds)


def _fault_of_kind(name: str, value: object, kind: str) -> list[Problem]:
    if kind == "bool":
        return [] if _is_flag(value) else [refused_option(name, value, "True, False")]
    if kind in {"int", "float"}:
        return _number_fault(name, value, whole=kind == "int")
    if kind in SETTINGS and kind not in {base.__name__ for base in type(value).__mro__}:
        return [_refused_kind(name, value, kind)]
    return _data_fault(name, value, {kind})


def _data_fault(name: str, value: object, kinds: set[str]) -> list[Problem]:
    if not kinds <= DATA or not (value is None or isinstance(value, (str, Real))):
        return []
    return [_refused_kind(name, value, ", ".join(sorted(kind.split(".")[-1] for kind in kinds)))]


def _is_flag(value: object) -> bool:
    return isinstance(value, bool) or type(value).__name__ in {"bool_", "bool"}


def _number_fault(name: str, value: object, *, whole: bool) -> list[Problem]:
    if _is_flag(value) or not isinstance(value, Real) or (whole and not isinstance(value, Integral)):
        code = "common.whole_number" if whole else "common.number"
        return [Problem(code=code, values={"name": name, "value": value})]
    number = float(value)
    if name in OPEN_SHARES and not 0 < number < 1:
        return [refused_option(name, value, f"0 < {name} < 1")]
    if name in CLOSED_SHARES and not 0 <= number <= 1:
        return [refused_option(name, value, f"0 <= {name} <= 1")]
    if name in LEAST and number < LEAST[name]:
        least = LEAST[name]
        return [refused_option(name, value, f"{least}, {least + 1}, {least + 2}, ...")]
    return []


def _refused_kind(name: str, value: object, allowed: str) -> Problem:
    values = {"name": name, "type": type(value).__name__, "allowed": allowed}
    return Problem(code="common.argument", values=values)
