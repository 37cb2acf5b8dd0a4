"""The types of arrays that records hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
DoubleArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
FlagArray = npt.NDArray[np.uint8]
TimeArray = npt.NDArray[np.datetime64]
Kept = Mapping[str, npt.NDArray[Any]]
"""What was learned of some cells, by name; the first axis of every array is the cells."""
