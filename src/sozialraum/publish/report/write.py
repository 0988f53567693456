"""Which documents there are, and in which formats they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialraum.errors import OutputError, Problem, raise_problems
from sozialraum.files import audience_of, staged
from sozialraum.publish.figures.base import FORMATS as PICTURES
from sozialraum.publish.figures.draw import write_figures
from sozialraum.publish.report.blocks import read_blocks, with_blocks
from sozialraum.publish.report.documents.appendix import APPENDIX, appendix
from sozialraum.publish.report.documents.chapter import CHAPTER, chapter
from sozialraum.publish.report.documents.council import SECTIONS, council_paper, fitted
from sozialraum.publish.report.documents.plans import action_plans
from sozialraum.publish.report.documents.profiles import profiles
from sozialraum.publish.report.documents.sheets import indicator_sheets, visit_sheets
from sozialraum.publish.report.documents.yearly import YEARLY, yearly_report
from sozialraum.publish.report.facts import Facts
from sozialraum.publish.report.formats.docx import write_docx
from sozialraum.publish.report.formats.html import write_html
from sozialraum.publish.report.formats.pdf import write_pdf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from sozialraum.analysis import Analysis
    from sozialraum.programme.run import ProgrammeResult
    from sozialraum.publish.report.blocks import TextBlocks
    from sozialraum.publish.report.content import Document

__all__ = [
    "FORMATS",
    "KINDS",
    "OF_PROGRAMME",
    "check_wanted",
    "possible_kinds",
    "report",
    "section_names",
    "write_report",
]

KINDS: Mapping[str, Callable[[Facts], Document]] = {
    "chapter": chapter,
    "profiles": profiles,
    "plans": action_plans,
    "programme": yearly_report,
    "council": council_paper,
    "indicators": indicator_sheets,
    "visits": visit_sheets,
    "appendix": appendix,
}
"""Name of each document and who writes it."""

OF_PROGRAMME = ("plans", "programme")
"""Documents that only a project with a programme has."""

FIGURES = "figures"
"""Asked for like a document, this writes every figure as a file of its own."""

FORMATS = ("docx", "pdf", "html")


def possible_kinds(*, programme: bool) -> list[str]:
    """Name the documents that a project with or without a programme can have, and the figures."""
    return [name for name in (*KINDS, FIGURES) if programme or name not in OF_PROGRAMME]


def check_wanted(kinds: Iterable[str], formats: Iterable[str], *, programme: bool) -> None:
    """Refuse kinds and formats that do not exist, before anything takes long.

    Parameters
    ----------
    kinds, formats
        As for `write_report`.
    programme
        Whether the project has one; some documents need it.

    Raises
    ------
    OutputError
        With every kind and format that there is not.
    """
    kinds = list(kinds)
    allowed = (*FORMATS, *(form for form in PICTURES if form not in FORMATS))
    problems = [*_unknown(kinds, (*KINDS, FIGURES)), *_unknown(list(formats), allowed)]
    if not programme:
        problems += [
            Problem(code="report.no_programme", values={"kind": kind})
            for kind in kinds
            if kind in OF_PROGRAMME
        ]
    raise_problems(problems, OutputError)


def report(
    analysis: Analysis,
    kind: str = "chapter",
    *,
    result: ProgrammeResult | None = None,
    texts: TextBlocks | None = None,
) -> Document:
    """Write one document of an analysis.

    Parameters
    ----------
    analysis
        What its readers may see.
    kind
        One of `KINDS`.
    result
        The programme's year for the same readers; ``"plans"`` and ``"programme"`` need it.
    texts
        The author's own words, see `report.blocks`.

    Raises
    ------
    OutputError
        If there is no such kind, the programme is missing, or a text block names a section that this
        document has not.
    """
    return _written(Facts(analysis, result), kind, texts)


def _written(facts: Facts, kind: str, texts: TextBlocks | None) -> Document:
    problems = _unknown([kind], KINDS)
    if kind in OF_PROGRAMME and facts.result is None:
        problems.append(Problem(code="report.no_programme", values={"kind": kind}))
    raise_problems(problems, OutputError)
    document = KINDS[kind](facts)
    own = texts is not None and any(key[:2] == ("council", "summary") for key in texts.blocks)
    if texts is not None:
        _all_placed(document, kind, texts)
        document = with_blocks(document, kind, texts)
    return fitted(document, kept=own) if kind == "council" else document


def _all_placed(document: Document, kind: str, texts: TextBlocks) -> None:
    """Refuse a text for a section that the document has not: it would be left out without a word."""
    there = {"foreword", "closing", *(section.name for section in document.sections)}
    problems = [
        Problem(
            code="report.block_nowhere", file=texts.files.get(key), values={"section": key[1], "kind": kind}
        )
        for key in texts.blocks
        if key[0] == kind and key[1] not in there
    ]
    raise_problems(problems, OutputError)


def section_names(analysis: Analysis, result: ProgrammeResult | None = None) -> dict[str, list[str]]:
    """Name the sections of every document, for text blocks.

    Returns
    -------
    dict
        Kind to names; profiles and visit sheets are divided by district, indicator sheets by indicator,
        plans by programme area.
    """
    districts = list(map(str, analysis.districts.index))
    areas = result.tables.get("area_districts") if result is not None else None
    return {
        "chapter": list(CHAPTER),
        "profiles": districts,
        "plans": list(dict.fromkeys(map(str, areas["area_id"]))) if areas is not None else [],
        "programme": list(YEARLY),
        "council": list(SECTIONS),
        "indicators": list(map(str, analysis.catalogue.index)),
        "visits": districts,
        "appendix": list(APPENDIX),
    }


def write_report(
    analysis: Analysis,
    directory: Path,
    *,
    kinds: Iterable[str] = ("chapter",),
    formats: Iterable[str] = ("docx",),
    template: Path | None = None,
    texts: Path | None = None,
    result: ProgrammeResult | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> tuple[Path, ...]:
    """Write documents of an analysis into a folder, all or none.

    Parameters
    ----------
    analysis
        What its readers may see.
    directory
        The folder; made if it does not exist.
    kinds, formats
        Of `KINDS` (and ``"figures"``) and `FORMATS` (for figures ``"png"``, ``"svg"`` and ``"pdf"``).
    template
        A .docx of the city, whose look is kept.
    texts
        Folder with the author's text blocks.
    result
        The programme's year for the same readers.
    progress
        Told the document and the part that is done.

    Returns
    -------
    tuple of Path
        ``KIND.FORMAT``, in the order asked for.

    Raises
    ------
    OutputError
        If a kind or format does not exist, a text block names no section, the template cannot be read, or
        the folder cannot be written.
    """
    kinds, formats = list(kinds), list(formats)
    check_wanted(kinds, formats, programme=result is not None)
    _same_audience(analysis, directory)
    facts = Facts(analysis, result)
    blocks = read_blocks(texts, section_names(analysis, result)) if texts is not None else None
    names: list[str] = []
    with staged(directory) as folder:
        for number, kind in enumerate(kinds):
            if progress is not None:
                progress(kind, number / len(kinds))
            names += (
                _pictures(facts, folder, formats)
                if kind == FIGURES
                else _document(facts, kind, blocks, folder, formats, template)
            )
    if progress is not None:
        progress("", 1.0)
    return tuple(directory / name for name in names)


def _same_audience(analysis: Analysis, directory: Path) -> None:
    """Refuse a folder for others: one of results says for whom it is, and so do those below it."""
    for place in (directory, directory.parent):
        found = audience_of(place)
        if found is not None and found != analysis.audience:
            values = {"audience": analysis.audience, "other": found}
            raise OutputError(Problem(code="files.other_audience", file=str(directory), values=values))


def _pictures(facts: Facts, folder: Path, formats: Sequence[str]) -> list[str]:
    wanted = [form for form in formats if form in PICTURES] or ["png"]
    files = write_figures(
        facts.analysis, folder, formats=wanted, columns=(1, 2), programme=facts.result, plane=facts.plane
    )
    return [file.name for file in files]


def _document(
    facts: Facts,
    kind: str,
    blocks: TextBlocks | None,
    folder: Path,
    formats: Sequence[str],
    template: Path | None,
) -> list[str]:
    document = _written(facts, kind, blocks)
    names = []
    for form in (form for form in formats if form in FORMATS):
        name = f"{kind}.{form}"
        if form == "docx":
            write_docx(document, folder / name, template=template)
        else:
            (write_pdf if form == "pdf" else write_html)(document, folder / name)
        names.append(name)
    return names


def _unknown(written: Iterable[str], allowed: Iterable[str]) -> list[Problem]:
    known = list(allowed)
    return [
        Problem(code="report.unknown_choice", values={"written": name, "allowed": ", ".join(known)})
        for name in written
        if name not in known
    ]
