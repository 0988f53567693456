"""Signs that turn the direction of writing: in a name they would turn the numbers behind it around."""

from __future__ import annotations

import re

__all__ = ["kept_together", "straight"]

_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_BEHIND = re.compile(r"(?<=\d) (?=[%€])")


def straight(words: str) -> str:
    """Return words without the signs that switch between writing from the left and from the right.

    Letters of every script stay, and are written in the direction that is theirs.
    """
    return _TURNING.sub("", words)


def kept_together(words: str) -> str:
    """Return words whose per cent and euro signs never begin a line without their number.

    Examples
    --------
    >>> kept_together("7,4 % von 12 €") == "7,4\u00a0% von 12\u00a0€"
    True
    """
    return _BEHIND.sub("\u00a0", words)
