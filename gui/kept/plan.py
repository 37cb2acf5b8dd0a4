"""What a fine-tuning is to do, and how that is written down, so that it can be gone on with after a crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.finetuning.finetune import Tuning

NO_LABELS, LABELS_OF_DATA, LABELS_OF_REVIEWS, LABELS_OF_FILE = "none", "data", "reviews", "file"
LABELS = (NO_LABELS, LABELS_OF_DATA, LABELS_OF_REVIEWS, LABELS_OF_FILE)


@dataclass(frozen=True)
class Plan:
    """What is to be done. model: id of the base. files: data to load, none = those that are open.

    labels: one of `LABELS`; label_file for the last.
    """

    model: str
    tuning: Tuning
    files: tuple[Path, ...] = ()
    labels: str = NO_LABELS
    label_file: Path | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "model": self.model,
            "tuning": asdict(self.tuning),
            "files": [str(file) for file in self.files],
            "labels": self.labels,
            "label_file": "" if self.label_file is None else str(self.label_file),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Plan:
        """The plan written by `to_json`. Raises KeyError, TypeError or ValueError when it is none."""
        from engine.convlstm.architecture import TRAINABLE
        from engine.finetuning.finetune import Tuning

        told = stored["tuning"]
        tuning = Tuning(int(told["epochs"]), str(told["part"]), int(told["seed"]), int(told["patience"]))
        labels, file = str(stored["labels"]), str(stored["label_file"])
        if labels not in LABELS or tuning.part not in TRAINABLE:
            raise ValueError(labels)
        files = tuple(Path(str(file)) for file in stored["files"])
        return cls(str(stored["model"]), tuning, files, labels, Path(file) if file else None)
