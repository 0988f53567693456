"""Find, explain and follow disadvantaged city quarters.

The functions below are loaded when they are first used, so that `import sozialraum` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sozialraum.analysis import Analysis
    from sozialraum.audit.examine import audit_published, read_published, report_lines
    from sozialraum.boundaries.read import read_districts
    from sozialraum.disclosure.protect import Rules, protect
    from sozialraum.errors import SozialraumError
    from sozialraum.indicators.catalogue import catalogue, read_catalogue
    from sozialraum.indicators.changes import changes
    from sozialraum.indicators.derive import derive_indicators, wide
    from sozialraum.indicators.join import join
    from sozialraum.indicators.vintages import aggregate_counts, carry_counts
    from sozialraum.panel import Panel
    from sozialraum.publish.atlas.write import atlas, write_atlas
    from sozialraum.spatial.clusters import cluster_table
    from sozialraum.spatial.local_moran import local_moran, moran
    from sozialraum.spatial.neighbours.find import neighbours
    from sozialraum.tables.read import read_table

__version__ = "0.1.0"

__all__ = [
    "Analysis",
    "Panel",
    "Rules",
    "SozialraumError",
    "aggregate_counts",
    "atlas",
    "audit_published",
    "carry_counts",
    "catalogue",
    "changes",
    "cluster_table",
    "derive_indicators",
    "join",
    "local_moran",
    "moran",
    "neighbours",
    "protect",
    "read_catalogue",
    "read_districts",
    "read_published",
    "read_table",
    "report_lines",
    "wide",
    "write_atlas",
]

_HOMES = {
    "sozialraum.analysis": ("Analysis",),
    "sozialraum.audit.examine": ("audit_published", "read_published", "report_lines"),
    "sozialraum.boundaries.read": ("read_districts",),
    "sozialraum.indicators.catalogue": ("catalogue", "read_catalogue"),
    "sozialraum.indicators.changes": ("changes",),
    "sozialraum.indicators.derive": ("derive_indicators", "wide"),
    "sozialraum.indicators.join": ("join",),
    "sozialraum.tables.read": ("read_table",),
    "sozialraum.indicators.vintages": ("aggregate_counts", "carry_counts"),
    "sozialraum.disclosure.protect": ("Rules", "protect"),
    "sozialraum.errors": ("SozialraumError",),
    "sozialraum.panel": ("Panel",),
    "sozialraum.publish.atlas.write": ("atlas", "write_atlas"),
    "sozialraum.spatial.local_moran": ("local_moran", "moran"),
    "sozialraum.spatial.clusters": ("cluster_table",),
    "sozialraum.spatial.neighbours.find": ("neighbours",),
}
_MODULE_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attribute can be anything
    """Load a public function from its module."""
    if name not in _MODULE_OF:
        message = f"module 'sozialraum' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(_MODULE_OF[name]), name)


def __dir__() -> list[str]:
    """List public names, loaded or not."""
    return sorted([*globals(), *__all__])
