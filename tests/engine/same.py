"""Whether two results are the same to the last bit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum

import numpy as np


def difference(one: object, two: object, path: str = "result") -> str:
    """Where two values differ first, "" if nowhere. NaN equals NaN; arrays must agree in dtype, shape and every bit."""
    if isinstance(one, np.ndarray):
        same = (
            isinstance(two, np.ndarray)
            and one.dtype == two.dtype
            and one.shape == two.shape
            and np.ascontiguousarray(one).tobytes() == np.ascontiguousarray(two).tobytes()
        )
        return "" if same else path
    if is_dataclass(one) and not isinstance(one, type):
        if type(one) is not type(two):
            return path
        return next(
            (
                d
                for f in fields(one)
                if (d := difference(getattr(one, f.name), getattr(two, f.name), f"{path}.{f.name}"))
            ),
            "",
        )
    if isinstance(one, Mapping):
        if not isinstance(two, Mapping) or list(one) != list(two):
            return path
        return next((d for key in one if (d := difference(one[key], two[key], f"{path}[{key}]"))), "")
    if isinstance(one, Sequence) and not isinstance(one, str | bytes):
        if not isinstance(two, Sequence) or len(one) != len(two):
            return path
        return next(
            (d for i, pair in enumerate(zip(one, two, strict=True)) if (d := difference(*pair, f"{path}[{i}]"))), ""
        )
    if isinstance(one, float) and isinstance(two, float) and math.isnan(one) and math.isnan(two):
        return ""
    if isinstance(one, Enum) and type(one) is not type(two):
        return path
    return "" if one == two else f"{path}: {one!r} != {two!r}"
