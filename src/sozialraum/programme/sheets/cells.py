"""Single cells of the programme's sheets: what is written, as what the column holds, or a fault."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from sozialraum.keys import closest, normalise_name
from sozialraum.programme.sheets.periods import as_period
from sozialraum.tables.dates import as_date
from sozialraum.tables.numbers import BLANKS, MINUS
from sozialraum.tables.sheet import INVISIBLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sozialraum.programme.sheets.model import Column, Kind

__all__ = ["UNSEEN", "Amount", "CellFault", "amount", "empty_value", "parse_cell"]

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:[.,][0-9]+)?|[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+)")
_GROUPS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3}){2,}")
_TWO_READINGS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
_FRACTION = re.compile(r"([0-9]{1,9})\s?/\s?([0-9]{1,9})")
_DAY_AND_MONTH = re.compile(r"[0-9]{1,2}\.\s?[A-Za-zä]{3,9}\.?|[A-Za-zä]{3}\.?\s[0-9]{2}")
_SUFFIX = re.compile(r"\s?(?:€|EUR|Euro)$")
_MINUS = str.maketrans(dict.fromkeys(MINUS.replace("+", ""), "-"))
LONGEST = 5_000
"""Letters of a text cell; longer is a file pasted into a cell."""

UNSEEN = INVISIBLE | dict.fromkeys((*range(9), 11, 12, *range(14, 32)))
"""Control characters, too: no workbook can hold them, so they could not be written again."""

TRUE, FALSE = {"ja", "yes", "true", "wahr", "x"}, {"nein", "no", "false", "falsch"}


class Percent(float):
    """A number that the workbook shows as per cent: 0.48 stands for 48 %."""


class CellFault(Exception):  # noqa: N818 - a signal inside the reader, never seen outside
    """A cell that its column cannot hold: code of the text, and what it needs."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code, self.values = code, values


@dataclass(frozen=True)
class Amount:
    """A number as a goal states it: 10, 48 % or 1/5.

    Parameters
    ----------
    number
        As written, without the sign behind it: 48 % is 48.
    unit
        ``""``, ``"%"`` or ``"fraction"``.
    """

    number: float
    unit: str


def amount(quantity: str) -> Amount:
    """Take a validated quantity apart.

    Raises
    ------
    ValueError
        If it is none; a frame of `Programme` holds none such.
    """
    if "/" in quantity:
        return Amount(float(Fraction(quantity)), "fraction")
    return Amount(float(quantity.removesuffix(" %")), "%" if quantity.endswith("%") else "")


def empty_value(kind: Kind) -> object:
    """Return what stands for 'not known' in a column of this kind."""
    if kind in {"number", "share", "whole", "year"}:
        return np.nan
    return () if kind in {"keys", "years", "milestones"} else None


def parse_cell(column: Column, cell: object, *, percent: bool = False) -> object:
    """Return the value of a cell that is not empty.

    Parameters
    ----------
    column
        What it may hold.
    cell
        Text, number or date, as the file has it.
    percent
        Whether the workbook shows the number as per cent.

    Raises
    ------
    CellFault
        If the column cannot hold it, or if it can be read in two ways.
    """
    if isinstance(cell, str):
        cell = unicodedata.normalize("NFC", cell).translate(UNSEEN).strip()
        if len(cell) > LONGEST:
            raise CellFault("too_long", length=len(cell), limit=LONGEST)
    if percent and isinstance(cell, (int, float)):
        cell = Percent(cell)
    return _PARSERS[column.kind](column, cell)


def _text(_: Column, cell: object) -> str:
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        cell = cell.date()
    if isinstance(cell, Percent):
        return f"{_shown(cell * 100)} %"
    if isinstance(cell, float):
        return _shown(cell)
    return str(cell)


def _shown(number: float) -> str:
    return repr(round(number, 10)).removesuffix(".0").replace(".", ",")


def _key(_: Column, cell: object) -> str:
    if isinstance(cell, dt.date):
        raise CellFault("key_became_date", written=cell.isoformat()[:10])
    return _text(_, cell)


def _keys(column: Column, cell: object) -> tuple[str, ...]:
    parts = _key(column, cell).split("|")
    return tuple(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _choice(column: Column, cell: object) -> str:
    written = _text(column, cell)
    wanted = normalise_name(written)
    for choice in column.choices:
        if wanted in {normalise_name(choice.label), normalise_name(choice.id)} and wanted:
            return choice.id
    if column.open_choices and not written.startswith("="):
        return written
    labels = [choice.label for choice in column.choices]
    near = closest(written, labels, 1)
    raise CellFault(
        "bad_choice", written=written, allowed=", ".join(labels), proposal=near[0] if near else labels[0]
    )


def _read_number(written: object) -> float:
    if isinstance(written, (int, float)):
        if not np.isfinite(float(written)):
            raise CellFault("bad_number", written=written)
        return float(written)
    if isinstance(written, dt.date):
        raise CellFault("number_became_date", written=written.isoformat()[:10])
    text = _SUFFIX.sub("", str(written)).translate(_MINUS)
    text = "".join(letter for letter in text if letter not in BLANKS)
    if _TWO_READINGS.fullmatch(text):
        whole, part = re.split("[.,]", text)
        raise CellFault("two_readings", written=written, first=whole + part, second=f"{whole},{part}0")
    if _GROUPS.fullmatch(text):
        return float(text.replace(".", ""))
    if not _PLAIN.fullmatch(text) or len(text) > 30:
        raise CellFault("bad_number", written=written)
    return float(text.replace(".", "").replace(",", ".") if "," in text else text)


def _number(column: Column, cell: object) -> float:
    if isinstance(cell, Percent) or (isinstance(cell, str) and cell.endswith("%")):
        raise CellFault("no_percent", written=_text(column, cell))
    number = _read_number(cell)
    below = column.lowest is not None and number < column.lowest
    if below or (column.highest is not None and number > column.highest):
        low, high = column.lowest, column.highest
        limits = f"≥ {low:g}" if high is None else f"{low:g} … {high:g}"
        raise CellFault("out_of_range", written=cell, limits=limits)
    return number


def _whole(column: Column, cell: object) -> float:
    number = _number(column, cell)
    if not number.is_integer():
        raise CellFault("not_whole", written=cell)
    return number


def _share(column: Column, cell: object) -> float:
    if isinstance(cell, (int, float)):
        marked = isinstance(cell, Percent)
        number = float(cell) * (100 if marked else 1)
    else:
        marked = str(cell).endswith("%")
        number = _read_number(str(cell).removesuffix("%").strip() if marked else cell)
    if not marked and 0 < number <= 1:
        raise CellFault("share_two_readings", written=_text(column, cell))
    if not 0 <= number <= 100:
        raise CellFault("out_of_range", written=cell, limits="0 … 100 %")
    return number / 100


def _year(column: Column, cell: object) -> float:
    period = as_period(_text(column, cell))
    if period is None or len(period) != 4:
        raise CellFault("bad_year", written=cell)
    return float(period)


def _years(column: Column, cell: object) -> tuple[int, ...]:
    found: list[int] = []
    for part in _text(column, cell).split("|"):
        span = re.fullmatch(
            r"((?:19|20|21)[0-9]{2})(?:\s?(?:-|\u2013|bis)\s?((?:19|20|21)[0-9]{2}))?", part.strip()
        )
        if span is None or (span[2] and int(span[2]) < int(span[1])):
            raise CellFault("bad_years", written=cell)
        found += range(int(span[1]), int(span[2] or span[1]) + 1)
    return tuple(sorted(set(found)))


def _date(column: Column, cell: object) -> str:
    date = None if isinstance(cell, Percent) else as_date(cell)
    if date is None:
        raise CellFault("bad_date", written=_text(column, cell))
    written = str(cell).strip()
    if (
        not isinstance(cell, dt.date)
        and re.fullmatch(r"[0-9]{4}(?:\.0)?", written)
        and column.edge == "first"
    ):
        return f"{date[:4]}-01-01"
    return date


def _period(column: Column, cell: object) -> str:
    period = None if isinstance(cell, Percent) else as_period(cell)
    if period is None:
        raise CellFault("bad_period", written=_text(column, cell))
    return period


def _truth(column: Column, cell: object) -> bool:
    written = _text(column, cell).casefold()
    if written in TRUE | FALSE:
        return written in TRUE
    raise CellFault("bad_truth", written=cell)


def _quantity(_: Column, cell: object) -> str:
    if isinstance(cell, dt.date):
        raise CellFault("fraction_became_date", written=cell.isoformat()[:10])
    if isinstance(cell, (int, float)):
        return f"{float(cell) * 100:.10g} %" if isinstance(cell, Percent) else f"{_read_number(cell):.10g}"
    written = str(cell)
    if found := _FRACTION.fullmatch(written):
        if int(found[2]) == 0:
            raise CellFault("bad_quantity", written=written)
        return f"{int(found[1])}/{int(found[2])}"
    if _DAY_AND_MONTH.fullmatch(written) or (as_date(written) and not written.isdigit()):
        raise CellFault("fraction_became_date", written=written)
    marked = written.endswith("%")
    try:
        number = _read_number(written.removesuffix("%").strip())
    except CellFault as fault:
        raise CellFault(
            fault.code if fault.code == "two_readings" else "bad_quantity", **fault.values
        ) from None
    return f"{number:.10g}" + (" %" if marked else "")


def _milestones(column: Column, cell: object) -> tuple[tuple[str, str], ...]:
    found = []
    for part in _text(column, cell).split("|"):
        when, sign, value = part.partition("=")
        period = as_period(when.strip())
        if not sign or period is None or not value.strip():
            raise CellFault("bad_milestones", written=cell)
        found.append((period, _quantity(column, value.strip())))
    return tuple(found)


_PARSERS: dict[Kind, Callable[[Column, object], object]] = {
    "text": _text,
    "key": _key,
    "keys": _keys,
    "choice": _choice,
    "number": _number,
    "share": _share,
    "whole": _whole,
    "year": _year,
    "years": _years,
    "date": _date,
    "period": _period,
    "truth": _truth,
    "quantity": _quantity,
    "milestones": _milestones,
}
