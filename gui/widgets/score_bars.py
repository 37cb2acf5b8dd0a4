"""What raised and what lowered a combined score: one bar per detector from the threshold, the sum below."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.inspection.explanation import Explanation, signed
from engine.palette import Palette
from engine.text import tell
from gui.look.wording import margin, share
from gui.widgets.rows import Rows, hatch

_CHIP, _NUMBER, _GAP, _BAR = 16, 56, 8, 8
_LEFT = 0.3
"""Share of the width left of the threshold: what lowers a score rarely lowers it as much as others raise it."""


class ScoreBars(Rows):
    """The parts of one score, in the order of the votes above them, and a last row with their sum."""

    def __init__(self, explanation: Explanation) -> None:
        super().__init__()
        self._score = explanation.score
        self._parts = explanation.parts
        self._effects = explanation.hundredths()
        self.refresh()

    def count(self) -> int:
        """A row per detector and one for the sum."""
        return len(self._parts) + 1

    def tooltip(self, row: int) -> str:
        """The part in words."""
        if row == len(self._parts):
            return f"{tell('score_total')}: {self._score:.2f}"
        part = self._parts[row]
        if part.silent is not None:
            return f"{part.label}: {margin(math.nan)}"
        effect = signed(self._effects[part.detector])
        return tell(
            "score_part_tip",
            detector=part.label,
            margin=margin(part.score),
            weight=share(part.weight),
            effect=effect,
        )

    def paint_row(self, painter: QPainter, row: int, box: QRectF, palette: Palette) -> None:
        """Chip, name, bar to either side of the threshold, effect; in the last row what they come to."""
        number = QRectF(box.right() - _NUMBER, box.top(), _NUMBER, box.height())
        to_right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        to_left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if row == len(self._parts):
            painter.setPen(QPen(QColor(palette.line), 1))
            painter.drawLine(box.topLeft(), box.topRight())
            font = painter.font()
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(QColor(palette.text))
            painter.drawText(box.adjusted(_CHIP, 0, -_NUMBER, 0), to_left, tell("score_total"))
            painter.drawText(number, to_right, f"{self._score:.2f}")
            font.setBold(False)
            painter.setFont(font)
            return
        part, middle = self._parts[row], box.center().y()
        silent, effect = part.silent is not None, self._effects[part.detector]
        hue = palette.hatch if silent else palette.detector(part.detector)
        painter.fillRect(QRectF(box.left(), middle - 4, 8, 8), QColor(hue))
        label = max(self.fontMetrics().horizontalAdvance(one.label) for one in self._parts)
        painter.setPen(QColor(palette.muted if silent or not effect else palette.text))
        painter.drawText(QRectF(box.left() + _CHIP, box.top(), label, box.height()), to_left, part.label)
        painter.drawText(number, to_right, "" if silent else signed(effect) if effect else "0")
        left = box.left() + _CHIP + label + _GAP
        track = QRectF(left, middle - _BAR / 2, number.left() - _GAP - left, _BAR)
        if silent:
            hatch(painter, track, palette)
            return
        painter.fillRect(track, QColor(palette.window))
        zero = round(track.left() + _LEFT * track.width())
        reach = effect * self._scale(track.width())
        if effect:
            reach = math.copysign(max(abs(reach), 1.0), effect)
            painter.fillRect(QRectF(zero, track.top(), reach, track.height()).normalized(), QColor(hue))
        painter.setPen(QPen(QColor(palette.text), 1))
        painter.drawLine(QPointF(zero + 0.5, track.top() - 4), QPointF(zero + 0.5, track.bottom() + 4))

    def _scale(self, width: float) -> float:
        """Pixels per threshold: the longest bar to either side just fits."""
        up, down = max(0.0, *self._effects.values()), max(0.0, *(-e for e in self._effects.values()))
        room = [(1 - _LEFT) * width / up] if up else []
        room += [_LEFT * width / down] if down else []
        return min(room, default=0.0)
