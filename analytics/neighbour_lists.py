"""An authority's neighbours by several models side by side: who stays, leaves and joins, and where two models disagree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.background import backgrounds
from analytics.own_neighbours import OwnNeighbours, closeness_words
from analytics.trends import Surroundings, adoptions_of
from analytics.wording import number_text, value_text


@dataclass(frozen=True)
class Named:
    """One neighbour by one model."""

    rank: int
    closeness: str


@dataclass(frozen=True)
class Neighbour:
    """An authority that at least one model names.

    Attributes
    ----------
    named : by model
    models : practice models that the register records there, with role and date; '' for none
    """

    area_code: str
    name: str
    region: str
    models: str
    named: Mapping[str, Named]


@dataclass(frozen=True)
class SideBySide:
    """The neighbours of one authority by each model that names any.

    Attributes
    ----------
    held : models of which there is a list for this authority, in the order asked
    neighbours : everyone whom a model names
    """

    held: tuple[str, ...]
    neighbours: tuple[Neighbour, ...]

    def codes(self, model: str) -> tuple[str, ...]:
        """Codes that a model names, the nearest first."""
        rows = [each for each in self.neighbours if model in each.named]
        return tuple(each.area_code for each in sorted(rows, key=lambda each: each.named[model].rank))

    def on(self, models: Sequence[str]) -> list[Neighbour]:
        """Everyone on some lists, by place on the last of them, then on the one before, and so on."""
        rows = [each for each in self.neighbours if any(model in each.named for model in models)]
        return sorted(rows, key=lambda each: tuple(_rank(each, model) for model in reversed(models)))

    def shared(self, one: str, other: str) -> tuple[str, ...]:
        """Names on both lists."""
        return tuple(each.name for each in self.neighbours if one in each.named and other in each.named)

    def only(self, one: str, other: str) -> tuple[str, ...]:
        """Names on one list and not on the other, by place on the one."""
        rows = [each for each in self.neighbours if one in each.named and other not in each.named]
        return tuple(each.name for each in sorted(rows, key=lambda each: each.named[one].rank))


def side_by_side(
    code: str, lists: Mapping[str, pd.DataFrame], regions: Mapping[str, str], recorded: Mapping[str, str]
) -> SideBySide:
    """The neighbours of one authority by each model.

    Parameters
    ----------
    lists : by model, every neighbour of every authority (area_code, neighbour_code, name, rank, closeness)
    regions : name of the region by code
    recorded : practice models by code, of `models_recorded`
    """
    found: dict[str, dict[str, Named]] = {}
    names: dict[str, str] = {}
    held = []
    for model, frame in lists.items():
        mine = frame[frame.area_code == code]
        if len(mine):
            held.append(model)
        for row in mine.itertuples():
            found.setdefault(row.neighbour_code, {})[model] = Named(int(row.rank), row.closeness)
            names[row.neighbour_code] = row.name
    neighbours = (
        Neighbour(other, names[other], regions.get(other, ""), recorded.get(other, ""), named)
        for other, named in found.items()
    )
    return SideBySide(tuple(held), tuple(neighbours))


def _rank(neighbour: Neighbour, model: str) -> float:
    named = neighbour.named.get(model)
    return named.rank if named else np.inf


def models_recorded(around: Surroundings) -> dict[str, str]:
    """Practice models that the register records, by code, with role and date: 'Signs of Safety (primary, May 2014)'."""
    codes = sorted(set(around.adoptions.area_code))
    return {
        code: "; ".join(dict.fromkeys(f"{a.model} ({a.role}, {a.when})" for a in adoptions_of(around, code)))
        for code in codes
    }


def shared_on_average(one: pd.DataFrame, other: pd.DataFrame) -> tuple[float, int]:
    """How many neighbours two models share, on average over the authorities that both place, and how many those are."""
    pairs = ["area_code", "neighbour_code"]
    both = np.intersect1d(one.area_code, other.area_code)
    if not len(both):
        return float("nan"), 0
    shared = one[pairs].merge(other[pairs], on=pairs)
    return len(shared) / len(both), len(both)


@dataclass(frozen=True)
class Disagreement:
    """An authority that one of two models names and the other does not.

    Attributes
    ----------
    official : its place on the official list, None where it is not there
    rank, closeness : its place and closeness by the own model, among everyone; None and '' where it cannot be placed
    why : the figure that sets the two furthest apart where the own model does not name it; why it cannot be placed
    """

    name: str
    official: int | None
    rank: int | None
    closeness: str
    why: str


def disagreements(code: str, found: SideBySide, official: str, own: str, placed: OwnNeighbours) -> list[Disagreement]:
    """Where the own model and an official list disagree about one authority's neighbours, the nearest by the own model first."""
    rows = []
    for each in found.neighbours:
        if (official in each.named) == (own in each.named):
            continue
        listed_at = each.named[official].rank if official in each.named else None
        if each.area_code not in placed.at:
            rows.append(
                Disagreement(each.name, listed_at, None, "", f"cannot be placed: {placed.reason(each.area_code)}")
            )
            continue
        apart = placed.apart(code, each.area_code)
        why = "" if own in each.named else _furthest(code, each.area_code, placed)
        word = closeness_words(np.array([apart]))[0]
        rows.append(Disagreement(each.name, listed_at, placed.rank_of(code, each.area_code), word, why))
    return sorted(rows, key=lambda row: np.inf if row.rank is None else row.rank)


def _furthest(code: str, other: str, placed: OwnNeighbours) -> str:
    """'children in low-income families: 12.1 here, 24.0 there'."""
    key = placed.furthest_on(code, other)
    background = next(each for each in backgrounds().offered if each.key == key)
    at = placed.model.keys.index(key)
    values = [float(placed.value[placed.at[each], at]) for each in (code, other)]
    if background.measure == "log":
        here, there = (number_text(float(np.exp(value)), 0) for value in values)
    else:
        unit = "%" if background.measure == "change" else placed.units[at]
        here, there = (value_text(value, unit, 1) for value in values)
    return f"{background.label}: {here} here, {there} there"
