"""`sozialraum start`: a page on this machine instead of the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from sozialraum.texts import DEFAULT_LANGUAGE, text

__all__ = ["start"]


def start(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="ORDNER", help="Wo die Auswahl beginnt.", exists=True, show_default=False),
    ] = None,
    *,
    port: Annotated[
        int, typer.Option(help="Anschluss; 0 wählt einen freien.", min=0, max=65_535, show_default=False)
    ] = 0,
    browser: Annotated[bool, typer.Option(help="Die Seite gleich im Browser öffnen.")] = True,
    language: Annotated[
        Literal["de", "en"] | None, typer.Option("--language", help="Sprache der Seite.", show_default=False)
    ] = None,
) -> None:
    """Ohne Kommandozeile: eine Seite auf diesem Rechner zum Wählen, Prüfen und Rechnen."""
    from sozialraum.desk.server import Desk  # noqa: PLC0415 - keeps `--help` instant

    chosen = language or DEFAULT_LANGUAGE
    try:
        desk = Desk(folder=(folder or Path.cwd()).resolve(), port=port, language=chosen)
    except OSError as error:
        typer.echo(text("desk.no_port", chosen, port=port), err=True)
        raise typer.Exit(1) from error
    typer.echo(text("desk.started", chosen, address=desk.address))
    typer.echo(text("desk.stop", chosen))
    if browser:
        import webbrowser  # noqa: PLC0415 - as above

        webbrowser.open(desk.address)
    try:
        desk.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        pass
    finally:
        desk.jobs.cancel()
        desk.server_close()
