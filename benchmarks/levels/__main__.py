"""Reproduce every measured figure of the docs: ``python -m benchmarks.levels [part ...] [--runs 200]``.

Parts: patterns, relations, series, borders, mixing, households, robustness; all of them without a name. Each
prints its tables as Markdown, in German as the docs hold them; what stands in brackets is the Monte Carlo
standard error, in the unit of the figure.
"""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

PARTS = ("patterns", "relations", "series", "borders", "mixing", "households", "robustness")


def main() -> None:
    """Print the tables asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.levels", description=__doc__)
    parser.add_argument("parts", nargs="*", help=", ".join(PARTS))
    parser.add_argument("--runs", type=int, default=200, help="simulated cities of a table's usual case")
    asked = parser.parse_args()
    unknown = [part for part in asked.parts if part not in PARTS]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(PARTS)}")
    for part in asked.parts or PARTS:
        for table in import_module(f"benchmarks.levels.{part}").TABLES:
            head = f"\n### {table.title}\n\n| {' | '.join(table.columns)} |\n|{'---|' * len(table.columns)}\n"
            sys.stdout.write(head)
            for row in table.rows(max(int(asked.runs * table.part), 3)):
                sys.stdout.write(f"| {' | '.join(row)} |\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
