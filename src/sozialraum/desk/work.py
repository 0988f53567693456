"""What runs in the process of a job: reads one order as JSON, tells its progress as one JSON object a line.

Lines hold one of ``step`` (with ``name`` and ``part`` of 1), ``message`` (with ``severity`` and ``words``),
``folder`` and ``files``, or ``end``: ``"done"``, ``"problems"`` or ``"cancelled"``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sozialraum.errors import SozialraumError
from sozialraum.texts import Language, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sozialraum.errors import Problem

__all__ = ["do", "main"]


def main() -> None:
    """Do the order on standard input; exit code 0 done, 1 problems in the data, 130 cancelled."""
    order = json.load(sys.stdin)
    # Whatever a library prints must not stand between the lines of the report.
    lines = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    sys.stdout = sys.stderr

    def tell(**words: object) -> None:
        lines.write(json.dumps(words, ensure_ascii=False) + "\n")
        lines.flush()

    try:
        done = do(order, tell)
    except KeyboardInterrupt:
        tell(end="cancelled")
        raise SystemExit(130) from None
    tell(end="done" if done else "problems")
    raise SystemExit(0 if done else 1)


def do(order: dict[str, Any], tell: Callable[..., None]) -> bool:
    """Do one order and tell how far it is.

    Parameters
    ----------
    order
        ``kind`` (``"check"``, ``"run"`` or ``"demo"``), ``project`` (path; of the demo, the new folder),
        ``audience``, ``documents`` and ``formats`` (names), ``language``.
    tell
        Called with the words of each line.

    Returns
    -------
    bool
        False if problems stopped the work; they have been told.
    """
    language: Language = order["language"]
    kinds = {"check": _check, "run": _run, "demo": _demo}
    try:
        return kinds[order["kind"]](order, tell)
    except SozialraumError as error:
        _messages(error.problems, language, tell)
        return False


def _check(order: dict[str, Any], tell: Callable[..., None]) -> bool:
    from sozialraum.project.check_report import REPORT, write_report  # noqa: PLC0415 - as below
    from sozialraum.project.file import load_project  # noqa: PLC0415 - slow to import
    from sozialraum.project.flow import check  # noqa: PLC0415 - as above

    language: Language = order["language"]
    project = Path(order["project"])
    tell(step="tables", name=text("cli.step.tables", language), part=0.0)
    problems = check(load_project(project))
    tell(step="tables", name=text("cli.step.tables", language), part=1.0)
    _messages(problems, language, tell)
    if problems:
        write_report(problems, project.parent / REPORT, language)
        tell(folder=str(project.parent), files=[REPORT])
    return not any(problem.severity == "error" for problem in problems)


def _run(order: dict[str, Any], tell: Callable[..., None]) -> bool:
    from sozialraum.project.file import load_project  # noqa: PLC0415 - as above
    from sozialraum.project.flow import run  # noqa: PLC0415 - as above

    language: Language = order["language"]

    def progress(step: str, part: float) -> None:
        tell(step=step, name=text(f"cli.step.{step}", language), part=part)

    result = run(load_project(Path(order["project"])), audience=order["audience"], progress=progress)
    _messages((problem for problem in result.problems if problem.severity != "note"), language, tell)
    folder = result.files[0].parent
    files = list(result.files)
    if order["documents"]:
        from sozialraum.publish.report.write import write_report  # noqa: PLC0415 - as above

        name = text("desk.documents", language)
        tell(step="documents", name=name, part=0.0)
        files += write_report(
            result.analysis, folder / "report", kinds=order["documents"], formats=order["formats"]
        )
        tell(step="documents", name=name, part=1.0)
    tell(folder=str(folder), files=[file.relative_to(folder).as_posix() for file in files])
    return True


def _demo(order: dict[str, Any], tell: Callable[..., None]) -> bool:
    from sozialraum.project.scaffold import copy_demo  # noqa: PLC0415 - as above

    path = copy_demo(Path(order["project"]).expanduser(), "musterstadt")
    tell(project=str(path))
    return True


def _messages(problems: Iterable[Problem], language: Language, tell: Callable[..., None]) -> None:
    from sozialraum.project.check_report import screen_messages  # noqa: PLC0415 - as above

    for message in screen_messages(problems, language):
        severity = text(f"cli.severity.{message.severity}", language)
        tell(message=message.words, severity=message.severity, name=severity)


if __name__ == "__main__":
    main()
