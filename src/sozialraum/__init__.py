"""Find, explain and follow disadvantaged city quarters.

The functions below are loaded when they are first used, so that `import sozialraum` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sozialraum.analysis import Analysis
    from sozialraum.data.audit import audit_published, read_published, report_lines
    from sozialraum.data.boundaries import read_districts
    from sozialraum.data.catalogue import catalogue, read_catalogue
    from sozialraum.data.changes import changes
    from sozialraum.data.indicators import derive_indicators, wide
    from sozialraum.data.observations import join
    from sozialraum.data.tables import read_table
    from sozialraum.data.vintages import aggregate_counts, carry_counts
    from sozialraum.disclosure.protect import Rules, protect
    from sozialraum.errors import SozialraumError
    from sozialraum.publish.atlas import atlas, write_atlas
    from sozialraum.spatial.autocorrelation import local_moran, moran
    from sozialraum.spatial.clusters import cluster_table
    from sozialraum.spatial.neighbours import neighbours

__version__ = "0.1.0"

__all__ = [
    "Analysis",
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
    "sozialraum.data.audit": ("audit_published", "read_published", "report_lines"),
    "sozialraum.data.boundaries": ("read_districts",),
    "sozialraum.data.catalogue": ("catalogue", "read_catalogue"),
    "sozialraum.data.changes": ("changes",),
    "sozialraum.data.indicators": ("derive_indicators", "wide"),
    "sozialraum.data.observations": ("join",),
    "sozialraum.data.tables": ("read_table",),
    "sozialraum.data.vintages": ("aggregate_counts", "carry_counts"),
    "sozialraum.disclosure.protect": ("Rules", "protect"),
    "sozialraum.errors": ("SozialraumError",),
    "sozialraum.publish.atlas": ("atlas", "write_atlas"),
    "sozialraum.spatial.autocorrelation": ("local_moran", "moran"),
    "sozialraum.spatial.clusters": ("cluster_table",),
    "sozialraum.spatial.neighbours": ("neighbours",),
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
