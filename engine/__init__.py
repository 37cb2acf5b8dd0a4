"""The engine: finds anomalies in CDR and KPI files and explains them. No Qt in here, and no network."""

import os

# onnxruntime reports its use to its makers, and marks the computer with an id, unless it reads this as it loads
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
