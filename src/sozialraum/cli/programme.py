"""The command line of the programme: `programme init`, `check`, `run`, `report`, `due`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn, TypeVar

import typer

from sozialraum.cli.usage import Commands
from sozialraum.errors import Problem, SozialraumError
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text
from sozialraum.texts.paths import short_path

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialraum.programme.run import ProgrammeResult
    from sozialraum.project.file import Project

__all__ = ["app"]

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    help="Das Programm: Ziele, Maßnahmen, Mittel, Konferenzen. / The programme: goals, measures, money.",
)

Source = Annotated[
    Path,
    typer.Argument(
        metavar="QUELLE", help="Projektdatei (TOML), Arbeitsmappe, oder Ordner mit CSV-Dateien.", exists=True
    ),
]
ProjectPath = Annotated[
    Path, typer.Argument(metavar="PROJEKT", help="Projektdatei (TOML).", exists=True, dir_okay=False)
]
AskedLanguage = Annotated[
    Literal["de", "en"] | None, typer.Option("--language", help="Sprache der Meldungen.", show_default=False)
]
Output = Annotated[
    Path | None,
    typer.Option("--output", help="Ordner für die Ergebnisse.", file_okay=False, show_default=False),
]
AskedAudience = Annotated[
    Literal["internal", "public"] | None,
    typer.Option("--audience", help="Für wen: internal zeigt alles, public schützt.", show_default=False),
]
SHOWN = 12
"""Lines of one kind, sheet and column that are told one by one; the others are counted, with their rows."""


@app.command()
def init(
    file: Annotated[
        Path, typer.Argument(metavar="DATEI", help="Neue Arbeitsmappe (XLSX), oder Ordner bei --csv.")
    ] = Path("programm.xlsx"),
    *,
    csv: Annotated[bool, typer.Option("--csv", help="CSV-Dateien statt einer Arbeitsmappe.")] = False,
    examples: Annotated[
        bool, typer.Option("--examples", help="Die Beispielzeilen in die Blätter schreiben.")
    ] = False,
    language: AskedLanguage = None,
) -> None:
    """Die leere Arbeitsmappe mit Auswahllisten, Erläuterungen und Beispielen anlegen."""
    from sozialraum.programme.sheets.every import SHEETS  # noqa: PLC0415 - keeps `--help` instant
    from sozialraum.programme.sheets.workbook import csv_texts, workbook_bytes  # noqa: PLC0415

    words = language or DEFAULT_LANGUAGE
    rows = {schema.id: schema.examples for schema in SHEETS} if examples else {}
    contents = (
        {file / name: content for name, content in csv_texts(rows, language=words).items()}
        if csv
        else {file: workbook_bytes(rows, language=words)}
    )
    taken = [path for path in contents if path.exists()]
    if taken:
        typer.echo(text("cli_programme.exists", words, path=taken[0]), err=True)
        raise typer.Exit(1)
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        problem = Problem(
            code="files.not_written", file=str(file), values={"reason": error.strerror or str(error)}
        )
        typer.echo(f"{text('cli.severity.error', words)}: {problem.text(words)}", err=True)
        raise typer.Exit(1) from None
    typer.echo(text("cli_programme.written", words, path=file))
    typer.echo(text("cli_programme.next", words, path=file))


@app.command()
def check(source: Source, language: AskedLanguage = None) -> None:
    """Alle Regelverletzungen auf einmal nennen, mit Blatt, Zeile und Spalte; nichts rechnen."""
    words = language or DEFAULT_LANGUAGE
    if source.suffix.lower() == ".toml":
        from sozialraum.project.programme import check_project_programme  # noqa: PLC0415 - as above
        from sozialraum.project.raw import raw_panel  # noqa: PLC0415

        project = _project(source, words)
        words = language or project.content.language
        try:
            programme, problems = check_project_programme(project, raw_panel(project))
        except SozialraumError as error:
            _fail(error.problems, words)
        _require(programme, words)
    else:
        from sozialraum.programme.register import load_programme  # noqa: PLC0415 - as above
        from sozialraum.programme.rules.every import check_programme  # noqa: PLC0415

        programme, problems = load_programme(source)
        problems = (*problems, *check_programme(programme))
        typer.echo(text("cli_programme.without_project", words))
    counts = _tell(problems, words)
    from sozialraum.project.check_report import summary  # noqa: PLC0415 - as above

    typer.echo(summary(counts, words))
    if counts["error"]:
        raise typer.Exit(1)


@app.command()
def run(
    project: ProjectPath,
    output: Output = None,
    audience: AskedAudience = None,
    language: AskedLanguage = None,
) -> None:
    """Das Programm am letzten Stand der Daten rechnen: Tabellen, Arbeitsmappe, GeoPackage."""
    _compute(project, None, output, audience, language, sentences=False)


@app.command()
def report(
    project: ProjectPath,
    year: Annotated[int, typer.Option("--year", help="Berichtsjahr.", min=1900, max=2199)],
    output: Output = None,
    audience: AskedAudience = None,
    language: AskedLanguage = None,
) -> None:
    """Zahlen und Tabellen eines Jahres schreiben und den Stand jedes Ziels nennen."""
    _compute(project, year, output, audience, language, sentences=True)


@app.command()
def due(
    source: Source,
    days: Annotated[int, typer.Option("--days", help="So viele Tage voraus.", min=0, max=3650)] = 90,
    today: Annotated[
        str | None, typer.Option("--today", help="Von diesem Tag aus, etwa 2023-10-01.", show_default=False)
    ] = None,
    language: AskedLanguage = None,
) -> None:
    """Sagen, was in den nächsten Tagen fällig ist und wer es schuldet."""
    from sozialraum.programme.network.due import due_items  # noqa: PLC0415 - as above
    from sozialraum.programme.register import read_programme  # noqa: PLC0415

    words = language or DEFAULT_LANGUAGE
    labels: dict[str, str] = {}
    if source.suffix.lower() == ".toml":
        project = _project(source, words)
        words = language or project.content.language
        part = project.content.programme
        source = project.resolve(_require(part, words).file)
        labels = _indicator_labels(project, words)
    from sozialraum.tables.dates import as_date, period_label  # noqa: PLC0415 - as above

    day = dt.datetime.now().astimezone().date()
    if today is not None:
        stated = as_date(today)
        if stated is None:
            raise typer.BadParameter(text("cli_programme.no_date", words, written=today))
        day = dt.date.fromisoformat(stated)
    try:
        items = due_items(read_programme(source), day, days=days)
    except SozialraumError as error:
        _fail(error.problems, words)
    if items.empty:
        first = period_label("date", day.isoformat(), day.isoformat(), words)
        typer.echo(text("cli_programme.nothing_due", words, days=days, today=first))
    for item in items.to_dict("records"):
        kind = text(f"cli_programme.kind.{item['kind']}", words)
        owner = item["owner"] or text("cli_programme.nobody", words)
        key = "overdue" if item["overdue"] else "due"
        what = labels.get(item["what"], item["what"]) or kind
        values = {"kind": kind, "id": item["id"], "what": what, "owner": owner}
        on = period_label("date", item["due_on"], item["due_on"], words)
        typer.echo(text(f"cli_programme.{key}", words, date=on, **values))


def _indicator_labels(project: Project, language: Language) -> dict[str, str]:
    """Return what indicators are called; none where the catalogue cannot be read, which `check` tells."""
    from sozialraum.indicators.catalogue import load_catalogue  # noqa: PLC0415 - keeps `--help` instant

    if project.content.catalogue is None:
        return {}
    try:
        catalogue, _ = load_catalogue(project.resolve(project.content.catalogue.file))
    except SozialraumError:
        return {}
    return dict(catalogue.get(f"label_{language}", {}))


def _compute(
    path: Path,
    year: int | None,
    output: Path | None,
    audience: Literal["internal", "public"] | None,
    language: Language | None,
    *,
    sentences: bool,
) -> None:
    from sozialraum.project.flow import analyse_programme, folder_of  # noqa: PLC0415 - keeps `--help` instant
    from sozialraum.publish.programme.write import write_programme  # noqa: PLC0415

    project = _project(path, language or DEFAULT_LANGUAGE)
    words = language or project.content.language
    try:
        _require(project.content.programme, words)
        found = analyse_programme(project, audience=audience, year=year)
        result = _require(found.programme, words)
        # Internal and public files never share a folder; each year has its own.
        directory = output or folder_of(project, result.audience) / f"programm-{result.year}"
        files = write_programme(result, found.analysis, directory)
    except SozialraumError as error:
        _fail(error.problems, words)
    if sentences:
        _say(result)
    typer.echo(text("cli.done", words))
    for file in files:
        typer.echo(f"  {short_path(file)}")
    typer.echo(text(f"cli.audience_{result.audience}", words))


def _say(result: ProgrammeResult) -> None:
    goals = result.tables.get("goals")
    if goals is None:
        typer.echo(text("cli_programme.no_goals", result.language, year=result.year))
        return
    for sentence in goals["sentence"]:
        typer.echo(sentence)


def _project(path: Path, language: Language) -> Project:
    from sozialraum.project.file import load_project  # noqa: PLC0415 - keeps `--help` instant

    try:
        return load_project(path)
    except SozialraumError as error:
        _fail(error.problems, language)


Part = TypeVar("Part")


def _require(part: Part | None, language: Language) -> Part:
    if part is None:
        typer.echo(text("cli_programme.no_programme", language), err=True)
        raise typer.Exit(1)
    return part


def _tell(problems: Iterable[Problem], language: Language) -> dict[str, int]:
    """Print all problems, errors first; of many alike the first ones, and the rows of the rest."""
    counts = {"error": 0, "warning": 0, "note": 0}
    order = list(counts)
    told: dict[tuple[str, str | None, str | None], int] = {}
    rest: dict[tuple[str, str | None, str | None], list[str]] = {}
    for problem in sorted(problems, key=lambda problem: order.index(problem.severity)):
        counts[problem.severity] += 1
        alike = (problem.code, problem.sheet, problem.column)
        told[alike] = told.get(alike, 0) + 1
        if told[alike] > SHOWN:
            rest.setdefault(alike, []).append(str(problem.row))
            continue
        name = text(f"cli.severity.{problem.severity}", language)
        typer.echo(f"{name}: {problem.text(language)}", err=True)
    for (_, sheet, column), rows in rest.items():
        shown = ", ".join(rows[:100]) + (" …" if len(rows) > 100 else "")
        values = {"number": len(rows), "sheet": sheet, "column": column, "rows": shown}
        typer.echo(text("cli_programme.more", language, **values), err=True)
    return counts


def _fail(problems: tuple[Problem, ...], language: Language) -> NoReturn:
    """Print the problems that stopped the work, and leave with 1."""
    _tell(problems, language)
    typer.echo(text("cli.stopped", language), err=True)
    raise typer.Exit(1)
