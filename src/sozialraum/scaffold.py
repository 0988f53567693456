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
    import geopandas as gpd

    from sozialraum.data.boundaries import BoundaryGuess

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
    directory: Path, boundaries: Path, *, layer: str | None = None, language: Language = DEFAULT_LANGUAGE
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
    language
        Of the comments.

    Raises
    ------
    BoundaryError
        If the polygons cannot be read.
    OutputError
        If there is a project file already, or the folder cannot be written.
    """
    from sozialraum.data.boundaries import guess_columns  # noqa: PLC0415 - keeps the demo's start quick

    target = directory / "project.toml"
    for path in (target, directory / "catalogue.toml"):
        if path.exists():
            raise OutputError(Problem(code="cli.init_exists", values={"path": path}))
    guess = guess_columns(boundaries, layer=layer)
    values = _template_values(directory, boundaries, guess, language)
    with staged(directory) as folder:
        for name in ("project.toml", "catalogue.toml"):
            source = files("sozialraum") / "templates" / f"{name.removesuffix('.toml')}.{language}.toml"
            words = Template(source.read_text(encoding="utf-8")).substitute(values)
            (folder / name).write_text(words, encoding="utf-8")
    shown = text("cli.guess", language, key=guess.key, name=guess.name or "-", count=guess.feature_count)
    return NewProject(path=target, guess=shown)


def _template_values(
    directory: Path, boundaries: Path, guess: BoundaryGuess, language: Language
) -> dict[str, str]:
    try:
        relative = os.path.relpath(boundaries.resolve(), directory.resolve())
    except ValueError:  # another drive on Windows
        relative = str(boundaries.resolve())
    proposed = guess.proposals[0] if guess.proposals else "EPSG:25832"
    reasons = [" ".join(reason.text(language).split()) for reason in guess.reasons]
    return {
        "file": _toml(Path(relative).as_posix()),
        "layer": f"layer = {_toml(guess.layer)}" if len(guess.layers) > 1 else '# layer = "..."',
        "key": _toml(guess.key or ""),
        "name": f"name = {_toml(guess.name)}" if guess.name else '# name = "..."',
        "crs": f"crs = {_toml(proposed)}" if guess.crs is None else f"# crs = {_toml(guess.crs)}",
        "axis_order": f"axis_order = {_toml(guess.axis_order)}",
        "columns": ", ".join(guess.columns),
        "evidence": "\n# ".join(reasons),
        "city": _toml(directory.resolve().name),
    }


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
    package = Path(__file__).parent
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
        words = (files("sozialraum") / "templates" / f"columbus_{name}").read_text(encoding="utf-8")
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
