"""Outlines of things and of shapes, as polygons about the origin."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Outline = NDArray[np.float64]
"""A polygon (P, 2): x to the right and y down, within about 1 of the origin."""


def silhouette(random: Generator) -> Sequence[Outline]:
    """One of the silhouettes below: polygons whose union it is."""
    return KINDS[int(random.integers(len(KINDS)))](random)


def _curve(x: float, y: float, across: float, high: float, points: int = 40) -> Outline:
    """An ellipse of half axes `across` and `high`."""
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    return np.stack([x + across * np.cos(turn), y + high * np.sin(turn)], axis=1)


def _blob(random: Generator) -> Sequence[Outline]:
    """A smooth closed curve: a circle with four random waves on it."""
    turn = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    radius = 0.75 + sum(
        random.uniform(-0.3, 0.3) / wave * np.cos(wave * turn + random.uniform(0, 2 * np.pi)) for wave in range(1, 5)
    )
    return [np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)]


def _star(random: Generator) -> Sequence[Outline]:
    points = 2 * int(random.integers(4, 8))
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    radius = np.where(np.arange(points) % 2, random.uniform(0.35, 0.6), 1.0)
    return [np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)]


def _polygon(random: Generator) -> Sequence[Outline]:
    turn = np.sort(random.uniform(0, 2 * np.pi, int(random.integers(4, 8))))
    return [np.stack([np.cos(turn), np.sin(turn)], axis=1)]


def _fish(random: Generator) -> Sequence[Outline]:
    high = random.uniform(0.3, 0.5)
    return [_curve(-0.15, 0, 0.75, high), np.array([[0.35, 0], [1, -high], [0.85, 0], [1, high]])]


def _tree(random: Generator) -> Sequence[Outline]:
    wide = random.uniform(0.45, 0.75)
    crown = [
        np.array([[0, top], [wide * share, top + 0.75], [-wide * share, top + 0.75]])
        for top, share in ((-1.0, 0.7), (-0.65, 0.85), (-0.25, 1.0))
    ]
    return [*crown, np.array([[-0.12, 0.4], [0.12, 0.4], [0.12, 0.95], [-0.12, 0.95]])]


def _house(random: Generator) -> Sequence[Outline]:
    wide, eaves = random.uniform(0.5, 0.8), random.uniform(-0.3, 0.0)
    walls = np.array([[-wide, eaves], [wide, eaves], [wide, 0.85], [-wide, 0.85]])
    chimney = np.array([[0.3, -0.9], [0.48, -0.9], [0.48, eaves], [0.3, eaves]])
    return [walls, np.array([[0, -0.95], [wide + 0.2, eaves], [-wide - 0.2, eaves]]), chimney]


def _cat(random: Generator) -> Sequence[Outline]:
    ear = random.uniform(0.85, 1.0)
    ears = [np.array([[side * 0.62, -ear], [side * 0.66, -0.15], [side * 0.1, -0.5]]) for side in (-1, 1)]
    return [_curve(0, 0.05, 0.7, 0.6), *ears]


def _horse(random: Generator) -> Sequence[Outline]:
    """Body, neck, head, four legs and a tail."""
    step = random.uniform(-0.12, 0.12)
    legs = [
        np.array([[x - 0.07, 0.15], [x + 0.07, 0.15], [x + lean + 0.05, 0.95], [x + lean - 0.05, 0.95]])
        for x, lean in ((-0.5, step), (-0.34, -step), (0.34, step), (0.5, -step))
    ]
    neck = np.array([[0.3, -0.1], [0.55, 0.15], [0.85, -0.6], [0.62, -0.75]])
    tail = np.array([[-0.55, -0.1], [-0.62, 0.05], [-0.9, 0.5], [-0.8, 0.1]])
    head = np.array([[0.6, -0.8], [0.72, -0.85], [1.0, -0.5], [0.92, -0.4], [0.7, -0.5]])
    return [_curve(0, 0.05, 0.62, 0.27), neck, head, tail, *legs]


KINDS: tuple[Callable[[Generator], Sequence[Outline]], ...] = (
    _blob,
    _star,
    _polygon,
    _fish,
    _tree,
    _house,
    _cat,
    _horse,
)
