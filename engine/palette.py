"""What each colour means, in the window and in the report: roles as plain data, light and dark.

Based on the Okabe-Ito set and checked for deuteranopia, protanopia and contrast (`tests/engine/test_palette.py`): text
at least 4.5:1 and marks at least 3:1 on the panel. Severity is always told by shape as well as by colour. A fill that
is too pale to stand alone (major and minor on white) is drawn with its `ink` as outline.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.data import Severity


class Shape(StrEnum):
    """The mark of a severity, so that it can be told without colour."""

    TRIANGLE = "triangle"
    DIAMOND = "diamond"
    CIRCLE = "circle"
    RING = "ring"


SHAPES: Mapping[Severity, Shape] = {
    Severity.CRITICAL: Shape.TRIANGLE,
    Severity.MAJOR: Shape.DIAMOND,
    Severity.MINOR: Shape.CIRCLE,
    Severity.WARNING: Shape.RING,
}


@dataclass(frozen=True)
class Palette:
    """The colours of one theme as `#RRGGBB`.

    window, panel: surfaces behind and in front. line: hairlines and axes. text, muted: words and their captions.
    accent: selection, links, the one button that matters. severity: fill of marks and lanes; ink: the same meaning as
    text or outline. normal: marks of points that are fine. hatch: strokes over what has no data or no opinion.
    measured, expected: the two lines of a plot; the band is `expected` at `band_opacity`; holiday: shading of holidays
    and events at `shade_opacity`. detectors: hue by detector id.
    """

    name: str
    window: str
    panel: str
    line: str
    text: str
    muted: str
    accent: str
    severity: Mapping[Severity, str]
    ink: Mapping[Severity, str]
    normal: str
    hatch: str
    measured: str
    expected: str
    band_opacity: float
    holiday: str
    shade_opacity: float
    detectors: Mapping[str, str]

    def detector(self, detector_id: str) -> str:
        """The hue of a detector in chips, lanes, legend and PDF; the colour of `normal` for one without its own."""
        return self.detectors.get(detector_id, self.normal)


LIGHT = Palette(
    name="light",
    window="#F6F8F9",
    panel="#FFFFFF",
    line="#D8DEE3",
    text="#1F2A33",
    muted="#5B6770",
    accent="#0072B2",
    severity={
        Severity.CRITICAL: "#D55E00",
        Severity.MAJOR: "#E69F00",
        Severity.MINOR: "#B8A500",
        Severity.WARNING: "#0072B2",
    },
    ink={
        Severity.CRITICAL: "#A84A00",
        Severity.MAJOR: "#8A5F00",
        Severity.MINOR: "#6E6300",
        Severity.WARNING: "#0072B2",
    },
    normal="#5B6770",
    hatch="#B4BEC6",
    measured="#1F2A33",
    expected="#0072B2",
    band_opacity=0.15,
    holiday="#8A7F9E",
    shade_opacity=0.14,
    detectors={
        "baseline": "#009E73",
        "garch": "#B0408F",
        "kmeans": "#7A4A21",
        "nnar": "#3B2F8F",
        "gaussian": "#8C6D00",
        "flatline": "#FF4D6D",
        "boosting": "#7048E8",
        "convlstm": "#1497B8",
    },
)

DARK = Palette(
    name="dark",
    window="#14191D",
    panel="#1B2227",
    line="#2C363D",
    text="#DDE5EA",
    muted="#8A97A0",
    accent="#56B4E9",
    severity={
        Severity.CRITICAL: "#FF8A3D",
        Severity.MAJOR: "#FFB83D",
        Severity.MINOR: "#F0E442",
        Severity.WARNING: "#56B4E9",
    },
    ink={
        Severity.CRITICAL: "#FF8A3D",
        Severity.MAJOR: "#FFB83D",
        Severity.MINOR: "#F0E442",
        Severity.WARNING: "#56B4E9",
    },
    normal="#8A97A0",
    hatch="#4A565F",
    measured="#DDE5EA",
    expected="#56B4E9",
    band_opacity=0.18,
    holiday="#A99CC4",
    shade_opacity=0.16,
    detectors={
        "baseline": "#22B98C",
        "garch": "#F7A8D4",
        "kmeans": "#A8734C",
        "nnar": "#6F86F5",
        "gaussian": "#FFD43B",
        "flatline": "#FFA94D",
        "boosting": "#FFEC99",
        "convlstm": "#BFF3EE",
    },
)

PALETTES: tuple[Palette, ...] = (LIGHT, DARK)
