"""Many tests at once: one correction for the whole house, and a second step over a profile of families."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["Correction", "adjust", "second_step"]

Correction = Literal["benjamini-hochberg", "benjamini-yekutieli", "bonferroni", "none"]


def adjust(p: ArrayLike, correction: Correction = "benjamini-hochberg", *, axis: int = -1) -> Floats:
    """Correct p-values for the number of tests along `axis`; NaN is no test and stays NaN.

    Parameters
    ----------
    p
        Any shape; each line along `axis` is one family.
    correction
        ``"benjamini-hochberg"``: the expected share of false ones among the findings is at most alpha, if
        the tests are independent or positively dependent; ``"benjamini-yekutieli"``: under any dependence;
        ``"bonferroni"``: the chance of a single false one is at most alpha; ``"none"``.

    References
    ----------
    Benjamini & Hochberg (1995); Benjamini & Yekutieli (2001).

    Examples
    --------
    >>> adjust([0.01, 0.04, float("nan"), 0.03]).round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    raw = np.moveaxis(np.asarray(p, dtype=float), axis, -1)
    tests = np.sum(~np.isnan(raw), axis=-1, keepdims=True)
    if correction == "none" or not raw.size:
        adjusted = raw.copy()
    elif correction == "bonferroni":
        adjusted = np.minimum(1.0, raw * tests)
    else:
        ranks = np.arange(1, raw.shape[-1] + 1)
        factor = tests.astype(float)
        if correction == "benjamini-yekutieli":
            harmonic = np.concatenate([[0.0], np.cumsum(1 / ranks)])
            factor = factor * harmonic[tests]
        order = np.argsort(raw, axis=-1)  # NaN last
        ascending = np.take_along_axis(raw, order, axis=-1)
        scaled = np.where(np.isnan(ascending), np.inf, ascending * factor / ranks)
        least = np.minimum.accumulate(scaled[..., ::-1], axis=-1)[..., ::-1]
        adjusted = np.full(raw.shape, np.nan)
        np.put_along_axis(adjusted, order, np.minimum(1.0, least), axis=-1)
        adjusted[np.isnan(raw)] = np.nan
    return np.moveaxis(adjusted, -1, axis)


def second_step(p: ArrayLike, *, alpha: float = 0.05) -> Floats:
    """Correct over families that are looked at because something was found in them.

    A district's profile over k indicators is a family; profiles are read where they show something, and
    that selection has a price. Families whose Simes p passes Benjamini-Hochberg over all families at alpha
    are selected; within each of R selected of m families, Benjamini-Hochberg is asked for alpha R / m. Then
    the expected share of false findings, averaged over the selected families, is at most alpha.

    Parameters
    ----------
    p
        Shape (families, tests); NaN is no test.
    alpha
        The level.

    Returns
    -------
    NDArray
        Shape of `p`: adjusted p, to be compared with alpha; 1 in families that were not selected, NaN where
        there is no test.

    References
    ----------
    Benjamini & Bogomolov (2014), Selective inference on multiple families of hypotheses, JRSS B 76, 297-318.

    Examples
    --------
    Two districts with two indicators each; only the first is selected, at half the level.

    >>> second_step([[0.001, 0.2], [0.6, 0.3]]).tolist()
    [[0.004, 0.4], [1.0, 1.0]]
    """
    raw = np.asarray(p, dtype=float)
    within = adjust(raw, axis=1)
    tested = ~np.isnan(within)
    asked = tested.any(axis=1)
    # The smallest adjusted p of a family is its Simes p.
    simes = np.where(asked, np.min(np.where(tested, within, 1.0), axis=1, initial=1.0), np.nan)
    selected = adjust(simes) <= alpha
    price = asked.sum() / max(int(selected.sum()), 1)
    found: Floats = np.where(selected[:, None], np.minimum(1.0, within * price), 1.0)
    return np.where(tested, found, np.nan)
