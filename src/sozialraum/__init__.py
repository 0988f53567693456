"""Find, explain and follow disadvantaged city quarters.

The functions below are loaded when they are first used, so that `import sozialraum` is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING as _TYPE_CHECKING

if _TYPE_CHECKING:
    from sozialraum.analysis import Analysis
    from sozialraum.assessment.assess import assess
    from sozialraum.assessment.borders.edges import edges
    from sozialraum.assessment.context import context_correlations
    from sozialraum.assessment.index.composite import composite_index
    from sozialraum.assessment.index.monitoring import index_over_time
    from sozialraum.assessment.index.multiverse import multiverse
    from sozialraum.assessment.index.recipes import Recipe, preset
    from sozialraum.assessment.index.robustness import index_robustness, verdict_robustness
    from sozialraum.assessment.mixing.inequality import inequality
    from sozialraum.assessment.mixing.segregation import segregation
    from sozialraum.assessment.similar import similar_districts
    from sozialraum.assessment.smoothing import signal, smooth_indicators
    from sozialraum.assessment.trends.series import control_limits, persistence, trends
    from sozialraum.assessment.verdict import verdicts
    from sozialraum.audit.examine import audit_published
    from sozialraum.audit.findings import report_lines
    from sozialraum.audit.published import read_published
    from sozialraum.boundaries.read import read_districts
    from sozialraum.disclosure.audit import audit_release
    from sozialraum.disclosure.earlier import read_earlier, write_earlier
    from sozialraum.disclosure.protect import protect
    from sozialraum.disclosure.rules import Rules
    from sozialraum.errors import SozialraumError
    from sozialraum.indicators.catalogue import catalogue, read_catalogue
    from sozialraum.indicators.changes import changes
    from sozialraum.indicators.counts import Counts, Share, rates, read_tables
    from sozialraum.indicators.crosswalks import area_crosswalk, read_crosswalk
    from sozialraum.indicators.derive import derive_indicators, wide
    from sozialraum.indicators.join import join
    from sozialraum.indicators.vintages import aggregate_counts, carry_counts
    from sozialraum.panel import Panel
    from sozialraum.preferences import options
    from sozialraum.project.city import open_project
    from sozialraum.publish.atlas.notebook import atlas
    from sozialraum.publish.atlas.write import write_atlas
    from sozialraum.publish.gis import write_geopackage
    from sozialraum.publish.report.write import report, write_report
    from sozialraum.publish.tables import results_table, write_csv
    from sozialraum.spatial.areas import cluster_areas
    from sozialraum.spatial.bivariate import local_moran_bivariate, local_moran_change
    from sozialraum.spatial.clusters import Clusters, cluster_table, clusters
    from sozialraum.spatial.esda_bridge import from_esda, to_esda
    from sozialraum.spatial.geary import local_geary
    from sozialraum.spatial.getis_ord import getis_ord
    from sozialraum.spatial.global_moran import moran
    from sozialraum.spatial.join_counts import local_join_counts
    from sozialraum.spatial.local_moran import local_moran
    from sozialraum.spatial.moments import local_moran_moments
    from sozialraum.spatial.neighbours.find import Neighbours, neighbours
    from sozialraum.spatial.plots import plot_moran, plot_neighbours, plot_p
    from sozialraum.spatial.rates import local_moran_rates, moran_rates, smooth_rates, standardise_rates
    from sozialraum.spatial.stability import stability
    from sozialraum.tables.read import read_table

__version__ = "0.2.0"

__all__ = [
    "Analysis",
    "Clusters",
    "Counts",
    "Neighbours",
    "Panel",
    "Recipe",
    "Rules",
    "Share",
    "SozialraumError",
    "aggregate_counts",
    "area_crosswalk",
    "assess",
    "atlas",
    "audit_published",
    "audit_release",
    "carry_counts",
    "catalogue",
    "changes",
    "cluster_areas",
    "cluster_table",
    "clusters",
    "composite_index",
    "context_correlations",
    "control_limits",
    "derive_indicators",
    "edges",
    "from_esda",
    "getis_ord",
    "index_over_time",
    "index_robustness",
    "inequality",
    "join",
    "local_geary",
    "local_join_counts",
    "local_moran",
    "local_moran_bivariate",
    "local_moran_change",
    "local_moran_moments",
    "local_moran_rates",
    "moran",
    "moran_rates",
    "multiverse",
    "neighbours",
    "open_project",
    "options",
    "persistence",
    "plot_moran",
    "plot_neighbours",
    "plot_p",
    "preset",
    "protect",
    "rates",
    "read_catalogue",
    "read_crosswalk",
    "read_districts",
    "read_earlier",
    "read_published",
    "read_table",
    "read_tables",
    "report",
    "report_lines",
    "results_table",
    "segregation",
    "signal",
    "similar_districts",
    "smooth_indicators",
    "smooth_rates",
    "stability",
    "standardise_rates",
    "to_esda",
    "trends",
    "verdict_robustness",
    "verdicts",
    "wide",
    "write_atlas",
    "write_csv",
    "write_earlier",
    "write_geopackage",
    "write_report",
]

_HOMES = {
    "sozialraum.analysis": ("Analysis",),
    "sozialraum.assessment.assess": ("assess",),
    "sozialraum.assessment.borders.edges": ("edges",),
    "sozialraum.assessment.context": ("context_correlations",),
    "sozialraum.assessment.index.composite": ("composite_index",),
    "sozialraum.assessment.index.monitoring": ("index_over_time",),
    "sozialraum.assessment.index.multiverse": ("multiverse",),
    "sozialraum.assessment.index.recipes": ("Recipe", "preset"),
    "sozialraum.assessment.index.robustness": ("index_robustness", "verdict_robustness"),
    "sozialraum.assessment.mixing.inequality": ("inequality",),
    "sozialraum.assessment.mixing.segregation": ("segregation",),
    "sozialraum.assessment.similar": ("similar_districts",),
    "sozialraum.assessment.smoothing": ("signal", "smooth_indicators"),
    "sozialraum.assessment.trends.series": ("control_limits", "persistence", "trends"),
    "sozialraum.assessment.verdict": ("verdicts",),
    "sozialraum.audit.examine": ("audit_published",),
    "sozialraum.audit.findings": ("report_lines",),
    "sozialraum.audit.published": ("read_published",),
    "sozialraum.boundaries.read": ("read_districts",),
    "sozialraum.disclosure.audit": ("audit_release",),
    "sozialraum.disclosure.earlier": ("read_earlier", "write_earlier"),
    "sozialraum.disclosure.protect": ("protect",),
    "sozialraum.disclosure.rules": ("Rules",),
    "sozialraum.errors": ("SozialraumError",),
    "sozialraum.indicators.catalogue": ("catalogue", "read_catalogue"),
    "sozialraum.indicators.changes": ("changes",),
    "sozialraum.indicators.counts": ("Counts", "Share", "rates", "read_tables"),
    "sozialraum.indicators.crosswalks": ("area_crosswalk", "read_crosswalk"),
    "sozialraum.indicators.derive": ("derive_indicators", "wide"),
    "sozialraum.indicators.join": ("join",),
    "sozialraum.indicators.vintages": ("aggregate_counts", "carry_counts"),
    "sozialraum.preferences": ("options",),
    "sozialraum.panel": ("Panel",),
    "sozialraum.project.city": ("open_project",),
    "sozialraum.publish.atlas.notebook": ("atlas",),
    "sozialraum.publish.atlas.write": ("write_atlas",),
    "sozialraum.publish.gis": ("write_geopackage",),
    "sozialraum.publish.report.write": ("report", "write_report"),
    "sozialraum.publish.tables": ("results_table", "write_csv"),
    "sozialraum.spatial.areas": ("cluster_areas",),
    "sozialraum.spatial.bivariate": ("local_moran_bivariate", "local_moran_change"),
    "sozialraum.spatial.clusters": ("Clusters", "cluster_table", "clusters"),
    "sozialraum.spatial.esda_bridge": ("from_esda", "to_esda"),
    "sozialraum.spatial.geary": ("local_geary",),
    "sozialraum.spatial.getis_ord": ("getis_ord",),
    "sozialraum.spatial.global_moran": ("moran",),
    "sozialraum.spatial.join_counts": ("local_join_counts",),
    "sozialraum.spatial.local_moran": ("local_moran",),
    "sozialraum.spatial.moments": ("local_moran_moments",),
    "sozialraum.spatial.neighbours.find": ("Neighbours", "neighbours"),
    "sozialraum.spatial.plots": ("plot_moran", "plot_neighbours", "plot_p"),
    "sozialraum.spatial.rates": ("local_moran_rates", "moran_rates", "smooth_rates", "standardise_rates"),
    "sozialraum.spatial.stability": ("stability",),
    "sozialraum.tables.read": ("read_table",),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    """Load a public function from its module."""
    if name not in _MODULE_OF:
        message = f"module 'sozialraum' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module  # noqa: PLC0415 - is to be no name of ours

    return getattr(import_module(_MODULE_OF[name]), name)


def __dir__() -> list[str]:
    """List public names, loaded or not."""
    return [*__all__, "__version__"]
