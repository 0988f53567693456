"""To which larger area each district belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sozialraum.errors import Problem, SozialraumError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["area_codes"]


def area_codes(districts: pd.DataFrame, parent: str) -> tuple[NDArray[np.intp], pd.Index]:
    """Give each district the number of its area at one level.

    Returns
    -------
    tuple
        Number of the area of each district, shape (n,), and the areas' names in the order of the numbers.

    Raises
    ------
    SozialraumError
        If the level does not exist, or a district belongs to no area; names the districts.
    """
    if parent not in districts.columns:
        allowed = ", ".join(str(name) for name in districts.columns if name != "geometry")
        raise SozialraumError(
            Problem(code="mixing.unknown_level", values={"level": parent, "allowed": allowed})
        )
    codes, names = pd.factorize(districts[parent], sort=True)
    if (codes < 0).any():
        keys = tuple(str(key) for key in districts.index[codes < 0])
        raise SozialraumError(Problem(code="mixing.no_area", keys=keys, values={"level": parent}))
    return codes, pd.Index(names, name=parent)
