"""What a project file may say of its address register and its case lists."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

__all__ = ["Addresses", "CaseAddress", "CaseCount", "CaseList"]

NonEmpty = Annotated[str, Field(min_length=1)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Rule = Literal["bestand", "faelle_im_jahr", "beginn_im_jahr", "ende_im_jahr"]


class _Part(BaseModel):
    """A part of the file; words that it does not know are faults, not ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class Addresses(_Part):
    """The address register: which house belongs to which district.

    A row is one house (`number`, `suffix`), or a range of houses (`number` and `number_to`, or ``12-16`` in
    one cell) of one side of the street (`side`: gerade, ungerade, even, odd, alle; empty means all). Its
    district stands in the column `district`, or follows from the coordinates `east` and `north`. With
    ``preset = "hauskoordinaten"`` the file is that of the surveying offices (HK-DE), whose fields need no
    names. `valid_from` and `valid_to` are columns with the first and last day on which the row holds.
    """

    file: NonEmpty
    preset: Literal["hauskoordinaten"] | None = None
    sheet: str | None = None
    encoding: str | None = None
    separator: str | None = None
    street: NonEmpty = "Straße"
    number: NonEmpty = "Hausnummer"
    suffix: str | None = None
    number_to: str | None = None
    side: str | None = None
    postcode: str | None = None
    district: str | None = None
    east: str | None = None
    north: str | None = None
    crs: str | None = None
    special: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None

    @model_validator(mode="after")
    def _place(self) -> Addresses:
        if self.preset is not None:
            stated = self.model_fields_set - {"file", "preset", "crs"}
            if stated:
                raise ValueError("addresses_preset")
            return self
        coordinates = (self.east, self.north, self.crs)
        if (self.district is None) == (None in coordinates):
            raise ValueError("addresses_place")
        return self


class CaseAddress(_Part):
    """Where a case list says where somebody lives: an address in columns or in one text, or coordinates."""

    street: str | None = None
    number: str | None = None
    suffix: str | None = None
    full: str | None = None
    postcode: str | None = None
    east: str | None = None
    north: str | None = None
    crs: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> CaseAddress:
        ways = (
            self.street is not None and self.number is not None,
            self.full is not None,
            None not in {self.east, self.north, self.crs},
        )
        if sum(ways) != 1:
            raise ValueError("case_address")
        return self


class CaseCount(_Part):
    """One count: which cases, at or within a year up to each date, cases or persons, of which age."""

    rule: Rule
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    persons: bool = False
    age: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]] | None = None


class CaseList(_Part):
    """A list with one row per case; only counts leave it."""

    file: NonEmpty
    sheet: str | None = None
    encoding: str | None = None
    separator: str | None = None
    address: CaseAddress
    dates: tuple[Day, ...] = ()
    begin: str | None = None
    end: str | None = None
    birth: str | None = None
    case: str | None = None
    person: str | None = None
    unlocated: tuple[str, ...] = ()
    allowed: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    counts: dict[str, CaseCount] = Field(min_length=1)
    unplaced: str | None = None

    @model_validator(mode="after")
    def _complete(self) -> CaseList:
        needs = self.counts.values()
        if not self.dates and "{year}" not in self.file:
            raise ValueError("case_dates")
        if self.begin is None:
            raise ValueError("case_begin")
        if any(count.persons for count in needs) and self.person is None:
            raise ValueError("case_person")
        if any(count.age for count in needs) and self.birth is None:
            raise ValueError("case_birth")
        return self
