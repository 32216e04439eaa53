"""What a trend says: its sentence, a warning, and what must be known of its figures.

An authority is called higher or lower than a mean only where its interval lies wholly on one side of it, and better or
worse only where the indicator has a 'better' as well. The mean is taken as it stands, as the tools that readers know do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from analytics.intervals import per_of
from analytics.recent_trend import RecentTrend
from analytics.sets import FEWEST, set_words
from analytics.trends import MOST_NAMED, STATUS_WORDS, Figure, Line, Measure, Trend, change_words, short_text
from analytics.wording import listed, value_text, years_text

DIRECTIONS = {
    "rising": "\N{UPWARDS ARROW} Rising over",
    "falling": "\N{DOWNWARDS ARROW} Falling over",
    "no_clear_trend": "No clear trend over",
}
UNCOUNTED = (
    "Neither an interval nor a test for a trend is given: both are worked out for percentages and for rates per 10,000 "
    "children only. So the figure is not called higher or lower than a mean."
)
OPPOSITE = {"higher": "lower", "lower": "higher"}


@dataclass(frozen=True)
class Basis:
    """What the authority's figures rest on, as years.

    Attributes
    ----------
    without : no counts that give the figure, hence no interval
    implied : counts worked out from a printed rate and the number of children
    pooled, plain : of averages, counts over counts and plain means of three printed figures
    """

    without: tuple[int, ...]
    implied: tuple[int, ...]
    pooled: tuple[int, ...]
    plain: tuple[int, ...]


def interval_words(figure: Figure, measure: Measure) -> str:
    """' (95% interval 40.8 to 47.2)', '' where there is none."""
    if figure.low is None or figure.high is None:
        return ""
    return f" (95% interval {short_text(figure.low, measure)} to {short_text(figure.high, measure)})"


def side_of(figure: Figure, other: float) -> str:
    """Where a figure stands beside another one: higher, lower or similar by its interval, '' where it has none."""
    if figure.low is None or figure.high is None:
        return ""
    return "higher" if figure.low > other else "lower" if figure.high < other else "similar"


def recent_words(recent: RecentTrend | None) -> str:
    """'↓ Falling over 2021 to 2025', an arrow only where the test is passed; '' where it cannot be told."""
    if recent is None or recent.direction not in DIRECTIONS:
        return ""
    return f"{DIRECTIONS[recent.direction]} {recent.years[0]} to {recent.years[1]}"


def sentence_of(trend: Trend) -> str:
    """The answer: newest figure and interval, change on the year before, the set, region and country, recent trend."""
    own, measure = trend.lines[0], trend.measure
    if not own.held:
        reasons = dict.fromkeys(STATUS_WORDS[f.status][1] for f in own.figures)
        what = "average of three years" if trend.averages else "figure"
        return f"{trend.name}: no {what} in these years{f' ({listed(list(reasons))})' if reasons else ''}."
    newest, ends = own.held[-1], own.figures[-1]
    start = f"{trend.name}: "
    if newest is not ends:
        start += f"no figure for {ends.year} ({STATUS_WORDS[ends.status][1]}). The newest is "
    elif newest.year < trend.years[1]:
        start += "the newest figure is "
    value = value_text(newest.value, measure.unit, measure.decimals)
    figure = f"{start}{value} {_when(trend)} {newest.year}{interval_words(newest, measure)}{_change(trend, newest)}"
    wider = [
        f"{line.name} {short_text(figure.value, measure)}"
        for line in trend.lines[1:]
        if line.part in ("region", "england")
        for figure in line.held
        if figure.year == newest.year
    ]
    parts = (figure, _beside_set(trend, newest), ", ".join(wider), recent_words(trend.recent))
    return " ".join(f"{part}." for part in parts if part)


def _when(trend: Trend) -> str:
    return "on average over the three years to" if trend.averages else "in"


def _change(trend: Trend, newest: Figure) -> str:
    """Change on the year before; of averages on the three years before, so that no year is in both."""
    before_year = newest.year - (3 if trend.averages else 1)
    before = next((f for f in trend.lines[0].held if f.year == before_year), None)
    if before is not None:
        when = "over the three years to" if trend.averages else "in"
        return f", {change_words(newest.value, before, trend.measure, when)}"
    if trend.averages:
        return ""
    return f"; {before_year} has no figure, so no change is given"


def _at(line: Line | None, year: int) -> Figure | None:
    return next((f for f in line.held if f.year == year), None) if line else None


def _mean_line(trend: Trend) -> Line | None:
    return next((line for line in trend.lines if line.part == "comparator"), None)


def _beside_set(trend: Trend, newest: Figure) -> str:
    """How the newest figure stands beside the mean of the set, without a full stop; '' where nothing was asked."""
    if trend.near is None or not trend.near.codes:
        return ""
    mean, median = _at(_mean_line(trend), newest.year), _at(trend.median, newest.year)
    who, measure = set_words(trend.near), trend.measure
    if mean is None or median is None:
        return f"None of {who} has a figure for {newest.year}, so nothing can be set beside it"
    several = (
        f"median {short_text(median.value, measure)}, of {mean.mean_of}"
        if mean.mean_of > 1
        else "of one authority alone, the only one with a figure"
    )
    value, side = short_text(mean.value, measure), side_of(newest, mean.value)
    if not side:
        return f"The mean of {who} is {value} ({several})"
    than = "Similar to" if side == "similar" else f"{side.capitalize()} than"
    return f"{than} the mean of {who}: {value} ({several}){_judged(side, measure.polarity)}"


def _judged(side: str, polarity: str) -> str:
    """'; for this indicator higher is worse', where the indicator has a 'better' and the figure is on one side."""
    if side not in OPPOSITE or polarity not in OPPOSITE:
        return ""
    return f"; for this indicator {side} is {'better' if side == polarity else 'worse'}"


def side_warning(trend: Trend) -> str:
    """A sentence where mean and median of the set put the newest figure on different sides, '' where they agree."""
    own = trend.lines[0]
    if trend.near is None or not own.held:
        return ""
    newest, measure = own.held[-1], trend.measure
    mean, median = _at(_mean_line(trend), newest.year), _at(trend.median, newest.year)
    if mean is None or median is None:
        return ""
    value = round(newest.value, measure.decimals)
    above = [value - round(other.value, measure.decimals) for other in (mean, median)]
    if above[0] * above[1] >= 0:
        return ""
    over, under = ("mean", "median") if above[0] > 0 else ("median", "mean")
    pulled = "high" if above[0] < 0 else "low"
    return (
        f"{trend.name} is above the {over} and below the {under} of {set_words(trend.near)}. A few {pulled} figures pull "
        "the mean, so on which side it stands depends on which of the two is used."
    )


def told_of(trend: Trend, basis: Basis, without: tuple[tuple[str, str], ...], *, intervals: bool) -> tuple[str, ...]:
    """What must be known of the figures: who is missing from the set, what intervals and averages rest on.

    Parameters
    ----------
    without : name and status of those of the set that have no figure in the authority's newest year
    intervals : whether they were asked for
    """
    notes = [*_of_set(trend, without)]
    if not trend.lines[0].held:
        return tuple(notes)
    notes += _of_averages(trend, basis)
    if math.isnan(per_of(trend.measure.unit)):
        return (*notes, UNCOUNTED)
    if intervals:
        notes += _of_intervals(basis, trend)
    if trend.recent is not None and trend.recent.direction == "cannot_tell":
        notes.append(f"Whether the figure has risen or fallen is not tested: {trend.recent.reason}.")
    return tuple(notes)


def _of_set(trend: Trend, without: tuple[tuple[str, str], ...]) -> list[str]:
    if trend.near is None:
        return []
    notes = [trend.near.note] if trend.near.note else []
    if without:
        year = trend.lines[0].held[-1].year
        notes.append(f"In {set_words(trend.near)} without a figure for {year}: {by_reason(without)}.")
        mean = _at(_mean_line(trend), year)
        if mean is not None and mean.mean_of < FEWEST <= len(trend.near.codes):
            notes.append("A mean of so few swings with each of them.")
    return notes


def by_reason(without: tuple[tuple[str, str], ...]) -> str:
    """'Kent and Surrey (not available); Rutland (suppressed ...)': names together that lack a figure for one reason."""
    told = []
    for status in dict.fromkeys(status for _, status in without):
        names = [name for name, why in without if why == status]
        more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
        told.append(f"{listed([*names[:MOST_NAMED], *more])} ({STATUS_WORDS[status][1]})")
    return "; ".join(told)


def _of_averages(trend: Trend, basis: Basis) -> list[str]:
    if not trend.averages:
        return []
    counted, plain = (
        "worked out from three years’ counts",
        "plain means of three printed figures, for no counts are printed",
    )
    if not basis.plain:
        return [f"Averages are {counted}."]
    if not basis.pooled:
        return [f"Averages are {plain}."]
    return [f"Averages for {years_text(basis.pooled)} are {counted}; those for {years_text(basis.plain)} are {plain}."]


def _of_intervals(basis: Basis, trend: Trend) -> list[str]:
    held = [f.year for f in trend.lines[0].held]
    if len(basis.without) == len(held):
        judged = " So the figure is not called higher or lower than a mean." if trend.near else ""
        return [
            f"No interval is given: the source prints no counts behind the figure, so chance cannot be sized.{judged}"
        ]
    notes = []
    if basis.without:
        notes.append(f"No interval is given for {years_text(basis.without)}: the source prints no counts behind it.")
    if basis.implied:
        which = "" if len(basis.implied) == len(held) else f" for {years_text(basis.implied)}"
        notes.append(
            f"The intervals{which} rest on counts worked out from the printed rate and the number of children, for the "
            "source does not print what was counted."
        )
    return notes
