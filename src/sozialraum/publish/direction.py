"""Signs that turn the direction of writing: in a name they would turn the numbers behind it around."""

from __future__ import annotations

import re

__all__ = ["straight"]

_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def straight(words: str) -> str:
    """Return words without the signs that switch between writing from the left and from the right.

    Letters of every script stay, and are written in the direction that is theirs.
    """
    return _TURNING.sub("", words)
