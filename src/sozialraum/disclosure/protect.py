"""From an `Analysis` to what an audience may see.

Rows that are too small are hidden (`knowledge`), then those that would give them away (`plan`). Whatever is
derived from a hidden row is derived again from what is left (clusters, Moran's I, city values), so that
nothing in a public release depends on a number that is not in it. At last the release is attacked.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.disclosure.assessment import assess_again
from sozialraum.disclosure.audit import audit_release
from sozialraum.disclosure.cells import CARRIERS, build_cells, recipe
from sozialraum.disclosure.derived import (
    city_of_shown,
    derive_again,
    round_counts,
    slices,
    suppress,
    without_hashes,
)
from sozialraum.disclosure.earlier import earlier_bounds
from sozialraum.disclosure.plan import plan_rows
from sozialraum.disclosure.release import Audience, Release
from sozialraum.disclosure.rules import Rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from sozialraum.analysis import Analysis
    from sozialraum.disclosure.earlier import EarlierRelease

__all__ = ["Rules", "protect"]

PASSED_ON = (
    *("city", "districts", "catalogue", "indicators", "city_values", "clusters", "moran", "parents"),
    *("assessment", "language", "simulated", "problems", "parameters", "provenance"),
)
"""Parts of an analysis that a release has, by name: what is new there does not get out by itself."""


def protect(
    analysis: Analysis,
    *,
    audience: Audience = "public",
    rules: Rules | None = None,
    earlier: Sequence[EarlierRelease] = (),
    confidential: Iterable[tuple[str, str, str]] = (),
) -> Release:
    """Make the release of an analysis for one audience.

    Parameters
    ----------
    analysis
        The true results; not changed.
    audience
        ``"public"`` applies `rules`; ``"internal"`` shows everything, and pages say so.
    rules
        Thresholds; the defaults are those that German statistics offices commonly use.
    earlier
        What was published before, see `read_earlier`; an outsider has it.
    confidential
        Rows that are hidden whatever their counts, because one contributor dominates them or for any other
        reason: district key, indicator id, date.

    Returns
    -------
    Release
        Frames with the same index and columns as in `analysis`.

    Raises
    ------
    DisclosureError
        If a count cannot be hidden: it follows from known totals or from an earlier release.
    """
    rules = rules or Rules()
    if audience == "internal":
        return _release(analysis, audience, {})
    hidden = _hidden(analysis, rules, earlier, confidential)
    indicators = suppress(analysis.indicators, hidden)
    changed = set(slices(analysis.indicators[hidden | (analysis.indicators["flag"] == "suppressed")]))
    if rules.rounding is not None:
        indicators = round_counts(indicators, analysis.catalogue, rules.rounding)
        changed = set(slices(indicators))
    clusters, moran = derive_again(analysis, indicators, changed)
    provenance = without_hashes(analysis.provenance) if changed else analysis.provenance
    release = _release(
        analysis,
        audience,
        {
            "indicators": indicators,
            "city_values": city_of_shown(analysis.city_values, indicators, changed),
            "clusters": clusters,
            "moran": moran,
            "assessment": assess_again(analysis, indicators) if changed else analysis.assessment,
            "rules": asdict(rules),
            # Warnings may quote single cells, so only the analysis keeps them.
            "problems": (),
            "provenance": provenance,
        },
    )
    audit_release(release, analysis, earlier=earlier, exact=False)
    return release


def _release(analysis: Analysis, audience: Audience, protected: dict[str, object]) -> Release:
    parts: dict[str, Any] = {name: getattr(analysis, name) for name in PASSED_ON}
    return Release(audience=audience, **{**parts, **protected})


def _hidden(
    analysis: Analysis,
    rules: Rules,
    earlier: Sequence[EarlierRelease],
    confidential: Iterable[tuple[str, str, str]],
) -> NDArray[np.bool_]:
    """Choose the rows to hide, one truth value per row of `analysis.indicators`."""
    frame = analysis.indicators
    keys = pd.MultiIndex.from_arrays([frame.index, frame["indicator"], frame["date"]])
    declared = keys.isin(list(confidential)) | _hidden_before_a_revision(analysis, earlier)
    cells = build_cells(analysis, rules, earlier=earlier)
    withheld = declared | (frame["flag"] == "suppressed").to_numpy()
    may_hide = frame["flag"].isin(CARRIERS).to_numpy()
    chosen = plan_rows(
        cells,
        rules,
        withheld=withheld[cells.position],
        may_hide=may_hide[cells.position],
        earlier=earlier_bounds(cells, earlier, rules.width),
    )
    hidden = declared.copy()
    hidden[cells.position[chosen]] = True
    return hidden


def _hidden_before_a_revision(analysis: Analysis, earlier: Sequence[EarlierRelease]) -> NDArray[np.bool_]:
    """Tell which rows an earlier release hid, where counts beside them have been revised since.

    The city's old total still tells the sum of what was hidden then; to show one of two hidden counts now
    would give the other away.
    """
    frame = analysis.indicators
    hidden = pd.Series(data=False, index=pd.RangeIndex(len(frame)))
    rows = pd.DataFrame({"key": frame.index.astype(str), "count": frame["numerator"].to_numpy(float)})
    slices_of = frame[["indicator", "date"]].astype(str).reset_index(drop=True)
    for name, part in slices_of.groupby(["indicator", "date"], sort=False):
        indicator, date = map(str, name)
        places = part.index
        variables = recipe(indicator, analysis.catalogue).numerator.plus
        ours = rows.loc[places]
        for release in earlier:
            shown = release.counts.get((variables, date))
            if shown is None:
                continue
            before = ours["key"].map(shown)
            slack = (release.rounding or 0) / 2 + 1e-9
            if ((ours["count"] - before).abs() > slack).any():
                hidden.loc[places] |= before.isna() & ours["count"].notna()
    return hidden.to_numpy()
