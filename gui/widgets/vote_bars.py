"""Who voted how: one bar per detector, 1 = its alarm threshold, hatched where it has no opinion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from engine.palette import Palette
from gui.look.theme import blend
from gui.look.wording import margin
from gui.widgets.rows import Rows, hatch

FULL = 4.0
"""Thresholds at the right end of the scale; a longer bar ends there with an arrow, its number says how far it goes."""
_CHIP, _NUMBER, _GAP, _BAR = 16, 76, 8, 8


@dataclass(frozen=True, slots=True)
class Vote:
    """One detector's vote. margin: score in thresholds, NaN = no opinion; why: the reason for having none."""

    detector: str
    label: str
    margin: float
    why: str = ""


class VoteBars(Rows):
    """The votes on one anomaly."""

    def __init__(self, votes: Sequence[Vote] = ()) -> None:
        super().__init__()
        self._votes = tuple(votes)
        self.refresh()

    def set_votes(self, votes: Sequence[Vote]) -> None:
        """Show other votes."""
        self._votes = tuple(votes)
        self.refresh()

    def count(self) -> int:
        """How many detectors there are."""
        return len(self._votes)

    def tooltip(self, row: int) -> str:
        """The vote in words."""
        vote = self._votes[row]
        return f"{vote.label}: {vote.why or margin(vote.margin)}"

    def paint_row(self, painter: QPainter, row: int, box: QRectF, palette: Palette) -> None:
        """Chip, name, bar, number."""
        vote, hue = self._votes[row], palette.detector(self._votes[row].detector)
        silent = math.isnan(vote.margin)
        middle = box.center().y()
        painter.fillRect(QRectF(box.left(), middle - 4, 8, 8), QColor(palette.hatch if silent else hue))
        label = self._label_width()
        text = QRectF(box.left() + _CHIP, box.top(), label, box.height())
        painter.setPen(QColor(palette.muted if silent else palette.text))
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, vote.label)

        left = box.left() + _CHIP + label + _GAP
        track = QRectF(left, middle - _BAR / 2, box.right() - _NUMBER - _GAP - left, _BAR)
        alarmed = not silent and vote.margin >= 1.0
        if silent:
            hatch(painter, track, palette)
        else:
            painter.fillRect(track, QColor(palette.window))
            reach = min(max(vote.margin, 0.0) / FULL, 1.0) * track.width()
            fill = QColor(hue) if alarmed else blend(hue, palette.panel, 0.45)
            painter.fillRect(QRectF(track.left(), track.top(), reach, track.height()), fill)
            if vote.margin > FULL:
                self._arrow(painter, track, palette)
            painter.setPen(QPen(QColor(palette.text), 1))
            at = round(track.left() + track.width() / FULL) + 0.5
            painter.drawLine(QPointF(at, track.top() - 4), QPointF(at, track.bottom() + 4))

        font = painter.font()
        font.setBold(alarmed)
        painter.setFont(font)
        painter.setPen(QColor(palette.text if alarmed else palette.muted))
        number = QRectF(box.right() - _NUMBER, box.top(), _NUMBER, box.height())
        painter.drawText(number, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, margin(vote.margin))
        font.setBold(False)
        painter.setFont(font)

    def _label_width(self) -> int:
        return max((self.fontMetrics().horizontalAdvance(vote.label) for vote in self._votes), default=0)

    @staticmethod
    def _arrow(painter: QPainter, track: QRectF, palette: Palette) -> None:
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(palette.panel))
        tip = track.right()
        painter.drawPolygon(
            [QPointF(tip, track.top()), QPointF(tip - 4, track.top()), QPointF(tip, track.center().y())]
        )
        painter.drawPolygon(
            [QPointF(tip, track.bottom()), QPointF(tip - 4, track.bottom()), QPointF(tip, track.center().y())]
        )
        painter.restore()
