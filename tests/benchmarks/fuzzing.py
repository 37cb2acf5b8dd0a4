"""Mutated files by the ten thousand: a data set or a reason; no traceback, no hang, no silent nothing.

    python tests/benchmarks/fuzzing.py [--tries 10000] [--only long.csv ...] [--minutes 60] [--to FILE]

Each original of `tests/data/io` (tables of text cut to their first 24 lines, which costs a third and leaves every
column) and three binary ones are mutated as in the tests (archives and workbooks every other time inside), with other
seeds; per original it prints how many mutations were tried, loaded and refused, the three commonest reasons, the CPU
seconds of all and of the slowest one with its seed, and what went wrong, with the seed that shows it. `--minutes` ends
it early, with what was done until then; `--to` writes the same every 250 tries, so that a run that is ended has
something to show.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from engine.io import LoadOptions, session  # noqa: E402
from tests.engine.io.test_fuzz import BINARY, DATA, judge, mutated  # noqa: E402

FIRST_SEED = 1_000_000


LOADED, WRONG = "loaded", "WRONG"
LINES = 24
EVERY = 250


class Database:
    """Gives every load a connection of its own to one database: to make a database takes longer than a small load.

    Temporary tables and settings belong to the connection, so a load sees nothing of another. A database that a
    damaged Parquet file has brought down is replaced.
    """

    def __init__(self) -> None:
        import duckdb

        self._make = duckdb.connect
        self._error = duckdb.Error
        self._current = self._made()
        duckdb.connect = self._connection  # type: ignore[assignment]

    def _made(self) -> duckdb.DuckDBPyConnection:
        return self._make(
            config={
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
                "memory_limit": session.MEMORY,
            }
        )

    def _connection(self, name: str, config: dict[str, str]) -> duckdb.DuckDBPyConnection:
        assert name == ":memory:"
        assert config["memory_limit"] == session.MEMORY
        try:
            self._current.execute("SELECT 1")
        except self._error:
            self._current = self._made()
        return self._current.cursor()


@dataclass
class Found:
    """What the mutations of one original came to. Times in CPU seconds."""

    content: bytes
    outcomes: Counter[str] = field(default_factory=Counter)
    cpu_s: float = 0.0
    slowest: tuple[float, int] = (0.0, 0)
    wrong: list[str] = field(default_factory=list)

    def add(self, outcome: str, seed: int, cpu_s: float) -> None:
        """Count one."""
        if outcome.startswith(WRONG):
            self.wrong.append(f"seed {seed}: {outcome}")
        self.outcomes[WRONG if outcome.startswith(WRONG) else outcome] += 1
        self.cpu_s += cpu_s
        self.slowest = max(self.slowest, (cpu_s, seed))


def originals(folder: Path) -> dict[str, Found]:
    """Every original by its name."""
    found = {}
    for path in sorted(DATA.iterdir()):
        content = path.read_bytes()
        table = path.suffix in (".csv", ".txt")
        found[path.name] = Found(b"".join(content.splitlines(keepends=True)[:LINES]) if table else content)
    for suffix, make in BINARY.items():
        path = folder / f"original{suffix}"
        make(path)
        found[path.name] = Found(path.read_bytes())
    return found


def report(found: dict[str, Found]) -> str:
    """The table, and what went wrong below it."""
    lines = [f"{'original':18} {'tries':>6} {'wrong':>5} {'loaded':>6} {'CPU s':>6} {'slowest (seed)':>17}  refused"]
    for name, one in found.items():
        reasons = [(c, n) for c, n in one.outcomes.most_common() if c not in (LOADED, WRONG)][:3]
        listed = ", ".join(f"{code} {count}" for code, count in reasons)
        slowest = f"{one.slowest[0]:.2f} ({one.slowest[1]})"
        lines.append(
            f"{name:18} {one.outcomes.total():6} {one.outcomes[WRONG]:5} {one.outcomes[LOADED]:6} {one.cpu_s:6.0f}"
            f" {slowest:>17}  {listed}"
        )
    total = sum(one.outcomes.total() for one in found.values())
    lines.append(f"{total} loads, {sum(one.cpu_s for one in found.values()) / 60:.1f} CPU minutes")
    lines += [f"{name}, {said}" for name, one in found.items() for said in one.wrong]
    return "\n".join(lines)


def attempt(path: Path, seed: int) -> str:
    """The outcome of one file: LOADED, the code of the reason, or WRONG and what happened."""
    options = LoadOptions(
        zone="Europe/Rome" if seed % 4 == 0 else "", with_labels=seed % 2 == 0, day_first=True if seed % 3 else None
    )
    try:
        return judge(path, options) or LOADED
    except Exception as error:  # noqa: BLE001 - whatever comes is what is looked for
        return f"{WRONG} {type(error).__name__}: {str(error).splitlines()[0][:200]}"


def main() -> None:
    """Mutate, load, count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=10_000)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--to", type=Path)
    given = parser.parse_args()
    end = time.monotonic() + 60 * given.minutes
    with tempfile.TemporaryDirectory() as folder:
        found = {n: f for n, f in originals(Path(folder)).items() if not given.only or n in given.only}
        Database()
        for seed in range(FIRST_SEED, FIRST_SEED + given.tries):
            for name, one in found.items():
                path = Path(folder) / f"fuzz-{name}"
                path.write_bytes(mutated(name, one.content, seed))
                begin = time.process_time()
                outcome = attempt(path, seed)
                one.add(outcome, seed, time.process_time() - begin)
            if given.to and (seed - FIRST_SEED) % EVERY == EVERY - 1:
                given.to.write_text(report(found) + "\n")
            if time.monotonic() > end:
                break
    print(report(found))
    if given.to:
        given.to.write_text(report(found) + "\n")


if __name__ == "__main__":
    main()
