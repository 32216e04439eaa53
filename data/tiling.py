"""Which hexagon each authority gets on a map where a borough is as large as a county (data/reference/tiles.csv).

Four steps: the centres are spread until everyone has room and still lies in the right direction from its neighbours
(`evened`); everyone takes a hexagon, least total displacement first (`assigned`); they change places as long as that keeps
more land borders, and their directions, whole (`settling.settled`); islands are put out to sea (`with_islands`).

A cell is a pair (q, r): `r` counts rows northwards, and its centre lies at x = q + r / 2, y = r x 0.866 hexagon widths.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

from analytics.areas import REFERENCE, Area, Register
from analytics.errors import BadFacts
from data.settling import AROUND, ROW, Cell, settled
from data.tiles import COLUMNS, TILES

CENTROIDS = REFERENCE / "centroids.csv"
ISLANDS = {"E06000046": "E10000014", "E06000053": "E06000052"}  # Wight lies off Hampshire, Scilly off Cornwall
# Corners by which the outline is known, and how much firmer than others they stand: Northumberland, Cumberland, Norfolk,
# Kent, Cornwall.
CORNERS = {"E06000057": 29.0, "E06000063": 4.0, "E10000020": 4.0, "E10000016": 4.0, "E06000052": 4.0}
# What stays empty so that the outline is England's: Wales, the Bristol Channel, the Wash, the Thames estuary (km of the
# British National Grid, by eye).
EMPTY = (
    (325, 300), (325, 330), (300, 315), (320, 270), (322, 240), (295, 280), (295, 250), (310, 355), (285, 345), (335, 212),
    (310, 205), (285, 215), (318, 178), (290, 170), (262, 165), (235, 150), (572, 358), (600, 352), (612, 178), (640, 182),
)  # fmt: skip
TIDAL = 0.3  # what a border under water counts beside one over land
LONGER = 0.5  # of what a pair of centres lies further apart than 26 km, the share that is kept
MIDDLING_KM, MARGIN = 26, 3


@dataclass(frozen=True)
class Places:
    """Authorities to lay out, without the islands.

    Attributes
    ----------
    codes, regions : one each
    centres : km east and north, one row each
    borders : positions of two that meet, the lower first, and 1 over land, less under water
    firmness : how many times harder than another each is to move away from where it belongs
    """

    codes: tuple[str, ...]
    regions: tuple[str, ...]
    centres: np.ndarray
    borders: tuple[tuple[int, int, float], ...]
    firmness: np.ndarray


def today(register: Register) -> dict[str, Area]:
    """The real authorities of today, by code."""
    return {a.area_code: a for a in register.areas if a.kind == "authority" and not a.to_year and not a.invented}


def read_centroids(file: Path = CENTROIDS) -> dict[str, dict[str, str]]:
    """Centre and short name of each authority by its code, as written."""
    with file.open(encoding="utf-8", newline="") as handle:
        return {row["area_code"]: row for row in csv.DictReader(handle)}


def places_of(register: Register, centroids: dict[str, dict[str, str]]) -> Places:
    """Today's authorities on the mainland, in order of their codes.

    Raises
    ------
    BadFacts : an authority without a centre, or the reverse
    """
    there = today(register)
    if odd := sorted(set(there) ^ set(centroids)):
        raise BadFacts(f"{CENTROIDS.name} must hold today's authorities, each once. Mend: {', '.join(odd)}.")
    codes = tuple(code for code in sorted(there) if code not in ISLANDS)
    position = {code: i for i, code in enumerate(codes)}
    borders = tuple(
        (position[each.area_code], position[each.other_code], 1.0 if each.kind == "land" else TIDAL)
        for each in register.borders
        if each.area_code in position and each.other_code in position
    )
    return Places(
        codes,
        tuple(there[code].region for code in codes),
        np.array([_centre(centroids[code]) for code in codes]),
        borders,
        np.array([CORNERS.get(code, 1.0) for code in codes]),
    )


def _centre(row: dict[str, str]) -> tuple[float, float]:
    return float(row["easting_km"]), float(row["northing_km"])


def evened(places: Places) -> np.ndarray:
    """Centres spread evenly, in widths of a hexagon; the rows after the authorities' are what stays empty.

    Those who border are drawn to one width apart, in the direction in which they lie; those who do not are pushed apart.
    """
    centres = np.vstack([places.centres, EMPTY])
    here, there, weight, wanted = (np.array(part) for part in zip(*_springs(places, centres), strict=True))
    pull, aim = np.zeros((len(centres),) * 2), np.zeros_like(centres)
    for one, other, sign in ((here, there, 1), (there, here, -1)):
        np.add.at(pull, (one, one), weight)
        np.add.at(pull, (one, other), -weight)
        np.add.at(aim, one, -sign * weight[:, None] * wanted)
    stiffness = np.diag(pull)[:, None]
    found = np.linalg.lstsq(pull, aim, rcond=None)[0]
    for _ in range(400):
        found = found + 0.2 * (aim - pull @ found) / stiffness + 0.18 * _pushes(found)
    return np.round(found - found.min(axis=0) + MARGIN, 3)  # rounded: the next steps are the same on every machine


def _springs(places: Places, centres: np.ndarray) -> Iterable[tuple[int, int, float, np.ndarray]]:
    """Pairs that are held together: positions, strength, and where the second is wanted from the first."""
    for i, j, weight in places.borders:
        apart = centres[j] - centres[i]
        long = np.hypot(*apart)
        yield i, j, weight, apart / long * (1 + LONGER * (long / MIDDLING_KM - 1))
    for i in range(len(places.codes), len(centres)):
        distance = np.hypot(*(centres - centres[i]).T)
        for j in np.argsort(distance)[1:5]:
            yield i, int(j), TIDAL, (centres[j] - centres[i]) / min(distance[j], MIDDLING_KM)


def _pushes(found: np.ndarray) -> np.ndarray:
    """How far each is pushed away from whoever is nearer than one width."""
    apart = found[:, None] - found[None]
    distance = np.hypot(apart[..., 0], apart[..., 1]) + np.eye(len(found)) * 1e9
    return ((np.maximum(0, 1 - distance) / np.maximum(distance, 1e-6))[..., None] * apart).sum(axis=1)


def centre_of(cell: Cell) -> tuple[float, float]:
    """Where a cell lies, in widths of a hexagon east and north."""
    return cell[0] + cell[1] / 2, cell[1] * ROW


def assigned(targets: np.ndarray) -> tuple[list[Cell], list[Cell]]:
    """A cell for each target, with the least sum of squared displacements; then every cell of the sheet."""
    wide, high = targets.max(axis=0) + MARGIN
    rows = range(int(high / ROW) + 1)
    cells = [(q, r) for r in rows for q in range(-(r // 2), int(wide) + 1) if centre_of((q, r))[0] <= wide]
    centres = np.array([centre_of(cell) for cell in cells])
    squares = ((targets[:, None] - centres[None]) ** 2).sum(axis=-1)
    return [cells[k] for k in linear_sum_assignment(squares)[1]], cells


def with_islands(layout: dict[str, Cell], centroids: dict[str, dict[str, str]], cells: list[Cell]) -> dict[str, Cell]:
    """A layout with the islands in the free cells that best keep their direction, a cell of sea around them."""
    found = dict(layout)
    for island, shore in ISLANDS.items():
        (x, y), (x0, y0) = _centre(centroids[island]), _centre(centroids[shore])
        far = math.hypot(x - x0, y - y0) / 2
        wanted = np.add(centre_of(found[shore]), ((x - x0) / far, (y - y0) / far))
        taken = set(found.values())
        free = [c for c in cells if c not in taken and not taken & {(c[0] + q, c[1] + r) for q, r in AROUND}]
        found[island] = min(free, key=lambda c: (round(math.dist(centre_of(c), wanted), 6), c))
    return found


def tiles(register: Register, centroids: dict[str, dict[str, str]]) -> list[dict[str, object]]:
    """One row per authority of today in order of its code: the columns of tiles.csv, rows counted from the top.

    Every second row (row odd) is half a hexagon further right.
    """
    places = places_of(register, centroids)
    targets = evened(places)
    start, cells = assigned(targets)
    empty = set(start[len(places.codes) :])
    inside = settled(places, targets, start[: len(places.codes)], [cell for cell in cells if cell not in empty])
    layout = with_islands(dict(zip(places.codes, inside, strict=True)), centroids, cells)
    top = max(r for _, r in layout.values())
    top += top % 2  # so that an odd row stays odd
    left = min(q + r // 2 for q, r in layout.values())
    down = min(top - r for _, r in layout.values()) // 2 * 2
    return [
        {"area_code": code, "name": centroids[code]["name"], "short": centroids[code]["short"]}
        | {"column": q + r // 2 - left, "row": top - r - down}
        for code, (q, r) in sorted(layout.items())
    ]


def write_tiles(register: Register, file: Path = TILES) -> Path:
    """Writes the layout of today's authorities; the file comes back."""
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(tiles(register, read_centroids()))
    return file
