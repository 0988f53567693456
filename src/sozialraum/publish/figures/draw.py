"""Which figures there are, and how they are asked for and written."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from sozialraum.arguments import checked
from sozialraum.errors import OutputError, Problem, raise_problems
from sozialraum.publish.figures.base import DPI, FORMATS, Columns, encoded
from sozialraum.publish.figures.charts import ranking, time_line
from sozialraum.publish.figures.maps import cluster_map, small_multiples, status_map, value_map
from sozialraum.publish.figures.matrix import heat_table, status_matrix
from sozialraum.publish.figures.plane import Plane
from sozialraum.publish.figures.request import Request
from sozialraum.publish.figures.scatter import moran_scatter, provision_plot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from matplotlib.figure import Figure

    from sozialraum.analysis import Analysis
    from sozialraum.programme.run import ProgrammeResult

__all__ = ["FIGURES", "figure", "possible_figures", "write_figures"]

FIGURES: Mapping[str, Callable[[Request], Figure]] = {
    "values": value_map,
    "clusters": cluster_map,
    "multiples": small_multiples,
    "ranking": ranking,
    "line": time_line,
    "moran": moran_scatter,
    "status": status_map,
    "matrix": status_matrix,
    "heat": heat_table,
    "provision": provision_plot,
}
"""Name of each figure and who draws it."""

OF_INDEX = ("status", "matrix")
NAMED = 5
"""Districts of a line chart, if none are asked for."""


@checked(columns=get_args(Columns))
def figure(
    analysis: Analysis,
    kind: str,
    subject: str | None = None,
    *,
    date: str | None = None,
    districts: Sequence[str] = (),
    columns: Columns = 2,
    programme: ProgrammeResult | None = None,
    plane: Plane | None = None,
) -> Figure:
    """Draw one figure; every kind is asked for in the same way.

    Parameters
    ----------
    analysis
        What the figure's readers may see.
    kind
        One of `FIGURES`: ``"values"``, ``"clusters"``, ``"multiples"`` (a map per date), ``"ranking"``,
        ``"line"``, ``"moran"``, ``"status"``, ``"matrix"`` (status by dynamic), ``"heat"`` (districts by
        indicators), ``"provision"`` (need and provision).
    subject
        Indicator; for ``"status"`` and ``"matrix"`` the index (``"all"`` or a target group); for
        ``"provision"`` the kind of provision. By default the first there is.
    date
        ISO date; the latest one by default.
    districts
        Keys that are named, marked, or drawn at all (``"line"``, ``"heat"``).
    columns
        Whether it is as wide as one column (78 mm) or two (160 mm).
    programme
        For ``"provision"``.
    plane
        The geometry, if it was prepared for other figures already.

    Returns
    -------
    matplotlib.figure.Figure
        Not in pyplot's list: `figures.base.encoded` or its own ``savefig`` write it.

    Raises
    ------
    OutputError
        If there is no such figure, subject, date or district; names what there is.
    """
    raise_problems(_unknown(kind, FIGURES), OutputError)
    raise_problems(_unknown(str(columns), map(str, get_args(Columns))), OutputError)
    subjects = _subjects(analysis, kind, programme)
    chosen = subject if subject is not None else next(iter(subjects), "")
    raise_problems(_unknown(chosen, subjects), OutputError)
    dates = subjects[chosen]
    day = date if date is not None else (dates[-1] if dates else "")
    problems = _unknown(day, dates)
    problems += [
        fault for key in districts for fault in _unknown(str(key), map(str, analysis.districts.index))
    ]
    raise_problems(problems, OutputError)
    request = Request(
        plane=plane or Plane(analysis),
        subject=chosen,
        date=day,
        districts=tuple(map(str, districts)) or _default_districts(analysis, kind, chosen, day),
        columns=columns,
        programme=programme,
    )
    return FIGURES[kind](request)


def _unknown(written: str, allowed: Iterable[str]) -> list[Problem]:
    known = list(allowed)
    shown = ", ".join(known[:30]) + (" …" if len(known) > 30 else "")
    values = {"written": written, "allowed": shown or "–"}  # noqa: RUF001 - a dash
    return [] if written in known else [Problem(code="report.unknown_choice", values=values)]


def _subjects(analysis: Analysis, kind: str, programme: ProgrammeResult | None) -> dict[str, list[str]]:
    """Name what a kind of figure can be about, each with its dates in order."""
    if kind == "provision":
        table = programme.tables.get("double_disadvantage") if programme is not None else None
        if table is None:
            return {}
        known = table[table["need"].notna() & table["provision"].notna()]
        pairs = zip(known["kind"].astype(str), known["year"].astype(int).astype(str), strict=True)
    elif kind in OF_INDEX:
        found = analysis.assessment
        if found is None or found.index.empty:
            return {}
        known = found.index[found.index["value"].notna()]
        pairs = zip(known["index"].astype(str), known["date"].astype(str), strict=True)
    elif kind in {"clusters", "moran"}:
        # A map of clusters needs no neighbours any more; the scatterplot does.
        drawable = kind == "clusters" or analysis.around is not None
        known = analysis.clusters if drawable else analysis.clusters.iloc[:0]
        pairs = zip(known["indicator"].astype(str), known["date"].astype(str), strict=True)
    else:
        known = analysis.indicators[analysis.indicators["value"].notna()]
        pairs = zip(known["indicator"].astype(str), known["date"].astype(str), strict=True)
    dates: dict[str, set[str]] = {}
    for name, day in set(pairs):
        dates.setdefault(name, set()).add(day)
    order = [*map(str, analysis.catalogue.index), "all", *sorted(dates)]
    return {name: sorted(dates[name]) for name in dict.fromkeys(order) if name in dates}


def _default_districts(analysis: Analysis, kind: str, subject: str, date: str) -> tuple[str, ...]:
    """Choose the districts of a line chart: the highest ones of the date."""
    if kind != "line":
        return ()
    rows = analysis.indicators
    rows = rows[(rows["indicator"] == subject) & (rows["date"] == date) & rows["value"].notna()]
    return tuple(map(str, rows.sort_values("value", ascending=False, kind="stable").index[:NAMED]))


def possible_figures(analysis: Analysis, programme: ProgrammeResult | None = None) -> list[tuple[str, str]]:
    """List kind and subject of every figure that an analysis allows at its latest dates."""
    found = []
    for kind in FIGURES:
        subjects = _subjects(analysis, kind, programme)
        if kind == "heat":
            subjects = dict([*subjects.items()][:1])
        if kind in ("multiples", "line"):
            subjects = {name: dates for name, dates in subjects.items() if len(dates) > 1}
        found += [(kind, subject) for subject in subjects]
    return found


def write_figures(
    analysis: Analysis,
    directory: Path,
    *,
    formats: Iterable[str] = FORMATS,
    columns: Iterable[Columns] = (2,),
    programme: ProgrammeResult | None = None,
    plane: Plane | None = None,
) -> tuple[Path, ...]:
    """Write every figure that an analysis allows, ``KIND-SUBJECT.FORMAT`` (one column: ``KIND-SUBJECT-1``).

    Parameters
    ----------
    analysis
        What their readers may see.
    directory
        A folder that exists.
    formats
        Of ``"png"`` (300 dots per inch), ``"svg"`` and ``"pdf"``.
    columns
        Widths.
    programme
        For figures of the programme.
    plane
        The geometry, if it was prepared already.

    Raises
    ------
    OutputError
        If there is no such format.
    """
    wanted = list(formats)
    raise_problems([fault for form in wanted for fault in _unknown(form, FORMATS)], OutputError)
    plane = plane or Plane(analysis)
    files = []
    for kind, subject in possible_figures(analysis, programme):
        for width in columns:
            drawn = figure(analysis, kind, subject, columns=width, programme=programme, plane=plane)
            for form in wanted:
                name = f"{kind}-{subject}{'-1' if width == 1 else ''}.{form}"
                path = directory / name
                path.write_bytes(encoded(drawn, form, dpi=DPI))
                files.append(path)
    return tuple(files)
