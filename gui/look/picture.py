"""A picture of a view as a file: dots (PNG, twice as fine as the screen) or lines (SVG)."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from engine.writing.output import whole_file

SUFFIXES = (".png", ".svg")
FINENESS = 2


def save_picture(widget: QWidget, path: Path) -> Path:
    """Draw a widget as it looks now, marks and captions included, into a file; lines if its name ends in ".svg".

    Returns the file; a name without one of `SUFFIXES` gets ".png". Raises OutputError.
    """
    if path.suffix.lower() not in SUFFIXES:
        path = path.with_name(f"{path.name}.png")
    drawn = _lines(widget) if path.suffix.lower() == ".svg" else _dots(widget)
    with whole_file(path) as part:
        part.write_bytes(drawn)
    return path


def _dots(widget: QWidget) -> bytes:
    image = QImage(widget.size() * FINENESS, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(FINENESS)
    widget.render(image)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub wants bytes, Qt a name
    return bytes(buffer.data().data())


def _lines(widget: QWidget) -> bytes:
    buffer = QBuffer()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(widget.size())
    generator.setViewBox(QRect(QPoint(), widget.size()))
    generator.setTitle(widget.windowTitle())
    painter = QPainter(generator)
    widget.render(painter, QPoint())
    painter.end()
    return bytes(buffer.data().data())
