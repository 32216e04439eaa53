"""Distances on a sheet of hexagons whose odd rows lie half a hexagon further right, by walking from cell to cell."""

from __future__ import annotations

import functools
from collections.abc import Collection

Place = tuple[int, int]  # column, row


def around(place: Place) -> list[Place]:
    """The six cells that touch one."""
    column, row = place
    right = row % 2
    beside = [(column - 1, row), (column + 1, row)]
    return beside + [(column - 1 + right + k, row + down) for down in (-1, 1) for k in (0, 1)]


@functools.cache
def within(place: Place, steps: int) -> frozenset[Place]:
    """Cells that can be reached in so many steps."""
    if steps == 0:
        return frozenset({place})
    return frozenset(found for near in within(place, steps - 1) for found in (near, *around(near)))


def steps_between(one: Place, other: Place, most: int = 12) -> int:
    """Steps from one cell to another, at most so many."""
    return next((steps for steps in range(most) if other in within(one, steps)), most)


def pieces(places: Collection[Place]) -> int:
    """How many pieces some cells are in."""
    left, found = set(places), 0
    while left:
        found += 1
        edge = [left.pop()]
        while edge:
            near = left & set(around(edge.pop()))
            left -= near
            edge += near
    return found
