"""The palette keeps its promises: readable text, marks that stand out, hues that colour-blind eyes tell apart."""

from __future__ import annotations

from dataclasses import fields
from itertools import combinations

import numpy as np
import pytest

from engine.data import Severity
from engine.palette import DARK, LIGHT, PALETTES, SHAPES, Palette

# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear sRGB.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
)
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(first: str, second: str) -> float:
    dark, light = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (first, second))
    return (light + 0.05) / (dark + 0.05)


def oklab(rgb: np.ndarray) -> np.ndarray:
    lms = np.cbrt(
        np.clip(rgb, 0, 1)
        @ np.array(
            [
                [0.4122214708, 0.2119034982, 0.0883024619],
                [0.5363325363, 0.6806995451, 0.2817188376],
                [0.0514459929, 0.1073969566, 0.6299787005],
            ]
        )
    )
    return lms @ np.array(
        [
            [0.2104542553, 1.9779984951, 0.0259040371],
            [0.793617785, -2.428592205, 0.7827717662],
            [-0.0040720468, 0.4505937099, -0.808675766],
        ]
    )


def difference(first: str, second: str) -> float:
    """The smallest Oklab distance that a normal, a deuteranopic and a protanopic eye see."""
    one, two = linear(first), linear(second)
    return min(float(np.linalg.norm(oklab(m @ one) - oklab(m @ two))) for m in (np.eye(3), DEUTERANOPIA, PROTANOPIA))


@pytest.mark.parametrize("palette", PALETTES, ids=lambda p: p.name)
def test_text_is_readable_on_both_surfaces(palette: Palette) -> None:
    for colour in (palette.text, palette.muted, palette.accent, *palette.ink.values()):
        assert min(contrast(colour, palette.panel), contrast(colour, palette.window)) >= 4.5, colour


@pytest.mark.parametrize("palette", PALETTES, ids=lambda p: p.name)
def test_marks_stand_out_from_both_surfaces(palette: Palette) -> None:
    for colour in (
        palette.measured,
        palette.expected,
        palette.normal,
        *palette.detectors.values(),
        *palette.ink.values(),
    ):
        assert min(contrast(colour, palette.panel), contrast(colour, palette.window)) >= 3.0, colour


@pytest.mark.parametrize("palette", PALETTES, ids=lambda p: p.name)
def test_detector_hues_differ_for_colour_blind_eyes(palette: Palette) -> None:
    for one, two in combinations(palette.detectors.values(), 2):
        assert difference(one, two) >= 0.07, (one, two)


@pytest.mark.parametrize("palette", PALETTES, ids=lambda p: p.name)
def test_severity_is_told_by_shape_as_well_as_colour(palette: Palette) -> None:
    assert set(palette.severity) == set(palette.ink) == set(SHAPES) == set(Severity)
    assert len(set(SHAPES.values())) == len(Severity)


def test_light_and_dark_fill_the_same_roles() -> None:
    assert LIGHT.detectors.keys() == DARK.detectors.keys()
    assert [f.name for f in fields(LIGHT)] == [f.name for f in fields(DARK)]
    assert LIGHT.detector("a detector without a hue") == LIGHT.normal
