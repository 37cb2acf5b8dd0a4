"""How good scores and alarms are, measured against labels: by point, by event, and free of any threshold."""

from __future__ import annotations

from engine.evaluate.files import evaluate_files
from engine.evaluate.measures import Evaluation, Judged, evaluate
from engine.evaluate.of_result import evaluate_result
from engine.evaluate.surface import auc_pr, vus_pr

__all__ = ["Evaluation", "Judged", "auc_pr", "evaluate", "evaluate_files", "evaluate_result", "vus_pr"]
