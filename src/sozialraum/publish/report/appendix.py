"""The appendix: inputs with their checksums, settings, versions; everything needed to repeat a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sozialraum.publish.report.chapter import limits
from sozialraum.publish.report.content import Block, Heading, Table
from sozialraum.publish.report.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sozialraum.analysis import Analysis
    from sozialraum.publish.report.content import Document

__all__ = ["appendix"]


def appendix(analysis: Analysis) -> Document:
    """Write the appendix on data and methods of an analysis."""
    facts = Facts(analysis)
    blocks: list[Block] = [Heading(facts.words("section.provenance"))]
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
    settings = {**analysis.parameters, "disclosure": dict(analysis.rules)}
    blocks.append(
        Table(
            caption=facts.words("appendix.parameters"),
            header=(facts.words("appendix.setting"), facts.words("appendix.value")),
            rows=tuple(_flat(settings)),
        )
    )
    blocks += [Heading(facts.words("section.limits")), *limits(facts)]
    return facts.document("appendix", blocks)


def _hash(facts: Facts, value: str) -> str:
    return facts.words("appendix.withheld") if value == "withheld" else value


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif value not in (None, (), [], ""):
            words = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            yield f"{prefix}{name}", words
