"""`sozialraum report`: documents for those who write the social report."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sozialraum.errors import SozialraumError
from sozialraum.texts import DEFAULT_LANGUAGE, text

if TYPE_CHECKING:
    from sozialraum.project.file import Project
    from sozialraum.texts import Language

__all__ = ["report"]

ALL = "all"


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
    from sozialraum.publish.report.write import possible_kinds, write_report  # noqa: PLC0415 - likewise

    chosen: Language = language or DEFAULT_LANGUAGE
    try:
        loaded = load_project(project, root=root)
        chosen = language or loaded.content.language
        kinds = _several(kind)
        if kinds == [ALL]:
            kinds = possible_kinds(programme=loaded.content.programme is not None)
        asked = _in_language(loaded, chosen)
        found = analyse_programme(
            asked, audience=audience, year=year, progress=lambda step, part: _step(step, part, chosen)
        )
        analysis = found.analysis
        files = write_report(
            analysis,
            output or folder_of(loaded, analysis.audience) / "report",
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
        typer.echo(f"  {file}")
    typer.echo(text(f"cli.audience_{analysis.audience}", chosen))


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
