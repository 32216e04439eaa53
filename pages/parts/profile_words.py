"""A profile put into the sentences and tables of its page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from analytics.charts.spark import series_spark
from analytics.charts.spine import spine_image
from analytics.profile import CONTEXT, Profile
from analytics.profile_row import HIGHER, LOWER, SIMILAR, UNJUDGED, Place, Row
from analytics.trends import STATUS_WORDS, short_text, status_text
from analytics.wording import (
    counted,
    listed,
    number_text,
    ordinal,
    unit_heading,
    value_text,
    years_text,
)

MOST_TRENDS = 3
ARROWS = {"rising": "↑", "falling": "↓"}
SIDES = {HIGHER: "clearly higher than the mean", LOWER: "clearly lower than the mean", SIMILAR: "similar to the mean"}
NOT_JUDGED = "no interval: not judged"
CONTEXT_WORDS = {
    "children_0_17": "children aged 0 to 17",
    "low_income_pct": "children in low-income families",
    "lait:PriFSM": "primary pupils eligible for free school meals",
    "lait:SecFSM": "secondary pupils eligible for free school meals",
    "lait:16-17 NEET": "16 and 17 year olds not in education, employment or training",
}
DEPRIVATION = (
    "Deprivation is not held here. The English Indices of Deprivation, with the index of income deprivation affecting "
    "children (IDACI), are published on GOV.UK by the Ministry of Housing, Communities and Local Government."
)
HISTORY_BEGINS = (
    "Ofsted’s published history begins in 2018: earlier judgements are not held, nor are most of the visits of earlier "
    "years."
)
PRINT_HINT = (
    "To print this page, or keep it as a PDF: Ctrl + P (on a Mac ⌘ + P). Menus, choices and buttons are left out."
)
HOW_TO_READ = """
- **Dot**: the authority; the line through it is its 95% interval. A letter in its place is the publisher’s sign for a
  figure that is not there.
- **Upright mark**: the mean of the set, the authorities it is set beside. **Grey band**: the middle half of all authorities.
- **Ends**: the worst and the best figure of any authority where one way is better; the lowest and the highest where
  nothing is.
- **Places**: where one way is better 1 is the best, and band A the best quarter. Withheld: authorities whose figure is
  not printed; the range allows for them.
- **No interval**: the source does not print what was counted; then there is no range of places and no trend either.
  Points are percentage points.
"""


# --- the answer ------------------------------------------------------------------------------------------------------


def answer(profile: Profile) -> str:
    """Where the authority stands beside the set."""
    return " ".join(filter(None, (_life(profile), _beside_words(profile))))


def _life(profile: Profile) -> str:
    """That an authority has ended, or when it was created."""
    if profile.to_year is not None:
        return f"{profile.name} has ended: no figures after {profile.to_year} are its own."
    if profile.from_year is not None:
        return f"{profile.name} was created in {profile.from_year - 1}: the year to 31 March {profile.from_year} is its first."
    return ""


def _beside_words(profile: Profile) -> str:
    sides = {side: len(profile.on_side(side)) for side in (HIGHER, LOWER, SIMILAR, UNJUDGED)}
    if not any(row.beside.held for row in profile.headline):
        return f"Nothing can be set beside the {counted(len(profile.headline), 'headline figure')} of {profile.name}."
    judged = [side for side in (HIGHER, LOWER, SIMILAR) for _ in range(sides[side])]
    if not judged:
        return f"No headline figure of {profile.name} has an interval, so none can be judged beside a mean."
    counts = {side: number or "none" for side, number in sides.items()}
    told = (
        f"Of {len(profile.headline)} headline figures of {profile.name} {len(judged)} can be judged beside the mean of "
        f"{profile.beside.name}: {counts[HIGHER]} clearly higher, {counts[LOWER]} clearly lower, {counts[SIMILAR]} similar."
    )
    words = [row.judged for row in profile.headline if row.judged]
    better, worse = words.count("better"), words.count("worse")
    return (
        f"{told} Where one way is better, {better or 'none is'} clearly better and {worse or 'none'} clearly worse."
        if words
        else told
    )


def trend_words(profile: Profile) -> str:
    """The largest of the recent trends."""
    if not profile.trends:
        return "No headline figure shows a clear trend over five years."
    told = []
    for row in profile.trends[:MOST_TRENDS]:
        first, last = row.trend_ends
        told.append(
            f"{row.measure.label}, {row.trend.direction} ({short_text(first.value, row.measure)} in {first.year}, "
            f"{short_text(last.value, row.measure)} in {last.year})"
        )
    what = "Largest of the recent trends" if len(profile.trends) > MOST_TRENDS else "Clear recent trends"
    return f"{what}: {'; '.join(told)}."


def missing_words(profile: Profile) -> str:
    """What has no figure, and why."""
    missing = profile.missing
    if not missing:
        return "No headline figure is missing for the year shown."
    reasons = dict.fromkeys(STATUS_WORDS[row.figure.status][1] for row in missing)
    named = [
        f"{listed([row.measure.label for row in missing if STATUS_WORDS[row.figure.status][1] == reason])} ({reason})"
        for reason in reasons
    ]
    return f"Without a figure for the year shown: {'; '.join(named)}."


def chance_words(profile: Profile) -> str:
    """How many would look apart by chance alone, and what else the judgement leaves out."""
    judged = [row for side in (HIGHER, LOWER, SIMILAR) for row in profile.on_side(side)]
    if not judged:
        return ""
    return (
        f"A figure is called clearly higher or lower where its own 95% interval leaves the set’s mean out. Of {len(judged)} "
        f"figures about {number_text(profile.expected_by_chance, 0)} would look so by chance alone. The mean is that of the "
        "authorities with a figure, each counting once, and is taken as it stands."
    )


# --- a theme's table -------------------------------------------------------------------------------------------------

COLUMNS = ("Indicator", "Figure", "Set’s mean", "Beside all authorities", "Over the years")


def theme_table(profile: Profile, rows: Sequence[Row]) -> pd.DataFrame:
    """One row an indicator; every cell is HTML of ours."""
    cells = [
        (
            _lines(f"<b>{escape(row.measure.label)}</b>", f"{unit_heading(row.measure.unit)}, {row.as_at or row.year}"),
            _figure_cell(row),
            _beside_cell(profile, row),
            _lines(spine_image(row, profile.name), _side_words(row), _warning(row), place_words(row.place)),
            _years_cell(row),
        )
        for row in rows
    ]
    return pd.DataFrame(cells, columns=COLUMNS)


def _lines(first: str, *under: str) -> str:
    """A cell: its first line, HTML already, and smaller ones of text below."""
    return first + "".join(f'<span class="under line">{escape(words)}</span>' for words in under if words)


def _figure_cell(row: Row) -> str:
    decimals = row.measure.decimals
    if row.figure.value is None:
        newest = f"newest {short_text(row.newest.value, row.measure)} in {row.newest.year}" if row.newest else ""
        return _lines(escape(status_text(row.figure, decimals)), newest)
    between = " to ".join(number_text(end, decimals) for end in row.interval) if row.interval else "no interval"
    doubt = STATUS_WORDS[row.figure.status][1]
    own = f'<b class="large">{escape(short_text(row.figure.value, row.measure))}</b>'
    return _lines(own, between, doubt)


def _side_words(row: Row) -> str:
    if row.side == UNJUDGED:
        return NOT_JUDGED
    told = SIDES.get(row.side, "")
    return f"{told}: {row.judged}" if row.judged else told


def _warning(row: Row) -> str:
    return "the set’s median lies on the other side" if row.sides_differ else ""


def _beside_cell(profile: Profile, row: Row) -> str:
    """The set's mean and median, the region's figure, the country's."""
    beside, measure = row.beside, row.measure
    near = [
        f"{name} {'no figure' if figure.value is None else short_text(figure.value, measure)}"
        for name, figure in ((profile.region, row.region), (profile.country, row.country))
        if name
    ]
    if beside.mean is None:
        return _lines("no figure" if beside.named else "nobody", *near)
    told = f"of {beside.held}" if beside.held == beside.named else f"of {beside.held} with a figure, of {beside.named}"
    return _lines(escape(short_text(beside.mean, measure)), told, f"median {short_text(beside.median, measure)}", *near)


def _years_cell(row: Row) -> str:
    spark = series_spark(row.series, decimals=row.measure.decimals) or "none"
    return _lines(spark, _change_text(row), _trend_text(row))


def _change_text(row: Row) -> str:
    if row.before is None:
        return "no change: not both years held"
    measure = row.measure
    sign = "+" if round(row.change, measure.decimals) > 0 else ""
    points = " points" if measure.unit == "%" else ""
    return f"{sign}{number_text(row.change, measure.decimals)}{points} on {row.before.year}"


def _trend_text(row: Row) -> str:
    trend = row.trend
    if trend.direction == "cannot_tell":
        # Without counts there is no interval either, and the page says once what follows from that.
        return "trend: cannot tell" if row.interval is None else f"trend: cannot tell, {trend.reason}"
    words = f"{ARROWS[trend.direction]} {trend.direction}" if trend.direction in ARROWS else "no clear trend"
    return f"{words}, {trend.years[0]} to {trend.years[1]}"


def place_words(place: Place | None) -> str:
    """Where the figure stands in order, and how firm that is.

    >>> place_words(Place(9, 5, 19, 153, 0, "A", "best"))
    '9 of 153, plausibly 5 to 19; band A'
    >>> place_words(Place(12, 8, 20, 151, 2, "", "highest"))
    '12th highest of 151, plausibly 8th to 20th (2 withheld)'
    """
    if place is None:
        return ""
    counts = place.first == "best"
    told = f"{place.place} of {place.ranked}" if counts else f"{ordinal(place.place)} highest of {place.ranked}"
    if place.low is not None:
        low, high = (str(end) if counts else ordinal(end) for end in (place.low, place.high))
        told += f", plausibly {low}{f' to {high}' if high != low else ''}" + (
            f" ({place.withheld} withheld)" if place.withheld else ""
        )
    return f"{told}; band {place.band}" if place.band else told


# --- context, what is missing, definitions ---------------------------------------------------------------------------


def context_table(profile: Profile) -> pd.DataFrame:
    """What describes the place, one row a figure."""
    shown = [
        {
            "Figure": f"{row.measure.label}, {row.as_at or row.year}",
            profile.name: status_text(row.figure, row.measure.decimals)
            if row.figure.value is None
            else value_text(row.figure.value, row.measure.unit, row.measure.decimals),
            "Set’s mean": _mean_text(row),
            profile.region or "Region": _short_or_none(row.region.value, row),
            profile.country: _short_or_none(row.country.value, row),
        }
        for row in profile.context
    ]
    return pd.DataFrame(shown)


def _mean_text(row: Row) -> str:
    mean = row.beside.mean
    return "no figure" if mean is None else f"{short_text(mean, row.measure)} ({row.beside.held} of {row.beside.named})"


def _short_or_none(value: float | None, row: Row) -> str:
    return "no figure" if value is None else short_text(value, row.measure)


def place_sentence(profile: Profile) -> str:
    """Where the authority lies and of what kind it is."""
    where = f" in {profile.region}" if profile.region else ""
    return f"{profile.name} is {_article(profile.type)}{where}." if profile.type else ""


def _article(kind: str) -> str:
    return f"{'an' if kind[:1] in 'aeio' else 'a'} {kind}"


def not_held_sentence(profile: Profile) -> str:
    """What would describe the place and is not held."""
    names = [CONTEXT_WORDS[name] for name in CONTEXT if name in profile.not_held]
    return f"Not held in these figures: {listed(names)}." if names else ""


def missing_table(profile: Profile) -> pd.DataFrame:
    """Every year without a figure, or with a doubtful one, and why."""
    return pd.DataFrame(
        [(each.measure.label, years_text(each.years), each.reason) for each in profile.absences],
        columns=["Indicator", "Years", "Why"],
    )


def definitions_table(profile: Profile) -> pd.DataFrame:
    """What each indicator is, whether a way is better, what to take care of."""
    ways = {"higher": "higher is better", "lower": "lower is better", "none": "nothing is better"}
    return pd.DataFrame(
        [
            (row.measure.label, row.definition, ways[row.polarity], row.caveat)
            for row in (*profile.rows, *profile.context)
        ],
        columns=["Indicator", "What it is", "Better", "Take care"],
    )


# --- files -----------------------------------------------------------------------------------------------------------
