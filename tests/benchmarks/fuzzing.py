"""Mutated files by the ten thousand: a data set or a reason; no traceback, no hang, no silent nothing.

    python tests/benchmarks/fuzzing.py [--tries 10000] [--only long.csv ...] [--minutes 60]

Each original of `tests/data/io` and three binary ones are mutated as in the tests, with other seeds; per original it
prints how many mutations were tried, loaded and refused, the three commonest reasons, the slowest one in seconds, and
what went wrong, with the seed that shows it. `--minutes` ends it early, with what was done until then.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine.io import LoadOptions  # noqa: E402
from tests.engine.io.test_fuzz import BINARY, DATA, judge, mutate  # noqa: E402

FIRST_SEED = 1_000_000
LOADED, WRONG = "loaded", "WRONG"


def attempt(path: Path, seed: int) -> str:
    """The outcome of one file: LOADED, the code of the reason, or WRONG and what happened."""
    options = LoadOptions(
        zone="Europe/Rome" if seed % 4 == 0 else "", with_labels=seed % 2 == 0, day_first=True if seed % 3 else None
    )
    try:
        return judge(path, options) or LOADED
    except Exception as error:  # noqa: BLE001 - whatever comes is what is looked for
        return f"{WRONG} {type(error).__name__}: {str(error)[:200]}"


def main() -> None:
    """Mutate, load, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--minutes", type=float, default=1e9)
    given = parser.parse_args()
    end = time.monotonic() + 60 * given.minutes
    with tempfile.TemporaryDirectory() as folder:
        originals = {p.name: p.read_bytes() for p in sorted(DATA.iterdir())}
        for suffix, make in BINARY.items():
            path = Path(folder) / f"original{suffix}"
            make(path)
            originals[path.name] = path.read_bytes()
        chosen = {name: content for name, content in originals.items() if not given.only or name in given.only}
        counts = {name: Counter[str]() for name in chosen}
        slowest = dict.fromkeys(chosen, 0.0)
        for k in range(given.tries):
            for name, content in chosen.items():
                path = Path(folder) / f"fuzz-{name}"
                path.write_bytes(mutate(content, FIRST_SEED + k))
                begin = time.monotonic()
                outcome = attempt(path, FIRST_SEED + k)
                slowest[name] = max(slowest[name], time.monotonic() - begin)
                if outcome.startswith(WRONG):
                    print(f"{name}, seed {FIRST_SEED + k}: {outcome}", flush=True)
                    outcome = WRONG
                counts[name][outcome] += 1
            if time.monotonic() > end:
                break
    print(f"{'original':20} {'tries':>6} {'wrong':>5} {'loaded':>6} {'slowest s':>9}  commonest reasons of refusal")
    for name, found in counts.items():
        reasons = [(c, n) for c, n in found.most_common() if c not in (LOADED, WRONG)][:3]
        listed = ", ".join(f"{code} {count}" for code, count in reasons)
        print(f"{name:20} {found.total():6} {found[WRONG]:5} {found[LOADED]:6} {slowest[name]:9.1f}  {listed}")


if __name__ == "__main__":
    main()
