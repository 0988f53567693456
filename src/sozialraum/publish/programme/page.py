"""From a programme's result to what the atlas page carries of it; `payload` says what that is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from sozialraum.assessment.provision.burden import NOT_ASSESSABLE
from sozialraum.indicators.target_groups import group_label
from sozialraum.programme.network.conferences import programme_districts
from sozialraum.programme.register import rows_of
from sozialraum.programme.sentences import figure_words, goal_sentence, indicator_labels, place_names
from sozialraum.programme.sheets.every import sheet
from sozialraum.programme.sheets.written import written_cell
from sozialraum.publish.orientation import written_shapes
from sozialraum.publish.programme.payload import QUADRANT_CODES, SYMBOLS
from sozialraum.publish.programme.words import choice_words
from sozialraum.texts import LANGUAGES, text
from sozialraum.texts.figures import spelled_days

if TYPE_CHECKING:
    from collections.abc import Callable

    from sozialraum.analysis import Analysis
    from sozialraum.programme.run import ProgrammeResult
    from sozialraum.publish.programme.payload import (
        Area,
        Both,
        Decision,
        Facility,
        Funding,
        Goal,
        Measure,
        NeedTheme,
        ProgrammeData,
    )
    from sozialraum.texts import Language

__all__ = ["programme_data"]

YEARS_OF_NOTES = 3


def programme_data(result: ProgrammeResult, analysis: Analysis) -> ProgrammeData:
    """Collect what the page shows of a programme.

    Parameters
    ----------
    result
        For the same audience as `analysis`.
    analysis
        Districts, catalogue and names.

    Raises
    ------
    ValueError
        If the two are for different audiences: a mistake of ours.
    """
    if result.audience != analysis.audience:
        raise ValueError(result.audience, analysis.audience)
    page = _Page(result, analysis)
    return {
        "year": result.year,
        "internal": result.audience == "internal",
        "symbols": {
            state: {"symbol": symbol, "light": light, "word": _both(f"programme_report.state.{state}")}
            for state, (symbol, light) in SYMBOLS.items()
        },
        "quadrants": [
            {
                "id": name,
                "word": _both(f"programme_page.quadrant.{name}"),
                "told": _both(f"programme_page.quadrant_told.{name}"),
            }
            for name in QUADRANT_CODES
        ],
        "areas": page.areas(),
        "decisions": page.decisions(),
        "goals": page.goals(),
        "measures": page.measures(),
        "need": page.need(),
        "facilities": page.facilities(),
        "conferences": page.conferences(),
        "gaps": page.gaps(),
        "sites": page.sites(),
        "notes": page.notes(),
    }


def _both(key: str, **values: object) -> Both:
    return {"de": text(key, "de", **values), "en": text(key, "en", **values)}


def _in_both(make: Callable[[Language], str]) -> Both:
    de, en = (make(language) for language in LANGUAGES)
    return {"de": de, "en": en}


def _number(value: object, digits: int = 6) -> float | None:
    if value is None or value is pd.NA:
        return None
    found = float(str(value))
    return round(found, digits) if math.isfinite(found) else None


def _text(value: object) -> str | None:
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return None
    return str(value)


class _Page:
    """The parts of the payload, each from the tables and sheets of one result."""

    def __init__(self, result: ProgrammeResult, analysis: Analysis) -> None:
        self.result, self.analysis, self.year = result, analysis, result.year
        self.sheets = result.sheets
        self.inside = programme_districts(result.sheets, result.year)
        self.named = place_names(result.sheets)
        self.homes = self.sheets["facilities"]["district"].dropna().to_dict()

    def table(self, name: str) -> pd.DataFrame:
        return self.result.tables.get(name, pd.DataFrame())

    def places(self, scope_type: object, scope: object) -> list[str]:
        """Return the districts that a goal or measure concerns; none for the whole city."""
        if scope_type == "district":
            return [str(scope)]
        if scope_type == "programme_area":
            return sorted(key for key, area in self.inside.items() if area == scope)
        return [str(self.homes[scope])] if scope_type == "facility" and scope in self.homes else []

    def area_of(self, scope_type: object, scope: object) -> str | None:
        if scope_type == "programme_area":
            return str(scope)
        found = {self.inside[key] for key in self.places(scope_type, scope) if key in self.inside}
        return found.pop() if len(found) == 1 else None

    def areas(self) -> list[Area]:
        table = self.table("area_districts")
        if table.empty:
            return []
        decided = {decision["district"]: decision["sentence"] for decision in self.decisions()}
        found: list[Area] = []
        for area_id, part in table.groupby("area_id", sort=True):
            keys = [str(key) for key in part["district"]]
            told = list({decided[key]["de"]: decided[key] for key in keys if key in decided}.values())
            first = part.iloc[0]
            tiers = [choice_words("areas", "tier", tier) for tier in part["tier"]]
            found.append(
                {
                    "id": str(area_id),
                    "name": str(first["area_name"]),
                    "districts": keys,
                    "tiers": dict(zip(keys, tiers, strict=True)),
                    "since": str(first["since"]),
                    "until": _text(first["until"]),
                    "site": _text(first["site_id"]),
                    "sentence": {
                        "de": " ".join(words["de"] for words in told),
                        "en": " ".join(words["en"] for words in told),
                    },
                }
            )
        return found

    def decisions(self) -> list[Decision]:
        table = self.table("decisions")
        if table.empty:
            return []
        table = table.assign(_day=table["date"].fillna("")).sort_values(["year", "_day"], kind="stable")
        why = self._why()
        found: list[Decision] = []
        for _, row in rows_of(table.drop_duplicates("district", keep="last").sort_values("district")):
            word = choice_words("decisions", "decision", row["decision"])
            if word is not None:
                found.append(_decision(row, word, why.get(str(row["district"]))))
        return found

    def _why(self) -> dict[str, str]:
        table = self.table("selection")
        if table.empty:
            return {}
        last = table[table["year"] == table["year"].max()]
        return dict(zip(last["district"].astype(str), last["reason"].astype(str), strict=True))

    def goals(self) -> list[Goal]:
        table = self.table("goals")
        if table.empty:
            return []
        sheets = self.sheets["goals"]
        versions = {(str(key), goal["version"]): goal for key, goal in sheets.iterrows()}
        served = self.sheets["measure_goals"].groupby("goal_id")["measure_id"].agg(list).to_dict()
        return [
            self._goal(row, versions[str(row["goal_id"]), row["version"]], served.get(row["goal_id"], []))
            for _, row in table.iterrows()
        ]

    def _goal(self, row: pd.Series, goal: pd.Series, measures: list[str]) -> Goal:
        symbol, light = SYMBOLS[row["state"]]

        def shown(name: str) -> Both:
            return _in_both(lambda language: figure_words(row[name], goal, row, self.analysis, language))

        return {
            "id": str(row["goal_id"]),
            "version": int(row["version"]),
            "title": str(goal["text"]),
            "scopeType": str(row["scope_type"]),
            "scope": _text(row["scope"]),
            "districts": self.places(row["scope_type"], row["scope"]),
            "area": self.area_of(row["scope_type"], row["scope"]),
            "indicator": str(row["indicator"]),
            "label": self._label(str(row["indicator"])),
            "quantity": str(row["quantity"]),
            "baselineDate": _text(row["baseline_date"]),
            "date": _text(row["date"]),
            "due": str(written_cell(sheet("goals")["due_period"], goal["due_period"])),
            "baseline": _number(row["baseline"]),
            "figure": _number(row["figure"]),
            "target": _number(row["target"]),
            "attained": _number(row["attained"], 3),
            "lower": _number(row["attained_lower"], 3),
            "upper": _number(row["attained_upper"], 3),
            "beyondChance": None if _text(row["beyond_chance"]) is None else bool(row["beyond_chance"]),
            "state": str(row["state"]),
            "word": _both(f"programme_report.state.{row['state']}"),
            "symbol": symbol,
            "light": light,
            "shown": {
                "baseline": shown("baseline"),
                "figure": shown("figure"),
                "expected": shown("expected"),
                "target": shown("target"),
            },
            "sentence": _in_both(
                lambda language: goal_sentence(row, goal, self.analysis, language, self.named)
            ),
            "owner": _text(goal["owner"]),
            "measures": sorted(map(str, measures)),
        }

    def _label(self, indicator: str) -> Both:
        if indicator not in self.analysis.catalogue.index:
            own = indicator_labels(self.sheets["goals"]).get(indicator, indicator)
            return {"de": own, "en": own}
        entry = self.analysis.catalogue.loc[indicator]
        return _in_both(lambda language: str(entry[f"label_{language}"]))

    def measures(self) -> list[Measure]:
        links = self.sheets["measure_goals"].groupby("measure_id")["goal_id"].agg(list).to_dict()
        found: list[Measure] = []
        for key, row in rows_of(self.sheets["measures"]):
            status = self._status(key, row)
            word = choice_words("measure_years", "status", status)
            found.append(
                {
                    "id": key,
                    "title": str(row["name"]),
                    "scopeType": str(row["scope_type"]),
                    "scope": _text(row["scope"]),
                    "districts": self.places(row["scope_type"], row["scope"]),
                    "status": status,
                    "word": word or _both("programme_page.unknown"),
                    "lead": _text(row["lead_office"]),
                    "starts": _text(row["starts"]),
                    "ends": _text(row["ends"]),
                    "goals": sorted(map(str, links.get(key, []))),
                    "funding": self._funding(key),
                }
            )
        return found

    def _status(self, key: str, row: dict[str, Any]) -> str:
        """Return the last reported status, else what begin and end say."""
        states = self.sheets["measure_years"]
        own = states[(states["measure_id"] == key) & (states["year"] <= self.year)].sort_values("year")
        if not own.empty and own["status"].iloc[-1] is not None:
            return str(own["status"].iloc[-1])
        last = f"{self.year}-12-31"
        if row["starts"] is None or row["starts"] > last:
            return "planned"
        return "finished" if row["ends"] is not None and row["ends"] <= last else "running"

    def _funding(self, key: str) -> Funding:
        rows = self.sheets["funding"]
        own = rows[rows["measure_id"] == key]
        secured = own["status"].isin(["budgeted", "decided", "granted"])
        counted = own["status"] != "refused"
        if own.empty:
            state = "none"
        elif not counted.any():
            state = "refused"
        elif secured[counted].all():
            state = "secured"
        else:
            state = "partly" if secured.any() else "proviso"
        return {
            "state": state,
            "word": _both(f"programme_page.funding.{state}"),
            "amount": _number(own.loc[counted, "amount"].sum(min_count=1), 2),
            "secured": _number(own.loc[secured, "amount"].sum(min_count=1), 2),
        }

    def need(self) -> list[NeedTheme]:
        table = self.table("double_disadvantage")
        if table.empty:
            return []
        keys = self.analysis.districts.index
        found: list[NeedTheme] = []
        for (kind, group), part in table.groupby(["kind", "target_group"], sort=True):
            last = part[part["year"] == part["year"].max()].set_index("district").reindex(keys)
            quadrants = last["quadrant"].where(last["quadrant"].isin(QUADRANT_CODES), NOT_ASSESSABLE)
            sure = [
                None if (share := _number(value)) is None else math.floor(100 * share + 1e-9)
                for value in (last["certainty"] if "certainty" in last else [None] * len(last))
            ]
            found.append(
                {
                    "id": f"{kind}:{group}",
                    "kind": _kind_words(kind),
                    "group": self._group(str(group)),
                    "year": int(part["year"].max()),
                    "quadrants": "".join(str(QUADRANT_CODES.index(name)) for name in quadrants),
                    "sure": sure,
                    "need": [_number(value, 2) for value in last["need"]],
                    "provision": [_number(value, 3) for value in last["provision"]],
                }
            )
        return found

    def _group(self, group: str) -> Both:
        label = group_label(self.analysis.catalogue, group)
        return {"de": label["de"], "en": label["en"]}

    def facilities(self) -> list[Facility]:
        rows = self.sheets["facilities"]
        districts = self.analysis.districts
        rows = rows[rows["district"].isin(districts.index)]
        end, start = f"{self.year}-12-31", f"{self.year}-01-01"
        rows = rows[
            (rows["opened"].isna() | (rows["opened"] <= end))
            & (rows["closed"].isna() | (rows["closed"] > start))
        ]
        if rows.empty:
            return []
        import geopandas as gpd  # noqa: PLC0415 - start-up time

        middle = districts.geometry.representative_point().loc[rows["district"]]
        exact = (rows["x"].notna() & rows["y"].notna()).to_numpy()
        x = rows["x"].where(exact, middle.x.to_numpy())
        y = rows["y"].where(exact, middle.y.to_numpy())
        points = gpd.GeoSeries(gpd.points_from_xy(x, y), crs=districts.crs).to_crs(4326)
        latest = self._capacity()
        found: list[Facility] = []
        for (key, row), point, sure in zip(rows_of(rows), points, exact, strict=True):
            capacity, unit, year = latest.get(key, (None, None, None))
            found.append(
                {
                    "id": key,
                    "name": str(row["name"]),
                    "kind": str(row["kind"]),
                    "word": _kind_words(row["kind"]),
                    "district": str(row["district"]),
                    "capacity": capacity,
                    "unit": choice_words("facility_years", "unit", unit),
                    "year": year,
                    "lon": round(point.x, 5),
                    "lat": round(point.y, 5),
                    "exact": bool(sure),
                }
            )
        return found

    def _capacity(self) -> dict[str, tuple[float | None, str | None, int | None]]:
        rows = self.sheets["facility_years"]
        years = rows["period"].astype(str).str[:4]
        known = rows[rows["capacity"].notna() & (years <= str(self.year))].assign(_year=years)
        last = known.sort_values("_year", kind="stable").drop_duplicates("facility_id", keep="last")
        return {
            str(row["facility_id"]): (_number(row["capacity"], 2), _text(row["unit"]), int(row["_year"]))
            for _, row in rows_of(last)
        }

    def conferences(self) -> list[dict[str, Any]]:
        counted = self.sheets["conference_years"]
        met = counted[counted["year"] == self.year].set_index("conference_id")["meetings"].to_dict()
        return [
            {
                "id": key,
                "name": str(row["name"]),
                "districts": list(row["districts"]),
                "status": str(row["status"]),
                "word": choice_words("conferences", "status", row["status"]),
                "meetings": _number(met.get(key)),
            }
            for key, row in rows_of(self.sheets["conferences"])
        ]

    def gaps(self) -> list[str]:
        table = self.table("network_gaps")
        return [] if table.empty else [str(key) for key in table.loc[table["gap"], "district"]]

    def sites(self) -> list[dict[str, Any]]:
        inside = self.table("site_shares")
        drawn = self.result.outlines
        lines = {} if drawn is None else dict(zip(drawn.index, written_shapes(drawn.geometry), strict=True))
        found = []
        for key, row in rows_of(self.sheets["sites"]):
            own = inside[inside["site_id"] == key] if not inside.empty else inside
            districts = [
                {
                    "district": str(part["district"]),
                    "share": _number(part["share"], 3),
                    "method": choice_words("site_districts", "share_method", part["method"]),
                }
                for _, part in rows_of(own)
            ]
            found.append(
                {
                    "id": key,
                    "name": str(row["name"]),
                    "basis": choice_words("sites", "legal_basis", row["legal_basis"]),
                    "since": _text(row["since"]),
                    "until": _text(row["until"]),
                    "districts": districts,
                    "outline": lines.get(key),
                }
            )
        return found

    def notes(self) -> list[dict[str, Any]]:
        """Return the notes of the last years, newest first; the sheet of a public result is empty."""
        rows = self.sheets["notes"]
        first = f"{self.year - YEARS_OF_NOTES + 1}-01-01"
        rows = rows[(rows["date"] >= first) & (rows["date"] <= f"{self.year}-12-31")]
        return [
            {
                "id": key,
                "date": str(row["date"]),
                "districts": list(row["districts"]),
                "role": choice_words("notes", "source_role", row["source_role"]),
                "theme": _text(row["theme"]),
                "kind": choice_words("notes", "kind", row["kind"]),
                "text": _text(row["text"]),
                "direction": choice_words("notes", "direction", row["direction"]),
                "visible": choice_words("notes", "visible_in_data", row["visible_in_data"]),
            }
            for key, row in rows_of(rows.sort_values("date", ascending=False, kind="stable"))
        ]


def _decision(row: dict[str, Any], word: Both, why: str | None) -> Decision:
    body = choice_words("decisions", "body", row["body"])
    return {
        "district": str(row["district"]),
        "year": int(row["year"]),
        "decision": str(row["decision"]),
        "word": word,
        "reason": _text(row["reason"]),
        "date": _text(row["date"]),
        "body": body,
        "paper": _text(row["paper"]),
        "sentence": _in_both(lambda language: _decided(row, body, language)),
        "why": why,
    }


def _decided(row: dict[str, Any], body: Both | None, language: Language) -> str:
    """Say what was decided, by whom and when, and the written reason; nothing else."""
    given = [
        body[language] if body is not None else None,
        _date(row["date"], language),
        text("programme_page.paper", language, paper=row["paper"]) if _text(row["paper"]) else None,
    ]
    source = ", ".join(part for part in given if part)
    key = f"programme_page.decision.{row['decision']}"
    words = text(key, language, source=f" ({source})" if source else "")
    reason = _text(row["reason"])
    if reason:
        words += " " + text("programme_page.reason", language, reason=reason.rstrip(". "))
    return words


def _date(value: object, language: Language) -> str | None:
    iso = _text(value)
    return None if iso is None else spelled_days(iso, language)


def _kind_words(kind: object) -> Both:
    """Name a kind of facility; what begins a heading begins with a capital."""
    found = choice_words("facilities", "kind", kind) or {"de": str(kind), "en": str(kind)}
    return {"de": found["de"], "en": found["en"][:1].upper() + found["en"][1:]}
