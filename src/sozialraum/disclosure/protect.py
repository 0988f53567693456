"""From a `Panel` to what an audience may see of it.

Rows that are too small are hidden (`knowledge`), then those that would give them away (`plan`). City values
are summed up again from what is left. Whatever else is computed comes later, and from the protected panel
alone: nothing in a public release depends on a number that is not in it. At last the panel is attacked.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd

from sozialraum.arguments import checked
from sozialraum.confidential import Rules
from sozialraum.disclosure.derived import (
    city_of_shown,
    leaking_sums,
    numbers_left,
    round_counts,
    slices,
    suppress,
    without_hashes,
)
from sozialraum.disclosure.figures import figures, without_counts
from sozialraum.disclosure.releases.recognise import recognised
from sozialraum.errors import DisclosureError, Problem, raise_problems, require_panel
from sozialraum.panel import Audience, Panel

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from sozialraum.disclosure.releases.earlier import EarlierRelease

__all__ = ["Rules", "choose_rows", "load_protected", "protect"]

_LOG = logging.getLogger(__name__)


@checked(audience=get_args(Audience))
def protect(
    panel: Panel,
    *,
    audience: Audience = "public",
    rules: Rules | None = None,
    earlier: Sequence[EarlierRelease] = (),
    confidential: Iterable[tuple[str, str, str]] = (),
    secret: bytes | None = None,
) -> Panel:
    """Take from a panel what an audience may not see, before anything is computed from it.

    Parameters
    ----------
    panel
        The true counts and rates; not changed.
    audience
        ``"public"`` applies `rules`; ``"internal"`` changes nothing, and pages say so.
    rules
        Thresholds; the defaults are those that German statistics offices commonly use.
    earlier
        What was published before, see `read_earlier`; an outsider has it.
    confidential
        Rows that are hidden whatever their counts, because one contributor dominates them or for any other
        reason: district key, indicator id, date.
    secret
        From which the rows that protect others are drawn; a project's register keeps one. None draws a new
        secret, and another choice each time: never publish two of them.

    Returns
    -------
    Panel
        Frames with the same index and columns as in `panel`.

    Raises
    ------
    DisclosureError
        If a count cannot be hidden: it follows from known totals or from an earlier release.
    """
    chosen: dict[str, Any] = {"audience": audience, "rules": rules, "earlier": earlier}
    require_panel(panel)
    public, problems = load_protected(panel, confidential=confidential, secret=secret, **chosen)
    for problem in problems:
        _LOG.warning("%s", problem.text())
    return public


def load_protected(
    panel: Panel,
    *,
    audience: Audience = "public",
    rules: Rules | None = None,
    earlier: Sequence[EarlierRelease] = (),
    confidential: Iterable[tuple[str, str, str]] = (),
    secret: bytes | None = None,
) -> tuple[Panel, tuple[Problem, ...]]:
    """Protect a panel, and say what is left out for other reasons than small counts; see `protect`.

    Returns
    -------
    tuple
        The panel, and warnings: figures that nobody knows the counts of, and counts of which totals or
        earlier releases tell too much. They are for the office alone.
    """
    # An analysis is a panel, too; what was computed from true counts must not slip through.
    panel = Panel(**{part.name: getattr(panel, part.name) for part in fields(Panel)})
    if audience == "internal":
        return replace(panel, audience=audience), ()
    rules = rules or Rules()
    secret = secret or secrets.token_bytes(16)
    hidden, problems = choose_rows(panel, rules, recognised(earlier, panel), confidential, secret)
    indicators = suppress(panel.indicators, hidden)
    changed = set(slices(panel.indicators[hidden | (panel.indicators["flag"] == "suppressed")]))
    if rules.rounding is not None:
        indicators = round_counts(indicators, panel.catalogue, rules.rounding)
        changed = set(slices(indicators))
    public = replace(
        panel,
        audience=audience,
        indicators=indicators,
        city_values=city_of_shown(panel.city_values, indicators, changed),
        rules=rules,
        # Warnings may quote single cells.
        problems=(),
        provenance=without_hashes(panel.provenance) if changed else panel.provenance,
    )
    _attack(public, panel, earlier)
    return public, problems


def _attack(public: Panel, true: Panel, earlier: Sequence[EarlierRelease]) -> None:
    """Attack what is to be published; where nobody has counted anything, look that what is hidden is gone."""
    if not _anything_counted(true, earlier):
        rules = public.rules or Rules()
        raise_problems([*numbers_left(public), *leaking_sums(public, rules)], DisclosureError)
        return
    from sozialraum.disclosure.audit import audit_release  # noqa: PLC0415 - slow to import

    audit_release(public, true, earlier=earlier, exact=False)


def _anything_counted(panel: Panel, earlier: Sequence[EarlierRelease]) -> bool:
    """Tell whether there is a count that another one, or an earlier release, could give away."""
    return bool(earlier) or bool(figures(panel).counted.any())


def choose_rows(
    panel: Panel,
    rules: Rules,
    earlier: Sequence[EarlierRelease],
    confidential: Iterable[tuple[str, str, str]],
    secret: bytes,
) -> tuple[NDArray[np.bool_], tuple[Problem, ...]]:
    """Choose the rows to hide: the first half of `load_protected`, which the second half empties and attacks.

    Returns
    -------
    tuple
        One truth value per row of `panel.indicators`, and what cannot be shown.
    """
    frame = panel.indicators
    keys = pd.MultiIndex.from_arrays([frame.index, frame["indicator"], frame["date"]])
    declared = keys.isin(list(confidential)) | _hidden_before_a_revision(panel, earlier)
    unknown = without_counts(panel)
    declared = declared | frame["indicator"].isin(unknown).to_numpy()
    untold = tuple(_no_counts(name) for name in unknown)
    if not _anything_counted(panel, earlier):
        return declared, untold
    from sozialraum.disclosure.cells import CARRIERS, build_cells  # noqa: PLC0415 - slow to import
    from sozialraum.disclosure.draw import hidden_before  # noqa: PLC0415
    from sozialraum.disclosure.plan import plan_rows  # noqa: PLC0415 - slow to import
    from sozialraum.disclosure.releases.earlier import earlier_bounds  # noqa: PLC0415

    cells = build_cells(panel, rules, earlier=earlier)
    if rules.rounding is not None:
        # A ready-made figure would tell the counts beside it more exactly than they are shown.
        declared[cells.position[cells.implied]] = True
    withheld = declared | (frame["flag"] == "suppressed").to_numpy()
    may_hide = frame["flag"].isin(CARRIERS).to_numpy()
    chosen, problems = plan_rows(
        cells,
        rules,
        withheld=withheld[cells.position],
        may_hide=may_hide[cells.position],
        secret=secret,
        earlier=earlier_bounds(cells, earlier, rules.width),
        before=hidden_before(cells, earlier),
    )
    hidden = declared.copy()
    hidden[cells.position[chosen]] = True
    return hidden, (*untold, *problems)


def _no_counts(indicator: str) -> Problem:
    return Problem(code="disclosure.no_counts", severity="warning", values={"indicator": indicator})


def _hidden_before_a_revision(panel: Panel, earlier: Sequence[EarlierRelease]) -> NDArray[np.bool_]:
    """Tell which rows an earlier release hid, where counts beside them have been revised since.

    The city's old total still tells the sum of what was hidden then; to show one of two hidden counts now
    would give the other away.
    """
    frame = panel.indicators
    if not earlier:
        return np.zeros(len(frame), dtype=bool)
    known = figures(panel)
    hidden = pd.Series(data=False, index=pd.RangeIndex(len(frame)))
    rows = pd.DataFrame({"key": frame.index.astype(str), "count": known.numerator})
    slices_of = frame[["indicator", "date"]].astype(str).reset_index(drop=True)
    for name, part in slices_of.groupby(["indicator", "date"], sort=False):
        indicator, date = map(str, name)
        places = part.index
        if indicator not in known.recipes:
            continue
        variables = known.recipes[indicator].numerator.plus
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
