"""Attack many random small cities with a program of our own, and say what protection costs.

``python benchmarks/confidentiality.py --cities 0,1000`` protects each city at one level, over one to three
releases with renamed variables, parts that come and go, and revisions, and attacks all releases together
(`tests/helpers/outsider.py`, which shares no code with the package). ``--smallest`` adds, for the first
release of the cities small enough, the smallest number of rows that could be hidden, by an integer program.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "helpers"))

import outsider
from smallest import smallest_hidden

from sozialraum.disclosure.protect import Rules, load_protected
from sozialraum.disclosure.releases.earlier import published_counts
from sozialraum.errors import SozialraumError

LARGEST = 60
"""Rows of a release up to which the smallest hidden share is looked for."""


class _Sums:
    """What is counted over all cities."""

    def __init__(self) -> None:
        self.releases = self.refused = self.left_out = self.small = self.exact = 0
        self.leaking: list[int] = []
        self.undeclared: list[int] = []
        self.hidden: list[float] = []
        self.beside: list[tuple[float, float]] = []


def rules_of(seed: int, rules: Rules) -> Rules:
    """Draw other thresholds for a city."""
    rng = np.random.default_rng([seed, 3])
    return replace(
        rules,
        minimum_count=int(rng.choice([3, 4, 5, 10])),
        minimum_remainder=[None, 3, 5][rng.integers(3)],
        minimum_denominator=int(rng.choice([10, 30, 100])),
        zeros=bool(rng.random() < 0.3),
        rounding=[None, None, 5, 10][rng.integers(4)],
    )


def attack_city(seed: int, rules: Rules, sums: _Sums, *, smallest: bool, whole: bool) -> None:
    """Protect one city's releases, one after the other, and attack them."""
    city = replace(
        outsider.random_city(seed),
        small=rules.minimum_count,
        rest=rules.minimum_remainder,
        zeros=rules.zeros,
        rounding=rules.rounding or 0,
    )
    secret = np.random.default_rng(seed).bytes(16)
    earlier, releases, plans = [], [], []
    for plan in city.plans:
        sums.releases += 1
        panel = outsider.panel_of(city, plan)
        try:
            release, told = load_protected(panel, rules=rules, secret=secret, earlier=tuple(earlier))
        except SozialraumError as error:
            sums.refused += 1
            print(f"city {seed}: {error.problems[0].code}", flush=True)
            continue
        sums.left_out += any(problem.code == "disclosure.left_out" for problem in told)
        share = outsider.hidden_share(release, panel)
        if smallest and not plans and len(panel.indicators) <= LARGEST:
            least = smallest_hidden(city, plan, panel)
            sums.beside += [(share, least)] if least is not None else []
        earlier.append(replace(published_counts(release, panel), name=str(len(earlier))))
        releases.append(release)
        plans.append(plan)
        sums.hidden.append(share)
    shown = outsider.with_plans(city, *plans)
    leaks, tried = outsider.find_leaks(shown, releases, whole=whole)
    sums.small += tried
    sums.exact += sum(leak.exact for leak in leaks)
    if leaks:
        sums.leaking.append(seed)
        print(f"city {seed}: {leaks[:3]}", flush=True)
    elif not city.declared and outsider.find_leaks(shown, releases, all_parts=True)[0]:
        sums.undeclared.append(seed)


def main() -> None:
    """Print one line of figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cities", default="0,1000", help="first and last seed")
    parser.add_argument("--against", default="outsider", choices=["outsider", "method known"])
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--smallest", action="store_true")
    parser.add_argument("--whole", action="store_true", help="attack in whole numbers")
    parser.add_argument("--rules", action="store_true", help="other thresholds for each city")
    parser.add_argument("--seconds", type=float, default=np.inf, help="stop after so much processor time")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)
    first, last = map(int, chosen.cities.split(","))
    sums, done = _Sums(), 0
    rules = Rules(against=chosen.against, strict=chosen.strict)
    for seed in range(first, last):
        if time.process_time() > chosen.seconds:
            break
        of_city = rules_of(seed, rules) if chosen.rules else rules
        attack_city(seed, of_city, sums, smallest=chosen.smallest, whole=chosen.whole)
        done += 1
        if done % 25 == 0 or seed == last - 1:
            _print(chosen.against, done, sums)
    _print(chosen.against, done, sums)


def _print(level: str, done: int, sums: _Sums) -> None:
    hidden = 100 * np.array(sums.hidden or [np.nan])
    text = (
        f"{level}: {done} cities, {sums.releases} releases, {sums.small} small counts and rests; "
        f"leaking {len(sums.leaking)} {sums.leaking}, exact {sums.exact}, with undeclared parts "
        f"{len(sums.undeclared)} {sums.undeclared}; refused {sums.refused}, left out {sums.left_out}; "
        f"hidden rows mean {hidden.mean():.1f} % median {np.median(hidden):.1f} %"
    )
    if sums.beside:
        ours, least = 100 * np.array(sums.beside).T
        text += f"; {len(ours)} small first releases: {ours.mean():.1f} %, smallest {least.mean():.1f} %"
    print(f"{text}; {time.process_time():.0f} s", flush=True)


if __name__ == "__main__":
    main()
