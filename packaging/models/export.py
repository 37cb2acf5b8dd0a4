"""The bundled models and how they are written: graphs, weights, record with card, manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from onnx import ModelProto
from onnx_convlstm import forward_graph, inference_graph, training_graph

from engine.convlstm.architecture import Architecture
from engine.convlstm.record import FILES, FORWARD_FILE, GRAPH_FILE, RECORD_FILE, TRAINING_FILES, FileMark, ModelRecord
from engine.convlstm.session import WEIGHTS_FILE
from engine.data import FloatArray


@dataclass(frozen=True)
class Bundled:
    """A model that ships: its id, shape, what it was trained on and what a person should know of it."""

    id: str
    architecture: Architecture
    data: Mapping[str, str]
    card: Mapping[str, str]


OPEN_DATA = {
    "simulator": "cities of this program's simulator, seeds 101-106",
    "milan": (
        "Telecom Italia, Big Data Challenge 2014, Milan grid, 26 of 32 squares (ODbL 1.0; Barlacchi et al., Scientific"
        " Data 2:150055, 2015)"
    ),
    "aiops": "AIOps Challenge 2018, 16 preliminary KPIs (MIT, NetManAIOps)",
}
LABELLED = {
    "aiops": "AIOps Challenge 2018, 12 of 16 preliminary KPIs (MIT, NetManAIOps)",
    "milan": OPEN_DATA["milan"],
    "incidents": "written into a tenth of the windows by this program",
}
FURTHER = {
    "grids": "Finland and Taiwan grids (MIT, DGRN-wireless-traffic-forecast)",
    "kazan": "E-RAB failure rates of an LTE network, Kazan, 2016-2019 (MIT, kirlf/lte-kpi-ts-forecasting)",
}
GRIDS = {
    "simulator": "four cities of 75 cells of this program's simulator, seeds 201-204, hourly and by 15 minutes",
    "milan": (
        "Telecom Italia, Big Data Challenge 2014, Milan grid, squares 41-45 x 41-45 in November 2013 and 51 frames of"
        " the whole grid (ODbL 1.0; Barlacchi et al., Scientific Data 2:150055, 2015)"
    ),
    "grids": "Finland and Taiwan grids (MIT, DGRN-wireless-traffic-forecast)",
}
ATTRIBUTION = (
    "Contains information from the Milan grid of the Telecom Italia Big Data Challenge, made available under the Open"
    " Database License (ODbL) 1.0. Weights are a produced work; they ship under the program's licence."
)

MODELS: Mapping[str, Bundled] = {
    model.id: model
    for model in (
        Bundled(
            "series-label",
            Architecture("series", "label", 14, 3, (1, 3, 5), 8, 16, 3),
            LABELLED,
            {
                "title": "Hours of the day by day, supervised",
                "purpose": "Says how likely every hour of any KPI is anomalous, from the deseasonalised series.",
                "attribution": ATTRIBUTION,
                "limits": (
                    "Four of five windows it learned from are AIOps, whose labels people set; incidents in Milan are"
                    " injected. It looks at the whole local day, so the hours after a point count as well."
                ),
            },
        ),
        Bundled(
            "series-forecast",
            Architecture("series", "forecast", 14, 3, (1, 3, 5), 8, 16, 3),
            {**OPEN_DATA, **FURTHER},
            {
                "title": "Hours of the day by day, forecast of the next day",
                "purpose": "Forecasts the next day of any KPI hour by hour, from the deseasonalised series.",
                "attribution": ATTRIBUTION,
                "limits": "It knows nothing of the day that it forecasts, so it cannot follow what began that morning.",
            },
        ),
        Bundled(
            "grid-forecast",
            Architecture("grid", "forecast", 12, 3, (1, 3, 5), 4, 8, 3),
            GRIDS,
            {
                "title": "Map of cells, forecast of the next period",
                "purpose": "Forecasts every cell of a network one period ahead from its own and its neighbours' past.",
                "attribution": ATTRIBUTION,
                "limits": (
                    "Cells need a place on the map. What all of them do at once it takes for usual within an hour or"
                    " two unless it stands far out."
                ),
            },
        ),
    )
}


def write_model(
    folder: Path, model: Bundled, theta: FloatArray, metrics: Mapping[str, float], seen: FloatArray
) -> None:
    """Write a model into `folder`/id and put it on the manifest. seen: the squashed values that it was trained on."""
    target = folder / model.id
    target.mkdir(parents=True, exist_ok=True)
    architecture = model.architecture
    for name, graph in graphs_of(architecture).items():
        (target / name).write_bytes(graph.SerializeToString(deterministic=True))
    (target / WEIGHTS_FILE).write_bytes(theta.astype("<f4").tobytes())
    edges = np.quantile(seen.astype(np.float64), np.arange(1, 10) / 10)
    record = ModelRecord(
        id=model.id,
        architecture=architecture,
        files={name: mark(target / name) for name in FILES},
        edges=tuple(round(float(edge), 6) for edge in edges),
        created_utc=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        seed=int(metrics["seed"]),
        data=dict(model.data),
        metrics={name: value for name, value in metrics.items() if name != "seed"},
        card=dict(model.card),
    )
    (target / RECORD_FILE).write_text(json.dumps(record.to_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    write_manifest(folder)


def graphs_of(architecture: Architecture) -> dict[str, ModelProto]:
    """The graphs that ship with a model of that shape, by the names of their files."""
    training = {name: training_graph(architecture, part) for part, name in TRAINING_FILES.items()}
    return {GRAPH_FILE: inference_graph(architecture), FORWARD_FILE: forward_graph(architecture), **training}


def write_graphs_anew(folder: Path) -> None:
    """Emit the graphs of every model in `folder` and record them; weights, cards and figures stay as they are."""
    for record_file in sorted(folder.glob(f"*/{RECORD_FILE}")):
        stored = json.loads(record_file.read_text("utf-8"))
        for name, graph in graphs_of(Architecture.from_json(stored["architecture"])).items():
            (record_file.parent / name).write_bytes(graph.SerializeToString(deterministic=True))
        marks = {name: mark(record_file.parent / name) for name in FILES}
        stored["files"] = {name: {"sha256": one.sha256, "bytes": one.length} for name, one in marks.items()}
        record_file.write_text(json.dumps(stored, indent=2, ensure_ascii=False) + "\n", "utf-8")
    write_manifest(folder)


def mark(file: Path) -> FileMark:
    """SHA-256 and length of a file."""
    content = file.read_bytes()
    return FileMark(hashlib.sha256(content).hexdigest(), len(content))


def write_manifest(folder: Path) -> None:
    """List every bundled model with the SHA-256 of its record, which in turn holds those of its files."""
    found = {file.parent.name: mark(file).sha256 for file in sorted(folder.glob(f"*/{RECORD_FILE}"))}
    (folder / "manifest.json").write_text(json.dumps({"format": 1, "models": found}, indent=2) + "\n", "utf-8")
