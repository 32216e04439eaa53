"""What the funnel draws: limits, dots, names that do not overlap, and the same in words."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from analytics.charts import theme
from analytics.charts.funnel import ALARM_LINE, LEAST, NAMED, WIDER_LINE, funnel_frame, funnel_picture, funnel_spec
from analytics.everywhere import Everywhere, Figures
from analytics.funnel import ALARM, funnel_of
from analytics.ranking import Places
from analytics.recent_trend import RecentTrend
from analytics.sets import ComparatorSet
from analytics.trends import Measure

RATE = "per 10,000 children"
NEAR = ComparatorSet("near2025", "statistical neighbours (2025)", ("B01", "B02"))


def found(counts, sizes, unit: str = RATE) -> Everywhere:
    counts, sizes = np.array(counts, float), np.array(sizes, float)
    codes = tuple(f"B{n:02}" for n in range(len(counts)))
    blank = np.full(len(counts), np.nan)
    value = counts / sizes * (100 if unit == "%" else 10_000)
    funnel = funnel_of(counts, sizes, unit)
    trends = (RecentTrend("cannot_tell"),) * len(codes)
    names = tuple(f"Name {c}" for c in codes)
    figures = Figures(codes, names, names, value, np.full(len(codes), "ok"), blank, blank, blank, trends)
    empty = Figures((), (), (), blank[:0], blank[:0], blank[:0], blank[:0], blank[:0], ())
    places = Places(blank, blank, blank, len(codes), 0)
    return Everywhere(
        Measure("cpp_rate", "Children on plans", unit, 1), 2025, figures, empty, places, (), blank, funnel, "", {}, 0,
        "Year ending 31 March", "31 March 2025",
    )  # fmt: skip


def scattered(number: int = 40, *, wild: bool = False) -> Everywhere:
    rng = np.random.default_rng(5)
    sizes = rng.uniform(10_000, 90_000, number)
    rate = rng.gamma(2, 0.002, number) if wild else np.full(number, 0.004)
    return found(rng.poisson(sizes * rate), sizes)


def draw(made: Everywhere, **more):
    given = {"size": "Children aged 0 to 17", "sentence": "One is outside.", "source": "Source: x."}
    return funnel_picture(made, chosen="B00", name="Name B00", near=NEAR, illustrative=False, **given | more)


def test_every_authority_with_counts_is_a_dot_at_its_size_and_figure() -> None:
    made = scattered()
    frame = funnel_frame(made, "B00", NEAR.codes)
    dots = frame[frame.part.isin(["dot", "near", "chosen"])]
    np.testing.assert_allclose(dots.x, made.funnel.size)
    np.testing.assert_allclose(dots.y, made.authorities.value)
    assert dots.part.tolist()[:3] == ["chosen", "near", "near"]
    assert dots.told.iloc[0].startswith("Name B00: ") and "counted over" in dots.told.iloc[0]


def test_limits_are_drawn_where_they_are_and_not_beyond_the_figures() -> None:
    made = scattered(wild=True)
    frame = funnel_frame(made, "", ())
    ends = frame[frame.part == "scale"].y
    lines = frame[(frame.part == "line") & frame.y.notna()]
    assert lines.y.between(ends.min(), ends.max()).all()
    one = lines[lines.kind == ALARM_LINE].iloc[[20]]
    low, high = made.funnel.limits(one.x.to_numpy(), ALARM)
    assert one.y.iloc[0] == pytest.approx(low[0] if one.side.iloc[0].endswith("low") else high[0])


@pytest.mark.parametrize("wild", [True, False])
def test_limits_that_allow_for_scatter_are_drawn_only_where_there_is_some(wild: bool) -> None:
    made = scattered(wild=wild)
    assert (made.funnel.wider > 1) is wild
    assert (WIDER_LINE in set(funnel_frame(made, "", ()).kind)) is wild
    assert ("Allowing for scatter" in draw(made).table) is wild


def test_at_most_so_many_outliers_are_named_the_furthest_first_and_none_over_another() -> None:
    rng = np.random.default_rng(1)
    sizes = np.r_[rng.uniform(10_000, 300_000, 150)]
    counts = np.r_[sizes * 0.004]
    counts[:30] *= np.linspace(8, 20, 30)
    made = found(counts.round(), sizes)
    named = funnel_frame(made, "B99", ())
    outliers, chosen = named[named.part == "outlier"], named[named.part == "name"]
    assert chosen.text.tolist() == ["Name B99"]
    assert 1 < len(outliers) <= NAMED
    outside = np.flatnonzero(made.funnel.side(ALARM, widened=True))
    furthest = outside[np.argmax(np.abs(made.funnel.z[outside]))]
    assert outliers.text.iloc[0] == made.authorities.name[furthest]


def test_two_outliers_in_one_place_are_not_both_named() -> None:
    sizes = np.full(30, 50_000.0)
    counts = np.full(30, 200.0)
    counts[:2] = 900
    frame = funnel_frame(found(counts, sizes + np.arange(30)), "", ())
    assert (frame.part == "outlier").sum() == 1


def test_nobody_is_named_on_a_narrow_plot_but_the_chosen() -> None:
    spec = json.dumps(funnel_spec(size="Children", illustrative=False))
    assert f"width < {LEAST} ? 0 : 1" in spec


def test_the_picture_says_in_words_what_it_shows() -> None:
    made = draw(scattered())
    assert made.alt.startswith(
        "Funnel of 40 authorities: figures up, size across. For one of middling size the 99.8% limits"
    )
    assert made.alt.endswith("One is outside.")
    assert made.table.columns.tolist()[:3] == ["Authority", "Children aged 0 to 17", "Per 10,000 children"]
    held = made.figures.set_index("area_code")
    assert held.in_the_set.sum() == 2
    assert (held.low_998 <= held.low_95).all() and (held.high_95 <= held.high_998).all()
    pd.testing.assert_series_equal(held.low_998, held.low_998_widened, check_names=False)  # no scatter beyond chance


def test_who_has_no_counts_is_not_drawn() -> None:
    counts, sizes = np.full(12, 40.0), np.full(12, 10_000.0)
    counts[5] = np.nan
    assert len(draw(found(counts, sizes)).table) == 11


def test_a_long_title_of_what_is_counted_over_is_broken_for_a_phone() -> None:
    spec = funnel_spec(size="Social workers in post on 30 September (full-time equivalent)", illustrative=False)
    titles = {json.dumps(layer["encoding"]["x"].get("title")) for layer in spec["layer"] if "x" in layer["encoding"]}
    assert '["Social workers in post on 30 September", "(full-time equivalent)"]' in titles


@pytest.mark.parametrize("illustrative", [True, False])
def test_the_specification_is_built_once_and_marked(illustrative: bool) -> None:
    made = funnel_spec(size="Children", illustrative=illustrative)
    assert made is funnel_spec(size="Children", illustrative=illustrative)
    assert (theme.MARK_WORD in json.dumps(made)) is illustrative
