"""How a notebook shows a result: its name, how it was asked for, and its first table."""

from __future__ import annotations

from dataclasses import fields
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Shown"]


class Shown:
    """A frozen dataclass that a notebook shows as a table instead of as a dump.

    The first field that is a frame is shown; numbers, texts and switches stand in the line above it, frames
    that are not shown only with their names.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]

    def _repr_html_(self) -> str:
        table, rest = None, []
        for name, value in self._fields():
            if table is None and isinstance(value, pd.DataFrame):
                table = value
            elif isinstance(value, (pd.DataFrame, pd.Series)):
                rest.append(f".{name} ({len(value)})")
            elif isinstance(value, float):
                rest.append(f"{name} = {value:.4g}")
            elif isinstance(value, (str, int, bool)):
                rest.append(f"{name} = {value}")
        told = f"<p><b>{type(self).__name__}</b> ({escape(', '.join(rest))})</p>"
        return told if table is None else f"{told}{table._repr_html_()}"  # type: ignore[operator] # not in its stubs

    def _fields(self) -> Iterator[tuple[str, object]]:
        for field in fields(self):
            yield field.name, getattr(self, field.name)
