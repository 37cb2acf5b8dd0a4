from PySide6.QtGui import QPolygonF

from engine.data import DoubleArray

def create_qpolygonf(size: int) -> QPolygonF: ...
def ndarray_from_qpolygonf(polyline: QPolygonF) -> DoubleArray:
    """(size, 2): the corners themselves, to be written to."""
