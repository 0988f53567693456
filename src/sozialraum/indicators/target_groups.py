"""Target groups: the tool's own, and those that a city declares in its catalogue (families ...)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sozialraum.texts import LANGUAGES, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    Declared = tuple[Mapping[str, str], tuple[str, ...]]

__all__ = ["BUILT_IN", "GROUP_COLUMNS", "group_columns", "group_label", "group_persons"]

BUILT_IN = ("children_youth", "working_age", "older", "households", "all")

GROUP_COLUMNS = ("target_group_de", "target_group_en", "target_group_persons")
"""Columns of the catalogue: what the group of an indicator is called, and the counts of its people."""


def group_columns(group: str, declared: Mapping[str, Declared]) -> dict[str, Any]:
    """Return the `GROUP_COLUMNS` of an indicator.

    Parameters
    ----------
    group
        Id of its target group, built in or declared.
    declared
        Id to label by language, and variables of its people.
    """
    persons: tuple[str, ...] = ()
    if group in declared:
        labels, persons = declared[group]
    else:
        labels = {language: text(f"assessment.target_group.{group}", language) for language in LANGUAGES}
    names = {f"target_group_{language}": labels[language] for language in LANGUAGES}
    return {**names, "target_group_persons": persons}


def group_label(catalogue: pd.DataFrame, group: str) -> dict[str, str]:
    """Return the name of a target group by language; one that the catalogue does not have keeps its id."""
    if group in BUILT_IN:
        return {language: text(f"assessment.target_group.{group}", language) for language in LANGUAGES}
    if GROUP_COLUMNS[0] in catalogue:
        place = np.flatnonzero(catalogue["target_group"] == group)[:1]
        if len(place):
            return {lang: str(catalogue[f"target_group_{lang}"].iloc[place[0]]) for lang in LANGUAGES}
    return dict.fromkeys(LANGUAGES, group)


def group_persons(catalogue: pd.DataFrame, group: str) -> tuple[str, ...]:
    """Return the variables whose sum are the people of a group; none where the catalogue does not say."""
    if GROUP_COLUMNS[2] not in catalogue:
        return ()
    ours = catalogue.loc[catalogue["target_group"] == group, GROUP_COLUMNS[2]]
    return next((persons for persons in ours if isinstance(persons, tuple) and persons), ())
