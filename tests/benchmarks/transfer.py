"""What pretraining is worth: models carried over to other networks, as they are, fine-tuned, and trained from scratch.

    python tests/benchmarks/transfer.py [--part speed,labels,maps,rows,vote] [--seeds 1,2] [--source-steps 1500]
                     [--sets "core-network-kpi;simulator"] [--half report] [--out FILE.md]

Needs the extra `models` (onnx; torch for the speed) and the data folder beside the checkout. Every target is cut in
time order (or by whole stations), and every row is judged on the same part, which nothing else ever sees. The sources
of the `labels` and `maps` tables are trained here, on one network alone, for so many steps, so that a target was never
seen before; "bundled" rows are the models that ship. Gradients and learning curves are held to torch by
`tests/packaging_models`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "packaging" / "models"))

from engine.convlstm.registry import verified
from engine.data import FloatArray
from engine.execution.one_thread import single_threaded_libraries
from tests.benchmarks.datasets import SETS
from tests.benchmarks.transfer_fit import Graphs

SIMULATED_SEED, SIMULATED_DAYS = 301, 42


def labels(given: argparse.Namespace, seeds: list[int]) -> Iterator[str]:
    """AIOps 2018 -> core-network KPIs and NAB."""
    from pretrain import pretrain
    from series_material import Material
    from sources import aiops

    from tests.benchmarks import transfer_labels

    base = verified("series-label")
    graphs = Graphs.of(base)
    sources = list(aiops())
    materials = [Material([s for s in sources if s.held == held], graphs.architecture) for held in (False, True)]
    theta, _ = pretrain(graphs.architecture, *materials, given.source_steps, 1)
    bases = {"aiops-kpi-2018": theta, "bundled": base.theta}
    for target in ("core-network-kpi", "nab"):
        yield transfer_labels.table(target, SETS[target](), graphs, bases, seeds if target != "nab" else seeds[:1])


def maps(given: argparse.Namespace, seeds: list[int]) -> Iterator[str]:
    """Milan block -> full-grid frames, Finland, Taiwan; simulated city -> Milan block."""
    import grid_sources
    from grid_material import GridMaterial
    from pretrain import pretrain

    from tests.benchmarks import transfer_maps

    graphs = Graphs.of(verified("grid-forecast"))

    def sources(found: Iterator[grid_sources.Map]) -> dict[int, FloatArray]:
        made = list(found)
        materials = [GridMaterial(made, graphs.architecture, held) for held in (False, True)]
        return {seed: pretrain(graphs.architecture, *materials, given.source_steps, seed)[0] for seed in seeds}

    networks = transfer_maps.networks()
    milan = sources(grid_sources.milan_block())
    for name in ("milan, full-grid frames", "finland", "taiwan"):
        yield transfer_maps.table("milan block", networks[name](), graphs, milan)
    city = sources(one for period in (3600, 900) for one in grid_sources.simulated(SIMULATED_SEED, period))
    yield transfer_maps.table("simulated city", networks["milan block"](), graphs, city)


def rows(given: argparse.Namespace, seeds: list[int]) -> Iterator[str]:
    """Labelled rows of LTE cells, stations held out."""
    from tests.benchmarks import transfer_rows

    yield transfer_rows.table(seeds)


def speed(given: argparse.Namespace, seeds: list[int]) -> Iterator[str]:
    """Time against torch."""
    from tests.benchmarks import transfer_speed

    yield transfer_speed.table()


def votes(given: argparse.Namespace, seeds: list[int]) -> Iterator[str]:
    """What the voter adds."""
    from tests.benchmarks import transfer_vote

    models = {"series-label": "series-label", "grid-forecast": "grid-forecast"}
    for name in given.sets.split(";"):
        yield transfer_vote.table(name, models, given.half)


PARTS: dict[str, Callable[[argparse.Namespace, list[int]], Iterator[str]]] = {
    "speed": speed,
    "labels": labels,
    "maps": maps,
    "rows": rows,
    "vote": votes,
}


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", default=",".join(PARTS))
    parser.add_argument("--seeds", default="1,2")
    parser.add_argument("--source-steps", type=int, default=1500)
    parser.add_argument("--sets", default="core-network-kpi;simulator;milan, injected;nab")
    parser.add_argument("--half", choices=("tune", "report"), default="report")
    parser.add_argument("--out", type=Path)
    given = parser.parse_args()
    seeds = [int(seed) for seed in given.seeds.split(",")]
    text = []
    with single_threaded_libraries():
        for part in given.part.split(","):
            for made in PARTS[part](given, seeds):
                text.append(made)
                print(f"\n{made}", flush=True)
                if given.out:
                    given.out.write_text("\n".join(text), encoding="utf-8")


if __name__ == "__main__":
    main()
