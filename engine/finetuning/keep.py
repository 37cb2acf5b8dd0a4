"""Writing a tuned model into a folder of its own, with all that is known of how it came to be."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from engine.convlstm.record import LONGEST_TEXT, RECORD_FILE, FileMark, ModelRecord
from engine.convlstm.session import WEIGHTS_FILE
from engine.convlstm.verify import Verified
from engine.finetuning.finetune import Tuned, Tuning
from engine.record import Fingerprint
from engine.text import tell
from engine.writing.output import make_folder, whole_file

MOST_NAMED = 50


def keep(base: Verified, tuned: Tuned, tuning: Tuning, inputs: Sequence[Fingerprint], root: Path) -> ModelRecord:
    """Write a tuned model into `root`/its id and return its record. Raises OutputError."""
    weights = tuned.trained.theta.astype("<f4").tobytes()
    digest = hashlib.sha256(weights).hexdigest()
    family = base.record.card.get("root", base.record.id)
    record = replace(
        base.record,
        id=f"{family}-{digest[:8]}",
        files={**base.record.files, WEIGHTS_FILE: FileMark(digest, len(weights))},
        edges=tuple(round(float(e), 6) for e in np.quantile(tuned.seen.astype(np.float64), np.arange(1, 10) / 10)),
        created_utc=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        parent=base.record.id,
        version=base.record.version + 1,
        trained_part=tuning.part,
        seed=tuning.seed,
        data=_data(inputs),
        metrics=metrics(tuned),
        card={**base.record.card, "root": family},
    )
    folder = root / record.id
    make_folder(folder)
    written = {**base.graphs, WEIGHTS_FILE: weights}
    text = json.dumps(record.to_json(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    for name, content in {**written, RECORD_FILE: text.encode()}.items():
        with whole_file(folder / name) as part:
            part.write_bytes(content)
    return record


def _data(inputs: Sequence[Fingerprint]) -> dict[str, str]:
    """Name and SHA-256 of every input; of very many files one hash over all of them."""
    if len(inputs) <= MOST_NAMED:
        return {name[:LONGEST_TEXT]: sha for name, _, sha in inputs}
    whole = hashlib.sha256(json.dumps(sorted(map(list, inputs))).encode()).hexdigest()
    return {tell("model_many_files", count=len(inputs)): whole}


def metrics(tuned: Tuned) -> dict[str, float]:
    """The figures of a fine-tuning by name; those that could not be measured are left out."""
    found = {
        "held_out_before": tuned.before.error,
        "held_out_after": tuned.after.error,
        "vus_pr_before": tuned.before.vus_pr,
        "vus_pr_after": tuned.after.vus_pr,
        "alarms_before": tuned.before.alarms,
        "alarms_after": tuned.after.alarms,
        "held_out_days": tuned.held_days,
        "epochs": len(tuned.trained.epochs) - 1,
        "points": tuned.used,
        "data_moved": tuned.prepared.moved,
    }
    return {name: round(value, 6) for name, value in found.items() if math.isfinite(value)}
