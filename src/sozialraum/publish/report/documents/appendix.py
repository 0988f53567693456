"""The appendix: inputs with their checksums, settings, versions; everything needed to repeat a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sozialraum.publish.report.content import Block, Paragraph, Section, Table
from sozialraum.publish.report.documents.chapter import data_and_method, limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sozialraum.publish.report.content import Document
    from sozialraum.publish.report.facts import Facts

__all__ = ["APPENDIX", "appendix"]


def appendix(facts: Facts) -> Document:
    """Write the appendix on data and methods of an analysis."""
    sections = [
        Section(name=name, heading=facts.words(f"section.{name}"), blocks=tuple(write(facts)))
        for name, write in APPENDIX.items()
    ]
    return facts.document("appendix", sections, lists=True)


def _definitions(facts: Facts) -> Iterator[Block]:
    """List what each indicator is, and where it comes from."""
    rows = []
    for name in facts.indicators:
        entry = facts.entry(name)
        above, below = (entry.get(part, ()) for part in ("numerator", "denominator"))
        counted = isinstance(above, tuple) and above and isinstance(below, tuple)
        formula = f"{' + '.join(above)} / {' + '.join(below)}" if counted else facts.words("appendix.ready")
        description = str(entry[f"description_{facts.language}"] or "")
        rows.append((facts.label(name), description, formula, str(entry["source"] or "")))
    yield Table(
        caption=facts.words("appendix.indicators"),
        header=tuple(
            facts.words(f"appendix.head.{head}") for head in ("label", "description", "formula", "source")
        ),
        rows=tuple(rows),
        widths=(1.4, 2, 1.8, 1.8),
    )


def _method(facts: Facts) -> Iterator[Block]:
    """Say how it was computed, with the formulas in words, and the settings."""
    yield from data_and_method(facts)
    for name in ("interval", "moran", "index", "verdict_rule", "redraws"):
        yield Paragraph(facts.words(f"method.{name}"))


def _provenance(facts: Facts) -> Iterator[Block]:
    """List inputs with their checksums, programs with their versions, and every setting."""
    analysis = facts.analysis
    blocks: list[Block] = []
    inputs = analysis.provenance.get("inputs", {})
    blocks.append(
        Table(
            caption=facts.words("appendix.inputs"),
            header=(facts.words("appendix.file"), facts.words("appendix.hash")),
            rows=tuple((str(name), _hash(facts, str(value))) for name, value in inputs.items()),
        )
    )
    versions = analysis.provenance.get("versions", {})
    blocks.append(
        Table(
            caption=facts.words("appendix.versions"),
            header=(facts.words("appendix.program"), facts.words("appendix.version")),
            rows=tuple((str(name), str(value)) for name, value in versions.items()),
        )
    )
    settings = {**analysis.parameters, "disclosure": analysis.disclosure}
    blocks.append(
        Table(
            caption=facts.words("appendix.parameters"),
            header=(facts.words("appendix.setting"), facts.words("appendix.value")),
            rows=tuple(_flat(settings)),
        )
    )
    yield from (block for block in blocks if not isinstance(block, Table) or block.rows)


def _hash(facts: Facts, value: str) -> str:
    return facts.words("appendix.withheld") if value == "withheld" else value


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif value not in (None, (), [], ""):
            yield f"{prefix}{name}", _written(value)


def _written(value: object) -> str:
    """Write a setting as the project file has it; a pair of districts with a dash."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        pairs = all(isinstance(one, list | tuple) for one in value)
        return ", ".join(" – ".join(map(str, one)) if pairs else _written(one) for one in value)  # noqa: RUF001
    return str(value)


APPENDIX: dict[str, Callable[[Facts], Iterator[Block]]] = {
    "definitions": _definitions,
    "method": _method,
    "provenance": _provenance,
    "limits": limits,
}
"""Name of each section and who writes it."""
