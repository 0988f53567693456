"""The command line: `init`, `check`, `run`, `start`, `demo`, `deliveries`, `audit`.

Exit codes: 0 done, 1 problems in the data, 2 wrong usage, 130 cancelled.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from sozialraum.cli.programme import app as programme_app
from sozialraum.cli.progress import shown_progress
from sozialraum.cli.report import report, wanted_kinds, write_documents
from sozialraum.cli.start import start
from sozialraum.cli.usage import Commands
from sozialraum.errors import SozialraumError
from sozialraum.processes import keep_memory
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text
from sozialraum.texts.paths import short_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialraum.errors import Problem
    from sozialraum.project.file import Project
    from sozialraum.project.flow import Run

__all__ = ["app", "main"]

app = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Benachteiligte Quartiere finden, erklären und verfolgen. / Find disadvantaged city quarters.",
)
app.command()(report)
app.command()(start)

app.add_typer(programme_app, name="programme")

ProjectPath = Annotated[
    Path, typer.Argument(metavar="PROJEKT", help="Projektdatei (TOML).", exists=True, dir_okay=False)
]
Root = Annotated[
    Path | None,
    typer.Option("--root", help="Ordner, von dem aus relative Pfade zählen.", exists=True, file_okay=False),
]
AskedLanguage = Annotated[
    Literal["de", "en"] | None, typer.Option("--language", help="Sprache der Meldungen.", show_default=False)
]
Output = Annotated[
    Path | None,
    typer.Option("--output", help="Ordner für die Ergebnisse.", file_okay=False, show_default=False),
]


@app.command()
def run(
    project: ProjectPath,
    root: Root = None,
    output: Output = None,
    audience: Annotated[
        Literal["internal", "public"] | None,
        typer.Option(help="Für wen: internal zeigt alles, public schützt.", show_default=False),
    ] = None,
    *,
    final: Annotated[
        bool,
        typer.Option("--final", help="Diese Ausgabe wird veröffentlicht; spätere nehmen darauf Rücksicht."),
    ] = False,
    report: Annotated[
        str,
        typer.Option(
            "--report",
            help="Dokumente aus demselben Lauf: Arten wie bei 'sozialraum report', mehrere mit Komma.",
            show_default=False,
        ),
    ] = "",
    formats: Annotated[
        str, typer.Option("--format", help="Der Dokumente: docx, pdf, html; mehrere mit Komma.")
    ] = "docx",
    language: AskedLanguage = None,
) -> None:
    """Analysieren und Karte, GeoPackage, CSV und Herkunftsnachweis schreiben, auf Wunsch auch Dokumente."""
    loaded = _load(project, root, language)
    chosen = language or loaded.content.language
    _run(loaded, output, audience, chosen, final=final, documents=(report, formats) if report else None)


@app.command()
def check(project: ProjectPath, root: Root = None, language: AskedLanguage = None) -> None:
    """Alle Probleme der Eingaben auf einmal auflisten, nichts rechnen."""
    from sozialraum.project.check_report import REPORT, write_report  # noqa: PLC0415 - as above
    from sozialraum.project.flow import check as find_problems  # noqa: PLC0415 - keeps `--help` instant

    loaded = _load(project, root, language)
    chosen = language or loaded.content.language
    problems = find_problems(loaded)
    try:
        write_report(problems, project.parent / REPORT, chosen)
    except SozialraumError as error:
        problems = (*problems, *error.problems)
    _report(problems, chosen, summary=True)


@app.command()
def init(
    directory: Annotated[
        Path, typer.Argument(metavar="ORDNER", help="Neuer Projektordner.", file_okay=False)
    ],
    boundaries: Annotated[
        Path, typer.Option("--boundaries", help="Datei mit den Gebieten.", exists=True, show_default=False)
    ],
    layer: Annotated[str | None, typer.Option(help="Ebene der Datei.", show_default=False)] = None,
    table: Annotated[
        list[Path] | None,
        typer.Option("--table", help="Tabelle mit Indikatoren; mehrfach möglich.", show_default=False),
    ] = None,
    language: AskedLanguage = None,
) -> None:
    """Eine kommentierte Projektdatei für die eigene Stadt anlegen."""
    from sozialraum.project.scaffold import init_project  # noqa: PLC0415 - keeps `--help` instant

    chosen = language or DEFAULT_LANGUAGE
    try:
        written = init_project(directory, boundaries, layer=layer, tables=tuple(table or ()), language=chosen)
    except SozialraumError as error:
        _fail(error.problems, chosen)
    typer.echo(text("cli.init_written", chosen, path=written.path))
    typer.echo(text("cli.init_guess", chosen, guess=written.guess))
    for line in written.told:
        typer.echo(line)
    typer.echo(text("cli.init_next", chosen, path=written.path))


@app.command()
def releases(project: ProjectPath, root: Root = None, language: AskedLanguage = None) -> None:
    """Auflisten, was von diesem Projekt schon veröffentlicht ist."""
    from sozialraum.disclosure.releases.register import open_register  # noqa: PLC0415 - as above
    from sozialraum.project.flow import register_of  # noqa: PLC0415 - as above

    loaded = _load(project, root, language)
    chosen = language or loaded.content.language
    place = register_of(loaded)
    try:
        table = open_register(place).table() if place.is_dir() else None
    except SozialraumError as error:
        _fail(error.problems, chosen)
    if table is None or table.empty:
        typer.echo(text("cli.no_releases", chosen))
        return
    for row in table.to_dict("records"):
        typer.echo(text("cli.release", chosen, **{str(name): value for name, value in row.items()}))


@app.command()
def demo(
    directory: Annotated[
        Path,
        typer.Argument(metavar="ORDNER", help="Wohin die Beispielstadt kopiert wird.", file_okay=False),
    ] = Path("sozialraum-demo"),
    city: Annotated[
        Literal["musterstadt", "columbus"],
        typer.Option(help="musterstadt: simuliert. columbus: 49 echte Quartiere, 1980."),
    ] = "musterstadt",
    language: AskedLanguage = None,
) -> None:
    """Eine Beispielstadt kopieren und analysieren."""
    from sozialraum.project.scaffold import copy_demo  # noqa: PLC0415 - keeps `--help` instant

    chosen = language or DEFAULT_LANGUAGE
    try:
        path = copy_demo(directory, city)
    except SozialraumError as error:
        _fail(error.problems, chosen)
    loaded = _load(path, None, language)
    _run(loaded, None, None, language or loaded.content.language)


@app.command()
def deliveries(project: ProjectPath, root: Root = None, language: AskedLanguage = None) -> None:
    """Zeigen, welche Lieferung fällig, eingegangen, geprüft, übernommen oder überarbeitet ist."""
    import datetime as dt  # noqa: PLC0415 - keeps `--help` instant

    from sozialraum.project.deliveries import (  # noqa: PLC0415 - as above
        CHANGES,
        read_deliveries,
        report_lines,
        write_changes,
    )

    loaded = _load(project, root, language)
    chosen = language or loaded.content.language
    try:
        found, problems = read_deliveries(loaded, today=dt.datetime.now().astimezone().date())
        write_changes(found, project.parent / CHANGES, chosen)
    except SozialraumError as error:
        _fail(error.problems, chosen)
    for line in report_lines(found, chosen):
        typer.echo(line)
    _report(problems, chosen, summary=False)


@app.command()
def audit(
    file: Annotated[
        Path, typer.Argument(metavar="DATEI", help="Veröffentlichte Zahlen, eine je Zeile.", exists=True)
    ],
    denominator: Annotated[
        list[str] | None,
        typer.Option(help="Gemeinsamer Nenner, INDIKATOR=NAME; mehrfach möglich.", show_default=False),
    ] = None,
    language: AskedLanguage = None,
) -> None:
    """Veröffentlichte Anteile und Fallzahlen darauf prüfen, ob sie zugleich wahr sein können."""
    from sozialraum.audit.examine import audit_published, read_published, report_lines  # noqa: PLC0415

    chosen = language or DEFAULT_LANGUAGE
    declared = dict(_pair(entry) for entry in denominator or ())
    try:
        report = audit_published(read_published(file), denominators=declared)
    except SozialraumError as error:
        _fail(error.problems, chosen)
    for line in report_lines(report, chosen):
        typer.echo(line)
    if report.findings["certain"].any():
        raise typer.Exit(1)


def _pair(entry: str) -> tuple[str, str]:
    indicator, sign, name = entry.partition("=")
    if not (indicator and sign and name):
        message = f"{entry!r}: INDIKATOR=NAME"
        raise typer.BadParameter(message)
    return indicator, name


def main() -> None:
    """Run the command line; a user's mistake ends in a message, never in a traceback."""
    # Consoles of office machines often cannot show every letter; a name is no reason to crash.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    keep_memory()
    # A library that checks the project file would look through everything that is installed for its plugins.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "true")
    app()


def _load(path: Path, root: Path | None, language: Language | None) -> Project:
    from sozialraum.project.file import load_project  # noqa: PLC0415 - keeps `--help` instant

    try:
        return load_project(path, root=root)
    except SozialraumError as error:
        _fail(error.problems, language or DEFAULT_LANGUAGE)


def _run(
    project: Project,
    output: Path | None,
    audience: Literal["internal", "public"] | None,
    language: Language,
    *,
    final: bool = False,
    documents: tuple[str, str] | None = None,
) -> None:
    from sozialraum.project.flow import run as run_project  # noqa: PLC0415 - keeps `--help` instant

    try:
        if documents is not None:
            wanted_kinds(*documents, project)
        with shown_progress(language) as progress:
            result = run_project(project, output=output, audience=audience, final=final, progress=progress)
    except SozialraumError as error:
        _fail(error.problems, language)
    except KeyboardInterrupt as stop:
        typer.echo(text("cli.cancelled", language), err=True)
        raise typer.Exit(130) from stop
    _report([problem for problem in result.problems if problem.severity != "note"], language, summary=False)
    typer.echo(text("cli.done", language))
    for file in result.files:
        typer.echo(f"  {short_path(file)}")
    if documents is not None:
        _write_documents(result, project, documents, language)
    typer.echo(text(f"cli.audience_{result.analysis.audience}", language))
    if result.analysis.audience == "public":
        typer.echo(text("cli.kept" if final else "cli.draft", language))
    typer.echo(text("cli.open_atlas", language, path=str(result.files[0].resolve())))


def _write_documents(result: Run, project: Project, documents: tuple[str, str], language: Language) -> None:
    """Write the documents of a run; the map and the tables stand already, whatever comes."""
    try:
        for file in write_documents(result, project, *documents, language):
            typer.echo(f"  {short_path(file)}")
    except SozialraumError as error:
        try:
            _report(error.problems, language, summary=False)
        finally:
            typer.echo(text("cli.no_documents", language), err=True)
        raise typer.Exit(1) from error


def _report(problems: Iterable[Problem], language: Language, *, summary: bool) -> None:
    """Print all problems, errors first; leave with 1 if there is an error."""
    from sozialraum.project.check_report import screen_messages  # noqa: PLC0415 - keeps `--help` instant
    from sozialraum.project.check_report import summary as totals  # noqa: PLC0415 - as above

    found = tuple(problems)
    counts = {
        kind: sum(problem.severity == kind for problem in found) for kind in ("error", "warning", "note")
    }
    for message in screen_messages(found, language):
        name = text(f"cli.severity.{message.severity}", language)
        typer.echo(f"{name}: {message.words}", err=True)
    if summary:
        typer.echo(totals(counts, language))
    if counts["error"]:
        raise typer.Exit(1)


def _fail(problems: tuple[Problem, ...], language: Language) -> NoReturn:
    """Print the problems that stopped the work, and leave with 1."""
    try:
        _report(problems, language, summary=False)
    finally:
        typer.echo(text("cli.stopped", language), err=True)
    raise typer.Exit(1)
