"""Authorities that change hexagons until their borders are kept as well as six sides allow (simulated annealing)."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Protocol

import numpy as np

Cell = tuple[int, int]

ROW = math.sqrt(3) / 2  # height of a row, in widths of a hexagon
AROUND: tuple[Cell, ...] = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1))

# What a layout costs. A border over land costs APART if the two do not touch and STEP for each cell between them, and TURN
# times 0 (right direction) to 1 (at right angles) to 2.8 (opposite).
APART, STEP, TURN = 2.4, 0.8, 1.1
MOVED = 0.09  # a square of one width away from the evened centre
SPLIT = 10.0  # a region in one part more
HOLE, LONELY = 2.0, 1.5  # a free cell, for each neighbour from the fourth on; an authority with fewer than three
FAR = 4  # cells: being further apart costs no more
MOVES, HOTTEST, COLDEST, SEED = 1_000_000, 2.0, 0.05, 33
BINS = 36  # directions told apart
STRIDE, REACH = 64, 45  # a cell as one number is q x STRIDE + r; no two on the sheet are REACH columns apart
FREE = -1


class Places(Protocol):
    """What is laid out (data/tiling.py)."""

    regions: tuple[str, ...]
    centres: np.ndarray
    borders: tuple[tuple[int, int, float], ...]
    firmness: np.ndarray


def flat(cell: Cell) -> int:
    """A cell as one number, so that what lies between two cells is one number too."""
    return (cell[0] + REACH) * STRIDE + cell[1]


STEPS = tuple(q * STRIDE + r for q, r in AROUND)
MIDDLE = REACH * STRIDE + STRIDE // 2


def border_tables(places: Places) -> list[list[tuple[list[float], int]]]:
    """For each authority, each one it borders: what the border costs by where that one lies from it, and its position."""
    q, r = np.meshgrid(np.arange(-REACH, REACH + 1), np.arange(-STRIDE // 2, STRIDE // 2), indexing="ij")
    steps = np.maximum(np.maximum(abs(q), abs(r)), abs(q + r))
    east, north = q + r / 2, r * ROW
    away = np.where(steps > 1, APART, 0) + STEP * np.clip(steps - 1, 0, FAR)
    made: dict[tuple[int, float], list[float]] = {}

    def table(direction: np.ndarray, weight: float) -> list[float]:
        bin_ = round(math.atan2(direction[1], direction[0]) / (2 * math.pi) * BINS) % BINS
        if (bin_, weight) not in made:
            angle = 2 * math.pi * bin_ / BINS
            along = (east * math.cos(angle) + north * math.sin(angle)) / np.maximum(np.hypot(east, north), 1e-9)
            cost = weight * (away + TURN * np.maximum(1 - along, 0) ** 1.5)
            made[bin_, weight] = np.round(cost, 6).ravel().tolist()
        return made[bin_, weight]

    found: list[list[tuple[list[float], int]]] = [[] for _ in places.regions]
    for i, j, weight in places.borders:
        direction = places.centres[j] - places.centres[i]
        found[i].append((table(direction, weight), j))
        found[j].append((table(-direction, weight), i))
    return found


class Arrangement:
    """Who is in which cell, and what it would cost to change that; cells are numbers (`flat`)."""

    def __init__(self, places: Places, targets: np.ndarray, start: Sequence[Cell], cells: Sequence[Cell]) -> None:
        self.regions, self.borders = places.regions, border_tables(places)
        self.at = [flat(cell) for cell in start]
        self.who = dict.fromkeys(map(flat, cells), FREE) | {p: i for i, p in enumerate(self.at)}
        self.members = {r: [i for i, its in enumerate(self.regions) if its == r] for r in set(self.regions)}
        self.pieces = {region: self.parts(region) for region in self.members}
        self.surplus = sum(self.pieces.values()) - len(self.pieces)
        centres = np.array([(q + r / 2, r * ROW) for q, r in cells])
        squares = ((targets[: len(start), None] - centres[None]) ** 2).sum(axis=-1)
        costs = np.round(MOVED * places.firmness[:, None] * squares, 6).tolist()
        self.moved = [dict(zip(map(flat, cells), row, strict=True)) for row in costs]

    def cost(self, i: int) -> float:
        """What an authority's place costs: how far it has moved, and its borders."""
        here, at = self.at[i], self.at
        base = MIDDLE - here
        found = self.moved[i][here]
        for table, j in self.borders[i]:
            found += table[at[j] + base]
        return found

    def parts(self, region: str) -> int:
        """How many pieces a region is in."""
        left, found = {self.at[i] for i in self.members[region]}, 0
        while left:
            found += 1
            edge = [left.pop()]
            while edge:
                cell = edge.pop()
                for step in STEPS:
                    if cell + step in left:
                        left.discard(cell + step)
                        edge.append(cell + step)
        return found

    def ragged(self, cells: set[int]) -> float:
        """What holes and lonely authorities among some cells cost."""
        who, found = self.who, 0.0
        for cell in cells:
            if cell in who:
                beside = sum(who.get(cell + step, FREE) != FREE for step in STEPS)
                found += HOLE * max(0, beside - 3) if who[cell] == FREE else LONELY * max(0, 3 - beside)
        return found

    def put(self, i: int, cell: int, j: int) -> None:
        """Moves one to a cell, and whoever is there (`FREE`: nobody) to where it was."""
        before = self.at[i]
        self.at[i], self.who[cell], self.who[before] = cell, i, j
        if j != FREE:
            self.at[j] = before

    def price(self, i: int, j: int, near: set[int]) -> float:
        """What the two that move cost as they stand: their places, and ragged edges near them."""
        return self.cost(i) + (self.cost(j) if j != FREE else 0.0) + (self.ragged(near) if near else 0.0)

    def moves(self, i: int, cell: int, most: float) -> bool:
        """Moves one to a cell as `put` does, if that costs no more than `most`; whether it did."""
        j, before = self.who[cell], self.at[i]
        near = {p + step for p in (before, cell) for step in (0, *STEPS)} if j == FREE else set()
        cost = -self.price(i, j, near)
        self.put(i, cell, j)
        cost += self.price(i, j, near)
        if cost <= most + SPLIT * self.surplus:  # else no region that grows together could make up for it
            regions = {self.regions[k] for k in (i, j) if k != FREE}
            now = {} if j != FREE and len(regions) == 1 else {region: self.parts(region) for region in regions}
            more = sum(now.values()) - sum(self.pieces[region] for region in now)
            if cost + SPLIT * more <= most:
                self.pieces.update(now)
                self.surplus += more
                return True
        self.put(i, before, j)
        return False


def settled(
    places: Places, targets: np.ndarray, start: Sequence[Cell], cells: Sequence[Cell], *, moves: int = MOVES
) -> list[Cell]:
    """A better cell for each authority: it moves next to one it borders, or one cell on, if that costs little or nothing.

    Parameters
    ----------
    targets : where each would best lie, hexagon widths
    start : a cell each
    cells : all that may be used
    """
    made, rng = Arrangement(places, targets, start, cells), random.Random(SEED)
    for move in range(moves):
        heat = HOTTEST * (COLDEST / HOTTEST) ** (move / moves)
        i = int(rng.random() * len(start))
        borders = made.borders[i]
        beside = made.at[borders[int(rng.random() * len(borders))][1]] if borders and rng.random() < 0.6 else made.at[i]
        cell = beside + STEPS[int(rng.random() * 6)]
        if cell in made.who and cell != made.at[i]:
            made.moves(i, cell, most=-heat * math.log(1 - rng.random()))
    by_number = {flat(cell): cell for cell in cells}
    return [by_number[p] for p in made.at]
