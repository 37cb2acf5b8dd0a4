"""What the strokes and fills of a plot mean, drawn as they are drawn there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.data import Severity
from engine.palette import Palette
from engine.text import tell
from gui.look.theme import CAPTION, blend, colour, palette_of, type_face
from gui.plots.span_item import hatch_brush

SWATCH, GAP, SPACE = 20, 4, 12


class Key(Enum):
    """What a legend can explain."""

    MEASURED = auto()
    EXPECTED = auto()
    BAND = auto()
    WEEKEND = auto()
    HOLIDAY = auto()
    MISSING = auto()
    SUSPECT = auto()
    IMPUTED = auto()
    MAINTENANCE = auto()
    ANOMALOUS = auto()
    NORMAL = auto()


FILLS: Mapping[Key, Callable[[Palette], QBrush]] = {
    Key.WEEKEND: lambda palette: QBrush(blend(palette.normal, palette.panel, 0.09)),
    Key.HOLIDAY: lambda palette: QBrush(colour(palette.holiday, palette.shade_opacity * 1.2)),
    Key.MISSING: lambda palette: hatch_brush(colour(palette.hatch, 0.8)),
    Key.SUSPECT: lambda palette: hatch_brush(colour(palette.ink[Severity.MAJOR], 0.6)),
    Key.IMPUTED: lambda palette: hatch_brush(colour(palette.expected, 0.5), falling=True),
    Key.MAINTENANCE: lambda palette: QBrush(colour(palette.normal, 0.2)),
    Key.ANOMALOUS: lambda palette: QBrush(QColor(palette.ink[Severity.CRITICAL])),
    Key.NORMAL: lambda palette: QBrush(QColor(palette.measured)),
}
"""How stretches of time that are out of the ordinary are filled, in plot and legend alike."""

_LABELS = {
    Key.MEASURED: "timeline_measured",
    Key.EXPECTED: "timeline_expected",
    Key.BAND: "timeline_band",
    Key.WEEKEND: "timeline_weekend",
    Key.HOLIDAY: "timeline_holiday",
    Key.MISSING: "timeline_missing",
    Key.SUSPECT: "timeline_suspect",
    Key.IMPUTED: "timeline_imputed",
    Key.MAINTENANCE: "timeline_maintenance",
    Key.ANOMALOUS: "label_anomalous",
    Key.NORMAL: "label_normal",
}


class Legend(QWidget):
    """One line of swatches with their names; only what is in the plot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: tuple[Key, ...] = ()
        self._expected = tell(_LABELS[Key.EXPECTED])
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def show_keys(self, keys: Sequence[Key], expected: str) -> None:
        """Explain these. expected: what the expected line is."""
        if (tuple(keys), expected) != (self._keys, self._expected):
            self._keys, self._expected = tuple(keys), expected
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """All keys in one line."""
        return QSize(sum(self._widths()), 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Swatch, name, swatch, name, at the right end; the last keys go where there is no room for all."""
        palette = palette_of(self)
        painter = QPainter(self)
        painter.setFont(type_face(CAPTION))
        keys, widths = list(self._keys), self._widths()
        while keys and sum(widths) > self.width():
            keys.pop()
            widths.pop()
        left = self.width() - sum(widths)
        for key, width in zip(keys, widths, strict=True):
            _paint_swatch(painter, key, QRectF(left, self.height() / 2 - 5, SWATCH, 10), palette)
            painter.setPen(QColor(palette.muted))
            box = QRectF(left + SWATCH + GAP, 0, width, self.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self._name(key))
            left += width

    def _widths(self) -> list[int]:
        metrics = QFontMetrics(type_face(CAPTION))
        return [SWATCH + GAP + metrics.horizontalAdvance(self._name(key)) + SPACE for key in self._keys]

    def _name(self, key: Key) -> str:
        return self._expected if key is Key.EXPECTED else tell(_LABELS[key])


def _paint_swatch(painter: QPainter, key: Key, box: QRectF, palette: Palette) -> None:
    middle = QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y())
    match key:
        case Key.MEASURED:
            painter.setPen(QPen(QColor(palette.measured), 1.5))
            painter.drawLine(*middle)
        case Key.EXPECTED:
            pen = QPen(QColor(palette.expected), 1.5)
            pen.setDashPattern([4.0, 3.0])
            painter.setPen(pen)
            painter.drawLine(*middle)
        case Key.BAND:
            painter.fillRect(box, colour(palette.expected, palette.band_opacity * 1.6))
        case Key.ANOMALOUS:
            painter.fillRect(box.adjusted(0, 2, 0, -2), FILLS[key](palette))
        case Key.NORMAL:
            painter.setPen(QPen(FILLS[key](palette).color(), 1.0))
            painter.drawRect(box.adjusted(0.5, 2.5, -0.5, -2.5))
        case _:
            painter.fillRect(box, FILLS[key](palette))
