"""The ways in which the page divides an indicator's numbers into classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from sozialraum.publish.breaks import class_limits, fixed_limits, natural_limits
from sozialraum.publish.palettes import ramp

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from sozialraum.publish.atlas.contract import Scheme, Way

__all__ = ["declared_limits", "schemes"]


def declared_limits(entry: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the limits that the catalogue declares for an indicator, as its numbers are shown."""
    found = entry.get("class_limits")
    return tuple(map(float, found)) if isinstance(found, Sequence) and not isinstance(found, str) else ()


def schemes(shown: npt.NDArray[np.float64], entry: Mapping[str, Any]) -> list[Scheme]:
    """Divide numbers in every way that the page offers; the first one is shown first.

    Parameters
    ----------
    shown
        Numbers as they are shown, NaN where there is none: all dates together, so that years can be compared,
        or one date.
    entry
        The indicator's row of the catalogue.

    Returns
    -------
    list of Scheme
        Limits that the project declares, if any; equal numbers of districts; natural limits.
    """
    shown = shown[~np.isnan(shown)]
    if not len(shown):
        return []
    decimals, polarity = int(entry["decimals"]), str(entry["polarity"])
    declared = declared_limits(entry)
    found: dict[Way, tuple[float, ...]] = {
        "fixed": fixed_limits(shown, declared, decimals=decimals) if declared else (),
        "quantile": class_limits(shown, decimals=decimals),
        "natural": natural_limits(shown),
    }
    lowest = float(shown.min())
    return [
        {"id": name, "lowest": lowest, "limits": list(limits), "colours": list(ramp(polarity, len(limits)))}
        for name, limits in found.items()
        if limits
    ]
