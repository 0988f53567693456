"""Where results come from: input hashes, versions, method, parameters, seed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from sozialraum.analysis import Analysis

__all__ = ["write_provenance"]


def write_provenance(release: Analysis, path: Path) -> None:
    """Write a JSON file that names everything needed to repeat the run."""
    content = {
        "city": release.city,
        "simulated": release.simulated,
        "audience": release.audience,
        "disclosure": release.disclosure,
        "parameters": release.parameters,
        **release.provenance,
        "remarks": [problem.text(release.language) for problem in release.problems],
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
