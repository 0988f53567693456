"""Decoded text that no one can have meant: the right bytes, read in the wrong encoding.

A reader that decodes without an error may still have decoded wrongly. 'MÃ¼hle' and 'Stra§e'
give themselves away, and the encoding that turns all such texts into words can be named.
"""

# ruff: noqa: RUF001 - the confusable characters are the subject

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Garbled", "find_garbled", "letters_lost", "reread"]

_SYMBOL = r"„“”‘‚†‡‰™•…§¤¦©¬®¯±¶¼½¾¿¡¢£¥¨ª«»¸¹²³ºˆ˜€√∂∑∏π∫Ω≈≤≥≠∞◊ﬁﬂ╔╗╚╝║═│┤┐└┴┬├─┼░▒▓█▄▀"
_INSIDE = re.compile(rf"[^\W\d_][{_SYMBOL}][^\W\d_]|[{_SYMBOL}][a-zß-ÿ]|[{_SYMBOL}]{{2}}")
_CONTROL = re.compile("[\x80-\x9f\ufffd]")
_MIXED = re.compile(r"[a-zäöüß](?=[^\x00-\x7fÄÖÜ])[^\W\d_a-z](?<=[À-ÞŠŸŽ])[a-zäöüß]|[a-zäöüß][À-ÞŠŸŽ]\b")
_PAIRS = re.compile(r"[ÂÃÄÅ][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€")
_GERMAN = frozenset("äöüÄÖÜß")
_WESTERN = _GERMAN | frozenset(
    "àáâãåæçèéêëìíîïñòóôõøùúûýÿœšžÀÁÂÃÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕØÙÚÛÝŠŽ–—’‘“”„‚°²³½§€·\xa0\xad×"
)

READ_AS = ("cp1252", "latin-1", "mac_roman", "cp850")
MEANT = ("utf-8", "cp850", "mac_roman", "cp1252")


@dataclass(frozen=True, kw_only=True)
class Garbled:
    """Texts that were read in a wrong encoding.

    Parameters
    ----------
    examples
        Up to three of them, as they were read.
    encoding
        The one in which all of them are words; None if there is none, or several.
    meant
        The examples, read in `encoding`.
    """

    examples: tuple[str, ...]
    encoding: str | None
    meant: tuple[str, ...]


def is_doubtful(text: str) -> bool:
    """Tell whether a text holds letters that stand where no language puts them."""
    if text.isascii():
        return False
    found = (pattern.search(text) for pattern in (_CONTROL, _PAIRS, _MIXED, _INSIDE))
    return any(match is not None for match in found)


def find_garbled(texts: Iterable[str]) -> Garbled | None:
    """Doubt decoded texts; None if all of them can have been meant.

    Parameters
    ----------
    texts
        Names, headings, words; as one encoding was read, so that one other must explain them all.
    """
    foreign = list(dict.fromkeys(text for text in texts if not text.isascii()))
    doubtful = [text for text in foreign if is_doubtful(text)]
    if not doubtful:
        return None
    scores = {meant: _score(foreign, meant) for meant in MEANT}
    best = max(scores, key=lambda meant: scores[meant])
    clear = scores[best] > 0 and sum(score == scores[best] for score in scores.values()) == 1
    examples = tuple(doubtful[:3])
    encoding = best if clear else None
    return Garbled(
        examples=examples,
        encoding=encoding,
        meant=tuple(reread(text, encoding) for text in examples) if encoding else (),
    )


def _score(texts: list[str], meant: str) -> float:
    """Rate an encoding: the share of German letters among the foreign ones; 0 if a text resists."""
    german = foreign = 0
    for text in texts:
        again = reread(text, meant)
        if again == text or is_doubtful(again):
            return 0.0
        letters = [letter for letter in again if not letter.isascii()]
        if not _WESTERN.issuperset(letters) or not all(letter.isalpha() for letter in letters):
            return 0.0
        german += sum(letter in _GERMAN for letter in letters)
        foreign += len(letters)
    return german / foreign if foreign else 0.0


def reread(text: str, encoding: str) -> str:
    """Decode a text anew; unchanged where it cannot have been read from bytes of that encoding."""
    if text.isascii():
        return text
    for read_as in READ_AS:
        if read_as == encoding:
            continue
        try:
            # cp1252 leaves five bytes open, which readers pass on as control characters.
            raw = b"".join(
                letter.encode("latin-1") if "\x80" <= letter <= "\x9f" else letter.encode(read_as)
                for letter in text
            )
            again = raw.decode(encoding)
        except UnicodeError:
            continue
        if not is_doubtful(again):
            return again
    return text


def letters_lost(table: bytes, texts: Iterable[object]) -> bool:
    """Tell whether a dBASE table has letters beyond ASCII, and what was read of it has none.

    GDAL leaves out what it cannot convert, and says so once in the life of a process.

    Parameters
    ----------
    table
        The file.
    texts
        What was read; anything but text is passed over.
    """
    begin = int.from_bytes(table[8:10], "little")
    kinds = {table[place + 11 : place + 12] for place in range(32, begin - 1, 32)}
    if begin < 32 or not kinds <= {b"C", b"N", b"F", b"D", b"L"}:
        return False  # numbers may be stored as bytes
    found = [text for text in texts if isinstance(text, str)]
    return bool(found) and all(map(str.isascii, found)) and not table[begin:].isascii()
