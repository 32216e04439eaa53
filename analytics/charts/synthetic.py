"""Synthetic control: adopters beside their synthetic selves, and their gap over the gaps of placebo adopters."""

from __future__ import annotations

import functools

import altair as alt
import numpy as np
import pandas as pd

from analytics.analysis import Result
from analytics.charts import theme
from analytics.charts.event_study import ABOVE, AXIS, SINCE, guides, time_axis, when_words
from analytics.charts.picture import Picture
from analytics.charts.trend import rows_above, trend_frame, trend_spec
from analytics.synthetic import Placed, Synthetic
from analytics.trends import Figure, Line, Mark, Measure, Trend
from analytics.wording import counted, difference_unit, listed, number_text, p_text, unit_heading

PLACEBO_TESTS = ("size_matched", "permutation")  # that judge a result by the very lines drawn


def who(found: Synthetic) -> str:
    """What the adopters' line is called: the one adopter's name, or 'Adopters'."""
    return found.adopters.name[0] if len(found.adopters) == 1 else "Adopters"


def _twin(found: Synthetic) -> str:
    return f"Synthetic {who(found)}" if len(found.adopters) == 1 else "Their synthetic selves"


def _times(found: Synthetic, path: pd.DataFrame) -> pd.Series:
    """The calendar years of a path, or years since first exposed where adopters differ in theirs."""
    return path.year if found.start else path.event_time


def _as_trend(result: Result, found: Synthetic) -> Trend:
    """The two paths as lines, with one mark at the start."""
    path, i = found.drawn, result.indicator
    times = _times(found, path)

    def line(part: str, name: str, column: str) -> Line:
        return Line(part, name, tuple(Figure(int(t), float(v)) for t, v in zip(times, path[column], strict=True)))

    # A start in the year ending 31 March 2015 lies between the marks of 2014 and 2015.
    at = found.start - 0.5 if found.start else -0.5
    begins = f"Adoption begins, {found.start}" if found.start else "First exposed year"
    return Trend(
        Measure(i.indicator, i.label, i.unit, int(i.decimals)),
        who(found),
        (int(times.min()), int(times.max())),
        (line("authority", who(found), "actual"), line("comparator", _twin(found), "synthetic")),
        marks=(Mark(at, at, at, begins),),
    )


def path_picture(result: Result, found: Synthetic, *, source: str, stem: str, illustrative: bool) -> Picture:
    """Adopters and their synthetic selves, with everything that goes with the chart."""
    d, trend = result.indicator.decimals, _as_trend(result, found)
    frame, period = trend_frame(trend, from_zero=False), "Year" if found.start else SINCE
    first, *_, last = found.drawn.itertuples()
    words = [
        f"{when}, {_when(found, row)}, {who(found)} {number_text(row.actual, d)} and synthetic {number_text(row.synthetic, d)}"
        for row, when in ((first, "At first"), (last, "at last"))
    ]
    return Picture(
        title="How did the adopter and its synthetic self move?"
        if len(found.adopters) == 1
        else "How did the adopters and their synthetic selves move?",
        subtitle=f"{result.indicator.label}. {unit_heading(result.indicator.unit)}. {_about_the_path(found)}",
        source=source,
        alt=f"Line chart of two paths by {period.lower()}. {'; '.join(words)}. Marked: {trend.marks[0].label}.",
        spec=trend_spec(period=period, above=rows_above(frame), illustrative=illustrative),
        frame=frame,
        table=pd.DataFrame(
            {
                period: [number_text(t, 0) if not found.start else str(t) for t in _times(found, found.path)],
                who(found): [number_text(v, d) for v in found.path.actual],
                _twin(found): [number_text(v, d) for v in found.path.synthetic],
                "Gap": [number_text(v, d) for v in found.path.gap],
                "Adopters with a figure": [f"{n}" for n in found.path.n_treated],
            }
        ),
        figures=found.path[["event_time", "year", "actual", "synthetic", "gap", "n_treated"]].assign(
            outcome=result.indicator.indicator, unit=result.indicator.unit
        ),
        stem=f"{stem}-synthetic",
        illustrative=illustrative,
    )


def _when(found: Synthetic, row: tuple) -> str:
    return str(row.year) if found.start else when_words(int(row.event_time)).lower()


def _about_the_path(found: Synthetic) -> str:
    """What the second line is, and which years are not drawn or rest on fewer adopters."""
    if not found.start:
        return f"Means of the adopters and of the mixes of others that followed them.{_cut(found)}"
    unused = sorted(set(range(found.path.year.min(), found.path.year.max())) - set(found.path.year))
    without = f" {listed([str(y) for y in unused])} not used." if unused else ""
    return f"The synthetic one is the mix of other authorities that came nearest before adoption.{without}"


def _cut(found: Synthetic) -> str:
    """' Years ... are in the table alone.' where some are not drawn, else ''."""
    if len(found.drawn) == len(found.path):
        return ""
    return " Years that under half of the adopters have are in the table alone."


def placebo_frame(result: Result, found: Synthetic) -> pd.DataFrame:
    """What `placebo_spec` draws: one row a line and event time, the adopters' own as line -1."""
    d = result.indicator.decimals
    path = found.drawn
    within = found.lines.event_time.between(path.event_time.min(), path.event_time.max())
    others = found.lines[within].assign(real=False)
    real = path[["event_time", "gap"]].assign(line=-1, placebo=who(found), real=True)
    frame = pd.concat([others, real], ignore_index=True)
    one = len(found.adopters) == 1  # the names of a whole group would not fit; the downloaded figures have them
    said = [
        f"{row.placebo if one or row.real else 'A placebo group'}. {when_words(int(row.event_time))}: "
        f"{number_text(row.gap, d)}"
        for row in frame.itertuples(index=False)
    ]
    return frame.assign(words=said)[["line", "event_time", "gap", "real", "words"]]


@functools.lru_cache(maxsize=2)
def placebo_spec(*, illustrative: bool) -> dict:
    """Specification of the chart: event time across, gap up, a grey line a placebo and a bold one of the adopters."""
    data = alt.NamedData("d")
    base = alt.Chart(data)
    time = time_axis()
    gap = alt.Y("gap:Q").title(None).scale(zero=True, nice=True).axis(tickCount=6, domain=False, ticks=False)
    tooltip = alt.Tooltip("words:N", title=" ")
    theirs = (
        base.transform_filter("!datum.real")
        .mark_line(color=theme.MUTED, opacity=0.35, strokeWidth=1.2, aria=False)
        .encode(x=time, y=gap, detail="line:N", tooltip=tooltip)
    )
    real = base.transform_filter("datum.real")
    halo = real.mark_line(color=theme.PAPER, strokeWidth=7, aria=False).encode(x=time, y=gap)
    mine = real.mark_line(color=theme.DARK_BLUE, strokeWidth=3.5, aria=False).encode(x=time, y=gap)
    points = real.mark_point(filled=True, size=55, opacity=1, color=theme.DARK_BLUE).encode(
        x=time, y=gap, tooltip=tooltip
    )
    layers = [theirs, *guides(base), halo, mine, points]
    if illustrative:
        layers.insert(0, theme.illustrative_mark(data))
    return theme.finished(alt.layer(*layers).properties(height=theme.HEIGHT + AXIS + ABOVE))


def placebo_picture(result: Result, found: Synthetic, *, source: str, stem: str, illustrative: bool) -> Picture:
    """The adopters' gap over those of placebos, with everything that goes with the chart."""
    d, unit = result.indicator.decimals, difference_unit(result.indicator.unit)
    path, many = found.path, len(found.adopters) > 1
    drawn, of = found.lines.line.nunique(), found.change.placebos
    size = " of similar size" if found.similar_size else ""
    grey = f"each of {of:,} placebos{size}" if drawn == of else f"{drawn} of {of:,} placebos{size}"
    group = f", each a mean of {len(found.adopters)} authorities in the adopters’ places" if many else ""
    frame = placebo_frame(result, found)
    own = frame[frame.real].words.str.partition(". ")[2]
    return Picture(
        title="Is the gap unusual beside placebos?",
        subtitle=f"{result.indicator.label}: gap from the synthetic self. {unit_heading(unit)}. "
        f"Bold: {who(found)}. Grey: {grey}{group}.{_cut(found)}",
        source=source,
        alt=f"Line chart of the gap by year over the gaps of placebos. {who(found)}: {'; '.join(own)}. "
        f"{size_sentence(result, found)} {ratio_sentence(result, found)}",
        spec=placebo_spec(illustrative=illustrative),
        frame=frame,
        table=pd.DataFrame(
            {
                SINCE: [number_text(t, 0) for t in path.event_time],
                "Gap": [number_text(v, d) for v in path.gap],
                "Placebos from": [number_text(v, d) for v in path.lowest],
                "to": [number_text(v, d) for v in path.highest],
                "Placebos as far from zero": [f"{n:,} of {of:,}" for n in path.as_far],
            }
        ),
        figures=pd.concat(
            [path[["event_time", "gap"]].assign(line=-1, placebo=""), found.lines], ignore_index=True
        ).assign(outcome=result.indicator.indicator, unit=unit)[
            ["outcome", "unit", "line", "placebo", "event_time", "gap"]
        ],
        stem=f"{stem}-placebos",
        illustrative=illustrative,
    )


def size_sentence(result: Result, found: Synthetic) -> str:
    """How the size of the change ranks among the placebos."""
    decides = ", the test behind the verdict" if result.effect.method in PLACEBO_TESTS else ""
    share = _share(found.change, found)
    return f"{share} had a change at least as far from zero: p {p_text(found.change.p)}{decides}."


def ratio_sentence(result: Result, found: Synthetic) -> str:
    """How the ratio of the gap after to the gap before ranks among the placebos, and what that is worth."""
    return (
        f"{_share(found.ratio, found)} had a ratio of the usual gap after to the usual gap before at least as large: "
        f"p {p_text(found.ratio.p)} (not the basis of the verdict).{_caution(result, found)}"
    )


def _share(placed: Placed, found: Synthetic) -> str:
    return f"{placed.as_large:,} of {_placebos(placed.placebos, found)}"


def _placebos(number: int, found: Synthetic) -> str:
    """'40 placebo authorities', '9,999 placebo groups of 10 authorities'."""
    adopters = len(found.adopters)
    if adopters > 1:
        return f"{counted(number, 'placebo group')} of {adopters} authorities"
    return f"{number:,} placebo {'authority' if number == 1 else 'authorities'}"


def _caution(result: Result, found: Synthetic) -> str:
    """Where mixes fit the years before exactly, the ratio is to next to nothing: '' where none does."""
    mine, theirs = found.follows(0.5 * 10.0 ** -int(result.indicator.decimals))
    if not (mine or theirs):
        return ""
    lines = [*([who(found)] if mine else []), *([_placebos(theirs, found)] if theirs else [])]
    return (
        f" Read this ratio with care: the mixes of {listed(lines)} follow the years before more closely than the figures are "
        "printed, and a gap after is then divided by next to nothing."
    )


def spread_sentence(result: Result, found: Synthetic) -> str:
    """Between what the change lies as each authority in the mixes is left out in turn."""
    d, unit = result.indicator.decimals, difference_unit(result.indicator.unit)
    if found.without.empty or not np.isfinite(found.without.change).all():
        return "Nobody else could take the place of the one authority in the mix, so none can be left out."
    low, high = found.without.iloc[0], found.without.iloc[-1]
    return (
        f"With each of the {len(found.without):,} authorities in the {'mix' if len(found.adopters) == 1 else 'mixes'} left out "
        f"in turn, the change of {number_text(found.change.value, d)} {unit} lies between {number_text(low.change, d)} "
        f"(without {low.donor}) and {number_text(high.change, d)} (without {high.donor})."
    )


def open_sentence(found: Synthetic) -> str:
    """Whether other mixes would have followed the adopters as closely: '' where no adopter has fewer years than donors."""
    short = found.adopters[found.adopters.years_before < found.adopters.donors]
    if short.empty:
        return ""
    if len(found.adopters) == 1:
        row = short.iloc[0]
        return (
            f"{row['name']} has {counted(row.years_before, 'year')} before adoption and {row.donors:,} authorities to mix: "
            "with fewer years than authorities, other mixes can follow it as closely and differ afterwards."
        )
    return (
        f"{len(short)} of {counted(len(found.adopters), 'adopter')} have fewer years before adoption than there are authorities "
        "to mix: other mixes can follow them as closely and differ afterwards."
    )
