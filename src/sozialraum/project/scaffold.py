"""New project folders: for a city of one's own, and the two demo cities."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, Literal

from sozialraum.disclosure.releases.register import REGISTER
from sozialraum.errors import BoundaryError, OutputError, Problem, SozialraumError, shorten
from sozialraum.files import staged
from sozialraum.project.toml_text import toml, toml_value
from sozialraum.texts import DEFAULT_LANGUAGE, Language, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from sozialraum.boundaries.read import BoundaryGuess
    from sozialraum.project.newtables import NewTable

__all__ = ["NewProject", "copy_demo", "init_project"]

COLUMBUS_UNIT = 3500.0
"""Metres per coordinate unit. The source has no CRS; its distance to the centre, in miles, is 2.2 units."""
COLUMBUS_CENTRE = (329_000.0, 4_426_000.0)
COLUMBUS_CRS = "EPSG:32617"

_GENERIC = re.compile(
    r"(?:districts?|regions?|planning|areas?|boundar(?:y|ies)|polygons?|quarters?|neighbou?rhoods?|until|city|map"
    r"|stadtteile?|ortsteile?|(?:stadt)?bezirke?|quartiere?|sozialr(?:ä|ae)ume?|planungsr(?:ä|ae)ume?|gebiete?|grenzen"
    r"|statistische[rn]?|lor|plr|bzr|pgr|stand|geo|shp?|epsg|utm|wgs|etrs|der|die|und|von|data|daten|export|layer|v)s?",
    re.IGNORECASE,
)
"""Words in the names of boundary files that are no city."""


@dataclass(frozen=True, kw_only=True)
class NewProject:
    """A project file just written, and what was guessed for it, in words.

    Parameters
    ----------
    path
        The project file.
    guess
        Columns with key and name.
    told
        What the user has to decide himself before `check` can be content; may be empty.
    """

    path: Path
    guess: str
    told: tuple[str, ...] = ()


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
    encoding = None
    try:
        guess = guess_columns(boundaries, layer=layer)
    except BoundaryError as error:
        encoding = _encoding(error)
        guess = guess_columns(boundaries, layer=layer, encoding=encoding)
    districts, options, told = _try_districts(boundaries, guess, encoding)
    values = _template_values(directory, boundaries, guess, language)
    if encoding is not None:
        values["encoding"] = f"encoding = {toml(encoding)}        # {text('cli.new.guess', language)}"
    values["exclude"] = _exclude_line(options, language)
    values["doubts"] = "".join(f"# {_question(problem, language)}\n" for problem in told)
    new = _look_at(boundaries, guess, tables, districts, encoding)
    filled, lacking = _table_values(directory, new, language)
    values |= filled
    with staged(directory) as folder:
        for name in ("project.toml", "catalogue.toml"):
            source = (
                files("sozialraum.project") / "templates" / f"{name.removesuffix('.toml')}.{language}.toml"
            )
            words = Template(source.read_text(encoding="utf-8")).substitute(values)
            (folder / name).write_text(words, encoding="utf-8")
    shown = text("cli.guess", language, key=guess.key, name=guess.name or "-", count=guess.feature_count)
    return NewProject(path=target, guess=shown, told=lacking)


def _encoding(error: BoundaryError) -> str:
    """Return the encoding that a message proposes; anything else is the user's to mend."""
    proposed = [problem.values.get("encoding") for problem in error.problems]
    if error.problems[0].code != "boundaries.garbled" or not isinstance(proposed[0], str):
        raise error
    return proposed[0]


def _try_districts(
    boundaries: Path, guess: BoundaryGuess, encoding: str | None
) -> tuple[gpd.GeoDataFrame | None, dict[str, Any], list[Problem]]:
    """Read the polygons as guessed; leave out what covers all others, and keep what has to be asked."""
    from sozialraum.boundaries.read import load_districts  # noqa: PLC0415 - keeps the demo's start quick

    options: dict[str, Any] = {"exclude": []}
    if guess.key is None:
        return None, options, []
    stated: dict[str, Any] = {
        "key": guess.key,
        "name": guess.name,
        "layer": guess.layer if len(guess.layers) > 1 else None,
        "crs": guess.proposals[0] if guess.proposals else None,
        "axis_order": guess.axis_order,
        "encoding": encoding,
    }
    asked = _asked_system(boundaries, stated) if len(guess.proposals) > 1 else []
    try:
        districts, problems = load_districts(boundaries, **stated)
        whole = [
            key for problem in problems if problem.code == "boundaries.covers_others" for key in problem.keys
        ]
        if whole:
            options["exclude"] = whole
            districts, problems = load_districts(boundaries, **stated, exclude=whole)
    except SozialraumError as error:
        return None, options, [*asked, *error.problems]
    return districts, options, [*asked, *(problem for problem in problems if problem.severity == "error")]


def _asked_system(boundaries: Path, stated: dict[str, Any]) -> list[Problem]:
    """Ask for the reference system: the zones of UTM cannot be told apart by coordinates."""
    from sozialraum.boundaries.read import load_districts  # noqa: PLC0415 - keeps the demo's start quick

    try:
        _, problems = load_districts(boundaries, **{**stated, "crs": None})
    except BoundaryError as error:
        problems = error.problems
    return [problem for problem in problems if problem.code == "boundaries.no_crs"]


def _look_at(
    boundaries: Path,
    guess: BoundaryGuess,
    tables: Sequence[Path],
    districts: gpd.GeoDataFrame | None,
    encoding: str | None,
) -> list[NewTable]:
    """Look at all tables, files of one series as one."""
    import geopandas as gpd  # noqa: PLC0415 - keeps the demo's start quick
    import pandas as pd  # noqa: PLC0415 - as above

    from sozialraum.boundaries.layers import read_layer  # noqa: PLC0415 - as above
    from sozialraum.keys import as_keys  # noqa: PLC0415 - as above
    from sozialraum.project.newtables import look_at_all  # noqa: PLC0415 - as above

    if not tables:
        return []
    frame = read_layer(boundaries, layer=guess.layer, encoding=encoding).frame
    keys, names = (
        set(as_keys(frame[column]).dropna()) if column is not None and column in frame else set()
        for column in (guess.key, guess.name)
    )
    if districts is None and guess.key in frame:
        # Faulty polygons still have keys and names by which tables can be tried.
        known = as_keys(frame[guess.key])
        name = as_keys(frame[guess.name]) if guess.name in frame else known
        index = pd.Index(known, name="district", dtype=object)
        districts = gpd.GeoDataFrame({"name": list(name)}, index=index)
        districts = districts[districts.index.notna()]
    return look_at_all(tables, districts, keys=keys, names=names)


def _question(problem: Problem, language: Language) -> str:
    words = " ".join(replace(problem, file=problem.file and Path(problem.file).name).text(language).split())
    return text("tables.init_question", language, text=words)


def _exclude_line(options: dict[str, Any], language: Language) -> str:
    if not options["exclude"]:
        return f'# exclude = ["XX"]        # {text("cli.new.exclude", language)}'
    return f"exclude = {toml_value(options['exclude'])}        # {text('cli.new.exclude_guess', language)}"


def _table_values(
    directory: Path, new: Sequence[NewTable], language: Language
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Fill the templates with tables, rules and indicators; say where no indicator was recognised."""
    if not new:
        folder = files("sozialraum.project") / "templates"
        example = (folder / f"indicator.{language}.toml").read_text(encoding="utf-8").rstrip()
        table = (folder / f"table.{language}.toml").read_text(encoding="utf-8").rstrip()
        return {"tables": table, "rules": _rules([]), "indicators": example, "ids": '"…"'}, ()
    from sozialraum.project.ready import (  # noqa: PLC0415 - as above
        catalogue_text,
        proposed_names,
        recognise_indicators,
    )

    indicators = recognise_indicators(new)
    rules = list(dict.fromkeys(table.rule for table in new if table.rule is not None))
    asleep = [table for table in new if not table.variables]
    told = tuple(_question(problem, language) for table in asleep for problem in table.questions)
    if not indicators:
        proposed = proposed_names(new, indicators)
        key = "cli.init_proposals" if proposed else "cli.init_nothing"
        told += (text(key, language, number=len(proposed), names=shorten(proposed, 4)),)
    return {
        "tables": "\n\n".join(
            _table_part(_relative(table.path, directory), table, language) for table in new
        ),
        "rules": _rules(rules),
        "indicators": catalogue_text(new, indicators, language),
        "ids": ", ".join(toml(indicator.name) for indicator in indicators) or '"…"',
    }, told


def _rules(rules: list[str]) -> str:
    return f"key_rules = {toml_value(rules)}" if rules else '# key_rules = ["before first blank"]'


def _template_values(
    directory: Path, boundaries: Path, guess: BoundaryGuess, language: Language
) -> dict[str, str]:
    proposed = guess.crs or (guess.proposals[0] if guess.proposals else "EPSG:25832")
    reasons = [" ".join(replace(reason, file=None).text(language).split()) for reason in guess.reasons]
    return {
        "file": toml(_relative(boundaries, directory)),
        "layer": f"layer = {toml(guess.layer)}" if len(guess.layers) > 1 else '# layer = "..."',
        "key": toml(guess.key or ""),
        "name": f"name = {toml(guess.name)}" if guess.name else '# name = "..."',
        "crs": f"crs = {toml(proposed)}" if len(guess.proposals) == 1 else f"# crs = {toml(proposed)}",
        "axis_order": f"axis_order = {toml(guess.axis_order)}",
        "encoding": '# encoding = "cp850"',
        "columns": ", ".join(guess.columns),
        "evidence": "\n# ".join(reasons),
        "city": toml(_city(boundaries) or directory.resolve().name),
    }


def _city(boundaries: Path) -> str | None:
    """Guess the city's name from the file's, which often is 'leipzig-districts' or 'Stadtteile_Köln_2023'."""
    words = re.split(r"[\W_\d]+", boundaries.name.split(".")[0])
    left = [word for word in words if word and not _GENERIC.fullmatch(word)]
    return " ".join(word[:1].upper() + word[1:] for word in left) or None


def _relative(path: Path, directory: Path) -> str:
    try:
        return Path(os.path.relpath(path.resolve(), directory.resolve())).as_posix()
    except ValueError:  # another drive on Windows
        return path.resolve().as_posix()


def _table_part(file: str, table: NewTable, language: Language) -> str:
    lines = ["[[tables]]", f"file = {toml(file)}"]
    lines += [f"# {_question(problem, language)}" for problem in table.questions]
    for problem in table.evidence:
        words = " ".join(problem.text(language).split())
        lines.append(f"# {text('tables.init_evidence', language, text=words)}")
    for name, value in table.options.items():
        mark = f"        # {text('cli.new.guess', language)}" if name in table.guesses else ""
        lines.append(f"{'# ' if name in table.choices else ''}{name} = {toml_value(value)}{mark}")
    if table.left_out:
        columns = ", ".join(table.left_out)
        lines.append(f"# {text('cli.new.left_out', language, columns=columns)}")
    lines += ["", "[tables.variables]"]
    lines += [f"{name} = {toml(column)}" for name, column in table.variables.items()]
    if table.variables:
        return "\n".join(lines)
    # A part without variables would stop every check before it could say what is asked here.
    asleep = [line if not line or line.startswith("#") else f"# {line}" for line in lines]
    return "\n".join([f"# {text('cli.new.asleep', language)}", *asleep])


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
    return [
        name
        for name in names
        if name in {"examples", REGISTER} or name.endswith((".py", ".pyc", "__pycache__"))
    ]


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
