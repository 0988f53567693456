"""Kill runs at random moments, let pairs of runs write into one place, and count mixed folders.

``python benchmarks/folders.py`` takes about a minute.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

KILLS, PAIRS, FILES = 60, 20, 12

WRITER = """
import sys
from pathlib import Path
from sozialraum.files import replace_folder
target, label, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
for round in range(rounds):
    with replace_folder(target, audience="public") as folder:
        for number in range(int(sys.argv[4])):
            (folder / f"{number}.txt").write_text(f"{label}{round}" * 20000)
"""


def _start(target: Path, label: str, rounds: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(target), label, str(rounds), str(FILES)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ))
    assert run.stdout is not None
    run.stdout.readline()
    return run


def _is_whole(target: Path) -> bool:
    """Tell whether all files are there, and of one run."""
    texts = [(target / f"{number}.txt").read_text() for number in range(FILES)]
    return len(set(texts)) == 1 and len(list(target.glob("*.txt"))) == FILES


def main() -> None:
    """Print how many folders were mixed, half-written or missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    rng = random.Random(parser.parse_args().seed)  # noqa: S311 - moments, not secrets
    with tempfile.TemporaryDirectory() as place:
        target = Path(place) / "public"
        _start(target, "first", 1).wait()
        bad = 0
        for number in range(KILLS):
            run = _start(target, f"kill{number}-", 10_000)
            time.sleep(rng.uniform(0, 0.1))
            run.kill()
            run.wait()
            bad += not _is_whole(target)
        print(f"{KILLS} kills: {bad} folders not whole")
        bad = 0
        for number in range(PAIRS):
            pair = [_start(target, f"{side}{number}-", 5) for side in "ab"]
            failed = [run.wait() for run in pair]
            bad += any(failed) or not _is_whole(target)
        left = [path.name for path in Path(place).iterdir() if path != target]
        print(f"{PAIRS} pairs: {bad} folders not whole; left beside: {left}")


if __name__ == "__main__":
    main()
