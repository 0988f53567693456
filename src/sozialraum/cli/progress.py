"""How far a run is: bars on a screen, a line for each step in a log."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from sozialraum.texts import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sozialraum.texts import Language

    Told = Callable[[str, float], None]

__all__ = ["shown_progress"]


@contextmanager
def shown_progress(language: Language) -> Iterator[Told]:
    """Give what is told the step and how far it is, from 0 to 1, and shows it to whoever waits."""
    if sys.stderr.isatty():
        with _bars(language) as progress:
            yield progress
    else:
        yield _lines(language)


def _lines(language: Language) -> Told:
    """Write a line when a step begins: a log needs no picture when all is over."""
    begun: set[str] = set()

    def progress(step: str, _: float) -> None:
        if step not in begun:
            begun.add(step)
            typer.echo(text(f"cli.step.{step}", language), err=True)

    return progress


@contextmanager
def _bars(language: Language) -> Iterator[Told]:
    from rich.console import Console  # noqa: PLC0415 - slow to import, and a log needs none of it
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - as above

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    tasks = {}
    with Progress(*columns, console=Console(stderr=True)) as bars:

        def progress(step: str, part: float) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(text(f"cli.step.{step}", language), total=1.0)
            bars.update(tasks[step], completed=part)

        yield progress
