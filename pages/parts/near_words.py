"""The words and tables of the Statistical neighbours page."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import tomli_w

from analytics.background import backgrounds
from analytics.neighbour_lists import Disagreement, SideBySide
from analytics.neighbour_shift import Shift
from analytics.neighbours import OWN
from analytics.own_neighbours import OwnNeighbours
from analytics.wording import listed, number_text

LISTS = {"2021": "2021 list", "2025": "2025 list", OWN: "Own model"}
NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MOST_NAMED = 5
MARKS = (
    "“Changes side”: the authority is above the mean by one list and below it by the other. “Beyond its interval”: the two "
    "means lie further apart than half the width of the 95% interval of the authority’s own figure. “Beyond rounding”, for "
    "figures without printed counts: further apart than one unit of the last decimal shown. A mean leaves out neighbours "
    "without a figure."
)


def number_word(number: int) -> str:
    """'six'; in figures beyond ten."""
    return NUMBERS[number] if number < len(NUMBERS) else f"{number:,}"


def lists_sentence(found: SideBySide, name: str, official: Sequence[str]) -> str:
    """'Six of ten neighbours of Brent are the same in the lists of 2021 and 2025. Leaving: ... Joining: ...'

    Parameters
    ----------
    official : published lists that are loaded, the older first
    """
    held = [model for model in official if model in found.held]
    if not official:
        return "No list of statistical neighbours is loaded."
    if not held:
        return f"No list of statistical neighbours that is loaded names anybody for {name}."
    if len(held) == 1:
        others = [model for model in official if model not in held]
        without = f" The {listed(others)} list names nobody for {name}." if others else ""
        return f"The {held[0]} list names {number_word(len(found.codes(held[0])))} neighbours of {name}.{without}"
    older, newer = held
    same, of = len(found.shared(older, newer)), len(found.codes(newer))
    count = "All" if same == of else number_word(same).capitalize()
    if same == of:
        return f"All {number_word(of)} neighbours of {name} are the same in the lists of {older} and {newer}."
    return (
        f"{count} of {number_word(of)} neighbours of {name} {'is' if same == 1 else 'are'} the same in the lists of {older} and "
        f"{newer}. Leaving: {listed(found.only(older, newer))}. Joining: {listed(found.only(newer, older))}."
    )


def lists_table(found: SideBySide) -> pd.DataFrame:
    """Everyone on a published list: place and closeness by each, what becomes of them, region, practice models recorded."""
    held = [model for model in found.held if model != OWN]
    rows = found.on(held)
    columns: dict[str, list[str]] = {"Authority": [each.name for each in rows]}
    for model in held:
        columns[LISTS[model]] = [_place(each.named.get(model)) for each in rows]
    if len(held) > 1:
        columns["Change"] = [_fate(*(model in each.named for model in held)) for each in rows]
    columns["Region"] = [each.region for each in rows]
    columns["Practice models recorded"] = [each.models or "none recorded" for each in rows]
    return pd.DataFrame(columns)


def _place(named) -> str:
    return f"{named.rank}, {named.closeness}" if named else "not on it"


def _fate(before: bool, after: bool) -> str:
    return "stays" if before and after else "leaves" if before else "joins"


def lists_raw(found: SideBySide) -> pd.DataFrame:
    """The same for a download, a column each for place and closeness."""
    rows = []
    for each in found.neighbours:
        row = {"area_code": each.area_code, "name": each.name, "region": each.region}
        for model in found.held:
            named = each.named.get(model)
            row |= {
                f"rank_{model}": named.rank if named else None,
                f"closeness_{model}": named.closeness if named else "",
            }
        rows.append(row | {"practice_models": each.models})
    frame = pd.DataFrame(rows)
    return frame.astype({f"rank_{model}": "Int64" for model in found.held}) if rows else frame


def shift_sentence(shifts: Sequence[Shift], name: str, older: str, newer: str) -> str:
    """For how many indicators it matters which of two lists is used, and for which most."""
    told = [shift for shift in shifts if shift.value is not None and shift.difference is not None]
    if not told:
        return f"Nothing can be set beside: {name} or its neighbours have no figure."
    flips = [shift.measure.label for shift in told if shift.flips]
    beyond = [shift.measure.label for shift in told if shift.exceeds and shift.low is not None]
    counted = [shift for shift in told if shift.low is not None]
    between = f"between the means of the {_short(older)} and of the {_short(newer)}"
    sides = f"{name} changes side {between} for {_so_many(flips, len(told))}."
    if not counted:
        return sides
    return (
        f"{sides} For {_so_many(beyond, len(counted))} with an interval, the means lie further apart than {name}’s own figure "
        "is uncertain."
    )


def most_sentence(shifts: Sequence[Shift]) -> str:
    """For which indicators the means move most, beside the spread of authorities; '' where none moves."""
    most = [shift.measure.label for shift in shifts[:3] if shift.size]
    return f"Beside the spread of all authorities, the means move most for {_lowered(most)}." if most else ""


def _short(model: str) -> str:
    return LISTS[model][:1].lower() + LISTS[model][1:]


def _so_many(labels: Sequence[str], of: int) -> str:
    named = f" ({_lowered(labels)})" if 0 < len(labels) <= MOST_NAMED else ""
    return f"{number_word(len(labels))} of {of} indicators{named}"


def _lowered(labels: Sequence[str]) -> str:
    """Labels inside a sentence; names and numerals of laws stay as they are."""
    return listed(
        [label if label.startswith(("Ofsted", "Section")) else label[:1].lower() + label[1:] for label in labels]
    )


def own_sentence(placed: OwnNeighbours, found: SideBySide, code: str, name: str) -> str:
    """Who the ten nearest are by the reader's model; why there are none where the authority cannot be placed."""
    if code not in placed.at:
        return f"{name} cannot be placed by this model: {placed.reason(code)}."
    names = [next(each.name for each in found.neighbours if each.area_code == other) for other in found.codes(OWN)]
    return (
        f"By your own model, with the figures of {placed.model.year}, the {number_word(len(names))} nearest to {name} of "
        f"{len(placed.codes)} authorities are {listed(names)}."
    )


def agreement_sentence(found: SideBySide, name: str, official: str, average: tuple[float, int]) -> str:
    """How many of its neighbours the own model and an official list share, here and on average."""
    shared, of = len(found.shared(official, OWN)), len(found.codes(OWN))
    be = "is" if shared == 1 else "are"
    here = f"{number_word(shared).capitalize()} of the {number_word(of)} {be} also on the {official} list of {name}."
    mean, authorities = average
    return f"{here} Over {authorities} authorities that both can place, it is {number_text(mean, 1)} of ten on average."


def disagreements_table(rows: Sequence[Disagreement], official: str) -> pd.DataFrame:
    """Whom the own model and an official list see differently."""
    return pd.DataFrame(
        {
            "Authority": [row.name for row in rows],
            LISTS[official]: [f"{row.official}" if row.official else "not on it" for row in rows],
            "Place by the own model": [f"{row.rank}" if row.rank else "" for row in rows],
            "How close": [row.closeness for row in rows],
            "What sets them furthest apart": [row.why for row in rows],
        }
    )


def own_table(placed: OwnNeighbours, code: str, official: Sequence[str], found: SideBySide) -> pd.DataFrame:
    """The ten nearest by the reader's model: distance, closeness, place on the published lists."""
    mine = placed.lists[placed.lists.area_code == code]
    by_code = {each.area_code: each for each in found.neighbours}
    columns = {
        "Authority": mine.name.tolist(),
        "Place": [f"{rank}" for rank in mine["rank"]],
        "Distance": [number_text(float(apart), 2) for apart in mine.distance],
        "How close": mine.closeness.tolist(),
    }
    for model in official:
        named = [by_code[other].named.get(model) for other in mine.neighbour_code]
        columns[LISTS[model]] = [f"{each.rank}" if each else "not on it" for each in named]
    columns["Practice models recorded"] = [by_code[other].models or "none recorded" for other in mine.neighbour_code]
    return pd.DataFrame(columns)


def same_sentence(placed: OwnNeighbours) -> str:
    """That something weighed is the same everywhere."""
    labels = {each.key: each.label for each in backgrounds().offered}
    return f"The same in every authority, so telling nothing apart: {_lowered([labels[key] for key in placed.same])}."


def not_placed_table(placed: OwnNeighbours) -> pd.DataFrame:
    """Who cannot be placed, and why."""
    return placed.not_placed[["name", "reason"]].rename(columns={"name": "Authority", "reason": "Why"})


def specification_text(placed: OwnNeighbours) -> str:
    """The keys of a specification that ask for this model."""
    keys = {
        "pool": "statistical_neighbours",
        "neighbour_model": OWN,
        "own_year": placed.model.year,
        "own_weights": dict(placed.model.weights),
    }
    return tomli_w.dumps({"comparators": keys})
