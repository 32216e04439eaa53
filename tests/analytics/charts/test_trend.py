"""What the line chart draws, layer by layer, and that its specification is built once."""

from __future__ import annotations

import json

import pytest

from analytics.charts import theme
from analytics.charts.picture import whole_spec
from analytics.charts.trend import rows_above, trend_frame, trend_picture, trend_spec
from analytics.trends import Break, Figure, Line, Mark, Measure, Middle, Trend

MEASURE = Measure("cpp_rate", "Children on plans", "per 10,000 children", 1)


def trend(**given) -> Trend:
    own = Line(
        "authority",
        "Brent",
        (
            Figure(2014, 48.5),
            Figure(2015, None, "suppressed"),
            Figure(2016, 43.9, "low_reliability"),
            Figure(2017, None, "not_available"),
        ),
    )
    england = Line("england", "England", (Figure(2014, 40.0), Figure(2017, 40.6)))
    return Trend(MEASURE, "Brent", (2014, 2017), (own, england), **given)


def part(frame, name: str):
    return frame[frame.part == name]


def test_missing_figures_are_hollow_marks_with_the_publishers_letter() -> None:
    missing = part(trend_frame(trend()), "missing")
    assert missing[["x", "kind", "text"]].values.tolist() == [[2015.0, "authority", "c"], [2017.0, "authority", "x"]]


def test_the_line_breaks_where_a_figure_is_missing_and_where_boundaries_changed() -> None:
    changed = trend(breaks=(Break(2014.5, "Boundaries changed", ""),))
    line = part(trend_frame(changed), "line")
    assert line[line.kind.eq("authority") & line.y.isna()].x.tolist() == [2014.5, 2015.0, 2017.0]
    assert part(trend_frame(changed), "rule").text.tolist() == ["Boundaries changed"]


def test_low_reliability_keeps_its_value_and_shows_its_letter() -> None:
    doubtful = part(trend_frame(trend()), "doubtful")
    assert doubtful[["x", "y", "text"]].values.tolist() == [[2016.0, 43.9, "u"]]


def test_lines_are_named_at_their_ends_with_the_year_where_it_is_not_the_last() -> None:
    label = part(trend_frame(trend()), "label").set_index("kind").text
    assert label["authority"].replace("\n", " ") == "Brent 43.9 (2016)"
    assert label["england"].replace("\n", " ") == "England 40.6"


def test_an_adoption_is_a_rule_with_its_label_and_a_year_alone_a_span() -> None:
    frame = trend_frame(trend(marks=(Mark(2014.5, 2014.0, 2015.0, "Signs of Safety, 2014"),)))
    assert part(frame, "rule").text.tolist() == ["Signs of Safety, 2014"]
    assert part(frame, "when")[["x", "x2"]].values.tolist() == [[2014.0, 2015.0]]
    assert rows_above(frame) == 1


def test_marks_outside_the_years_shown_are_not_drawn() -> None:
    assert rows_above(trend_frame(trend(marks=(Mark(2009.0, 2009.0, 2009.0, "Long before"),)))) == 0


@pytest.mark.parametrize(("from_zero", "low"), [(True, 0.0), (False, 40.0)])
def test_the_scale_starts_at_zero_or_just_below_the_figures(from_zero: bool, low: float) -> None:
    assert part(trend_frame(trend(), from_zero=from_zero), "scale").y.min() == low


def test_no_figure_at_all_still_draws() -> None:
    empty = Trend(MEASURE, "Brent", (2014, 2017), (Line("authority", "Brent", ()),))
    assert part(trend_frame(empty), "label").empty


def test_the_specification_is_built_once() -> None:
    assert trend_spec(period="Year", above=0, illustrative=False) is trend_spec(
        period="Year", above=0, illustrative=False
    )


@pytest.mark.parametrize("illustrative", [True, False])
def test_the_illustrative_mark_is_inside_the_chart(illustrative: bool) -> None:
    spec = json.dumps(trend_spec(period="Year", above=0, illustrative=illustrative))
    assert (theme.MARK_WORD in spec) is illustrative


def test_the_picture_says_in_words_what_it_shows() -> None:
    picture = trend_picture(
        trend(spread=(Middle(2017, 33.0, 52.0, 150),)),
        source="Source: X.",
        sentence="Brent: no figure for 2017.",
        from_zero=True,
        illustrative=False,
    )
    assert "No figure in 2015: suppressed to protect children's identity." in picture.alt
    assert "lowest 43.9 per 10,000 children in 2016, highest 48.5" in picture.alt
    assert picture.table.columns.tolist() == [
        "Year",
        "Brent",
        "England",
        "Middle half of authorities",
        "Authorities with a figure",
    ]
    whole = whole_spec(picture)
    assert whole["title"]["text"] == ["Children on plans: how has this changed in Brent?"]
    assert "Source: X." in whole["title"]["subtitle"][-1]
