"""Run the comparison: ``python -m benchmarks [--limit SECONDS] [--sizes 92,10000]``."""

from __future__ import annotations

import argparse
import sys

from benchmarks import atlas, local_moran, neighbours


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=local_moran.__doc__)
    parser.add_argument("--limit", type=float, default=60.0, help="longest run of a contender, in seconds")
    parser.add_argument("--sizes", default=None, help="numbers of districts, separated by commas")
    chosen = parser.parse_args()
    if chosen.sizes:
        local_moran.SIZES = tuple(int(size) for size in chosen.sizes.split(","))
    local_moran.compare(chosen.limit)
    sys.stdout.write("\n")
    local_moran.cold()
    sys.stdout.write("\n")
    local_moran.memory()
    sys.stdout.write("\n")
    neighbours.main()
    sys.stdout.write("\n")
    atlas.compare()


if __name__ == "__main__":
    main()
