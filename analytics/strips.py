"""Every authority's figure on one line: all together, a line for each practice model, or a line for each year."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from analytics.board import Board
from analytics.everywhere import Everywhere, middle_of, there_in
from analytics.everywhere_answer import NO_MODEL, UNDATED, role_of
from analytics.sets import FEWEST, ComparatorSet, set_label

MEAN, MEDIAN, COUNTRY, ROW_MEDIAN = "comparator", "median", "england", "own"  # kinds of tick, as theme.LINE names them
RARE = "Models of one or two authorities"
FEWEST_ON_STRIP = 3


@dataclass(frozen=True)
class Tick:
    """A figure marked across a strip, with what it is called."""

    kind: str
    label: str
    value: float


@dataclass(frozen=True)
class Strip:
    """Figures of some authorities in one year.

    Attributes
    ----------
    heading : '' where a chart has but one strip
    codes, names, values : of those that have a figure, the lowest first
    missing : how many have none
    """

    heading: str
    year: int
    codes: tuple[str, ...]
    names: tuple[str, ...]
    values: np.ndarray
    missing: int
    ticks: tuple[Tick, ...]

    def value_of(self, code: str) -> float | None:
        """One authority's figure, None where it is not on the strip."""
        return float(self.values[self.codes.index(code)]) if code in self.codes else None


def strip_of(found: Everywhere, near: ComparatorSet, heading: str = "") -> Strip:
    """All authorities together, with the set's mean and median and the whole country."""
    figures = found.authorities
    middle = [*_set_ticks(near, *found.mean_and_median(near.codes)), Tick(COUNTRY, found.country, found.country_value)]
    return _strip(heading, found.year, figures.code, figures.name, figures.value, middle)


def strips_by_model(found: Everywhere, model: str = "") -> tuple[Strip, ...]:
    """A strip for each model that the register records in some authorities, or for each role in one model; then the rest.

    An authority with several models is on the strip of each. Models of one or two authorities share a strip. The tick is
    the median of those on the strip, where they are not too few for one.
    """
    figures = found.authorities
    groups: dict[str, list[int]] = {}
    for n, code in enumerate(figures.code):
        for use in found.uses.get(code, ()):
            if not model:
                groups.setdefault(use.name if use.dated else UNDATED, []).append(n)
            elif use.model == model:
                groups.setdefault(role_of(use), []).append(n)
    rest = sorted(set(range(len(figures.code))).difference(*groups.values()))
    if not model:
        rare = [name for name, at in groups.items() if len(set(at)) < FEWEST_ON_STRIP and name != UNDATED]
        groups |= {RARE: sorted({n for name in rare for n in groups.pop(name)})} if len(rare) > 1 else {}
    last = {RARE: 1, UNDATED: 2}
    ordered = sorted(groups.items(), key=lambda pair: (last.get(pair[0], 0), -len(set(pair[1])), pair[0]))
    found_strips = []
    for heading, at in [*ordered, (NO_MODEL, rest)]:
        who = list(dict.fromkeys(at))
        names = ([f[n] for n in who] for f in (figures.code, figures.name))
        _, median, number = middle_of(figures.value[who])
        ticks = [Tick(ROW_MEDIAN, "Median of those on the line", median)] if number >= FEWEST else []
        found_strips.append(_strip(heading, found.year, *names, figures.value[who], ticks))
    return tuple(strip for strip in found_strips if len(strip.codes) or strip.missing)


def strips_by_year(
    board: Board, found: Everywhere, near: ComparatorSet, known: Collection[str], *, most: int
) -> tuple[Strip, ...]:
    """A strip for each of the newest years up to the one found in which any authority has a figure, the newest first."""
    j, country = board.indicator_at[found.measure.indicator], found.wider.code[-1:]
    strips = []
    for year in range(found.year, board.years[0] - 1, -1):
        y, who = board.years.index(year), there_in(board, found.measure.indicator, year, known)
        values = board.value[j, who, y]
        if np.isnan(values).all():
            continue
        areas = board.areas.iloc[who]
        theirs = [board.area_at[code] for code in near.codes if code in board.area_at]
        ticks = _set_ticks(near, *middle_of(board.value[j, theirs, y]))
        ticks += [Tick(COUNTRY, found.country, float(board.value[j, board.area_at[code], y])) for code in country]
        strips.append(_strip(f"{year}", year, tuple(areas.area_code), tuple(areas.name), values, ticks))
        if len(strips) == most:
            break
    return tuple(strips)


def _set_ticks(near: ComparatorSet, mean: float, median: float, number: int) -> list[Tick]:
    label = set_label(near)
    return [Tick(MEAN, f"{label} mean", mean), Tick(MEDIAN, f"{label} median", median)] if number else []


def _strip(heading: str, year: int, codes, names, values: np.ndarray, ticks: list[Tick]) -> Strip:
    held = np.flatnonzero(~np.isnan(values))
    order = held[np.argsort(values[held], kind="stable")]
    return Strip(
        heading,
        year,
        tuple(codes[n] for n in order),
        tuple(names[n] for n in order),
        values[order],
        len(values) - len(held),
        tuple(tick for tick in ticks if not np.isnan(tick.value)),
    )
