"""Find, explain and follow disadvantaged city quarters.

The functions below are loaded when they are first used, so that `import sozialraum` is quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING as _TYPE_CHECKING

if _TYPE_CHECKING:
    from sozialraum.analysis import Analysis, ClusterSettings
    from sozialraum.assessment.assess import assess
    from sozialraum.assessment.borders.edges import edges
    from sozialraum.assessment.borders.lines import border_lines
    from sozialraum.assessment.cautious import cautious_changes
    from sozialraum.assessment.context import context_correlations
    from sozialraum.assessment.index.composite import composite_index
    from sozialraum.assessment.index.deciles import deciles
    from sozialraum.assessment.index.monitoring import index_over_time
    from sozialraum.assessment.index.multiverse import multiverse
    from sozialraum.assessment.index.recipes import Recipe, preset
    from sozialraum.assessment.index.robustness import index_robustness, verdict_robustness
    from sozialraum.assessment.mixing.inequality import gini, inequality, theil, theil_by_area
    from sozialraum.assessment.mixing.segregation import group_segregation, segregation
    from sozialraum.assessment.profile import summarise
    from sozialraum.assessment.provision.access import floating_catchment
    from sozialraum.assessment.provision.burden import (
        double_disadvantage,
        double_disadvantage_by_theme,
        provision_around,
        quadrant_shares,
    )
    from sozialraum.assessment.provision.city import exposure, load_shares
    from sozialraum.assessment.provision.decoupling import decoupling
    from sozialraum.assessment.provision.housing import bound_flats, losing
    from sozialraum.assessment.provision.pockets import pockets
    from sozialraum.assessment.provision.supply import supply
    from sozialraum.assessment.provision.travel import travel_costs
    from sozialraum.assessment.similar import compare_similar, similar_districts
    from sozialraum.assessment.smoothing import signal, smooth_indicators
    from sozialraum.assessment.told import verdict_sentences
    from sozialraum.assessment.trends.early_warning import warning_record
    from sozialraum.assessment.trends.series import control_limits, persistence, trends
    from sozialraum.assessment.verdict import verdicts
    from sozialraum.audit.count_pairs import propose_counts
    from sozialraum.audit.examine import audit_published
    from sozialraum.audit.findings import report_lines
    from sozialraum.audit.published import published_from_observations, read_published
    from sozialraum.boundaries.read import read_districts
    from sozialraum.cases.options import Addresses, CaseList
    from sozialraum.cases.read import case_observations
    from sozialraum.confidential import Rules
    from sozialraum.disclosure.audit import audit_release
    from sozialraum.disclosure.protect import protect
    from sozialraum.disclosure.releases.earlier import read_earlier, write_earlier
    from sozialraum.errors import SozialraumError
    from sozialraum.indicators.catalogue import catalogue, read_catalogue
    from sozialraum.indicators.changes import changes
    from sozialraum.indicators.counts import Counts, Share, rates, read_tables
    from sozialraum.indicators.derive import derive_indicators
    from sozialraum.indicators.join import join
    from sozialraum.indicators.reforms.crosswalks import area_crosswalk, read_crosswalk
    from sozialraum.indicators.reforms.vintages import aggregate_counts, carry_counts
    from sozialraum.panel import Panel, wide
    from sozialraum.preferences import options
    from sozialraum.programme.allocation import (
        AllocationPlan,
        allocate,
        allocation_interval,
        compare_allocations,
    )
    from sozialraum.programme.effect.power import detectable
    from sozialraum.programme.effect.study import EffectPlan, effect_studies, effect_study
    from sozialraum.programme.findings.every import programme_findings
    from sozialraum.programme.goals.follow_up import follow_up
    from sozialraum.programme.goals.testability import chance_of_meeting, power_of_change, smallest_change
    from sozialraum.programme.register import Programme, read_programme
    from sozialraum.programme.rules.every import check_programme
    from sozialraum.programme.run import run_programme
    from sozialraum.programme.selection.areas import programme_areas, site_shares
    from sozialraum.programme.selection.choose import flicker, select
    from sozialraum.programme.selection.decisions import programme_list
    from sozialraum.programme.selection.facts import monitoring_facts
    from sozialraum.programme.selection.reasons import reason_sentences
    from sozialraum.programme.selection.rules import selection_rules
    from sozialraum.programme.selection.stability import index_draws, lists_by_variant, resampled_selection
    from sozialraum.project.city import open_project
    from sozialraum.project.deliveries import read_deliveries
    from sozialraum.publish.atlas.notebook import atlas, explore
    from sozialraum.publish.atlas.write import write_atlas
    from sozialraum.publish.figures.draw import figure, write_figures
    from sozialraum.publish.gis import write_geopackage
    from sozialraum.publish.report.write import report, write_report
    from sozialraum.publish.tables import results_table, write_csv
    from sozialraum.spatial.areas import cluster_areas
    from sozialraum.spatial.bivariate import local_moran_bivariate, local_moran_change
    from sozialraum.spatial.clusters import Clusters, cluster_table, clusters
    from sozialraum.spatial.engine.inference import StatisticsWarning
    from sozialraum.spatial.esda_bridge import from_esda, to_esda
    from sozialraum.spatial.geary import local_geary
    from sozialraum.spatial.getis_ord import getis_ord
    from sozialraum.spatial.global_moran import moran
    from sozialraum.spatial.join_counts import local_join_counts
    from sozialraum.spatial.local_moran import local_moran
    from sozialraum.spatial.moments import local_moran_moments
    from sozialraum.spatial.neighbours.find import Neighbours, neighbours
    from sozialraum.spatial.patterns.change import cluster_change, transitions
    from sozialraum.spatial.patterns.city_statistics import global_statistics, lee_l, losh
    from sozialraum.spatial.patterns.further import further_statistics
    from sozialraum.spatial.patterns.joint import burdened_together, colocation
    from sozialraum.spatial.patterns.relation import relate
    from sozialraum.spatial.patterns.scan import scan_counts
    from sozialraum.spatial.plots import plot_moran, plot_neighbours, plot_p
    from sozialraum.spatial.rates import local_moran_rates, moran_rates, smooth_rates, standardise_rates
    from sozialraum.spatial.stability import stability
    from sozialraum.stats.effective import effective
    from sozialraum.stats.intervals import byar, wilson
    from sozialraum.tables.dates import as_period, period_label
    from sozialraum.tables.read import read_table

__version__ = "0.2.0"

__all__ = [
    "Addresses",
    "AllocationPlan",
    "Analysis",
    "CaseList",
    "ClusterSettings",
    "Clusters",
    "Counts",
    "EffectPlan",
    "Neighbours",
    "Panel",
    "Programme",
    "Recipe",
    "Rules",
    "Share",
    "SozialraumError",
    "StatisticsWarning",
    "aggregate_counts",
    "allocate",
    "allocation_interval",
    "area_crosswalk",
    "as_period",
    "assess",
    "atlas",
    "audit_published",
    "audit_release",
    "border_lines",
    "bound_flats",
    "burdened_together",
    "byar",
    "carry_counts",
    "case_observations",
    "catalogue",
    "cautious_changes",
    "chance_of_meeting",
    "changes",
    "check_programme",
    "cluster_areas",
    "cluster_change",
    "cluster_table",
    "clusters",
    "colocation",
    "compare_allocations",
    "compare_similar",
    "composite_index",
    "context_correlations",
    "control_limits",
    "deciles",
    "decoupling",
    "derive_indicators",
    "detectable",
    "double_disadvantage",
    "double_disadvantage_by_theme",
    "edges",
    "effect_studies",
    "effect_study",
    "effective",
    "explore",
    "exposure",
    "figure",
    "flicker",
    "floating_catchment",
    "follow_up",
    "from_esda",
    "further_statistics",
    "getis_ord",
    "gini",
    "global_statistics",
    "group_segregation",
    "index_draws",
    "index_over_time",
    "index_robustness",
    "inequality",
    "join",
    "lee_l",
    "lists_by_variant",
    "load_shares",
    "local_geary",
    "local_join_counts",
    "local_moran",
    "local_moran_bivariate",
    "local_moran_change",
    "local_moran_moments",
    "local_moran_rates",
    "losh",
    "losing",
    "monitoring_facts",
    "moran",
    "moran_rates",
    "multiverse",
    "neighbours",
    "open_project",
    "options",
    "period_label",
    "persistence",
    "plot_moran",
    "plot_neighbours",
    "plot_p",
    "pockets",
    "power_of_change",
    "preset",
    "programme_areas",
    "programme_findings",
    "programme_list",
    "propose_counts",
    "protect",
    "provision_around",
    "published_from_observations",
    "quadrant_shares",
    "rates",
    "read_catalogue",
    "read_crosswalk",
    "read_deliveries",
    "read_districts",
    "read_earlier",
    "read_programme",
    "read_published",
    "read_table",
    "read_tables",
    "reason_sentences",
    "relate",
    "report",
    "report_lines",
    "resampled_selection",
    "results_table",
    "run_programme",
    "scan_counts",
    "segregation",
    "select",
    "selection_rules",
    "signal",
    "similar_districts",
    "site_shares",
    "smallest_change",
    "smooth_indicators",
    "smooth_rates",
    "stability",
    "standardise_rates",
    "summarise",
    "supply",
    "theil",
    "theil_by_area",
    "to_esda",
    "transitions",
    "travel_costs",
    "trends",
    "verdict_robustness",
    "verdict_sentences",
    "verdicts",
    "warning_record",
    "wide",
    "wilson",
    "write_atlas",
    "write_csv",
    "write_earlier",
    "write_figures",
    "write_geopackage",
    "write_report",
]

_HOMES = {
    "sozialraum.analysis": ("Analysis", "ClusterSettings"),
    "sozialraum.assessment.assess": ("assess",),
    "sozialraum.assessment.borders.edges": ("edges",),
    "sozialraum.assessment.borders.lines": ("border_lines",),
    "sozialraum.assessment.cautious": ("cautious_changes",),
    "sozialraum.assessment.context": ("context_correlations",),
    "sozialraum.assessment.index.composite": ("composite_index",),
    "sozialraum.assessment.index.deciles": ("deciles",),
    "sozialraum.assessment.index.monitoring": ("index_over_time",),
    "sozialraum.assessment.index.multiverse": ("multiverse",),
    "sozialraum.assessment.index.recipes": ("Recipe", "preset"),
    "sozialraum.assessment.index.robustness": ("index_robustness", "verdict_robustness"),
    "sozialraum.assessment.mixing.inequality": ("gini", "inequality", "theil", "theil_by_area"),
    "sozialraum.assessment.mixing.segregation": ("group_segregation", "segregation"),
    "sozialraum.assessment.profile": ("summarise",),
    "sozialraum.assessment.provision.access": ("floating_catchment",),
    "sozialraum.assessment.provision.burden": (
        "double_disadvantage",
        "double_disadvantage_by_theme",
        "provision_around",
        "quadrant_shares",
    ),
    "sozialraum.assessment.provision.city": ("exposure", "load_shares"),
    "sozialraum.assessment.provision.decoupling": ("decoupling",),
    "sozialraum.assessment.provision.housing": ("bound_flats", "losing"),
    "sozialraum.assessment.provision.pockets": ("pockets",),
    "sozialraum.assessment.provision.supply": ("supply",),
    "sozialraum.assessment.provision.travel": ("travel_costs",),
    "sozialraum.assessment.similar": ("compare_similar", "similar_districts"),
    "sozialraum.assessment.smoothing": ("signal", "smooth_indicators"),
    "sozialraum.assessment.told": ("verdict_sentences",),
    "sozialraum.assessment.trends.early_warning": ("warning_record",),
    "sozialraum.assessment.trends.series": ("control_limits", "persistence", "trends"),
    "sozialraum.assessment.verdict": ("verdicts",),
    "sozialraum.audit.count_pairs": ("propose_counts",),
    "sozialraum.audit.examine": ("audit_published",),
    "sozialraum.audit.findings": ("report_lines",),
    "sozialraum.audit.published": ("published_from_observations", "read_published"),
    "sozialraum.boundaries.read": ("read_districts",),
    "sozialraum.cases.options": ("Addresses", "CaseList"),
    "sozialraum.cases.read": ("case_observations",),
    "sozialraum.disclosure.audit": ("audit_release",),
    "sozialraum.disclosure.releases.earlier": ("read_earlier", "write_earlier"),
    "sozialraum.disclosure.protect": ("protect",),
    "sozialraum.confidential": ("Rules",),
    "sozialraum.errors": ("SozialraumError",),
    "sozialraum.indicators.catalogue": ("catalogue", "read_catalogue"),
    "sozialraum.indicators.changes": ("changes",),
    "sozialraum.indicators.counts": ("Counts", "Share", "rates", "read_tables"),
    "sozialraum.indicators.reforms.crosswalks": ("area_crosswalk", "read_crosswalk"),
    "sozialraum.indicators.derive": ("derive_indicators",),
    "sozialraum.indicators.join": ("join",),
    "sozialraum.indicators.reforms.vintages": ("aggregate_counts", "carry_counts"),
    "sozialraum.panel": ("Panel", "wide"),
    "sozialraum.preferences": ("options",),
    "sozialraum.programme.allocation": (
        "AllocationPlan",
        "allocate",
        "allocation_interval",
        "compare_allocations",
    ),
    "sozialraum.programme.effect.power": ("detectable",),
    "sozialraum.programme.effect.study": ("EffectPlan", "effect_studies", "effect_study"),
    "sozialraum.programme.findings.every": ("programme_findings",),
    "sozialraum.programme.goals.follow_up": ("follow_up",),
    "sozialraum.programme.goals.testability": ("chance_of_meeting", "power_of_change", "smallest_change"),
    "sozialraum.programme.register": ("Programme", "read_programme"),
    "sozialraum.programme.rules.every": ("check_programme",),
    "sozialraum.programme.run": ("run_programme",),
    "sozialraum.programme.selection.areas": ("programme_areas", "site_shares"),
    "sozialraum.programme.selection.choose": ("flicker", "select"),
    "sozialraum.programme.selection.decisions": ("programme_list",),
    "sozialraum.programme.selection.facts": ("monitoring_facts",),
    "sozialraum.programme.selection.reasons": ("reason_sentences",),
    "sozialraum.programme.selection.rules": ("selection_rules",),
    "sozialraum.programme.selection.stability": ("index_draws", "lists_by_variant", "resampled_selection"),
    "sozialraum.project.city": ("open_project",),
    "sozialraum.project.deliveries": ("read_deliveries",),
    "sozialraum.publish.atlas.notebook": ("atlas", "explore"),
    "sozialraum.publish.atlas.write": ("write_atlas",),
    "sozialraum.publish.figures.draw": ("figure", "write_figures"),
    "sozialraum.publish.gis": ("write_geopackage",),
    "sozialraum.publish.report.write": ("report", "write_report"),
    "sozialraum.publish.tables": ("results_table", "write_csv"),
    "sozialraum.spatial.areas": ("cluster_areas",),
    "sozialraum.spatial.bivariate": ("local_moran_bivariate", "local_moran_change"),
    "sozialraum.spatial.clusters": ("Clusters", "cluster_table", "clusters"),
    "sozialraum.spatial.engine.inference": ("StatisticsWarning",),
    "sozialraum.spatial.esda_bridge": ("from_esda", "to_esda"),
    "sozialraum.spatial.geary": ("local_geary",),
    "sozialraum.spatial.getis_ord": ("getis_ord",),
    "sozialraum.spatial.global_moran": ("moran",),
    "sozialraum.spatial.join_counts": ("local_join_counts",),
    "sozialraum.spatial.local_moran": ("local_moran",),
    "sozialraum.spatial.moments": ("local_moran_moments",),
    "sozialraum.spatial.neighbours.find": ("Neighbours", "neighbours"),
    "sozialraum.spatial.patterns.change": ("cluster_change", "transitions"),
    "sozialraum.spatial.patterns.city_statistics": ("global_statistics", "lee_l", "losh"),
    "sozialraum.spatial.patterns.further": ("further_statistics",),
    "sozialraum.spatial.patterns.joint": ("burdened_together", "colocation"),
    "sozialraum.spatial.patterns.relation": ("relate",),
    "sozialraum.spatial.patterns.scan": ("scan_counts",),
    "sozialraum.spatial.plots": ("plot_moran", "plot_neighbours", "plot_p"),
    "sozialraum.spatial.rates": ("local_moran_rates", "moran_rates", "smooth_rates", "standardise_rates"),
    "sozialraum.spatial.stability": ("stability",),
    "sozialraum.stats.effective": ("effective",),
    "sozialraum.stats.intervals": ("byar", "wilson"),
    "sozialraum.tables.dates": ("as_period", "period_label"),
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
