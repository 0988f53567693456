"""Classes, colours and patterns of the maps as QGIS writes them (QML)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from sozialraum.publish.breaks import change_limits, class_limits
from sozialraum.publish.palettes import ASSESSMENT_COLOURS, CLUSTER_COLOURS, PATTERNS, change_ramp, ramp
from sozialraum.publish.results.dictionary import cell_words, column_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from sozialraum.analysis import Analysis
    from sozialraum.texts import Language

__all__ = ["Rule", "border_rules", "class_rules", "cluster_rules", "qml", "renderer", "status_rules"]

_BRUSHES = {
    "missing": "b_diagonal",
    "suppressed": "diagonal_x",
    "unknown": "f_diagonal",
    "not applicable": "horizontal",
    "later": "vertical",
    "isolated": "dense6",
    "undefined": "vertical",
    "not assessable": "dense7",
}
"""By flag, label or class that has no number: the pattern."""

_EDGE = "#6f6f6a"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One class of a map.

    Parameters
    ----------
    label
        For the legend.
    where
        QGIS expression.
    colour
        Of the ground; of the line in a layer of lines.
    brush, ink
        Pattern on the ground; "" for none.
    shown
        Whether it is switched on.
    """

    label: str
    where: str
    colour: str
    brush: str = ""
    ink: str = "#808080"
    shown: bool = True


def class_rules(release: Analysis, indicator: str, cells: pd.DataFrame | None = None) -> list[Rule]:
    """Return the classes of an indicator, the same for all dates, and a pattern for each reason of none.

    Its rows of ``release.indicators`` may be handed over as `cells` by whom has taken them apart already.
    """
    entry: dict[Any, Any] = release.catalogue.loc[indicator].to_dict()
    factor, decimals = float(entry["factor"]), int(entry["decimals"])
    if cells is None:
        cells = release.indicators[(release.indicators["indicator"] == indicator).to_numpy()]
    shown = (cells["value"].astype(float) * factor).round(decimals)
    signed = bool((shown < 0).any())
    limits = (change_limits if signed else class_limits)(shown, decimals=decimals)
    polarity = str(entry["polarity"])
    colours = change_ramp(polarity, limits) if signed else ramp(polarity, len(limits)) if limits else ()
    value = f"round({_field(indicator)}, {decimals})"
    rules = []
    lowest = float(shown.min())
    for place, (limit, colour) in enumerate(zip(limits, colours, strict=True)):
        first = lowest if place == 0 else limits[place - 1] + 10.0**-decimals
        above = "" if place == 0 else f"{value} > {limits[place - 1]!r} AND "
        # The last class is open: it holds whatever is above.
        below = f"{value} <= {limit!r}" if place + 1 < len(limits) else f"{_field(indicator)} IS NOT NULL"
        rules.append(
            Rule(
                label=_span(first, limit, decimals, release.language), where=f"{above}{below}", colour=colour
            )
        )
    flags = [flag for flag in cells["flag"].drop_duplicates() if flag not in {"ok", "unreliable"}]
    reasons = [
        _patterned(
            "flag", flag, f"{_field(indicator)} IS NULL AND {_field(indicator + '_flag')} = '{flag}'", release
        )
        for flag in flags
    ]
    return [*rules, *reasons]


def cluster_rules(release: Analysis, indicator: str) -> list[Rule]:
    """Return the classes of an indicator's clusters."""
    field = _field(f"{indicator}_cluster")
    labels = (*CLUSTER_COLOURS, "isolated", "undefined")
    return [_coloured("cluster", label, field, CLUSTER_COLOURS, release) for label in labels]


def status_rules(release: Analysis, column: str, kind: str) -> list[Rule]:
    """Return the classes of an index: `kind` is "status", "dynamic" or "attention"."""
    colours = ASSESSMENT_COLOURS[kind]
    return [_coloured(kind, cell, _field(column), colours, release) for cell in (*colours, "not assessable")]


def border_rules(release: Analysis) -> list[Rule]:
    """Return the sharp borders of each indicator at its latest date; the first is switched on."""
    if release.assessment is None or release.assessment.edges.empty:
        return []
    latest = release.assessment.edges.groupby("indicator", sort=False)["date"].max()
    labels = release.catalogue[f"label_{release.language}"]
    return [
        Rule(
            label=f"{labels.get(indicator, indicator)} ({date})",
            where=f"\"indicator\" = '{indicator}' AND \"date\" = '{date}'",
            colour="#16242e",
            shown=place == 0,
        )
        for place, (indicator, date) in enumerate(latest.items())
    ]


def _coloured(column: str, cell: str, field: str, colours: Mapping[str, str], release: Analysis) -> Rule:
    where = f"{field} = '{cell}'"
    if cell not in colours:
        return _patterned(column, cell, where, release)
    label = cell_words(column, cell, language=release.language)
    return Rule(label=label, where=where, colour=colours[cell])


def _patterned(column: str, cell: str, where: str, release: Analysis) -> Rule:
    pattern = PATTERNS[cell]
    label = cell_words(column, cell, language=release.language)
    return Rule(label=label, where=where, colour=pattern.paper, brush=_BRUSHES[cell], ink=pattern.ink)


def _field(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _span(first: float, last: float, decimals: int, language: Language) -> str:
    one, two = (_number(limit, decimals, language) for limit in (first, last))
    return one if one == two else f"{one} \u2013 {two}"


def _number(value: float, decimals: int, language: Language) -> str:
    written = f"{value + 0.0:.{decimals}f}"
    return written.replace(".", ",") if language == "de" else written


def renderer(rules: Sequence[Rule], *, lines: bool = False) -> str:
    """Return the rules as a QGIS renderer; without rules every feature looks alike."""
    rules = rules or [Rule(label="", where="", colour="#16242e" if lines else "#ffffff")]
    entries, symbols = [], []
    for place, rule in enumerate(rules):
        off = "" if rule.shown else ' checkstate="0"'
        where = f" filter={quoteattr(rule.where)}" if rule.where else ""
        entries.append(f'<rule key="{place}" symbol="{place}" label={quoteattr(rule.label)}{where}{off}/>')
        parts = [_line(rule)] if lines else _fills(rule)
        kind = "line" if lines else "fill"
        symbols.append(
            f'<symbol type="{kind}" name="{place}" alpha="1" clip_to_extent="1" force_rhr="0">'
            f"{''.join(parts)}</symbol>"
        )
    return (
        '<renderer-v2 type="RuleRenderer" symbollevels="0" forceraster="0" enableorderby="0">'
        f'<rules key="root">{"".join(entries)}</rules><symbols>{"".join(symbols)}</symbols></renderer-v2>'
    )


def _fills(rule: Rule) -> list[str]:
    ground = {"color": _rgba(rule.colour), "style": "solid", "outline_color": _rgba(_EDGE)}
    ground |= {"outline_style": "solid", "outline_width": "0.2", "outline_width_unit": "MM"}
    parts = [_layer("SimpleFill", ground)]
    if rule.brush:
        parts.append(
            _layer("SimpleFill", {"color": _rgba(rule.ink), "style": rule.brush, "outline_style": "no"})
        )
    return parts


def _line(rule: Rule) -> str:
    look = {"line_color": _rgba(rule.colour), "line_style": "solid", "line_width": "0.8"}
    return _layer("SimpleLine", {**look, "line_width_unit": "MM", "capstyle": "round"})


def _layer(kind: str, look: Mapping[str, str]) -> str:
    options = "".join(
        f'<Option name="{name}" type="QString" value="{value}"/>' for name, value in look.items()
    )
    return (
        f'<layer class="{kind}" enabled="1" locked="0" pass="0"><Option type="Map">{options}</Option></layer>'
    )


def _rgba(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"{red},{green},{blue},255"


def aliases(columns: Mapping[str, str]) -> str:
    """Return names for people of the fields of a layer."""
    entries = "".join(
        f'<alias field={quoteattr(field)} index="{place}" name={quoteattr(name)}/>'
        for place, (field, name) in enumerate(columns.items())
    )
    return f"<aliases>{entries}</aliases>"


def table_aliases(name: str, columns: Sequence[str], release: Analysis) -> dict[str, str]:
    """Return the headings of a table's columns."""
    return {
        column: column_words(name, column, language=release.language, parents=release.parents).title
        for column in columns
    }


def qml(fields: str, drawn: str = "") -> str:
    """Return a style: how a layer is drawn, and what its fields are called (`aliases`)."""
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        '<qgis version="3.22" styleCategories="Symbology|Fields">'
        f"{drawn}{fields}</qgis>"
    )
