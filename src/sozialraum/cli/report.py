"""`sozialraum report`: documents for those who write the social report."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sozialraum.errors import SozialraumError
from sozialraum.texts import DEFAULT_LANGUAGE, text
from sozialraum.texts.paths import short_path

if TYPE_CHECKING:
    from sozialraum.project.file import Project
    from sozialraum.project.flow import Run
    from sozialraum.texts import Language

__all__ = ["report", "wanted_kinds", "write_documents"]

ALL = "all"

FOLDER = "report"
"""Of the documents, in the folder of the results."""


def report(  # noqa: PLR0913 - a command has as many options as its user needs
    project: Annotated[
        Path, typer.Argument(metavar="PROJEKT", help="Projektdatei (TOML).", exists=True, dir_okay=False)
    ],
    *,
    kind: Annotated[
        str,
        typer.Option(
            help="chapter, profiles, plans, programme, council, indicators, visits, appendix, figures; "
            "mehrere mit Komma; 'all': alle, die es für dieses Projekt gibt."
        ),
    ] = "chapter",
    formats: Annotated[
        str, typer.Option("--format", help="docx, pdf, html (figures: png, svg, pdf); mehrere mit Komma.")
    ] = "docx",
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Ordner für die Dokumente.", file_okay=False, show_default=False),
    ] = None,
    root: Annotated[
        Path | None,
        typer.Option("--root", help="Ordner, ab dem Pfade der Projektdatei zählen.", show_default=False),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(help="Word-Vorlage der Stadt (.docx).", exists=True, dir_okay=False, show_default=False),
    ] = None,
    texts: Annotated[
        Path | None,
        typer.Option(
            "--texts",
            help="Ordner mit eigenen Textbausteinen (.md); sonst der Ordner 'texte' neben der Projektdatei.",
            exists=True,
            file_okay=False,
            show_default=False,
        ),
    ] = None,
    year: Annotated[
        int | None,
        typer.Option("--year", help="Berichtsjahr des Programms.", min=1900, max=2199, show_default=False),
    ] = None,
    audience: Annotated[
        Literal["internal", "public"] | None,
        typer.Option(help="Für wen; sonst wie in der Projektdatei.", show_default=False),
    ] = None,
    language: Annotated[
        Literal["de", "en"] | None,
        typer.Option(help="Sprache der Dokumente und Meldungen.", show_default=False),
    ] = None,
) -> None:
    """Kapitel, Steckbriefe, Handlungskonzepte, Jahresbericht, Ratsvorlage als Word, PDF oder HTML."""
    from sozialraum.project.file import load_project  # noqa: PLC0415 - keeps `--help` instant
    from sozialraum.project.flow import analyse_programme, folder_of  # noqa: PLC0415 - likewise
    from sozialraum.publish.report.write import write_report  # noqa: PLC0415 - likewise

    chosen: Language = language or DEFAULT_LANGUAGE
    try:
        loaded = load_project(project, root=root)
        chosen = language or loaded.content.language
        kinds = wanted_kinds(kind, formats, loaded)
        asked = _in_language(loaded, chosen)
        found = analyse_programme(
            asked, audience=audience, year=year, progress=lambda step, part: _step(step, part, chosen)
        )
        analysis = found.analysis
        files = write_report(
            analysis,
            output or folder_of(loaded, analysis.audience) / FOLDER,
            kinds=kinds,
            formats=_several(formats),
            template=template,
            texts=texts or _texts_of(loaded),
            result=found.programme,
            progress=lambda name, _: _told(name, chosen),
        )
    except SozialraumError as error:
        for problem in error.problems:
            typer.echo(
                f"{text(f'cli.severity.{problem.severity}', chosen)}: {problem.text(chosen)}", err=True
            )
        raise typer.Exit(1) from error
    typer.echo(text("cli.done", chosen))
    for file in files:
        typer.echo(f"  {short_path(file)}")
    typer.echo(text(f"cli.audience_{analysis.audience}", chosen))


def write_documents(
    run: Run, project: Project, kind: str, formats: str, language: Language
) -> tuple[Path, ...]:
    """Write documents from what a run has computed, beside its map; nothing is computed anew.

    Parameters
    ----------
    run
        What was computed and written.
    project
        Whose run it was.
    kind, formats
        As the options of `report`.
    language
        Of the messages; the documents speak the project's.

    Raises
    ------
    SozialraumError
        If a kind or format is unknown, or a document cannot be made or written.
    """
    from sozialraum.publish.report.write import write_report  # noqa: PLC0415 - slow to import

    return write_report(
        run.analysis,
        run.files[0].parent / FOLDER,
        kinds=wanted_kinds(kind, formats, project),
        formats=_several(formats),
        texts=_texts_of(project),
        result=run.programme,
        progress=lambda name, _: _told(name, language),
    )


def wanted_kinds(kind: str, formats: str, project: Project) -> list[str]:
    """Return the kinds that are asked for; what does not exist is refused before anything is computed.

    Parameters
    ----------
    kind, formats
        As the options of `report`.
    project
        Tells whether there is a programme.

    Raises
    ------
    SozialraumError
        If a kind or format is unknown, or a kind needs a programme that the project has not.
    """
    from sozialraum.publish.report.write import check_wanted, possible_kinds  # noqa: PLC0415 - slow to import

    programme = project.content.programme is not None
    kinds = _several(kind)
    if kinds == [ALL]:
        return possible_kinds(programme=programme)
    check_wanted(kinds, _several(formats), programme=programme)
    return kinds


def _in_language(project: Project, language: Language) -> Project:
    """Return the project as if its file named this language: everything that is computed speaks it, too."""
    from dataclasses import replace  # noqa: PLC0415 - keeps `--help` instant

    return replace(project, content=project.content.model_copy(update={"language": language}))


def _step(step: str, part: float, language: Language) -> None:
    if part == 0.0:
        typer.echo(text(f"cli.step.{step}", language), err=True)


def _told(kind: str, language: Language) -> None:
    if kind:
        typer.echo(text(f"report.name.{kind}", language), err=True)


def _texts_of(project: Project) -> Path | None:
    """Return the project's folder of text blocks, if it has one."""
    folder = project.path.resolve().parent / "texte"
    return folder if folder.is_dir() else None


def _several(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]
