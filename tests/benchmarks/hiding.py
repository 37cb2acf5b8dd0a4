"""How long rules take on the incidents of a large network: `python tests/benchmarks/hiding.py [ANOMALIES] [RULES]`."""

from __future__ import annotations

import dataclasses
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.rules import Facts, Rule
from tests.engine.result_factory import make_result


def main(anomalies: int = 100_000, rules: int = 10) -> None:
    """Print the time to look at a result once, and then to ask it by all rules."""
    made = make_result(cells=12, kpis=3, anomalies=28)
    many = tuple(
        dataclasses.replace(made.anomalies[n % len(made.anomalies)], id=n, actual=80.0, expected=100.0)
        for n in range(anomalies)
    )
    first = made.incidents[0]
    groups = tuple(
        dataclasses.replace(first, id=n, anomalies=tuple(range(3 * n, 3 * n + 3))) for n in range(anomalies // 3)
    )
    result = dataclasses.replace(made, anomalies=many, incidents=groups)
    begin = time.perf_counter()
    facts = Facts.of(result)
    looked = time.perf_counter()
    for wanted in (Rule("r", 30.0, kpi="calls", hours=(22, 6)), Rule("r", 30.0)):
        asked = time.perf_counter()
        found = facts.hidden([dataclasses.replace(wanted, identity=str(n)) for n in range(rules)])
        took = 1000 * (time.perf_counter() - asked)
        print(f"{rules} rules hide {len(found)} of {len(groups)} incidents: {took:.0f} ms")
    print(f"{anomalies} anomalies looked at in {1000 * (looked - begin):.0f} ms, in the worker")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
