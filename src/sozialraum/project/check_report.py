"""What `check` has found, for a screen and for a file: grouped and short here, complete there."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sozialraum.errors import OutputError, Problem, Severity
from sozialraum.texts import text
from sozialraum.texts.paths import short_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
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

    What is said of several files in the same words is said once, with their names. Of more than three files
    with words of their own the first three are heard, once each.

    Parameters
    ----------
    problems
        In the order in which they were found.
    language
        Of the messages.
    """
    found = sorted(problems, key=lambda problem: ORDER.index(problem.severity))
    places = {kind: place for place, kind in enumerate(dict.fromkeys(map(_kind, found)))}
    messages: list[Message] = []
    for _, group in groupby(sorted(found, key=lambda problem: places[_kind(problem)]), key=_kind):
        messages += _of_one_kind(_same_words(list(group), language), language)
    return messages


class _Line(NamedTuple):
    """What is said of one file, or in the same words of several."""

    severity: Severity
    file: str
    words: str
    problems: int


def _kind(problem: Problem) -> tuple[str, str, str | None]:
    return problem.severity, problem.code, problem.column


def _same_words(alike: list[Problem], language: Language) -> list[_Line]:
    """Put together what is said of several files in the same words."""
    said: dict[str, list[Problem]] = {}
    for problem in alike:
        said.setdefault(replace(problem, file=None).text(language), []).append(problem)
    lines = []
    for words, same in said.items():
        files = list(dict.fromkeys(short_path(problem.file) for problem in same if problem.file))
        if len(files) < 2:
            lines += [
                _Line(problem.severity, problem.file or "", problem.text(language), 1) for problem in same
            ]
            continue
        listed = files if len(files) <= ALIKE + 1 else files[:ALIKE]
        named = ", ".join(listed)
        if len(files) > len(listed):
            named = text("cli.files", language, files=named, more=len(files) - len(listed))
        lines.append(_Line(same[0].severity, files[0], f"{named}: {words}", len(same)))
    return lines


def _of_one_kind(lines: list[_Line], language: Language) -> Iterator[Message]:
    """Yield three lines of each file and how many there are more; of many files one line of three."""
    files = dict.fromkeys(line.file for line in lines)
    if len(files) > ALIKE + 1:
        firsts = {line.file: line for line in reversed(lines)}
        shown = [firsts[file] for file in list(files)[:ALIKE]]
        yield from _shown(shown, lines, "", language)
        return
    for file in files:
        own = [line for line in lines if line.file == file]
        yield from _shown(own if len(own) <= ALIKE + 1 else own[:ALIKE], own, file, language)


def _shown(shown: list[_Line], lines: list[_Line], file: str, language: Language) -> Iterator[Message]:
    for line in shown:
        yield Message(severity=line.severity, words=_shortened(line.words, language))
    rest = sum(line.problems for line in lines) - sum(line.problems for line in shown)
    if rest:
        words = text("cli.alike", language, number=rest, report=REPORT)
        words = f"{short_path(file)}: {words}" if file else words
        yield Message(severity=lines[0].severity, words=words)


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
                cells += [
                    short_path(problem.file or ""),
                    problem.sheet or "",
                    problem.row or "",
                    problem.column or "",
                ]
                cells += [" ".join(problem.keys), problem.text(language), problem.code]
                writer.writerow([_harmless(str(cell)) for cell in cells])
    except OSError as error:
        values = {"reason": error.strerror or str(error)}
        raise OutputError(Problem(code="files.not_written", file=str(path), values=values)) from error


def _harmless(cell: str) -> str:
    """Keep a spreadsheet program from taking a name for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
