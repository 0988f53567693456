"""New project folders: for a city of one's own, and the two demo cities."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Literal

from sozialraum.errors import OutputError, Problem
from sozialraum.files import staged
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from sozialraum.boundaries.read import BoundaryGuess
    from sozialraum.tables.propose import TableProposal

__all__ = ["NewProject", "copy_demo", "init_project"]

COLUMBUS_UNIT = 3500.0
"""Metres per coordinate unit. The source has no CRS; its distance to the centre, in miles, is 2.2 units."""
COLUMBUS_CENTRE = (329_000.0, 4_426_000.0)
COLUMBUS_CRS = "EPSG:32617"


@dataclass(frozen=True, kw_only=True)
class NewProject:
    """A project file just written, and what was guessed for it, in words."""

    path: Path
    guess: str


def init_project(
    directory: Path,
    boundaries: Path,
    *,
    layer: str | None = None,
    tables: Sequence[Path] = (),
    language: Language = DEFAULT_LANGUAGE,
) -> NewProject:
    """Write a commented project file and catalogue for a new city.

    Parameters
    ----------
    directory
        Where; made if it does not exist.
    boundaries
        The city's polygons; the file stays where it is, the project names it.
    layer
        Layer of a file with several.
    tables
        Indicator tables; what is recognised in them is written into the project file, with what speaks for
        it, so that the next run guesses nothing. What cannot be told stands there as a question.
    language
        Of the comments.

    Raises
    ------
    BoundaryError
        If the polygons cannot be read.
    OutputError
        If there is a project file already, or the folder cannot be written.
    """
    from sozialraum.boundaries.read import guess_columns  # noqa: PLC0415 - keeps the demo's start quick

    target = directory / "project.toml"
    for path in (target, directory / "catalogue.toml"):
        if path.exists():
            raise OutputError(Problem(code="cli.init_exists", values={"path": path}))
    guess = guess_columns(boundaries, layer=layer)
    values = _template_values(directory, boundaries, guess, language)
    values["tables"] = _table_parts(directory, boundaries, guess, tables, language)
    with staged(directory) as folder:
        for name in ("project.toml", "catalogue.toml"):
            source = (
                files("sozialraum.project") / "templates" / f"{name.removesuffix('.toml')}.{language}.toml"
            )
            words = Template(source.read_text(encoding="utf-8")).substitute(values)
            (folder / name).write_text(words, encoding="utf-8")
    shown = text("cli.guess", language, key=guess.key, name=guess.name or "-", count=guess.feature_count)
    return NewProject(path=target, guess=shown)


def _template_values(
    directory: Path, boundaries: Path, guess: BoundaryGuess, language: Language
) -> dict[str, str]:
    proposed = guess.proposals[0] if guess.proposals else "EPSG:25832"
    reasons = [" ".join(reason.text(language).split()) for reason in guess.reasons]
    return {
        "file": _toml(_relative(boundaries, directory)),
        "layer": f"layer = {_toml(guess.layer)}" if len(guess.layers) > 1 else '# layer = "..."',
        "key": _toml(guess.key or ""),
        "name": f"name = {_toml(guess.name)}" if guess.name else '# name = "..."',
        "crs": f"crs = {_toml(proposed)}" if guess.crs is None else f"# crs = {_toml(guess.crs)}",
        "axis_order": f"axis_order = {_toml(guess.axis_order)}",
        "columns": ", ".join(guess.columns),
        "evidence": "\n# ".join(reasons),
        "city": _toml(directory.resolve().name),
    }


def _relative(path: Path, directory: Path) -> str:
    try:
        return Path(os.path.relpath(path.resolve(), directory.resolve())).as_posix()
    except ValueError:  # another drive on Windows
        return path.resolve().as_posix()


def _table_parts(
    directory: Path, boundaries: Path, guess: BoundaryGuess, tables: Sequence[Path], language: Language
) -> str:
    """Write one part per table; without tables an example."""
    if not tables:
        source = files("sozialraum.project") / "templates" / f"table.{language}.toml"
        return source.read_text(encoding="utf-8").rstrip()
    from sozialraum.boundaries.layers import read_layer  # noqa: PLC0415 - keeps the demo's start quick
    from sozialraum.keys import as_keys  # noqa: PLC0415 - as above
    from sozialraum.tables.propose import propose_table  # noqa: PLC0415 - as above

    frame = read_layer(boundaries, layer=guess.layer).frame
    keys, names = (
        set(as_keys(frame[column]).dropna()) if column is not None and column in frame else set()
        for column in (guess.key, guess.name)
    )
    parts: list[str] = []
    taken: set[str] = set()
    for table in tables:
        proposal = propose_table(table, keys=keys, names=names, taken=taken)
        taken |= set(proposal.variables)
        parts.append(_table_part(_relative(table, directory), proposal, language))
    return "\n\n".join(parts)


def _table_part(file: str, proposal: TableProposal, language: Language) -> str:
    lines = ["[[tables]]", f"file = {_toml(file)}"]
    for code, found in (
        ("tables.init_question", proposal.questions),
        ("tables.init_evidence", proposal.evidence),
    ):
        for problem in found:
            words = " ".join(problem.text(language).split())
            lines.append(f"# {text(code, language, text=words)}")
    lines += [f"{name} = {_toml_value(value)}" for name, value in proposal.options.items()]
    lines += ["", "[tables.variables]"]
    lines += [f"{name} = {_toml(column)}" for name, column in proposal.variables.items()]
    return "\n".join(lines)


def _toml_value(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml_value, value))}]"
    return _toml(value) if isinstance(value, str) else str(value)


def _toml(value: str) -> str:
    """Write a text as a TOML basic string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"' + "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in escaped) + '"'
    )


def copy_demo(directory: Path, city: Literal["musterstadt", "columbus"]) -> Path:
    """Copy a demo city into a new or empty folder and return its project file.

    Raises
    ------
    OutputError
        If the folder has content, or cannot be written.
    """
    if directory.exists() and any(directory.iterdir()):
        raise OutputError(Problem(code="cli.demo_exists", values={"path": directory}))
    with staged(directory) as folder:
        if city == "musterstadt":
            shutil.copytree(_packaged_demo(), folder, dirs_exist_ok=True, ignore=_not_for_users)
        else:
            _write_columbus(folder)
    return directory / "project.toml"


def _packaged_demo() -> Path:
    """Find the demo project: inside the wheel, or beside `src` in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "_demo"
    return inside if inside.is_dir() else package.parents[1] / "data"


def _not_for_users(folder: str, names: list[str]) -> list[str]:  # noqa: ARG001 - shutil's signature
    return [name for name in names if name == "examples" or name.endswith((".py", ".pyc", "__pycache__"))]


def _write_columbus(folder: Path) -> None:
    import geopandas as gpd  # noqa: PLC0415 - keeps `--help` instant
    from libpysal.examples import get_path  # noqa: PLC0415 - as above

    source = gpd.read_file(get_path("columbus.shp"))
    placed = _place_columbus(source)
    placed.to_file(folder / "columbus.gpkg", driver="GPKG", engine="pyogrio")
    table = source[["POLYID", "CRIME", "HOVAL", "INC"]].assign(POLYID=placed["key"])
    table.to_csv(folder / "columbus.csv", sep=";", decimal=",", index=False, encoding="utf-8")
    for name in ("project.toml", "catalogue.toml"):
        words = (files("sozialraum.project") / "templates" / f"columbus_{name}").read_text(encoding="utf-8")
        (folder / name).write_text(words, encoding="utf-8")


def _place_columbus(source: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Scale the drawing to metres and put it where Columbus, Ohio, lies; only roughly true."""
    west, south, east, north = source.total_bounds
    geometry = (
        source.geometry.translate(-(west + east) / 2, -(south + north) / 2)
        .scale(COLUMBUS_UNIT, COLUMBUS_UNIT, origin=(0, 0))
        .translate(*COLUMBUS_CENTRE)
    )
    keys = [f"{number:02.0f}" for number in source["POLYID"]]
    names = [f"Neighbourhood {key}" for key in keys]
    import geopandas as gpd  # noqa: PLC0415 - keeps `--help` instant

    return gpd.GeoDataFrame({"key": keys, "name": names}, geometry=geometry.to_numpy(), crs=COLUMBUS_CRS)
