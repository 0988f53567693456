"""`sozialraum report`: documents for those who write the social report."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated, Literal

import typer

from sozialraum.errors import SozialraumError
from sozialraum.texts import DEFAULT_LANGUAGE, text

__all__ = ["report"]


def report(
    project: Annotated[
        Path, typer.Argument(metavar="PROJEKT", help="Projektdatei (TOML).", exists=True, dir_okay=False)
    ],
    *,
    kind: Annotated[
        str,
        typer.Option(help="chapter, profiles, indicators, visits, appendix; mehrere mit Komma; 'all': alle."),
    ] = "chapter",
    formats: Annotated[str, typer.Option("--format", help="docx, pdf, html; mehrere mit Komma.")] = "docx",
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
    audience: Annotated[
        Literal["internal", "public"] | None,
        typer.Option(help="Für wen; sonst wie in der Projektdatei.", show_default=False),
    ] = None,
    language: Annotated[
        Literal["de", "en"] | None, typer.Option(help="Sprache der Meldungen.", show_default=False)
    ] = None,
) -> None:
    """Kapitel, Steckbriefe, Indikatorenblätter, Begehungsbögen und Methodenanhang als Word, PDF oder HTML."""
    from sozialraum.project.file import load_project  # noqa: PLC0415 - keeps `--help` instant
    from sozialraum.project.flow import analyse, folder_of  # noqa: PLC0415 - likewise
    from sozialraum.publish.report.write import KINDS, write_report  # noqa: PLC0415 - likewise

    chosen = language or DEFAULT_LANGUAGE
    try:
        loaded = load_project(project, root=root)
        chosen = language or loaded.content.language
        analysis = analyse(loaded, audience=audience)
        files = write_report(
            analysis,
            output or folder_of(loaded, analysis.audience) / "report",
            kinds=list(KINDS) if kind == "all" else _several(kind),
            formats=_several(formats),
            template=template,
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


def _several(words: str) -> list[str]:
    return [word.strip() for word in words.split(",") if word.strip()]
