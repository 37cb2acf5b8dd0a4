"""First-order linear recursions of many series at once, without a Python step per point of time.

y[t] = x[t] + factor[t] * y[t-1] is a system of equations with one band below its diagonal, so the banded solver of BLAS
runs it, forwards, and its transpose backwards: some four times faster than any way to write it in array operations.
Arrays are (C, T): one row per series, all finite (0 times infinity would leak into the next series). All series stand
one behind the other in one system, with nothing between them.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg.blas import dtbsv

from engine.data import DoubleArray


class Recursion:
    """The recursion of one set of factors. band (C, T, 2): beside each y[t] minus the factor that takes it to y[t+1].

    `band[:, :-1, 1]` may be written to; the last factor of a series stays 0.
    """

    def __init__(self, cells: int, length: int) -> None:
        self.band = np.zeros((cells, length, 2))
        self.band[:, :, 0] = 1.0

    @classmethod
    def of(cls, factor: DoubleArray) -> Recursion:
        """factor (C, T): what y[t-1] is multiplied by; the first of a series is of no use here."""
        made = cls(*factor.shape)
        made.band[:, :-1, 1] = -factor[:, 1:]
        return made

    def first(self, cells: int) -> Recursion:
        """The recursion of the first `cells` series, on the same factors."""
        part = Recursion.__new__(Recursion)
        part.band = self.band[:cells]
        return part

    def forward(self, x: DoubleArray) -> DoubleArray:
        """y (C, T) with y[t] = x[t] + factor[t] * y[t-1] and y[-1] = 0; contiguous x is overwritten."""
        return self._solve(x, back=False)

    def backward(self, x: DoubleArray) -> DoubleArray:
        """y (C, T) with y[t] = x[t] + factor[t+1] * y[t+1], nothing beyond the end: the adjoint of `forward`."""
        return self._solve(x, back=True)

    def _solve(self, x: DoubleArray, *, back: bool) -> DoubleArray:
        cells, length = x.shape
        if not x.size:
            return x
        band = self.band.reshape(-1, 2).T
        flat: DoubleArray = dtbsv(1, band, x.reshape(-1), lower=1, trans=int(back), diag=1, overwrite_x=1)
        return flat.reshape(cells, length)
