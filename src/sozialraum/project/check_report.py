"""What `check` has found, for a screen and for a file: grouped and short here, complete there."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from sozialraum.errors import OutputError, Problem, Severity
from sozialraum.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from sozialraum.texts import Language

__all__ = ["REPORT", "Message", "screen_messages", "summary", "write_report"]

REPORT = "check-report.csv"
"""Name of the file beside the project."""

ALIKE = 3
"""Of problems of one kind in one file, so many are shown."""

LONGEST = 1_200
"""Letters of a message on a screen."""

ORDER: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, kw_only=True)
class Message:
    """One line for the screen."""

    severity: Severity
    words: str


def screen_messages(problems: Iterable[Problem], language: Language) -> list[Message]:
    """Give the problems as messages, errors first; many of one kind become three and a count.

    Parameters
    ----------
    problems
        In the order in which they were found.
    language
        Of the messages.
    """
    found = sorted(problems, key=lambda problem: ORDER.index(problem.severity))
    kinds = dict.fromkeys(map(_kind, found))
    places = {kind: place for place, kind in enumerate(kinds)}
    messages = []
    for _, group in groupby(sorted(found, key=lambda problem: places[_kind(problem)]), key=_kind):
        alike = list(group)
        shown = alike if len(alike) <= ALIKE + 1 else alike[:ALIKE]
        messages += [
            Message(severity=problem.severity, words=_shortened(problem.text(language), language))
            for problem in shown
        ]
        rest = len(alike) - len(shown)
        if rest:
            words = text("cli.alike", language, number=rest, report=REPORT)
            words = f"{alike[0].file}: {words}" if alike[0].file else words
            messages.append(Message(severity=alike[0].severity, words=words))
    return messages


def _kind(problem: Problem) -> tuple[str, str, str | None, str | None]:
    return problem.severity, problem.code, problem.file, problem.column


def _shortened(words: str, language: Language) -> str:
    if len(words) <= LONGEST:
        return words
    return words[:LONGEST].rstrip() + " " + text("cli.shortened", language, report=REPORT)


def summary(counts: Mapping[str, int], language: Language) -> str:
    """Say how many errors, warnings and notes there are, as in 'Kein Fehler, 1 Warnung'.

    Parameters
    ----------
    counts
        Severity to number.
    language
        Of the words.
    """
    if not any(counts.values()):
        return text("cli.check_clean", language)
    words = []
    for severity in ORDER:
        number = counts[severity]
        form = {0: "none", 1: "one"}.get(number, "more")
        words.append(text(f"cli.number.{severity}.{form}", language, number=number))
    return ", ".join(words) + "."


def write_report(problems: Iterable[Problem], path: Path, language: Language) -> None:
    """Write every problem with all its keys and its whole text, one per row.

    Parameters
    ----------
    problems
        All of them.
    path
        The file; one that is there already is replaced.
    language
        Of the texts and headings.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    columns = ("severity", "file", "sheet", "row", "column", "keys", "text", "code")
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, delimiter=";")
            writer.writerow([text(f"cli.report.{column}", language) for column in columns])
            for problem in sorted(problems, key=lambda problem: ORDER.index(problem.severity)):
                cells: list[object] = [text(f"cli.severity.{problem.severity}", language)]
                cells += [problem.file or "", problem.sheet or "", problem.row or "", problem.column or ""]
                cells += [" ".join(problem.keys), problem.text(language), problem.code]
                writer.writerow([_harmless(str(cell)) for cell in cells])
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise OutputError(Problem(code="files.not_written", file=str(path), values=values)) from error


def _harmless(cell: str) -> str:
    """Keep a spreadsheet program from taking a name for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
