"""What is said of one indicator in every authority: how many, the middle half, where one stands, who is outside limits.

A place is counted from the best only where an indicator has a 'better'; otherwise from the highest, and neither end is
praised or blamed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from analytics.everywhere import Everywhere, Figures, Use
from analytics.funnel import ALARM
from analytics.ranking import Places
from analytics.trend_answer import by_reason
from analytics.trends import MOST_NAMED, STATUS_WORDS, short_text
from analytics.wording import counted, listed, number_text, ordinal, value_text

SCATTER = "need, practice and recording differ from place to place"
UNDATED = "Recorded, date not known"
SEVERAL = "Several models"
NO_MODEL = "No model recorded"


def sentence_of(found: Everywhere, code: str, name: str) -> str:
    """How many authorities have a figure, the middle half, where one of them stands, how many lie outside the funnel."""
    said = [_how_many(found), _stands(found, code, name), _outside(found)]
    return " ".join(each for each in said if each)


def _how_many(found: Everywhere) -> str:
    held, all_ = int(found.authorities.held.sum()), len(found.authorities.code)
    start = f"{found.measure.label}, {found.year}: "
    if not held:
        return f"{start}none of {all_} authorities has a figure ({reasons(found.authorities)})."
    low, high = short_text(found.quartiles[1], found.measure), found.quartiles[3]
    high = value_text(high, found.measure.unit, found.measure.decimals)
    return f"{start}{held} of {all_} authorities have a figure; the middle half lie between {low} and {high}."


def implied_words(found: Everywhere) -> str:
    """For how many the counts behind intervals, ranges and limits are worked out; '' where all are printed."""
    if not found.implied:
        return ""
    all_ = found.implied == found.authorities.held.sum()
    who = "all authorities" if all_ else "one authority" if found.implied == 1 else f"{found.implied} authorities"
    return (
        f"For {who} the source prints no count: intervals, plausible ranges and limits rest on one worked out from the "
        "printed rate and the number of children."
    )


def reasons(figures: Figures) -> str:
    """Why some have no figure: '3 suppressed to protect children's identity, 1 not available'."""
    why = Counter(STATUS_WORDS[status][1] for status in figures.status[~figures.held])
    return ", ".join(f"{number} {words}" for words, number in why.most_common())


def missing_words(found: Everywhere) -> str:
    """Who has no figure, and why; '' where everybody has one."""
    figures = found.authorities
    if figures.held.all():
        return ""
    who = np.flatnonzero(~figures.held)
    if len(who) > MOST_NAMED:
        return f"No figure for {len(who)} authorities: {reasons(figures)}. The table names them."
    return f"No figure for {by_reason(tuple((figures.name[n], figures.status[n]) for n in who))}."


def _stands(found: Everywhere, code: str, name: str) -> str:
    at = found.authorities.at.get(code)
    if at is None:
        return f"{name} is not among them: it has no figures for that year."
    value = found.authorities.value[at]
    if np.isnan(value):
        return f"{name} has none: {STATUS_WORDS[found.authorities.status[at]][1]}."
    place = place_words(found.places, at, better=found.measure.polarity != "none")
    return f"{name}, at {short_text(value, found.measure)}, is {place}."


def place_words(places: Places, at: int, *, better: bool) -> str:
    """Where a figure stands in order, and how firm that is.

    >>> one = np.array([9.0])
    >>> place_words(Places(one, one - 4, one + 10, 153, 0), 0, better=True)
    'ranked 9 of 153, 1 being the best (plausibly 5 to 19)'
    >>> place_words(Places(one, one - 4, one + 10, 151, 2), 0, better=False)
    '9th highest of 151 (plausibly 5th to 19th, allowing for 2 withheld figures)'
    """
    place, low, high = places.place[at], places.low[at], places.high[at]
    said = f"{ordinal(int(place))} highest of {places.ranked}"
    if better:
        said = f"ranked {place:.0f} of {places.ranked}, 1 being the best"
    if np.isnan(low):
        return said
    ends = [f"{end:.0f}" if better else ordinal(int(end)) for end in (low, high)]
    withheld = f", allowing for {counted(places.withheld, 'withheld figure')}" if places.withheld else ""
    return f"{said} (plausibly {ends[0]} to {ends[1]}{withheld})"


def withheld_words(found: Everywhere) -> str:
    """Why a plausible range may reach beyond the number of figures; '' where it does not."""
    if not found.places.withheld or np.isnan(found.places.low).all():
        return ""
    figures = counted(found.places.withheld, "withheld figure")
    return f"Plausible ranges allow for {figures} any of which may be ahead, so they can reach beyond {found.places.ranked}."


def _outside(found: Everywhere) -> str:
    if found.funnel is None:
        return ""
    plain, wide = (int((found.funnel.side(ALARM, widened=w) != 0).sum()) for w in (False, True))
    said = f"{plain} {'lies' if plain == 1 else 'lie'} outside the 99.8% limits of chance alone"
    return (
        f"{said}."
        if found.funnel.wider == 1
        else f"{said}, {wide} outside limits that allow for how much figures really scatter."
    )


def funnel_words(found: Everywhere, code: str, name: str) -> str:
    """What the funnel shows: the scatter, and who lies outside which limits."""
    funnel, measure = found.funnel, found.measure
    middle = value_text(funnel.middle, measure.unit, measure.decimals)
    known, phi = int((~np.isnan(funnel.z)).sum()), number_text(funnel.factor, 1)
    plain = int((funnel.side(ALARM) != 0).sum())
    said = [
        f"Were all alike, at {middle} (everybody together), chance would put 998 in 1,000 between the solid lines; "
        f"{plain} of {known} {'is' if plain == 1 else 'are'} outside."
    ]
    if funnel.wider > 1:
        wide = funnel.side(ALARM, widened=True)
        said.append(
            f"Figures vary {phi} times as much as chance gives (\N{GREEK SMALL LETTER PHI} {phi}): {SCATTER}. "
            f"The dotted lines allow for that, {number_text(funnel.wider, 1)} times further out: "
            f"{_sides(found.authorities.name, wide)}."
        )
    else:
        said.append(
            f"Figures vary no more than chance gives (\N{GREEK SMALL LETTER PHI} {phi}), so limits need not be wider."
        )
    return " ".join([*said, _inside(found, code, name)]).strip()


def _sides(names: Sequence[str], side: np.ndarray) -> str:
    """Who lies outside, higher and lower apart."""
    if not side.any():
        return "nobody is outside them"
    told = []
    for way, word in ((1, "higher"), (-1, "lower")):
        who = [names[n] for n in np.flatnonzero(side == way)]
        if who:
            told.append(f"{listed(who)} {word}" if len(who) <= MOST_NAMED else f"{len(who)} authorities {word}")
    return f"outside them, {' and '.join(told)}"


def _inside(found: Everywhere, code: str, name: str) -> str:
    at = found.authorities.at.get(code)
    if at is None or np.isnan(found.funnel.z[at]):
        return f"{name} is not drawn: its counts are not known."
    plain, wide = (found.funnel.side(ALARM, widened=w)[at] for w in (False, True))
    words = {0: "inside", 1: "above", -1: "below"}
    if found.funnel.wider == 1 or plain == wide:
        both = "" if found.funnel.wider == 1 else " both"
        return f"{name} is {words[plain]}{both}."
    return f"{name} is {words[plain]} the solid lines and {words[wide]} the dotted."


def model_of(uses: Sequence[Use]) -> str:
    """One word for the models of an authority: the model, several, or that no date is known; '' where none is recorded.

    >>> model_of([Use("M", "Model M", "primary", True), Use("N", "Model N", "primary", False)]), model_of([])
    ('Model M', '')
    """
    dated = [use.name for use in uses if use.dated]
    if len(dated) > 1:
        return SEVERAL
    return dated[0] if dated else UNDATED if uses else ""


def role_of(use: Use | None) -> str:
    """How an authority uses a model, in a word or two; '' where that is not recorded."""
    return "" if use is None else use.role.capitalize() if use.dated else UNDATED


def uses_words(uses: Sequence[Use]) -> str:
    """Models of an authority for a cell of a table: 'Signs of Safety; Family Safeguarding (alongside)'."""
    told = []
    for use in uses:
        how = [*([] if use.role == "primary" else [use.role]), *([] if use.dated else ["date not known"])]
        told.append(f"{use.name} ({', '.join(how)})" if how else use.name)
    return "; ".join(told)
