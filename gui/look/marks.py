"""The marks of severity: a shape and a colour each, the same in tree, table, inspector and plots."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from engine.data import Severity
from engine.palette import DARK, LIGHT, SHAPES, Palette, Shape

SIZE = 16
"""Side of a mark's box in pixels."""
_SCALES = (1, 2, 3)


def paint_mark(painter: QPainter, severity: Severity, centre: QPointF, size: float, palette: Palette) -> None:
    """Draw the mark of a severity, `size` pixels across."""
    fill, ink = QColor(palette.severity[severity]), QColor(palette.ink[severity])
    half = size / 2.0
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, 1.0))
    painter.setBrush(fill)
    match SHAPES[severity]:
        case Shape.TRIANGLE:
            painter.drawPolygon(
                QPolygonF(
                    [
                        centre + QPointF(0.0, -half),
                        centre + QPointF(half * 1.05, half * 0.8),
                        centre + QPointF(-half * 1.05, half * 0.8),
                    ]
                )
            )
        case Shape.DIAMOND:
            painter.drawPolygon(
                QPolygonF([centre + QPointF(x * half, y * half) for x, y in ((0, -1), (1, 0), (0, 1), (-1, 0))])
            )
        case Shape.CIRCLE:
            painter.drawEllipse(QRectF(centre.x() - half * 0.85, centre.y() - half * 0.85, size * 0.85, size * 0.85))
        case Shape.RING:
            painter.setPen(QPen(ink, 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(centre.x() - half * 0.75, centre.y() - half * 0.75, size * 0.75, size * 0.75))
    painter.restore()


def severity_icon(severity: Severity | None, palette: Palette) -> QIcon:
    """The mark as an icon; an empty one of the same size for None, so that texts stay in line."""
    return _icon(severity, palette.name)


@lru_cache(maxsize=32)
def _icon(severity: Severity | None, palette_name: str) -> QIcon:
    palette = DARK if palette_name == DARK.name else LIGHT
    icon = QIcon()
    for scale in _SCALES:
        pixmap = QPixmap(SIZE * scale, SIZE * scale)
        pixmap.setDevicePixelRatio(scale)
        pixmap.fill(Qt.GlobalColor.transparent)
        if severity is not None:
            painter = QPainter(pixmap)
            paint_mark(painter, severity, QPointF(SIZE / 2, SIZE / 2), 10.0, palette)
            painter.end()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):  # a mark keeps its colour where the row is selected
            icon.addPixmap(pixmap, mode)
    return icon
