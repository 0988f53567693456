"""District keys: always text, compared as they are written, leading zeros kept."""

from __future__ import annotations

import difflib
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = [
    "as_keys",
    "closest",
    "normalise_name",
    "padded_matches",
    "propose_names",
    "sorted_order",
    "spelling_of",
    "spellings_of",
]

_FOOTNOTES = re.compile(r"(?:\s*\*{1,3}\)?|\s*[¹²³⁴⁵⁶⁷⁸⁹]+[)⁾]?|\s+[0-9]{1,2}\))+$")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_SAINT = re.compile(r"\bst(?:\.\s?|\s)(?=\w)")
_STREET = re.compile(r"str(?:\.|$)")


def as_keys(values: pd.Series) -> pd.Series:
    """Return `values` as text keys: Unicode NFC, outer blanks removed, whole numbers without ``.0``.

    Parameters
    ----------
    values
        One entry per row; text or numbers. Missing entries stay missing.

    Returns
    -------
    pd.Series
        Dtype object, the index of `values`; `str` or None.
    """
    numeric = pd.api.types.is_float_dtype(values) and bool((values.dropna() % 1 == 0).all())
    source = values.astype("Int64") if numeric else values

    def clean(value: object) -> str | None:
        if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
            return None
        return unicodedata.normalize("NFC", str(value)).strip() or None

    cells: list[Any] = source.tolist()
    if all(value.__class__ is str for value in cells) and "".join(cells).isascii():
        # Letters of ASCII have one form only.
        plain = [value.strip() or None for value in cells]
        return pd.Series(plain, index=values.index, name=values.name, dtype=object)
    # Columns of keys and names repeat themselves: each text is cleaned once.
    known: dict[object, str | None] = {}
    cleaned: list[str | None] = []
    for value in cells:
        if value.__class__ is not str:
            cleaned.append(clean(value))
            continue
        if value not in known:
            known[value] = clean(value)
        cleaned.append(known[value])
    return pd.Series(cleaned, index=values.index, name=values.name, dtype=object)


def normalise_name(name: str) -> str:
    """Reduce a name to what two spellings of one place share.

    Unicode NFKC, case folded (ß = ss), everything but letters and digits removed. 'Sieben Hügel' and
    'Siebenhügel' become equal. The result only ever *proposes* a match; it never makes one.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\W_]+", "", folded)


def spelling_of(name: str) -> str:
    """Reduce a name further than `normalise_name`: as offices spell one name in several ways.

    Umlauts are written out (ü = ue), 'St.' is 'Sankt', '…str.' is '…straße', footnote marks at the end do not
    count. The result only ever *proposes* a match.

    Examples
    --------
    >>> spelling_of("MÜHLENSTR. 1)") == spelling_of("Muehlenstraße")
    True
    """
    folded = unicodedata.normalize("NFKC", _FOOTNOTES.sub("", name)).casefold().translate(_UMLAUTS)
    return re.sub(r"[\W_]+", "", _STREET.sub("strasse", _SAINT.sub("sankt ", folded)))


def spellings_of(known: Iterable[str]) -> dict[str, str]:
    """Return what `spelling_of` makes of each known name, to that name; shared spellings are left out."""
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(known):
        found.setdefault(spelling_of(name), []).append(name)
    return {spelling: names[0] for spelling, names in found.items() if len(names) == 1 and spelling}


def propose_names(unmatched: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Propose for each unmatched name the one known name that `spelling_of` makes equal.

    Returns
    -------
    dict
        Unmatched name to known name; names with no candidate, or with several, are left out.
    """
    candidates = spellings_of(known)
    proposals = {name: candidates.get(spelling_of(name)) for name in unmatched}
    return {name: found for name, found in proposals.items() if found is not None}


def padded_matches(unmatched: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Propose for keys read as numbers (`4` or `4.0` for `04`) the known key that they stand for."""
    stripped: dict[str, list[str]] = {}
    for key in known:
        stripped.setdefault(key.lstrip("0"), []).append(key)
    proposals = {key: stripped.get(key.removesuffix(".0").lstrip("0"), []) for key in unmatched}
    return {key: found[0] for key, found in proposals.items() if len(found) == 1 and found[0] != key}


def closest(name: str, known: Iterable[str], limit: int = 3) -> tuple[str, ...]:
    """Return up to `limit` known names that `name` was probably meant to be, the likeliest first."""
    spellings: dict[str, list[str]] = {}
    for candidate in known:
        spellings.setdefault(normalise_name(candidate), []).append(candidate)
    wanted = normalise_name(name)
    found = difflib.get_close_matches(wanted, spellings, n=limit, cutoff=0.6)
    return tuple(candidate for spelling in found for candidate in spellings[spelling])[:limit]


def sorted_order(keys: pd.Index) -> NDArray[np.intp]:
    """Return the positions of `keys` in ascending order of the keys, shape (n,).

    Whatever is drawn by lot is drawn over this order, so that the order of rows changes no result.

    Examples
    --------
    >>> sorted_order(pd.Index(["b", "c", "a"])).tolist()
    [2, 0, 1]
    """
    try:
        return np.asarray(np.argsort(keys.to_numpy(), kind="stable"), dtype=np.intp)
    except TypeError:  # keys of several types have no order of their own
        named = np.array([f"{type(key).__name__} {key}" for key in keys], dtype=object)
        return np.asarray(np.argsort(named, kind="stable"), dtype=np.intp)
