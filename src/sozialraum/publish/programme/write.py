"""A programme's year as files: workbook, sentences, CSV, GeoPackage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sozialraum.files import replace_folder
from sozialraum.indicators.target_groups import group_label
from sozialraum.programme.sentences import indicator_labels
from sozialraum.publish.programme.layers import append_layers
from sozialraum.publish.programme.sentences import sentences_of
from sozialraum.publish.programme.workbook import workbook_of
from sozialraum.publish.tables import write_csv

if TYPE_CHECKING:
    from pathlib import Path

    from sozialraum.panel import Panel
    from sozialraum.programme.run import ProgrammeResult
    from sozialraum.texts import Language

__all__ = ["CSV_FOLDER", "SENTENCES", "WORKBOOK", "write_programme", "write_programme_files"]

WORKBOOK = "programm-ergebnis.xlsx"
SENTENCES = "programm-saetze.md"
CSV_FOLDER = "programm-csv"


def write_programme(result: ProgrammeResult, panel: Panel, directory: Path) -> tuple[Path, ...]:
    """Write a result into a folder of its own, all or nothing.

    Returns
    -------
    tuple of Path
        `programm-ergebnis.xlsx` (headings and words of the reader), `programm-saetze.md` (the sentences),
        `programm.gpkg`, and in `programm-csv` one CSV file per table (ids, for other programs).

    Raises
    ------
    OutputError
        If the folder cannot be written, or holds results for another audience; what was there before is
        unchanged.
    """
    with replace_folder(directory, audience=result.audience) as folder:
        names = write_programme_files(result, panel, folder)
        append_layers(result, panel, folder / "programm.gpkg")
    tables = [f"{CSV_FOLDER}/{name}.csv" for name in result.tables]
    return tuple(directory / name for name in (*names, "programm.gpkg", *tables))


def _labels(panel: Panel, language: Language) -> dict[str, str]:
    return {str(name): str(label) for name, label in panel.catalogue[f"label_{language}"].items()}


def _groups(panel: Panel, language: Language) -> dict[str, str]:
    catalogue = panel.catalogue
    groups = catalogue["target_group"].dropna().unique() if "target_group" in catalogue else ()
    return {str(group): group_label(catalogue, str(group))[language] for group in groups}


def write_programme_files(result: ProgrammeResult, panel: Panel, folder: Path) -> list[str]:
    """Write a result's files into a folder that is being made; its layers are added by `append_layers`.

    Returns
    -------
    list of str
        Names of the workbook and of the sentences.
    """
    words = result.language
    labels = {**indicator_labels(result.sheets["goals"]), **_labels(panel, words)}
    book = workbook_of(result, labels, _groups(panel, words))
    (folder / WORKBOOK).write_bytes(book)
    (folder / SENTENCES).write_text(sentences_of(result, panel), encoding="utf-8", newline="\n")
    # Perhaps begun by a copy of this process that did not come to an end.
    (folder / CSV_FOLDER).mkdir(exist_ok=True)
    for name, table in result.tables.items():
        write_csv(table, folder / CSV_FOLDER / f"{name}.csv", result.language)
    return [WORKBOOK, SENTENCES]
