"""A neighbour model of the reader's own: chosen background figures, weighed, standardised; the ten nearest of each authority.

distance_ij = sqrt(sum_k w_k (z_ik - z_jk)^2 / sum_k w_k), z_k the figure k less its mean, over its standard deviation, both
over the authorities that can be placed: those with every figure that is weighed. So two authorities at a distance of 1
differ, over all that is weighed, by one standard deviation of authorities.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from analytics.background import Background, backgrounds
from analytics.board import POPULATION, Board, board_of
from analytics.errors import CannotEstimate
from analytics.neighbours import CLOSENESS, OWN, official_lists
from analytics.own_model import OwnModel, own_model
from analytics.rates import population_year
from analytics.spec import Comparators
from analytics.trends import STATUS_WORDS
from analytics.warehouse import Warehouse
from analytics.wording import listed

NAMED = 10  # neighbours of each, as many as the Department for Education names
# Ours: at most so far apart for a word, the nearest first; beyond the last 'not close'. In quarters of a standard deviation,
# so that a word means the same whatever is weighed; with the usual weights the words come about as often as the Department's.
CUTS = (0.25, 0.5, 0.75, 1.0)
TEN_YEARS = 10
TIE_DECIMALS = 9
FEWEST_PLACED = 2
LIST_COLUMNS = ["area_code", "neighbour_code", "name", "rank", "closeness", "distance"]


@dataclass(frozen=True)
class OwnNeighbours:
    """Every authority that can be placed, and how far it lies from every other.

    Attributes
    ----------
    model : its year is the one used
    codes, names : of the authorities placed, in order of code
    value : authorities x what is weighed, as measured (a logarithm, a change in percent)
    standard : same shape, standardised
    distance : authorities x authorities
    not_placed : area_code, name, reason
    units : of the figures weighed, as published
    same : keys weighed that are the same everywhere, and so tell nothing apart
    """

    model: OwnModel
    codes: tuple[str, ...]
    names: tuple[str, ...]
    value: np.ndarray
    standard: np.ndarray
    distance: np.ndarray
    not_placed: pd.DataFrame
    units: tuple[str, ...] = ()
    same: tuple[str, ...] = ()

    @cached_property
    def at(self) -> dict[str, int]:
        """Place by code."""
        return {code: i for i, code in enumerate(self.codes)}

    @cached_property
    def order(self) -> np.ndarray:
        """Others of each authority from the nearest to the furthest, ties by code: authorities x (authorities - 1)."""
        apart = self.distance.round(TIE_DECIMALS)  # else the last bit of a sum would decide between equals
        np.fill_diagonal(apart, np.inf)
        return apart.argsort(axis=1, kind="stable")[:, :-1]

    @cached_property
    def lists(self) -> pd.DataFrame:
        """The ten nearest of each as `ask("neighbours")` gives official ones, and their distance."""
        near = self.order[:, :NAMED]
        apart = np.take_along_axis(self.distance, near, axis=1).ravel()
        codes, names = np.array(self.codes, dtype=object), np.array(self.names, dtype=object)
        return pd.DataFrame(
            {
                "area_code": np.repeat(codes, near.shape[1]),
                "neighbour_code": codes[near.ravel()],
                "name": names[near.ravel()],
                "rank": np.tile(np.arange(1, near.shape[1] + 1), len(codes)),
                "closeness": closeness_words(apart),
                "distance": apart,
            },
            columns=LIST_COLUMNS,
        )

    def rank_of(self, code: str, other: str) -> int:
        """Place of another authority among all from the nearest (1) to the furthest."""
        return int(np.flatnonzero(self.order[self.at[code]] == self.at[other])[0]) + 1

    def apart(self, code: str, other: str) -> float:
        """Distance of two authorities."""
        return float(self.distance[self.at[code], self.at[other]])

    def furthest_on(self, code: str, other: str) -> str:
        """Key of the figure that adds most to the distance of two authorities."""
        weights = np.array([weight for _, weight in self.model.weights])
        parts = weights * (self.standard[self.at[code]] - self.standard[self.at[other]]) ** 2
        return self.model.keys[int(parts.argmax())]

    def reason(self, code: str) -> str:
        """Why an authority is not placed; '' for one that is."""
        if code in self.at:
            return ""
        found = self.not_placed.reason[self.not_placed.area_code == code]
        return found.iloc[0] if len(found) else "none of these figures is held for it"


def closeness_words(distances: np.ndarray) -> list[str]:
    """The word for each distance, by our own cut points.

    >>> closeness_words(np.array([0.25, 0.26, 0.9, 1.2]))
    ['extremely close', 'very close', 'somewhat close', 'not close']
    """
    return [CLOSENESS[::-1][place] for place in np.searchsorted(CUTS, distances, side="left")]


def background_board(warehouse: Warehouse) -> Board:
    """Every background figure held, for every area and year; the one frame that any own model is worked out from."""
    wanted = {each.indicator for each in backgrounds().offered}
    indicators = warehouse.ask("indicators")
    return board_of(warehouse, indicators[indicators.indicator.isin(wanted)], warehouse.ask("all_areas"))


def offered(board: Board) -> tuple[Background, ...]:
    """Background figures that the warehouse holds."""
    return tuple(each for each in backgrounds().offered if each.indicator in board.indicator_at)


def measured(board: Board, background: Background, year: int) -> tuple[np.ndarray, np.ndarray]:
    """A background figure of every authority as it is compared, not a number where there is none; and the statuses.

    Children are counted at the mid-year that rates of the year are worked out with.
    """
    at = population_year(year) if background.indicator == POPULATION else year
    level, status = _level(board, background.indicator, at)
    if background.measure == "log":
        return np.log(np.where(level > 0, level, np.nan)), status
    if background.measure == "change":
        before, status_before = _level(board, background.indicator, at - TEN_YEARS)
        return 100 * (level / np.where(before > 0, before, np.nan) - 1), np.where(
            np.isnan(level), status, status_before
        )
    return level, status


def _level(board: Board, indicator: str, year: int) -> tuple[np.ndarray, np.ndarray]:
    """Figures and statuses of one year over the authorities."""
    if year not in board.years:
        count = int(board.authorities.sum())
        return np.full(count, np.nan), np.full(count, "no_row", dtype=object)
    place = board.indicator_at[indicator], board.authorities, board.years.index(year)
    return board.value[place], board.status[place]


def common_years(board: Board, keys: Iterable[str]) -> tuple[int, ...]:
    """Years, the newest first, in which most authorities have every one of some figures.

    Most: at least half as many as in the year with the most of them.
    """
    chosen = [each for each in offered(board) if each.key in set(keys)]
    if not chosen:
        return ()
    # A year's children are those of the mid-year before it, so they reach a year further than their own last.
    whole = {
        year: int((~np.isnan(np.sum([measured(board, each, year)[0] for each in chosen], axis=0))).sum())
        for year in range(board.years[0], board.years[-1] + 2)
    }
    most = max(whole.values(), default=0)
    return tuple(year for year in sorted(whole, reverse=True) if whole[year] >= max(most / 2, FEWEST_PLACED))


def own_neighbours(model: OwnModel, board: Board) -> OwnNeighbours:
    """Where the model places every authority.

    Parameters
    ----------
    board : of `background_board`

    Raises
    ------
    CannotEstimate : a figure that is not held, no such year, or fewer than two authorities with every figure
    """
    chosen = _chosen(model, board)
    year = _year(model, board)
    found = [measured(board, each, year) for each in chosen]
    value = np.column_stack([level for level, _ in found])
    placed = ~np.isnan(value).any(axis=1)
    areas = board.areas[board.authorities]
    kept, alike = value[placed], np.ptp(value[placed], axis=0) == 0
    standard = (kept - kept.mean(axis=0)) / np.where(alike, 1.0, kept.std(axis=0))
    weights = np.array([weight for _, weight in model.weights])
    apart = standard[:, None, :] - standard[None, :, :]
    return OwnNeighbours(
        OwnModel(model.weights, year),
        tuple(areas.area_code[placed]),
        tuple(areas.name[placed]),
        kept,
        standard,
        np.sqrt((apart**2 * weights).sum(axis=-1) / weights.sum()),
        _not_placed(board, chosen, [status for _, status in found], value, year),
        tuple(board.indicators.unit.iloc[board.indicator_at[each.indicator]] for each in chosen),
        tuple(key for key, one in zip(model.keys, alike, strict=True) if one),
    )


def _chosen(model: OwnModel, board: Board) -> list[Background]:
    """What is weighed, in the order of the model's keys."""
    held = {each.key: each for each in offered(board)}
    labels = {each.key: each.label for each in backgrounds().offered}
    absent = [labels[key] for key in model.keys if key not in held]
    if absent:
        raise CannotEstimate(
            f"The own neighbour model weighs what these figures do not hold: {listed(absent)}. Held: "
            f"{listed([each.label for each in held.values()]) or 'none'}."
        )
    return [held[key] for key in model.keys]


def _year(model: OwnModel, board: Board) -> int:
    years = common_years(board, model.keys)
    if not years:
        raise CannotEstimate(
            "There is no year in which two authorities or more have every figure that the own neighbour model weighs. "
            "Weigh fewer of them."
        )
    if model.year is not None and model.year not in years:
        raise CannotEstimate(
            f"Not every figure that the own neighbour model weighs is held for {model.year}. Years that have them: "
            f"{listed([str(year) for year in sorted(years)])}."
        )
    return model.year or years[0]


def _not_placed(
    board: Board, chosen: list[Background], statuses: list[np.ndarray], value: np.ndarray, year: int
) -> pd.DataFrame:
    """Who lacks a figure, and which; an authority without any background figure of any year is passed over."""
    areas = board.areas[board.authorities]
    ever = ~np.isnan(board.value[:, board.authorities]).all(axis=(0, 2))
    rows = []
    for i, area in enumerate(areas.itertuples()):
        lacking = [k for k in range(len(chosen)) if np.isnan(value[i, k])]
        if lacking and ever[i]:
            why = _ended(area, year) or "; ".join(f"{chosen[k].label}: {_why(statuses[k][i])}" for k in lacking)
            rows.append((area.area_code, area.name, why))
    return pd.DataFrame(rows, columns=["area_code", "name", "reason"])


def _ended(area: Any, year: int) -> str:
    """That an authority is no more, '' where it still is."""
    return f"ended in {area.to_year:.0f}" if pd.notna(area.to_year) and area.to_year < year else ""


def _why(status: str) -> str:
    """A status in words; a figure that stands and cannot be compared (no child, or none ten years before) has none."""
    return STATUS_WORDS[status][1] if status != "ok" else "no figure that can be compared"


@dataclass(frozen=True)
class NeighbourLists:
    """Every neighbour of every authority by one model.

    Attributes
    ----------
    listed : area_code, neighbour_code, name, rank, closeness
    words : what model it is: '2021 model', 'own model: number of children (weight 1), figures of 2025'
    reasons : by code, why an own model cannot place an authority
    """

    listed: pd.DataFrame
    words: str
    reasons: Mapping[str, str]


def neighbour_lists(asked: Comparators, warehouse: Warehouse) -> NeighbourLists:
    """The lists of the model that a specification names.

    Raises
    ------
    CannotEstimate : no list of that model, or an own model that cannot be worked out
    """
    if asked.neighbour_model != OWN:
        return NeighbourLists(
            official_lists(asked.neighbour_model, warehouse), f"{asked.neighbour_model} model", MappingProxyType({})
        )
    found = own_neighbours(own_model(asked.own_weights, asked.own_year), background_board(warehouse))
    words = f"own model: {found.model.words()}, figures of {found.model.year}"
    return NeighbourLists(
        found.lists, words, dict(zip(found.not_placed.area_code, found.not_placed.reason, strict=True))
    )
