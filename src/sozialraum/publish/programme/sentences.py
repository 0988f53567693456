"""The sentences of a programme's year, for a report's author to take from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialraum.publish.programme.words import heading, in_words
from sozialraum.texts import text

if TYPE_CHECKING:
    from sozialraum.panel import Panel
    from sozialraum.programme.run import ProgrammeResult

__all__ = ["sentences_of"]


def sentences_of(result: ProgrammeResult, panel: Panel) -> str:
    """Return the sentences of the year as Markdown, for a report's author to take from."""
    say, words = "programme_report.report", result.language
    lines = [f"# {text(f'{say}.title', words, city=panel.city, year=result.year)}", ""]
    if panel.simulated:
        lines += [text(f"{say}.simulated", words), ""]
    lines += [text(f"{say}.{result.audience}", words), ""]
    for name in ("goals", "testability"):
        table = result.tables.get(name)
        if table is None:
            continue
        lines += [f"## {heading(name, words)}", ""]
        lines += [
            f"- {row['sentence'] if name == 'goals' else row['goal_id'] + ': ' + row['sentence']}"
            for _, row in table.iterrows()
        ]
        lines.append("")
    for name, part in _findings(result).items():
        lines += [f"## {heading(name, words)}", "", *(f"- {sentence}" for sentence in part), ""]
    return "\n".join(lines)


def _findings(result: ProgrammeResult) -> dict[str, list[str]]:
    """Return the year's sentences on need and provision, the list and effects; internal results have them."""
    found: dict[str, list[str]] = {}
    slopes = result.tables.get("decoupling")
    if slopes is not None:
        now = slopes[(slopes["year"] == result.year) & (slopes["sentence"] != "")]
        kinds = in_words(now[["kind"]], result.language).iloc[:, 0]
        found["decoupling"] = [f"{kind}: {said}" for kind, said in zip(kinds, now["sentence"], strict=True)]
    chosen = result.tables.get("selection")
    if chosen is not None:
        now = chosen[(chosen["year"] == result.year) & (chosen["selected"] | (chosen["change"] != ""))]
        found["selection"] = list(now["reason"])
    effects = result.tables.get("effects")
    if effects is not None:
        found["effects"] = [
            f"{name}: {said}" for name, said in zip(effects["effect_id"], effects["sentence"], strict=True)
        ]
    return {name: sentences for name, sentences in found.items() if sentences}
